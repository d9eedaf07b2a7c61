"""The spine: order, numbering, slabs, positions."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import Stream, compile_plan, sample
from synthwb.engine.arrivals import ConstantArrivals, PoissonArrivals
from synthwb.engine.rows import SILENT, Rows
from synthwb.engine.sources import Arrivals, Carried
from synthwb.engine.spine import Position, Slab, Spine
from synthwb.scenario import loads

START = 1_767_225_600_000_000
NAMES = ("a", "b", "c")


def _spine(position: Position | None = None, limit: int | None = 300, end: int | None = None) -> Spine:
    processes = (
        PoissonArrivals(1, "a", Fraction(40)),
        ConstantArrivals(1, "b", Fraction(10), START),
        ConstantArrivals(1, "c", Fraction(5), START),
    )
    sources = [Arrivals(kind, process, {}) for kind, process in enumerate(processes)]
    return Spine(sources, NAMES, position=position or Position(START, {}), end=end, limit=limit)


def _rows(slabs: list[Slab]) -> list[tuple[int, int, int]]:
    return [
        row for slab in slabs for row in zip(slab.time.tolist(), slab.kind.tolist(), slab.address.tolist(), strict=True)
    ]


@given(size=st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_slabs_of_any_size_give_the_same_stream(size: int) -> None:
    assert _rows(list(_spine().slabs(size))) == _rows(list(_spine().slabs(1000)))


def test_events_are_in_time_order_and_ties_follow_the_document() -> None:
    rows = _rows(list(_spine().slabs(64)))
    assert rows == sorted(rows, key=lambda row: (row[0], row[1]))
    assert rows[0][1:2] == (1,)
    assert rows[1][1:2] == (2,)


def test_numbers_are_counted_over_all_types_and_for_each() -> None:
    slabs = list(_spine().slabs(50))
    assert [slab.first for slab in slabs] == list(range(0, 300, 50))
    for kind in range(3):
        found = np.concatenate([slab.rows.ordinal[slab.kind == kind] for slab in slabs])
        assert found.tolist() == list(range(len(found)))


@given(cut=st.integers(1, 299))
@settings(max_examples=60, deadline=None)
def test_a_walk_goes_on_from_any_position(cut: int) -> None:
    rows = _rows(list(_spine().slabs(1000)))
    position = _spine().take(cut).after
    assert position.events == cut
    assert _rows(list(_spine(position).slabs(37))) == rows[cut:]
    again = _spine(position).take(50)
    assert again.first == cut
    assert _rows(list(_spine(again.after).slabs(41))) == rows[cut + 50 :]


def test_the_end_is_exclusive_and_ends_the_stream() -> None:
    rows = _rows(list(_spine(limit=None, end=START + 2_000_000).slabs(1000)))
    assert rows
    assert all(time < START + 2_000_000 for time, _, _ in rows)
    assert sum(kind == 1 for _, kind, _ in rows) == 20


def test_a_slab_can_end_at_an_event_time_but_holds_at_least_one_event() -> None:
    spine = _spine()
    slab = spine.take(1000, until=START + 100_000)
    assert len(slab) > 1
    assert int(slab.time[-1]) < START + 100_000
    assert len(spine.take(1000, until=START)) == 1


def test_peek_tells_the_next_event_without_taking_it() -> None:
    spine = _spine(limit=2)
    assert spine.peek() == START
    assert spine.peek() == START
    assert len(spine.take(10)) == 2
    assert spine.peek() is None


WALKED = """
clock: {start: 2026-01-01, end: 2026-01-05}
entities: {user: {count: 10, fields: {n: sequence}}}
events: {seen: {actor: user, fields: {n: sequence}}}
flows: {visit: {actor: user, states: {page: {emit: seen, dwell: 1m, next: {page: 0.5, exit: 0.5}}}}}
arrivals: {visit: 2/s}
"""
DAY = 86_400_000_000


class Silence:
    """A pass that lets nothing through."""

    def advance(self, rows: Rows, end: int | None) -> Rows:
        return Rows.of(rows.time, np.full(len(rows), SILENT, np.uint16), rows.address)

    def carried(self) -> Carried:
        return None

    def restore(self, carried: Carried) -> None:
        raise AssertionError("nothing is carried")


def _silent(windows: int) -> Spine:
    """A stream that never ends and gives nothing; it is stopped after so many windows."""
    made = count()
    process = PoissonArrivals(1, "a", Fraction(40))
    return Spine(
        [Arrivals(0, process, {})],
        ("a",),
        position=Position(START, {}),
        end=None,
        limit=None,
        passes=[Silence()],
        stopped=lambda: next(made) >= windows,
    )


def test_a_walk_to_a_late_place_keeps_nothing_of_what_it_passes() -> None:
    plan = compile_plan(loads(WALKED))
    rows = []
    for days in (1, 3):
        tracemalloc.start()
        plan.spine(position=Position(START + days * DAY, {}))
        rows.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert rows[1] < 1.5 * rows[0]


def test_a_walk_to_a_place_behind_the_end_ends() -> None:
    plan = compile_plan(loads(WALKED))
    assert list(Stream(plan, start=START + 4 * DAY)) == []
    assert list(Stream(plan, start=START + 400 * DAY)) == []


@pytest.mark.parametrize("text", [WALKED, "clock: {start: 2026-01-01}\nevents: {ping: {fields: {n: sequence}}}"])
def test_nothing_happens_before_the_clock_starts(text: str) -> None:
    plan = compile_plan(loads(text))
    early, usual = sample(plan, 50, start=START - DAY), sample(plan, 50)
    assert early.first_time >= START
    assert early.parts[0].frame.equals(usual.parts[0].frame)


def test_a_stream_that_gives_nothing_can_be_stopped() -> None:
    assert len(_silent(8).take(10)) == 0
    assert _silent(8).peek() is None
    assert list(_silent(8).slabs(100)) == []


def test_whoever_asks_for_a_sample_of_nothing_does_not_wait_for_ever() -> None:
    assert len(_silent(10_000).take(10, quiet=20)) == 0
    silent = WALKED.replace("emit: seen, ", "").replace(", end: 2026-01-05", "")
    assert len(sample(compile_plan(loads(silent)), 10)) == 0


def test_windows_are_sized_by_the_steps_that_are_walked_not_by_what_is_emitted() -> None:
    silent = compile_plan(loads(WALKED.replace("emit: seen, ", "")))
    spine, hour = silent.crowd, 3_600_000_000
    assert spine is not None
    assert spine.estimates[0].total == 0
    assert spine.estimates[0].work == pytest.approx(2, rel=0.1)
    assert silent.happening(START, START + hour) == {"seen": 0.0}
