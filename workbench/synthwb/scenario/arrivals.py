"""Arrivals: how often each event type happens in event time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from synthwb.scenario.crons import Crons
from synthwb.scenario.keys import ARRIVAL, LATER_PROCESSES, PROCESSES
from synthwb.scenario.model import Arrival, Clock, Field, Schedule
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.shaping import SHAPES, Shaping, tallest
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Arrivals"]

_KEYS = {
    "poisson": ("rate", SHAPES),
    "constant": ("rate", SHAPES),
    "renewal": ("gap", ()),
    "schedule": ("cron", ("count", "jitter")),
}
"""By process: the key that it cannot do without, and those that may stand beside it."""

_EXAMPLES = {
    "poisson": "how many in event time, such as rate: 5/s",
    "constant": "how many in event time, such as rate: 5/s",
    "renewal": "such as gap: {lognormal: {median: 12s, sigma: 0.8}}",
    "schedule": 'such as cron: "0 9 * * mon-fri"',
}
_LARGEST_BATCH = 1_000_000  # events at one time of a schedule
_FASTEST = 10**9  # events per second: a thousand in every microsecond
_FASTEST_POISSON = 32_000_000  # what the layers of the Poisson process can address


class Arrivals:
    """Reads ``arrivals``."""

    def __init__(self, values: Values, clock: Clock) -> None:
        self.values = values
        self.report = values.report
        self.clock = clock

    def read(self, node: Node | None, events: Mapping[str, Entry]) -> tuple[Arrival, ...]:
        """One arrival per event, in the order of the events; without one an event comes once a second."""
        written: dict[str, Arrival | None] = {}
        if node is not None and node.kind is not NodeKind.MAPPING:
            example = ", ".join(f"{name}: 5/s" for name in list(events)[:1])
            self.report.expected(node, "rates by event", "arrivals", f"such as {{{example}}}")
        elif node is not None:
            for entry in node.entries:
                path = f"arrivals.{entry.name}"
                if entry.name not in events:
                    self.report.unknown("event", entry.key, entry.name, events, path)
                else:
                    written[entry.name] = self._arrival(entry, path)
        found = []
        for name in events:
            arrival = written.get(name, Arrival(name, "constant", Fraction(1), None))
            if arrival is not None:
                found.append(arrival)
        if events and len(found) == len(events) and not any(map(_happens, found)) and node is not None:
            message = "every rate is 0: nothing ever happens"
            self.report.error("contradiction", message, node, "arrivals", "give an event a rate such as 5/s")
        return tuple(found)

    def _arrival(self, entry: Entry, path: str) -> Arrival | None:
        node = entry.value
        if node.kind is not NodeKind.MAPPING:
            rate = self._rate(node, path, "poisson", entry.name)
            return None if rate is None else Arrival(entry.name, "poisson", rate, self.report.span(node))
        keys = self.report.keys(node, ARRIVAL, path, f"the arrivals of {entry.name!r}")
        process = "poisson"
        if "process" in keys:
            process = self._process(keys["process"].value, join(path, "process"))
        complete = self._belongs(process, keys, node, path)
        if not complete:
            return None
        read = {"renewal": self._renewal, "schedule": self._schedule}.get(process)
        if read is not None:
            return read(entry.name, keys, path)
        return self._random_access(entry.name, process, keys, path)

    def _belongs(self, process: str, keys: Mapping[str, Entry], node: Node, path: str) -> bool:
        """Whether the keys are those of the process; what it cannot do without must be there."""
        needed, others = _KEYS[process]
        complete = True
        for name, entry in keys.items():
            if name not in (needed, *others, "process"):
                owners = [each for each, (first, rest) in _KEYS.items() if name in (first, *rest)]
                message = f"{name!r} belongs to {' and '.join(owners)}, and the process is {process}"
                hint = f"write process: {owners[0]}, or remove it" if len(owners) == 1 else "remove it"
                self.report.error("contradiction", message, entry.key, join(path, name), hint)
                complete = False
        if needed not in keys and complete:
            complete = False
            if node.get(needed) is None:
                message = f"{process} arrivals need {needed!r}, {ARRIVAL[needed].kind}"
                self.report.error("missing-key", message, node, path, _EXAMPLES[process])
        return complete

    def _rate(self, node: Node, path: str, process: str, event: str) -> Fraction | None:
        rate = self.values.rate(node, path)
        if rate is None:
            return None
        fastest = _FASTEST_POISSON if process == "poisson" else _FASTEST
        if rate > fastest:
            self.report.error("range", f"at most {fastest:,} events per second", node, path)
            return None
        if rate == 0:
            self.report.warning("no-effect", f"{event!r} never happens at a rate of 0", node, path)
        return rate

    def _random_access(self, event: str, process: str, keys: Mapping[str, Entry], path: str) -> Arrival | None:
        """Poisson and constant arrivals: a rate with what shapes it."""
        shape = Shaping(self.values, self.clock).read(keys, path)
        node, path = keys["rate"].value, join(path, "rate")
        rate = self._rate(node, path, process, event)
        if rate is None:
            return None
        fastest = _FASTEST_POISSON if process == "poisson" else _FASTEST
        if shape is not None:
            factor, terms = tallest(shape, self.clock)
            if rate * Fraction(factor) > fastest:
                message = f"{node.text}{terms} = {float(rate) * factor:,.4g}/s, and at most {fastest:,}/s are possible"
                self.report.error("range", message, node, path, "lower the rate, or what shapes it")
        return Arrival(event, process, rate, self.report.span(node), shape)

    def _renewal(self, event: str, keys: Mapping[str, Entry], path: str) -> Arrival | None:
        """Gaps of any law, one after the other."""
        node, here = keys["gap"].value, join(path, "gap")
        gap = Quantities(self.values, "s", "a gap").read(node, here, _EXAMPLES["renewal"])
        if gap is None:
            return None
        if support(gap)[1] <= 0:
            message = "every gap is 0s: all events would come at once, and without end"
            self.report.error("contradiction", message, node, here, "give it a law with gaps above 0s")
            return None
        return Arrival(event, "renewal", Fraction(0), self.report.span(node), gap=gap)

    def _schedule(self, event: str, keys: Mapping[str, Entry], path: str) -> Arrival | None:
        """Times of the calendar."""
        node = keys["cron"].value
        crons = Crons(self.values, self.clock).read(node, join(path, "cron"))
        jitter: int | None = 0
        if "jitter" in keys:
            jitter = self.values.duration(keys["jitter"].value, join(path, "jitter"))
        count: int | Field | None = 1
        if "count" in keys:
            count = self._count(keys["count"].value, join(path, "count"))
        if crons is None or jitter is None or count is None:
            return None
        schedule = Schedule(crons, count, jitter)
        return Arrival(event, "schedule", Fraction(0), self.report.span(node), schedule=schedule)

    def _count(self, node: Node, path: str) -> int | Field | None:
        """How many events come at each time: a whole number, or a law."""
        if node.kind is NodeKind.MAPPING:
            return Quantities(self.values, "", "a count").read(node, path, "such as 20 or {poisson: {mean: 20}}")
        count = self.values.integer(node, path, (0, _LARGEST_BATCH, None, None), "a whole number or a law")
        if count == 0:
            self.report.error("contradiction", "a schedule of 0 events at a time never happens", node, path)
            return None
        return count

    def _process(self, node: Node, path: str) -> str:
        if node.value in LATER_PROCESSES:
            message = f"the process {node.value!r} comes with a later version of synthwb"
            self.report.error("not-yet", message, node, path, f"{', '.join(PROCESSES)} are here")
            return "poisson"
        return self.values.choice(node, PROCESSES, path, "process") or "poisson"


def _happens(arrival: Arrival) -> bool:
    return bool(arrival.rate or arrival.gap or arrival.schedule)
