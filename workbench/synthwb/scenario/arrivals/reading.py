"""Arrivals: how often each event type happens, and each flow begins, in event time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from fractions import Fraction

from synthwb.scenario.arrivals.crons import Crons
from synthwb.scenario.arrivals.individual import OfRows
from synthwb.scenario.arrivals.processes import EXAMPLES, ONCE, OWNED, belongs, has_actor
from synthwb.scenario.arrivals.shaping import Shaping, tallest
from synthwb.scenario.flows.model import Concurrency
from synthwb.scenario.keys import ARRIVAL, AT_CAP, CONCURRENCY, PROCESSES
from synthwb.scenario.living import Excitation
from synthwb.scenario.model import Arrival, Clock, EntityType, Field, Schedule
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import Source
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Arrivals"]

_LARGEST_BATCH = 1_000_000  # events at one time of a schedule
_LARGEST_CAP = 100_000_000  # sessions at once
_FASTEST = 10**9  # events per second: a thousand in every microsecond
_FASTEST_POISSON = 32_000_000  # what the layers of the Poisson process can address


class Arrivals:
    """Reads ``arrivals``."""

    def __init__(
        self,
        values: Values,
        clock: Clock,
        entities: Mapping[str, EntityType],
        source: Callable[[str | None], Source],
    ) -> None:
        self.values = values
        self.report = values.report
        self.clock = clock
        self.entities = entities
        self.source = source  # what can be read of a row of an entity

    def read(
        self,
        node: Node | None,
        events: Mapping[str, Entry],
        flows: Mapping[str, Entry],
        emitted: frozenset[str],
        replayed: Collection[str] = (),
    ) -> tuple[Arrival, ...]:
        """The arrivals of events, then of flows, in their order.

        What has none comes once a second: a flow, and an event where there are no flows; beside flows an event has
        arrivals only where that is said. ``emitted``: the events that some flow emits; ``replayed``: those out of a
        file.
        """
        known = {**events, **flows}
        written: dict[str, Arrival | None] = {}
        if node is not None and node.kind is not NodeKind.MAPPING:
            example = ", ".join(f"{name}: 5/s" for name in list(events)[:1])
            self.report.expected(node, "rates by event", "arrivals", f"such as {{{example}}}")
        elif node is not None:
            for entry in node.entries:
                path = f"arrivals.{entry.name}"
                if entry.name not in known:
                    what = "event or flow" if flows else "event"
                    self.report.unknown(what, entry.key, entry.name, known, path)
                elif entry.name in replayed:
                    message = f"{entry.name!r} is replayed from a file, which says when it comes"
                    self.report.error("contradiction", message, entry.key, path, "take it out of arrivals")
                else:
                    written[entry.name] = self._arrival(entry, path, known[entry.name], flow=entry.name in flows)
        found: list[Arrival | None] = []
        for name, entry in known.items():
            if name in replayed:
                found.append(Arrival(name, "replay", Fraction(0), self.report.span(entry.key)))
                continue
            if flows and name in events and name not in written:
                if name not in emitted:
                    message = f"{name!r} never happens: no flow emits it, and it has no arrivals"
                    hint = f"add it to the emit of a state, or arrivals: {{{name}: 1/s}}"
                    self.report.warning("no-effect", message, entry.key, name, hint)
                continue
            found.append(written.get(name, Arrival(name, "constant", Fraction(1), None)))
        arrivals = [arrival for arrival in found if arrival is not None]
        if known and len(found) == len(arrivals) and not any(map(_happens, arrivals)) and node is not None:
            message = "every rate is 0: nothing ever happens"
            self.report.error("contradiction", message, node, "arrivals", "give an event a rate such as 5/s")
        return tuple(arrivals)

    def _arrival(self, entry: Entry, path: str, owner: Entry, *, flow: bool) -> Arrival | None:
        node = entry.value
        if node.kind is not NodeKind.MAPPING:
            rate = self._rate(node, path, "poisson", entry.name)
            return None if rate is None else Arrival(entry.name, "poisson", rate, self.report.span(node))
        keys = self.report.keys(node, ARRIVAL, path, f"the arrivals of {entry.name!r}")
        process = "poisson"
        if "process" in keys:
            process = self._process(keys["process"].value, join(path, "process"))
        cap = self._cap(keys, path, flow=flow) if "concurrency" in keys else None
        complete = belongs(self.report, process, keys, node, path)
        if process in OWNED:
            complete = has_actor(self.report, process, owner, keys["process"].value, join(path, "process")) and complete
        if not complete:
            return None
        read = {"renewal": self._renewal, "schedule": self._schedule, "hawkes": self._hawkes}.get(process)
        if process in OWNED:
            reader = OfRows(self.values, self.clock, self.entities, self.source)
            found = reader.read(entry.name, process, keys, path, owner)
        elif read is not None:
            found = read(entry.name, keys, path)
        else:
            found = self._random_access(entry.name, process, keys, path)
        return found if found is None or cap is None else replace(found, concurrency=cap)

    def _cap(self, keys: Mapping[str, Entry], path: str, *, flow: bool) -> Concurrency | None:
        """The most sessions at once, and what an arrival does that finds no room."""
        entry, path = keys["concurrency"], join(path, "concurrency")
        node, here = entry.value, path
        if not flow:
            message = "concurrency caps the sessions of a flow, and this is an event"
            self.report.error("contradiction", message, entry.key, path, "remove it")
            return None
        inner: dict[str, Entry] = {}
        if node.kind is NodeKind.MAPPING:
            inner = self.report.keys(node, CONCURRENCY, path, "a cap")
            if "limit" not in inner:
                return None
            node, here = inner["limit"].value, join(path, "limit")
        limit = self.values.integer(node, here, (0, _LARGEST_CAP, None, None), "a number of sessions")
        at_cap: str | None = "wait"
        if "at_cap" in inner:
            at_cap = self.values.choice(inner["at_cap"].value, AT_CAP, join(path, "at_cap"), "at_cap")
        cap = Concurrency(limit or 0, at_cap or "wait")
        if "every" in inner and at_cap is not None:
            cap = self._every(cap, inner["every"], join(path, "every"))
        if limit == 0:
            message, hint = "a cap of 0 sessions: none could ever begin", "such as 100, or rate: 0/s for none"
            self.report.error("contradiction", message, node, here, hint)
        return cap

    def _every(self, cap: Concurrency, entry: Entry, path: str) -> Concurrency:
        """How often one that polls looks again."""
        every = self.values.duration(entry.value, path)
        if cap.at_cap != "poll":
            message = f"every belongs to poll, and at_cap is {cap.at_cap}"
            self.report.error("contradiction", message, entry.key, path, "write at_cap: poll, or remove it")
        elif every == 0:
            message = "looking again every 0s: time would not go on"
            self.report.error("contradiction", message, entry.value, path, "such as 5s")
        return replace(cap, every=every or cap.every)

    def _rate(self, node: Node, path: str, process: str, event: str) -> Fraction | None:
        rate = self.values.rate(node, path)
        if rate is None:
            return None
        fastest = _FASTEST if process == "constant" else _FASTEST_POISSON
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
        fastest = _FASTEST if process == "constant" else _FASTEST_POISSON
        if shape is not None:
            factor, terms = tallest(shape, self.clock)
            if rate * Fraction(factor) > fastest:
                message = f"{node.text}{terms} = {float(rate) * factor:,.4g}/s, and at most {fastest:,}/s are possible"
                self.report.error("range", message, node, path, "lower the rate, or what shapes it")
        return Arrival(event, process, rate, self.report.span(node), shape)

    def _hawkes(self, event: str, keys: Mapping[str, Entry], path: str) -> Arrival | None:
        """Events that bring about more of them."""
        found = self._random_access(event, "hawkes", keys, path)
        decay = self.values.duration(keys["decay"].value, join(path, "decay"))
        if decay == 0:
            message = "a decay of 0s: all that an event brings about would come with it"
            self.report.error("contradiction", message, keys["decay"].value, join(path, "decay"), "such as 30s")
            decay = None
        node, here = keys["branching"].value, join(path, "branching")
        branching = self.values.number(node, here, (0, None, None, None), "a number from 0 to below 1, such as 0.6")
        if branching is not None and branching >= 1:
            message = f"{node.text} more events each, and so on: 1 + {node.text} + {node.text}^2 + ... has no end"
            hint = "below 1: at 0.6 there are 1 / (1 - 0.6) = 2.5 events for each of the rate"
            self.report.error("contradiction", message, node, here, hint)
            return None
        if found is None or decay is None or branching is None:
            return None
        if found.rate / (1 - Fraction(branching)) > _FASTEST_POISSON:
            message = f"{keys['rate'].value.text} / (1 - {node.text}) = {float(found.rate) / (1 - branching):,.4g}/s"
            self.report.error("range", f"{message}, and at most {_FASTEST_POISSON:,}/s are possible", node, here)
        return replace(found, excitation=Excitation(float(branching), decay))

    def _renewal(self, event: str, keys: Mapping[str, Entry], path: str) -> Arrival | None:
        """Gaps of any law, one after the other."""
        node, here = keys["gap"].value, join(path, "gap")
        gap = Quantities(self.values, "s", "a gap").read(node, here, EXAMPLES["gap"])
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
        return self.values.choice(node, PROCESSES, path, "process") or "poisson"


def _happens(arrival: Arrival) -> bool:
    return bool(
        arrival.rate or arrival.gap or arrival.schedule or arrival.process in (*ONCE, "replay") or arrival.individual
    )
