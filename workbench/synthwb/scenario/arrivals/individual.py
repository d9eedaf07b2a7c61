"""Arrivals of rows: what each actor begins once, and what each does by itself again and again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from synthwb.scenario import literals
from synthwb.scenario.arrivals.shape import Shape
from synthwb.scenario.arrivals.shaping import Shaping
from synthwb.scenario.living import Individual
from synthwb.scenario.model import Arrival, Clock, DType, EntityType, Field
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import Scope, Source
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["OfRows"]

_MOST = 2047  # of one actor in one period
_SHORTEST = literals.SECOND
_ONE_OF = ("rate", "gap", "count")
_EXAMPLE = "such as rate: 3/day, gap: {exponential: {mean: 2h}}, or count: {poisson: {mean: 2}}"


@dataclass(slots=True)
class OfRows:
    """Reads arrivals that belong to rows. ``source`` says what can be read of a row of an entity."""

    values: Values
    clock: Clock
    entities: Mapping[str, EntityType]
    source: Callable[[str | None], Source]

    def read(self, name: str, process: str, keys: Mapping[str, Entry], path: str, owner: Entry) -> Arrival | None:
        """The arrivals of an event or a flow, whose actor is known; None after a problem was reported."""
        node = owner.value.get("actor")
        actor = node.text if node is not None else ""
        if process == "per_actor":
            return self._per_actor(name, keys, path, actor)
        population = self.entities[actor].population if actor in self.entities else None
        if process == "births" and actor in self.entities and (population is None or population.births is None):
            message = f"nobody of {actor!r} is born: nothing ever happens"
            hint = f"add population: {{births: 40/day}} to {actor!r}, or write process: once"
            node = keys["process"].value
            self.values.report.error("contradiction", message, node, join(path, "process"), hint)
            return None
        jitter = self._jitter(keys, path)
        span = self.values.report.span(keys["process"].value)
        return None if jitter is None else Arrival(name, process, Fraction(0), span, jitter=jitter)

    def _jitter(self, keys: Mapping[str, Entry], path: str) -> int | None:
        return self.values.duration(keys["jitter"].value, join(path, "jitter")) if "jitter" in keys else 0

    def _per_actor(self, name: str, keys: Mapping[str, Entry], path: str, actor: str) -> Arrival | None:
        """A rate, a law of gaps or a law of counts, of each actor."""
        report = self.values.report
        given = [key for key in _ONE_OF if key in keys]
        if len(given) != 1:
            message = f"{' and '.join(given)} together: one says how often each actor comes"
            if given:
                report.error("contradiction", message, keys[given[1]].key, join(path, given[1]), "remove one of them")
            else:
                message, node = "per_actor arrivals need a rate, a gap or a count", keys["process"].value
                report.error("missing-key", message, node, path, _EXAMPLE)
            return None
        if not self._fit(given[0], keys, path):
            return None
        shape = Shaping(self.values, self.clock).read(keys, path)
        span = report.span(keys[given[0]].value)
        if given[0] == "rate":
            rate = self.values.rate(keys["rate"].value, join(path, "rate"))
            if rate == 0:
                message = f"{name!r} never happens at a rate of 0"
                report.warning("no-effect", message, keys["rate"].value, join(path, "rate"))
            return None if rate is None else Arrival(name, "per_actor", rate, span, shape)
        scope = Scope("", event=False, siblings={}, sources={"actor": self.source(actor)})
        scope.facts = {"event.time": DType.TIMESTAMP}
        if given[0] == "gap":
            gap, jitter = self._gap(keys["gap"].value, join(path, "gap"), scope), self._jitter(keys, path)
            if gap is None or jitter is None:
                return None
            return Arrival(name, "per_actor", Fraction(0), span, gap=gap, jitter=jitter)
        individual = self._counted(keys, path, scope)
        if individual is None or not self._levels(shape, keys, path):
            return None
        return Arrival(name, "per_actor", Fraction(0), span, shape, individual=individual)

    def _fit(self, given: str, keys: Mapping[str, Entry], path: str) -> bool:
        """Whether all other keys go with the one that says how often."""
        others = {
            "rate": ("daily", "weekly", "holidays", "trend", "bursts"),
            "gap": ("jitter",),
            "count": ("every", "chance", "daily", "weekly", "holidays"),
        }
        fit = True
        for key, entry in keys.items():
            if key not in (*others[given], given, "process", "concurrency"):
                owners = [each for each in _ONE_OF if key in others[each]]
                message = f"{key!r} goes with {' or '.join(owners)} of each actor, and here is {given!r}"
                self.values.report.error("contradiction", message, entry.key, join(path, key), "remove one of them")
                fit = False
        return fit

    def _gap(self, node: Node, path: str, scope: Scope) -> Field | None:
        gap = Quantities(self.values, "s", "a gap", scope).read(node, path, "such as {exponential: {mean: 2h}}")
        if gap is not None and not gap.reads and support(gap)[1] <= 0:
            message = "every gap is 0s: all events would come at once, and without end"
            self.values.report.error("contradiction", message, node, path, "give it a law with gaps above 0s")
            return None
        return gap

    def _counted(self, keys: Mapping[str, Entry], path: str, scope: Scope) -> Individual | None:
        """How many in which period, and how likely."""
        report, node, here = self.values.report, keys["count"].value, join(path, "count")
        count = Quantities(self.values, "", "a count", scope).read(node, here, "such as 2 or {poisson: {mean: 2}}")
        every: int | None = literals.DAY
        if "every" in keys:
            every = self.values.duration(keys["every"].value, join(path, "every"))
        chance = None
        if "chance" in keys:
            chance = self._chance(keys["chance"].value, join(path, "chance"), scope)
        if count is None or every is None or ("chance" in keys and chance is None):
            return None
        if every < _SHORTEST:
            message = f"a period of {keys['every'].value.text} is too short: 1s at least"
            report.error("range", message, keys["every"].value, join(path, "every"), "a gap says it for short ones")
            return None
        low, high = support(count)
        if not count.reads and high <= 0:
            report.error("contradiction", "a count of 0: nothing ever happens", node, here, "such as 2")
            return None
        if not count.reads and low > _MOST:
            report.error("range", f"at most {_MOST:,} of each actor in a period", node, here, "shorten every")
            return None
        return Individual(count, chance, every)

    def _chance(self, node: Node, path: str, scope: Scope) -> Field | None:
        """A probability, which may be computed."""
        if node.kind is NodeKind.SCALAR and not isinstance(scope.resolve(str(node.value)), str):
            chance = self.values.probability(node, path)
            if chance is None:
                return None
            if chance == 0:
                message = "a chance of 0%: nothing ever happens"
                self.values.report.error("contradiction", message, node, path, "such as 80%")
                return None
            node = Node.scalar(chance, node.start, node.end, node.text)
        example = 'such as 80% or {expr: "0.2 + 0.01 * actor.age"}'
        return Quantities(self.values, "", "a chance", scope).read(node, path, example)

    def _levels(self, shape: Shape | None, keys: Mapping[str, Entry], path: str) -> bool:
        """A level of the week or of a holiday says which share of a count is there: at most all of it."""
        if shape is None:
            return True
        highest = max([1.0, *(shape.weekly or ()), *(each.factor for each in shape.holidays)])
        if highest <= 1.0:
            return True
        key = "weekly" if max(shape.weekly or (0.0,)) > 1 else "holidays"
        message = f"a level of {highest:.4g}: of a count at most all can be there"
        hint = "levels up to 100%, with a larger count"
        self.values.report.error("range", message, keys[key].value, join(path, key), hint)
        return False
