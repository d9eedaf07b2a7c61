"""Records on their way into streams of Amazon Kinesis."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.errors import MissingExtra, SinkError
from synthwb.sinks.aside import aside
from synthwb.sinks.dispatch import Request
from synthwb.sinks.protocol import from_environment
from synthwb.sinks.retrying import Again, Away, Refused, Unfit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.sinks.dead import DeadLetter
    from synthwb.sinks.messages import Messages

__all__ = ["RECORD", "REQUEST", "RecordSender", "reachable", "requests"]

REQUEST = 5 * 1024 * 1024
"""Bytes of a request at most, keys included (Kinesis Data Streams API, PutRecords)."""
RECORD = 1024 * 1024
"""Bytes of a record at most, its key included."""
_KEY = 256  # characters of a partition key
_AGAIN = frozenset(
    {
        "InternalFailure",
        "InternalFailureException",
        "KMSThrottlingException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestTimeout",
        "ServiceUnavailable",
        "ThrottlingException",
    }
)
_SHOWN = 200  # characters of an answer that are shown


@dataclass(frozen=True, slots=True)
class Records:
    """Some records of one stream: ``data``, partition ``keys``, and the ``rows`` of the messages that they are."""

    messages: Messages
    stream: str
    data: Sequence[bytes]
    keys: Sequence[str]
    rows: Sequence[int]

    def only(self, numbers: Sequence[int]) -> Records:
        """Some of them."""
        data, keys, rows = ([column[number] for number in numbers] for column in (self.data, self.keys, self.rows))
        return Records(self.messages, self.stream, data, keys, rows)  # type: ignore[arg-type]

    def request(self) -> Request:
        """Them as a request."""
        return Request(self, len(self.data), self.letters)

    def letters(self) -> Iterator[DeadLetter]:
        """Them as dead letters."""
        from synthwb.sinks.dead import DeadLetter

        messages = self.messages
        for row in self.rows:
            key = None if messages.keys is None else messages.keys[row]
            yield DeadLetter(messages.values[row], messages.events[messages.kinds[row]], messages.ids[row], key)


def requests(messages: Messages, stream: str, batch: int) -> list[Request]:
    """Messages as requests of so many records at most, within the limits of the service.

    A record that is larger than one may be has a request of its own, for its refusal.
    """
    values = [value or b"" for value in messages.values]
    ids = messages.ids
    texts = ids if messages.keys is None else pl.select(pl.coalesce(messages.keys, ids)).to_series()
    keys = texts.str.slice(0, _KEY).to_list()
    sizes = np.fromiter(map(len, values), np.int64, len(values)) + texts.str.len_bytes().to_numpy()
    if "{event}" in stream:
        names = [stream.replace("{event}", name) for name in messages.events]
        groups = [(name, np.flatnonzero(messages.kinds == kind)) for kind, name in enumerate(names)]
    else:
        groups = [(stream, np.arange(len(values)))]
    found = []
    for name, rows in groups:
        for some in _cut(rows, sizes[rows], batch):
            picked = some.tolist()
            data, own = [values[row] for row in picked], [keys[row] for row in picked]
            found.append(Records(messages, name, data, own, picked).request())
    return found


def _cut(rows: NDArray[np.int64], sizes: NDArray[np.int64], batch: int) -> Iterator[NDArray[np.int64]]:
    """Rows in order, so many and so large at a time."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(rows):
        before = int(ends[first - 1]) if first else 0
        last = min(first + batch, max(first + 1, int(np.searchsorted(ends, before + REQUEST, "right"))))
        large = np.flatnonzero(sizes[first:last] > RECORD)
        if len(large):
            last = first + max(1, int(large[0]))
        yield rows[first:last]
        first = last


class RecordSender:
    """One client of the service, whose calls run in threads. ``events``: those that will be sent."""

    def __init__(self, chosen: Mapping[str, Any], events: Sequence[str] = ()) -> None:
        self._chosen, self._events = chosen, events
        self._client: Any = None

    async def connect(self) -> None:
        """Make the client, and ask for every stream. Raises SinkError, and MissingExtra without boto3."""
        await aside(self._connect)

    async def send(self, request: Request) -> Request | None:
        """One request; what was not taken of it."""
        records: Records = request.content
        if len(records.data) == 1 and len(records.data[0]) + len(records.keys[0].encode()) > RECORD:
            raise Unfit(f"a record holds {RECORD:,} bytes at most, its key included")
        failed, why = await aside(self._put, records)
        if not failed:
            return None
        if len(failed) == len(records.data):
            raise Again(why)
        return records.only(failed).request()

    async def disconnect(self) -> None:
        """Let go."""
        if self._client is not None:
            self._client.close()

    # In threads ------------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        try:
            import boto3
            from botocore.config import Config
            from botocore.exceptions import BotoCoreError, ClientError
        except ImportError:
            raise MissingExtra("sending events to Kinesis", "kinesis") from None
        self._botocore, self._client_error = BotoCoreError, ClientError
        seconds = self._chosen["timeout"]
        config = Config(
            connect_timeout=seconds,
            read_timeout=seconds,
            retries={"total_max_attempts": 1},  # ours count, and tell
            max_pool_connections=self._chosen["concurrency"],
        )
        endpoint = self._chosen["endpoint"] and from_environment(self._chosen["endpoint"])
        stream = self._chosen["stream"]
        names = [stream.replace("{event}", event) for event in self._events] if "{event}" in stream else [stream]
        try:
            self._client = boto3.session.Session().client(
                "kinesis", region_name=self._chosen["region"], endpoint_url=endpoint, config=config
            )
            for name in names:
                self._look_at(name)
        except self._botocore as error:
            raise SinkError(f"kinesis://{stream}: {_shown(error)}") from None

    def _look_at(self, name: str) -> None:
        """Ask for a stream. Raises SinkError where there is none."""
        try:
            self._client.describe_stream_summary(StreamName=name)
        except self._client_error as error:
            if error.response["Error"]["Code"] == "AccessDeniedException":
                return  # who may write need not be allowed to ask
            raise SinkError(f"kinesis://{name}: {_shown(error)}") from None

    def _put(self, records: Records) -> tuple[list[int], str]:
        """The numbers of the records that were not taken, and why the first of them was not."""
        wanted = [{"Data": data, "PartitionKey": key} for data, key in zip(records.data, records.keys, strict=True)]
        try:
            answer = self._client.put_records(StreamName=records.stream, Records=wanted)
        except self._client_error as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in _AGAIN or status >= 500:
                raise Again(_shown(error)) from None
            raise Refused(_shown(error)) from None
        except self._botocore as error:
            if type(error).__name__ in ("EndpointConnectionError", "ConnectTimeoutError"):
                raise Away(_shown(error)) from None
            raise Again(_shown(error)) from None
        if not answer["FailedRecordCount"]:
            return [], ""
        failed = [number for number, each in enumerate(answer["Records"]) if "ErrorCode" in each]
        first = answer["Records"][failed[0]]
        return failed, f"{first['ErrorCode']}: {first.get('ErrorMessage', '')}"[:_SHOWN]


def reachable(chosen: Mapping[str, Any]) -> str:
    """Ask for the stream; what was found, in words. Raises SinkError."""
    sender = RecordSender(chosen)
    if "{event}" in chosen["stream"]:
        raise SinkError(f"kinesis://{chosen['stream']}: which streams these are is known with the events")

    async def once() -> None:
        await sender.connect()
        await sender.disconnect()

    asyncio.run(once())
    return f"kinesis://{chosen['stream']}: it is there; whether it may be written to is known when an event is sent"


def _shown(error: Exception) -> str:
    return " ".join(str(error).split())[:_SHOWN]
