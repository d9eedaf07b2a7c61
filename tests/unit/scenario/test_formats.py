"""Formats of sinks in a document: what may be written, and what is refused where it stands."""

from __future__ import annotations

import pytest

from synthwb.scenario import parse
from synthwb.scenario.formats import FORMATS, format_of

FIELDS = "n: {integer: {min: 1, max: 9}}, at: {datetime: {min: 2020-01-01, max: 2021-01-01}}"
HEAD = f"events:\n  e: {{fields: {{{FIELDS}, secret: {{const: 1, hidden: true}}}}}}\n"
TWO = HEAD + "  f: {fields: {m: {const: 1}}}\n"


@pytest.mark.parametrize(
    ("path", "form"),
    [("a.TSV", "tsv"), ("out/{event}.tab", "tsv"), ("x.feather", "arrow"), ("x.log", None), ("a.ndjson", "jsonl")],
)
def test_suffixes(path: str, form: str | None) -> None:
    assert format_of(path) == form


def test_suffixes_mean_one_format_each() -> None:
    suffixes = [suffix for each in FORMATS.values() for suffix in each.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_a_template_is_a_format() -> None:
    text = TWO + 'sinks: [{file: {path: a.log, template: "{event.name}", templates: {e: "{n} {at:%H:%M}"}}}]'
    scenario = parse(text).scenario
    assert scenario is not None
    (sink,) = scenario.sinks
    assert sink.format == "template"
    assert sink.templates is not None
    assert {event: each.text for event, each in sink.templates.items()} == {"e": "{n} {at:%H:%M}", "": "{event.name}"}
    assert [(hole.path, hole.style) for hole in sink.templates["e"].holes] == [("n", None), ("at", "%H:%M")]


@pytest.mark.parametrize(
    ("sink", "message", "hint"),
    [
        ('{file: {path: a.log, template: "{m}"}}', "e has no field 'm'", "there are n, at, event.name"),
        ('{file: {path: a.log, template: "{secret}"}}', "'secret' of e is hidden, so it is not sent", "hidden:"),
        ('{file: {path: a.log, template: "{event.tim}"}}', "e has no field 'event.tim'", "did you mean 'event.time'?"),
        ('{file: {path: a.log, template: "{at:%Q}"}}', "'%Q' is not a part of a time format", "%Y-%m-%d"),
        ('{file: {path: a.log, template: "{n"}}', "'{' is never closed", "braces"),
        ('{file: {path: a.log, template: "{n}\\nx"}}', "a template is one line", "a record is a line"),
        ("{file: {path: a.log, format: template}}", "the format template needs a template", "template:"),
        ('{file: {path: a.log, format: csv, template: "{n}"}}', "a template is the whole record", "remove template:"),
        ('{file: {path: a.log, templates: {g: "{n}"}}}', "unknown event 'g'", ""),
        ('{file: {path: a.log, templates: "{n}"}}', "expected a template for each event", "such as {e:"),
        ("{file: {path: a.parquet, nulls: x}}", "nulls is for CSV, and this is written as Parquet", "remove it"),
        ("{file: {path: a.arrow, nested: json}}", "nested is for CSV, and this is written as Arrow", "remove it"),
        ("{stdout: {format: arrow}}", "unknown format 'arrow'", ""),
    ],
)
def test_what_is_refused(sink: str, message: str, hint: str) -> None:
    found = parse(HEAD + f"sinks: [{sink}]").diagnostics
    assert len(found) == 1, found
    assert message in found[0].message
    assert hint in found[0].hint
    assert found[0].span.line == 3


def test_an_event_without_a_template() -> None:
    (found,) = parse(TWO + 'sinks: [{file: {path: a.log, templates: {e: "{n}"}}}]').diagnostics
    assert found.message == "f has no template"
    assert "add f under templates:" in found.hint
    scenario = parse(TWO + 'sinks: [{file: {path: a.log, templates: {e: "{n}"}}, events: [e]}]').scenario
    assert scenario is not None


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet", "arrow"])
def test_a_table_holds_one_event(suffix: str) -> None:
    (found,) = parse(TWO + f"sinks: [{{file: a.{suffix}}}]").diagnostics
    assert "2 events in one" in found.message
    assert parse(TWO + f'sinks: [{{file: "{{event}}.{suffix}"}}]').scenario is not None


def test_what_layers_break_is_text() -> None:
    text = TWO + "imperfections: [{corrupt: {rate: 1%, how: [truncate]}}]\nsinks: [{file: '{event}.arrow'}]"
    (found,) = parse(text).diagnostics
    assert "Arrow is no text, and the layer 'corrupt' breaks text (truncate)" in found.message
