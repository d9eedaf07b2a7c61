"""Composing: YAML 1.2 values, positions, and every problem of form."""

from __future__ import annotations

import pytest

from synthwb.scenario import parse
from synthwb.scenario.document import DEEPEST, LARGEST, MOST_NODES, compose

SMALL = "events: {e: {fields: {a: uuid}}}\n"


def value(text: str) -> object:
    """The value of ``x`` in a document."""
    document, problems = compose(f"x: {text}")
    assert not problems, problems
    assert document.root is not None
    node = document.root.get("x")
    assert node is not None
    return node.plain_value()


def codes(text: str | bytes) -> list[str]:
    return [problem.code for problem in compose(text)[1]]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *((word, word) for word in ("no", "on", "yes", "off", "NO", "y", "12:30:45", "2026-01-01", "1_000", "0b1")),
        ("010", 10),
        ("0x1F", 31),
        ("0o17", 15),
        ("-3", -3),
        ("+3", 3),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1.", 1.0),
        (".inf", float("inf")),
        ("-.INF", float("-inf")),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("NULL", None),
        ('"5"', "5"),
        ("'true'", "true"),
        ("!!str 5", "5"),
        ('!!int "5"', 5),
        ("+4d 18:00", "+4d 18:00"),
        ("{at: +4d 18:00}", {"at": "+4d 18:00"}),
        ("1" * 401, "1" * 401),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_scalars_follow_the_core_schema(written: str, meant: object) -> None:
    found = value(written)
    assert found == meant
    assert type(found) is type(meant)


def test_not_a_number_is_one() -> None:
    found = value(".nan")
    assert isinstance(found, float)
    assert found != found


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff"])
@pytest.mark.parametrize("strange", ["é", "\u2028", "\x85", "\U0001f600"])
def test_lines_and_columns_are_those_of_an_editor(ending: str, before: str, strange: str) -> None:
    text = before + ending.join(["doc: >", f"  a{strange}b", "sede: 1", SMALL])
    (problem,) = parse(text).diagnostics
    assert text[problem.span.start : problem.span.end] == "sede"
    line = text.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :].startswith("sede")


def test_spans_of_blocks_end_with_their_last_value() -> None:
    text = "events:\n  e:\n    fields:\n      a: uuid\n\n# the end\n\nseed: 3\n"
    document, _ = compose(text)
    span = document.span_of("events")
    assert span is not None
    assert text[span.start : span.end] == "e:\n    fields:\n      a: uuid"


def test_a_scalar_starts_after_its_anchor_and_tag() -> None:
    text = "x: &a !!str  5 # five\ny: *a\n"
    document, _ = compose(text)
    span = document.span_of("x")
    assert span is not None
    assert text[span.start : span.end] == "5"
    assert document.root is not None
    assert document.root.plain_value() == {"x": "5", "y": "5"}


def test_merges_fill_in_where_they_stand_and_own_keys_win() -> None:
    text = "x-a: &a {p: 1, q: 2}\nx-b: &b {q: 3, r: 4}\nz: {p: 9, <<: [*a, *b], s: 5}\n"
    document, problems = compose(text)
    assert not problems
    assert document.root is not None
    node = document.root.get("z")
    assert node is not None
    assert list(node.plain_value().items()) == [("p", 9), ("q", 2), ("r", 4), ("s", 5)]


def test_a_merge_of_something_else_is_refused() -> None:
    assert codes("z: {<<: 5}") == ["merge"]


def test_duplicate_keys_name_the_first_line() -> None:
    (problem,) = compose("a: 1\nb: 2\na: 3\n")[1]
    assert (problem.code, problem.line) == ("duplicate-key", 3)
    assert "line 1" in problem.message


def test_a_billion_laughs_are_refused() -> None:
    lines = ["x-a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [f"x-a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 30)]
    problems = compose("\n".join(lines))[1]
    assert [problem.code for problem in problems] == ["too-large"]
    assert f"{MOST_NODES:,}" in problems[0].message


def test_a_long_flat_document_is_refused_by_its_values() -> None:
    assert codes("x: [" + "1," * (MOST_NODES + 1) + "]") == ["too-large"]


@pytest.mark.parametrize("text", ["x: " + "[" * 200_000, "x: " + "{a: " * 100_000, "- " * 100_000])
def test_deep_nesting_is_refused(text: str) -> None:
    (problem,) = compose(text)[1]
    assert problem.code == "too-deep"
    assert str(DEEPEST) in problem.message


def test_depth_counts_through_aliases() -> None:
    deep = "[" * 40 + "]" * 40
    assert codes(f"x-a: &a {deep}\nx-b: {'[' * 40}*a{']' * 40}") == ["too-deep"]


@pytest.mark.parametrize("text", ["x: &a [*a]", "x: &a {b: *a}", "x: [&a [1, *a]]"])
def test_an_alias_inside_its_own_anchor_is_refused(text: str) -> None:
    assert codes(text) == ["alias"]


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!mine", "!!binary", "!!timestamp", "!!set"])
@pytest.mark.parametrize("what", ["5", "[1]", "{a: 1}"])
def test_tags_that_make_objects_are_refused(tag: str, what: str) -> None:
    assert codes(f"x: {tag} {what}") == ["tag"]


def test_ten_megabytes_are_refused_with_the_limit() -> None:
    for text in ("a" * 10_000_000, b"a" * 10_000_000, "é" * (LARGEST // 2 + 1)):
        (problem,) = parse(text).diagnostics
        assert problem.code == "too-large"
        assert f"{LARGEST:,}" in problem.message


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\x00\x00",
        b"a: \xff\xfe",
        b"\x00" * 100,
        b"PK\x03\x04\x00\x80",
        "x: \x00",
        "x: \x07",
        "x: \ud800",
    ],
)
def test_what_is_no_text_is_refused(data: str | bytes) -> None:
    parsed = parse(data)
    assert parsed.scenario is None
    assert [problem.code for problem in parsed.diagnostics] == ["encoding"]


def test_the_first_bad_byte_is_shown_where_it_is() -> None:
    (problem,) = parse("doc: é\nx: ".encode() + b"\xff\n").diagnostics
    assert (problem.line, problem.column) == (2, 4)
    assert "0xff" in problem.message


def test_utf16_with_a_mark_is_read() -> None:
    assert parse(SMALL.encode("utf-16")).scenario is not None


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "# only a comment\n", "---\n", "~", "\ufeff", b""])
def test_an_empty_text_shows_the_smallest_scenario(text: str | bytes) -> None:
    (problem,) = parse(text).diagnostics
    assert problem.code == "empty"
    assert "page_viewed" in problem.hint


@pytest.mark.parametrize("text", ["- a", "5", "text", '"{}"'])
def test_something_else_than_a_mapping_is_refused(text: str) -> None:
    assert [problem.code for problem in parse(text).diagnostics] == ["type"]


def test_the_example_in_the_message_is_a_scenario() -> None:
    (problem,) = parse("").diagnostics
    assert parse(problem.hint.partition(": ")[2]).scenario is not None


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("x: [a, b\n", "["),
        ("x: {a: [1, 2}\ny: 3\n", "}"),
        ("x: {a: 1\ny: 3\n", "{"),
        ('x: "abc\n', '"abc'),
        ("x: a: b\n", ":"),
        ("x: **-##\n", "**-##"),
        ("x: {y: &, z: 1}\n", "&"),
        ("x: @home\n", "@"),
        ("x: {first}.{last}@example.com\n", "{first}.{last}@example.com"),
        ("a:\n\tb: 1\n", "\t"),
        ("x: - a\n", "-"),
        ('x: "a\\qb"\n', "\\"),
    ],
)
def test_syntax_errors_stand_where_the_mistake_is(text: str, marked: str) -> None:
    (problem,) = compose(text)[1]
    assert problem.code == "syntax"
    assert text[problem.span.start : problem.span.end] == marked


@pytest.mark.parametrize(
    "text",
    [
        "events: {e: {fields: {a: {pattern: **-##}}}}",
        "events: {e: {fields: {a: {pattern: {a}}}}}",
        "events: {e: {fields: {a: {template: {a}-{a}}}}}",
        "events: {e: {fields: {a: {template: {{a}}}}}}",
        "events: {e: {fields: {a: {pattern: *home}}}}",
        "events:\n\te: {fields: {a: uuid}}",
    ],
)
def test_quoting_what_looks_like_something_else_mends_it(text: str) -> None:
    problem = parse(text).diagnostics[0]
    assert problem.edit is not None
    mended = text[: problem.edit.start] + problem.edit.new + text[problem.edit.end :]
    assert not compose(mended)[1]
    assert problem.message not in [other.message for other in parse(mended).diagnostics]
