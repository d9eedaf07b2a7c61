"""Values that wander or grow with event time, the same in whatever order they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import FloatLaw, bounds_in_order, fixed, number
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Draw, Site
    from synthwb.scenario.model import Call

__all__ = ["Counter", "RandomWalk"]

_SECOND = 1_000_000
_LONGEST = 1000 * 365 * 86_400 * _SECOND  # a half-life: its cells of time still fit 64 bits
_SHORTEST = _SECOND
_LEAST_NOISE = 1e-6
_BY = Parameter(
    "by", Kind.PATH, "One of its own for each value of this field, such as actor.device_id; one for all without.", None
)


@register
class RandomWalk(FloatLaw):
    """A value that wanders with event time: a price, a temperature, a load, a position on a line.

    Its changes over neighbouring spans of time are normal and independent: ``step`` is their standard deviation over
    ``per``, and over four times as long it is twice that. With a ``half_life`` it is drawn back to ``mean`` (the
    Ornstein-Uhlenbeck process): after that time half of a distance is left, and without a ``start`` it is as spread out
    from the beginning as it ever will be. ``geometric`` makes steps relative, as of prices: 0.02 is about 2 %.
    Values that would leave ``min`` and ``max`` are reflected.

    It is defined over all of event time, so that it does not depend on which other events there are.
    """

    name = "random_walk"
    family = "series"
    parameters = (
        number("step", "The standard deviation of the change over ``per``.", None, minimum=0.0),
        number("spread", "The standard deviation over all time, with a half_life.", None, minimum=0.0),
        Parameter("per", Kind.DURATION, "The span of time over which ``step`` is meant.", _SECOND),
        number("start", "The value at the start of the clock; 0 (geometric: 1) unless written.", None),
        number("mean", "What it is drawn back to, with a half_life; the start unless written.", None),
        Parameter("half_life", Kind.DURATION, "How long it takes until a distance from the mean is halved.", None),
        Parameter("drift", Kind.SLOPE, "A steady change beside the steps, such as 2/day or -0.5/h.", None),
        number("min", "The lower bound.", None),
        number("max", "The upper bound.", None),
        Parameter("geometric", Kind.BOOLEAN, "Steps and drift are relative to the value, which stays above 0.", False),
        _BY,
    )
    shorthand = "step"
    alternatives = (("step", "spread"),)
    timed = True
    examples = (
        "{random_walk: {start: 100, step: 0.8, per: 1m, min: 0}, round: 2}",
        "{random_walk: {mean: 21, spread: 1.5, half_life: 2h}, round: 1}",
        "{random_walk: {start: 40, step: 2%, per: 1h, geometric: true}, round: 2}",
    )
    source = (
        "Lévy 1948 and Doob 1942: Brownian motion and the Ornstein-Uhlenbeck process, by bridges over cells of time"
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What goes together, bounds in order, and a start between them."""
        if args["per"] < 1:
            yield "per", "is 0, and a walk takes no step in no time"
        yield from self._reverting(args)
        yield from bounds_in_order(args)
        low, high = fixed(args, "min"), fixed(args, "max")
        if low is not None and high is not None and low == high:
            yield "max", f"{high[0]:g} is min, which leaves no room to walk in"
        if args["geometric"]:
            for name in ("start", "mean", "max"):
                found = fixed(args, name)
                if found is not None and found[0] <= 0:
                    yield name, f"{found[0]:g} is not above 0, where a geometric walk stays"
        begin = fixed(args, "start")
        outside = begin is not None and (
            (low is not None and begin[0] < low[0]) or (high is not None and begin[0] > high[0])
        )
        if begin is not None and outside:
            yield "start", f"{begin[0]:g} lies outside min and max"

    @staticmethod
    def _reverting(args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        half_life = args["half_life"]
        if half_life is None:
            for name in ("spread", "mean"):
                if args[name] is not None:
                    yield name, "needs a half_life: without one nothing draws it back"
        elif not 1000 <= half_life <= _LONGEST:
            yield "half_life", f"{half_life / _SECOND:g} s is outside 1 ms to 1000 years"
        elif args["drift"] is not None:
            yield "drift", "leads away for ever, and half_life draws back; remove one of them"

    def bind(self, call: Call, site: Site) -> Draw:
        """A standard walk over time, scaled by the row's own numbers."""
        from synthwb.engine.series.trees import trees_by
        from synthwb.engine.series.walk import brownian, spread_of_step, stationary
        from synthwb.engine.series.wandering import Wandering

        args = call.args
        start, mean, low, high = (
            None if args[name] is None else site.number(args[name]) for name in ("start", "mean", "min", "max")
        )
        half_life, drift = args["half_life"], args["drift"]
        walk = brownian(args["per"], site.key()) if half_life is None else stationary(half_life, site.key())
        size = site.number(args["spread"] if args["step"] is None else args["step"])
        if half_life is not None and args["step"] is not None:
            factor, step = spread_of_step(args["per"], half_life), size
            size = lambda block: step(block) * factor  # noqa: E731
        return Wandering(
            walk,
            trees_by(args["by"]),
            site.clock.start,
            size,
            start,
            mean,
            low,
            high,
            slope=0.0 if drift is None else drift[0] / drift[1],
            half_life=half_life,
            geometric=args["geometric"],
        )


@register
class Counter(Generator):
    """A count that only grows with event time: an odometer, bytes sent, a meter, requests served.

    ``rate`` is what it gains on average, ``noise`` the deviation of the gain over the unit of the rate, as a share of
    it (10 % of 120/min: give or take 12 in a minute, 93 in an hour); gains of different spans are independent. It falls
    only where it begins anew (``reset``) or runs over (``wrap``). With ``whole: false`` it has a fraction.

    It is defined over all of event time, so that it does not depend on which other events there are.
    """

    name = "counter"
    family = "series"
    parameters = (
        Parameter("rate", Kind.SLOPE, "How much it gains in how long, such as 120/min or 0.4/day."),
        Parameter(
            "noise", Kind.NUMBER, "The deviation of a gain, as a share of the rate.", 0.1, minimum=0.0, maximum=1000.0
        ),
        number("start", "The count at the start of the clock, and after each reset.", 0.0),
        Parameter("reset", Kind.DURATION, "It begins anew each time; whole days from midnight to midnight.", None),
        Parameter("wrap", Kind.NUMBER, "It runs over to 0 where it reaches this, such as 65536.", None, above=0.0),
        Parameter("whole", Kind.BOOLEAN, "Only whole numbers, rounded down.", default=True),
        _BY,
    )
    shorthand = "rate"
    timed = True
    examples = (
        "{counter: 120/min}",
        "{counter: {rate: 40/day, noise: 30%, start: 120000, whole: false}, round: 1}",
        "{counter: {rate: 5/s, reset: 1d}}",
        "{counter: {rate: 900/s, wrap: 65536}}",
    )
    source = "Avramidis, L'Ecuyer, Tremblay 2003, Efficient simulation of gamma and variance-gamma processes: bridges"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """It grows, it keeps inside 64 bits, and it has room to begin anew."""
        amount, noise, wrap = args["rate"][0], args["noise"], args["wrap"]
        if amount <= 0:
            yield "rate", f"{amount:g} does not grow; a random_walk with a drift may fall"
        if not 0 <= noise <= 1000:
            yield "noise", f"{noise:g} is outside 0 to 1000"
        elif 0 < noise < _LEAST_NOISE:
            yield "noise", f"{noise:g} cannot be told from 0; write 0"
        if args["reset"] is not None and args["reset"] < _SHORTEST:
            yield "reset", f"{args['reset'] / _SECOND:g} s is too short; a second at least"
        if wrap is not None and args["whole"] and not float(wrap).is_integer():
            yield "wrap", f"{wrap:g} is no whole number, and the count is; write whole: false"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Whole numbers, unless that was declined."""
        return DType.INTEGER if args["whole"] else DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """A gamma process over time, scaled."""
        from synthwb.engine.series.counting import Counting, evenly
        from synthwb.engine.series.epochs import epochs
        from synthwb.engine.series.growth import gamma_process
        from synthwb.engine.series.trees import trees_by

        args = call.args
        amount, per = args["rate"]
        keys = (site.key(), site.key("accepted"), site.key("power"))
        return Counting(
            gamma_process(per, args["noise"], keys) if args["noise"] else evenly(per),
            trees_by(args["by"]),
            site.clock.start,
            amount,
            site.number(args["start"]),
            None if args["reset"] is None else epochs(args["reset"], site.clock),
            args["wrap"],
            args["whole"],
        )
