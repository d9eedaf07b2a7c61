"""Events into the tables of a database, in batches that each are one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from synthwb.sinks.registry import REQUIRED, DeclaredSink, Option, OptionKind, Takes, register_sink
from synthwb.sinks.report import SinkReport

if TYPE_CHECKING:
    import polars as pl

    from synthwb.sinks.dispatch import Dispatcher, Request
    from synthwb.sinks.protocol import Mark, SinkInfo
    from synthwb.sinks.tables import TableSender

__all__ = ["DatabaseSink"]

_URL = re.compile(r"[a-z][a-z0-9_+]*://")


@register_sink
class DatabaseSink(DeclaredSink):
    """Tables of a database that SQLAlchemy knows, one for each event: rows are appended in batches.

    Columns are the keys of the envelope and the fields; objects and lists are JSON. How far a run has come stands in
    the table `synthwb_positions`, written in the transaction of the rows. Rows that the database refuses become dead
    letters, one by one.
    """

    name = "database"
    shorthand = "url"
    schemes = ("sqlite", "postgresql", "postgresql+psycopg", "postgresql+psycopg2", "mysql+pymysql", "mariadb+pymysql")
    formats = ("arrow",)
    extra = "sql"
    guarantee = "Exactly once: rows and the position of the run are one transaction, also across a lost connection."
    options = (
        Option("url", OptionKind.TEXT, "The URL of SQLAlchemy", REQUIRED, example="sqlite:///shop.db"),
        Option("table", OptionKind.TEXT, "The table; {event} stands for the event's name", "{event}", example="events"),
        Option("create", OptionKind.BOOLEAN, "Tables that are not there are made", default=False),
        Option("batch", OptionKind.INTEGER, "Rows in a transaction at most", 1000, minimum=1, maximum=100_000),
        Option("patience", OptionKind.DURATION, "How long the database may be away", 300.0, minimum=0),
    )
    examples = ('{database: {url: "postgresql://shop:${PASSWORD}@127.0.0.1/shop", table: "{event}", create: true}}',)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._url = str(self.chosen["url"])
        self._dispatcher: Dispatcher | None = None
        self._last = SinkReport()
        self._skip: dict[str, int] = {}  # rows that are in the database already

    @classmethod
    def takes(cls, options: Mapping[str, Any], form: str) -> Takes:
        """Frames: their columns are those of a table."""
        return Takes.FRAMES

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Addresses that are none, or that hold a password."""
        url = str(options["url"])
        if not url.startswith("${") and not _URL.match(url):
            yield "url", "a URL of SQLAlchemy begins with the kind of the database, such as sqlite:/// or postgresql://"
        password = urlsplit(url).password
        if password and "${" not in password:
            yield "url", "a password does not belong into a document; write ${PASSWORD} in its place"

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """The address itself, with those of its parameters that are no options."""
        rest = f"?{address.query}" if address.query else ""
        return {"url": f"{address.scheme}://{address.netloc}{address.path}{rest}"}

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Connect, look at the tables, and find out how far the run has come."""
        from synthwb.sinks.dead import DeadLetters
        from synthwb.sinks.dispatch import Dispatcher
        from synthwb.sinks.retrying import Retrying

        sender = self._sender(info)
        dead = DeadLetters(info.dead_letters)
        self._skip = sender.prepare(dead, mark)
        self._kept = info.kept
        self._writing = sender
        self._retrying = Retrying(patience=self.chosen["patience"])
        self._dispatcher = Dispatcher(info.name, sender, dead, self._retrying)
        self._dispatcher.open()

    def _sender(self, info: SinkInfo | None) -> TableSender:
        from synthwb.errors import MissingExtra

        try:
            from synthwb.sinks.tables import TableSender
        except ImportError:
            raise MissingExtra("writing to a database", "sql") from None
        return TableSender(self.chosen, {}) if info is None else TableSender(self.chosen, info.schemas, info.name)

    def write(self, event: str, data: pl.DataFrame, count: int) -> None:
        """Cut a frame into batches; waits while too many are on their way."""
        known = min(self._skip.get(event, 0), count)
        if known:
            self._skip[event] -= known
            data = data[known:]
        assert self._dispatcher is not None
        self._dispatcher.submit(list(self._requests(event, data)))

    def _requests(self, event: str, data: pl.DataFrame) -> Iterator[Request]:
        from synthwb.sinks.dispatch import Request
        from synthwb.sinks.tables import letters

        for rows in data.iter_slices(self.chosen["batch"]):
            if rows.height:
                yield Request((event, rows), rows.height, partial(letters, event, rows))

    def position(self) -> str:
        """The address, without what it is read from the environment, and the table."""
        return f"{self._url} {self.chosen['table']}"

    def mark(self) -> Mark:
        """The run's name in the database, and how many rows of every event were handed over.

        Of those that were there when the run went on, only the ones that have come by again since are counted.
        """
        assert self._dispatcher is not None
        self._dispatcher.drain()
        mark = self._writing.mark()
        rows = {event: count - self._skip.get(event, 0) for event, count in mark["rows"].items()}
        return {**mark, "rows": rows}

    def give_up(self) -> None:
        """Wait for the database no more."""
        if self._dispatcher is not None:
            self._dispatcher.give_up()

    def close(self, commit: bool = True) -> None:
        """Wait for all rows (``commit``), or give up. What was written stays."""
        dispatcher, self._dispatcher = self._dispatcher, None
        if dispatcher is None:
            return
        try:
            if commit:
                dispatcher.drain()
                if not self._kept:
                    self._writing.forget(self._retrying)
            else:
                dispatcher.give_up()
        finally:
            dispatcher.close()
            self._last = self._counted(dispatcher)

    def report(self) -> SinkReport:
        """How it stands."""
        dispatcher = self._dispatcher
        return self._last if dispatcher is None else self._counted(dispatcher)

    def _counted(self, dispatcher: Dispatcher) -> SinkReport:
        """Rows that were refused are told apart by the sender, within what it has taken."""
        from dataclasses import replace

        found, refused = dispatcher.report(), self._writing.refused
        return replace(
            found,
            delivered=found.delivered - refused,
            dead=found.dead + refused,
            error=found.error or self._writing.refusal,
        )

    def test(self) -> str:
        """Connect, and say so."""
        sender = self._sender(None)
        return f"{self._url}: connected to {sender.reach()}; whether it takes events is known when one is written"
