"""Expressions of the language, compiled to one Polars select per block.

What the numbers mean (stated here, tested in ``tests/unit/engine/test_expressions.py``):

- NULL in, NULL out; ``AND``, ``OR``, ``NOT`` and comparisons are three-valued, as in SQL. An absent value is NULL.
- Integers have 64 bits. A result of ``+ - *`` beyond them is NULL, never a wrapped number.
- ``/`` divides as floats. Division by zero is NULL. ``%`` has the sign of its first operand, ``div`` cuts towards zero.
- An integer with a float gives a float, with a decimal a decimal; a decimal keeps its scale.
- NaN and infinity become NULL where they arise. A result of zero has no sign.
- `round` rounds halves away from zero. A cast that fails is NULL; a float cast to integer rounds the same way.
- Transcendental functions are the engine's own, the same to the last bit on every CPU.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.columns import Column, Pool
from synthwb.engine.expressions import scalars
from synthwb.engine.expressions.calls import call
from synthwb.engine.expressions.casts import cast
from synthwb.engine.expressions.reading import BackEnd, Reader, known
from synthwb.engine.expressions.scalars import ExpressionError, Term
from synthwb.scenario.expressions import column_path, parse_expression
from synthwb.scenario.model import Expression

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Number

__all__ = ["ExpressionError", "compile_expression", "compile_number"]

_POOLS = 8  # pools whose values are kept per expression; more means that pools are not kept by whoever makes them
_POLARS: BackEnd[Term] = BackEnd(
    scalars.column,
    scalars.constant,
    scalars.finite,
    scalars.arithmetic,
    scalars.compare,
    scalars.both,
    scalars.either,
    scalars.negated,
    scalars.is_null,
    scalars.choose,
    scalars.joined,
    scalars.like,
    cast,
    call,
)


def compile_expression(expression: Expression, schema: Mapping[str, pl.DataType]) -> Draw:
    """A draw that evaluates ``expression`` over columns of these types; its dtype does not depend on the rows.

    A constant is evaluated once; an expression that reads a single pool is evaluated on the pool, not on the rows.
    Raises ExpressionError if a name is unknown or types do not fit together.
    """
    tree = parse_expression(expression.text)
    path = column_path(tree)
    if path is not None:
        name = known(path, schema, expression.text)
        return lambda block: block.column(name)
    reader = Reader(_POLARS, schema, expression.text)
    term = scalars.result(reader.open(tree))
    value = term.value.alias("")
    if not reader.names:
        return _constant(pl.select(value).to_series())
    return _rows(value, tuple(reader.names))


def compile_number(argument: float | Expression, schema: Mapping[str, pl.DataType]) -> Number:
    """A numeric argument: one float for all rows, or one per row with NaN for NULL.

    Raises ExpressionError if the expression does not give a number.
    """
    if not isinstance(argument, Expression):
        fixed = float(argument)
        return lambda block: fixed
    reader = Reader(_POLARS, schema, argument.text)
    term = scalars.as_float(scalars.result(reader.open(parse_expression(argument.text))))
    value = term.value.fill_null(float("nan")).alias("")
    if not reader.names:
        constant = float(pl.select(value).item())
        return lambda block: constant
    draw = _rows(value, tuple(reader.names))

    def number(block: Block) -> NDArray[np.float64]:
        return draw(block).series().to_numpy()

    return number


def _constant(values: pl.Series) -> Draw:
    pool = Pool(values)
    return lambda block: Column.coded(pool, np.zeros(len(block), np.uint32))


def _rows(value: pl.Expr, names: tuple[str, ...]) -> Draw:
    """One select over the columns that are read."""
    only = names[0] if len(names) == 1 else None
    pools: dict[int, tuple[Pool, Pool]] = {}

    def draw(block: Block) -> Column:
        if only is not None:
            column = block.column(only)
            pool, codes, absent = column.pool, column.codes, column.absent
            if pool is not None and codes is not None and absent is None and len(pools) < _POOLS:
                known = pools.get(id(pool))
                if known is None:
                    known = pools[id(pool)] = (pool, Pool(_select([pool.series.alias(only)], value)))
                return Column.coded(known[1], codes)
        return Column.of(_select([block.column(name).series(name) for name in names], value))

    return draw


def _select(columns: list[pl.Series], value: pl.Expr) -> pl.Series:
    frame = pl.DataFrame(columns)
    found = frame.select(value).to_series()
    return found if len(found) == len(frame) else found.new_from_index(0, len(frame))
