"""What stands beside a generator, each alone and in its order."""

from __future__ import annotations

import polars as pl
import pytest

from synthwb.engine import compile_plan, sample
from synthwb.errors import ScenarioError, SynthwbError
from synthwb.scenario import loads

ROWS = 4000


def field(yaml: str, *, others: str = "", rows: int = ROWS) -> pl.Series:
    """The values of one field of a small event."""
    text = f"events:\n  e:\n    fields:\n{others}      x: {yaml}\n"
    return sample(compile_plan(loads(text)), rows).frames["e"]["x"]


def absent(yaml: str, *, others: str = "") -> tuple[int, int]:
    """How many rows have no key, and how many a null."""
    text = f"events:\n  e:\n    fields:\n{others}      x: {yaml}\n"
    column = sample(compile_plan(loads(text)), ROWS).parts[0].columns["x"]
    gone = 0 if column.absent is None else int(column.absent.sum())
    return gone, column.series().null_count() - gone


def test_clip_moves_values_to_the_bound() -> None:
    values = field("{normal: {mean: 0, std: 1}, min: -1, max: 1.5}")
    assert (values.min(), values.max()) == (-1.0, 1.5)
    assert (values == 1.5).mean() == pytest.approx(0.0668, abs=0.02)


def test_redraw_leaves_no_mass_on_the_bound_and_every_other_value_as_it_was() -> None:
    free = field("{normal: {mean: 0, std: 1}}")
    inside = field("{normal: {mean: 0, std: 1}, min: -1, max: 1.5, bounds: redraw}")
    assert inside.is_between(-1, 1.5).all()
    assert inside.n_unique() == ROWS
    kept = free.is_between(-1, 1.5)
    assert free.filter(kept).equals(inside.filter(kept))


@pytest.mark.parametrize(
    "bounds",
    ["{uniform: {min: 0, max: 1}, min: 5, max: 6", "{poisson: {mean: 2}, max: -1", "{exponential: {mean: 1}, min: 99"],
)
def test_what_never_lies_within_its_bounds_is_refused_where_it_is_to_be_drawn_again(bounds: str) -> None:
    text = "events: {e: {fields: {x: %s}}}"
    compile_plan(loads(text % (bounds + "}")))
    with pytest.raises(ScenarioError, match=r":1:26: .*lies within min and max, so drawing again never ends; widen"):
        compile_plan(loads(text % (bounds + ", bounds: redraw}")))


def test_bounds_may_be_expressions_over_other_fields() -> None:
    frame = "      low: {integer: {min: 0, max: 50}}\n"
    text = f"events:\n  e:\n    fields:\n{frame}      x: {{uniform: {{min: 0, max: 100}}, min: {{expr: low}}}}\n"
    found = sample(compile_plan(loads(text)), ROWS).frames["e"]
    assert (found["x"] >= found["low"]).all()
    assert (found["x"] == found["low"]).sum() > 100


def test_an_integer_stays_an_integer_inside_fractional_bounds() -> None:
    values = field("{integer: {min: 0, max: 10}, min: 2.5, max: 7.5}")
    assert values.dtype == pl.Int64
    assert (values.min(), values.max()) == (3, 7)


def test_round_keeps_the_type_and_as_changes_it() -> None:
    assert field("{uniform: {min: 0, max: 9}, round: 1}").map_elements(lambda v: len(str(v)), pl.Int64).max() == 3
    assert field("{uniform: {min: 0, max: 9}, as: integer}").dtype == pl.Int64
    assert field("{uniform: {min: 0, max: 9}, round: 2, as: decimal}").dtype == pl.Decimal(38, 2)
    assert field("{uniform: {min: 0, max: 9}, as: {decimal: 5}}").dtype == pl.Decimal(38, 5)
    assert str(field("{const: 0.125, as: {decimal: 2}}")[0]) == "0.13"
    assert str(field("{bernoulli: 1, as: {decimal: 1}}")[0]) == "1.0"
    assert str(field("{choice: ['17.5'], as: {decimal: 3}}")[0]) == "17.500"
    assert field("{integer: {min: 1, max: 3}, as: string}").unique().sort().to_list() == ["1", "2", "3"]
    assert field("{integer: {min: 0, max: 1}, as: boolean}").dtype == pl.Boolean
    assert field("{choice: ['7', 'x'], as: integer}").unique().sort().to_list() == [None, 7]
    assert set(field("{bernoulli: 0.5, as: string}").to_list()) == {"true", "false"}


@pytest.mark.parametrize(("case", "text"), [("lower", "ab c"), ("upper", "AB C"), ("title", "Ab C")])
def test_case_changes_text(case: str, text: str) -> None:
    assert set(field(f"{{choice: [aB c], case: {case}}}").to_list()) == {text}


def test_missing_and_nullable_are_told_apart_and_have_their_rates() -> None:
    gone, null = absent("{choice: [a, b], missing: 20%, nullable: 50%}")
    assert gone == pytest.approx(ROWS * 0.2, rel=0.15)
    assert null == pytest.approx(ROWS * 0.8 * 0.5, rel=0.15)
    assert absent("{uuid: {}, missing: 0.0}") == (0, 0)
    assert absent("{uuid: {}, missing: 100%}") == (ROWS, 0)
    assert absent("{normal: {mean: 1, std: 1}, nullable: 100%}") == (0, ROWS)


def test_missing_may_depend_on_another_field() -> None:
    flag = "      flag: {bernoulli: 0.5}\n"
    text = (
        "events:\n  e:\n    fields:\n"
        + flag
        + "      x: {integer: {min: 1, max: 9}, missing: {expr: 'case when flag then 0.9 else 0.1 end'}}\n"
    )
    frame = sample(compile_plan(loads(text)), ROWS).frames["e"]
    shares = frame.group_by("flag").agg(pl.col("x").is_null().mean()).sort("flag")["x"].to_list()
    assert shares == pytest.approx([0.1, 0.9], abs=0.03)


def test_when_keeps_the_field_only_where_it_holds() -> None:
    kind = "      kind: {choice: [card, cash]}\n"
    text = "events:\n  e:\n    fields:\n" + kind + "      x: {pattern: '####', when: \"kind = 'card'\"}\n"
    frame = sample(compile_plan(loads(text)), ROWS).frames["e"]
    assert (frame["x"].is_not_null() == (frame["kind"] == "card")).all()


@pytest.mark.parametrize(
    "yaml",
    [
        "{integer: {min: 1, max: 4000}, unique: true}",
        "{pattern: 'A-####', unique: true}",
        "{uuid: {}, unique: true}",
        "{sequence: {}, unique: true}",
    ],
)
def test_unique_values_never_come_twice(yaml: str) -> None:
    values = field(yaml)
    assert values.n_unique() == ROWS
    if "integer" in yaml:
        assert values.sort().to_list() == list(range(1, 4001))
        assert values.to_list() != values.sort().to_list()


def test_unique_that_runs_out_says_so_in_words() -> None:
    with pytest.raises(SynthwbError, match="only 100 values"):
        field("{integer: {min: 1, max: 100}, unique: true}")


def test_hidden_fields_can_be_read_but_are_not_emitted() -> None:
    text = "events: {e: {fields: {base: {integer: {min: 1, max: 9}, hidden: true}, x: {expr: 'base * 2'}}}}"
    frame = sample(compile_plan(loads(text)), 50).frames["e"]
    assert "base" not in frame.columns
    assert (frame["x"] % 2 == 0).all()


def test_halves_round_away_from_zero_as_in_expressions() -> None:
    assert field("{const: 2.5, round: 0}")[0] == 3.0
    assert field("{const: -0.125, round: 2}")[0] == -0.13
    assert field("{const: 2.5, as: integer}")[0] == 3
    assert field("{expr: 'round(2.5)'}")[0] == 3.0
