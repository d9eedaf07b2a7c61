"""Rows on their way into tables, with the position of the run in the same transaction."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import polars as pl
import sqlalchemy as sa

from synthwb.errors import SinkError
from synthwb.sinks.aside import aside
from synthwb.sinks.dead import DeadLetter
from synthwb.sinks.protocol import from_environment
from synthwb.sinks.retrying import Away, Course, Retrying

if TYPE_CHECKING:
    from synthwb.sinks.dead import DeadLetters
    from synthwb.sinks.dispatch import Request
    from synthwb.sinks.protocol import Mark

__all__ = ["POSITIONS", "TableSender", "column_type", "letters"]

POSITIONS = "synthwb_positions"
"""The table in which runs keep how far they have come."""

_SHOWN = 200  # characters of a database's message that are shown


class TableSender:
    """One connection to a database. ``schemas``: column types by event type ("" where there is one table for it).
    ``name``: the sink's, for dead letters.

    `prepare`, `forget` and `reach` are called where the sink lives; `connect`, `send` and `disconnect` in the
    dispatcher's thread.
    """

    def __init__(self, chosen: Mapping[str, Any], schemas: Mapping[str, Mapping[str, Any]], name: str = "") -> None:
        url = str(chosen["url"])
        self._shown, self._chosen, self._schemas, self._name = url, chosen, schemas, name
        self._url = from_environment(url)
        self._metadata = sa.MetaData()
        self._positions = sa.Table(
            POSITIONS,
            self._metadata,
            sa.Column("run", sa.String(40), primary_key=True),
            sa.Column("position", sa.Text, nullable=False),
        )
        self._tables: dict[str, sa.Table] = {}
        self._run = ""
        self._done: dict[str, int] = dict.fromkeys(schemas, 0)  # rows of each event, those refused as well
        self._refused = 0  # of the rows that were sent last
        self._doubtful = False  # whether a commit may have come through without an answer
        self._busy = self._over = False
        self.refused = 0
        self.refusal = ""
        with self._understood():
            self._engine = self._made()
        self._connection: sa.Connection | None = None

    def prepare(self, dead: DeadLetters, mark: Mark | None) -> dict[str, int]:
        """Look at the tables, and at where the run is: how many rows of each event to leave out. Raises SinkError."""
        self._dead = dead
        try:
            with self._understood(), self._engine.begin() as connection:
                self._look_at_tables(connection)
                self._positions.create(connection, checkfirst=True)
                if mark is None:
                    self._run = uuid.uuid4().hex
                    self._dead_size = dead.mark()
                    connection.execute(self._positions.insert().values(run=self._run, position=self._position()))
                    return {}
                self._run = mark["run"]
                self._found(connection)
        finally:
            self._engine.dispose()
        dead.open(self._dead_size)
        skip = {event: self._done[event] - rows for event, rows in mark["rows"].items()}
        if any(rows < 0 for rows in skip.values()):
            raise SinkError(
                f"{self._shown}: the database has fewer rows of this run than when it was saved, so it cannot go on"
            )
        return skip

    def reach(self) -> str:
        """Connect once: what answers. Raises SinkError."""
        try:
            with self._understood(), self._engine.connect():
                return self._engine.dialect.name
        finally:
            self._engine.dispose()

    def forget(self, retrying: Retrying) -> None:
        """The run is over and will never go on; waits for a database that is away. Raises SinkError."""
        course = Course(retrying)
        try:
            while True:
                try:
                    with self._engine.begin() as connection:
                        connection.execute(self._positions.delete().where(self._positions.c.run == self._run))
                    return
                except sa.exc.DBAPIError as error:
                    words = self._words(error)
                    seconds = course.wait(Away(words)) if self._passing(error) else None
                    if seconds is None:
                        raise SinkError(f"{self._shown}: {words}") from None
                    time.sleep(seconds)
        except TimeoutError:
            raise SinkError(f"{self._shown}: away for more than {retrying.patience:g} s") from None
        finally:
            self._engine.dispose()

    def mark(self) -> Mark:
        """See `DatabaseSink.mark`."""
        return {"run": self._run, "rows": dict(self._done)}

    async def connect(self) -> None:
        """The connection is made when it is needed."""

    async def disconnect(self) -> None:
        """Let go."""
        self._over = True
        if not self._busy:
            self._let_go()

    async def send(self, request: Request) -> None:
        """One transaction."""
        event, rows = request.content
        self._busy = True
        try:
            await aside(self._send, event, rows)
        except (Away, SinkError):
            self._busy = False
            raise
        self._busy = False

    # In a thread of its own ------------------------------------------------------------------------------------------

    def _send(self, event: str, rows: pl.DataFrame) -> None:
        before = self._done[event]
        try:
            connection = self._connected()
            with connection.begin():
                if self._doubtful:
                    self._again(connection)
                    if self._done[event] > before:  # it had come through
                        self.refused += self._refused
                        return
                refused = self._refused = self._insert(connection, event, rows)
                self._done[event] = before + rows.height
                self._dead_size = self._dead.mark() if refused else self._dead_size
                changed = connection.execute(
                    self._positions.update().where(self._positions.c.run == self._run).values(position=self._position())
                )
                if changed.rowcount != 1:
                    raise SinkError(f"{self._shown}: the position of this run is gone from the table {POSITIONS}")
                if self._over:  # these rows are in the dead letters by now
                    raise SinkError(f"{self._shown}: the run has ended meanwhile")
            self.refused += refused
        except sa.exc.DBAPIError as error:
            self._undone(event, before)
            if self._passing(error):
                raise Away(self._words(error)) from None
            raise SinkError(f"{self._shown}: {self._words(error)}") from None
        finally:
            if self._over:  # nobody waits for this any more
                self._let_go()

    def _passing(self, error: sa.exc.DBAPIError) -> bool:
        """Whether the database is only away, or busy."""
        if self._engine.dialect.name == "sqlite":  # everything that goes wrong with the file is an OperationalError
            return "locked" in str(error.orig)
        return error.connection_invalidated or isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)

    def _insert(self, connection: sa.Connection, event: str, rows: pl.DataFrame) -> int:
        """Add rows; those that the database refuses become dead letters. How many were refused."""
        table = self._tables[event]
        try:
            with connection.begin_nested():
                connection.execute(table.insert(), _plain(rows, self._engine.dialect.name).to_dicts())
        except (sa.exc.DataError, sa.exc.IntegrityError, OverflowError) as error:
            if rows.height > 1:
                half = rows.height // 2
                return self._insert(connection, event, rows[:half]) + self._insert(connection, event, rows[half:])
            self.refusal = self._words(error)
            self._dead.keep(self._name, letters(event, rows), self.refusal)
            return 1
        return 0

    def _again(self, connection: sa.Connection) -> None:
        """After a connection that was lost: where the database is, and the dead letters with it."""
        self._found(connection)
        self._dead.open(self._dead_size)
        self._doubtful = False

    def _undone(self, event: str, before: int) -> None:
        self._done[event] = before
        self._doubtful = True
        self._let_go()

    def _connected(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()
        self._engine.dispose()

    # The database ----------------------------------------------------------------------------------------------------

    def _made(self) -> sa.Engine:
        url = sa.make_url(self._url)
        if url.drivername == "postgresql" and find_spec("psycopg"):
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() != "sqlite":
            return sa.create_engine(url, json_serializer=_json)
        arguments = {"check_same_thread": False, "timeout": 10}
        engine = sa.create_engine(url, connect_args=arguments, poolclass=sa.NullPool, json_serializer=_json)

        @sa.event.listens_for(engine, "connect")
        def ours(connection: Any, _: Any) -> None:
            connection.isolation_level = None  # the driver begins no transactions by itself

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def _look_at_tables(self, connection: sa.Connection) -> None:
        """Find every table, or make it. Raises SinkError with all that is missing."""
        missing, names = [], self._chosen["table"]
        inspector = sa.inspect(connection)
        for event, schema in self._schemas.items():
            schema_name, _, name = from_environment(names).replace("{event}", event).rpartition(".")
            columns = [sa.Column(column, column_type(dtype)) for column, dtype in schema.items()]
            table = sa.Table(name, self._metadata, *columns, schema=schema_name or None)
            self._tables[event] = table
            if not inspector.has_table(name, schema_name or None):
                if self._chosen["create"]:
                    table.create(connection)
                else:
                    missing.append(f"there is no table {table.fullname}; make it, or write create: true")
                continue
            there = {column["name"] for column in inspector.get_columns(name, schema_name or None)}
            lacking = [column.name for column in columns if column.name not in there]
            if lacking:
                missing.append(f"the table {table.fullname} has no column {', '.join(lacking)}")
        if missing:
            raise SinkError(f"{self._shown}: " + "; ".join(missing))

    def _found(self, connection: sa.Connection) -> None:
        """Read the position of the run. Raises SinkError."""
        wanted = sa.select(self._positions.c.position).where(self._positions.c.run == self._run)
        found = connection.execute(wanted).scalar()
        if found is None:
            raise SinkError(f"{self._shown}: this run is not known in the table {POSITIONS}, so it cannot go on")
        position = json.loads(found)
        self._done, self._dead_size = position["rows"], position["dead"]

    def _position(self) -> str:
        return json.dumps({"rows": self._done, "dead": self._dead_size})

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """What goes wrong before anything is written, in words."""
        try:
            yield
        except (sa.exc.SQLAlchemyError, ImportError) as error:
            raise SinkError(f"{self._shown}: {self._words(error)}") from None

    def _words(self, error: Exception) -> str:
        """What the database says, without what the environment gave."""
        words = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
        if self._url != self._shown:
            try:
                password = str(sa.make_url(self._url).password or "")
            except sa.exc.ArgumentError:
                password = ""
            for secret in (self._url, password):
                words = words.replace(secret, "***") if secret else words
        return words[:_SHOWN]


def column_type(dtype: Any) -> sa.types.TypeEngine[Any]:
    """The type of a column for values of a Polars type; nested values are JSON."""
    if dtype == pl.Boolean:
        return sa.Boolean()
    if dtype.is_integer():
        return sa.BigInteger()
    if dtype.is_float():
        return sa.Double()
    if isinstance(dtype, pl.Decimal):
        return sa.Numeric(dtype.precision or 38, dtype.scale).with_variant(sa.Text(), "sqlite")
    if isinstance(dtype, pl.Datetime):
        return sa.DateTime(timezone=dtype.time_zone is not None)
    if dtype == pl.Duration:
        return sa.Interval()
    if isinstance(dtype, pl.Struct | pl.List | pl.Array):
        return sa.JSON(none_as_null=True)
    plain: dict[Any, sa.types.TypeEngine[Any]] = {pl.Date: sa.Date(), pl.Time: sa.Time(), pl.Binary: sa.LargeBinary()}
    return next((made for known, made in plain.items() if dtype == known), sa.Text())


def letters(event: str, rows: pl.DataFrame) -> Iterator[DeadLetter]:
    """Rows as dead letters: JSON objects."""
    for row in rows.to_dicts():
        known = row.get("id")
        yield DeadLetter(_json(row).encode(), event, known if isinstance(known, str) else "")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _plain(rows: pl.DataFrame, dialect: str) -> pl.DataFrame:
    """Values as the driver takes them."""
    if dialect == "sqlite":
        return rows.with_columns(pl.selectors.decimal().cast(pl.String))
    return rows
