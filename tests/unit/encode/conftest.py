"""Two small event types with every kind of column, made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool

START = 1_767_225_600_000_000  # 2026-01-01T00:00Z


def part(
    event: str, columns: dict[str, Column], places: Sequence[int], *, version: int = 1, key: str | None = None
) -> Part:
    """Events of one type at these places of a batch, a second and a half apart."""
    rows = len(places)
    optional = frozenset(name for name, column in columns.items() if column.absent is not None)
    schema = EventSchema(event, version, key, {n: c.dtype for n, c in columns.items()}, optional, frozenset())
    ids = np.frombuffer("".join(f"00000000-0000-4000-8000-{place:012d}" for place in places).encode(), np.uint8)
    times = START + np.array(places, np.int64) * 1_500_000
    return Part(schema, np.array(places), times, np.arange(rows), Column.fixed(ids.reshape(rows, 36)), columns)


@pytest.fixture
def orders() -> Part:
    """Three orders, version 2, with every kind of value."""
    paid = [datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC), None, datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)]
    columns = {
        "order_id": Column.fixed(np.frombuffer(b"A-1A-2A-3", np.uint8).reshape(3, 3)),
        "tier": Column.coded(Pool(pl.Series(["free", 'p"ro', None])), np.array([1, 0, 2])),
        "qty": Column.of(pl.Series([2, 0, -7])),
        "total": Column.of(pl.Series([23.0, 0.1, float("nan")])),
        "price": Column.of(pl.Series([Decimal("12.50"), None, Decimal("-0.05")], dtype=pl.Decimal(38, 2))),
        "gift": Column.of(pl.Series([True, None, False])),
        "note": Column.of(pl.Series(['Zoë, said "hi"\n', "", "\\"])),
        "coupon": Column.of(pl.Series(["C-1", "C-2", "C-3"])).without(np.array([True, False, True])),
        "paid_at": Column.of(pl.Series(paid, dtype=pl.Datetime("us", "UTC"))),
        "address": Column.of(pl.Series([{"city": "Paris", "geo": [2.5, None]}, None, {"city": None, "geo": []}])),
    }
    return part("order_placed", columns, [0, 2, 3], version=2, key="order_id")


@pytest.fixture
def views() -> Part:
    """One page view between them."""
    return part("page_viewed", {"page": Column.of(pl.Series(["/a?b=1"]), ascii_safe=True)}, [1])


@pytest.fixture
def batch(orders: Part, views: Part) -> Batch:
    """All four events."""
    return Batch(0, 4, (views, orders))
