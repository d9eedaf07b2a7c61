"""Looking values up in a table: keys become row numbers, and row numbers codes into pools of the table's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.block import Block, Draw, Site
from synthwb.engine.columns import Column, Pool
from synthwb.engine.matching import matching, series_of
from synthwb.engine.tables import Table, load, table_of
from synthwb.errors import ScenarioError, SynthwbError
from synthwb.scenario.diagnostics import Diagnostic, Severity, Span
from synthwb.scenario.model import Call
from synthwb.scenario.tables import Word

__all__ = ["looked_up"]

_NAMED = 3  # unknown keys named in a message


def looked_up(call: Call, site: Site, values_of: Callable[[Sequence[str]], list[str]]) -> Draw:
    """The value of the row whose key the field has. ``values_of``: the names of value columns among all columns.

    Raises ScenarioError for columns that are not there, keys that come twice, and a default of another type.
    """
    args, path = call.args, site.path
    rows, file, by = args["table"], args["file"], args["by"]
    table = table_of(rows) if file is None else load(file, path)
    span = rows.span if file is None else file.span
    keys = _keys(table, args["key"], span, path)
    _check_columns(table, args["value"] or (), path)
    names = values_of(table.frame.columns)
    if not names:
        raise _problem(f"the table has only the column {keys.name!r}; it needs keys and values", span, path)
    pools = _pools(table, names, args["default"], call.span, path)
    match = matching(keys, site.dtype(lambda block: block.column(by)))
    single = len(names) == 1
    local = path.partition(".")[2]

    def draw(block: Block) -> Column:
        looked = block.column(by)
        found = match(looked)
        outside = found == len(keys)
        if args["unknown"] == "error" and outside.any() and not block.trial:
            raise SynthwbError(_unknown(looked, outside, path))
        children = {name: Column.coded(pool, found) for name, pool in pools.items()}
        if single:
            column = children[names[0]]
        else:
            block.columns.update({f"{local}.{name}": child for name, child in children.items()})
            column = Column.object(children, len(block))
            column = column.nulled(outside) if args["default"] is None else column
        return column.without(outside) if args["unknown"] == "absent" else column

    return draw


def _keys(table: Table, wanted: Word | None, span: Span, path: str) -> pl.Series:
    """The column of keys, which come once each."""
    keys = table.frame.to_series(0) if wanted is None else table.column(wanted, path)
    if keys.dtype.is_nested():
        raise _problem(f"column {keys.name!r} holds objects or lists, which cannot be keys", span, path)
    known = keys.drop_nulls()
    double = known.filter(known.is_duplicated())
    if len(double):
        rows = (keys == double[0]).arg_true().to_list()[:2]
        where = f"rows {rows[0] + 1} and {rows[1] + 1}"
        raise _problem(f"the key {double[0]!r} stands twice in column {keys.name!r} ({where})", span, path)
    return keys


def _check_columns(table: Table, words: Sequence[Word], path: str) -> None:
    """Raise ScenarioError with all columns that are not there."""
    problems: list[Diagnostic] = []
    for word in words:
        try:
            table.column(word, path)
        except ScenarioError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise ScenarioError(problems)


def _pools(table: Table, names: Sequence[str], default: Any, span: Span, path: str) -> dict[str, Pool]:
    """The columns of values as pools; behind the last row stands what an unknown key gives."""
    given: Mapping[str, Any] = default if isinstance(default, Mapping) else dict.fromkeys(names, default)
    return {name: Pool(_extended(table.frame[name], given.get(name), span, path)) for name in names}


def _extended(values: pl.Series, default: Any, span: Span, path: str) -> pl.Series:
    if default is None:
        return values.extend_constant(None, 1)
    last = pl.Series([default]) if isinstance(default, Mapping | list) else series_of([default])
    if last.dtype != values.dtype and not (values.dtype.is_numeric() and last.dtype.is_numeric()):
        message = f"the default {default!r} is of another type than column {values.name!r}, which is {values.dtype}"
        raise _problem(message, span, path)
    if values.dtype.is_integer() and last.dtype.is_float():
        values = values.cast(pl.Float64)
    return pl.concat([values.rename(""), last.cast(values.dtype)])


def _unknown(looked: Column, outside: NDArray[np.bool_], path: str) -> str:
    """What to say of keys that the table does not have."""
    found = looked.series().filter(pl.Series(outside)).unique(maintain_order=True).to_list()
    names = ", ".join(repr(key) for key in found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
    return f"{path}: the table has no row for {names}; add it, or give a default"


def _problem(message: str, span: Span, path: str) -> ScenarioError:
    return ScenarioError([Diagnostic(Severity.ERROR, "table", message, span, path)])
