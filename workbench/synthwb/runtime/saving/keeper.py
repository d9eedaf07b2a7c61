"""When a run is saved, what is saved of it, and how it goes on.

The order is what makes it safe: first every output has all that it was given on the disk, then the state that counts it
is saved in one transaction. A process that dies in between leaves more in the outputs than the state knows of, and
that is taken back; never less.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from synthwb.errors import AlreadyFinished, UsageError
from synthwb.runtime.saving.saved import Progress, Saved, identity
from synthwb.runtime.saving.store import Store

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.runtime.fanout import Fanout

__all__ = ["EVERY", "Keeper", "Keeping"]

EVERY = 5.0
"""Seconds between two saves, where nobody says another number."""

_SHARE = 10  # a save may take at most this part of the time


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where and how often a run is saved.

    ``where``: an SQLite file or a URL of SQLAlchemy, with ``#name`` at its end where a database holds several runs.
    ``resume``: go on with the run that is saved there; where none is, it begins. ``every``: seconds between two saves.
    ``now``: what the wall clock said when the run began, in seconds since the epoch; a start of ``now`` means that.
    """

    where: str
    resume: bool = False
    every: float = EVERY
    now: float = 0.0

    def begun(self) -> float | None:
        """`now` of the run that is to go on, or None where there is none. Raises UsageError."""
        if not self.resume:
            return None
        store = Store(self.where)
        try:
            loaded = store.load()
            return None if loaded is None else _read(self.where, loaded[1]).now
        finally:
            store.close()


class Keeper:
    """Saves one run, into ``fanout``. ``saved``: the state from which it goes on, or None where it begins.

    Raises UsageError where it cannot go on, and AlreadyFinished where there is nothing to go on with. It is used by
    one thread at a time; `age` by any.
    """

    def __init__(self, keeping: Keeping, plan: Plan, fanout: Fanout, limit: int | None, start: int) -> None:
        self._every = keeping.every
        self._fanout = fanout
        self._news = False
        self._store = Store(keeping.where)
        self._last: float | None = None
        self._due = 0.0
        with ExitStack() as undone:
            undone.callback(self._store.close)
            self._identity = identity(plan, [output.place for output in fanout.outputs], limit)
            self.saved = self._found(keeping)
            self._now = keeping.now if self.saved is None else self.saved.now
            self.start = start if self.saved is None else self.saved.start
            if self.saved is not None and self.saved.ended:
                self._complete(self.saved)
            undone.pop_all()

    @property
    def age(self) -> float | None:
        """Seconds since the last save, or None before the first."""
        return None if self._last is None else time.monotonic() - self._last

    def open(self, progress: Progress) -> None:
        """Open the outputs, where they were; a run that begins is saved at once. Raises SinkError and UsageError."""
        self._fanout.open(kept=True, marks=None if self.saved is None else self.saved.marks)
        if self.saved is None:
            self.save(progress)
        else:
            self._waited(0.0)

    def delivered(self) -> None:
        """Something was delivered that is not saved yet."""
        self._news = True

    def wait(self, now: float) -> float | None:
        """Seconds until the run is to be saved, 0 or less for now; None: there is nothing to save."""
        return self._due - now if self._news or self._store.beat is not None else None

    def save(self, progress: Progress, *, ended: bool = False) -> None:
        """Save the run as it stands. Raises SinkError and UsageError."""
        began = time.monotonic()
        self._put(self._saved(progress, self._fanout.marks(), ended=ended))
        self._fanout.settle()
        self._waited(time.monotonic() - began)

    def close(self, progress: Progress, *, finished: bool, bounded: bool) -> None:
        """Save the run for the last time and close its outputs, for good if it has ``finished``.

        Raises SinkError and UsageError.
        """
        self.save(progress, ended=finished)
        self._fanout.close(commit=finished or not bounded)
        if finished:
            self._put(self._saved(progress, [], ended=True, finished=True))

    def release(self) -> list[str]:
        """Let others go on with the run; what went wrong on the way."""
        try:
            self._store.close()
        except UsageError as error:
            return [str(error)]
        return []

    def _saved(self, progress: Progress, marks: list[Any], *, ended: bool, finished: bool = False) -> Saved:
        return Saved(self._identity, self._now, self.start, progress, marks, ended=ended, finished=finished)

    def _put(self, saved: Saved) -> None:
        self._store.save(saved.encode())
        self._last, self._news = time.monotonic(), False

    def _waited(self, cost: float) -> None:
        limit = max(self._every, cost * _SHARE)
        self._due = time.monotonic() + min(limit, self._store.beat or limit)

    def _found(self, keeping: Keeping) -> Saved | None:
        """The state to go on with."""
        loaded = self._store.load()
        if loaded is None:
            return None
        where, at = keeping.where, loaded[0]
        saved = _read(where, loaded[1])
        if not keeping.resume:
            if saved.finished:
                return None
            raise UsageError(
                f"{where}: a run is saved here that is not finished ({saved.progress.events:,} events, {at}); "
                "--resume goes on with it; to begin anew, choose another place or remove it"
            )
        changes = saved.identity.changes(self._identity)
        if changes:
            lines = "".join(f"\n  {line}" for line in changes)
            raise UsageError(
                f"{where}: the run that is saved here was another one, so it cannot go on. Changed since:{lines}"
            )
        if saved.finished:
            raise AlreadyFinished(f"{where}: this run is finished: {saved.progress.events:,} events, {at}")
        return saved

    def _complete(self, saved: Saved) -> None:
        """Of a run that had delivered everything only the outputs were left to be closed."""
        self._fanout.open(kept=True, marks=saved.marks)
        self._fanout.close(commit=True)
        self._put(replace(saved, marks=[], finished=True))
        raise AlreadyFinished(
            f"this run is finished now: {saved.progress.events:,} events; only its files had no names yet"
        )


def _read(where: str, data: bytes) -> Saved:
    """A saved state. Raises UsageError for one that cannot be read."""
    try:
        return Saved.decode(data)
    except ValueError as error:
        raise UsageError(
            f"{where}: the saved state cannot be read: {error}; choose another place, or remove it"
        ) from None
