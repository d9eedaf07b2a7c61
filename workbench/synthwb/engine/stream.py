"""The stream: batches in time order, made by one worker or several, always the same bytes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from synthwb.engine.batch import Batch
from synthwb.engine.flows.tally import Steps
from synthwb.engine.plan import Plan, compile_plan
from synthwb.engine.spine import Position, Slab
from synthwb.scenario.model import Scenario

__all__ = ["Stream", "in_order", "past", "sample", "watched"]

_QUIET = 24  # windows in a row without an event, ever longer ones, after which a sample is what was found

Cut = TypeVar("Cut")
Made = TypeVar("Made")


class Stream:
    """The events of a scenario or its plan as an iterable of batches; each iteration starts anew.

    ``batch``: events per batch (by default `Plan.batch`). ``workers``: threads that realise batches. ``start``: event
    time in microseconds to begin at, the start of the clock at the earliest (numbering begins anew there). ``limit``:
    at most so many events. None of them changes a value.

    >>> import synthwb
    >>> scenario = synthwb.loads("events: {ping: {fields: {n: {integer: {min: 1, max: 6}}}}}")
    >>> [len(batch) for batch in synthwb.Stream(scenario, batch=4, limit=10)]
    [4, 4, 2]
    """

    def __init__(
        self,
        plan: Plan | Scenario,
        *,
        batch: int | None = None,
        workers: int = 1,
        start: int | None = None,
        limit: int | None = None,
    ) -> None:
        if (batch is not None and batch < 1) or workers < 1:
            raise ValueError("batch and workers are at least 1")
        self.plan = compile_plan(plan) if isinstance(plan, Scenario) else plan
        self._batch = batch or self.plan.batch
        self._workers = workers
        self._position = None if start is None else Position(start, {})
        self._limit = limit

    def __iter__(self) -> Iterator[Batch]:
        spine = self.plan.spine(position=self._position, limit=self._limit)
        return in_order(self.plan.realise, spine.slabs(self._batch), self._workers)

    async def __aiter__(self) -> AsyncIterator[Batch]:
        batches = iter(self)
        while (batch := await asyncio.to_thread(next, batches, None)) is not None:
            yield batch


def in_order(make: Callable[[Cut], Made], slabs: Iterator[Cut], workers: int) -> Iterator[Made]:
    """``make`` of every slab, in order, by so many threads; at most two slabs a worker are under way."""
    if workers == 1:
        yield from map(make, slabs)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="synthwb-worker") as pool:
        pending: deque[Future[Made]] = deque()
        try:
            for slab in slabs:
                pending.append(pool.submit(make, slab))
                if len(pending) >= 2 * workers:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            for future in pending:
                future.cancel()


def sample(plan: Plan, count: int, *, start: int | None = None) -> Batch:
    """The first ``count`` events from ``start`` on.

    Fewer only if the stream ends before, or where next to nothing happens for so long that nobody would wait.
    """
    spine = plan.spine(position=None if start is None else Position(start, {}), limit=None)
    return plan.realise(spine.take(count, quiet=_QUIET))


def watched(
    plan: Plan, count: int, *, start: int | None = None, until: int | None = None
) -> tuple[Batch, Steps | None]:
    """What `sample` gives, and the steps of flows up to its last event (None: no flow); only before ``until``."""
    position = Position(plan.scenario.clock.start if start is None else start, {})
    tally = plan.tally(position)
    slab = plan.spine(position=position, tally=tally).take(count, until=until, quiet=_QUIET)
    if until is not None and len(slab) and slab.due[0] >= until:  # nothing before it
        slab = Slab(slab.first, slab.rows.take(slice(0, 0)), slab.after, slab.firsts)
    last = position.time - 1 if not len(slab) else int(slab.due[-1])
    return plan.realise(slab), None if tally is None else tally.until(last)


def past(plan: Plan, time: int, count: int) -> tuple[Batch, Steps | None]:
    """About the last ``count`` events before an event time, and the steps of flows in the same stretch (None: no flow).

    Fewer if the clock starts too late for them; twice as many at most.
    """
    return watched(plan, 2 * count, start=plan.back(time, count), until=time)
