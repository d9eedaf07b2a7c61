"""Edits of the text: what is asked for changes, everything else stays."""

from __future__ import annotations

from typing import Any

import pytest

from synthwb.scenario import EditError, insert_sink, parse, set_value
from synthwb.scenario.edit import write_yaml

TEXT = """\
# a shop
seed: 42   # the answer

events:
  sold:   # one sale
    fields:
      price: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      note: 'single'
      line: "double"

      later:
arrivals: {sold: 5/s}
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        ("seed", 7, "seed: 42   # the", "seed: 7   # the"),
        ("sold.price.median", 80.5, "median: 25,", "median: 80.5,"),
        ("events.sold.fields.price.round", 1, "round: 2}", "round: 1}"),
        ("sold.note", "it's", "'single'", "'it''s'"),
        ("sold.line", 'say "x"\n', '"double"', '"say \\"x\\"\\n"'),
        ("sold.line", 5, '"double"', "5"),
        ("sold.later", "uuid", "later:", "later: uuid"),
        ("arrivals.sold", "10/s", "sold: 5/s", "sold: 10/s"),
        ("arrivals", {"sold": "1/s"}, "{sold: 5/s}", "{sold: 1/s}"),
    ],
)
def test_a_value_is_replaced(path: str, value: Any, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert set_value(TEXT, path, value) == TEXT.replace(old, new)


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        ("sold.price.missing", "5%", "      price: {lognormal: {median: 25, sigma: 0.7}, round: 2, missing: 5%}"),
        ("sold.price.mu", 3, "      price: {lognormal: {median: 25, sigma: 0.7, mu: 3}, round: 2}"),
        ("sold.tax", {"expr": "price * 0.2"}, '      tax: {expr: "price * 0.2"}'),
        ("sold.doc", "a: b", '    doc: "a: b"'),
        ("pacing", "5/s", "pacing: 5/s"),
        ("limit.events", 10, "limit: {events: 10}"),
    ],
)
def test_a_key_is_added(path: str, value: Any, line: str) -> None:
    changed = set_value(TEXT, path, value).splitlines()
    assert line in changed
    assert [each for each in TEXT.splitlines() if each not in changed] in (
        [],
        ["      price: " + TEXT.split("price: ")[1].split("\n")[0]],
    )


def test_line_endings_are_kept() -> None:
    text = TEXT.replace("\n", "\r\n")
    changed = set_value(text, "pacing", "5/s")
    assert changed == text + "pacing: 5/s\r\n"


def test_a_text_without_a_last_line_end() -> None:
    assert set_value("seed: 1", "name", "x") == "seed: 1\nname: x\n"
    assert set_value("{seed: 1}", "name", "x") == "{seed: 1, name: x}"
    assert set_value("{}", "name", "x") == "{name: x}"


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        (TEXT, "sold.fields.price.median.x", 5),
        (TEXT, "nowhere.to.go", 5),
        (TEXT, "events", 5),
        ("- a", "seed", 5),
        ("", "seed", 5),
        ("a: [", "seed", 5),
    ],
)
def test_what_cannot_be_changed(text: str, path: str, value: Any) -> None:
    with pytest.raises(EditError):
        set_value(text, path, value)


def test_sinks_are_added_where_they_belong() -> None:
    sink = {"file": {"path": "out/{event}.jsonl"}}
    added = '  - {file: {path: "out/{event}.jsonl"}}\n'
    assert insert_sink(TEXT, sink) == TEXT + "sinks:\n" + added
    assert insert_sink(TEXT + "sinks:\n  - stdout # here\n", sink) == TEXT + "sinks:\n  - stdout # here\n" + added
    assert insert_sink(TEXT + "sinks: [stdout]\n", "a") == TEXT + "sinks: [stdout, a]\n"
    assert insert_sink(TEXT + "sinks: []\n", "a") == TEXT + "sinks: [a]\n"
    assert insert_sink(TEXT + "sinks:\n", "stdout") == TEXT + "sinks: [stdout]\n"
    with pytest.raises(EditError):
        insert_sink(TEXT + "sinks: 5\n", "a")
    with pytest.raises(EditError):
        insert_sink("", "a")


def test_an_added_sink_is_a_sink() -> None:
    text = "events: {e: {fields: {a: uuid}}}\n"
    scenario = parse(insert_sink(insert_sink(text, "stdout"), {"file": "a.csv", "events": ["e"]})).scenario
    assert scenario is not None
    assert [(each.kind, each.path) for each in scenario.sinks] == [("stdout", ""), ("file", "a.csv")]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("uuid", "uuid"),
        ("5", '"5"'),
        ("true", '"true"'),
        ("", '""'),
        ("a: b", '"a: b"'),
        ("a, b", '"a, b"'),
        ("#5", '"#5"'),
        ("5%", "5%"),
        ("+4d 18:00", "+4d 18:00"),
        ("2026-01-01T00:00", "2026-01-01T00:00"),
        ("a\tb\x07\U0001f600", '"a\\tb\\u0007\U0001f600"'),
        ([1, None, True], "[1, null, true]"),
        (float("inf"), ".inf"),
        (1e22, "1e+22"),
    ],
)
def test_values_are_written_so_that_they_are_read_back(value: Any, written: str) -> None:
    assert write_yaml(value) == written
