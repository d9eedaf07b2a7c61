"""What shapes an intensity: ``daily``, ``weekly``, ``holidays``, ``trend`` and ``bursts`` of an arrival."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from synthwb.scenario import literals
from synthwb.scenario.arrivals.calendars import Calendars
from synthwb.scenario.arrivals.shape import Burst, Curve, Peak, Shape, Trend
from synthwb.scenario.keys import BURST, CURVE, PEAK, TREND, TRENDS, WEEK
from synthwb.scenario.model import Clock
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["SHAPES", "Shaping"]

SHAPES = ("daily", "weekly", "holidays", "trend", "bursts")
_GREATEST = 1_000_000.0
_NARROWEST = 60 * literals.SECOND


@dataclass(slots=True)
class Shaping:
    """Reads the shape of one arrival."""

    values: Values
    clock: Clock

    def read(self, keys: Mapping[str, Entry], path: str) -> Shape | None:
        """The shape that the keys of an arrival give it; None where there is none."""
        readers: Mapping[str, Callable[[Node, str], object]] = {
            "daily": self._daily,
            "weekly": self._weekly,
            "holidays": Calendars(self.values, self.level).read,
            "trend": self._trend,
            "bursts": self._bursts,
        }
        found = {name: readers[name](keys[name].value, join(path, name)) for name in SHAPES if name in keys}
        found = {name: value for name, value in found.items() if value is not None and value != ()}
        return Shape(**found) if found else None  # type: ignore[arg-type]

    def level(self, node: Node, path: str, what: str = literals.LEVEL) -> float | None:
        """A factor on the rate: ``70%``, ``x4``, or a number from 0 to 1."""
        value = literals.level(node.value) if isinstance(node.value, str) else None
        plain = isinstance(node.value, int | float) and not isinstance(node.value, bool)
        if plain and 0 <= node.value <= 1:
            value = float(node.value)
        elif plain and node.value > 1:
            edit = self.values.report.replace(node, node.text, f"{node.text}%")
            hint = f"{node.text}% is a share of the rate, x{node.text} a multiple"
            self.values.report.expected(node, what, path, hint, edit)
            return None
        if value is None:
            self.values.report.expected(node, what, path)
            return None
        return value if self.values.within(node, value, path, (0, _GREATEST, None, None)) else None

    def _daily(self, node: Node, path: str) -> Curve | tuple[tuple[int, float], ...] | None:
        """A floor with peaks, or levels by hour."""
        report = self.values.report
        if node.kind is not NodeKind.MAPPING or not node.entries:
            hint = 'such as {0: 5%, 9: 100%, 18: 40%} or {floor: 10%, peaks: [{at: "12:30", width: 2h}]}'
            report.expected(node, "levels by hour, or a floor with peaks", path, hint)
            return None
        if any(entry.name[:1].isdigit() for entry in node.entries):
            return self._hours(node, path)
        keys = report.keys(node, CURVE, path, "a daily profile")
        floor = self.level(keys["floor"].value, join(path, "floor")) if "floor" in keys else 0.0
        if "peaks" not in keys or floor is None:
            return None
        peaks = self._peaks(keys["peaks"].value, join(path, "peaks"), floor)
        if peaks and not floor and not any(peak.height for peak in peaks):
            message = "the floor and all peaks are 0%: nothing ever happens"
            report.error("contradiction", message, node, path, "give a peak a height above 0%")
        return Curve(floor, peaks) if peaks else None

    def _hours(self, node: Node, path: str) -> tuple[tuple[int, float], ...] | None:
        """Levels by the time of day from which they hold; before the first one the last one holds."""
        report = self.values.report
        found: dict[int, float] = {}
        complete = True
        for entry in node.entries:
            here = join(path, entry.name)
            at, level = literals.time_of_day(entry.name), self.level(entry.value, here)
            if at is None:
                report.error("range", f"{entry.name!r} is no time of day", entry.key, here, 'such as 9 or "17:30"')
            elif at in found:
                report.error("duplicate-key", f"{entry.name!r} is said twice", entry.key, here, "remove one of them")
            elif level is not None:
                found[at] = level
                continue
            complete = False
        if not complete:
            return None
        if not any(found.values()):
            terms = ", ".join(f"{entry.name}: 0%" for entry in node.entries[:6])
            message = f"every level is 0% ({terms}{', ...' if len(found) > 6 else ''}): nothing ever happens"
            report.error("contradiction", message, node, path, "give an hour a level above 0%")
            return None
        steps = sorted(found.items())
        return tuple(steps) if steps[0][0] == 0 else ((0, steps[-1][1]), *steps)

    def _peaks(self, node: Node, path: str, floor: float) -> tuple[Peak, ...]:
        report = self.values.report
        items = node.items if node.kind is NodeKind.SEQUENCE else [node]
        if not items or any(item.kind is not NodeKind.MAPPING for item in items):
            report.expected(node, "a list of peaks", path, 'such as [{at: "12:30", width: 2h, height: 80%}]')
            return ()
        found = [self._peak(item, join(path, i), floor) for i, item in enumerate(items)]
        return tuple(peak for peak in found if peak is not None) if None not in found else ()

    def _peak(self, node: Node, path: str, floor: float) -> Peak | None:
        report = self.values.report
        keys = report.keys(node, PEAK, path, "a peak")
        at = width = None
        if "at" in keys:
            text = self.values.text(keys["at"].value, join(path, "at"), literals.TIME_OF_DAY)
            at = None if text is None else literals.time_of_day(text)
            if at is None and text is not None:
                report.expected(keys["at"].value, literals.TIME_OF_DAY, join(path, "at"))
        if "width" in keys:
            width = self.values.duration(keys["width"].value, join(path, "width"))
            if width is not None and not _NARROWEST <= width <= literals.DAY:
                message = f"a peak is from 1m to 1d wide, not {keys['width'].value.text}"
                report.error("range", message, keys["width"].value, join(path, "width"), "a sharper one is a burst")
                width = None
        height = self.level(keys["height"].value, join(path, "height")) if "height" in keys else 1.0
        if height is not None and height < floor:
            where, path = (keys["height"].value, join(path, "height")) if "height" in keys else (node, path)
            message = f"a peak of {height:.4g} is lower than the floor of {floor:.4g}"
            report.error("contradiction", message, where, path, "lower the floor, or write levels by hour")
        return None if at is None or width is None or height is None else Peak(at, width, height)

    def _weekly(self, node: Node, path: str) -> tuple[float, ...] | None:
        """Seven levels, Monday first; 100% for a day that is not named."""
        report = self.values.report
        if node.kind is not NodeKind.MAPPING or not node.entries:
            report.expected(node, "levels by day of the week", path, "such as {sat: 70%, sun: 50%}")
            return None
        keys = report.keys(node, WEEK, path, "a week")
        found = {day: self.level(keys[day].value, join(path, day)) if day in keys else 1.0 for day in WEEK}
        if None in found.values():
            return None
        levels = tuple(level or 0.0 for level in found.values())
        if not any(levels):
            message = "all seven days are at 0%: nothing ever happens"
            report.error("contradiction", message, node, path, "give a day a level above 0%")
            return None
        return levels

    def _trend(self, node: Node, path: str) -> Trend | None:
        """``5%/week``, or a mapping with growth, shape, from and until."""
        report = self.values.report
        where, here = node, path
        linear, start, until = False, self.values.start, None
        if node.kind is NodeKind.MAPPING:
            keys = report.keys(node, TREND, path, "a trend")
            if "shape" in keys:
                shape = self.values.choice(keys["shape"].value, TRENDS, join(path, "shape"), "shape")
                linear = shape == "linear"
            if "from" in keys:
                begin = self.values.time(keys["from"].value, join(path, "from"))
                start = self.values.start if begin is None else begin
            if "until" in keys:
                until = self.values.time(keys["until"].value, join(path, "until"))
                if until is not None and until <= start:
                    message = "the trend ends before it begins" if until < start else "the trend ends at once"
                    report.error("contradiction", message, keys["until"].value, join(path, "until"), "such as +30d")
                    until = None
            if "growth" not in keys:
                return None
            where, here = keys["growth"].value, join(path, "growth")
        found = literals.growth(where.value) if isinstance(where.value, str) else None
        if found is None:
            report.expected(where, literals.GROWTH, here)
            return None
        return self._grown(Trend(*found, linear, start, until), where, here)

    def _grown(self, trend: Trend, node: Node, path: str) -> Trend | None:
        """A trend that is possible: it neither goes below nothing nor out of reach."""
        report = self.values.report
        if trend.growth == 0:
            report.warning("no-effect", "a growth of 0% changes nothing", node, path, "remove it")
            return None
        if abs(trend.growth) > _GREATEST:
            report.error("range", f"at most {_GREATEST * 100:,.0f}%, not {node.text}", node, path)
            return None
        if not trend.linear and trend.growth <= -1:
            message = f"{node.text} leaves less than nothing: compound growth is above -100%"
            report.error("range", message, node, path, "shape: linear goes down to 0 and stays there")
            return None
        if trend.linear and trend.growth < 0:
            zero = trend.start + round(trend.per / -trend.growth)
            if zero <= self.clock.start and (trend.until is None or trend.until >= zero):
                message = "the trend has come down to 0 before the clock starts: nothing ever happens"
                report.error("contradiction", message, node, path, "begin it later: from: +0d")
                return None
        return trend

    def _bursts(self, node: Node, path: str) -> tuple[Burst, ...]:
        report = self.values.report
        items = node.items if node.kind is NodeKind.SEQUENCE else [node]
        if not items or any(item.kind is not NodeKind.MAPPING for item in items):
            report.expected(node, "a list of bursts", path, "such as [{at: +4d 18:00, for: 20m, rate: x4}]")
            return ()
        found = [self._burst(item, join(path, i)) for i, item in enumerate(items)]
        return tuple(burst for burst in found if burst is not None)

    def _burst(self, node: Node, path: str) -> Burst | None:
        """One burst, or a series."""
        report, values = self.values.report, self.values
        keys = report.keys(node, BURST, path, "a burst")
        at = values.time(keys["at"].value, join(path, "at")) if "at" in keys else None
        lasting = [name for name in ("for", "ramp", "every") if name in keys]
        spans = {name: values.duration(keys[name].value, join(path, name)) for name in lasting}
        factor = None
        if "rate" in keys:
            factor = self.level(keys["rate"].value, join(path, "rate"), "a factor such as x4, or a share such as 10%")
        until = values.time(keys["until"].value, join(path, "until")) if "until" in keys else None
        length = spans.get("for")
        if at is None or length is None or factor is None or None in spans.values():
            return None
        burst = Burst(at, length, factor, spans.get("ramp") or 0, spans.get("every"), until)
        return burst if self._possible(burst, node, keys, path) else None

    def _possible(self, burst: Burst, node: Node, keys: Mapping[str, Entry], path: str) -> bool:
        """Whether a burst does not contradict itself; a warning where it comes to nothing."""
        report = self.values.report
        problem = None
        if burst.length == 0:
            problem = ("for", "a burst of no time", "such as 20m")
        elif burst.every is not None and burst.every < literals.SECOND:
            problem = ("every", "a burst comes again after 1s at the earliest", "raise the rate instead")
        elif 2 * burst.ramp > burst.length:
            ramp, length = keys["ramp"].value.text, keys["for"].value.text
            problem = ("ramp", f"a ramp of {ramp} up and down does not fit into {length}", "at most half of 'for'")
        elif burst.every is not None and burst.every < burst.length:
            every, length = keys["every"].value.text, keys["for"].value.text
            problem = ("every", f"the next one begins after {every}, while this one still lasts ({length})", "")
        elif burst.every is not None and burst.every == burst.length and not burst.factor and burst.until is None:
            problem = ("every", "one outage follows on the other: nothing ever happens", "make 'for' shorter")
        elif burst.until is not None and burst.until <= burst.at:
            problem = ("until", "the last burst would begin before the first one", "a later time such as +30d")
        if problem is not None:
            name, message, hint = problem
            report.error("contradiction", message, keys[name].value, join(path, name), hint)
            return False
        where = keys["at"].value
        if burst.at + burst.length <= self.clock.start and burst.every is None:
            report.warning("no-effect", "the burst is over before the clock starts", where, join(path, "at"))
        elif self.clock.end is not None and burst.at >= self.clock.end:
            report.warning("no-effect", "the burst comes after the end of the clock", where, join(path, "at"))
        elif burst.factor == 1:
            report.warning("no-effect", "a burst of x1 changes nothing", keys["rate"].value, join(path, "rate"))
        return True


def tallest(shape: Shape, clock: Clock) -> tuple[float, str]:
    """An upper limit of all factors together, and how it comes about."""
    factors: list[tuple[str, float]] = []
    if isinstance(shape.daily, Curve):
        factors.append(("daily", max([shape.daily.floor, *(peak.height for peak in shape.daily.peaks)])))
    elif shape.daily:
        factors.append(("daily", max(level for _, level in shape.daily)))
    if shape.weekly:
        factors.append(("weekly", max(shape.weekly)))
    ends = [end for end in (clock.end, shape.trend.until if shape.trend else None) if end is not None]
    if shape.trend is not None and shape.trend.growth > 0 and ends:
        periods = max(0, min(ends) - shape.trend.start) / shape.trend.per
        most = (
            periods * shape.trend.growth
            if shape.trend.linear
            else math.expm1(min(periods * math.log1p(shape.trend.growth), 100.0))
        )
        factors.append(("trend", 1.0 + most))
    factors.append(("bursts", _overlapping(shape.bursts)))
    total = math.prod(factor for _, factor in factors)
    return total, "".join(f" x {factor:.4g} ({name})" for name, factor in factors if factor != 1)


def _overlapping(bursts: tuple[Burst, ...]) -> float:
    """The greatest product of bursts that can come together; those that come again may meet with any other."""
    again = math.prod(burst.factor for burst in bursts if burst.every is not None and burst.factor > 1)
    once = [burst for burst in bursts if burst.every is None and burst.factor > 1]
    together = [
        math.prod(burst.factor for burst in once if burst.at <= first.at < burst.at + burst.length) for first in once
    ]
    return again * max(together, default=1.0)
