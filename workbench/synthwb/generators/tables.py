"""Values out of tables: in the document, or in a CSV, JSON or Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType
from synthwb.scenario.tables import Rows, Word, missing_column

if TYPE_CHECKING:
    from synthwb.engine.block import Draw, Site
    from synthwb.scenario.model import Call

__all__ = ["Lookup"]


@register
class Lookup(Generator):
    """The value that a table has for another field's value.

    The table stands here (values by key, rows by key, or a list of rows) or in a file, whose path begins at the folder
    of the scenario. A file is CSV (comma, semicolon, tab or bar; with a header), JSON (an array of objects, or values
    by key), JSON lines or Parquet, and is read once. Keys are the first column, or `key`; the value is the only other
    column, or `value`. Several columns give an object, whose parts are read as `field.column` where they are listed. A
    key must not come twice. Keys take the type of the field: 200 finds the text "200".
    """

    name = "lookup"
    family = "derived"
    parameters = (
        Parameter("by", Kind.PATH, "The field whose value is looked up."),
        Parameter("table", Kind.TABLE, "The table, written here.", None),
        Parameter("file", Kind.FILE, "The file that holds the table.", None),
        Parameter("key", Kind.COLUMN, "The column of the keys; the first one without.", None),
        Parameter("value", Kind.COLUMNS, "The column of the values, or several; all others without.", None),
        Parameter("default", Kind.CONSTANT, "The value for keys that the table does not have.", None),
        Parameter(
            "unknown",
            Kind.ENUM,
            "What becomes of keys that the table does not have: null, absent, or error, which ends the run.",
            None,
            choices=("null", "absent", "error"),
        ),
    )
    alternatives = (("table", "file"),)
    examples = (
        "{lookup: {by: event.ordinal, table: {0: none, 1: one}, default: many}}",
        "{lookup: {by: event.ordinal, table: {0: {code: a, rate: 0.5}, 1: {code: b, rate: 2}}, unknown: absent}}",
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Columns that are there, keys that come once; one word on unknown keys."""
        rows: Rows | None = args["table"]
        if args["default"] is not None and args["unknown"] is not None:
            yield "unknown", "together with default, which says already what becomes of unknown keys"
        if rows is None:
            return
        keys = () if args["key"] is None else (args["key"],)
        for name, words in (("key", keys), ("value", args["value"] or ())):
            for word in words:
                if word.text not in rows.columns:
                    yield name, ": ".join(missing_column(word.text, rows.columns))
                    return
        if len(rows.columns) < 2:
            yield "table", f"has only the column {rows.columns[0]!r}; it needs keys and values"
            return
        place = rows.columns.index(args["key"].text) if args["key"] else 0
        double = _double([row[place] for row in rows.rows])
        if double is not None:
            yield "table", f"has the key {double!r} twice, so it is not clear which value is meant"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Known for a table in the document; that of a file is known when it is read."""
        rows: Rows | None = args["table"]
        if rows is None:
            return DType.OBJECT if args["value"] is not None and len(args["value"]) > 1 else DType.UNKNOWN
        names = _values(rows.columns, args)
        if len(names) > 1:
            return DType.OBJECT
        cells = [row[rows.columns.index(names[0])] for row in rows.rows]
        return _dtype([*cells, args["default"]])

    def bind(self, call: Call, site: Site) -> Draw:
        """Codes into a pool of the table's values, with what an unknown key gives behind them."""
        from synthwb.engine.lookups import looked_up

        return looked_up(call, site, lambda columns: _values(columns, call.args))


def _values(columns: Sequence[str], args: Mapping[str, Any]) -> list[str]:
    """The names of the columns of values."""
    key: Word | None = args["key"]
    words: tuple[Word, ...] | None = args["value"]
    if words is not None:
        return [word.text for word in words]
    return [name for name in columns if name != (key.text if key else columns[0])]


def _double(keys: Sequence[Any]) -> Any:
    """The first key that comes twice, or None."""
    seen: set[Any] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def _dtype(values: Sequence[Any]) -> DType:
    """The type that `synthwb.engine.matching.series_of` gives."""
    kinds = {type(value) for value in values} - {type(None)}
    if kinds == {bool}:
        return DType.BOOLEAN
    if kinds == {int}:
        return DType.INTEGER
    return DType.FLOAT if kinds and kinds <= {int, float} else DType.STRING
