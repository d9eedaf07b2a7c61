"""What stands beside a generator: bounds, rounding, types, case, fixed sets, repeats, nulls, absence, in that order.

Each modifier wraps a `Draw`. What only changes values is applied to a pool rather than to the rows that point into it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.again import Recall, Withheld, from_set, repeated
from synthwb.engine.block import Block, Draw, Number, Site
from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits, mix, unit
from synthwb.scenario.model import DType, Expression, Modifiers

__all__ = ["modified", "nothing_within"]

_ATTEMPTS = 64  # draws of one value before the bound itself is taken
_TRIED = 4096  # values of which one must lie within the bounds
_CASES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "lower": lambda text: text.str.to_lowercase(),
    "upper": lambda text: text.str.to_uppercase(),
    "title": lambda text: text.str.to_titlecase(),
}


def modified(value: Draw, modifiers: Modifiers, site: Site, recall: Recall) -> Draw:
    """``value`` with all modifiers applied. ``recall`` finds earlier values of the field, for ``repeat``."""
    if modifiers.minimum is not None or modifiers.maximum is not None:
        value = _bounded(value, modifiers, site)
    if modifiers.round is not None:
        digits = modifiers.round
        value = _mapped(value, lambda series: _rounded(series, digits), ("round", digits))
    if modifiers.as_type is not None:
        wanted, places = modifiers.as_type, modifiers.round if modifiers.scale is None else modifiers.scale
        value = _mapped(value, lambda series: _cast(series, wanted, places), ("as", wanted, places))
    if modifiers.case is not None:
        value = _cased(value, modifiers.case)
    if modifiers.cardinality is not None:
        value = from_set(value, modifiers.cardinality, recall.local, site.path, site.key, site.clock.start)
    if modifiers.repeat:
        value = repeated(value, modifiers.repeat, recall, site.key, _withheld(modifiers, site, recall))
    if modifiers.nullable:
        value = _nulled(value, _chance(modifiers.nullable, site, "nullable"))
    if modifiers.missing or modifiers.when is not None:
        value = _absent(value, modifiers, site)
    return value


def nothing_within(value: Draw, modifiers: Modifiers) -> bool:
    """Whether fixed bounds leave out whatever a field gives that reads nothing: drawing again has no end then."""
    low, high = modifiers.minimum, modifiers.maximum
    if isinstance(low, Expression) or isinstance(high, Expression):
        return False
    rows = np.arange(_TRIED)
    block = Block(mix(rows.astype(np.uint64), 0), np.zeros(_TRIED, np.int64), rows, trial=True)
    known = value(block).series().cast(pl.Float64).drop_nulls()
    edges = (-math.inf if low is None else low, math.inf if high is None else high)
    return len(known) > 0 and not known.is_between(*edges).any()


def _mapped(value: Draw, change: Callable[[pl.Series], pl.Series], how: Hashable, *, safe: bool = False) -> Draw:
    """Apply ``change`` to the values; ``how`` names it, for the pools that it has changed already."""
    return lambda block: _changed(value(block), change, how, safe=safe)


def _changed(column: Column, change: Callable[[pl.Series], pl.Series], how: Hashable, *, safe: bool) -> Column:
    safe = safe and column.ascii_safe
    if column.pool is None or column.codes is None:
        changed = Column.of(change(column.series()), ascii_safe=safe)
    else:
        changed = Column.coded(column.pool.mapped(how, change), column.codes, ascii_safe=safe)
    return changed if column.absent is None else changed.without(column.absent)


def _cased(value: Draw, case: str) -> Draw:
    """Text in another case. ASCII changes letter by letter, so that text in parts can stay in parts."""
    letters = _CASES[case]

    def change(series: pl.Series) -> pl.Series:
        return series.to_frame("x").select(letters(pl.col("x"))).to_series()

    def cased(part: str | Column) -> str | Column:
        if isinstance(part, str):
            return part.lower() if case == "lower" else part.upper()
        return _changed(part, change, ("case", case), safe=True)

    def draw(block: Block) -> Column:
        column = value(block)
        if not column.parts or not column.ascii_safe or column.absent is not None or case == "title":
            return _changed(column, change, ("case", case), safe=True)
        return Column.together([cased(part) for part in column.parts], ascii_safe=True)

    return draw


def _rounded(series: pl.Series, digits: int) -> pl.Series:
    if not (series.dtype.is_float() or series.dtype.is_decimal()):
        return series
    return series.round(digits, mode="half_away_from_zero")  # as `round` in an expression does


def _cast(series: pl.Series, wanted: DType, digits: int | None) -> pl.Series:
    """Values as another type; what cannot be converted becomes null. A float becomes the nearest integer."""
    if wanted is DType.INTEGER:
        if series.dtype == pl.String:
            series = series.str.strip_chars().cast(pl.Float64, strict=False)
        return (series.round(0, mode="half_away_from_zero") if series.dtype.is_float() else series).cast(
            pl.Int64, strict=False
        )
    if wanted is DType.FLOAT:
        return series.cast(pl.Float64, strict=False)
    if wanted is DType.DECIMAL:
        return _decimal(series, 2 if digits is None else digits)
    if wanted is DType.BOOLEAN:
        if series.dtype == pl.String:
            lowered = series.str.to_lowercase()
            return pl.select(
                pl.when(lowered.is_in(["true", "yes", "1"]))
                .then(statement=True)
                .when(lowered.is_in(["false", "no", "0"]))
                .then(statement=False)
            ).to_series()
        return series.cast(pl.Boolean, strict=False)
    if series.dtype == pl.Boolean:
        return pl.select(pl.when(series).then(pl.lit("true")).when(~series).then(pl.lit("false"))).to_series()
    return series.cast(pl.String, strict=False)


def _decimal(series: pl.Series, scale: int) -> pl.Series:
    """Exact decimals; what has more than 38 digits becomes null. Polars would round a half to even."""
    if series.dtype.is_float():
        series = series.round(scale, mode="half_away_from_zero")
    elif series.dtype == pl.Boolean:
        series = series.cast(pl.Int64)
    return series.cast(pl.Decimal(38, scale), strict=False)


def _bounded(value: Draw, modifiers: Modifiers, site: Site) -> Draw:
    """Keep values within bounds: clip them, or draw again until they lie inside."""
    low = None if modifiers.minimum is None else site.number(modifiers.minimum)
    high = None if modifiers.maximum is None else site.number(modifiers.maximum)
    fixed = not isinstance(modifiers.minimum, Expression) and not isinstance(modifiers.maximum, Expression)
    if modifiers.bounds == "clip" and fixed:
        edges: tuple[float | None, float | None] = (modifiers.minimum, modifiers.maximum)  # type: ignore[assignment]
        return _mapped(value, lambda series: _clip(series, *edges), ("clip", *edges))

    def draw(block: Block) -> Column:
        column = value(block)
        absent = column.absent
        series = column.series()
        if modifiers.bounds == "redraw":
            series = _redrawn(value, block, series, low, high)
        bounds = [None if bound is None else _per_row(bound, block) for bound in (low, high)]
        clipped = Column.of(_clip(series, *bounds))
        return clipped if absent is None else clipped.without(absent)

    return draw


def _per_row(bound: Number, block: Block) -> float | pl.Series:
    found = bound(block)
    return found if isinstance(found, float | int) else pl.Series(found)


def _clip(series: pl.Series, low: float | pl.Series | None, high: float | pl.Series | None) -> pl.Series:
    """Clip without changing the dtype: an integer column keeps whole numbers inside fractional bounds."""
    if series.dtype.is_integer():
        low = _whole(low, up=True)
        high = _whole(high, up=False)
    return series.clip(low, high).cast(series.dtype) if low is not None or high is not None else series


def _whole(bound: float | pl.Series | None, *, up: bool) -> int | pl.Series | None:
    if bound is None:
        return None
    if isinstance(bound, pl.Series):
        return (bound.ceil() if up else bound.floor()).fill_nan(None).cast(pl.Int64, strict=False)
    return int(np.ceil(bound)) if up else int(np.floor(bound))


def _outside(values: pl.Series, block: Block, low: Number | None, high: Number | None) -> NDArray[np.bool_]:
    numbers = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    outside = np.zeros(len(numbers), np.bool_)
    if low is not None:
        outside |= numbers < low(block)
    if high is not None:
        outside |= numbers > high(block)
    return outside


def _redrawn(value: Draw, block: Block, series: pl.Series, low: Number | None, high: Number | None) -> pl.Series:
    """Draw rows that lie outside again, each attempt at addresses of its own."""
    rows = np.flatnonzero(_outside(series, block, low, high))
    for attempt in range(1, _ATTEMPTS + 1):
        if not len(rows):
            break
        again = block.again(rows, attempt)
        drawn = value(again).series()
        series = series.scatter(rows, drawn)
        rows = rows[_outside(drawn, again, low, high)]
    return series


def _chance(probability: float | Expression, site: Site, aspect: str) -> Callable[[Block], NDArray[np.bool_]]:
    """Whether it happens, per row. A probability that is NULL counts as 0."""
    key = site.key(aspect)
    if not isinstance(probability, Expression):
        if probability >= 1.0:
            return lambda block: np.ones(len(block), np.bool_)
        threshold = np.uint64(int(probability * 2.0**53) << 11)
        return lambda block: _below(block.bits(key), threshold)
    number = site.number(probability)
    return lambda block: np.less(unit(block.bits(key)), number(block))


def _below(bits: Bits, threshold: np.uint64) -> NDArray[np.bool_]:
    return bits < threshold


def _nulled(value: Draw, chance: Callable[[Block], NDArray[np.bool_]]) -> Draw:
    def draw(block: Block) -> Column:
        column = value(block)
        nulls = chance(block)
        if column.pool is not None and column.codes is not None:
            pool = column.pool.mapped("nullable", lambda series: series.extend_constant(None, 1))
            codes = np.where(nulls, np.uint32(len(pool) - 1), column.codes)
            changed = Column.coded(pool, codes, ascii_safe=column.ascii_safe)
        elif column.counts is not None:
            return column.nulled(nulls)
        else:
            rows = pl.select(pl.when(~pl.Series(nulls)).then(column.series())).to_series()
            changed = Column.of(rows, ascii_safe=column.ascii_safe)
        return changed if column.absent is None else changed.without(column.absent)

    return draw


def _absent(value: Draw, modifiers: Modifiers, site: Site) -> Draw:
    gone = _gone(modifiers, site)
    return lambda block: value(block).without(gone(block))


def _gone(modifiers: Modifiers, site: Site) -> Withheld:
    """Where ``missing`` or ``when`` leave the key out."""
    chance = _chance(modifiers.missing, site, "missing") if modifiers.missing else None
    holds = site.expression(modifiers.when) if modifiers.when is not None else None

    def gone(block: Block) -> NDArray[np.bool_]:
        absent = np.zeros(len(block), np.bool_) if chance is None else chance(block)
        if holds is not None:
            held = holds(block).series().cast(pl.Boolean).fill_null(value=False).to_numpy()
            absent = absent | ~held
        return absent

    return gone


def _withheld(modifiers: Modifiers, site: Site, recall: Recall) -> Withheld:
    """Where a value is not sent; on a block whose columns are not filled yet."""
    gone = _gone(modifiers, site)
    nulls = _chance(modifiers.nullable, site, "nullable") if modifiers.nullable else None
    reads = any(isinstance(given, Expression) for given in (modifiers.missing, modifiers.nullable, modifiers.when))

    def withheld(block: Block) -> NDArray[np.bool_]:
        if reads:
            recall.fill(block)
        return gone(block) if nulls is None else gone(block) | nulls(block)

    return withheld
