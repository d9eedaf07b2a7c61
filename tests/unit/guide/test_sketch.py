"""A document read with tolerance: where the cursor stands in half-typed texts, and never an exception."""

from __future__ import annotations

import pytest
from language_mutations import mutated

from synthwb.guide.sketch import sketch
from synthwb.guide.twigs import Cursor, Place, Twig
from synthwb.scenario import presets
from synthwb.scenario.document import compose
from synthwb.scenario.tree import Node, NodeKind

FIELD = "events:\n  e:\n    fields:\n      x: "
BLOCK = "events:\n  e:\n    fields:\n      x:\n"


def cursor(text: str) -> Cursor | None:
    """The cursor where the bar stands."""
    offset = text.index("|")
    return sketch(text[:offset] + text[offset + 1 :], offset).cursor


PLACES = [
    ("|", "key", ""),
    ("ev|", "key", "", "ev"),
    ("a: 1\nev|", "key", "", "ev"),
    ("events:\n  |", "key", "events"),
    ("events:\n  e:\n    |", "key", "events.e"),
    ("events:\n  e:\n    fie|", "key", "events.e", "fie"),
    (f"{FIELD}|", "value", "events.e.fields.x"),
    (f"{FIELD}u|", "value", "events.e.fields.x", "u"),
    (f"{FIELD}uu|id\n      y: uuid", "value", "events.e.fields.x", "uu"),
    (f"{FIELD}&a uu|", "value", "events.e.fields.x", "uu"),
    (f"{FIELD}{{|}}", "key", "events.e.fields.x"),
    (f"{FIELD}{{logno|", "key", "events.e.fields.x", "logno"),
    (f"{FIELD}{{logno|\n      y: uuid", "key", "events.e.fields.x", "logno"),
    (f"{FIELD}{{lognormal: {{|\n      y: uuid", "key", "events.e.fields.x.lognormal"),
    (f"{FIELD}{{lognormal: {{median: 2, |}}, round: 2}}", "key", "events.e.fields.x.lognormal"),
    (f"{FIELD}{{lognormal: {{median: |}}, round: 2}}", "value", "events.e.fields.x.lognormal.median"),
    (f"{FIELD}{{lognormal: {{median: 2}}, |}}", "key", "events.e.fields.x"),
    (f"{FIELD}{{lognormal: {{median: 2}}, ro|und: 2}}", "key", "events.e.fields.x", "ro"),
    (f'{FIELD}{{pattern: "a: {{, |', "value", "events.e.fields.x.pattern", '"a: {, '),
    (f"{BLOCK}        |", "key", "events.e.fields.x"),
    (f"{BLOCK}        logn|", "key", "events.e.fields.x", "logn"),
    (f"{BLOCK}        lognormal:\n          |", "key", "events.e.fields.x.lognormal"),
    (f"{BLOCK}        lognormal: {{median: 2}}\n        |", "key", "events.e.fields.x"),
    (f"{BLOCK}        lognormal: {{median: 2}}\n        |\n      y: uuid", "key", "events.e.fields.x"),
    (f"{BLOCK}        expr: >\n          a + it|", "value", "events.e.fields.x.expr", "          a + it"),
    ("sinks:\n  - |", "item", "sinks.0"),
    ("sinks:\n  - fi|", "item", "sinks.0", "fi"),
    ("sinks:\n- fi|", "item", "sinks.0", "fi"),
    ("sinks:\n  - file: a\n    |", "key", "sinks.0"),
    ("sinks:\n  - file: a\n  - |", "item", "sinks.1"),
    ("sinks:\n- file: a\n- stdout\nse|", "key", "", "se"),
    ("sinks: [|]", "item", "sinks.0"),
    ("sinks: [a.csv, |]", "item", "sinks.1"),
    ("sinks: [{fi|}]", "key", "sinks.0", "fi"),
    ("sinks: [file: |]", "value", "sinks.0.file"),
    ("arrivals: {|}", "key", "arrivals"),
    ("arrivals:\n  e: {process: |}", "value", "arrivals.e.process"),
    (f"{FIELD}uuid\n|", "key", ""),
    (f"{FIELD}uuid\n  |", "key", "events"),
    (f"{FIELD}uuid\n    |", "key", "events.e"),
    (f"{FIELD}uuid\n      |\n      z: uuid", "key", "events.e.fields"),
    ("events: {\n  e: {\n    fields: {\n      |\n    }\n  }\n}", "key", "events.e.fields"),
    ("events:\n  e:\n    fields: {a: uuid, |\n  f:\n    fields: {}", "key", "events.e.fields"),
    ("doc: it's a shop\nsee|d: 1", "key", "", "see"),
    ("a:\r\n  b: 1\r\n  |", "key", "a"),
]


@pytest.mark.parametrize("case", PLACES, ids=lambda case: case[0][-30:])
def test_where_the_cursor_stands(case: tuple[str, ...]) -> None:
    found = cursor(case[0])
    assert found is not None
    word = case[3] if len(case) > 3 else ""
    assert (found.place, ".".join(map(str, found.path)), found.word) == (Place(case[1]), case[2], word)


@pytest.mark.parametrize("text", ["a: 1  # so|", "# no|te", "  |  a: 1"])
def test_where_nothing_is_written(text: str) -> None:
    assert cursor(text) is None


def test_the_whole_word_is_found_and_a_key_that_is_changed() -> None:
    found = cursor(f"{FIELD}{{lognormal: {{median: 2}}, ro|und: 2}}")
    assert found is not None
    assert (found.end - found.start, found.key, found.flow) == (5, "round", True)
    found = cursor("eve|nts:\n  e: 1")
    assert found is not None
    assert (found.start, found.end, found.key) == (0, 6, "events")


def test_the_column_is_that_of_the_line_to_go_on_with() -> None:
    columns = [cursor(text) for text in ("a:\n  b:\n    |", "sinks:\n  - fi|", "x: {|")]
    assert [found.column for found in columns if found] == [4, 4, 0]


def alike(node: Node, twig: Twig, path: str = "") -> None:
    """The tree of the parser and the sketch have the same keys and items; aliases stay names."""
    if twig.text.startswith("*"):
        return
    if node.kind is NodeKind.MAPPING:
        own = [entry for entry in node.entries if not entry.merged]
        assert twig.entries is not None, path
        assert [key for key in twig.entries if key != "<<"] == [entry.name for entry in own], path
        for entry in own:
            alike(entry.value, twig.entries[entry.name], f"{path}.{entry.name}")
    elif node.kind is NodeKind.SEQUENCE:
        assert twig.items is not None, path
        assert len(twig.items) == len(node.items), path
        for i, (item, inner) in enumerate(zip(node.items, twig.items, strict=True)):
            alike(item, inner, f"{path}.{i}")
    else:
        assert twig.entries is None, path
        assert twig.items is None, path


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.name)
def test_a_whole_document_is_read_as_the_parser_reads_it(preset: object) -> None:
    text = preset.text  # type: ignore[attr-defined]
    document, _ = compose(text)
    assert document.root is not None
    alike(document.root, sketch(text).root)


@pytest.mark.parametrize(
    "text",
    [
        "a: {b: [1, {c: 2}], 'd e': \"f, g\"}\n",
        "a:\n- 1\n- b: 2\n  c: 3\n-\n  d: 4\n- - 5\n  - 6\ne: 7\n",
        "a: |\n  text: no key\n  - no item\nb: >-\n  more\nc: 1\n",
        "a:  # note\n  b: 'it''s #1'  # note\n  c: x#y\n",
        "a: {\n  b: 1, # note, with: {signs\n  c: 2\n}\nd: 3\n",
        "a: http://x.y/z\nb: 12:30:45\nc: a b c\n",
        "? a\n",
    ],
)
def test_forms_of_yaml(text: str) -> None:
    document, problems = compose(text)
    if document.root is not None and not problems and "?" not in text:
        alike(document.root, sketch(text).root)
    else:
        sketch(text)


def test_no_text_and_no_cursor_raises() -> None:
    texts = [preset.text for preset in presets()]
    for seed in range(400):
        text = mutated(seed, texts[seed % len(texts)])
        for offset in range(0, len(text) + 1, 1 + len(text) // 7):
            found = sketch(text, offset).cursor
            assert found is None or found.start <= offset <= max(found.end, offset)


def test_every_prefix_of_a_preset_is_read() -> None:
    text = presets()[0].text
    for offset in range(len(text)):
        sketch(text[:offset], offset)
