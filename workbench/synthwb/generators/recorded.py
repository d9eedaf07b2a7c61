"""Values out of the rows of a file, a whole row for each event."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.errors import ScenarioError
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType
from synthwb.scenario.tables import Rows, TableFile, missing_column

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.tables import Table
    from synthwb.scenario.model import Call
    from synthwb.scenario.replaying import Heard, Replay

__all__ = ["Recorded", "heard"]


@register
class Recorded(Generator):
    """A column of a row that was recorded, as it stands there.

    All fields of an event that read the same file, or tables of as many rows, read the same row: one at random, or in
    an event of `replay` the one that is replayed. The columns of a replayed file are fields of its events by
    themselves; this says the same under another name, or with a modifier.
    """

    name = "recorded"
    family = "derived"
    parameters = (
        Parameter("column", Kind.COLUMN, "The column."),
        Parameter("file", Kind.FILE, "The file: CSV, JSON, JSON lines or Parquet.", None),
        Parameter("table", Kind.TABLE, "The rows, written here.", None),
    )
    alternatives = (("file", "table"),)
    examples = ("{recorded: {column: city, table: [{city: Oslo, zip: N-0150}, {city: Lima, zip: PE-15001}]}}",)

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A column that the rows in the document have."""
        rows: Rows | None = args["table"]
        if rows is not None and args["column"].text not in rows.columns:
            yield "column", ": ".join(missing_column(args["column"].text, rows.columns))

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """That of the column; unknown if it cannot be read, which is told when the plan is compiled."""
        try:
            return _dtype(_table(args, "").column(args["column"], "").dtype)
        except ScenarioError:
            return DType.UNKNOWN

    def bind(self, call: Call, site: Site) -> Draw:
        """The address of an event leads to its row."""
        import numpy as np

        from synthwb.engine.absence import restored

        table = _table(call.args, site.path)
        values = restored(table.column(call.args["column"], site.path), call.args["column"].text, table.absent)
        height = np.uint64(table.frame.height)

        def draw(block: Block) -> Column:
            return values.take((block.address % height).astype(np.int64))

        return draw


def heard(replay: Replay) -> Heard:
    """What a file of events holds. Raises ScenarioError."""
    from synthwb.engine.recordings import hear

    return hear(replay)


def _table(args: Mapping[str, Any], path: str) -> Table:
    from synthwb.engine.tables import load, table_of

    file: TableFile | None = args["file"]
    return table_of(args["table"]) if file is None else load(file, path)


def _dtype(dtype: Any) -> DType:
    """The language's word for a type of Polars."""
    import polars as pl

    known = {pl.String: DType.STRING, pl.Boolean: DType.BOOLEAN, pl.Struct: DType.OBJECT, pl.List: DType.LIST}
    known |= {pl.Datetime: DType.TIMESTAMP, pl.Decimal: DType.DECIMAL}
    found = known.get(dtype.base_type())
    if found is not None:
        return found
    return DType.INTEGER if dtype.is_integer() else DType.FLOAT if dtype.is_float() else DType.UNKNOWN
