"""The exercises on event time: lateness, a watermark's patience, clocks that are wrong."""

from __future__ import annotations

import math

import pytest

from synthwb_widgets import check
from synthwb_widgets.lesson import Outcome
from synthwb_widgets.lesson_2 import GATES

SECONDS = 20 * math.log(10)  # a tenth is late, and a tenth of these after more than this


def gates(*layers: str) -> str:
    """The gates with these layers only."""
    head = GATES.split("imperfections:")[0]
    return head + "imperfections:\n" + "".join(f"  - {layer}\n" for layer in layers)


@pytest.mark.parametrize(
    "delay",
    [
        "{exponential: {mean: 43s}, max: 5m}",
        "{uniform: {min: 0s, max: 1m}}",
        "{lognormal: {median: 30s, sigma: 0.5}, max: 5m}",
    ],
)
def test_lateness_passes_by_what_it_does(delay: str) -> None:
    assert check("2a", gates(f"late: {{rate: 20%, delay: {delay}}}")).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        ("late: {rate: 15%, delay: {exponential: {mean: 43s}, max: 5m}}", "not one in five"),
        ("late: {rate: 20%, delay: {exponential: {mean: 20s}, max: 5m}}", "after 30 s"),
        ("late: {rate: 20%, delay: {exponential: {mean: 43s}, max: 10m}}", "more than five minutes"),
        ("duplicate: {rate: 20%, after: 0s}", "None of 20,000"),
    ],
)
def test_another_lateness_is_told_apart(layer: str, word: str) -> None:
    verdict = check("2a", gates(layer))
    assert verdict.outcome is Outcome.NOT_YET
    assert word in verdict.message


def test_the_watermark_waits_as_long_as_the_law_says() -> None:
    assert check("2b", SECONDS)
    assert check("2b", 46)
    early, late = check("2b", SECONDS - 12), check("2b", SECONDS + 12)
    assert (early.outcome, late.outcome) == (Outcome.NOT_YET, Outcome.NOT_YET)
    assert "more than one in a hundred" in early.message
    assert "waits longer" in late.message
    assert check("2b", -1).outcome is Outcome.NOT_YET


@pytest.mark.parametrize("answer", ["46", True, None, math.nan, GATES])
def test_where_a_number_is_asked_nothing_else_is_taken(answer: object) -> None:
    verdict = check("2b", answer)
    assert verdict.outcome is Outcome.ERROR
    assert "number" in verdict.message


def test_clocks_pass_by_what_they_do() -> None:
    assert check("2c", gates("skew: {offset: {normal: {mean: 0s, std: 2s}}}"))
    assert check("2c", gates("skew: {by: gate, offset: {normal: {mean: 200ms, std: 1900ms}}}"))


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        ("skew: {offset: 2s}", "some should be fast"),
        ("skew: {offset: {normal: {mean: 0s, std: 2s}}, drift: 500ppm}", "drift"),
        ("skew: {offset: {normal: {mean: 0s, std: 2s}}, rate: 40%}", "nearly all"),
        ("skew: {offset: {normal: {mean: 0s, std: 20s}}}", "about 2 s"),
        ("late: {rate: 20%, delay: 2s}", "nearly all"),
    ],
)
def test_other_clocks_are_told_apart(layer: str, word: str) -> None:
    verdict = check("2c", gates(layer))
    assert verdict.outcome is Outcome.NOT_YET
    assert word in verdict.message


def test_clocks_of_something_else_are_not_the_gates() -> None:
    verdict = check("2c", gates("skew: {offset: 2s}").replace("gate: actor.gate, ", ""))
    assert verdict.outcome is Outcome.NOT_YET
    assert "no field called gate" in verdict.message


def test_a_gate_that_nobody_passes_is_told() -> None:
    other = gates("late: {rate: 1%, delay: 2s}").replace("arrivals: {tap: 10/s}", "  beep: {fields: {n: uuid}}")
    verdict = check("2c", other + "arrivals: {tap: 1/d, beep: 10/s}\n")
    assert verdict.outcome is Outcome.NOT_YET
    assert "never happened" in verdict.message
