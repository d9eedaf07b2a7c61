"""The runs behind the screen, with runs that only remember what they were told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from synthwb.engine import Plan, compile_plan
from synthwb.runtime import Pace, State, Stats
from synthwb.scenario import loads
from synthwb.tui.run.control import RunControl, pace_of

EVENTS = "synthwb: 1\nevents: {ping: {fields: {n: {integer: {min: 1, max: 6}}}}}\narrivals: {ping: 4/s}\n"


@dataclass
class Told:
    plan: Plan
    outputs: Any = ()
    pace: Pace = Pace()  # noqa: RUF009 - frozen
    start_at: int | None = None
    state: State = State.IDLE
    target: float | None = None
    calls: list[str] = field(default_factory=list)

    def start(self) -> None:
        self.calls.append("start")
        self.state = State.RUNNING

    def pause(self) -> None:
        self.calls.append("pause")
        self.state = State.PAUSED

    def step(self, batches: int = 1) -> None:
        self.calls.append(f"step {batches}")
        self.state = State.PAUSED

    def stop(self, wait: bool = True, *, hard: bool = False) -> None:
        self.calls.append(f"stop {wait}{' hard' * hard}")
        self.state = State.STOPPED

    def wait(self, timeout: float | None = None) -> bool:
        return self.state.over

    def set_rate(self, rate: float | None) -> None:
        self.target = rate

    def stats(self) -> Stats:
        return Stats(state=self.state, target=self.target)

    def recent(self) -> None:
        return None


made: list[Told] = []


def make(plan: Plan, outputs: Any = (), *, pace: Pace, start: int | None = None, batch: int | None = None) -> Told:
    told = Told(plan, outputs, pace, start, target=pace.rate)
    made.append(told)
    return told


@pytest.fixture
def control() -> RunControl:
    made.clear()
    return RunControl(make)


def plan(more: str = "") -> Plan:
    return compile_plan(loads(EVENTS + more))


def test_a_new_plan_replaces_the_preview_at_its_time_and_lets_the_old_one_go(control: RunControl) -> None:
    control.replace_preview(plan(), 7)
    control.replace_preview(plan(), 9)
    first, second = made
    assert (first.start_at, second.start_at) == (7, 9)
    assert first.calls == ["start", "stop False"]
    assert second.calls == ["start"]
    assert control.active is second


def test_a_paused_preview_stays_paused_over_an_edit(control: RunControl) -> None:
    control.replace_preview(plan(), 0)
    control.toggle()
    control.replace_preview(plan(), 5)
    assert made[1].calls == ["step 0"]
    control.toggle()
    assert made[1].state is State.RUNNING


def test_while_the_document_runs_the_preview_waits_and_comes_back_afterwards(control: RunControl) -> None:
    control.replace_preview(plan(), 0)
    control.start_document(plan(), ["out"], bounded=False)
    preview, document = made
    assert preview.state is State.PAUSED
    assert control.active is document
    control.replace_preview(plan(), 3)
    assert made[2].state is State.PAUSED
    control.stop()
    assert document.calls[-1] == "stop False"
    assert control.active is document
    control.stop()
    assert control.active is made[2]
    assert made[2].state is State.RUNNING


def test_a_preview_that_is_over_starts_again_from_the_start(control: RunControl) -> None:
    control.replace_preview(plan(), 5)
    made[0].state = State.FINISHED
    control.toggle()
    assert made[1].start_at is None
    assert made[1].state is State.RUNNING


def test_steps_of_the_rate_start_from_what_event_time_comes_to(control: RunControl) -> None:
    control.replace_preview(plan(), 0)
    assert control.speed == 1.0
    assert control.nudge(up=True) == 5
    assert control.speed is None
    assert control.nudge(up=False) == 2
    control.set_rate(None)
    assert control.nudge(up=False) == 1_000_000


def test_a_rate_by_hand_is_kept_until_it_is_forgotten(control: RunControl) -> None:
    control.replace_preview(plan("pacing: 50/s\n"), 0)
    control.set_rate(8)
    control.replace_preview(plan("pacing: 50/s\n"), 0)
    assert made[1].target == 8
    control.forget_rate()
    control.replace_preview(plan("pacing: 50/s\n"), 0)
    assert made[2].target == 50


def test_closing_stops_every_run(control: RunControl) -> None:
    control.replace_preview(plan(), 0)
    control.start_document(plan(), [], bounded=True)
    control.replace_preview(plan(), 0)
    assert control.close()
    assert all(run.state is State.STOPPED for run in made)
    assert control.active is None


@pytest.mark.parametrize(
    ("more", "bounded", "outputs", "pace"),
    [
        ("", False, False, Pace(speed=1.0)),
        ("", False, True, Pace(speed=1.0)),
        ("", True, True, Pace()),
        ("pacing: 500/s\n", True, True, Pace(rate=500.0)),
        ("pacing: {rate: 500/s, ramp: 10s}\n", False, False, Pace(rate=500.0, ramp=10.0)),
        ("clock: {speed: 60x}\n", False, False, Pace(speed=60.0)),
        ("clock: {mode: live, start: now}\n", True, True, Pace(live=True)),
    ],
)
def test_the_pace_a_document_asks_for(more: str, bounded: bool, outputs: bool, pace: Pace) -> None:
    assert pace_of(loads(EVENTS + more), bounded=bounded, outputs=outputs) == pace
