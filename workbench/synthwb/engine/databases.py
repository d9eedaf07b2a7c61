"""Tables from SQL databases, by SQLAlchemy, which is an extra: ``pip install 'synthwb[sql]'``.

What the environment gives stays between this module and the database: no message holds it.
"""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Sequence
from threading import Lock
from typing import Any

import polars as pl

from synthwb.errors import MissingExtra, ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity, nearest
from synthwb.scenario.model import SqlTable

__all__ = ["MOST_ROWS", "fetched"]

MOST_ROWS = 5_000_000
_CHUNK = 50_000  # rows fetched at a time
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)
_kept: dict[tuple[str, str | None, str | None], pl.DataFrame] = {}
_lock = Lock()


def fetched(table: SqlTable, path: str) -> pl.DataFrame:
    """The rows of a table in the order of its key, or of a query; read once in a process.

    Raises MissingExtra without SQLAlchemy, and ScenarioError, pointing at the URL, for everything else.
    """
    try:
        import sqlalchemy
    except ImportError:
        raise MissingExtra("reading a database", "sql") from None
    url = _VARIABLE.sub(lambda found: _variable(found[1], table, path), table.url)
    key = (url, table.table, table.query)
    with _lock:
        if key in _kept:
            return _kept[key]
    try:
        engine = sqlalchemy.create_engine(_placed(sqlalchemy.make_url(url), table))
        try:
            frame = _rows(engine, table, path)
        finally:
            engine.dispose()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError, ValueError, pl.exceptions.PolarsError) as error:
        raise _problem(_said(error, url), table, path) from None
    with _lock:
        _kept[key] = frame
    return frame


def _rows(engine: Any, table: SqlTable, path: str) -> pl.DataFrame:
    import sqlalchemy

    with engine.connect() as connection:
        if table.query is not None:
            statement: Any = sqlalchemy.text(table.query)
            ordered = bool(_ORDERED.search(table.query))
        else:
            known = _reflected(engine, table, path)
            statement = sqlalchemy.select(known).order_by(*known.primary_key.columns)
            ordered = bool(known.primary_key.columns)
        result = connection.execution_options(stream_results=True).execute(statement)
        names, rows = list(result.keys()), []
        while chunk := result.fetchmany(_CHUNK):
            rows.extend(chunk)
            if len(rows) > MOST_ROWS:
                raise ValueError(f"more than {MOST_ROWS:,} rows; take fewer by a query")
    if not rows:
        raise ValueError("it gives no rows")
    cells = zip(names, zip(*rows, strict=True), strict=True)
    frame = pl.DataFrame([pl.Series(name, _cells(column), strict=False) for name, column in cells])
    return frame if ordered else frame.sort(frame.columns, nulls_last=True, maintain_order=True)


def _reflected(engine: Any, table: SqlTable, path: str) -> Any:
    """The table as the database describes it. Raises ScenarioError with the nearest name if there is none."""
    import sqlalchemy

    schema, _, name = (table.table or "").rpartition(".")
    try:
        return sqlalchemy.Table(name, sqlalchemy.MetaData(), schema=schema or None, autoload_with=engine)
    except sqlalchemy.exc.NoSuchTableError:
        names = sqlalchemy.inspect(engine).get_table_names(schema=schema or None)
        near = nearest(name, names)
        hint = f"did you mean {near!r}?" if near else f"there are {', '.join(names[:12])}"
        raise _problem(f"the database has no table {table.table!r}", table, path, hint) from None


def _cells(cells: Sequence[Any]) -> list[Any]:
    """Values in types that Polars knows."""
    return [str(cell) if isinstance(cell, uuid.UUID) else cell for cell in cells]


def _placed(url: Any, table: SqlTable) -> Any:
    """The URL with the path of an SQLite file from the scenario's folder. Raises ValueError if it is not there."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return url
    place = os.path.abspath(os.path.join(table.folder, url.database))
    if not os.path.isfile(place):
        raise ValueError(f"there is no file {url.database!r}")
    return url.set(database=place)


def _variable(name: str, table: SqlTable, path: str) -> str:
    found = os.environ.get(name)
    if found is None:
        raise _problem(f"the environment variable {name} is not set", table, path, "set it and try again")
    return found


def _said(error: Exception, url: str) -> str:
    """What went wrong, in one line, without what the environment gave."""
    import sqlalchemy

    reason = str(getattr(error, "orig", None) or error).split("\n")[0]
    try:
        password = sqlalchemy.make_url(url).password
    except sqlalchemy.exc.ArgumentError:
        return "this is no URL of a database"
    for secret in (url, str(password) if password else ""):
        reason = reason.replace(secret, "***") if secret else reason
    return f"the database cannot be read: {reason[:200]}"


def _problem(message: str, table: SqlTable, path: str, hint: str = "") -> ScenarioError:
    return ScenarioError([Diagnostic(Severity.ERROR, "database", message, table.span, path, hint)])
