"""Flows: the state machines of actors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from synthwb.scenario.blocks import Blocks
from synthwb.scenario.flows.drafts import FlowDraft, walk_of
from synthwb.scenario.flows.graph import check_ways
from synthwb.scenario.flows.heads import Heads
from synthwb.scenario.flows.model import Flow
from synthwb.scenario.flows.states import States
from synthwb.scenario.keys import SESSION
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry, Node

__all__ = ["Flows"]


class Flows:
    """Reads ``flows``: their heads when it is made, before the events are read, and the rest in `read`."""

    def __init__(
        self, blocks: Blocks, flows: Mapping[str, Entry], events: Mapping[str, Entry], lasting: frozenset[str]
    ) -> None:
        self._lasting = lasting  # flows whose sessions may go on for ever
        self.blocks = blocks
        self.values = blocks.values
        self.report = blocks.report
        self._clashes(flows)
        heads = Heads(blocks, events)
        self.drafts = [heads.read(name, entry) for name, entry in flows.items()]
        blocks.walks = lambda event: walk_of(event, self.drafts)

    @property
    def emitted(self) -> frozenset[str]:
        """The events that some flow emits."""
        return frozenset(event for flow in self.drafts for state in flow.states.values() for event in state.emit)

    def added(self) -> Iterator[tuple[str, Entry, str]]:
        """The fields that states give their events beside those that they have, with their places and paths."""
        known = {name for scope in self.blocks.scopes.values() for name in scope.siblings}
        for state in (state for flow in self.drafts for state in flow.states.values()):
            fields = state.entries.get("fields")
            for entry in fields.value.entries if fields is not None else ():
                owner, _, rest = entry.name.partition(".")
                name = rest if owner in state.emit and rest else entry.name
                if name not in known:
                    yield name, entry, state.field_path(entry.name)

    def read(self) -> dict[str, Flow]:
        """All flows that could be read, after the events were."""
        found = {}
        for draft in self.drafts:
            self._owners(draft)
            flow = self._flow(draft)
            if flow is not None:
                found[draft.name] = flow
        return found

    def _clashes(self, flows: Mapping[str, Entry]) -> None:
        """Entities, events and flows share their names."""
        for name, entry in flows.items():
            kind = self.blocks.others.get(name)
            if kind in ("entity", "event"):
                message = f"{name!r} is an {kind} already; a flow needs a name of its own"
                self.report.error("name-clash", message, entry.key, name, "such as visit")

    def _flow(self, draft: FlowDraft) -> Flow | None:
        if not draft.states:
            return None
        reader = States(self.blocks, draft)
        states = reader.read()
        start, parallel = reader.start()
        gap, longest = self._session(draft)
        alone = False
        if "one_at_a_time" in draft.keys:
            alone = self._alone(draft)
        doc = self.values.text(draft.keys["doc"].value, join(draft.name, "doc")) if "doc" in draft.keys else ""
        flow = Flow(
            draft.name,
            draft.actor,
            draft.partners,
            start,
            parallel,
            states,
            draft.settings,
            draft.variables,
            gap,
            longest,
            alone,
            doc or "",
            self.report.span(draft.key),
        )
        if draft.linked and reader.linked:
            check_ways(self.report, draft, flow, lasting=draft.name in self._lasting)
        if not any(state.emit for state in draft.states.values()) and draft.linked:
            message = f"{draft.name!r} emits nothing"
            self.report.warning("no-effect", message, draft.key, draft.name, "add emit: to a state")
        return flow

    def _owners(self, draft: FlowDraft) -> None:
        """Every event that is emitted belongs to the actor or to one partner, and refers to partners by their names."""
        seen: set[str] = set()
        for state in draft.states.values():
            for event, node in state.emit.items():
                if event not in seen:
                    seen.add(event)
                    self._owner(draft, event, node, state.path)
                    self._reference(draft, event, node, state.path)

    def _owner(self, draft: FlowDraft, event: str, node: Node, path: str) -> None:
        entity = self.blocks.actors.get(event)
        if entity is None or (draft.actor is None and "actor" in draft.keys):
            return
        owners = draft.owner_of(entity)
        if len(owners) > 1:
            message = f"{event!r} belongs to a row of {entity!r}, and {' and '.join(owners)} are such rows"
            hint = "make one of them the actor of the flow"
            self.report.error("contradiction", message, node, path, hint)
        elif not owners:
            message = f"{event!r} belongs to a row of {entity!r}, and a session of {draft.name!r} has none"
            hint = f"add with: {{{entity}: {entity}}} to {draft.name!r}"
            if draft.actor is None:
                hint = f"add actor: {entity} to {draft.name!r}"
            self.report.error("contradiction", message, node, path, hint)

    def _reference(self, draft: FlowDraft, event: str, node: Node, path: str) -> None:
        refs = self.blocks.references.get(event, ())
        for ref in refs:
            partner = next((each for each in draft.partners if each.name == ref.name), None)
            if partner is not None and partner.entity != ref.entity:
                message = f"{ref.name!r} is a row of {ref.entity!r} in {event!r}, and of {partner.entity!r} here"
                hint = "a reference with the name of a partner is that row; choose another name"
                self.report.error("name-clash", message, node, path, hint)

    def _session(self, draft: FlowDraft) -> tuple[int | None, int | None]:
        """The gap that begins a new session id, and the longest time of a session."""
        if "session" not in draft.keys:
            return None, None
        path = join(draft.name, "session")
        keys = self.report.keys(draft.keys["session"].value, SESSION, path, "a session")
        found: dict[str, int | None] = {"gap": None, "max": None}
        for name, entry in keys.items():
            here = join(path, name)
            found[name] = self.values.duration(entry.value, here)
            if found[name] == 0:
                message = f"a {name} of 0s: every session would end at once"
                self.report.error("contradiction", message, entry.value, here, "such as 30m")
        return found["gap"], found["max"]

    def _alone(self, draft: FlowDraft) -> bool:
        entry, path = draft.keys["one_at_a_time"], join(draft.name, "one_at_a_time")
        alone = self.values.boolean(entry.value, path)
        if alone and "actor" not in draft.keys:
            message = "one_at_a_time, and the flow has no actor: nobody knows whose sessions these are"
            self.report.error("contradiction", message, entry.key, path, "add actor: with the name of an entity")
        return bool(alone)
