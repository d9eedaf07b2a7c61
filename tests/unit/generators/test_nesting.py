"""Objects and lists, from a document to columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import problems
from hypothesis import given
from hypothesis import strategies as st

from synthwb.engine import Stream, compile_plan, sample
from synthwb.engine.nested import list_of
from synthwb.errors import SynthwbError
from synthwb.scenario import loads, parse


def values(fields: str, rows: int = 400) -> dict[str, list[Any]]:
    text = "events:\n  e:\n    fields:\n" + "".join(f"      {line}\n" for line in fields.strip().splitlines())
    frame = sample(compile_plan(loads(text)), rows).frames["e"]
    return {name: frame[name].to_list() for name in frame.columns}


def test_children_of_an_object_read_each_other_and_are_read_from_outside() -> None:
    found = values("""
box: {object: {h: {expr: "box.w * 2"}, w: {integer: {min: 1, max: 9}}, deep: {object: {n: event.ordinal}}}}
area: {expr: "box.w * box.h + box.deep.n"}
label: {template: "{box.w}x{box.h}"}
""")
    assert {box["w"] for box in found["box"]} == set(range(1, 10))
    for number, (box, area, label) in enumerate(zip(found["box"], found["area"], found["label"], strict=True)):
        assert list(box) == ["h", "w", "deep"], "the document's order"
        assert box["h"] == 2 * box["w"]
        assert area == box["w"] * box["h"] + number
        assert label == f"{box['w']}x{box['h']}"


def test_modifiers_of_children_apply_inside() -> None:
    found = values("""
box: {object: {a: {pattern: "??", case: lower}, b: {choice: [1, 2], nullable: 50%}, c: {const: 1, hidden: true}}}
out: {expr: "box.c + 1"}
""")
    assert all(box["a"].islower() for box in found["box"])
    assert {box["b"] for box in found["box"]} == {1, 2, None}
    assert all("c" not in box for box in found["box"])
    assert set(found["out"]) == {2}


def test_a_fixed_length_and_elements_of_their_own() -> None:
    found = values('tags: {list: {pattern: "##"}, length: 4}')
    assert {len(tags) for tags in found["tags"]} == {4}
    pairs = {(tags[0], tags[1]) for tags in found["tags"]}
    assert len(pairs) > 350, "elements of a row must not be equal to each other"


def test_a_longer_list_begins_like_the_shorter_one() -> None:
    short, long = (values(f'tags: {{list: {{pattern: "####"}}, length: {n}}}')["tags"] for n in (2, 5))
    assert [tags[:2] for tags in long] == short


def test_a_drawn_length_follows_its_law_and_may_be_nothing() -> None:
    found = values("tags: {list: {integer: {min: 1, max: 6}}, length: {poisson: {mean: 1.5}}}", rows=4000)
    lengths = np.array([len(tags) for tags in found["tags"]])
    assert lengths.min() == 0
    assert abs(lengths.mean() - 1.5) < 0.1
    assert abs((lengths == 0).mean() - np.exp(-1.5)) < 0.03


def test_lists_of_objects_of_lists() -> None:
    found = values("""
lines: {list: {object: {sku: {pattern: "??-##"}, sizes: {list: {integer: {min: 1, max: 3}}, length: 2}}}, length: 2}
""")
    for lines in found["lines"]:
        assert [sorted(line) for line in lines] == [["sizes", "sku"]] * 2
        assert all(len(line["sizes"]) == 2 for line in lines)


def test_an_element_does_not_depend_on_the_block() -> None:
    text = 'tags: {list: {pattern: "####"}, length: {poisson: {mean: 2}}}'
    assert values(text, rows=50) == {name: found[:50] for name, found in values(text, rows=333).items()}


@pytest.mark.parametrize("length", [1.5, 0.1])
def test_a_list_has_a_whole_number_of_elements(length: float) -> None:
    ((where, message),) = problems("list", of=None, length=length)
    assert where == "length"
    assert str(length) in message
    assert problems("list", of=None, length=2.0) == []


@given(st.lists(st.integers(0, 4), max_size=30))
def test_elements_are_cut_into_lists_of_the_given_lengths(counts: list[int]) -> None:
    elements = pl.Series(range(sum(counts)), dtype=pl.Int64)
    found = list_of(elements, np.array(counts, np.int64))
    ends = np.cumsum([0, *counts])
    assert found.dtype == pl.List(pl.Int64)
    assert found.to_list() == [list(range(ends[i], ends[i + 1])) for i in range(len(counts))]


def test_lists_in_lists_have_an_end() -> None:
    text = "events: {e: {fields: {x: {list: {list: {const: 1}, length: 1000}, length: 1000}}}}"
    (found,) = parse(text).diagnostics
    assert "1,000 x 1,000 = 1,000,000 elements" in found.message


def test_too_many_elements_of_random_lists_are_refused_before_memory_is() -> None:
    inner = "{list: {const: 1}, length: {integer: {min: 9000, max: 10000}}}"
    text = f"events: {{e: {{fields: {{x: {{list: {inner}, length: {{integer: {{min: 9000, max: 10000}}}}}}}}}}}}"
    with pytest.raises(SynthwbError, match="make the lists shorter"):
        sample(compile_plan(loads(text)), 10)


def test_events_of_many_values_are_made_in_smaller_batches() -> None:
    small = compile_plan(loads("events: {e: {fields: {x: uuid}}}"))
    large = compile_plan(loads("events: {e: {fields: {x: {list: uuid, length: 1000}}}}"))
    assert small.batch == 65_536
    assert large.batch == 2048
    assert len(next(iter(Stream(large, limit=5000)))) == 2048
