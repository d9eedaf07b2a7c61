"""What events remember does not depend on how a stream is cut: windows, batches, positions, workers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flow_driver import position_after, told, windows
from pass_driver import ALONE, frames, referring, remembering

import synthwb
from synthwb.encode import encoder
from synthwb.engine import Plan, compile_plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.passes import finding
from synthwb.engine.spine import Position
from synthwb.scenario import loads

WAYS = pytest.mark.parametrize("walking", [False, True], ids=["alone", "walking"])


def _bytes(plan: Plan, **how: int) -> bytes:
    lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
    return b"".join(bytes(p.content) for batch in synthwb.Stream(plan, **how) for p in lines.encode(batch))


@WAYS
def test_windows_of_any_length_give_the_same_events(walking: bool) -> None:
    plan = remembering(walking=walking)
    whole = told(list(windows(plan, 600).slabs(10_000)))
    assert len(whole) > 2_000
    for seconds in (0.5, 6, 60):
        assert told(list(windows(plan, seconds).slabs(500))) == whole


@WAYS
def test_batches_and_workers_change_no_byte(walking: bool) -> None:
    plan = remembering(walking=walking)
    whole = _bytes(plan)
    for batch, workers in ((7, 1), (1000, 2)):
        assert _bytes(plan, batch=batch, workers=workers) == whole


@WAYS
@pytest.mark.parametrize("events", [1, 97, 1999])
def test_a_stream_goes_on_from_any_position(walking: bool, events: int) -> None:
    plan = remembering(walking=walking)
    whole = told([plan.spine().take(2_400)])
    position = position_after(plan, events, 83)
    rest = plan.spine(position=replace(position, carried=decoded(encoded(position.carried))))
    assert told([rest.take(2_400 - events)]) == whole[events:]


@WAYS
def test_a_stream_begun_in_the_middle_remembers_what_came_before(walking: bool) -> None:
    plan = remembering(walking=walking)
    middle = plan.scenario.clock.start + 300_000_000
    whole = frames(plan)["paid"].drop("id")
    late = whole.filter(whole["time"].to_physical() >= middle)
    assert frames(plan, start=middle)["paid"].drop("id").equals(late)
    assert plan.spine(position=Position(middle, {})).take(1).time[0] >= middle


def test_edits_elsewhere_change_nothing() -> None:
    whole = frames(remembering(walking=False))
    edited = ALONE.replace("beat: {process: constant, rate: 1/s}", "beat: 5/s").replace(
        "      longer:", "      x: uuid\n      longer:"
    )
    again = frames(compile_plan(loads(edited)))
    assert again["paid"].drop("x").equals(whole["paid"])
    fewer = ALONE.replace(
        "      before: {previous: {field: amount, default: 0}}\n      longer: {previous: before}\n", ""
    )
    assert frames(compile_plan(loads(fewer)))["paid"].equals(whole["paid"].drop("before", "longer"))


REFERENCES = pytest.mark.parametrize(
    ("pick", "of", "walking"),
    [("any", "actor", False), ("latest", "anyone", False), ("once", "actor", False), ("once", "session", True)],
)


@REFERENCES
def test_references_are_the_same_in_windows_of_any_length(
    monkeypatch: pytest.MonkeyPatch, pick: str, of: str, walking: bool
) -> None:
    plan = referring(pick, of, walking=walking)
    whole = told(list(windows(plan, 600).slabs(10_000)))
    assert len(whole) > 1_000
    monkeypatch.setattr(finding, "_FEW", 20)  # the large shelf is put in order again and again
    for seconds in (0.5, 6, 60):
        assert told(list(windows(plan, seconds).slabs(500))) == whole


@REFERENCES
@pytest.mark.parametrize("events", [1, 97, 700])
def test_references_are_the_same_from_any_position(
    monkeypatch: pytest.MonkeyPatch, pick: str, of: str, walking: bool, events: int
) -> None:
    monkeypatch.setattr(finding, "_FEW", 50)
    plan = referring(pick, of, walking=walking)
    whole = told([plan.spine().take(1_200)])
    position = position_after(plan, events, 83)
    rest = plan.spine(position=replace(position, carried=decoded(encoded(position.carried))))
    assert told([rest.take(1_200 - events)]) == whole[events:]


@REFERENCES
def test_batches_and_workers_change_no_reference(pick: str, of: str, walking: bool) -> None:
    plan = referring(pick, of, walking=walking)
    whole = _bytes(plan)
    for batch, workers in ((7, 1), (1000, 2)):
        assert _bytes(plan, batch=batch, workers=workers) == whole
