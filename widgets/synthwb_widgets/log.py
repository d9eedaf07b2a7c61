"""A stream as a log: what each record says of its time, and when it comes."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from synthwb.engine import Batch

__all__ = ["log"]

_MOMENT = pl.Datetime("us", "UTC")


def log(batches: Iterable[Batch]) -> pl.DataFrame:
    """All events of consecutive batches in the order of arrival: ``event``, ``time``, ``arrival`` and ``id``.

    ``time`` is what the record says, ``arrival`` when it comes, both in event time (Datetime, microseconds, UTC).
    """
    pieces, before = [], 0
    for batch in batches:
        for part in batch.parts:
            columns = {"row": part.rows + before, "time": part.time, "arrival": part.arrival}
            head = pl.DataFrame({**columns, "id": part.id.series()})
            pieces.append(head.with_columns(pl.lit(part.schema.event).alias("event")))
        before += len(batch)
    if not pieces:
        return pl.DataFrame(schema={"event": pl.String, "time": _MOMENT, "arrival": _MOMENT, "id": pl.String})
    return pl.concat(pieces).sort("row").select("event", pl.col("time", "arrival").cast(_MOMENT), "id")
