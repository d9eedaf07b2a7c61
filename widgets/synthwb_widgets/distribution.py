"""The distribution of one field, as a few numbers that a page can draw and a sentence that says the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine import EventSchema
from synthwb.engine.draws import Floats

__all__ = ["categories", "chartable", "describe", "histogram"]

_BINS = 30
_BARS = 8
_TAILS = (0.005, 0.995)  # the axis ends at these quantiles, so that one outlier does not flatten the rest


def chartable(schemas: Mapping[str, EventSchema]) -> tuple[str, ...]:
    """The paths of all fields that a chart can show, ``event.field``: numbers, booleans and text, nested ones too."""
    return tuple(
        f"{schema.event}.{path}" for schema in schemas.values() for path in _leaves(schema.fields) if path != "id"
    )


def describe(name: str, values: pl.Series) -> tuple[dict[str, Any] | None, str]:
    """What to draw for a column, and what to say of it. None if there is nothing to draw."""
    present = values.drop_nulls()
    if present.is_empty():
        return None, f"{name}: no values yet"
    if present.dtype.is_numeric():
        numbers = present.cast(pl.Float64).to_numpy()
        chart = histogram(numbers)
        median, mean = float(np.median(numbers)), float(np.mean(numbers))
        return chart, f"{name}: {len(numbers):,} values, median {median:.4g}, mean {mean:.4g}"
    chart = categories(present)
    distinct = present.n_unique()
    top = ", ".join(chart["labels"][:3])
    return chart, f"{name}: {len(present):,} values, {distinct:,} distinct, most often {top}"


def histogram(numbers: Floats) -> dict[str, Any]:
    """Counts in equal bins between round ends; values beyond the outer half per cent are counted at the ends.

    Whole numbers over a short range get one bin each.
    """
    low, high = (float(end) for end in np.quantile(numbers, _TAILS))
    if np.array_equal(numbers, np.floor(numbers)) and high - low < _BINS:
        first, last = math.floor(low), math.ceil(high)
        edges = np.arange(first - 0.5, last + 1.0)
    else:
        low, high = _round_ends(low, high)
        edges = np.linspace(low, high, _BINS + 1)
    counts, _ = np.histogram(np.clip(numbers, edges[0], edges[-1]), edges)
    return {"kind": "number", "low": float(edges[0]), "high": float(edges[-1]), "counts": counts.tolist()}


def categories(values: pl.Series) -> dict[str, Any]:
    """The most frequent values with their counts, ties by name; what is beyond the eighth is counted together."""
    counts = values.cast(pl.String).alias("value").value_counts()
    ordered = counts.sort(["count", "value"], descending=[True, False])
    labels, numbers = ordered["value"].to_list(), ordered["count"].to_list()
    if len(labels) > _BARS:
        rest = len(labels) - _BARS + 1
        labels = [*labels[: _BARS - 1], f"{rest:,} others"]
        numbers = [*numbers[: _BARS - 1], sum(numbers[_BARS - 1 :])]
    return {"kind": "category", "labels": [str(label)[:40] for label in labels], "counts": numbers}


def _leaves(fields: Mapping[str, pl.DataType], prefix: str = "") -> list[str]:
    found = []
    for name, dtype in fields.items():
        if isinstance(dtype, pl.Struct):
            found += _leaves({child.name: _instance(child.dtype) for child in dtype.fields}, f"{prefix}{name}.")
        elif dtype.is_numeric() or isinstance(dtype, pl.Boolean | pl.String):
            found.append(prefix + name)
    return found


def _instance(dtype: Any) -> pl.DataType:
    found: pl.DataType = dtype() if isinstance(dtype, type) else dtype
    return found


def _round_ends(low: float, high: float) -> tuple[float, float]:
    """Ends moved outwards to multiples of a round step, so that the axis stands still while values come in."""
    if high <= low:
        wide = abs(low) * 0.5 or 0.5
        return low - wide, low + wide
    step = 10.0 ** math.floor(math.log10(high - low)) / 2
    return math.floor(low / step) * step, math.ceil(high / step) * step
