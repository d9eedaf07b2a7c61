"""All that a method can give, with exact weights, found by taking every way through it.

A method is run with a random state that answers each question (one of n, one of these weights) with a prepared number
and notes what was asked. Run after run, the next way is taken, until there is none left. Methods with too many ways, or
that draw from a continuum, have no such list.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NoReturn

__all__ = ["MOST", "outcomes"]

MOST = 10_000
"""Ways through a method up to which all are taken."""

_LONGEST = 64  # questions on one way: a loop that draws until something fits does not end
_WIDEST = 14  # random bits that are asked for at once


class _TooMany(BaseException):
    """More ways than can be taken. No `Exception`: some of Faker's code catches all of those."""


class _Oracle(random.Random):
    """Answers by a prepared way: at each question the number of an answer; beyond it, always the first answer."""

    def __init__(self, way: Sequence[int]) -> None:
        super().__init__(0)
        self.way = list(way)
        self.shares: list[tuple[float, ...] | int] = []  # weights of the answers, or how many even ones there are

    def _answer(self, shares: tuple[float, ...] | int) -> int:
        place = len(self.shares)
        if place == _LONGEST:
            raise _TooMany
        self.shares.append(shares)
        if place == len(self.way):
            self.way.append(0)
        return self.way[place]

    def _randbelow(self, n: int) -> int:
        return self._answer(n) if n > 1 else 0

    def getrandbits(self, k: int, /) -> int:
        if k > _WIDEST:
            raise _TooMany
        return self._answer(1 << k)

    def choices(self, population: Any, weights: Any = None, *, cum_weights: Any = None, k: int = 1) -> list[Any]:
        if cum_weights is not None:
            sums = list(cum_weights)
            weights = [high - low for low, high in zip([0, *sums], sums, strict=False)]
        shares = len(population) if weights is None else tuple(float(weight) for weight in weights)
        return [population[self._answer(shares)] for _ in range(k)]

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise _TooMany

    random = uniform = gauss = betavariate = expovariate = triangular = normalvariate = _refuse

    def probability(self) -> float:
        """Of the way that was taken."""
        return prod(
            1 / share if isinstance(share, int) else share[answer] / sum(share)
            for share, answer in zip(self.shares, self.way, strict=True)
        )

    def following(self) -> list[int] | None:
        """The next way, or None after the last."""
        way = list(self.way)
        while way:
            share = self.shares[len(way) - 1]
            way[-1] += 1
            if way[-1] < (share if isinstance(share, int) else len(share)):
                return way
            way.pop()
        return None


def outcomes(run: Callable[[random.Random], Any]) -> list[tuple[Any, float]] | None:
    """Every value of ``run(state)`` with its probability, in the order of first occurrence; None if there are too many.

    What ``run`` itself raises is passed on.
    """
    found: dict[str, list[Any]] = {}
    way: list[int] | None = []
    for _ in range(MOST + 1):
        if way is None:
            return [(value, share) for value, share in found.values()]
        oracle = _Oracle(way)
        try:
            value = run(oracle)
        except _TooMany:
            return None
        if prod(share if isinstance(share, int) else len(share) for share in oracle.shares) > MOST:
            return None
        probability = oracle.probability()
        if probability:
            found.setdefault(repr(value), [value, 0.0])[1] += probability
        way = oracle.following()
    return None
