"""All outputs of a run as one: opened, written, watched and closed together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import exp
from typing import Any

from synthwb.errors import SynthwbError
from synthwb.runtime.line import BEHIND, Line
from synthwb.runtime.outputs import Output
from synthwb.runtime.pace import OnLag, Pace
from synthwb.runtime.slicing import Slice

__all__ = ["Fanout"]

_MEMORY = 0.5  # seconds after which a wait counts a third
_MOST = 0.5  # part of the time from which on waiting for an output is what holds a run up


class Fanout:
    """Gives every slice to every output, in their order. One thread at a time, but for `held_by` and `give_up`."""

    def __init__(self, outputs: Sequence[Output], clock: Callable[[], float] = time.monotonic) -> None:
        self.outputs = tuple(outputs)
        self.skipped = 0
        self._clock = clock
        self._waits = [_Wait() for _ in self.outputs]

    def open(self, *, kept: bool = False, marks: Sequence[Any] | None = None) -> None:
        """Open all, behind their marks if there are some. Raises SinkError at the first that fails."""
        if not kept:
            for output in self.outputs:
                output.open()
            return
        for number, output in enumerate(self.outputs):
            output.open_kept(None if marks is None else marks[number])

    def may_skip(self, pace: Pace) -> None:
        """At this pace events may have to be left out."""
        if pace.on_lag is OnLag.SKIP:
            for output in self.outputs:
                output.skips = True

    def hand_over(self, piece: Slice, too_late: str = "") -> None:
        """Write a slice, or (why it is ``too_late`` for that) keep it in the dead letters. Raises SinkError."""
        if too_late:
            self.skipped += piece.count
        for number, output in enumerate(self.outputs):
            payloads = piece.payloads[number]
            if payloads and too_late:
                output.skip(payloads, too_late)
            elif payloads:
                with self._waiting(number):
                    output.write(payloads)

    def marks(self) -> list[Any]:
        """How far each has come, on the disk. Raises SinkError."""
        found = []
        for number, output in enumerate(self.outputs):
            with self._waiting(number):
                found.append(output.mark())
        return found

    def settle(self) -> None:
        """The last marks are saved. Raises SinkError."""
        for output in self.outputs:
            output.settle()

    def close(self, *, commit: bool, drained: bool = False) -> None:
        """Close all, ``drained`` after all that was handed over is delivered or in the dead letters.

        Raises SinkError at the first that fails.
        """
        for number, output in enumerate(self.outputs if drained else ()):
            with self._waiting(number):
                output.drain()
        for number, output in enumerate(self.outputs):
            with self._waiting(number):
                output.close(commit=commit)

    def abandon(self, *, commit: bool = False) -> list[str]:
        """Close all, whatever fails, by default so that nothing incomplete is kept; what went wrong on the way."""
        troubles = []
        for output in self.outputs:
            try:
                output.close(commit=commit)
            except SynthwbError as error:
                troubles.append(str(error))
        return troubles

    def give_up(self) -> None:
        """Wait for no destination any more: what is on its way becomes dead letters."""
        for output in self.outputs:
            output.give_up()

    def held_by(self, line: Line, now: float) -> str:
        """What slows a run below its target, in words, or empty: an output and what it says, or generation."""
        slowest = self._slowest()
        said = "" if slowest is None else slowest.trouble
        if slowest is not None and said:
            return f"{slowest.name}: {said}"
        if line.catching_up or line.lag(now) <= BEHIND:  # nobody holds up what goes as fast as it can
            return ""
        return "generation" if line.starved else "" if slowest is None else f"{slowest.name}, which takes no more"

    def _slowest(self) -> Output | None:
        """The output that delivery waits for most of the time, if there is one."""
        now = self._clock()
        shares = [wait.share(now) for wait in self._waits]
        most = max(shares, default=0.0)
        return self.outputs[shares.index(most)] if most > _MOST else None

    @contextmanager
    def _waiting(self, number: int) -> Iterator[None]:
        wait = self._waits[number]
        wait.began = self._clock()
        try:
            yield
        finally:
            wait.over(self._clock())


class _Wait:
    """How much of the last moments was spent with one output."""

    def __init__(self) -> None:
        self.began: float | None = None
        self._share = self._until = 0.0

    def over(self, now: float) -> None:
        self._share, self._until, self.began = self.share(now), now, None

    def share(self, now: float) -> float:
        """The part of the time, where what was longer ago counts less."""
        began = self.began
        before = self._share * exp((self._until - now) / _MEMORY)
        return before if began is None else before + 1.0 - exp((began - now) / _MEMORY)
