"""Exactly once into Kafka: messages and how far the run has come are committed in one transaction.

How far it has come is a number, the messages of this run that are committed or dead letters, and it is kept where Kafka
keeps positions: as the offset of a consumer group that is called like the transactions of the run, with the length of
the dead letters beside it. A run that is killed after a commit and before it is saved makes the same messages again; so
many of them are left out as the group knows of beyond the saved position.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from synthwb.errors import SinkError
from synthwb.sinks.brokers import connect, connection, heard, reason, returned
from synthwb.sinks.losses import Loss
from synthwb.sinks.producing import Production

if TYPE_CHECKING:
    from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

    from synthwb.sinks.dead import DeadLetters
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.protocol import Mark
    from synthwb.sinks.rows import Row

__all__ = ["Transactions"]

_MOST = 50_000  # messages in one transaction
_MARGIN = 60.0  # seconds that the brokers keep a transaction open beyond our patience
_WAIT = 1.0  # seconds of one attempt
_LOST = 10.0  # seconds after which a call is given up
_ATTEMPTS = 20  # of one transaction
_SPOILT = "the transaction was aborted again and again"


class Transactions(Production):
    """A producer whose messages are seen, by whoever reads committed ones, a transaction at a time.

    What an open transaction holds is kept until it is committed: where a message of it is refused, it is aborted and
    made again without that message, which becomes a dead letter.
    """

    def __init__(self, name: str, chosen: Mapping[str, Any], events: tuple[str, ...], dead: DeadLetters) -> None:
        super().__init__(name, chosen, events, dead)
        self._id = ""
        self._group: Consumer | None = None
        self._position = 0  # messages of this run up to now, from its beginning
        self._skip = 0  # messages to come that are committed already
        self._since: float | None = None  # when the open transaction began
        self._held: list[tuple[Messages, range]] = []  # what it holds
        self._refused: dict[tuple[int, int], str] = {}  # which of it (number in held, row) never will be taken, and why
        self._letters_kept = 0  # those of them that are in the dead letters
        self._spoilt = ""  # why it cannot be committed as it is
        self._stuck = False  # the producer does not answer any more
        self._confirmed = 0

    # Beginning -------------------------------------------------------------------------------------------------------

    def open(self, mark: Mark | None) -> None:
        """Find brokers and topics, end what an earlier process left open, and see how far it had come."""
        from confluent_kafka import Consumer

        self._id = f"synthwb-{uuid.uuid4().hex}" if mark is None else mark["id"]
        self._begin(self._settings())
        if not self._persist(lambda producer: producer.init_transactions(_WAIT)):
            raise self._failed or SinkError(f"{self.name}: transactions cannot be begun ({self._spoilt})")
        self._group = Consumer({**connection(self.chosen), "group.id": self._id})
        committed, length = self._committed()
        if mark is not None:
            self._position = mark["position"]
            self._skip = committed - self._position
            if self._skip < 0:
                raise SinkError(
                    f"{self.name}: {self._position:,} messages were committed when this run was saved, and the brokers "
                    f"know of {committed:,}: what they kept is gone, so it cannot go on"
                )
            self.dead.open(length if committed else mark["dead"])
        self._watch.start()

    def _committed(self) -> tuple[int, int]:
        """Messages of this run that are committed, and the length of its dead letters then. Raises SinkError."""
        from confluent_kafka import KafkaException

        assert self._group is not None
        end = time.monotonic() + self.chosen["patience"]
        while True:
            try:
                (found,) = self._group.committed([_place(self._rows.topics.values())], self.chosen["timeout"])
                problem = found.error
            except KafkaException as error:
                problem = error.args[0]
            if problem is None:
                return max(0, found.offset), int(found.metadata or 0)
            if problem.code() not in _soon(problem) or time.monotonic() > end:
                raise SinkError(f"{self.name}: how far the run has come cannot be read ({problem.str()})")
            time.sleep(0.1)

    # Writing ---------------------------------------------------------------------------------------------------------

    def write(self, messages: Messages) -> None:
        """Produce messages in transactions; those that are committed already are left out."""
        with self._lock:
            total = len(messages.values)
            self._handed += total
            first = min(self._skip, total)
            self._skip -= first
            self._position += first
            self._confirmed += first
            while first < total and not self._ending():
                last = min(total, first + _MOST - self._size())
                self._add(messages, range(first, last))
                first = last
                self._rest()
            if first < total:
                self._bury(messages, range(first, total))
            self._check()

    def _add(self, messages: Messages, rows: range) -> None:
        """Let the open transaction hold these rows too, and produce them."""
        assert self._producer is not None
        if self._since is None:
            self._producer.begin_transaction()
            self._since = time.monotonic()
        self._held.append((messages, rows))
        self._position += len(rows)
        self._hand_over(messages, self._rows_of(len(self._held) - 1), len(rows))

    def _size(self) -> int:
        return sum(len(rows) for _, rows in self._held)

    def _rest(self) -> None:
        """Commit, if it is time for it."""
        super()._rest()
        if (
            not self._ending()
            and self._since is not None
            and (self._size() >= _MOST or time.monotonic() - self._since >= self.chosen["commit_every"])
        ):
            self._commit()

    def mark(self) -> Mark:
        """Commit; how far the run has come. Raises SinkError."""
        with self._lock:
            self._commit()
            self._check()
            return {"dead": self.dead.mark(), "id": self._id, "position": self._position}

    def end(self, commit: bool) -> None:
        """Commit, or abort the open transaction: its messages become dead letters. Raises SinkError."""
        if commit:
            self.mark()
        else:
            self.give_up()

    def close(self) -> None:
        """End the thread and let go of the group."""
        super().close()
        if self._group is not None:
            self._group.close()

    def _count(self) -> int:
        return self._confirmed

    # Failures --------------------------------------------------------------------------------------------------------

    def _not_taken(self, messages: Messages, row: Row, error: KafkaException) -> None:
        """The client library refuses a message; in a transaction that cannot be committed it refuses all."""
        if error.args[0].code() == error.args[0]._STATE:
            self._spoilt = self._spoilt or reason(error)
        else:
            super()._not_taken(messages, row, error)

    def _fell(self, messages: Messages, error: KafkaError, message: Message) -> None:
        code = error.code()
        if code in (error._PURGE_QUEUE, error._PURGE_INFLIGHT):
            return  # aborted: it is produced again, or buried with all that the transaction holds
        self._spoilt = error.str()
        if code in _refusals(error) or code in (
            error._MSG_TIMED_OUT,
            error.TOPIC_AUTHORIZATION_FAILED,
            error.CLUSTER_AUTHORIZATION_FAILED,
        ):
            super()._fell(messages, error, message)

    def _in_vain(self) -> bool:
        """A transaction that is spoilt sends nothing any more until it is aborted."""
        return self._ending() or bool(self._spoilt)

    def _bury_lost(self) -> None:
        """Note what is refused; it is written down before the transaction is committed."""
        for loss in self._losses.fresh():
            for number, (held, rows) in enumerate(self._held):
                if held is loss.messages and loss.row in rows:
                    self._refused.setdefault((number, loss.row), loss.words)

    def _empty(self) -> None:
        """Abort; all that the open transaction holds becomes dead letters."""
        from confluent_kafka import KafkaException

        assert self._producer is not None
        if self._since is not None and not self._stuck:
            try:
                self._fail(
                    heard(self._producer.flush, _WAIT)
                )  # a transaction that has only just begun cannot be aborted
                self._producer.abort_transaction(_WAIT)
            except KafkaException as error:  # brokers that are away do so by themselves, after a time
                self._troubles.last = reason(error)
        super()._empty()
        self._keep_refused()
        for number, (messages, rows) in enumerate(self._held):
            self._bury(messages, [row for row in rows if (number, row) not in self._refused])
        self._closed()

    def _keep_refused(self) -> None:
        """Dead letters of what the brokers refuse."""
        fresh = list(self._refused.items())[self._letters_kept :]
        self._letters_kept = len(self._refused)
        self._fail(self._losses.keep([Loss(self._held[number][0], row, words) for (number, row), words in fresh]))

    # Committing ------------------------------------------------------------------------------------------------------

    def _commit(self) -> None:
        """Commit the open transaction, made again as often as it takes; what goes wrong is for `_check`."""
        if self._since is None:
            return
        for _ in range(_ATTEMPTS):
            self._flush()
            if self._ending():
                return
            if (not self._spoilt and self._committed_now()) or (self._stuck and self._renewed()):
                self._confirmed += self._size() - len(self._refused)
                self._closed()
                return
            if not self._ending():
                self._again()
        self._fail(f"{_SPOILT} ({self._spoilt})")

    def _committed_now(self) -> bool:
        """Store the position with the messages, and commit."""
        assert self._producer is not None
        assert self._group is not None
        group = self._group.consumer_group_metadata()
        self._keep_refused()
        if self._ending():
            return False
        place = _place(self._rows.topics.values(), self._position, str(self.dead.mark()))
        return self._persist(
            lambda producer: producer.send_offsets_to_transaction([place], group, _WAIT)
        ) and self._persist(lambda producer: producer.commit_transaction(_WAIT))

    def _again(self) -> None:
        """Abort the open transaction (a new producer has none) and make it anew, without what is refused."""
        assert self._producer is not None
        if self._spoilt and not self._persist(lambda producer: producer.abort_transaction(_WAIT)):
            self._fail("" if self._stuck else self._spoilt)
            return
        self._spoilt = ""
        self._producer.begin_transaction()
        for number, (messages, rows) in enumerate(self._held):
            refused = sum(held == number for held, _ in self._refused)
            self._hand_over(messages, self._rows_of(number), len(rows) - refused)

    def _rows_of(self, number: int) -> Iterator[Row]:
        """What the open transaction holds there and is not refused."""
        messages, rows = self._held[number]
        made = islice(self._rows.of(messages, partial(self._fell, messages)), rows.start, rows.stop)
        if not self._refused:
            return made
        return (row for place, row in zip(rows, made, strict=True) if (number, place) not in self._refused)

    def _closed(self) -> None:
        self._since, self._held, self._refused, self._letters_kept, self._spoilt = None, [], {}, 0, ""

    def _settings(self) -> dict[str, Any]:
        patience = round(1000 * (self.chosen["patience"] + _MARGIN))
        return {"transactional.id": self._id, "transaction.timeout.ms": patience}

    def _renewed(self) -> bool:
        """Go on with another producer, which ends what the lost one left; whether that was committed after all."""
        end = time.monotonic() + self.chosen["patience"]
        while not self._ending():
            self._troubles.clear()
            try:
                self._producer, _ = connect(self.chosen, {**self._settings(), **self._sizes}, self._troubles)
                self._stuck, self._spoilt = False, ""
                if not self._persist(lambda producer: producer.init_transactions(_WAIT)):
                    self._fail("" if self._stuck else self._spoilt)
                    return False
                return self._committed()[0] >= self._position
            except SinkError as error:
                self._trouble = str(error)
                if time.monotonic() > end:
                    self._fail(f"{error}, for more than {self.chosen['patience']:g} s")
                time.sleep(_WAIT)
        return False

    def _persist(self, action: Callable[[Producer], object]) -> bool:
        """Do something as often as it asks for; whether it was done: else it is spoilt, or has failed."""
        from confluent_kafka import KafkaException

        end = time.monotonic() + self.chosen["patience"]
        while not self._ending():
            try:
                producer = self._producer
                assert producer is not None
                if returned(partial(action, producer), _LOST, self._ending):
                    return True
                self._stuck = True
                self._spoilt = self._trouble = "the brokers do not answer"
                return False
            except KafkaException as error:
                inner, words = error.args[0], reason(error)
                if inner.txn_requires_abort():
                    self._spoilt = words
                    return False
                if not (inner.retriable() or inner.code() == inner._TIMED_OUT):
                    self._fail(words)
                elif time.monotonic() > end:
                    self._fail(f"{words}, for more than {self.chosen['patience']:g} s")
                else:
                    self._trouble = self._troubles.last or words
                    self._poll(0.05)
        return False


def _place(topics: Iterable[str], offset: int = -1001, metadata: str = "") -> TopicPartition:
    """Where the position is kept: beside the first topic, so that it needs none of its own."""
    from confluent_kafka import TopicPartition

    return TopicPartition(next(iter(topics)), 0, offset, metadata)


def _soon(error: KafkaError) -> tuple[int, ...]:
    """What brokers say of a group whose keeper is not found or not ready yet."""
    return (
        error.NOT_COORDINATOR,
        error.COORDINATOR_LOAD_IN_PROGRESS,
        error.COORDINATOR_NOT_AVAILABLE,
        error.UNSTABLE_OFFSET_COMMIT,
        error._WAIT_COORD,
        error._TIMED_OUT,
    )


def _refusals(error: KafkaError) -> tuple[int, ...]:
    """What brokers say to one message that they will never take."""
    return (
        error.MSG_SIZE_TOO_LARGE,
        error.INVALID_MSG,
        error.INVALID_MSG_SIZE,
        error.INVALID_RECORD,
        error.INVALID_TIMESTAMP,
        error.POLICY_VIOLATION,
        error.UNKNOWN_TOPIC_OR_PART,
    )
