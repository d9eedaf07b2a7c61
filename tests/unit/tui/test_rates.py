"""The scale of rates."""

from __future__ import annotations

import pytest

from synthwb.errors import UsageError
from synthwb.tui.run.rates import FASTEST, SLOWEST, faster, parse_rate, slower


def test_the_scale_goes_from_the_slowest_to_flat_out_and_back() -> None:
    up: list[float] = [SLOWEST]
    while (step := faster(up[-1])) is not None:
        up.append(step)
    assert up[:4] == pytest.approx([0.1, 0.2, 0.5, 1.0])
    assert up[-1] == FASTEST
    down = [slower(None)]
    while down[-1] > SLOWEST:
        down.append(slower(down[-1]))
    assert down == pytest.approx(up[::-1])
    assert slower(SLOWEST) == SLOWEST
    assert faster(None) is None


def test_a_rate_between_two_steps_goes_to_the_next() -> None:
    assert faster(498.0) == 500
    assert slower(498.0) == 200


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("500", 500.0),
        ("500/s", 500.0),
        (" 2k ", 2000.0),
        ("1,500 / s", 1500.0),
        ("120/min", 2.0),
        ("86400 per day", 1.0),
        ("0.5", 0.5),
        ("1M", 1e6),
        ("max", None),
    ],
)
def test_typed_rates(text: str, rate: float | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "5/fortnight", "1.2.3", "0", "-5", "nan"])
def test_what_is_no_rate_is_refused_with_words(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_rate(text)
    assert len(str(refused.value)) > 10
