"""Events to a web server: in batches, several requests at a time."""

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
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["HttpSink"]

_BODIES = ("array", "lines", "object")


@register_sink
class HttpSink(DeclaredSink):
    """A web server that takes events by POST, so many to a request.

    A request is sent again after a connection that breaks, a time-out, and the answers 408, 425, 429 and 5xx (after
    Retry-After, where the server says so). An answer that will not change (any other 4xx) makes dead letters of its
    events.
    """

    name = "http"
    shorthand = "url"
    schemes = ("http", "https")
    sample = "http://127.0.0.1:8000/events"
    formats = ("jsonl",)
    attributes = "ce-"
    extra = "http"
    guarantee = "At least once: a request whose answer is lost is sent again."
    options = (
        Option("url", OptionKind.TEXT, "Where; {event} stands for the event's name", REQUIRED, example="https://…"),
        Option("method", OptionKind.CHOICE, "The method of requests", "POST", choices=("POST", "PUT", "PATCH")),
        Option("batch", OptionKind.INTEGER, "Events in a request at most", 100, minimum=1, maximum=100_000),
        Option("body", OptionKind.CHOICE, "A JSON array, JSON lines, or (batch: 1) one object", choices=_BODIES),
        Option("headers", OptionKind.TEXTS, "Further headers", {}, example="{X-Api-Key: ${API_KEY}}", secret=True),
        Option("bearer", OptionKind.TEXT, "The token of the Authorization header", example="${API_TOKEN}", secret=True),
        Option("user", OptionKind.TEXT, "The name for basic authentication", example="shop"),
        Option("password", OptionKind.TEXT, "The password beside user", example="${PASSWORD}", secret=True),
        Option("gzip", OptionKind.BOOLEAN, "Bodies are compressed", default=False),
        Option("concurrency", OptionKind.INTEGER, "Requests at a time; 1 keeps the order", 8, minimum=1, maximum=256),
        Option("timeout", OptionKind.DURATION, "How long a request may take", 30.0, minimum=0.001),
        Option("retries", OptionKind.INTEGER, "How often a request is sent again", 5, minimum=0, maximum=1000),
        Option("patience", OptionKind.DURATION, "How long the server may be away", 300.0, minimum=0),
        Option("ca", OptionKind.TEXT, "A file of certificates to trust instead of the system's", example="ca.pem"),
        Option("verify", OptionKind.BOOLEAN, "Whether the server's certificate is checked", default=True),
    )
    examples = (
        '{http: {url: "http://127.0.0.1:8000/events", batch: 100, headers: {Authorization: "Bearer ${TOKEN}"}}}',
    )

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._url = str(self.chosen["url"])
        self._batch = int(self.chosen["batch"])
        self._body = self.chosen["body"] or ("object" if self._batch == 1 else "array")
        self._dispatcher: Dispatcher | None = None
        self._last = SinkReport()

    @property
    def together(self) -> int:
        """As many as a request holds."""
        return self._batch

    @classmethod
    def takes(cls, options: Mapping[str, Any], form: str) -> Takes:
        """Lines: requests are cut from them."""
        return Takes.LINES

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Bodies, credentials and addresses that do not go together."""
        address = urlsplit(str(options["url"]))
        if "${" not in str(options["url"]).split("/")[0] and (address.scheme not in cls.schemes or not address.netloc):
            yield "url", "an address begins with http:// or https:// and a host"
        if address.password and "${" not in address.password:
            yield "url", "a password does not belong into a document; write user: and password: ${PASSWORD}"
        if options.get("body") == "object" and options.get("batch", 100) != 1:
            yield "body", f"one object is one event, and batch is {options.get('batch', 100)}: write batch: 1"
        if ("user" in options) != ("password" in options):
            yield ("user" if "user" in options else "password"), "user and password are written together"
        if "bearer" in options and "user" in options:
            yield "bearer", "one request has one Authorization: bearer, or user and password"

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """The address itself, with those of its parameters that are no options."""
        return {"url": address.geturl()}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Connect once, so that a wrong address is known before anything is generated."""
        from synthwb.sinks.dead import DeadLetters
        from synthwb.sinks.dispatch import Dispatcher
        from synthwb.sinks.posting import HttpSender
        from synthwb.sinks.retrying import Retrying

        dead = DeadLetters(info.dead_letters)
        dead.open(None if mark is None else mark["dead"])
        self._dead = dead
        chosen = self.chosen
        retrying = Retrying(retries=chosen["retries"], patience=chosen["patience"])
        names = info.events if info.envelope == "cloudevents_binary" else tuple(info.headers)
        sender = HttpSender(self._url, names, self._body, chosen, info.envelope)
        self._dispatcher = Dispatcher(info.name, sender, dead, retrying, concurrency=chosen["concurrency"])
        self._dispatcher.open()

    def write(self, event: str, data: bytes | memoryview | Messages, count: int) -> None:
        """Cut lines into requests, or send messages each by itself; waits while too many are on their way."""
        assert self._dispatcher is not None
        self._dispatcher.submit(list(self._requests(event, data, count)))

    def _requests(self, event: str, data: bytes | memoryview | Messages, count: int) -> Iterator[Request]:
        from synthwb.sinks.dispatch import Request
        from synthwb.sinks.lines import cut
        from synthwb.sinks.messages import Messages

        if isinstance(data, Messages):
            yield from _single(data)
            return
        for lines in cut(data, count, self._batch):
            yield Request((event, lines, {}), lines.count, partial(_letters, event, lines))

    def position(self) -> str:
        """The address, without what it is read from the environment."""
        return self._url

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
        """Connect, and say so."""
        from synthwb.sinks.posting import reachable

        return reachable(self._url, self.chosen)


def _single(messages: Messages) -> Iterator[Request]:
    """A request for each message, with its headers."""
    from synthwb.sinks.dispatch import Request
    from synthwb.sinks.lines import Lines

    names = list(messages.headers or {})
    rows = zip(*(values.to_list() for values in (messages.headers or {}).values()), strict=True)
    for kind, value, headers in zip(messages.kinds.tolist(), messages.values, rows, strict=True):
        event, lines = messages.events[kind], Lines(memoryview((value or b"") + b"\n"), 1)
        written = {name: text for name, text in zip(names, headers, strict=True) if text is not None}
        yield Request((event, lines, written), 1, partial(_letters, event, lines))


def _letters(event: str, lines: Lines) -> Iterator[DeadLetter]:
    from synthwb.sinks.dead import DeadLetter

    return (DeadLetter(record, event) for record in lines.records())
