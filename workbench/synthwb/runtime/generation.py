"""Generating ahead of delivery: blocks of events with their encoded payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthwb.engine import Batch, Plan, Position, Slab, Steps, in_order
from synthwb.runtime.counts import Counts

if TYPE_CHECKING:
    from synthwb.encode import Payload
    from synthwb.engine.flows.tally import Tally
    from synthwb.engine.spine import Spine
    from synthwb.runtime.outputs import Output
    from synthwb.runtime.stats import Pace
    from synthwb.runtime.truth import TruthOutput

__all__ = ["Ahead", "Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block ready to be written: its slab, its events, the payloads of each output, and what is counted of it.

    The payloads of the truth come last.
    """

    slab: Slab
    batch: Batch
    payloads: tuple[list[Payload], ...]
    counts: Counts


@dataclass(frozen=True, slots=True)
class _Cut:
    """A slab, and the steps of flows up to its end."""

    slab: Slab
    steps: Steps | None

    @staticmethod
    def of(slab: Slab, tally: Tally | None) -> _Cut:
        return _Cut(slab, None if tally is None else tally.until(int(slab.due[-1])))


class Ahead:
    """Makes blocks from any position on. ``epoch`` is the change of pace that the blocks under way belong to.

    A paced run takes blocks of about 50 ms, so that a change by hand shows at once; a run flat out takes whole batches
    and may use several workers, and so does a live one until it has caught up with ``clock``.
    """

    SECONDS = 0.2  # how far ahead of its schedule a paced run may be
    _BLOCK = 0.05  # seconds of delivery in a block

    def __init__(
        self,
        plan: Plan,
        outputs: Sequence[Output],
        truth: TruthOutput | None = None,
        *,
        limit: int | None,
        workers: int,
        batch: int,
        clock: Callable[[], float],
        watch: bool,
    ) -> None:
        self.epoch = -1
        self._truth = truth
        self._plan = plan
        self._outputs = tuple(outputs)
        self._limit = limit
        self._workers = workers
        self._batch = batch
        self._clock = clock
        self._watch = watch

    def blocks(self, position: Position, pace: Pace, stopped: Callable[[], bool]) -> Iterator[Prepared]:
        """All blocks from ``position`` to the end of the stream, cut for ``pace``; no more once it is ``stopped``.

        It asks for that itself: a stream may go on for ever and never give a block after which to be left.
        """
        tally = self._plan.tally(position) if self._watch else None
        spine = self._plan.spine(position=position, limit=self._limit, tally=tally, stopped=stopped)
        if pace.rate is None and pace.speed is None:
            slabs = self._until_now(spine) if pace.live else spine.slabs(self._batch)
            cuts = (_Cut.of(slab, tally) for slab in slabs)
            yield from in_order(self._prepare, cuts, self._workers)
            return
        while len(slab := self._cut(spine, pace.rate, pace.speed)):
            yield self._prepare(_Cut.of(slab, tally))

    def _cut(self, spine: Spine, rate: float | None, speed: float | None) -> Slab:
        if rate is not None:
            return spine.take(max(1, min(self._batch, int(rate * self._BLOCK))))
        following = spine.peek()
        reach = int((speed or 1.0) * self._BLOCK * 1e6)
        return spine.take(self._batch, until=None if following is None else following + max(1, reach))

    def _until_now(self, spine: Spine) -> Iterator[Slab]:
        """Slabs of what lies before now, as large as they may be; from then on of 50 ms."""
        while (following := spine.peek()) is not None:
            until = max(int(self._clock() * 1e6), following + int(self._BLOCK * 1e6))
            yield spine.take(self._batch, until=until)

    def _prepare(self, cut: _Cut) -> Prepared:
        batch = self._plan.realise(cut.slab)
        payloads = [output.encode(batch) for output in self._outputs]
        if self._truth is not None:
            payloads.append(self._truth.told(cut.slab, batch, payloads))
        return Prepared(cut.slab, batch, tuple(payloads), Counts.of(self._plan, cut.slab, batch, cut.steps))
