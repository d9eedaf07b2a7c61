"""Whole numbers, by their laws.

Every parameter but those of `zipf` may be an expression over earlier fields; then each row has a law of its own, and a
row whose parameter is NULL or impossible is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import bounds_in_order, fixed, number
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Expression

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits, Floats
    from synthwb.scenario.model import Call

__all__ = ["Binomial", "Geometric", "Integer", "Poisson", "Zipf"]

_POOLED = 1 << 16  # integers up to which each is rendered once
_POISSON_LARGEST = 1e9  # these three as in synthwb.engine.laws, which imports numpy
_BINOMIAL_LARGEST = 10**15
_RAREST = 1e-12  # of a geometric law: below, 52 random bits leave gaps between its counts


class _Whole(Generator):
    """A law of whole numbers."""

    family = "numbers"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always whole numbers."""
        return DType.INTEGER


@register
class Integer(_Whole):
    """A whole number from ``min`` to ``max``, both included, all equally likely.

    No value is favoured by more than 2**-32 of its share. Bounds given by expressions are rounded inwards.
    """

    name = "integer"
    parameters = (
        Parameter("min", Kind.INTEGER, "The smallest value.", 0, expression=True),
        Parameter("max", Kind.INTEGER, "The largest value.", expression=True),
    )
    examples = ("{integer: {min: 1, max: 6}}", '{integer: {min: 0, max: {expr: "1 + event.ordinal"}}}')
    source = "Lemire 2019, Fast random integer generation in an interval, ACM TOMACS 29(1)"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Bounds in order."""
        return bounds_in_order(args)

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """Max - min + 1, unless a bound is an expression."""
        found = fixed(args, "min", "max")
        return None if found is None else int(found[1] - found[0] + 1)

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Counted from ``min``."""
        from synthwb.engine.laws.results import offsets

        return offsets(call.args["min"])

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """Rows ``min`` to ``max``, as far as there are rows, all equally often."""
        import numpy as np

        from synthwb.engine.laws.discrete import below

        first = min(max(call.args["min"], 0), size - 1)
        count = min(max(call.args["max"], first), size - 1) - first + 1
        return lambda bits: (below(bits, count, bits.copy) + np.uint64(first)).astype(np.uint32)

    def bind(self, call: Call, site: Site) -> Draw:
        """A pool for few values, plain integers for many or for bounds per row."""
        import numpy as np
        import polars as pl

        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import below
        from synthwb.engine.laws.results import offsets, whole_numbers

        low, high = call.args["min"], call.args["max"]
        key, more = site.key(), site.key("more")
        if isinstance(low, Expression) or isinstance(high, Expression):
            bounds = [bound if isinstance(bound, int) else site.number(bound) for bound in (low, high)]
            return whole_numbers(bounds[0], bounds[1], key, more)
        size = high - low + 1
        if size > _POOLED:
            column = offsets(low)
            return lambda block: column(below(block.bits(key), size, lambda: block.bits(more)))
        pool = Pool(pl.Series(np.arange(size, dtype=np.int64) + low))
        return lambda block: Column.coded(pool, below(block.bits(key), size, lambda: block.bits(more)))


@register
class Poisson(_Whole):
    """The Poisson law: how many events fall into a span, 0, 1, 2, ...; its variance equals its mean."""

    name = "poisson"
    parameters = (number("mean", "The mean number of events.", minimum=0.0, maximum=_POISSON_LARGEST),)
    shorthand = "mean"
    examples = ("{poisson: {mean: 1.4}}", "{poisson: 3}", '{poisson: {mean: {expr: "0.5 + event.ordinal"}}}')
    source = "Giles 2016, Algorithm 955, ACM TOMS 42(1), for means from 128; summed term by term below"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A mean that can be counted up to."""
        found = fixed(args, "mean")
        if found is not None and not 0 <= found[0] <= _POISSON_LARGEST:
            yield "mean", f"{found[0]:g} is outside 0 to 1e9; use normal with std sqrt(mean) for larger counts"

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """The count is the row; counts beyond the last row pick it."""
        import numpy as np

        from synthwb.engine.laws.continuous import poisson

        mean = float(call.args["mean"])
        return lambda bits: np.minimum(poisson(bits, mean), size - 1).astype(np.uint32)

    def bind(self, call: Call, site: Site) -> Draw:
        """Exact thresholds for a fixed small mean; else the inverse distribution function, row by row."""
        from synthwb.engine.laws.continuous import POISSON_DIRECT, poisson, poisson_steps
        from synthwb.engine.laws.discrete import Table
        from synthwb.engine.laws.results import integers, table_of_integers

        argument, key = call.args["mean"], site.key()
        if not isinstance(argument, Expression) and argument < POISSON_DIRECT:
            return table_of_integers(Table(poisson_steps(float(argument))), 0, key)
        mean = site.number(argument)

        def draw(block: Block) -> Column:
            counts = poisson(block.bits(key), mean(block))
            return integers(counts, counts >= 0)

        return draw


@register
class Binomial(_Whole):
    """The binomial law: how many of ``n`` trials succeed, each with probability ``p`` by itself.

    The mean is n * p, the variance n * p * (1 - p). For ``n`` given by an expression the whole number below counts.
    """

    name = "binomial"
    parameters = (
        Parameter("n", Kind.INTEGER, "The number of trials.", minimum=0, maximum=_BINOMIAL_LARGEST, expression=True),
        Parameter("p", Kind.PROBABILITY, "The probability of success in each trial.", None, expression=True),
        number("mean", "The mean number of successes: n * p.", None, minimum=0.0),
    )
    alternatives = (("p", "mean"),)
    examples = (
        "{binomial: {n: 20, p: 30%}}",
        "{binomial: {n: 1000, mean: 2.5}}",
        '{binomial: {n: {expr: "10 + event.ordinal"}, p: 0.5}}',
    )
    source = (
        "Hörmann 1993, The generation of binomial random variates, J. Stat. Comput. Simul. 46; summed below mean 10"
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A number of trials that can be counted, and a probability."""
        n, p, mean = (fixed(args, name) for name in ("n", "p", "mean"))
        if n is not None and not 0 <= n[0] <= _BINOMIAL_LARGEST:
            yield "n", f"{n[0]:,} is outside 0 to 10**15"
        elif p is not None and not 0 <= p[0] <= 1:
            yield "p", f"{p[0]:g} is outside 0 to 1"
        elif mean is not None and (mean[0] < 0 or (n is not None and mean[0] > n[0])):
            trials = "" if n is None else f"; {n[0]:,} trials have between 0 and {n[0]:,} successes"
            yield "mean", f"{mean[0]:g} is no mean{trials}"

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """The count is the row; counts beyond the last row pick it."""
        import numpy as np

        from synthwb.engine.laws.binomial import binomial

        n, p = float(call.args["n"]), self._chance(call.args)
        return lambda bits: np.clip(binomial(bits, (0, 1), n, p), 0, size - 1).astype(np.uint32)

    @staticmethod
    def _chance(args: Mapping[str, Any]) -> float:
        """The probability of success, where it is fixed."""
        if args["p"] is not None:
            return float(args["p"])
        return float(args["mean"]) / args["n"] if args["n"] else 0.0

    def bind(self, call: Call, site: Site) -> Draw:
        """Exact thresholds for a fixed law of small mean; else summed or proposed and accepted, row by row."""
        import numpy as np

        from synthwb.engine.laws.binomial import binomial
        from synthwb.engine.laws.results import integers

        args, key, more = call.args, site.key(), site.key("accepted")
        given = "p" if args["p"] is not None else "mean"
        if fixed(args, "n", given) is not None and (law := _few_successes(args["n"], self._chance(args), key)):
            return law
        n, chance = site.number(args["n"]), site.number(args[given])

        def draw(block: Block) -> Column:
            with np.errstate(all="ignore"):
                trials, p = np.floor(n(block)), chance(block)
                if given == "mean":
                    p = np.where(trials > 0, p / np.maximum(trials, 1.0), np.where(np.asarray(p) == 0.0, 0.0, np.nan))
            counts = binomial(block.address, (key, more), trials, p)
            return integers(counts, counts >= 0)

        return draw


def _few_successes(n: int, p: float, key: int) -> Draw | None:
    """A binomial law of few successes, or of few failures, as a table of its counts."""
    import numpy as np
    import polars as pl

    from synthwb.engine.columns import Column, Pool
    from synthwb.engine.laws.binomial import BINOMIAL_DIRECT, binomial_steps
    from synthwb.engine.laws.discrete import Table

    fewer = 1.0 - p if p > 0.5 else p
    if n * fewer >= BINOMIAL_DIRECT:
        return None
    table = Table(binomial_steps(n, fewer))
    counts = np.arange(table.count, dtype=np.int64)
    pool = Pool(pl.Series(n - counts if p > 0.5 else counts))
    return lambda block: Column.coded(pool, table(block.bits(key)))


@register
class Geometric(_Whole):
    """The geometric law: how many trials until the first success, each with probability ``p`` by itself.

    Trials are counted from 1, the mean is 1 / p. With ``of: failures`` only those before the success are counted, from
    0, and the mean is 1 / p - 1.
    """

    name = "geometric"
    parameters = (
        Parameter("p", Kind.PROBABILITY, "The probability of success in each trial.", None, expression=True),
        number("mean", "The mean of what is counted.", None, minimum=0.0),
        Parameter("of", Kind.ENUM, "What is counted.", "trials", choices=("trials", "failures")),
    )
    shorthand = "p"
    alternatives = (("p", "mean"),)
    examples = ("{geometric: 20%}", "{geometric: {mean: 3.5}}", "{geometric: {p: 0.2, of: failures}}")
    source = "Devroye 1986, Non-Uniform Random Variate Generation, section X.2: the inverse distribution function"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A probability that lets somebody succeed."""
        p, mean = fixed(args, "p"), fixed(args, "mean")
        least = 1 if args["of"] == "trials" else 0
        if p is not None and not _RAREST <= p[0] <= 1:
            yield "p", f"{p[0]:g} is outside 1e-12 to 1, and without a success there is no end of trials"
        elif mean is not None and not least <= mean[0] <= 1 / _RAREST:
            yield "mean", f"{mean[0]:g} is outside {least} to 1e12, which {args['of']} until a success take on average"

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """The failures are the row; counts beyond the last row pick it."""
        import numpy as np

        fixed_chance = float(call.args["p"]) if call.args["p"] is not None else None
        mean = float(call.args["mean"] or 0.0)
        p = 1.0 / (mean + (call.args["of"] == "failures")) if fixed_chance is None else fixed_chance
        return lambda bits: np.minimum(_failures(bits, p), size - 1).astype(np.uint32)

    def bind(self, call: Call, site: Site) -> Draw:
        """The standard exponential in steps of -log(1 - p)."""
        import numpy as np

        from synthwb.engine.laws.results import integers

        args, key = call.args, site.key()
        given = "p" if args["p"] is not None else "mean"
        chance, first = site.number(args[given]), int(args["of"] == "trials")

        def draw(block: Block) -> Column:
            p = chance(block)
            with np.errstate(all="ignore"):
                if given == "mean":
                    p = 1.0 / (np.asarray(p) + (1 - first))
                p = np.where((np.asarray(p) >= _RAREST) & (np.asarray(p) <= 1.0), p, np.nan)
                counts = _failures(block.bits(key), p)
            valid = np.broadcast_to(~np.isnan(p), len(block))
            return integers(np.where(valid, counts, 0.0).astype(np.int64) + first, valid)

        return draw


def _failures(bits: Bits, p: float | Floats) -> Floats:
    """Failures before the first success, as whole floats; NaN where p is NaN."""
    import numpy as np

    from synthwb.engine.laws.continuous import standard_exponential
    from synthwb.engine.laws.special import log1p

    with np.errstate(all="ignore"):
        return np.floor(standard_exponential(bits) / -log1p(-np.asarray(p)))


@register
class Zipf(_Whole):
    """Zipf's law: the values 1 to ``n``, each with a share proportional to value ** -exponent.

    A few values take most of the picks, as with words, web pages and customers. Exponent 0 makes all alike; with 1.1
    and 5,000 values the first has 16 % of the picks. As ``activity`` of an entity and as ``pick`` of a reference it
    decides who is picked how often, and ``n`` is the number of rows unless it is written.
    """

    name = "zipf"
    parameters = (
        Parameter("exponent", Kind.NUMBER, "How steep: 0 (all alike) to 100.", 1.0, minimum=0.0, maximum=100.0),
        Parameter(
            "n",
            Kind.INTEGER,
            "The number of values: 1,000 in a field, all rows as a law of picks, unless written.",
            None,
            minimum=1,
            maximum=10**15,
        ),
    )
    examples = ("{zipf: {exponent: 1.1, n: 5000}}", "zipf")
    source = "Zipf 1949; the tail by the inverted integral, as in Hörmann and Derflinger 1996, ACM TOMACS 6(3)"

    _DEFAULT = 1000

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """An exponent of 0 or more, at least one value."""
        if not 0 <= args["exponent"] <= 100:
            yield "exponent", f"{args['exponent']:g} is outside 0 to 100"
        if args["n"] is not None and not 1 <= args["n"] <= 10**15:
            yield "n", f"{args['n']:,} is outside 1 to 10**15"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """``n``."""
        return int(args["n"] or self._DEFAULT)

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Counted from 1."""
        from synthwb.engine.laws.results import offsets

        return offsets(1)

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """Rank r, from 0, with a share proportional to (r + 1) ** -exponent."""
        import numpy as np

        from synthwb.engine.laws.discrete import zipf

        law = zipf(float(call.args["exponent"]), min(call.args["n"] or size, size))
        return lambda bits: law(bits).astype(np.uint32)

    def bind(self, call: Call, site: Site) -> Draw:
        """A pool for few values, plain integers for many."""
        import numpy as np
        import polars as pl

        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import zipf

        count, key = call.args["n"] or self._DEFAULT, site.key()
        law = zipf(float(call.args["exponent"]), count)
        if count > _POOLED:
            return lambda block: Column.of(law(block.bits(key)) + 1)
        pool = Pool(pl.Series(np.arange(1, count + 1, dtype=np.int64)))
        return lambda block: Column.coded(pool, law(block.bits(key)))
