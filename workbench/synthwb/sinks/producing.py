"""Messages on their way into Kafka: one call of the client library for each, and every one accounted for.

The client library keeps a queue of its own and sends from threads of its own; when the queue is full,
`Production.write` waits: that is the back-pressure. It reports failures only. What it has confirmed is known by
subtraction: what was handed to it, less what is still in its queue, less what failed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from synthwb.errors import SinkError
from synthwb.sinks.brokers import Troubles, connect, ensure_topics, heard, limits, reason
from synthwb.sinks.dead import DeadLetters
from synthwb.sinks.losses import Loss, Losses
from synthwb.sinks.report import SinkReport
from synthwb.sinks.rows import Row, Rows

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, KafkaException, Message, Producer

    from synthwb.sinks.messages import Messages
    from synthwb.sinks.protocol import Mark

__all__ = ["Production"]

_SLICE = 4_000  # messages between two looks at what failed
_LOOK = 0.2  # seconds between two looks while nothing is written
_QUIET = 2.0  # seconds without any confirmation that are called trouble
_GIVEN_UP = "the run was ended before it was delivered"
_MAY_HAVE = f"{_GIVEN_UP}; it was sent, and may have been stored"


class _Watch:
    """A thread that calls ``look`` from time to time, unless somebody else has the lock."""

    def __init__(self, name: str, lock: threading.RLock, look: Callable[[], None]) -> None:
        self._lock, self._look = lock, look
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"synthwb-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_LOOK):
            if self._lock.acquire(blocking=False):
                try:
                    self._look()
                finally:
                    self._lock.release()


class Production:
    """One producer and the thread that looks after it. ``events``: the event types that will be written.

    ``chosen``: the options of the sink. Every message ends as delivered or as a dead letter in ``dead``.
    """

    def __init__(self, name: str, chosen: Mapping[str, Any], events: tuple[str, ...], dead: DeadLetters) -> None:
        self.name, self.chosen, self.dead = name, chosen, dead
        self._rows = Rows(chosen, events)
        self._losses = Losses(name, dead)
        self._producer: Producer | None = None
        self._sizes: dict[str, int] = {}  # properties for as large messages as the topics take
        self._troubles = Troubles()
        self._lock = threading.RLock()  # whoever polls, writes or commits
        self._handed = self._produced = self._seen = 0
        self._done = 0  # events whose fate was known at the last look
        self._moved = time.monotonic()
        self._trouble = ""
        self._failed: SinkError | None = None
        self._given_up = False
        self._watch = _Watch(name, self._lock, self._rest)

    # Beginning and end -----------------------------------------------------------------------------------------------

    def open(self, mark: Mark | None) -> None:
        """Find the brokers and the topics. Raises SinkError, and MissingExtra without the client library."""
        self._begin({})
        self.dead.open(None if mark is None else mark["dead"])
        self._watch.start()

    def _begin(self, more: Mapping[str, Any]) -> None:
        """Connect; ``more``: properties beside those of the options."""
        self._producer, known = connect(self.chosen, more, self._troubles)
        ensure_topics(self._producer, known, self._rows.topics.values(), self.chosen)
        self._sizes = limits(self._rows.topics.values(), self.chosen)
        if self._sizes:
            self._producer, _ = connect(self.chosen, {**more, **self._sizes}, self._troubles)
        self._troubles.clear()

    def _rest(self) -> None:
        """What is done while nobody writes."""
        self._poll(0)

    def mark(self) -> Mark:
        """How far it has come, once nothing is on its way. Raises SinkError."""
        self.end(commit=True)
        return {"dead": self.dead.mark()}

    def end(self, commit: bool) -> None:
        """Wait for everything (``commit``), or give up. Raises SinkError."""
        if not commit:
            self.give_up()
            return
        with self._lock:
            self._flush()
            self._check()

    def give_up(self) -> None:
        """Wait for nothing any more. From any thread."""
        self._given_up = True

    def close(self) -> None:
        """End the thread; what is still on its way becomes dead letters."""
        self._watch.stop()
        with self._lock:
            self._empty()
            self._seen = self._count()
            self._producer = None
        self.dead.close()

    def report(self) -> SinkReport:
        """How it stands; from any thread."""
        delivered, dead = self._count(), self._losses.kept
        waiting = max(0, self._handed - delivered - dead)
        return SinkReport(delivered, dead, waiting, 0, self._trouble, self._troubles.last)

    def _count(self) -> int:
        """Events that are confirmed; never less than was seen before."""
        producer = self._producer
        if producer is not None:
            self._seen = max(self._seen, self._produced - self._losses.reported - len(producer))
        return self._seen

    # Writing ---------------------------------------------------------------------------------------------------------

    def write(self, messages: Messages) -> None:
        """Hand messages over, in their order; waits while the queue is full.

        Raises SinkError once nothing more can be delivered; what could not be handed over is in the dead letters then.
        """
        with self._lock:
            total = len(messages.values)
            self._handed += total
            taken = self._hand_over(messages, self._rows.of(messages, partial(self._fell, messages)), total)
            if taken < total:
                self._bury(messages, range(taken, total))
            self._check()

    def _hand_over(self, messages: Messages, rows: Iterator[Row], count: int) -> int:
        """Produce ``count`` rows of messages; how many were taken, which are less if the run ends."""
        from confluent_kafka import KafkaException

        assert self._producer is not None
        produce = self._producer.produce
        for start in range(0, count, _SLICE):
            if self._ending():
                return start
            size = min(_SLICE, count - start)
            for row in islice(rows, size):
                try:
                    produce(*row)
                except BufferError:
                    self._wait_for_room(messages, row)
                except KafkaException as error:
                    self._not_taken(messages, row, error)
            self._produced += size
            self._poll(0)
        return count

    def _wait_for_room(self, messages: Messages, row: Row) -> None:
        """The queue is full: try again until the message is in it."""
        from confluent_kafka import KafkaException

        assert self._producer is not None
        while not self._in_vain():
            self._poll(0.1)
            try:
                self._producer.produce(*row)
                return
            except BufferError:
                pass
            except KafkaException as error:
                self._not_taken(messages, row, error)
                return
        if self._ending():
            self._losses.report(messages, row[1], row[2], str(self._failed or _GIVEN_UP))

    def _not_taken(self, messages: Messages, row: Row, error: KafkaException) -> None:
        """The client library refuses a message at once."""
        from confluent_kafka import KafkaError

        if error.args[0].code() != KafkaError.MSG_SIZE_TOO_LARGE:
            self._fail(reason(error))
        self._losses.report(messages, row[1], row[2], reason(error))

    # Failures --------------------------------------------------------------------------------------------------------

    def _fell(self, messages: Messages, error: KafkaError, message: Message) -> None:
        """Callback of the client library: a message is not delivered."""
        code, words = error.code(), error.str()
        if code == error._MSG_TIMED_OUT:
            words = f"{self._troubles.last or 'no answer'}, for more than {self.chosen['patience']:g} s"
            self._fail(words)
        elif code in (error.TOPIC_AUTHORIZATION_FAILED, error.CLUSTER_AUTHORIZATION_FAILED):
            self._fail(words)
        elif code in (error._PURGE_QUEUE, error._PURGE_INFLIGHT):
            known = None if self._failed is None else str(self._failed)
            words = known or (_GIVEN_UP if code == error._PURGE_QUEUE else _MAY_HAVE)
        else:
            self._troubles.last = words
        self._losses.report(messages, message.value(), message.key(), words)

    def _bury(self, messages: Messages, rows: Iterable[int]) -> None:
        """Dead letters of messages that nobody will deliver any more."""
        words = str(self._failed or _GIVEN_UP)
        self._fail(self._losses.keep([Loss(messages, row, words) for row in rows]))

    def _bury_lost(self) -> None:
        """Write down what has failed since the last time."""
        self._fail(self._losses.keep(self._losses.fresh()))

    def _fail(self, words: str) -> None:
        """Nothing more can be delivered, if there are ``words`` for it."""
        if words and self._failed is None:
            self._failed = SinkError(f"{self.name}: {words}")

    # Waiting ---------------------------------------------------------------------------------------------------------

    def _poll(self, seconds: float) -> None:
        """Hear what the client library reports, and note whether anything moves."""
        assert self._producer is not None
        self._fail(heard(self._producer.poll, seconds))
        self._bury_lost()
        done, now = self._produced - len(self._producer), time.monotonic()
        if done > self._done or not len(self._producer):
            self._done, self._moved, self._trouble = done, now, ""
            self._troubles.away = False
        elif self._troubles.away or now - self._moved > _QUIET:
            self._trouble = self._troubles.last or f"no answer for {now - self._moved:.0f} s"

    def _ending(self) -> bool:
        return self._failed is not None or self._given_up

    def _in_vain(self) -> bool:
        """Whether what is on its way will not arrive, however long one waits."""
        return self._ending()

    def _check(self) -> None:
        """Raise what went wrong, once everything that is on its way is accounted for."""
        if self._ending():
            self._empty()
            raise self._failed or SinkError(f"{self.name}: {_GIVEN_UP}")

    def _flush(self) -> None:
        """Wait until nothing is on its way, or the run ends."""
        assert self._producer is not None
        while len(self._producer) and not self._in_vain():
            self._fail(heard(self._producer.flush, 0.1))
            self._poll(0)

    def _empty(self) -> None:
        """Take back what is on its way; it becomes dead letters."""
        assert self._producer is not None
        self._poll(0)
        while len(self._producer):
            self._producer.purge(in_queue=True, in_flight=True, blocking=True)
            self._poll(0.1)
