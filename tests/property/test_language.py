"""What holds for every text: diagnostics lie inside it, mends mend, an edit changes its span only."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from synthwb.scenario import Diagnostic, EditError, insert_sink, parse, presets, set_value
from synthwb.scenario.document import compose
from synthwb.scenario.edit import write_yaml
from synthwb.scenario.tree import Node, NodeKind

PRESETS = {preset.name: preset.text for preset in presets()}
WRONG = sorted((Path(__file__).parents[1] / "golden" / "language").glob("*.yaml"))

pieces = st.sampled_from(
    [
        *"{}[]:-,#&*!|>'\"%@` \n\t",
        "events",
        "fields",
        "e",
        "a",
        "uuid",
        "choice",
        "expr",
        "${params.x}",
        "1",
        "5%",
        ": ",
        "  ",
    ]
)
names = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20),
    st.sampled_from(
        ["no", "010", "1e3", "12:30", "+4d 18:00", "5/s", "- a", "a: b", "a #b", "~", "null", "{a}", "*a", "a\nb"]
    ),
)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=20,
)


def inside(problem: Diagnostic, text: str) -> bool:
    """Whether a diagnostic and its mend lie in the text, and its line and column are those of its offset."""
    span, edit = problem.span, problem.edit
    before = text[: span.start]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    return (
        0 <= span.start <= span.end <= len(text)
        and (span.line, span.column) == place
        and (edit is None or 0 <= edit.start <= edit.end <= len(text))
    )


@given(st.one_of(st.text(max_size=200), st.lists(pieces, max_size=60).map("".join)))
@settings(max_examples=300)
@example("\ufeff- a\r\n- b\r\n")
@example("a: |\n  x\n\n\n")
def test_every_diagnostic_lies_inside_the_text(text: str) -> None:
    parsed = parse(text)
    assert parsed.diagnostics, "no such text is a scenario"
    assert all(inside(problem, text) for problem in parsed.diagnostics), parsed.diagnostics


@given(st.binary(max_size=100))
def test_bytes_are_never_too_much(data: bytes) -> None:
    parsed = parse(data)
    assert all(inside(problem, parsed.document.text) for problem in parsed.diagnostics)


@given(st.sampled_from(sorted(PRESETS)), st.data())
@settings(max_examples=60)
def test_paths_and_spans_agree(name: str, data: st.DataObject) -> None:
    text = PRESETS[name]
    document = parse(text).document
    path = data.draw(st.sampled_from(document.paths))
    place = document.place(path)
    assert place is not None
    assert document.span_of(path) == document.span_of(place.document_path)
    if text[place.value.start] != "*" and place.value.kind is NodeKind.SCALAR:
        assert document.path_at(place.value.start) == path or "<<" in text or "&" in text


@given(st.sampled_from(sorted(PRESETS)), st.integers(0, 10_000))
@settings(max_examples=60)
def test_a_path_is_found_at_every_offset(name: str, offset: int) -> None:
    text = PRESETS[name]
    document = parse(text).document
    path = document.path_at(min(offset, len(text)))
    assert path == "" or document.place(path) is not None


def misspelt(word: str, data: st.DataObject) -> str:
    """A word with one letter gone, doubled or swapped."""
    at = data.draw(st.integers(0, len(word) - 2))
    kind = data.draw(st.sampled_from(["gone", "doubled", "swapped"]))
    if kind == "gone":
        return word[:at] + word[at + 1 :]
    if kind == "doubled":
        return word[: at + 1] + word[at:]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


@given(st.sampled_from(sorted(PRESETS)), st.data())
@settings(max_examples=100)
def test_a_mend_removes_its_diagnostic(name: str, data: st.DataObject) -> None:
    text = PRESETS[name]
    document = parse(text).document
    keys = [place.key for path in document.paths if (place := document.place(path)) and len(place.key.text) > 3]
    key = data.draw(st.sampled_from([key for key in keys if text[key.start : key.end] == key.text]))
    damaged = text[: key.start] + misspelt(key.text, data) + text[key.end :]
    problems = parse(damaged).diagnostics
    mendable = [problem for problem in problems if problem.edit is not None]
    assume(mendable)
    problem = data.draw(st.sampled_from(mendable))
    mended_is_without(damaged, problem)


def mended_is_without(text: str, problem: Diagnostic) -> None:
    """Apply the mend of a diagnostic and look for it again."""
    assert problem.edit is not None
    mended = text[: problem.edit.start] + problem.edit.new + text[problem.edit.end :]
    grown = len(problem.edit.new) - (problem.edit.end - problem.edit.start)
    moved = problem.span.start + (grown if problem.span.start >= problem.edit.end else 0)
    again = [(p.code, p.message, p.span.start) for p in parse(mended).diagnostics]
    assert (problem.code, problem.message, moved) not in again


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_mends_of_the_wrong_scenarios_mend(path: Path) -> None:
    text = path.read_text("utf-8")
    for problem in parse(text).diagnostics:
        if problem.edit is not None:
            mended_is_without(text, problem)


@given(st.sampled_from(sorted(PRESETS)), scalars, st.data())
@settings(max_examples=100)
def test_an_edit_changes_only_its_span(name: str, value: Any, data: st.DataObject) -> None:
    text = PRESETS[name]
    document = parse(text).document
    plain = [
        path
        for path in document.paths
        if (place := document.place(path)) and place.value.kind is NodeKind.SCALAR and text[place.value.start] != "*"
    ]
    path = data.draw(st.sampled_from(plain))
    span = document.span_of(path)
    assert span is not None
    changed = set_value(text, path, value)
    assert changed.startswith(text[: span.start])
    assert changed.endswith(text[span.end :])
    place = compose(changed)[0].place(path)
    assert place is not None
    assert place.value.plain_value() == value


@given(st.sampled_from(sorted(PRESETS)), names, trees, st.data())
@settings(max_examples=50)
def test_an_insertion_takes_nothing_away(name: str, key: str, value: Any, data: st.DataObject) -> None:
    text = PRESETS[name]
    document = parse(text).document
    paths = [p for p in document.paths if (place := document.place(p)) and place.value.kind is NodeKind.MAPPING]
    path = f"{data.draw(st.sampled_from(paths))}.{key}"
    assume(document.place(path) is None)
    try:
        changed = set_value(text, path, value)
    except EditError:
        return
    lines, new = text.splitlines(), changed.splitlines()
    assert len(new) in (len(lines), len(lines) + 1)
    assert [line for line in lines if "#" in line and line not in new] == [] or len(new) == len(lines)
    again = compose(changed)[0]
    assert set(document.paths) <= set(again.paths)


@given(st.lists(names, min_size=1, max_size=3, unique=True))
@settings(max_examples=20)
def test_sinks_are_added_one_by_one(files: list[str]) -> None:
    text = PRESETS["web-shop"]
    for file in files:
        text = insert_sink(text, {"file": {"path": f"{file}-{{event}}.jsonl"}})
    scenario = parse(text).scenario
    assert scenario is not None
    assert [sink.path for sink in scenario.sinks] == [f"{file}-{{event}}.jsonl" for file in files]


def by_ruamel(text: str) -> Any:
    """The tree that ruamel reads, dates (which the core schema does not know) as they are written."""
    found = YAML(typ="safe", pure=True).load(text)

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items()}
        if isinstance(value, list):
            return [plain(part) for part in value]
        return value.isoformat() if isinstance(value, datetime.date) else value

    return plain(found)


def by_us(text: str) -> Any:
    document, problems = compose(text)
    assert not problems, problems
    root: Node | None = document.root
    assert root is not None
    return root.plain_value()


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_ruamel_reads_the_same_presets(name: str) -> None:
    assert by_us(PRESETS[name]) == by_ruamel(PRESETS[name])


@given(st.dictionaries(names, trees, min_size=1, max_size=4))
@settings(max_examples=100)
def test_ruamel_reads_what_we_write(tree: dict[str, Any]) -> None:
    text = write_yaml(tree)
    assert by_us(text) == tree
    assert by_ruamel(text) == tree


@given(st.dictionaries(names, trees, min_size=1, max_size=4))
@settings(max_examples=100)
def test_we_read_what_ruamel_writes(tree: dict[str, Any]) -> None:
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(tree, stream)
    assert by_us(stream.getvalue()) == by_ruamel(stream.getvalue())
