"""Values that only some states give to an event: in the place of a field of its own, or beside all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np

from synthwb.engine.block import Block, Draw
from synthwb.engine.branching import Chosen, Way, switched
from synthwb.engine.columns import Column
from synthwb.engine.flows.links import Links
from synthwb.engine.flows.ties import Given
from synthwb.engine.program import FieldSite, Workplace
from synthwb.scenario.model import EventType, Field

__all__ = ["Replacing"]


class Replacing:
    """All fields of one event type, those of states among them.

    ``variants``: by name, the event's own field (if it has one) and those of states. ``optional``: the names that only
    states give.
    """

    def __init__(self, links: Links, event: EventType, given: Given | None) -> None:
        self._states = len(links.states)
        self._own = {field.name: field for field in event.fields}
        self._replaced: Mapping[str, Mapping[int, Field]] = {} if given is None else given.replaced
        self._order = event.order
        self.optional = frozenset(name for name in self._replaced if name not in self._own)

    @cached_property
    def variants(self) -> dict[str, Sequence[Field]]:
        """By name, all fields that may give its value."""
        names = [*self._own, *(name for name in self._replaced if name in self.optional)]
        own = {name: (self._own[name],) if name in self._own else () for name in names}
        return {name: (*own[name], *self._replaced.get(name, {}).values()) for name in names}

    @property
    def fields(self) -> tuple[Field, ...]:
        """One field of each name, in the order of evaluation."""
        return tuple(variants[0] for variants in self.variants.values())

    @property
    def emitted(self) -> tuple[str, ...]:
        """The names that are sent, in the order of the document."""
        names = [*self._order, *(name for name in self.variants if name in self.optional)]
        return tuple(name for name in names if not self.variants[name][0].modifiers.hidden)

    @property
    def wanted(self) -> set[str]:
        """All names that some field reads."""
        return {name for variants in self.variants.values() for field in variants for name in field.reads}

    def reads(self, name: str) -> set[str]:
        """All names that the field of this name reads, whichever state gives it."""
        return {read for field in self.variants[name] for read in field.reads}

    def maker(self, place: Workplace) -> Callable[[Field], Draw]:
        """Compiles the field of a name together with what stands in its place."""

        def make(field: Field) -> Draw:
            if field.name not in self._replaced:
                return place.compile(field)
            return self._compiled(field.name, place)

        return make

    def _compiled(self, name: str, place: Workplace) -> Draw:
        given = self._replaced[name]
        own = self._own.get(name)
        fields = [*([] if own is None else [own]), *given.values()]
        ways = [Way(place.compile(field), field.reads) for field in fields]
        first = 0 if own is None else 1
        number_of = np.full(self._states + 1, 0 if own is not None else len(ways), np.uint32)  # the last: no state
        number_of[list(given)] = np.arange(first, first + len(given))
        chosen: Chosen = lambda block: number_of[block.facts["state"]]  # noqa: E731 - a name for a signature
        value = switched(chosen, ways, FieldSite(place, fields[0].path), fields[0].call)

        def draw(block: Block) -> Column:
            column = value(block)
            return column if own is not None else column.without(chosen(block) == len(ways))

        place.probe.columns[name] = draw(place.probe)
        place.compiled[name] = (draw, tuple(self.reads(name)))
        return draw
