"""Time: the clock, limits in event time, and pacing in wall-clock time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC

from synthwb.scenario import literals
from synthwb.scenario.keys import CLOCK, CLOCK_MODES, LIMIT
from synthwb.scenario.model import Clock, Limit, Pacing, PacingBurst
from synthwb.scenario.pacekeys import ON_LAG, PACING, PACING_BURST
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["DEFAULT_START", "Timing", "speed"]

DEFAULT_START = 1_767_225_600_000_000  # 2026-01-01T00:00Z
_MAX_LAG = literals.SECOND
_SPEED = re.compile(r"(?:x\s?)?(\d{1,12}(?:\.\d{1,12})?)(?:\s?x)?")


def speed(text: str) -> float | None:
    """How many seconds of event time a second takes: ``60x``; None for what is no factor above 0.

    >>> speed("60x"), speed("0x")
    (60.0, None)
    """
    found = _SPEED.fullmatch(text)
    value = float(found[1]) if found else 0.0
    return value if value > 0 else None


class Timing:
    """Reads everything that has to do with time."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.report = values.report

    def clock(self, node: Node | None, start: int | None = None) -> Clock:
        """The event-time line; the values then know its start and its zone. ``start``: where nothing else is said."""
        begin = self.values.start = DEFAULT_START if start is None else start
        if node is None:
            return Clock(begin)
        keys = self.report.keys(node, CLOCK, "clock", "the clock")
        zone = self._zone(keys["zone"].value) if "zone" in keys else "UTC"
        self.values.zone = literals.zone(zone) or UTC
        live = self._live(keys.get("mode"))
        start, ago = self._start(keys["start"].value, live) if "start" in keys else (begin, None)
        self.values.start = start
        end = self.values.time(keys["end"].value, "clock.end") if "end" in keys else None
        if end is not None and end <= start:
            message = (
                f"the clock ends {_span(start - end)} before it starts" if end < start else "the clock ends at once"
            )
            self.report.error("contradiction", message, keys["end"].value, "clock.end", "such as end: +7d")
        factor = self._speed(keys["speed"].value) if "speed" in keys else None
        if live:
            self._tied(keys)
        return Clock(start, end, zone, factor, live, ago)

    def _zone(self, node: Node) -> str:
        name = self.values.text(node, "clock.zone", "a time zone such as Europe/Paris")
        if name is None or literals.zone(name) is not None:
            return name or "UTC"
        from zoneinfo import available_timezones

        self.report.unknown("zone", node, name, sorted(available_timezones()), "clock.zone", "such as Europe/Paris")
        return "UTC"

    def _speed(self, node: Node) -> float | None:
        """``60x``: a minute of event time every second."""
        value = speed(node.text) if node.kind is NodeKind.SCALAR else None
        if value is None:
            self.report.expected(node, "a factor above 0 such as 60x", "clock.speed")
        return value

    def _live(self, entry: Entry | None) -> bool:
        """Whether event time is the wall clock's."""
        if entry is None:
            return False
        return self.values.choice(entry.value, CLOCK_MODES, "clock.mode", "mode") == "live"

    def _start(self, node: Node, live: bool) -> tuple[int, int | None]:
        """Where event time begins, and how long before now that is if only a run can know; see `Clock.ago`."""
        ago = literals.ago(node.value) if isinstance(node.value, str) else None
        if ago is None and isinstance(node.value, str) and node.value.startswith("now"):
            self.report.expected(node, literals.START, "clock.start")
            return DEFAULT_START, None
        if ago is None:
            start = self.values.time(node, "clock.start", relative=False)
            return DEFAULT_START if start is None else start, None
        if not live:
            message = f"{node.text} is another time in every run, so the same seed would not give the same stream"
            hint = "write a time such as 2026-03-02T09:00, or mode: live"
            self.report.error("contradiction", message, node, "clock.start", hint)
        if ago > DEFAULT_START:
            self.report.error("range", f"{node.text} is before 1970", node, "clock.start", "such as now-7d")
        return DEFAULT_START - min(ago, DEFAULT_START), ago

    def _tied(self, keys: Mapping[str, Entry]) -> None:
        """What does not go with a clock that is the wall clock's."""
        if "speed" in keys:
            message = "mode: live is event time at the speed of the wall clock, which speed changes"
            self.report.error("contradiction", message, keys["speed"].value, "clock.speed", "remove one of them")
        if "start" not in keys:
            message = "a live clock without a start catches up from 2026-01-01T00:00Z on"
            hint = "write start: now, or the time from which on events are wanted"
            self.report.warning("no-start", message, keys["mode"].value, "clock.mode", hint)

    def limit(self, node: Node | None) -> Limit:
        """Where a run ends."""
        if node is None:
            return Limit()
        keys = self.report.keys(node, LIMIT, "limit", "a limit")
        events = duration = None
        if "events" in keys:
            at = keys["events"].value
            events = self.values.integer(at, "limit.events")
            if events is not None and events < 1:
                message = f"a limit of {events} events ends before the first one"
                self.report.error("contradiction", message, at, "limit.events", "remove it, or write 1 or more")
        if "for" in keys:
            duration = self.values.duration(keys["for"].value, "limit.for")
            if duration == 0:
                message = "a limit of no time ends before the first event"
                self.report.error("contradiction", message, keys["for"].value, "limit.for", "such as 10m")
        return Limit(events, duration)

    def pacing(self, node: Node | None, clock: Clock) -> Pacing | None:
        """How fast events are delivered."""
        if node is None:
            return None
        where, path, keys = node, "pacing", dict[str, Entry]()
        if node.kind is NodeKind.MAPPING:
            keys = dict(self.report.keys(node, PACING, "pacing", "pacing"))
            if "rate" not in keys:
                return None
            where, path = keys["rate"].value, "pacing.rate"
        rate = self.values.rate(where, path)
        if rate is not None and rate == 0:
            hint = "remove pacing to deliver as fast as possible"
            self.report.error("contradiction", "nothing is ever delivered at a rate of 0", where, path, hint)
        if clock.speed is not None or clock.live:
            other = "a live clock" if clock.live else "clock.speed"
            message = f"pacing and {other} both say how fast events are delivered"
            self.report.error("contradiction", message, node, "pacing", "remove one of them")
        ramp = self.values.duration(keys["ramp"].value, "pacing.ramp") if "ramp" in keys else None
        on_lag, max_lag = self._late(keys)
        burst = self._burst(keys["burst"].value) if "burst" in keys else None
        return None if rate is None else Pacing(float(rate), ramp or 0, on_lag, max_lag, burst)

    def _late(self, keys: Mapping[str, Entry]) -> tuple[str, int]:
        """What becomes of what is late, and from when on."""
        on_lag, longest = "report", None
        if "on_lag" in keys:
            on_lag = self.values.choice(keys["on_lag"].value, ON_LAG, "pacing.on_lag", "on_lag") or on_lag
        if "max_lag" in keys:
            longest = self.values.duration(keys["max_lag"].value, "pacing.max_lag")
            if on_lag != "skip":
                message = "max_lag says from when on events are skipped, and none are"
                hint = "write on_lag: skip, or remove it"
                self.report.error("contradiction", message, keys["max_lag"].value, "pacing.max_lag", hint)
        return on_lag, _MAX_LAG if longest is None else longest

    def _burst(self, node: Node) -> PacingBurst | None:
        """A rate that comes again and again."""
        keys = self.report.keys(node, PACING_BURST, "pacing.burst", "a burst")
        if not {"rate", "every", "for"} <= set(keys):
            return None
        rate = self.values.rate(keys["rate"].value, "pacing.burst.rate")
        every = self.values.duration(keys["every"].value, "pacing.burst.every")
        length = self.values.duration(keys["for"].value, "pacing.burst.for")
        if rate is None or every is None or length is None:
            return None
        if rate == 0:
            message = "nothing is ever delivered at a rate of 0"
            self.report.error("contradiction", message, keys["rate"].value, "pacing.burst.rate")
        if not 0 < length < every:
            message = "a burst lasts a while, and ends before the next one begins"
            hint = "such as every: 1m, for: 5s"
            self.report.error("contradiction", message, keys["for"].value, "pacing.burst.for", hint)
        return PacingBurst(float(rate), every, length)


def _span(micros: int) -> str:
    """A duration in words short enough for a message."""
    for name, unit in (("d", literals.DAY), ("h", 3600 * literals.SECOND), ("m", 60 * literals.SECOND)):
        if micros >= unit:
            return f"{micros / unit:.4g}{name}"
    return f"{micros / literals.SECOND:.4g}s"
