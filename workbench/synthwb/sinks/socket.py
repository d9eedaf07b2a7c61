"""Events as lines over TCP, or as datagrams over UDP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from synthwb.sinks.registry import REQUIRED, DeclaredSink, Option, OptionKind, Takes, register_sink
from synthwb.sinks.report import SinkReport

if TYPE_CHECKING:
    from synthwb.sinks.dead import DeadLetter
    from synthwb.sinks.dispatch import Dispatcher, Request
    from synthwb.sinks.lines import Lines
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["SocketSink"]


@register_sink
class SocketSink(DeclaredSink):
    """Whoever listens at a TCP or UDP address: a line for each event, or a datagram.

    Nobody answers, so nobody knows what has arrived: a run into it cannot be gone on with. A TCP connection that breaks
    is made again; lines that were being written then become dead letters and are not sent twice. An event that is too
    long for a datagram becomes one, too.
    """

    name = "socket"
    shorthand = "url"
    schemes = ("tcp", "udp")
    formats = ("jsonl", "template")
    guarantee = "At most once: what has left is not known to have arrived."
    resumes = False
    options = (
        Option("url", OptionKind.TEXT, "tcp://host:port or udp://host:port", REQUIRED, example="tcp://127.0.0.1:9000"),
        Option("batch", OptionKind.INTEGER, "Lines that are written at once at most", 500, minimum=1, maximum=100_000),
        Option("timeout", OptionKind.DURATION, "How long a connection or a write may take", 30.0, minimum=0.001),
        Option("patience", OptionKind.DURATION, "How long nobody may be listening (TCP)", 300.0, minimum=0),
    )
    examples = ('{socket: "tcp://127.0.0.1:9000"}',)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._url = str(self.chosen["url"])
        self._dispatcher: Dispatcher | None = None
        self._last = SinkReport()

    @classmethod
    def takes(cls, options: Mapping[str, Any], form: str) -> Takes:
        """Lines."""
        return Takes.LINES

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Addresses that are none."""
        url = str(options["url"])
        if "${" in url:
            return
        try:
            address = urlsplit(url)
            whole = address.scheme in cls.schemes and address.hostname and address.port
        except ValueError:
            whole = None
        if not whole or address.path not in ("", "/"):
            yield "url", "an address is tcp://host:port or udp://host:port"

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """The address itself."""
        return {"url": address._replace(fragment="").geturl()}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Connect (TCP), or look the address up (UDP)."""
        from synthwb.sinks.dead import DeadLetters
        from synthwb.sinks.dispatch import Dispatcher
        from synthwb.sinks.retrying import Retrying
        from synthwb.sinks.sockets import LineSender

        dead = DeadLetters(info.dead_letters)
        dead.open()
        sender = LineSender(self._url, self.chosen["timeout"])
        self._dispatcher = Dispatcher(info.name, sender, dead, Retrying(patience=self.chosen["patience"]))
        self._dispatcher.open()

    def write(self, event: str, data: bytes | memoryview, count: int) -> None:
        """Hand lines over; waits while too many are on their way."""
        assert self._dispatcher is not None
        self._dispatcher.submit(list(self._requests(event, data, count)))

    def _requests(self, event: str, data: bytes | memoryview, count: int) -> Iterator[Request]:
        from synthwb.sinks.dispatch import Request
        from synthwb.sinks.lines import cut

        for lines in cut(data, count, self.chosen["batch"]):
            yield Request(lines, lines.count, partial(_letters, event, lines))

    def position(self) -> str:
        """The address, without what it is read from the environment."""
        return self._url

    def mark(self) -> Mark:
        """Nothing: what has left cannot be taken back."""
        assert self._dispatcher is not None
        self._dispatcher.drain()
        return {}

    def give_up(self) -> None:
        """Wait for nobody any more."""
        if self._dispatcher is not None:
            self._dispatcher.give_up()

    def close(self, commit: bool = True) -> None:
        """Write what is left (``commit``), or give up; then hang up."""
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
        """How it stands; delivered is what has left."""
        dispatcher = self._dispatcher
        return self._last if dispatcher is None else dispatcher.report()

    def test(self) -> str:
        """Connect (TCP), or look the address up (UDP)."""
        from synthwb.sinks.sockets import reachable

        return reachable(self._url, self.chosen["timeout"])


def _letters(event: str, lines: Lines) -> Iterator[DeadLetter]:
    from synthwb.sinks.dead import DeadLetter

    return (DeadLetter(record, event) for record in lines.records())
