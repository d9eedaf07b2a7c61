"""Events into streams of Amazon Kinesis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult

from synthwb.sinks.registry import REQUIRED, DeclaredSink, Option, OptionKind, register_sink
from synthwb.sinks.report import SinkReport

if TYPE_CHECKING:
    from synthwb.sinks.dispatch import Dispatcher
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["KinesisSink"]


@register_sink
class KinesisSink(DeclaredSink):
    """Streams of Amazon Kinesis Data Streams, or of what speaks its protocol.

    Every event is a record; its partition key is the event's own (`key:`), or the field that is named here, or the
    event's id. Of a batch that was taken in part only the rest is sent again; so a shard is in order only where nothing
    is refused. Credentials are found as boto3 finds them: in the environment, in its files, in a role.
    """

    name = "kinesis"
    shorthand = "stream"
    schemes = ("kinesis",)
    formats = ("jsonl",)
    extra = "kinesis"
    guarantee = "At least once: records whose answer is lost are sent again."
    options = (
        Option("stream", OptionKind.TEXT, "The stream; {event} stands for the event's name", REQUIRED, example="shop"),
        Option("region", OptionKind.TEXT, "The region; that of boto3's configuration without", example="eu-central-1"),
        Option("endpoint", OptionKind.TEXT, "Another address than Amazon's", example="http://127.0.0.1:4566"),
        Option("key", OptionKind.TEXT, "The field whose value is the partition key", example="user_id"),
        Option("batch", OptionKind.INTEGER, "Records in a request at most", 500, minimum=1, maximum=500),
        Option("concurrency", OptionKind.INTEGER, "Requests at a time", 4, minimum=1, maximum=64),
        Option("timeout", OptionKind.DURATION, "How long a request may take", 30.0, minimum=0.001),
        Option("retries", OptionKind.INTEGER, "How often what is left is sent again", 10, minimum=0, maximum=1000),
        Option("patience", OptionKind.DURATION, "How long the service may be away", 300.0, minimum=0),
    )
    examples = ('{kinesis: {stream: "shop-{event}", region: eu-central-1, key: user_id}}',)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._dispatcher: Dispatcher | None = None
        self._last = SinkReport()

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """An endpoint that is no address."""
        endpoint = str(options.get("endpoint", "https://"))
        if not endpoint.startswith(("http://", "https://", "${")):
            yield "endpoint", "an endpoint begins with http:// or https://"

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """``kinesis://STREAM``."""
        return {"stream": address.netloc}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Find every stream, so that a wrong name is known before anything is generated."""
        from synthwb.sinks.dead import DeadLetters
        from synthwb.sinks.dispatch import Dispatcher
        from synthwb.sinks.records import RecordSender
        from synthwb.sinks.retrying import Retrying

        self._dead = DeadLetters(info.dead_letters)
        self._dead.open(None if mark is None else mark["dead"])
        chosen = self.chosen
        retrying = Retrying(retries=chosen["retries"], patience=chosen["patience"])
        sender = RecordSender(chosen, info.events)
        self._dispatcher = Dispatcher(info.name, sender, self._dead, retrying, concurrency=chosen["concurrency"])
        self._dispatcher.open()

    def write(self, event: str, data: Messages, count: int) -> None:
        """Put messages into requests; waits while too many are on their way."""
        from synthwb.sinks.records import requests

        assert self._dispatcher is not None
        self._dispatcher.submit(requests(data, self.chosen["stream"], self.chosen["batch"]))

    def position(self) -> str:
        """The stream."""
        return f"kinesis://{self.chosen['stream']}"

    def mark(self) -> Mark:
        """Wait for all answers; the length of the dead letters."""
        assert self._dispatcher is not None
        self._dispatcher.drain()
        return {"dead": self._dead.mark()}

    def give_up(self) -> None:
        """Wait for no answers any more."""
        if self._dispatcher is not None:
            self._dispatcher.give_up()

    def close(self, commit: bool = True) -> None:
        """Wait for all answers (``commit``), or give up."""
        dispatcher, self._dispatcher = self._dispatcher, None
        if dispatcher is None:
            return
        try:
            if commit:
                dispatcher.drain()
            else:
                dispatcher.give_up()
        finally:
            dispatcher.close()
            self._last = dispatcher.report()

    def report(self) -> SinkReport:
        """How it stands."""
        dispatcher = self._dispatcher
        return self._last if dispatcher is None else dispatcher.report()

    def test(self) -> str:
        """Ask for the stream."""
        from synthwb.sinks.records import reachable

        return reachable(self.chosen)
