"""Numbers with a fraction, by their laws.

Every parameter may be an expression over earlier fields; then each row has a law of its own, and a
row whose parameter is NULL or impossible is null.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import REQUIRED, Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Expression

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["LARGEST", "Exponential", "FloatLaw", "Lognormal", "Normal", "Uniform", "bounds_in_order", "fixed", "number"]

LARGEST = 1.7976931348623157e308
_NORMAL_REACH = 8.21  # the largest standard normal that 52 bits give
_EXPONENTIAL_REACH = 36.74


def number(name: str, doc: str, default: Any = REQUIRED, *, measured: bool = False, **limits: float) -> Parameter:
    """A numeric parameter that may be an expression. ``measured``: in the unit of the value."""
    return Parameter(name, Kind.NUMBER, doc, default, expression=True, measured=measured, **limits)  # type: ignore[arg-type]


def fixed(args: Mapping[str, Any], *names: str) -> tuple[Any, ...] | None:
    """The arguments of these names, if all of them are numbers."""
    found = tuple(args[name] for name in names)
    return None if any(argument is None or isinstance(argument, Expression) for argument in found) else found


def bounds_in_order(args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The problem of a ``min`` above its ``max``, if both are numbers."""
    found = fixed(args, "min", "max")
    if found is not None and found[0] > found[1]:
        low, high = found
        yield "min", f"{low} is above max {high}, so there is no value between them; swap the two"


class FloatLaw(Generator):
    """A law of numbers with a fraction."""

    family = "numbers"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always numbers with a fraction; ``round`` or ``as: integer`` beside it changes that."""
        return DType.FLOAT


@register
class Uniform(FloatLaw):
    """A number between two bounds, all equally likely, on a grid of 2**53 steps.

    The value is min + (max - min) * u with u in [0, 1).
    """

    name = "uniform"
    parameters = (
        number("min", "The lower bound.", 0.0, measured=True),
        number("max", "The upper bound, which only rounding can reach.", 1.0, measured=True),
    )
    examples = ("{uniform: {min: 1.5, max: 2.5}, round: 2}", "{uniform: {max: 100}}", "uniform")

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Bounds in order, and near enough for their distance to be a number."""
        yield from bounds_in_order(args)
        found = fixed(args, "min", "max")
        if found is not None and float(found[1]) - float(found[0]) > LARGEST:
            yield "max", f"{found[1]:g} less min {found[0]:g} is above 1.8e308, the largest number; narrow the bounds"

    def bind(self, call: Call, site: Site) -> Draw:
        """Linear in 53 bits."""
        import numpy as np

        from synthwb.engine.draws import unit
        from synthwb.engine.laws.results import floats, spread

        low, high, key = site.number(call.args["min"]), site.number(call.args["max"]), site.key()

        def draw(block: Block) -> Column:
            values = unit(block.bits(key))
            with np.errstate(all="ignore"):
                first = low(block)
                values *= spread(high(block) - first)
                values += first
            return floats(values)

        return draw


@register
class Normal(FloatLaw):
    """The normal (Gaussian) law: measurement errors, heights, sums of many small effects.

    Values lie within 8.21 standard deviations of the mean.
    """

    name = "normal"
    parameters = (
        number("mean", "The mean.", 0.0, measured=True),
        number("std", "The standard deviation, in the unit of the value.", 1.0, minimum=0.0, measured=True),
    )
    examples = ("{normal: {mean: 21.5, std: 0.4}, round: 1}", "{normal: {mean: 170, std: 8}, min: 120}", "normal")
    source = "Wichura 1988, Algorithm AS 241, Applied Statistics 37(3): the inverse distribution function"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A deviation of 0 or more, and values that are numbers."""
        found = fixed(args, "mean", "std")
        if found is not None and found[1] < 0:
            yield "std", f"{found[1]:g} is negative; a standard deviation is 0 or more"
        elif found is not None and abs(found[0]) + _NORMAL_REACH * found[1] > LARGEST:
            yield "std", f"{found[1]:g} times 8.21, beside a mean of {found[0]:g}, is above 1.8e308, the largest number"

    def bind(self, call: Call, site: Site) -> Draw:
        """Mean + std * z."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_normal
        from synthwb.engine.laws.results import floats, spread

        mean, std, key = site.number(call.args["mean"]), site.number(call.args["std"]), site.key()

        def draw(block: Block) -> Column:
            values = standard_normal(block.bits(key))
            with np.errstate(all="ignore"):
                values *= spread(std(block))
                values += mean(block)
            return floats(values)

        return draw


@register
class Lognormal(FloatLaw):
    """The lognormal law: prices, incomes, durations, sizes; positive, with a long tail to the right.

    Its logarithm is normal. Half of the values lie below the median; two thirds between median / exp(sigma) and
    median * exp(sigma). The mean is median * exp(sigma**2 / 2).
    """

    name = "lognormal"
    parameters = (
        number("median", "The median, in the unit of the value.", None, above=0.0, measured=True),
        number("mean", "The mean, in the unit of the value.", None, above=0.0, measured=True),
        number("mu", "The mean of the logarithm: log(median).", None),
        number("sigma", "The standard deviation of the logarithm; 0.5 is moderate, 1 wide, 2 wild.", minimum=0.0),
    )
    alternatives = (("median", "mean", "mu"),)
    examples = (
        "{lognormal: {median: 25, sigma: 0.7}, round: 2}",
        "{lognormal: {mean: 120, sigma: 1.0}}",
        "{lognormal: {mu: 3.2, sigma: 0.5}}",
    )
    source = "Johnson, Kotz, Balakrishnan 1994, Continuous Univariate Distributions 1, chapter 14"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A scale above 0, a sigma of 0 or more, and a largest value that is a number."""
        given = next((name for name in ("median", "mean", "mu") if args[name] is not None), None)
        found = None if given is None else fixed(args, given, "sigma")
        if found is None or given is None:
            return
        scale, sigma = found
        if sigma < 0:
            yield "sigma", f"{sigma:g} is negative; the standard deviation of the logarithm is 0 or more"
        elif given != "mu" and scale <= 0:
            yield given, f"{scale:g} is not above 0, and lognormal values are positive"
        else:
            middle = scale if given == "mu" else math.log(scale)
            top = middle - (sigma * sigma / 2 if given == "mean" else 0) + _NORMAL_REACH * sigma
            if not top < math.log(LARGEST):
                yield "sigma", f"{sigma:g} lets values reach exp({top:.0f}), and the largest number is exp(709.78)"

    def bind(self, call: Call, site: Site) -> Draw:
        """Scale * exp(sigma * z), or exp(mu + sigma * z)."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_normal
        from synthwb.engine.laws.results import floats, spread
        from synthwb.engine.laws.special import exp

        given = next(name for name in ("median", "mean", "mu") if call.args[name] is not None)
        scale, sigma, key = site.number(call.args[given]), site.number(call.args["sigma"]), site.key()

        def draw(block: Block) -> Column:
            values = standard_normal(block.bits(key))
            with np.errstate(all="ignore"):
                deviation, centre = spread(sigma(block)), scale(block)
                values *= deviation
                if given == "mu":
                    values += centre
                elif given == "mean":
                    values -= 0.5 * deviation * deviation
                values = exp(values)
                if given != "mu":
                    values *= np.where(np.asarray(centre) > 0.0, centre, np.nan)
            return floats(values)

        return draw


@register
class Exponential(FloatLaw):
    """The exponential law: waiting times between events that do not know of each other.

    Values lie between 0 and 36.74 times the mean; 63 % of them below the mean. The value is -mean * log(u).
    """

    name = "exponential"
    parameters = (
        number("mean", "The mean, in the unit of the value.", None, above=0.0, measured=True),
        number("rate", "1 / mean: events per unit of the value.", None, above=0.0),
    )
    alternatives = (("mean", "rate"),)
    examples = ("{exponential: {mean: 40}, round: 1}", "{exponential: {rate: 0.2}}")
    source = "Devroye 1986, Non-Uniform Random Variate Generation, section II.2: the inverse distribution function"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A scale above 0, and values that are numbers."""
        for name in ("mean", "rate"):
            found = fixed(args, name)
            if found is None:
                continue
            if found[0] <= 0:
                yield name, f"{found[0]:g} is not above 0, and a waiting time is positive"
            elif (found[0] if name == "mean" else 1 / found[0]) > LARGEST / _EXPONENTIAL_REACH:
                yield name, f"{found[0]:g} lets values go beyond 1.8e308, the largest number"

    def bind(self, call: Call, site: Site) -> Draw:
        """Standard exponential, times the mean or divided by the rate."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_exponential
        from synthwb.engine.laws.results import floats

        by_mean = call.args["mean"] is not None
        scale, key = site.number(call.args["mean" if by_mean else "rate"]), site.key()

        def draw(block: Block) -> Column:
            values = standard_exponential(block.bits(key))
            with np.errstate(all="ignore"):
                given = scale(block)
                factor = np.where(np.asarray(given) > 0.0, given, np.nan)
                values = np.multiply(values, factor, out=values) if by_mean else np.divide(values, factor, out=values)
            return floats(values)

        return draw
