"""Generating ahead of delivery: blocks of events with their encoded payloads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from synthwb.engine import Batch, Plan, Position, Slab, Steps, in_order
from synthwb.runtime.counts import Counts
from synthwb.runtime.slicing import Slice, arrivals, ends

if TYPE_CHECKING:
    from synthwb.encode import Payload
    from synthwb.engine.flows.tally import Tally
    from synthwb.engine.spine import Spine
    from synthwb.runtime.outputs import Output
    from synthwb.runtime.pace import Pace
    from synthwb.runtime.truth import TruthOutput

__all__ = ["Ahead", "Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A block ready to be written: its slab, its events, what is counted of it, and in which slices it goes."""

    slab: Slab
    batch: Batch
    slices: tuple[Slice, ...]
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

    A paced run takes blocks of about 50 ms, so that a change by hand shows at once, and cuts them into slices; a run
    flat out takes whole batches and may use several workers, and so does a live one until it has caught up with
    ``clock``.
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
        prepare = partial(self._prepare, pace, position.events)
        if pace.rate is None and pace.speed is None:
            slabs = self._until_now(spine) if pace.live else spine.slabs(self._batch)
            cuts = (_Cut.of(slab, tally) for slab in slabs)
            yield from in_order(prepare, cuts, self._workers)
            return
        made = 0
        while len(slab := self._cut(spine, pace, made)):
            made += slab.events
            yield prepare(_Cut.of(slab, tally))

    def _cut(self, spine: Spine, pace: Pace, made: int) -> Slab:
        """The next 50 ms. ``made``: events since the pace began."""
        if pace.rate is not None:
            return spine.take(min(self._batch, pace.rhythm.within(self._BLOCK, made)))
        following = spine.peek()
        reach = int((pace.speed or 1.0) * self._BLOCK * 1e6)
        return spine.take(self._batch, until=None if following is None else following + max(1, reach))

    def _until_now(self, spine: Spine) -> Iterator[Slab]:
        """Slabs of what lies before now, as large as they may be; from then on of 50 ms."""
        while (following := spine.peek()) is not None:
            until = max(int(self._clock() * 1e6), following + int(self._BLOCK * 1e6))
            yield spine.take(self._batch, until=until)

    def _prepare(self, pace: Pace, begun: int, cut: _Cut) -> Prepared:
        slab = cut.slab
        batch = self._plan.realise(slab)
        payloads = [output.encode(batch) for output in self._outputs]
        truth = [] if self._truth is None else [self._truth.told(slab, batch, payloads)]
        past = pace.live and int(slab.due[-1]) - int(slab.due[0]) > 2 * self._BLOCK * 1e6
        stops = [len(batch)] if past else ends(batch, pace, begun)
        slices = self._slices(slab, batch, payloads, truth, stops)
        return Prepared(slab, batch, slices, Counts.of(self._plan, slab, batch, cut.steps))

    def _slices(
        self, slab: Slab, batch: Batch, payloads: list[list[Payload]], truth: list[list[Payload]], stops: list[int]
    ) -> tuple[Slice, ...]:
        """A block in pieces; its truth goes with the first."""
        if len(stops) == 1:
            return (Slice(slab.first, int(slab.due[0]), len(batch), (*payloads, *truth)),)
        due = arrivals(batch)
        pairs = zip(self._outputs, payloads, strict=True)
        pieces = [output.cut(batch, given, stops) for output, given in pairs]
        found = []
        for number, (first, last) in enumerate(pairwise((0, *stops))):
            mine = [piece[number] for piece in pieces] + [given if number == 0 else [] for given in truth]
            found.append(Slice(slab.first + first, int(due[first]), last - first, tuple(mine)))
        return tuple(found)
