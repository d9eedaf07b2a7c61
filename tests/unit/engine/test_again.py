"""``repeat`` and ``cardinality``: values that come again."""

from __future__ import annotations

import polars as pl
import pytest

from synthwb import check
from synthwb.engine import compile_plan, sample
from synthwb.engine.again import window
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

ROWS = 4000


def frame(fields: str, *, arrivals: str = "200/s", rows: int = ROWS) -> pl.DataFrame:
    """The fields of a small event."""
    text = f"events:\n  e:\n    fields:\n{_indented(fields)}arrivals: {{e: {arrivals}}}\n"
    return sample(compile_plan(loads(text)), rows).frames["e"]


def attributes(fields: str, rows: int = ROWS) -> dict[str, pl.Series]:
    """The attributes of a small population."""
    text = (
        f"entities:\n  u:\n    count: {rows}\n    fields:\n{_indented(fields)}events: {{e: {{fields: {{x: uuid}}}}}}\n"
    )
    return {name: pool.series for name, pool in compile_plan(loads(text)).pools["u"].pools.items()}


def problems(field: str) -> list[str]:
    """What is said against a field ``x`` beside a field ``n``."""
    fields = _indented(f"n: {{integer: {{min: 1, max: 9}}}}\nx: {field}")
    return [found.message for found in check(f"events:\n  e:\n    fields:\n{fields}")]


def _indented(fields: str) -> str:
    return "".join(f"      {line}\n" for line in fields.splitlines())


def _first_uses(values: list[object]) -> list[tuple[int, int]]:
    """(row, row of the value's first use) for every value that is not new."""
    first: dict[object, int] = {}
    return [(i, first[value]) for i, value in enumerate(values) if first.setdefault(value, i) != i]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("arrivals", ["200/s", "{process: constant, rate: 3/s}", "4/day"])
def test_a_repeated_value_is_one_of_an_earlier_record_nearby(share: float, arrivals: str) -> None:
    values = frame(f"x: {{uuid: {{}}, repeat: {share}}}", arrivals=arrivals)["x"].to_list()
    again = _first_uses(values)
    assert len(again) == pytest.approx(ROWS * share, abs=4 * (ROWS * share * (1 - share)) ** 0.5)
    assert all(0 < row - source <= window(share) for row, source in again)
    assert values[0] not in (None, "")


def test_what_is_not_repeated_keeps_its_value() -> None:
    before, after = frame("x: uuid")["x"], frame("x: {uuid: {}, repeat: 20%}")["x"]
    changed = {row for row, _ in _first_uses(after.to_list())}
    assert {i for i in range(ROWS) if before[i] != after[i]} == changed


def test_attributes_of_a_population_repeat_earlier_rows() -> None:
    values = attributes("x: {uuid: {}, repeat: 25%}")["x"].to_list()
    assert len(_first_uses(values)) == pytest.approx(ROWS * 0.25, rel=0.1)


def test_a_value_that_is_computed_is_computed_again_from_what_the_earlier_record_had() -> None:
    found = frame("n: {integer: {min: 0, max: 1000000000}}\nx: {expr: n * 2, repeat: 30%}")
    doubled = (found["n"] * 2).to_list()
    place = {value: i for i, value in enumerate(doubled)}
    again = [i for i in range(ROWS) if found["x"][i] != doubled[i]]
    assert len(again) == pytest.approx(ROWS * 0.3, rel=0.1)
    assert all(place[found["x"][i]] < i for i in again)


def test_what_is_repeated_through_other_repeated_fields_agrees() -> None:
    found = frame("a: {uuid: {}, repeat: 30%}\nb: {template: '{a}!', repeat: 30%}")
    known = {f"{value}!": i for i, value in reversed(list(enumerate(found["a"])))}
    assert all(known[value] <= i for i, value in enumerate(found["b"]))


def test_an_object_is_repeated_whole_and_so_is_what_reads_it() -> None:
    found = frame("o: {object: {a: uuid, b: {expr: 'substr(a, 1, 4)'}}, repeat: 40%}\nx: o.a\ny: o.b")
    inside = found["o"].struct.unnest()
    assert inside["a"].equals(found["x"])
    assert inside["b"].equals(found["y"])
    assert (inside["a"].str.head(4) == inside["b"]).all()
    assert inside["a"].n_unique() == pytest.approx(ROWS * 0.6, rel=0.05)


def test_lists_are_repeated_whole() -> None:
    found = frame("x: {list: uuid, length: {poisson: {mean: 2}, min: 1}, repeat: 40%}")["x"]
    assert found.n_unique() == pytest.approx(ROWS * 0.6, rel=0.05)


@pytest.mark.parametrize("how", ["missing: 60%", "nullable: 60%", "when: n > 6", "missing: {expr: n / 10.0}"])
def test_only_values_that_were_sent_come_again(how: str) -> None:
    found = frame(f"n: {{integer: {{min: 1, max: 9}}}}\nx: {{uuid: {{}}, repeat: 50%, {how}}}")
    new = frame("x: uuid")["x"]
    place = {value: i for i, value in enumerate(new)}
    sent = [(i, value) for i, value in enumerate(found["x"]) if value is not None]
    again = [(i, place[value]) for i, value in sent if place[value] != i]
    assert len(again) == pytest.approx(len(sent) * 0.5, rel=0.15)
    assert all(source < i and found["x"][source] is not None for i, source in again)


def test_a_sequence_repeats_numbers_that_were_given_before() -> None:
    values = frame("x: {sequence: {}, repeat: 10%}")["x"].to_list()
    first = values[0]
    assert all(value - first <= i for i, value in enumerate(values))
    assert sum(value - first < i for i, value in enumerate(values)) == pytest.approx(ROWS * 0.1, rel=0.2)


def test_a_time_repeats_an_earlier_time() -> None:
    found = frame("x: {timestamp: {}, repeat: 10%}")
    assert (found["x"] <= found["time"]).all()
    assert (found["x"] < found["time"]).sum() == pytest.approx(ROWS * 0.1, rel=0.2)


@pytest.mark.parametrize(
    "generator",
    ["uuid: {}", "email: {}", "integer: {min: 1, max: 100000}", "normal: {mean: 0, std: 1}", "pattern: '####'"],
)
def test_a_fixed_set_has_its_size(generator: str) -> None:
    assert frame(f"x: {{{generator}, cardinality: 50}}")["x"].n_unique() == 50
    assert attributes(f"x: {{{generator}, cardinality: 50}}")["x"].n_unique() == 50


def test_a_larger_set_begins_like_a_smaller_one() -> None:
    few = set(frame("x: {city: {}, cardinality: 20}")["x"])
    many = set(frame("x: {city: {}, cardinality: 60}")["x"])
    assert len(few) == 20
    assert len(many) == 60
    assert few < many


def test_bounds_and_types_hold_inside_a_fixed_set() -> None:
    values = frame("x: {normal: {mean: 0, std: 3}, min: 0, bounds: redraw, round: 1, cardinality: 15}")["x"]
    assert values.n_unique() == 15
    assert values.min() >= 0  # type: ignore[operator]


def test_the_law_says_which_value_is_taken_how_often() -> None:
    values = frame("x: {pattern: '??-##', cardinality: {size: 30, pick: {zipf: {exponent: 1.5}}}}")["x"]
    counts = values.value_counts(sort=True)["count"].to_list()
    assert counts[0] / ROWS == pytest.approx(1 / sum(rank**-1.5 for rank in range(1, 31)), rel=0.1)
    assert counts[0] > 2 * counts[1]


def test_a_fixed_set_of_objects_keeps_what_belongs_together() -> None:
    found = frame("o: {object: {a: uuid, b: {template: '<{a}>'}}, cardinality: 12}\nx: o.a")
    inside = found["o"].struct.unnest()
    assert inside["a"].n_unique() == 12
    assert (inside["b"] == "<" + inside["a"] + ">").all()
    assert inside["a"].equals(found["x"])


def test_elements_of_a_list_may_come_from_a_fixed_set() -> None:
    values = frame("x: {list: {pattern: '??##', cardinality: 9}, length: 4}")["x"].explode()
    assert values.n_unique() == 9


def test_a_fixed_set_and_repeats_together() -> None:
    assert frame("x: {uuid: {}, cardinality: 40, repeat: 50%}")["x"].n_unique() == 40


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("{choice: [a, b, c], cardinality: 9}", "a fixed set of 9 values, but choice has only 3"),
        ("{choice: [a, b], cardinality: 9, unique: true}", "cardinality together with unique"),
        ("{uuid: {}, repeat: 5%, unique: true}", "repeat together with unique"),
        ("{uuid: {}, repeat: 100%}", "none is ever new"),
        ("{list: {uuid: {}, repeat: 5%}}", "inside a list or a branch cannot be repeated"),
        ("{normal: {mean: {expr: n}, std: 1}, cardinality: 5}", "this reads 'n', which is another in each row"),
        ("{normal: {mean: 1, std: 1}, min: {expr: n}, cardinality: 5}", "this reads 'n'"),
        ("{timestamp: {}, cardinality: 5}", "follow the time of the event"),
        ("{uuid: {}, cardinality: 0}", "must be at least 1, not 0"),
        ("{uuid: {}, cardinality: {pick: {zipf: {}}}}", "cardinality needs 'size'"),
        ("{uuid: {}, cardinality: {size: 3, pick: uuid}}", "expected a law of who is picked"),
        ("{uuid: {}, cardinality: {size: 3, pikc: {zipf: {}}}}", "unknown key 'pikc'"),
        ("{uuid: {}, as: {decimal: 99}}", "must be at most 15, not 99"),
        ("{uuid: {}, as: {integer: 3}}", "expected a type"),
    ],
)
def test_contradictions_are_refused(field: str, message: str) -> None:
    (found,) = problems(field)
    assert message in found


def test_a_set_that_cannot_be_filled_says_how_far_it_came() -> None:
    with pytest.raises(ScenarioError, match=r"a fixed set of 50 values, but 3,200 draws gave only 3 different ones"):
        frame("x: {normal: {mean: 0, std: 2}, round: 0, as: integer, min: -1, max: 1, cardinality: 50}")
