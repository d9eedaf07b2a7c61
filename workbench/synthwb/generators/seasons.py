"""A level that moves with event time by a rule: a base, a trend, seasons, and noise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import FloatLaw, fixed, number
from synthwb.generators.registry import Kind, Parameter, register

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["Series"]

_SECOND = 1_000_000
_TERM = (
    Parameter("period", Kind.DURATION, "How long until it comes again."),
    Parameter("amplitude", Kind.NUMBER, "How far it goes above and below."),
    Parameter("peak", Kind.TIME, "A moment at which it is highest; the start of the clock unless written.", None),
)


@register
class Series(FloatLaw):
    """A time series over event time: a base, a trend, seasons of any period, and normal noise from record to record.

    The value is base + trend * (time since the start) + the seasons' cosines + noise. A season of whole days stays at
    its hour in the zone of the clock when the clocks change. For noise that persists, add a random_walk.
    """

    name = "series"
    family = "series"
    parameters = (
        number("base", "The level at the start, about which everything moves.", 0.0),
        Parameter("trend", Kind.SLOPE, "A steady change, such as 2/day or -0.5/h.", None),
        Parameter("seasonal", Kind.RECORDS, "One season or a list of them.", None, parts=_TERM),
        number("noise", "The standard deviation of the noise of each record.", 0.0, minimum=0.0),
    )
    timed = True
    examples = (
        '{series: {base: 20, seasonal: [{period: 1d, amplitude: 6, peak: "+0d 15:00"}], noise: 0.5}, round: 1}',
        "{series: {base: 100, trend: 3/day, seasonal: {period: 1h, amplitude: 10}}}",
    )
    source = "Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice, chapter 3: additive components"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Seasons that take time, noise of 0 or more."""
        if any(term["period"] < _SECOND for term in args["seasonal"] or ()):
            yield "seasonal", "has a period below 1 s; a second at least"
        noise = fixed(args, "noise")
        if noise is not None and noise[0] < 0:
            yield "noise", f"{noise[0]:g} is negative; a standard deviation is 0 or more"

    def bind(self, call: Call, site: Site) -> Draw:
        """Cosines of the time, and one normal number per record."""
        import numpy as np

        from synthwb.engine.laws.continuous import standard_normal
        from synthwb.engine.laws.results import floats, spread
        from synthwb.engine.series.seasons import seasonal

        args, key, clock = call.args, site.key(), site.clock
        base, noise = site.number(args["base"]), site.number(args["noise"])
        terms, trend = args["seasonal"] or (), args["trend"]
        slope = 0.0 if trend is None else trend[0] / trend[1]

        def draw(block: Block) -> Column:
            values = seasonal(block.time, terms, clock)
            with np.errstate(all="ignore"):
                values += base(block)
                values += slope * (block.time - clock.start)
                values += standard_normal(block.bits(key)) * spread(noise(block))
            return floats(values)

        return draw
