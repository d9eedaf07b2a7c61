"""Populations of entities: who is born, and who is gone when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from synthwb.scenario.arrivals.shaping import Shaping
from synthwb.scenario.engagements import read_share
from synthwb.scenario.keys import BIRTHS, POPULATION
from synthwb.scenario.living import Births, Population
from synthwb.scenario.model import Clock, Field, Limit
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["MOST_ROWS", "Populations"]

MOST_ROWS = 100_000_000
_FASTEST = 1_000_000  # births a second
_LIFETIME = "such as 30d or {exponential: {mean: 36d}}"


@dataclass(slots=True)
class Populations:
    """Reads the ``population`` of entities on a clock, up to a limit."""

    values: Values
    clock: Clock
    limit: Limit

    def read(self, node: Node, path: str, scope: Scope, count: int | None) -> Population | None:
        """One population; ``scope`` is that of the fields of the entity, of which there are ``count`` at the start.

        None after a problem was reported.
        """
        report = self.values.report
        keys = report.keys(node, POPULATION, path, "a population")
        if node.kind is not NodeKind.MAPPING:
            return None
        births, churn = None, None
        if "births" in keys:
            births = self._births(keys, path, count)
        if "churn" in keys:
            churn = self._churn(keys["churn"].value, join(path, "churn"))
        lifetime = self._span(keys, path, "lifetime", scope)
        age = self._span(keys, path, "age", scope)
        wanted = [("births", births), ("churn", churn), ("lifetime", lifetime), ("age", age)]
        if any(name in keys and found is None for name, found in wanted):
            return None
        if "max" in keys and "births" not in keys:
            message = "max is the most rows that there will ever be, and nobody is born"
            report.error("contradiction", message, keys["max"].key, join(path, "max"), "add births, or remove it")
            return None
        if not node.entries:
            message = "nobody is born and nobody goes"
            report.warning("no-effect", message, node, path, "such as {births: 40/day, churn: 0.4%/day}")
        return Population(births, churn, lifetime, age)

    def _churn(self, node: Node, path: str) -> tuple[float, int] | None:
        """The share that is gone after a span of time."""
        found = read_share(self.values, node, path, "0.4%/day")
        if found is not None and found[0] == 0:
            self.values.report.warning("no-effect", "a churn of 0%: nobody ever goes", node, path, "remove it")
        return found

    def _span(self, keys: Mapping[str, Entry], path: str, name: str, scope: Scope) -> Field | None:
        """A quantity of time that may read the fields of the row."""
        if name not in keys:
            return None
        node, here = keys[name].value, join(path, name)
        what = "a lifetime" if name == "lifetime" else "an age"
        field = Quantities(self.values, "s", what, scope).read(node, here, _LIFETIME)
        if name == "lifetime" and field is not None and not field.reads and support(field)[1] <= 0:
            message = "a lifetime of 0s: nobody is ever there"
            self.values.report.error("contradiction", message, node, here, _LIFETIME)
            return None
        return field

    def _births(self, keys: Mapping[str, Entry], path: str, count: int | None) -> Births | None:
        """How many are born, and until when."""
        report, node, here = self.values.report, keys["births"].value, join(path, "births")
        shape, span = None, report.span(node)
        if node.kind is NodeKind.MAPPING:
            inner = report.keys(node, BIRTHS, here, "births")
            shape = Shaping(self.values, self.clock).read(inner, here)
            if "rate" not in inner:
                return None
            node, here = inner["rate"].value, join(here, "rate")
        rate: Fraction | None = self.values.rate(node, here)
        if rate is None:
            return None
        if rate > _FASTEST:
            report.error("range", f"at most {_FASTEST:,} births a second", node, here)
            return None
        if rate == 0:
            report.warning("no-effect", "nobody is born at a rate of 0", node, here, "remove it")
        ends = [end for end in (self.clock.end, self._limited()) if end is not None]
        most = None
        if "max" in keys:
            most = self._most(keys["max"].value, join(path, "max"), count)
            if most is None:
                return None
        elif not ends:
            message = f"{node.text} for ever: the population grows without end, and all its rows are kept"
            hint = "say max: with the most rows there will ever be, or give the clock an end"
            report.error("contradiction", message, node, here, hint)
            return None
        return Births(rate, shape, min(ends, default=None), most, span)

    def _limited(self) -> int | None:
        return None if self.limit.duration is None else self.clock.start + self.limit.duration

    def _most(self, node: Node, path: str, count: int | None) -> int | None:
        most = self.values.integer(node, path, (1, MOST_ROWS, None, None), "a number of rows")
        if most is not None and count is not None and most <= count:
            message = f"at most {most:,} rows, and there are {count:,} at the start: nobody could be born"
            self.values.report.error("contradiction", message, node, path, "more than the count")
            return None
        return most
