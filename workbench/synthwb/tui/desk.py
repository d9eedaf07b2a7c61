"""The desk: one thread that does all slow work of the screen, newest request first.

The UI thread posts jobs and never waits. Of each kind only the newest job is kept, so that fast typing does not pile
up work; a job asks `superseded` between its stages and leaves when a newer one is waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Condition, Thread

__all__ = ["Desk", "Job"]

Job = Callable[[Callable[[], bool]], None]
"""Work for the desk; the argument tells whether a newer job of the same kind is waiting."""


class Desk:
    """A thread with one place per kind of work; ``kinds`` are in order of urgency.

    ``failed`` is told, on the desk's thread, what went wrong when a job raises: the desk itself goes on.
    """

    def __init__(self, kinds: tuple[str, ...], failed: Callable[[Exception], object]) -> None:
        self._kinds = kinds
        self._failed = failed
        self._jobs: dict[str, Job] = {}
        self._changed = Condition()
        self._busy = False
        self._closing = False
        self._thread: Thread | None = None

    def post(self, kind: str, job: Job) -> None:
        """Do this job soon, instead of one of the same kind that has not begun. Without effect once closed."""
        if kind not in self._kinds:
            raise ValueError(f"the desk has no place for {kind!r}")
        with self._changed:
            if self._closing:
                return
            self._jobs[kind] = job
            if self._thread is None:
                self._thread = Thread(target=self._work, name="synthwb-desk", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing is waiting or being done."""
        with self._changed:
            return not self._jobs and not self._busy

    def close(self, timeout: float = 2.0) -> bool:
        """Take no more jobs and wait for the one being done; whether the thread has ended."""
        with self._changed:
            self._closing = True
            self._jobs.clear()
            self._changed.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                while not self._jobs and not self._closing:
                    self._changed.wait()
                if self._closing:
                    return
                kind = next(each for each in self._kinds if each in self._jobs)
                job = self._jobs.pop(kind)
                self._busy = True
            try:
                job(lambda kind=kind: self._waiting(kind))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - top of a worker: shown to the person, and the desk goes on
                self._failed(error)

    def _waiting(self, kind: str) -> bool:
        with self._changed:
            return kind in self._jobs or self._closing
