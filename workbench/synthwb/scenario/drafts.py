"""Fields between reading and finishing: names are resolved, types and order are not known yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthwb.generators.registry import Generator
from synthwb.scenario.model import Modifiers
from synthwb.scenario.scopes import ACTOR_ROW
from synthwb.scenario.tree import Node

__all__ = ["Draft", "carried_in", "cycles", "ordered"]


@dataclass(slots=True)
class Draft:
    """A field as it was read.

    ``local`` is the name under which it is read (its path without the owner). ``args`` holds drafts where the finished
    call holds fields. ``nodes``: where each argument and modifier was written. ``reads``: canonical names;
    ``inputs``: those of them that the generator itself needs.
    """

    name: str
    path: str
    local: str
    generator: Generator
    node: Node
    key: Node
    args: dict[str, Any] = field(default_factory=dict)
    modifiers: Modifiers = field(default_factory=Modifiers)
    nodes: dict[str, Node] = field(default_factory=dict)
    reads: dict[str, Node] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()
    nested: list[Draft] = field(default_factory=list)

    def everything_read(self) -> dict[str, Node]:
        """Names that it or what is nested in it reads from outside of itself, with one place for each."""
        found = dict(self.reads)
        for child in self.nested:
            for name, node in child.everything_read().items():
                if not name.startswith(f"{self.local}."):
                    found.setdefault(name, node)
        return found


def carried_in(draft: Draft) -> str | None:
    """The generator, this one or one inside of it, whose values follow from the events before."""
    if draft.generator.is_carried(draft.args):
        return draft.generator.name
    return next((found for child in draft.nested if (found := carried_in(child)) is not None), None)


def needs(drafts: Sequence[Draft]) -> dict[str, list[str]]:
    """Which of these drafts each of them reads, by local name.

    ``session.id`` reads a field ``session`` only where that has children.
    """
    known = {draft.local: bool(draft.nested) for draft in drafts}
    found: dict[str, list[str]] = {}
    for draft in drafts:
        wanted: dict[str, None] = {}
        for name in draft.everything_read():
            if name == ACTOR_ROW:
                continue
            parts = name.split(".")
            for count in range(1, len(parts) + 1):
                if known.get(prefix := ".".join(parts[:count]), False) or prefix == name in known:
                    wanted[prefix] = None
                    break
        found[draft.local] = list(wanted)
    return found


def ordered(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with what is read before what reads it, otherwise as they stand. Cycles stay in document order."""
    graph = needs(drafts)
    by_name = {draft.local: draft for draft in drafts}
    done: dict[str, Draft] = {}
    for root in graph:
        stack: list[tuple[str, Iterator[str]]] = [(root, iter(graph[root]))]
        visiting = {root}
        while stack:
            name, rest = stack[-1]
            below = next((need for need in rest if need not in done and need not in visiting), None)
            if below is None:
                stack.pop()
                done.setdefault(name, by_name[name])
            else:
                visiting.add(below)
                stack.append((below, iter(graph[below])))
    return list(done.values())


def cycles(drafts: Sequence[Draft]) -> list[list[str]]:
    """Every cycle that a walk in document order closes, each as ``[a, b, a]``; fields meet in one cycle at most."""
    graph = needs(drafts)
    state: dict[str, int] = {}
    found: list[list[str]] = []
    for root in graph:
        if root in state:
            continue
        path = [root]
        state[root] = 1
        stack = [iter(graph[root])]
        while stack:
            below = next(stack[-1], None)
            if below is None:
                stack.pop()
                state[path.pop()] = 2
            elif state.get(below) == 1:
                found.append([*path[path.index(below) :], below])
            elif below not in state:
                state[below] = 1
                path.append(below)
                stack.append(iter(graph[below]))
    return found
