"""Streams with flows do not depend on how they are cut: windows, batches, positions, workers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flow_driver import position_after, shop, told, windows

import synthwb
from synthwb.encode import encoder
from synthwb.encode.truth import Given, TruthLines
from synthwb.engine import Plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.spine import Slab

WAYS = [
    pytest.param({}, id="alone"),
    pytest.param({"shared": True}, id="shared"),
    pytest.param({"shared": True, "guarded": True}, id="guarded"),
]
CAPS = [
    pytest.param({"cap": f"{{limit: 40, at_cap: {how}}}", **other}, id=f"{how}-{name}")
    for how in ("wait", "drop", "poll")
    for name, other in {"alone": {}, "shared": {"shared": True}, "guarded": {"shared": True, "guarded": True}}.items()
]


def _bytes(plan: Plan, **how: int) -> bytes:
    lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
    return b"".join(bytes(p.content) for batch in synthwb.Stream(plan, **how) for p in lines.encode(batch))


@pytest.mark.parametrize("how", WAYS + CAPS)
def test_windows_of_any_length_give_the_same_events(how: dict[str, Any]) -> None:
    plan = shop(**how)
    whole = told(list(windows(plan, 600).slabs(10_000)))
    assert len(whole) > 1_700
    for seconds in (0.5, 6, 60):
        assert told(list(windows(plan, seconds).slabs(500))) == whole


@pytest.mark.parametrize("how", WAYS)
def test_batches_and_workers_change_no_byte(how: dict[str, Any]) -> None:
    plan = shop(**how)
    whole = _bytes(plan)
    assert whole.count(b"\n") > 2_000
    for batch, workers in ((7, 1), (1000, 2), (65536, 1)):
        assert _bytes(plan, batch=batch, workers=workers) == whole


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("events", [1, 97, 700, 1999])
def test_a_stream_goes_on_from_any_position(how: dict[str, Any], events: int) -> None:
    plan = shop(**how)
    whole = told([plan.spine().take(2_400)])
    position = decoded(encoded(position_after(plan, events, 83)))
    rest = plan.spine(position=position)
    assert told([rest.take(2_400 - events)]) == whole[events:]


@pytest.mark.parametrize("how", CAPS)
def test_a_stream_with_a_cap_goes_on(how: dict[str, Any]) -> None:
    plan = shop(**how)
    whole = told([plan.spine().take(1_500)])
    position = decoded(encoded(position_after(plan, 900, 83)))
    assert told([plan.spine(position=position).take(600)]) == whole[900:]


LAYERS = """[{late: {rate: 10%, delay: {exponential: {mean: 40s}, max: 10m}}}, {duplicate: {rate: 5%, after: 9s}},
  {drop: {rate: 5%}}, {missing: {rate: 10%, fields: [page_viewed.items]}}, {corrupt: {rate: 5%, how: [empty]}}]"""


def _told(plan: Plan, slabs: Iterable[Slab]) -> tuple[bytes, bytes]:
    """JSON lines and truth of some slabs."""
    lines, truth = encoder("jsonl", plan.scenario.envelope, plan.schemas), TruthLines(plan)
    made, answers = [], []
    for slab in slabs:
        batch = plan.realise(slab)
        payloads = lines.encode(batch)
        made += [bytes(each.content) for each in payloads]
        answers += [bytes(each.content) for each in truth.encode(slab, batch, [Given("out", payloads)])]
    return b"".join(made), b"".join(answers)


@pytest.mark.parametrize("at_cap", ["wait", "drop", "poll"])
def test_shared_state_a_cap_and_imperfections_at_once_do_not_depend_on_the_cut(at_cap: str) -> None:
    plan = shop(shared=True, guarded=True, cap=f"{{limit: 40, at_cap: {at_cap}}}", layers=LAYERS)
    whole = _told(plan, windows(plan, 600).slabs(10_000))
    assert whole[1].count(b"\n") > 400
    for seconds, size in ((6, 77), (60, 1000)):
        assert _told(plan, windows(plan, seconds).slabs(size)) == whole
    slabs = list(plan.spine().slabs(300))
    position = decoded(encoded(slabs[2].after))
    first, rest = _told(plan, slabs[:3]), _told(plan, plan.spine(position=position).slabs(91))
    assert tuple(a + b for a, b in zip(first, rest, strict=True)) == whole


def test_a_stream_begun_in_the_middle_has_the_sessions_that_began_before() -> None:
    plan = shop(shared=True)
    middle = plan.scenario.clock.start + 300_000_000
    late = [row[:1] + row[2:4] for row in told(list(plan.spine().slabs(500))) if row[0] >= middle]
    started = plan.spine(position=position_after(plan, 1, 1).__class__(middle, {}))
    assert [row[:1] + row[2:4] for row in told(list(started.slabs(77)))] == late
