"""Draws from one generator without a scenario: a block of addresses, and a site that only gives keys and numbers.

    drawn("normal", rows=1_000_000, mean=0.0, std=np.array([...]))

An argument that is an array stands for an expression with one value per row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import polars as pl

from synthwb.engine.block import Block, Number
from synthwb.engine.columns import Column
from synthwb.engine.draws import key_of, mix
from synthwb.generators.registry import Generator, generator
from synthwb.scenario.diagnostics import Span
from synthwb.scenario.model import Call, Clock, Expression

SPAN = Span(0, 0, 1, 1, 1, 1)
EXPRESSION = Expression("anything", (), SPAN)


class BareSite:
    """A site outside any document. ``rows`` holds the values of expressions by their text."""

    locales: tuple[tuple[str, Fraction], ...] = (("en_US", Fraction(1)),)
    clock = Clock(start=0)

    def __init__(self, seed: int, path: str, rows: Mapping[str, np.ndarray]) -> None:
        self.seed = seed
        self.path = path
        self._rows = rows

    def key(self, aspect: str = "") -> int:
        return key_of(self.seed, self.path, aspect)

    def number(self, argument: float | Expression) -> Number:
        if isinstance(argument, Expression):
            values = self._rows[argument.text]
            return lambda block: values[block.ordinal]
        fixed = float(argument)
        return lambda block: fixed


def named(name: str) -> Generator:
    """The registered generator; a test of a name that is not there should say so."""
    found = generator(name)
    assert found is not None, f"no generator is called {name!r}"
    return found


def arguments(name: str, **given: Any) -> dict[str, Any]:
    """All arguments, defaults included."""
    args = {parameter.name: parameter.default for parameter in named(name).parameters}
    unknown = set(given) - set(args)
    assert not unknown, f"{name} has no parameter {unknown}"
    return args | given


def problems(name: str, **given: Any) -> list[tuple[str, str]]:
    """What the generator says against these arguments."""
    return list(named(name).problems(arguments(name, **given)))


def weights(*pairs: tuple[Any, Any]) -> tuple[tuple[Any, Fraction], ...]:
    """Options of a choice."""
    return tuple((value, Fraction(str(weight))) for value, weight in pairs)


def block_of(rows: int, first: int = 0) -> Block:
    """Rows ``first`` to ``first + rows`` of an event type without columns."""
    ordinal = np.arange(first, first + rows, dtype=np.int64)
    return Block(mix(ordinal.astype(np.uint64), 0x5EED), np.zeros(rows, np.int64), ordinal)


def bound(name: str, *, seed: int = 42, path: str = "e.x", **given: Any) -> Callable[[Block], Column]:
    """The compiled generator."""
    rows = {key: value for key, value in given.items() if isinstance(value, np.ndarray)}
    args = given | {key: Expression(key, (), SPAN) for key in rows}
    return named(name).bind(Call(name, arguments(name, **args), SPAN), BareSite(seed, path, rows))


def drawn(name: str, rows: int = 1000, *, seed: int = 42, path: str = "e.x", **given: Any) -> pl.Series:
    """Values for the first ``rows`` rows."""
    return bound(name, seed=seed, path=path, **given)(block_of(rows)).series()
