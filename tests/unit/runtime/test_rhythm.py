"""How many events are due by when: the two directions agree, and with what a sum over small steps gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthwb.runtime.rhythm import Burst, Rhythm

RATES = st.floats(0.01, 1e5)
BURSTS = st.none() | st.builds(
    lambda rate, every, share: Burst(rate, every, every * share), RATES, st.floats(0.1, 100), st.floats(0.05, 0.95)
)
RHYTHMS = st.builds(Rhythm, RATES, st.just(0.0) | st.floats(0.1, 50), BURSTS)


@given(RHYTHMS, st.floats(0, 1000))
def test_what_is_due_by_a_moment_is_due_at_it(rhythm: Rhythm, seconds: float) -> None:
    assert rhythm.after(rhythm.by(seconds)) == pytest.approx(seconds, rel=1e-6, abs=1e-6)


@given(RHYTHMS, st.floats(0, 1000), st.floats(0, 10))
def test_more_is_due_later(rhythm: Rhythm, seconds: float, more: float) -> None:
    assert rhythm.by(seconds + more) >= rhythm.by(seconds) - 1e-6


@given(RHYTHMS, st.integers(0, 100_000), st.floats(0.001, 1))
def test_within_takes_what_falls_due_and_one_at_least(rhythm: Rhythm, events: int, seconds: float) -> None:
    count = rhythm.within(seconds, events)
    assert count >= 1
    until = rhythm.after(events) + seconds
    assert count == 1 or rhythm.after(events + count) <= until + 1e-6
    assert rhythm.after(events + count + 1) >= until - 1e-6


def test_a_ramp_and_bursts_come_to_the_events_of_their_rates() -> None:
    rhythm = Rhythm(100.0, ramp=10.0, burst=Burst(1000.0, 60.0, 5.0))
    assert rhythm.by(10.0) == pytest.approx(500)  # half of ten seconds at the rate
    assert rhythm.by(65.0) == pytest.approx(500 + 55 * 100)
    assert rhythm.by(70.0) == pytest.approx(500 + 55 * 100 + 5 * 1000)
    assert rhythm.by(70.0 + 60.0) == pytest.approx(500 + 2 * (55 * 100 + 5 * 1000))
    assert [rhythm.rate_at(events) for events in (0, 600, 500 + 5600, 500 + 10_600)] == [100, 100, 1000, 100]
