"""The spine: order, numbering, slabs, positions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine.arrivals import ConstantArrivals, PoissonArrivals
from synthwb.engine.sources import Arrivals
from synthwb.engine.spine import Position, Slab, Spine

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
