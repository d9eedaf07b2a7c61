"""Expressions of the language, compiled to one Polars select per block.

What the numbers mean (stated here, tested in ``tests/unit/engine/test_expressions.py``):

- NULL in, NULL out; ``AND``, ``OR``, ``NOT`` and comparisons are three-valued, as in SQL. An absent value is NULL.
- Integers have 64 bits. A result of ``+ - *`` beyond them is NULL, never a wrapped number.
- ``/`` divides as floats. Division by zero is NULL. ``%`` has the sign of its first operand, ``div`` cuts towards zero.
- An integer with a float gives a float, with a decimal a decimal; a decimal keeps its scale.
- NaN and infinity become NULL where they arise.
- `round` rounds halves away from zero. A cast that fails is NULL; a float cast to integer rounds the same way.
- Transcendental functions are the engine's own, the same to the last bit on every CPU.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlglot import exp

from synthwb.engine.columns import Column, Pool
from synthwb.engine.expressions import scalars
from synthwb.engine.expressions.calls import call
from synthwb.engine.expressions.scalars import ExpressionError, Term
from synthwb.scenario.expressions import call_name, cast_name, column_path, parse_expression
from synthwb.scenario.functions import CASTS
from synthwb.scenario.model import Expression

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Number

__all__ = ["ExpressionError", "compile_expression", "compile_number"]

_POOLS = 8  # pools whose values are kept per expression; more means that pools are not kept by whoever makes them


def compile_expression(expression: Expression, schema: Mapping[str, pl.DataType]) -> Draw:
    """A draw that evaluates ``expression`` over columns of these types; its dtype does not depend on the rows.

    A constant is evaluated once; an expression that reads a single pool is evaluated on the pool, not on the rows.
    Raises ExpressionError if a name is unknown or types do not fit together.
    """
    tree = parse_expression(expression.text)
    path = column_path(tree)
    if path is not None:
        found = _known(path, schema, expression.text)
        return lambda block: block.column(found)
    reader = _Reader(schema, expression.text)
    term = scalars.finite(reader.term(tree))
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
    reader = _Reader(schema, argument.text)
    term = scalars.as_float(scalars.finite(reader.term(parse_expression(argument.text))))
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


def _known(path: str, schema: Mapping[str, pl.DataType], text: str) -> str:
    """The name of a column that is there: as written, or without the owner that an absolute path begins with."""
    if path in schema:
        return path
    short = path.partition(".")[2]
    if short in schema:
        return short
    raise ExpressionError(f"expression {text!r} reads {path!r}, which is not there; there are {', '.join(schema)}")


class _Reader:
    """Walks one tree. ``names``: the columns that it reads, in order of appearance."""

    def __init__(self, schema: Mapping[str, pl.DataType], text: str) -> None:
        self._schema = schema
        self._text = text
        self.names: dict[str, None] = {}

    def term(self, node: exp.Expression) -> Term:
        """The typed Polars expression of a node."""
        path = column_path(node)
        if path is not None:
            return self._column(path)
        for kind, read in _READERS.items():
            if isinstance(node, kind):
                return read(self, node)
        raise ExpressionError(f"{node.sql()!r} in {self._text!r} is not available in expressions")

    def terms(self, nodes: list[exp.Expression]) -> list[Term]:
        """Several nodes."""
        return [self.term(node) for node in nodes]

    def _column(self, path: str) -> Term:
        name = _known(path, self._schema, self._text)
        self.names[name] = None
        return scalars.column(name, self._schema[name])

    def literal(self, node: exp.Literal) -> Term:
        """Text, an integer or a float."""
        if node.is_string:
            return scalars.constant(node.name)
        if node.name.isdecimal():
            whole = int(node.name)
            if whole >= 2**63:
                raise ExpressionError(f"the number {node.name} does not fit 64 bits")
            return scalars.constant(whole)
        return scalars.constant(float(node.name))

    def negative(self, node: exp.Neg) -> Term:
        """Minus: of a constant at once, otherwise checked like a subtraction."""
        inner = self.term(node.this)
        if isinstance(inner.constant, int | float) and not isinstance(inner.constant, bool):
            return scalars.constant(-inner.constant)
        return scalars.arithmetic("-", scalars.constant(0), inner)

    def between(self, node: exp.Between) -> Term:
        """``low <= x AND x <= high``."""
        value = self.term(node.this)
        low, high = self.term(node.args["low"]), self.term(node.args["high"])
        return scalars.both(scalars.compare(">=", value, low), scalars.compare("<=", value, high))

    def within(self, node: exp.In) -> Term:
        """Equal to one of a list; NULL if it is not and the list holds a NULL."""
        value = self.term(node.this)
        found: Term | None = None
        for item in self.terms(node.expressions):
            equal = scalars.compare("=", value, item)
            found = equal if found is None else scalars.either(found, equal)
        assert found is not None
        return found

    def case(self, node: exp.Case) -> Term:
        """``CASE``, with or without an operand."""
        operand = self.term(node.this) if node.this is not None else None
        conditions, values = [], []
        for branch in node.args["ifs"]:
            condition = self.term(branch.this)
            conditions.append(condition if operand is None else scalars.compare("=", operand, condition))
            values.append(self.term(branch.args["true"]))
        default = node.args.get("default")
        return scalars.choose(conditions, values, self.term(default) if default is not None else scalars.constant(None))

    def like(self, node: exp.Expression) -> Term:
        """``LIKE`` and ``ILIKE`` with a constant pattern."""
        pattern = self.term(node.args["expression"])
        return scalars.like(self.term(node.this), pattern, any_case=isinstance(node, exp.ILike))


_Read = Callable[[_Reader, "exp.Expression"], Term]


def _arithmetic(sign: str) -> _Read:
    return lambda reader, node: scalars.arithmetic(sign, reader.term(node.this), reader.term(node.expression))


def _compare(sign: str) -> _Read:
    return lambda reader, node: scalars.compare(sign, reader.term(node.this), reader.term(node.expression))


def _call(reader: _Reader, node: exp.Expression) -> Term:
    assert isinstance(node, exp.Anonymous)
    return call(call_name(node), reader.terms(node.expressions))


def _cast(reader: _Reader, node: exp.Expression) -> Term:
    assert isinstance(node, exp.Cast)
    return scalars.cast(reader.term(node.this), CASTS[cast_name(node)])


_READERS: dict[type[exp.Expression], _Read] = {
    exp.Paren: lambda reader, node: reader.term(node.this),
    exp.Literal: _Reader.literal,  # type: ignore[dict-item]
    exp.Boolean: lambda reader, node: scalars.constant(bool(node.this)),
    exp.Null: lambda reader, node: scalars.constant(None),
    exp.Neg: _Reader.negative,  # type: ignore[dict-item]
    exp.Add: _arithmetic("+"),
    exp.Sub: _arithmetic("-"),
    exp.Mul: _arithmetic("*"),
    exp.Div: _arithmetic("/"),
    exp.Mod: _arithmetic("%"),
    exp.EQ: _compare("="),
    exp.NEQ: _compare("<>"),
    exp.GT: _compare(">"),
    exp.GTE: _compare(">="),
    exp.LT: _compare("<"),
    exp.LTE: _compare("<="),
    exp.And: lambda reader, node: scalars.both(reader.term(node.this), reader.term(node.expression)),
    exp.Or: lambda reader, node: scalars.either(reader.term(node.this), reader.term(node.expression)),
    exp.Not: lambda reader, node: scalars.negated(reader.term(node.this)),
    exp.Is: lambda reader, node: scalars.is_null(reader.term(node.this)),
    exp.Between: _Reader.between,  # type: ignore[dict-item]
    exp.In: _Reader.within,  # type: ignore[dict-item]
    exp.Case: _Reader.case,  # type: ignore[dict-item]
    exp.Like: _Reader.like,
    exp.ILike: _Reader.like,
    exp.DPipe: lambda reader, node: scalars.joined(reader.term(node.this), reader.term(node.expression)),
    exp.Cast: _cast,
    exp.Anonymous: _call,
}
