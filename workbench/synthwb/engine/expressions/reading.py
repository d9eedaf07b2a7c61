"""One walk over the tree of an expression for all back ends: what its nodes mean, in a back end's operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import polars as pl
from sqlglot import exp

from synthwb.engine.expressions.scalars import Constant, ExpressionError, Typed
from synthwb.scenario.expressions import call_name, cast_name, column_path
from synthwb.scenario.functions import CASTS
from synthwb.scenario.model import DType

__all__ = ["BackEnd", "Reader", "known"]

T = TypeVar("T", bound=Typed)


@dataclass(frozen=True, slots=True)
class BackEnd(Generic[T]):
    """The operations of a back end, named as in `scalars`, `casts` and `calls`.

    ``T``: its term, a typed value yet to come.
    """

    column: Callable[[str, pl.DataType], T]
    constant: Callable[[Constant], T]
    finite: Callable[[T], T]
    arithmetic: Callable[[str, T, T], T]
    compare: Callable[[str, T, T], T]
    both: Callable[[T, T], T]
    either: Callable[[T, T], T]
    negated: Callable[[T], T]
    is_null: Callable[[T], T]
    choose: Callable[[Sequence[T], Sequence[T], T], T]
    joined: Callable[[T, T], T]
    like: Callable[[T, T, bool], T]
    cast: Callable[[T, DType], T]
    call: Callable[[str, Sequence[T]], T]


def known(path: str, schema: Mapping[str, pl.DataType], text: str) -> str:
    """The name of a column that is there: as written, or without the owner that an absolute path begins with.

    Raises ExpressionError, which quotes the expression's ``text``, if there is none.
    """
    if path in schema:
        return path
    short = path.partition(".")[2]
    if short in schema:
        return short
    raise ExpressionError(f"expression {text!r} reads {path!r}, which is not there; there are {', '.join(schema)}")


class Reader(Generic[T]):
    """Walks one tree. ``names``: the columns that it reads, in order of appearance."""

    def __init__(self, end: BackEnd[T], schema: Mapping[str, pl.DataType], text: str) -> None:
        self.end = end
        self.names: dict[str, None] = {}
        self._schema = schema
        self._text = text

    def term(self, node: exp.Expression) -> T:
        """The value of a node. Raises ExpressionError if a name is unknown or types do not fit together."""
        found = self.open(node)
        return self.end.finite(found) if isinstance(node.unnest(), _OPEN) else found

    def terms(self, nodes: Sequence[exp.Expression]) -> list[T]:
        """Several nodes."""
        return [self.term(node) for node in nodes]

    def open(self, node: exp.Expression) -> T:
        """As `term`, but sums, differences and products of floats may still hold NaN and infinity in place of NULL.

        Such a value stays odd through any more of them, so it is enough to look once, where something else reads it.
        """
        path = column_path(node)
        if path is not None:
            name = known(path, self._schema, self._text)
            self.names[name] = None
            return self.end.column(name, self._schema[name])
        for kind, read in _READERS.items():
            if isinstance(node, kind):
                found: T = read(self, node)
                return found
        raise ExpressionError(f"{node.sql()!r} in {self._text!r} is not available in expressions")

    def literal(self, node: exp.Literal) -> T:
        """Text, an integer or a float."""
        if node.is_string:
            return self.end.constant(node.name)
        if node.name.isdecimal():
            whole = int(node.name)
            if whole >= 2**63:
                raise ExpressionError(f"the number {node.name} does not fit 64 bits")
            return self.end.constant(whole)
        return self.end.constant(float(node.name))

    def negative(self, node: exp.Neg) -> T:
        """Minus: of a constant at once, otherwise checked like a subtraction."""
        inner = self.open(node.this)
        if isinstance(inner.constant, int | float) and not isinstance(inner.constant, bool):
            return self.end.constant(-inner.constant)
        return self.end.arithmetic("-", self.end.constant(0), inner)

    def between(self, node: exp.Between) -> T:
        """``low <= x AND x <= high``."""
        value = self.term(node.this)
        low, high = self.term(node.args["low"]), self.term(node.args["high"])
        return self.end.both(self.end.compare(">=", value, low), self.end.compare("<=", value, high))

    def within(self, node: exp.In) -> T:
        """Equal to one of a list; NULL if it is not and the list holds a NULL."""
        value = self.term(node.this)
        found: T | None = None
        for item in self.terms(node.expressions):
            equal = self.end.compare("=", value, item)
            found = equal if found is None else self.end.either(found, equal)
        assert found is not None
        return found

    def case(self, node: exp.Case) -> T:
        """``CASE``, with or without an operand."""
        operand = self.term(node.this) if node.this is not None else None
        conditions, values = [], []
        for branch in node.args["ifs"]:
            condition = self.term(branch.this)
            conditions.append(condition if operand is None else self.end.compare("=", operand, condition))
            values.append(self.term(branch.args["true"]))
        default = node.args.get("default")
        last = self.term(default) if default is not None else self.end.constant(None)
        return self.end.choose(conditions, values, last)

    def like(self, node: exp.Expression) -> T:
        """``LIKE`` and ``ILIKE`` with a constant pattern."""
        pattern = self.term(node.args["expression"])
        return self.end.like(self.term(node.this), pattern, isinstance(node, exp.ILike))


_Read = Callable[[Reader[Any], Any], Any]


def _open(sign: str) -> _Read:
    return lambda reader, node: reader.end.arithmetic(sign, reader.open(node.this), reader.open(node.expression))


def _closed(sign: str) -> _Read:
    return lambda reader, node: reader.end.arithmetic(sign, reader.term(node.this), reader.term(node.expression))


def _compare(sign: str) -> _Read:
    return lambda reader, node: reader.end.compare(sign, reader.term(node.this), reader.term(node.expression))


_OPEN = (exp.Add, exp.Sub, exp.Mul, exp.Neg)
_READERS: dict[type[exp.Expression], _Read] = {
    exp.Paren: lambda reader, node: reader.open(node.this),
    exp.Literal: Reader.literal,
    exp.Boolean: lambda reader, node: reader.end.constant(bool(node.this)),
    exp.Null: lambda reader, node: reader.end.constant(None),
    exp.Neg: Reader.negative,
    exp.Add: _open("+"),
    exp.Sub: _open("-"),
    exp.Mul: _open("*"),
    exp.Div: _closed("/"),
    exp.Mod: _closed("%"),
    exp.EQ: _compare("="),
    exp.NEQ: _compare("<>"),
    exp.GT: _compare(">"),
    exp.GTE: _compare(">="),
    exp.LT: _compare("<"),
    exp.LTE: _compare("<="),
    exp.And: lambda reader, node: reader.end.both(reader.term(node.this), reader.term(node.expression)),
    exp.Or: lambda reader, node: reader.end.either(reader.term(node.this), reader.term(node.expression)),
    exp.Not: lambda reader, node: reader.end.negated(reader.term(node.this)),
    exp.Is: lambda reader, node: reader.end.is_null(reader.term(node.this)),
    exp.Between: Reader.between,
    exp.In: Reader.within,
    exp.Case: Reader.case,
    exp.Like: Reader.like,
    exp.ILike: Reader.like,
    exp.DPipe: lambda reader, node: reader.end.joined(reader.term(node.this), reader.term(node.expression)),
    exp.Cast: lambda reader, node: reader.end.cast(reader.term(node.this), CASTS[cast_name(node)]),
    exp.Anonymous: lambda reader, node: reader.end.call(call_name(node), reader.terms(node.expressions)),
}
