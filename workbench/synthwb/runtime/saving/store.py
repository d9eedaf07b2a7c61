"""Where states are kept: a table of a database, one row for each run, replaced as a whole."""

from __future__ import annotations

import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from synthwb.errors import MissingExtra, UsageError
from synthwb.runtime.saving.locks import FileLock

__all__ = ["Store"]

TABLE = "synthwb_runs"
LEASE = 60.0  # seconds after which a process that gave no sign is taken for dead, where the database has no locks
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_NAME = "run"
_LOCKED_BY_FILE: tuple[str, ...] = ("sqlite",)
_LARGEST = (1 << 32) - 1


class Store:
    """The state of one run. ``where``: an SQLite file, or a URL of SQLAlchemy in which ``${NAME}`` is the environment.

    ``#name`` at its end tells apart the runs of one database. It is locked from the first to the last: SQLite by a file
    beside it, PostgreSQL by an advisory lock, others by a lease that has to be renewed (``beat``: seconds). Raises
    UsageError, and MissingExtra without SQLAlchemy, with everything that is wrong with it.
    """

    def __init__(self, where: str) -> None:
        try:
            import sqlalchemy
        except ImportError:
            raise MissingExtra("saving the state of a run", "sql") from None
        self.shown = where
        self._typed, _, name = where.partition("#")
        self._name = name or _NAME
        self._url = _VARIABLE.sub(lambda match: _variable(where, match[1]), self._typed)
        self._token = uuid.uuid4().hex
        self._file: FileLock | None = None
        self.beat: float | None = None
        with self._understood():
            url = sqlalchemy.make_url(self._url if "://" in self._url else f"sqlite:///{os.path.expanduser(self._url)}")
            self._kind = url.get_backend_name()
            if self._kind in _LOCKED_BY_FILE:
                self._file = FileLock(_database(where, url) + ".lock")
            self._engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, **_threads(self._kind))
        column, text = sqlalchemy.Column, sqlalchemy.String
        self._table = sqlalchemy.Table(
            TABLE,
            sqlalchemy.MetaData(),
            column("name", text(200), primary_key=True),
            column("saved", text(40), nullable=False),
            column("holder", text(40), nullable=False),
            column("alive", sqlalchemy.Float, nullable=False),
            column("state", sqlalchemy.LargeBinary(_LARGEST)),
        )
        self._connection: Any = None
        self._held = False
        try:
            with self._understood():
                self._take()
        except UsageError:
            self.close()
            raise

    def load(self) -> tuple[str, bytes] | None:
        """When the state was saved, and the state; None where there is none yet."""
        columns = self._table.c
        with self._understood(), self._connection.begin():
            row = self._connection.execute(self._mine(self._table.select())).one_or_none()
        return None if row is None or row.state is None else (row._mapping[columns.saved], bytes(row.state))

    def save(self, state: bytes) -> None:
        """Replace the state in one transaction: after it the new one is there, and if anything fails the old one."""
        saved = datetime.now(UTC).isoformat(timespec="seconds")
        with self._understood(), self._connection.begin():
            statement = self._mine(self._table.update()).where(self._table.c.holder == self._token)
            done = self._connection.execute(statement.values(saved=saved, alive=time.time(), state=state))
            if done.rowcount != 1:
                raise UsageError(f"{self.shown}: another process has taken this run over")

    def close(self) -> None:
        """Let go of the run."""
        connection, self._connection, held, self._held = self._connection, None, self._held, False
        try:
            with self._understood(), connection or nullcontext():
                if held:
                    mine = self._mine(self._table.update()).where(self._table.c.holder == self._token)
                    connection.execute(mine.values(holder="", alive=0.0))
                    connection.commit()
        finally:
            if self._file is not None:
                self._file.release()

    def _take(self) -> None:
        """Connect, make the table, and lock the run. Raises UsageError where somebody else has it."""
        if self._file is not None:
            holder = self._file.take()
            if holder is not None:
                raise UsageError(
                    f"{self.shown}: another process{f' ({holder})' * bool(holder)} is at this run; end it first"
                )
        self._connection = self._engine.connect()
        self._table.metadata.create_all(self._connection)
        self._connection.commit()
        if self._kind == "postgresql":
            self._lock()
        with self._connection.begin():
            row = self._connection.execute(self._mine(self._table.select())).one_or_none()
            if self._file is None and self._kind != "postgresql":
                self.beat = LEASE / 4
                self._await(row)
            held = {"holder": self._token, "alive": time.time()}
            if row is None:
                self._connection.execute(self._table.insert().values(name=self._name, saved="", **held))
            else:
                self._connection.execute(self._mine(self._table.update()).values(**held))
        self._held = True

    def _lock(self) -> None:
        """PostgreSQL keeps the lock for as long as the connection lives."""
        import sqlalchemy

        number = int.from_bytes(blake2b(f"{TABLE}#{self._name}".encode(), digest_size=8).digest(), "big", signed=True)
        asked = sqlalchemy.select(sqlalchemy.func.pg_try_advisory_lock(sqlalchemy.cast(number, sqlalchemy.BigInteger)))
        with self._connection.begin():
            taken = self._connection.execute(asked).scalar_one()
        if not taken:
            raise UsageError(f"{self.shown}: another process is at this run; end it first")

    def _await(self, row: Any) -> None:
        """Raise UsageError if whoever held the run may still be at it."""
        left = 0.0 if row is None or not row.holder else row.alive + LEASE - time.time()
        if left > 0:
            raise UsageError(
                f"{self.shown}: another process is at this run, or died less than {LEASE:.0f} s ago; "
                f"try again in {left:.0f} s"
            )

    def _mine(self, statement: Any) -> Any:
        return statement.where(self._table.c.name == self._name)

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """What goes wrong, in words, without what the environment gave."""
        import sqlalchemy

        try:
            yield
        except (sqlalchemy.exc.SQLAlchemyError, ImportError, OSError, ValueError) as error:
            reason = _reason(error)
            for secret in (self._url, _password(self._url)) if self._url != self._typed else ():
                reason = reason.replace(secret, "***") if secret else reason
            raise UsageError(f"{self.shown}: the state cannot be kept here: {reason[:200]}") from None


def _variable(where: str, name: str) -> str:
    found = os.environ.get(name)
    if found is None:
        raise UsageError(f"{where}: the environment variable {name} is not set; set it and run again")
    return found


def _reason(error: Exception) -> str:
    """What was wrong, in a line, with what mends it where that is plain."""
    if isinstance(error, ModuleNotFoundError):
        return f"its driver {error.name} is not installed; install it, or name another, such as postgresql+psycopg://"
    if isinstance(error, FileNotFoundError):
        folder = os.path.dirname(str(error.filename))
        return f"the folder {folder} does not exist; make it, or choose another place"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}: {error.filename}"
    return str(getattr(error, "orig", None) or error).split("\n")[0]


def _password(url: str) -> str:
    import sqlalchemy

    try:
        return str(sqlalchemy.make_url(url).password or "")
    except sqlalchemy.exc.ArgumentError:
        return ""


def _database(where: str, url: Any) -> str:
    """The file of an SQLite database. Raises UsageError where it would not outlive the process."""
    if not url.database or url.database == ":memory:":
        raise UsageError(f"{where}: a state in memory is gone with the process; name a file")
    return os.path.realpath(str(url.database))


def _threads(kind: str) -> dict[str, Any]:
    """SQLite's connection is used by one thread after the other."""
    return {"connect_args": {"check_same_thread": False}} if kind == "sqlite" else {}
