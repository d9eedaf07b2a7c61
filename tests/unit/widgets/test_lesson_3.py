"""The exercises on funnels: one to make, one to compute, and a check that sees a broken shop."""

from __future__ import annotations

import pytest

from synthwb_widgets import check
from synthwb_widgets.lesson import Outcome
from synthwb_widgets.lesson_3 import VISITS

LANDING, CART = "{product: 60, exit: 40}", "{paid: 50, product: 30, exit: 20}"


def shop(landing: str = LANDING, cart: str = CART) -> str:
    """The shop with other weights."""
    return VISITS.replace(LANDING, landing).replace(CART, cart)


@pytest.mark.parametrize(
    ("landing", "cart"),
    [
        ("{product: 85, exit: 15}", "{paid: 60, product: 30, exit: 10}"),  # 0.85 * 0.5 * 0.6 / 0.85
        ("{product: 60, exit: 0}", "{paid: 6, exit: 4}"),  # 1 * 0.5 * 0.6
    ],
)
def test_three_in_ten_buy_however_it_is_done(landing: str, cart: str) -> None:
    assert check("3a", shop(landing, cart)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (shop(), "17.5% paid"),
        (shop("{product: 30, paid: 30, exit: 40}"), "without a cart"),
        (shop().replace("cart", "basket"), "no state cart"),
        (shop().replace("visit:", "walk:"), "no flow called visit"),
    ],
)
def test_other_funnels_are_told_apart(text: str, word: str) -> None:
    verdict = check("3a", text)
    assert verdict.outcome is Outcome.NOT_YET
    assert word in verdict.message


def test_the_arithmetic_is_checked_against_the_law() -> None:
    p = 0.4 / (1 - 0.4 * 0.5)
    assert check("3b", 100 * 0.6 * 0.5 * p)
    assert check("3b", 17.6).outcome is Outcome.NOT_YET
    assert "per cent" in check("3b", 0.15).message


@pytest.mark.parametrize(
    "line",
    [
        "{rate: order_placed, between: [3/min, null], over: 30m}",
        "{rate: order_placed, between: [3/min, 9/min], over: 20m}",
    ],
)
def test_a_check_that_sees_the_fault_passes(line: str) -> None:
    assert check("3c", f"{VISITS}checks: [{line}]\n").outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (VISITS, "no checks"),
        (VISITS + "checks: [{unique: order_placed.session}]\n", "All is well, they say"),
        (VISITS + "checks: [{rate: order_placed, between: [9/min, null], over: 30m}]\n", "false alarm"),
        (
            VISITS.replace("page: state.name", "page: state.name, n: uuid") + "checks: [{unique: page_viewed.n}]\n",
            "Leave",
        ),
    ],
)
def test_other_checks_are_told_apart(text: str, word: str) -> None:
    verdict = check("3c", text)
    assert verdict.outcome is Outcome.NOT_YET
    assert word in verdict.message
