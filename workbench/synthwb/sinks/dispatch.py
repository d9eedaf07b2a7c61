"""Requests on their way: several in flight, sent again when they fail, and every event accounted for.

One thread runs an event loop with a few senders. `Dispatcher.submit` waits while the window is full: that is the
back-pressure. Whatever was submitted ends as delivered or as a dead letter; `drain` returns when all of it has.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from synthwb.errors import SinkError, SynthwbError
from synthwb.sinks.dead import DeadLetter, DeadLetters
from synthwb.sinks.report import SinkReport
from synthwb.sinks.retrying import Again, Away, Course, Problem, Refused, Retrying, Unfit

__all__ = ["Dispatcher", "Request", "Sender"]

_GIVEN_UP = "the run was ended before it was delivered"


@dataclass(frozen=True, slots=True)
class Request:
    """Some events that go together. ``content`` is what the sender needs; ``letters`` gives the single records."""

    content: Any
    count: int
    letters: Callable[[], Iterable[DeadLetter]]


class Sender(Protocol):
    """Sends requests to one destination, from one event loop."""

    async def connect(self) -> None:
        """Get ready. Raises SinkError."""
        ...

    async def send(self, request: Request) -> Request | None:
        """Deliver a request; what is left of it if only a part was taken, to be sent again.

        Raises Refused, Again, Away, or SinkError where nothing more can be delivered at all.
        """
        ...

    async def disconnect(self) -> None:
        """Let go."""
        ...


class Dispatcher:
    """Delivers requests through ``sender``, ``concurrency`` at a time and ``window`` waiting at most.

    With a concurrency of one, requests arrive in their order. ``name`` is the sink's, for messages and dead letters.
    """

    def __init__(
        self,
        name: str,
        sender: Sender,
        dead: DeadLetters,
        retrying: Retrying,
        *,
        concurrency: int = 1,
        window: int | None = None,
    ) -> None:
        self._name, self._sender, self._dead, self._retrying = name, sender, dead, retrying
        self._concurrency = concurrency
        self._window = window or 4 * concurrency
        self._room = max(1, self._window // 2)  # how much of it is filled again at once
        self._changed = threading.Condition()
        self._outstanding = 0  # requests
        self._handed: list[Request] = []  # of them, those that the thread has not seen yet
        self._waiting = self._delivered = self._dead_count = self._retries = 0
        self._trouble = self._error = ""
        self._failed: SinkError | None = None
        self._given_up = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: asyncio.Queue[Request | None] | None = None
        self._thread: threading.Thread | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def open(self) -> None:
        """Start the thread and connect. Raises SinkError, or MissingExtra without the client's library."""
        ready: list[SynthwbError | None] = []
        done = threading.Event()

        async def connect() -> None:
            try:
                await self._sender.connect()
                ready.append(None)
            except SynthwbError as error:
                ready.append(error)
                raise asyncio.CancelledError from None
            finally:
                done.set()

        self._thread = threading.Thread(target=self._run, args=(connect,), name=f"synthwb-{self._name}", daemon=True)
        self._thread.start()
        done.wait()
        if ready[0] is not None:
            self._thread.join()
            raise ready[0]

    def submit(self, requests: Sequence[Request]) -> None:
        """Take these requests; waits while the window is full. Raises SinkError once nothing more can be delivered.

        What could not be taken then is in the dead letters too.
        """
        for start in range(0, len(requests), self._room):
            some = requests[start : start + self._room]
            with self._changed:
                while self._outstanding + len(some) > self._window and not self._ending():
                    self._changed.wait()
                ending = self._ending()
                if not ending:
                    self._outstanding += len(some)
                    self._waiting += sum(request.count for request in some)
                    self._handed.extend(some)
            if ending:
                self._bury(requests[start:], str(self._failed or _GIVEN_UP))
                raise self._failed or SinkError(f"{self._name}: {_GIVEN_UP}")
            assert self._loop is not None
            with contextlib.suppress(RuntimeError):  # it has just ended; then its thread buries what was handed over
                self._loop.call_soon_threadsafe(self._collect)

    def drain(self) -> None:
        """Wait until all that was submitted is delivered or in the dead letters. Raises SinkError."""
        with self._changed:
            while self._outstanding:
                self._changed.wait()
        if self._failed is not None:
            raise self._failed

    def give_up(self) -> None:
        """Wait for nothing any more: what is not delivered becomes dead letters. From any thread."""
        with self._changed:
            self._given_up.set()
            self._changed.notify_all()
        loop = self._loop
        if loop is not None:
            with contextlib.suppress(RuntimeError):  # it has ended
                loop.call_soon_threadsafe(self._cancel)

    def close(self) -> None:
        """End the thread; call `drain` or `give_up` before."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._end)
        thread.join()
        self._dead.close()

    def report(self) -> SinkReport:
        """How it stands; from any thread."""
        with self._changed:
            return SinkReport(
                self._delivered, self._dead_count, self._waiting, self._retries, self._trouble, self._error
            )

    # In the thread ---------------------------------------------------------------------------------------------------

    def _run(self, connect: Callable[[], Awaitable[None]]) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # it could not connect
            asyncio.run(self._serve(connect))
        self._bury_handed()

    async def _serve(self, connect: Callable[[], Awaitable[None]]) -> None:
        self._queue = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        try:
            await connect()
            self._tasks = [asyncio.create_task(self._work()) for _ in range(self._concurrency)]
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._bury_queued()
        finally:
            await self._sender.disconnect()

    def _end(self) -> None:
        """Let the senders go home."""
        assert self._queue is not None
        if self._ending():
            self._cancel()
        for _ in self._tasks:
            self._queue.put_nowait(None)

    def _collect(self) -> None:
        """Take what was handed over into the queue."""
        with self._changed:
            handed, self._handed = self._handed, []
        self._enqueue(handed)

    def _enqueue(self, requests: Sequence[Request]) -> None:
        assert self._queue is not None
        for request in requests:
            self._queue.put_nowait(request)
        if self._ending():
            self._bury_queued()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._bury_queued()

    async def _work(self) -> None:
        """Send one request after the other."""
        assert self._queue is not None
        while (request := await self._queue.get()) is not None:
            try:
                await self._deliver(request)
            except SinkError:
                self._cancel()
                return

    async def _deliver(self, request: Request) -> None:
        """Send a request until it is delivered or dead. Raises SinkError where nothing more can be."""
        course = Course(self._retrying)
        left: Request | None = request
        try:
            while left is not None:
                left, problem = await self._attempt(left)
                if left is None or problem is None:
                    break
                if isinstance(problem, Refused) and not isinstance(problem, Unfit) and not self._delivered:
                    raise SinkError(f"{self._name}: {problem}")
                try:
                    seconds = course.wait(problem)
                except TimeoutError:
                    patience = f"{self._retrying.patience:g} s"
                    raise SinkError(f"{self._name}: {problem}, for more than {patience}") from None
                if seconds is None:
                    self._kill([left], course.words(problem))
                    left = None
                    break
                self._troubled(str(problem))
                await asyncio.sleep(seconds)
        except SinkError as error:
            with self._changed:
                self._failed = self._failed or error
            raise
        finally:
            if left is not None:  # cancelled, or nothing more can be delivered
                self._kill([left], str(self._failed or _GIVEN_UP))
            self._done()

    async def _attempt(self, request: Request) -> tuple[Request | None, Problem | None]:
        """What is left of a request after it was sent once, and why."""
        try:
            rest = await self._sender.send(request)
        except (Again, Away, Refused) as problem:
            with self._changed:
                self._error = str(problem)
            return request, problem
        taken = request.count - (0 if rest is None else rest.count)
        with self._changed:
            self._delivered += taken
            self._waiting -= taken
            if taken:
                self._trouble = ""
        return rest, None if rest is None else Again(f"{rest.count} of {request.count} events were not taken")

    def _troubled(self, reason: str) -> None:
        with self._changed:
            self._retries += 1
            self._trouble = reason

    def _kill(self, requests: Sequence[Request], reason: str) -> None:
        """Write the events of requests to the dead letters."""
        count = sum(request.count for request in requests)
        if not count:
            return
        try:
            kept = self._dead.keep(self._name, chain.from_iterable(each.letters() for each in requests), reason)
        except SinkError as error:
            with self._changed:
                self._failed = self._failed or SinkError(
                    f"{self._name}: {reason}; and {count} events could not be kept as dead letters: {error}"
                )
            kept = 0
        with self._changed:
            self._dead_count += kept
            self._waiting -= kept

    def _bury(self, requests: Sequence[Request], reason: str) -> None:
        """Dead letters of requests that were never taken."""
        with self._changed:
            self._waiting += sum(request.count for request in requests)
        self._kill(requests, reason)

    def _bury_queued(self) -> None:
        assert self._queue is not None
        left = []
        while not self._queue.empty():
            request = self._queue.get_nowait()
            if request is not None:
                left.append(request)
        self._bury_all(left)

    def _bury_handed(self) -> None:
        """Nobody collects any more what was handed over at the last moment."""
        with self._changed:
            handed, self._handed = self._handed, []
        self._bury_all(handed)

    def _bury_all(self, requests: Sequence[Request]) -> None:
        """Dead letters of requests that wait."""
        self._kill(requests, str(self._failed or _GIVEN_UP))
        for _ in requests:
            self._done()

    def _done(self) -> None:
        with self._changed:
            self._outstanding -= 1
            if self._outstanding <= self._window - self._room:  # waking somebody costs as much as a request
                self._changed.notify_all()

    def _ending(self) -> bool:
        return self._failed is not None or self._given_up.is_set()
