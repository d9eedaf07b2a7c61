"""More laws of numbers with a fraction: skewed, bounded, with a heavy tail.

As in `numbers`, every parameter may be an expression over earlier fields, and a row whose parameter is NULL or
impossible is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import LARGEST, FloatLaw, bounds_in_order, fixed, number
from synthwb.generators.registry import register

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Number, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Floats
    from synthwb.scenario.model import Call

__all__ = ["Beta", "Gamma", "Pareto", "Triangular", "Weibull"]

_NORMAL_REACH = 8.21  # the largest standard normal that 52 bits give
_EXPONENTIAL_REACH = 36.74
_LARGEST_SHAPE = 1e15  # a whole number more or less is still told apart


def _written(args: Mapping[str, Any], *names: str) -> str:
    """Which of these alternatives stands in the document."""
    return next(name for name in names if args[name] is not None)


def _positive(args: Mapping[str, Any], *names: str) -> Iterable[tuple[str, str]]:
    """The problems of numbers that are not above 0."""
    for name in names:
        found = fixed(args, name)
        if found is not None and not found[0] > 0:
            yield name, f"{found[0]:g} is not above 0"


def _only_positive(values: float | Floats) -> Floats:
    """Impossible values of a scale as NaN."""
    import numpy as np

    return np.where(np.asarray(values) > 0.0, values, np.nan)


@register
class Gamma(FloatLaw):
    """The gamma law: waiting times for several events, claim sizes, rainfall; positive, skewed to the right.

    The mean is shape * scale, the standard deviation sqrt(shape) * scale. Shape 1 is the exponential law; small shapes
    pile up near 0, large ones come near the normal law. The width may be given as ``shape`` or as ``std``, the size as
    ``scale``, ``rate`` (1 / scale) or ``mean``.
    """

    name = "gamma"
    parameters = (
        number("shape", "The shape (k, alpha): 1 / shape is the squared ratio of std to mean.", None, above=0.0),
        number("std", "The standard deviation, in the unit of the value.", None, above=0.0, measured=True),
        number("scale", "The scale (theta), in the unit of the value.", None, above=0.0, measured=True),
        number("rate", "1 / scale.", None, above=0.0),
        number("mean", "The mean, in the unit of the value.", None, above=0.0, measured=True),
    )
    alternatives = (("shape", "std"), ("scale", "rate", "mean"))
    examples = (
        "{gamma: {shape: 2, scale: 15}, round: 1}",
        "{gamma: {mean: 250, std: 120}, round: 2}",
        "{gamma: {shape: 0.5, mean: 4}}",
    )
    source = "Marsaglia and Tsang 2000, A simple method for generating gamma variables, ACM TOMS 26(3)"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Parameters above 0, a shape that can be worked with, and values that are numbers."""
        wrong = list(_positive(args, *(parameter.name for parameter in self.parameters)))
        yield from wrong
        width, size = _written(args, "shape", "std"), _written(args, "scale", "rate", "mean")
        found = fixed(args, width, size)
        if wrong or found is None:
            return
        shape, scale = self._form(width, size, float(found[0]), float(found[1]))
        if not 0 < shape <= _LARGEST_SHAPE or not 0 < scale < math.inf:
            yield width, f"{found[0]:g} beside {size} {found[1]:g} makes a shape of {shape:.3g}; it lies in 0 to 1e15"
            return
        d = max(shape, 1.0) - 1 / 3
        top = d * (1 + _NORMAL_REACH / math.sqrt(9 * d)) ** 3
        if not top <= LARGEST / scale:
            yield size, f"{found[1]:g} lets values reach {top:.3g} times {scale:.3g}, and the largest number is 1.8e308"

    @staticmethod
    def _form(width: str, size: str, first: Any, second: Any) -> tuple[Any, Any]:
        """Shape and scale from what was written, numbers or arrays."""
        if width == "shape":
            return first, second / first if size == "mean" else 1.0 / second if size == "rate" else second
        if size == "mean":
            return (second / first) * (second / first), first / second * first
        scale = 1.0 / second if size == "rate" else second
        return (first / scale) * (first / scale), scale

    def bind(self, call: Call, site: Site) -> Draw:
        """Standard gamma, times the scale."""
        import numpy as np

        from synthwb.engine.laws.gamma import standard_gamma
        from synthwb.engine.laws.results import floats

        names = _written(call.args, "shape", "std"), _written(call.args, "scale", "rate", "mean")
        width, size = (site.number(call.args[name]) for name in names)
        keys = (site.key(), site.key("accepted"), site.key("power"))

        def draw(block: Block) -> Column:
            with np.errstate(all="ignore"):
                given = (_only_positive(parameter(block)) for parameter in (width, size))
                shape, scale = self._form(*names, *given)
                values = standard_gamma(block.address, keys, np.where(shape <= _LARGEST_SHAPE, shape, np.nan))
                values *= scale
            return floats(values)

        return draw


@register
class Beta(FloatLaw):
    """The beta law: shares, probabilities and scores between 0 and 1.

    The mean is alpha / (alpha + beta). With both above 1 there is one peak; with both below 1 values crowd at 0 and 1.
    It may also be given by its ``mean`` and its ``concentration`` (alpha + beta): the larger, the nearer to the mean.
    """

    name = "beta"
    parameters = (
        number("alpha", "The first shape: larger moves values towards 1.", None, above=0.0),
        number("mean", "The mean, between 0 and 1.", None, above=0.0, below=1.0),
        number("beta", "The second shape: larger moves values towards 0.", None, above=0.0),
        number("concentration", "alpha + beta: how near to the mean values are.", None, above=0.0),
    )
    alternatives = (("alpha", "mean"), ("beta", "concentration"))
    examples = (
        "{beta: {alpha: 2, beta: 5}, round: 3}",
        "{beta: {mean: 12%, concentration: 40}}",
        "{beta: {alpha: 0.5, beta: 0.5}}",
    )
    source = "Johnson, Kotz, Balakrishnan 1995, Continuous Univariate Distributions 2, chapter 25: a ratio of gammas"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Two shapes above 0."""
        wrong = list(_positive(args, "alpha", "mean", "beta", "concentration"))
        yield from wrong
        names = _written(args, "alpha", "mean"), _written(args, "beta", "concentration")
        found = fixed(args, *names)
        if found is None or wrong:
            return
        if names[0] == "mean" and found[0] >= 1:
            yield "mean", f"{found[0]:g} is not below 1, and beta values lie between 0 and 1"
            return
        if names == ("alpha", "concentration") and found[1] <= found[0]:
            yield "concentration", f"{found[1]:g} less alpha {found[0]:g} is not above 0, and it is what beta would be"
            return
        for name, shape in zip(("alpha", "beta"), self._form(*names, *map(float, found)), strict=True):
            if not 0 < shape <= _LARGEST_SHAPE:
                yield names[name == "beta"], f"makes {name} {shape:.3g}; it lies in 0 to 1e15"

    @staticmethod
    def _form(first: str, second: str, one: Any, other: Any) -> tuple[Any, Any]:
        """Alpha and beta from what was written, numbers or arrays."""
        if first == "alpha":
            return one, other - one if second == "concentration" else other
        if second == "concentration":
            return one * other, (1.0 - one) * other
        return one * other / (1.0 - one), other

    def bind(self, call: Call, site: Site) -> Draw:
        """A ratio of two gammas."""
        import numpy as np

        from synthwb.engine.laws.gamma import standard_beta
        from synthwb.engine.laws.results import floats

        names = _written(call.args, "alpha", "mean"), _written(call.args, "beta", "concentration")
        one, other = (site.number(call.args[name]) for name in names)
        first = (site.key(), site.key("accepted"), site.key("power"))
        second = (site.key("other"), site.key("other accepted"), site.key("other power"))

        def draw(block: Block) -> Column:
            with np.errstate(all="ignore"):
                shapes = self._form(*names, _only_positive(one(block)), _only_positive(other(block)))
                alpha, beta = (np.where(shape <= _LARGEST_SHAPE, shape, np.nan) for shape in shapes)
            return floats(standard_beta(block.address, (first, second), alpha, beta))

        return draw


@register
class Weibull(FloatLaw):
    """The Weibull law: lifetimes, wind speeds, time to failure.

    With a shape below 1 failures become rarer with age, with 1 they do not depend on it (the exponential law), above 1
    things wear out. 63 % of the values lie below the scale. The value is scale * (-log(u)) ** (1 / shape).
    """

    name = "weibull"
    parameters = (
        number("shape", "The shape (k): 1 is the exponential law, 3.6 looks normal.", above=0.0),
        number("scale", "The scale (lambda), in the unit of the value.", None, above=0.0, measured=True),
        number("median", "The median: scale * log(2) ** (1 / shape).", None, above=0.0, measured=True),
        number("mean", "The mean: scale * gamma(1 + 1 / shape).", None, above=0.0, measured=True),
    )
    alternatives = (("scale", "median", "mean"),)
    examples = (
        "{weibull: {shape: 1.5, scale: 900}, round: 0}",
        "{weibull: {shape: 2, mean: 6.5}, round: 1}",
        "{weibull: {shape: 0.7, median: 30}}",
    )
    source = "Johnson, Kotz, Balakrishnan 1994, Continuous Univariate Distributions 1, chapter 21"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Parameters above 0, and values that are numbers."""
        wrong = list(_positive(args, "shape", "scale", "median", "mean"))
        yield from wrong
        size = _written(args, "scale", "median", "mean")
        found = fixed(args, "shape", size)
        if wrong or found is None:
            return
        shape, given = found
        # the logarithm of the largest value
        top = math.log(given) + math.log(_EXPONENTIAL_REACH) / shape
        if size == "median":
            top -= math.log(math.log(2)) / shape
        elif size == "mean":
            top -= math.lgamma(1 + 1 / shape)
        if not top < math.log(LARGEST):
            yield "shape", f"{shape:g} lets values reach exp({top:.0f}), and the largest number is exp(709.78)"

    def bind(self, call: Call, site: Site) -> Draw:
        """Scale * E ** (1 / shape), E the standard exponential, by way of the logarithm."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_exponential
        from synthwb.engine.laws.factorials import log_gamma
        from synthwb.engine.laws.results import floats
        from synthwb.engine.laws.special import exp, log

        given = _written(call.args, "scale", "median", "mean")
        shape, size, key = site.number(call.args["shape"]), site.number(call.args[given]), site.key()
        log_half = float(log(float(log(2.0)[0]))[0])

        def draw(block: Block) -> Column:
            values = log(standard_exponential(block.bits(key)))
            with np.errstate(all="ignore"):
                inverse = 1.0 / np.atleast_1d(_only_positive(shape(block)))
                if given == "median":
                    values -= log_half
                values *= inverse
                if given == "mean":
                    values -= log_gamma(1.0 + inverse)
                values = exp(values)
                values *= _only_positive(size(block))
            return floats(values)

        return draw


@register
class Pareto(FloatLaw):
    """The Pareto law (type I): wealth, city sizes, file sizes, where a few are larger than all others together.

    The share above x is (min / x) ** alpha. With alpha 1.16 the largest fifth has four fifths of the sum. The mean is
    infinite up to alpha 1, the variance up to 2.
    """

    name = "pareto"
    parameters = (
        number("alpha", "The tail index: smaller is heavier.", above=0.0),
        number("min", "The smallest value (scale), above 0.", None, above=0.0, measured=True),
        number("median", "The median: min * 2 ** (1 / alpha).", None, above=0.0, measured=True),
        number("mean", "The mean: alpha * min / (alpha - 1), for an alpha above 1.", None, above=0.0, measured=True),
    )
    alternatives = (("min", "median", "mean"),)
    examples = (
        "{pareto: {alpha: 1.16, min: 10}, round: 2, max: 100000}",
        "{pareto: {alpha: 2.5, median: 40}, round: 2}",
        "{pareto: {alpha: 3, mean: 120}}",
    )
    source = "Johnson, Kotz, Balakrishnan 1994, Continuous Univariate Distributions 1, chapter 20"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Parameters above 0, a finite mean, and values that are numbers."""
        wrong = list(_positive(args, "alpha", "min", "median", "mean"))
        yield from wrong
        size = _written(args, "min", "median", "mean")
        tail, found = fixed(args, "alpha"), fixed(args, "alpha", size)
        if wrong or tail is None:
            return
        if size == "mean" and tail[0] <= 1:
            yield "mean", f"is infinite with alpha {tail[0]:g}, which is not above 1; give the median or the min"
            return
        # the logarithm of the largest value
        top = _EXPONENTIAL_REACH / tail[0] + (0.0 if found is None else math.log(found[1]))
        if size == "median":
            top -= math.log(2) / tail[0]
        elif size == "mean":
            top -= math.log(tail[0] / (tail[0] - 1))
        if not top < math.log(LARGEST):
            yield "alpha", f"{tail[0]:g} lets values reach exp({top:.0f}), and the largest number is exp(709.78)"

    def bind(self, call: Call, site: Site) -> Draw:
        """Min * exp(E / alpha), E the standard exponential."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_exponential
        from synthwb.engine.laws.results import floats
        from synthwb.engine.laws.special import exp, log

        given = _written(call.args, "min", "median", "mean")
        alpha, size, key = site.number(call.args["alpha"]), site.number(call.args[given]), site.key()
        log_two = float(log(2.0)[0])

        def draw(block: Block) -> Column:
            values = standard_exponential(block.bits(key))
            with np.errstate(all="ignore"):
                index = _only_positive(alpha(block))
                if given == "median":
                    values -= log_two
                values /= index
                values = exp(values)
                scale = _only_positive(size(block))
                values *= scale if given != "mean" else scale * (_only_positive(index - 1.0) / index)
            return floats(values)

        return draw


@register
class Triangular(FloatLaw):
    """The triangular law: a smallest, a likeliest and a largest value, when no more is known.

    The density rises in a straight line from ``min`` to ``mode`` and falls to ``max``. The mean is a third of the sum
    of the three.
    """

    name = "triangular"
    parameters = (
        number("min", "The lower bound.", 0.0, measured=True),
        number("mode", "The likeliest value; halfway between the bounds unless written.", None, measured=True),
        number("max", "The upper bound.", 1.0, measured=True),
    )
    examples = ("{triangular: {min: 10, mode: 12, max: 30}, round: 1}", "{triangular: {max: 8}}", "triangular")
    source = "Johnson, Kotz, Balakrishnan 1995, Continuous Univariate Distributions 2, section 26.9"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Bounds in order, the mode between them, and near enough for their distance to be a number."""
        wrong = list(bounds_in_order(args))
        yield from wrong
        found = fixed(args, "min", "max")
        if wrong or found is None:
            return
        if float(found[1]) - float(found[0]) > LARGEST:
            yield "max", f"{found[1]:g} less min {found[0]:g} is above 1.8e308, the largest number; narrow the bounds"
        mode = fixed(args, "mode")
        if mode is not None and not found[0] <= mode[0] <= found[1]:
            yield "mode", f"{mode[0]:g} lies outside {found[0]:g} to {found[1]:g}"

    def bind(self, call: Call, site: Site) -> Draw:
        """The inverse distribution function, one square root per row."""
        import numpy as np

        from synthwb.engine.draws import unit_open
        from synthwb.engine.laws.results import floats, spread

        low, high, key = site.number(call.args["min"]), site.number(call.args["max"]), site.key()
        mode: Number | None = None if call.args["mode"] is None else site.number(call.args["mode"])

        def draw(block: Block) -> Column:
            u = unit_open(block.bits(key))
            with np.errstate(all="ignore"):
                first, last = low(block), high(block)
                width = spread(last - first)
                if mode is None:
                    rise = np.full(1, 0.5)
                else:
                    peak = np.atleast_1d(mode(block))
                    rise = np.where(peak == first, 0.0, (peak - first) / width)  # the bounds may be equal
                    rise = np.where((rise >= 0.0) & (rise <= 1.0), rise, np.nan)
                rising = first + width * np.sqrt(u * rise)
                falling = last - width * np.sqrt((1.0 - u) * (1.0 - rise))
                values = np.where(u < rise, rising, falling)
            return floats(values)

        return draw
