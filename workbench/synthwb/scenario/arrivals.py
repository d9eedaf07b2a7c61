"""Arrivals: how often each event type happens in event time."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from synthwb.scenario.keys import ARRIVAL, LATER_PROCESSES, PROCESSES
from synthwb.scenario.model import Arrival, Clock
from synthwb.scenario.paths import join
from synthwb.scenario.shaping import Shaping, tallest
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Arrivals"]

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
        if events and len(found) == len(events) and not any(arrival.rate for arrival in found) and node is not None:
            message = "every rate is 0: nothing ever happens"
            self.report.error("contradiction", message, node, "arrivals", "give an event a rate such as 5/s")
        return tuple(found)

    def _arrival(self, entry: Entry, path: str) -> Arrival | None:
        process, node, shape = "poisson", entry.value, None
        if node.kind is NodeKind.MAPPING:
            keys = self.report.keys(node, ARRIVAL, path, f"the arrivals of {entry.name!r}")
            if "process" in keys:
                process = self._process(keys["process"].value, join(path, "process"))
            shape = Shaping(self.values, self.clock).read(keys, path)
            if "rate" not in keys:
                return None
            node, path = keys["rate"].value, join(path, "rate")
        rate = self.values.rate(node, path)
        if rate is None:
            return None
        fastest = _FASTEST_POISSON if process == "poisson" else _FASTEST
        if rate > fastest:
            self.report.error("range", f"at most {fastest:,} events per second", node, path)
            return None
        if rate == 0:
            self.report.warning("no-effect", f"{entry.name!r} never happens at a rate of 0", node, path)
        if shape is not None:
            factor, terms = tallest(shape, self.clock)
            if rate * Fraction(factor) > fastest:
                message = f"{node.text}{terms} = {float(rate) * factor:,.4g}/s, and at most {fastest:,}/s are possible"
                self.report.error("range", message, node, path, "lower the rate, or what shapes it")
        return Arrival(entry.name, process, rate, self.report.span(node), shape)

    def _process(self, node: Node, path: str) -> str:
        if node.value in LATER_PROCESSES:
            message = f"the process {node.value!r} comes with a later version of synthwb"
            self.report.error("not-yet", message, node, path, "poisson and constant are here")
            return "poisson"
        return self.values.choice(node, PROCESSES, path, "process") or "poisson"
