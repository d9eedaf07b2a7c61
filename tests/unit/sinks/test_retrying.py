"""How often and how soon a request is sent again."""

from __future__ import annotations

import pytest

from synthwb.sinks.retrying import Again, Away, Course, Refused, Retrying


def test_waits_grow_to_a_limit_and_vary() -> None:
    retrying = Retrying(first=0.1, most=3.0)
    for number in range(12):
        longest = min(3.0, 0.1 * 2**number)
        waits = {retrying.wait(number) for _ in range(20)}
        assert all(longest / 2 <= wait <= longest for wait in waits)
        assert len(waits) > 1, "many senders would come at once"


def test_a_refusal_is_final() -> None:
    assert Course(Retrying()).wait(Refused("no")) is None


def test_answers_are_counted_and_the_last_one_is_final() -> None:
    course = Course(Retrying(retries=2))
    assert course.wait(Again("busy")) is not None
    assert course.wait(Again("busy", after=7.0)) == 7.0, "what the server asks for"
    assert course.wait(Again("busy")) is None
    assert course.words(Again("busy")) == "busy (tried 3 times)"


def test_being_away_is_not_counted_but_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("synthwb.sinks.retrying.time.monotonic", lambda: now[0])
    course = Course(Retrying(retries=0, patience=60))
    for _ in range(10):
        assert course.wait(Away("gone")) is not None
        now[0] += 5
    now[0] += 11
    with pytest.raises(TimeoutError):
        course.wait(Away("gone"))


def test_coming_back_in_between_renews_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("synthwb.sinks.retrying.time.monotonic", lambda: now[0])
    course = Course(Retrying(retries=5, patience=60))
    course.wait(Away("gone"))
    now[0] = 50.0
    course.wait(Again("busy"))
    now[0] = 100.0
    assert course.wait(Away("gone")) is not None
