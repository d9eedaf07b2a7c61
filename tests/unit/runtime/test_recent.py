"""The last delivered events, kept for screens."""

from __future__ import annotations

from synthwb.engine import Stream, compile_plan
from synthwb.runtime.recent import Recent
from synthwb.scenario import loads

PLAN = compile_plan(
    loads("events: {a: {fields: {n: sequence}}, b: {fields: {n: sequence}}}\narrivals: {a: 50/s, b: 20/s}\n")
)


def _numbers(recent: Recent) -> list[tuple[int, int]]:
    last = recent.last(recent.batches)
    return [] if last is None else [(last.first, len(last))]


def test_nothing_was_delivered_yet() -> None:
    assert _numbers(Recent(10)) == []


def test_only_what_is_needed_is_kept() -> None:
    recent = Recent(25)
    for batch in Stream(PLAN, batch=10, limit=200):
        recent.add(batch)
    assert sum(len(batch) for batch in recent.batches) < 25 + 10
    assert _numbers(recent) == [(175, 25)]


def test_folding_changes_what_is_kept_but_not_what_is_seen() -> None:
    plain, folded = Recent(25), Recent(25)
    for batch in Stream(PLAN, batch=3, limit=200):
        plain.add(batch)
        folded.add(batch)
        kept = folded.batches
        folded.fold(kept, folded.last(kept))
        assert len(folded.batches) == 1
        expected, seen = plain.last(plain.batches), folded.last(folded.batches)
        assert expected is not None
        assert seen is not None
        assert {name: frame.rows() for name, frame in seen.frames.items()} == {
            name: frame.rows() for name, frame in expected.frames.items()
        }


def test_a_fold_that_comes_late_keeps_what_arrived_meanwhile() -> None:
    recent = Recent(25)
    batches = list(Stream(PLAN, batch=10, limit=50))
    recent.add(batches[0])
    kept = recent.batches
    joined = recent.last(kept)
    recent.add(batches[1])
    recent.fold(kept, joined)
    assert _numbers(recent) == [(0, 20)]
    recent.fold(kept, joined)
    assert _numbers(recent) == [(0, 20)]
