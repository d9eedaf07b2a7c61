"""Categories: one of a few values, by weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Expression

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits
    from synthwb.scenario.model import Call

__all__ = ["Bernoulli", "Choice", "plain_text", "scalar_series", "scalar_type"]

_MOST = 1 << 20  # options of one choice


@register
class Choice(Generator):
    """One of several values, by weights: a list (all equally likely), or each value with its weight.

    Weights need no sum: 3 to 1 and 75 to 25 are the same. They are kept as exact fractions, and each share is exact to
    2**-64. Values are any YAML scalars, null included. All whole numbers give an integer field, numbers with and
    without a fraction a float field, true and false a boolean one; any other mixture becomes text.
    """

    name = "choice"
    family = "categories"
    parameters = (Parameter("values", Kind.WEIGHTS, "A list of values, or value: weight."),)
    shorthand = "values"
    whole = True
    examples = (
        "{choice: [red, green, blue]}",
        "{choice: {free: 80, plus: 17, pro: 3}}",
        "{choice: {1: 0.5, 2: 0.3, 3: 0.2}}",
        "{choice: [true, false, null]}",
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Weights must be a distribution."""
        weights = [weight for _, weight in args["values"]]
        negative = next((weight for weight in weights if weight < 0), None)
        if not weights:
            yield "values", "are none; name at least one, such as {choice: [a, b]}"
        elif len(weights) > _MOST:
            yield "values", f"are {len(weights):,}; at most {_MOST:,} are taken"
        elif negative is not None:
            yield "values", f"have a weight of {float(negative):g}; a weight is 0 or more"
        elif sum(weights) == 0:
            yield "values", "have weights that sum to nothing, so no value can be chosen; give one a weight above 0"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """The number of different values of a weight above 0."""
        return len(_possible(args["values"]))

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Values in the order in which they are written."""
        import numpy as np

        from synthwb.engine.columns import Column, Pool

        pool = Pool(scalar_series([value for _, value in _possible(call.args["values"])], self._dtype(call.args)))
        return lambda numbers: Column.coded(pool, numbers.astype(np.uint32))

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The one type that holds all values."""
        return self._dtype(args)

    def _dtype(self, args: Mapping[str, Any]) -> DType:
        return scalar_type([value for value, _ in args["values"]])

    def bind(self, call: Call, site: Site) -> Draw:
        """Codes into a pool of the values, by exact thresholds."""
        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import table_of

        options = call.args["values"]
        pool = Pool(scalar_series([value for value, _ in options], self._dtype(call.args)))
        safe = plain_text(pool.series)
        table = table_of(tuple(weight for _, weight in options))
        key = site.key()
        return lambda block: Column.coded(pool, table(block.bits(key)), ascii_safe=safe)


def _possible(options: tuple[tuple[Any, Fraction], ...]) -> dict[tuple[type, Any], None]:
    """The different values that can occur, in order; 1, 1.0 and true are different as written."""
    return dict.fromkeys((type(value), value) for value, weight in options if weight > 0)


def scalar_type(values: Iterable[Any]) -> DType:
    """The one type that holds these scalars; any mixture that is not of numbers is text."""
    found = {type(value) for value in values} - {type(None)}
    if found == {bool}:
        return DType.BOOLEAN
    if found == {int}:
        return DType.INTEGER
    return DType.FLOAT if found and found <= {int, float} else DType.STRING


def scalar_series(values: list[Any], dtype: DType) -> pl.Series:
    """Scalars as a series of that type."""
    import polars as pl

    if dtype is DType.INTEGER:
        return pl.Series(values, dtype=pl.Int64)
    if dtype is DType.FLOAT:
        return pl.Series([None if value is None else float(value) for value in values], dtype=pl.Float64)
    if dtype is DType.BOOLEAN:
        return pl.Series(values, dtype=pl.Boolean)
    return pl.Series([_text(value) for value in values], dtype=pl.String)


def _text(value: Any) -> str | None:
    """A scalar as YAML and JSON write it."""
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def plain_text(series: pl.Series) -> bool:
    """Whether it is text that needs no escape in JSON."""
    import polars as pl

    if series.dtype != pl.String:
        return False
    return all(text.isascii() and text.isprintable() and not set(text) & {'"', "\\"} for text in series.drop_nulls())


@register
class Bernoulli(Generator):
    """True with probability ``p``, else false. With an expression, the probability depends on the record.

    A row whose probability is NULL or lies outside 0 to 1 is null. The chance is exact to 2**-53.
    """

    name = "bernoulli"
    family = "categories"
    parameters = (Parameter("p", Kind.PROBABILITY, "The probability of true, 0 to 1 or 0% to 100%.", expression=True),)
    shorthand = "p"
    examples = (
        "{bernoulli: 0.3}",
        "{bernoulli: 2.5%}",
        '{bernoulli: {expr: "sigmoid(-6 + 0.02 * event.ordinal)"}}',
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A probability lies in 0 to 1."""
        p = args["p"]
        if not isinstance(p, Expression) and not 0 <= p <= 1:
            yield "p", f"is {p:g}; a probability lies between 0 and 1"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """True and false."""
        return None if isinstance(args["p"], Expression) else 1 if args["p"] in (0, 1) else 2

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """False, then true; the only one where the probability is 0 or 1."""
        import numpy as np
        import polars as pl

        from synthwb.engine.columns import Column, Pool

        pool = Pool(pl.Series([False, True]))
        first = 1 if call.args["p"] == 1 else 0
        return lambda numbers: Column.coded(pool, numbers.astype(np.uint32) + np.uint32(first))

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always true or false."""
        return DType.BOOLEAN

    def bind(self, call: Call, site: Site) -> Draw:
        """One integer comparison per row."""
        import numpy as np
        import polars as pl

        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import happens

        probability, key = site.number(call.args["p"]), site.key()
        pool = Pool(pl.Series([False, True]))
        pool_with_null = Pool(pl.Series([False, True, None]))

        def draw(block: Block) -> Column:
            p = probability(block)
            codes = happens(block.bits(key), p).astype(np.uint32)
            impossible = np.broadcast_to(~((np.asarray(p) >= 0.0) & (np.asarray(p) <= 1.0)), len(block))
            if impossible.any():
                codes[impossible] = 2
                return Column.coded(pool_with_null, codes)
            return Column.coded(pool, codes)

        return draw
