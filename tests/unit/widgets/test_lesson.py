"""Exercises are judged by behaviour, never by text, and never break a learner's notebook."""

from __future__ import annotations

import pytest

from synthwb_widgets import Workbench, check
from synthwb_widgets.lesson import Outcome, chi_square, chi_square_limit

CUP = """\
events:
  cup_sold:
    fields:
      drink: {{choice: [espresso, latte, tea]}}
      {field}
"""


def outcome(name: str, field: str) -> Outcome:
    """How an answer with this line goes."""
    return check(name, CUP.format(field=field)).outcome


@pytest.mark.parametrize(
    "line",
    [
        "size: {choice: {small: 50, medium: 35, large: 15}}",
        "size: {choice: {large: 3, small: 10, medium: 7}}",
        "size: {choice: [small, small, small, small, small, small, small, small, small, small, medium, medium, medium, "
        "medium, medium, medium, medium, large, large, large]}",
    ],
)
def test_weights_pass_however_they_are_written(line: str) -> None:
    assert outcome("1a", line) is Outcome.PASS


@pytest.mark.parametrize(
    "line",
    [
        "size: {choice: {small: 50, medium: 33, large: 17}}",
        "size: {choice: [small, medium, large]}",
        "size: {choice: {small: 50, medium: 35, huge: 15}}",
        "size: {choice: {S: 50, M: 35, L: 15}}",
        "mug: {choice: {small: 50, medium: 35, large: 15}}",
        "size: {choice: {small: 50, medium: 35, large: 15}, missing: 20%}\n      x: 1",
    ],
)
def test_other_weights_do_not(line: str) -> None:
    if "missing" in line:
        assert outcome("1a", line) is Outcome.PASS, "shares are of those that are there"
    else:
        assert outcome("1a", line) is Outcome.NOT_YET


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("price: {lognormal: {median: 4, sigma: 0.5}, round: 2, min: 0.5}", Outcome.PASS),
        ("price: {exponential: {mean: 4}, min: 0.01}", Outcome.PASS),
        ("price: {uniform: {min: 2, max: 6}}", Outcome.NOT_YET),
        ("price: {normal: {mean: 4, std: 1}}", Outcome.NOT_YET),
        ("price: {normal: {mean: 0, std: 1}}", Outcome.NOT_YET),
        ("price: {choice: [a, b]}", Outcome.NOT_YET),
        ("prise: {lognormal: {median: 4, sigma: 0.5}}", Outcome.NOT_YET),
        ("price: {lognormall: {median: 4, sigma: 0.5}}", Outcome.ERROR),
    ],
)
def test_amounts(line: str, expected: Outcome) -> None:
    assert outcome("1b", line) is expected


def test_repairing_is_not_removing() -> None:
    assert check("1c", "events: {cup_sold: {fields: {drink: uuid, price: 1, barista: uuid}}}")
    lost = check("1c", "events: {cup_sold: {fields: {drink: uuid, price: 1}}}")
    assert lost.outcome is Outcome.NOT_YET
    assert "barista is gone" in lost.message
    assert check("1c", "events: {tea_sold: {fields: {drink: uuid}}}").outcome is Outcome.NOT_YET


def test_an_answer_may_be_a_workbench() -> None:
    with Workbench(CUP.format(field="size: {choice: {small: 50, medium: 35, large: 15}}")) as wb:
        assert check("1a", wb)


@pytest.mark.parametrize("answer", [None, 3, ["a"], "", "events: [", "a: &a [*a]", "\x00"])
def test_nothing_a_learner_gives_raises(answer: object) -> None:
    assert check("1a", answer).outcome is Outcome.ERROR


def test_an_unknown_exercise_names_those_there_are() -> None:
    assert "1a, 1b, 1c" in check("9z", "").message


def test_strictly_everything_but_a_pass_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTHWB_STRICT", "1")
    assert check("1a", CUP.format(field="size: {choice: {small: 50, medium: 35, large: 15}}"))
    with pytest.raises(AssertionError, match="not yet"):
        check("1a", CUP.format(field="size: 3"))


def test_a_verdict_shows_itself_and_hides_its_hints() -> None:
    verdict = check("1a", CUP.format(field='size: {const: "<b>"}'))
    assert not verdict
    html = verdict._repr_html_()
    assert html.count("<details>") == 3
    assert "<b>." not in html
    assert "&lt;b&gt;" in html
    assert repr(verdict).startswith("1a: not yet.")
    assert "**1a: not yet.**" in verdict._repr_markdown_()


def test_the_limit_of_chi_square_agrees_with_its_law() -> None:
    from scipy.stats import chi2

    for freedom in (1, 2, 5, 20):
        assert chi_square_limit(freedom) == pytest.approx(chi2.isf(0.001, freedom), rel=0.035)
    assert chi_square({"a": 50, "b": 50}, {"a": 1, "b": 1}) == 0
    assert chi_square({"c": 1}, {"a": 1}) == float("inf")
