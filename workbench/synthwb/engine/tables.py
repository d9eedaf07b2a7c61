"""Tables from files and from the document, read once, as columns of the types that the language knows.

CSV has no types. A column is a whole-number, number or boolean column if every cell that is not empty is written as
one; what begins with a zero that a number would not keep (``00123``) is text. So a postcode stays what it is.
"""

from __future__ import annotations

import io
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from hashlib import blake2b
from threading import Lock
from typing import Any

import polars as pl

from synthwb.engine.absence import Marks, marked
from synthwb.engine.matching import series_of
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import SqlTable
from synthwb.scenario.tables import LARGEST_FILE, Rows, TableFile, Word, missing_column

__all__ = ["Table", "digests", "load", "numbers", "origin_table", "table_of"]

_NAMED = 3  # columns named in a message
_KEPT = 8  # tables kept between plans, so that typing does not read files
_INTEGER = r"^[+-]?(?:0|[1-9]\d{0,17})$"
_NUMBER = r"^[+-]?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$"
_UNREADABLE = (OSError, ValueError, RecursionError, pl.exceptions.PolarsError)
_cache: OrderedDict[tuple[str, int, int], Table] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of one length; ``digest`` stands for the content of the file that it comes from.

    ``absent``: the nulls that were absent keys when the file was saved.
    """

    frame: pl.DataFrame
    digest: str = ""
    absent: Marks = field(default_factory=dict)

    def column(self, word: Word, path: str) -> pl.Series:
        """A column by name. Raises ScenarioError with the nearest name if there is none."""
        if word.text in self.frame.columns:
            return self.frame[word.text]
        message, hint = missing_column(word.text, self.frame.columns)
        raise ScenarioError([Diagnostic(Severity.ERROR, "unknown-name", message, word.span, path, hint)])


def load(file: TableFile, path: str) -> Table:
    """The table of a file; the same object as before if the file has not changed.

    ``path`` is the place in the document that asks for it. Raises ScenarioError, pointing there, if it cannot be read.
    """
    try:
        about = os.stat(file.real)
        key = (file.real, about.st_mtime_ns, about.st_size)
        with _lock:
            if key in _cache:
                _cache.move_to_end(key)
                return _cache[key]
        with open(file.real, "rb") as opened:
            data = opened.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise ValueError(f"it has grown beyond {LARGEST_FILE >> 20} MB")
        frame = _known(_READERS[file.suffix](data))
        if not frame.width or not frame.height:
            raise ValueError("it has no rows")
        absent = marked(pl.read_parquet_metadata(io.BytesIO(data))) if file.suffix == ".parquet" else {}
    except _UNREADABLE as error:
        said = (error.strerror or "").lower() if isinstance(error, OSError) else str(error).split("\n")[0]
        message = f"{file.path!r} cannot be read as {file.suffix[1:].upper()}: {' '.join(said.split())[:200]}"
        raise ScenarioError([Diagnostic(Severity.ERROR, "file", message, file.span, path)]) from error
    made = Table(frame, blake2b(data, digest_size=16).hexdigest(), absent)
    with _lock:
        _cache[key] = made
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return made


def origin_table(source: TableFile | SqlTable, path: str) -> Table:
    """The table that the rows of a population come from. Raises ScenarioError, pointing at what is written."""
    if isinstance(source, TableFile):
        return load(source, path)
    from synthwb.engine.databases import fetched

    try:
        frame = _known(fetched(source, path))
    except ValueError as error:
        raise ScenarioError([Diagnostic(Severity.ERROR, "database", str(error), source.span, path)]) from None
    content = frame.write_ipc(None).getvalue()
    return Table(frame, blake2b(content, digest_size=16).hexdigest())


def table_of(rows: Rows) -> Table:
    """The table of rows in the document."""
    cells = zip(*rows.rows, strict=True)
    return Table(pl.DataFrame([series_of(list(c)).alias(n) for n, c in zip(rows.columns, cells, strict=True)]))


def numbers(file: TableFile, column: Word | None, path: str) -> list[float]:
    """The numbers in a column of a file (without a name: its only column), whole ones as integers, nulls left out.

    Raises ScenarioError if there is no such column, or no number in it.
    """
    table = load(file, path)
    if column is not None:
        values, span = table.column(column, path), column.span
    else:
        values, span = table.frame.to_series(0), file.span
        if table.frame.width > 1:
            names = ", ".join(table.frame.columns[:_NAMED])
            message = f"{file.path!r} has {table.frame.width} columns; say which one is meant by column"
            raise ScenarioError([Diagnostic(Severity.ERROR, "missing-key", message, span, path, f"there are {names}")])
    if not values.dtype.is_numeric():
        message = f"column {values.name!r} holds {_word(values.dtype)}, and numbers are needed"
        raise ScenarioError([Diagnostic(Severity.ERROR, "type", message, span, path)])
    known = (values if values.dtype.is_integer() else values.cast(pl.Float64)).drop_nulls()
    known = known if known.dtype.is_integer() else known.filter(known.is_finite())
    if not len(known):
        message = f"column {values.name!r} holds no number"
        raise ScenarioError([Diagnostic(Severity.ERROR, "type", message, span, path)])
    found: list[float] = known.to_list()
    return found


def digests(value: Any) -> list[str]:
    """What the files that a part of a scenario reads hold, as digests, in its order."""
    if isinstance(value, TableFile):
        return [load(value, "").digest]
    if isinstance(value, SqlTable):
        return [origin_table(value, "").digest]
    if isinstance(value, Mapping):
        return [found for item in value.values() for found in digests(item)]
    if isinstance(value, tuple):
        return [found for item in value for found in digests(item)]
    if is_dataclass(value):
        return [found for each in fields(value) for found in digests(getattr(value, each.name))]
    return []


def _csv(data: bytes) -> pl.DataFrame:
    """Cells of text, in the types that all of a column have; the separator is the one the header has most of."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at byte {error.start}; save it as UTF-8") from None
    head = data[:4096].decode("utf-8", "replace").splitlines()[:1] or [""]
    separator = max(",;\t|", key=head[0].count)
    try:
        frame = pl.read_csv(io.BytesIO(data), separator=separator, infer_schema=False)
    except pl.exceptions.ComputeError as error:
        if "more fields" in str(error):
            raise ValueError(
                f"a row has more cells than the header, which has {head[0].count(separator) + 1}"
            ) from None
        raise
    for name in frame.columns:
        first, mark, _ = name.rpartition("_duplicated_")
        if mark and first in frame.columns and name not in head[0]:  # so Polars calls the second of one name
            raise ValueError(f"the column {first!r} comes twice; rename one of them")
    return frame.select(_typed(column) for column in frame.iter_columns())


def _typed(values: pl.Series) -> pl.Series:
    """A column of text as what all of its cells are."""
    known = values.drop_nulls()
    if not len(known):
        return values
    if known.is_in(["true", "false"]).all():
        return values.replace_strict({"true": True, "false": False}, default=None, return_dtype=pl.Boolean)
    if known.str.contains(_INTEGER).all():
        return values.str.strip_prefix("+").cast(pl.Int64)
    if known.str.contains(_NUMBER).all():
        return values.str.strip_prefix("+").cast(pl.Float64)
    return values


def _json(data: bytes) -> pl.DataFrame:
    """An array of objects, or an object of values or objects by key."""
    found = json.loads(data)
    if isinstance(found, dict) and found and all(isinstance(row, dict) for row in found.values()):
        found = [{"key": key, **row} for key, row in found.items()]
    elif isinstance(found, dict):
        found = [{"key": key, "value": value} for key, value in found.items()]
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("expected an array of objects, or an object by key")
    return pl.DataFrame(found, infer_schema_length=None)


def _lines(data: bytes) -> pl.DataFrame:
    rows = []
    for number, line in enumerate(data.splitlines(), 1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number}: {error.msg} at character {error.colno}") from None
        if not isinstance(rows[-1], dict):
            raise ValueError(f"line {number}: expected an object on every line")
    return pl.DataFrame(rows, infer_schema_length=None)


_READERS: Mapping[str, Callable[[bytes], pl.DataFrame]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".json": _json,
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".parquet": lambda data: pl.read_parquet(io.BytesIO(data)),
}


def _known(frame: pl.DataFrame) -> pl.DataFrame:
    """The same table in types that the language knows. Raises ValueError for a column that has none."""
    return frame.select(_plain(column) for column in frame.iter_columns())


def _plain(values: pl.Series) -> pl.Series:
    dtype = values.dtype
    if isinstance(dtype, pl.Datetime):
        instants = values if dtype.time_zone else values.dt.replace_time_zone("UTC")
        return instants.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    if isinstance(dtype, pl.Categorical | pl.Enum) or dtype in (pl.Date, pl.Time):
        return values.cast(pl.String)
    if isinstance(dtype, pl.Array):
        return values.cast(pl.List(dtype.inner))
    if dtype == pl.Null:
        return values.cast(pl.String)
    if dtype.is_numeric() or dtype in (pl.String, pl.Boolean) or isinstance(dtype, pl.List | pl.Struct):
        return values
    raise ValueError(f"column {values.name!r} holds {_word(dtype)}, which the language has no type for")


def _word(dtype: pl.DataType) -> str:
    return {pl.String: "text", pl.Boolean: "true and false"}.get(type(dtype), str(dtype))
