"""Laws given by numbers or by other laws: mixtures, histograms, samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import LARGEST
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Field

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits
    from synthwb.scenario.model import Call

__all__ = ["Empirical", "Histogram", "Mixture"]


@register
class Mixture(Generator):
    """One of several laws for each record, by weights: two kinds of customer, a normal and a broken sensor.

    Each component is any numeric generator, with a ``weight`` beside it (1 unless written); min, max and round may
    stand there too. Weights need no sum. The values are whole numbers if those of all components are.
    """

    name = "mixture"
    family = "numbers"
    parameters = (Parameter("components", Kind.COMPONENTS, "Numeric generators, each with its weight."),)
    shorthand = "components"
    examples = (
        "{mixture: [{weight: 70, normal: {mean: 20, std: 5}}, {weight: 30, normal: {mean: 60, std: 10}}], round: 1}",
        "{mixture: [{weight: 98%, lognormal: {median: 80, sigma: 0.4}}, {weight: 2%, const: 0}]}",
        "{mixture: [{poisson: 2}, {integer: {min: 10, max: 12}}]}",
    )
    source = "McLachlan and Peel 2000, Finite Mixture Models"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What would leave out values belongs beside the mixture."""
        for field in args["components"]:
            modifiers = field.modifiers
            if modifiers.missing or modifiers.nullable or modifiers.when is not None:
                yield "components", "leave out values; missing, nullable and when stand beside the mixture"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Integer if all components are, else float."""
        return DType.INTEGER if {field.dtype for field in args["components"]} == {DType.INTEGER} else DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """Each component fills its own rows; the parts are put back in order."""
        import numpy as np
        import polars as pl

        from synthwb.engine.columns import Column
        from synthwb.engine.laws.discrete import Table, thresholds

        fields: tuple[Field, ...] = call.args["components"]
        components = [(site.field(field), field.reads) for field in fields]
        whole = all(field.dtype is DType.INTEGER for field in fields)
        dtype = pl.Int64() if whole else pl.Float64()
        table, key = Table(thresholds(call.args["weights"])), site.key()

        def draw(block: Block) -> Column:
            chosen = table(block.bits(key))
            parts, places = [pl.Series([], dtype=dtype)], [np.empty(0, np.int64)]
            for number, (component, reads) in enumerate(components):
                rows = np.flatnonzero(chosen == number)
                if len(rows):
                    parts.append(component(block.part(rows, reads)).series().cast(dtype))
                    places.append(rows)
            back = np.empty(len(block), np.int64)
            back[np.concatenate(places)] = np.arange(len(block))
            return Column.of(pl.concat(parts, rechunk=True)[pl.Series(back)])

        return draw


@register
class Histogram(Generator):
    """Numbers with the shape of a histogram: a bin by its weight, then evenly within it.

    Bins are written with their weights (``0..10: 5``) and may leave gaps; or as ``edges``, one more of them than
    ``weights``. Weights need no sum; each share is exact to 2**-64.
    """

    name = "histogram"
    family = "numbers"
    parameters = (
        Parameter("bins", Kind.BINS, "Each bin with its weight: low..high: weight.", None),
        Parameter("edges", Kind.NUMBERS, "The ends of neighbouring bins, in order.", None),
        Parameter("weights", Kind.NUMBERS, "The weight of each bin between two edges.", None, minimum=0.0),
    )
    shorthand = "bins"
    whole = True
    alternatives = (("bins", "edges"),)
    examples = (
        "{histogram: {0..18: 5, 18..65: 70, 65..100: 25}, round: 0}",
        "{histogram: {edges: [0, 10, 20, 50, 100], weights: [12, 40, 30, 3]}}",
        "{histogram: [0..1, 5..6], round: 3}",
    )
    source = "Devroye 1986, Non-Uniform Random Variate Generation, section VIII.2"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Bins that do not overlap, edges in order, a weight for each bin."""
        bins, edges, weights = args["bins"], args["edges"], args["weights"]
        if bins is not None:
            if weights is not None:
                yield "weights", "stand in the bins themselves, as in 0..10: 5"
            for (low, high, _), (following, end, _) in pairwise(sorted(bins)):
                if following < high:
                    yield "bins", f"{low:g}..{high:g} and {following:g}..{end:g} overlap"
        elif edges is not None:
            yield from self._edges(edges, weights)
        ends = edges or [end for low, high, _ in bins or () for end in (low, high)]
        if ends and max(ends) - min(ends) > LARGEST:
            yield "bins" if edges is None else "edges", "are further apart than 1.8e308, the largest number"

    @staticmethod
    def _edges(edges: tuple[float, ...], weights: tuple[float, ...] | None) -> Iterable[tuple[str, str]]:
        falling = next(((a, b) for a, b in pairwise(edges) if not a < b), None)
        if len(edges) < 2:
            yield "edges", "are one; a bin lies between two of them"
        elif falling is not None:
            yield "edges", f"must rise, and {falling[1]:g} follows {falling[0]:g}"
        elif weights is None:
            yield "edges", f"need weights: {len(edges) - 1} of them, one for each bin between two edges"
        elif len(weights) != len(edges) - 1:
            yield "weights", f"are {len(weights)}, and {len(edges)} edges make {len(edges) - 1} bins"
        elif not any(weights):
            yield "weights", "sum to nothing, so no bin can be chosen; give one a weight above 0"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always numbers with a fraction; ``round`` or ``as: integer`` beside it changes that."""
        return DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """One draw for the bin, one for the place in it."""
        from synthwb.engine.columns import Column
        from synthwb.engine.laws import tabulated

        bins = call.args["bins"]
        if bins is None:
            weights = [Fraction(str(weight)) for weight in call.args["weights"]]
            bins = [(*ends, weight) for ends, weight in zip(pairwise(call.args["edges"]), weights, strict=True)]
        law = tabulated.Histogram(*zip(*bins, strict=True))
        key, within = site.key(), site.key("within")
        return lambda block: Column.of(law(block.bits(key), block.bits(within)))


@register
class Empirical(Generator):
    """Numbers drawn again from a sample, each value as often as it occurs there.

    The sample is written here, or is a column of a file (CSV, JSON, JSON lines or Parquet; its path begins at the
    folder of the scenario), from which empty cells are left out.
    With ``smooth: linear`` values between neighbours occur too (the line through the sorted sample); with ``kernel``
    each value gets normal noise of the deviation ``bandwidth``, Silverman's rule of thumb unless it is written.
    """

    name = "empirical"
    family = "numbers"
    parameters = (
        Parameter("values", Kind.NUMBERS, "The sample, written here.", None),
        Parameter("file", Kind.FILE, "The file that holds the sample.", None),
        Parameter("column", Kind.COLUMN, "The column of the file; its only one without.", None),
        Parameter("smooth", Kind.ENUM, "What fills the gaps.", "none", choices=("none", "linear", "kernel")),
        Parameter("bandwidth", Kind.NUMBER, "The deviation of the noise, for kernel.", None, minimum=0.0),
    )
    shorthand = "values"
    alternatives = (("values", "file"),)
    examples = (
        "{empirical: [12, 15, 15, 18, 40]}",
        "{empirical: {values: [1.2, 1.9, 2.4, 3.1, 8.0], smooth: linear}, round: 2}",
        "{empirical: {values: [20, 21, 23, 40], smooth: kernel, bandwidth: 0.5}}",
    )
    source = "Devroye 1986, Non-Uniform Random Variate Generation, section XIV.7; Silverman 1986, Density Estimation"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A bandwidth belongs to a kernel, a column to a file."""
        if args["column"] is not None and args["file"] is None:
            yield "column", "is a column of a file, and no file is named"
        if args["bandwidth"] is not None and args["smooth"] != "kernel":
            yield "bandwidth", f"is for smooth: kernel, and smooth is {args['smooth']}"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """The number of different values, if nothing lies between them."""
        return len(set(args["values"])) if args["smooth"] == "none" and args["values"] is not None else None

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """The different values, in order of size."""
        import numpy as np

        from synthwb.engine.columns import Column, Pool

        pool = Pool(_series(sorted(set(call.args["values"]))))
        return lambda numbers: Column.coded(pool, numbers.astype(np.uint32))

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Integer if the values are whole and nothing is filled in, else float; a file is read later."""
        if args["values"] is None:
            return DType.UNKNOWN if args["smooth"] == "none" else DType.FLOAT
        whole = args["smooth"] == "none" and all(isinstance(value, int) for value in args["values"])
        return DType.INTEGER if whole else DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """A pool of the values, or a line or kernels through them."""
        import numpy as np

        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import below
        from synthwb.engine.laws.tabulated import Sample

        smooth = call.args["smooth"]
        values = call.args["values"] or _column(call, site)
        key, more, noise = site.key(), site.key("more"), site.key("noise")
        if smooth == "none":
            pool, count = Pool(_series(values)), len(values)
            return lambda block: Column.coded(pool, below(block.bits(key), count, lambda: block.bits(more)))
        sample = Sample(np.array(values, np.float64), call.args["bandwidth"])
        if smooth == "linear":
            return lambda block: Column.of(sample.linear(block.bits(key)))
        return lambda block: Column.of(sample.kernel(block.bits(key), block.bits(noise)))


def _column(call: Call, site: Site) -> list[float]:
    """The numbers in the column of the file."""
    from synthwb.engine.tables import numbers

    return numbers(call.args["file"], call.args["column"], site.path)


def _series(values: Iterable[float]) -> Any:
    import polars as pl

    listed = list(values)
    whole = all(isinstance(value, int) for value in listed)
    return pl.Series(listed if whole else [float(value) for value in listed], dtype=pl.Int64 if whole else pl.Float64)
