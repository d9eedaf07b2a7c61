"""What a flow says before its states are read: who walks, with whom, what a session carries, what is emitted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from synthwb.scenario.blocks import NAME_PATTERN, Blocks
from synthwb.scenario.fields import FieldReader
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.flows.drafts import FlowDraft, StateDraft
from synthwb.scenario.flows.model import EXIT, Setting, Variable
from synthwb.scenario.flows.scopes import FlowScope
from synthwb.scenario.keys import FLOW, STATE, STEP
from synthwb.scenario.model import DType, Field
from synthwb.scenario.paths import join
from synthwb.scenario.scopes import SESSION_FACTS
from synthwb.scenario.tree import Entry, Node, NodeKind

__all__ = ["CARRIED", "Heads", "read_setting"]

CARRIED = (DType.INTEGER, DType.FLOAT, DType.BOOLEAN, DType.STRING, DType.TIMESTAMP)
"""The types of what a session or an actor can carry."""
_NAME = re.compile(NAME_PATTERN)
_AT_THE_START = ("session.id", "session.start", "session.flow")


class Heads:
    """Reads the heads of all flows."""

    def __init__(self, blocks: Blocks, events: Mapping[str, Entry]) -> None:
        self.blocks = blocks
        self.values = blocks.values
        self.report = blocks.report
        self._events = events

    def read(self, name: str, entry: Entry) -> FlowDraft:
        """One flow as far as it can be read without its events."""
        node = entry.value
        keys = self.report.keys(node, FLOW, name, f"flow {name!r}")
        draft = FlowDraft(name, entry.key, node, keys)
        if node.kind is not NodeKind.MAPPING:
            draft.linked = False
            return draft
        if "actor" in keys:
            draft.actor = self.blocks.entity_name(keys["actor"].value, join(name, "actor"))
            draft.sources["actor"] = self.blocks.source(draft.actor)
        if "with" in keys:
            draft.partners = self.blocks.rows(keys["with"].value, join(name, "with"), draft.sources)
            self._partners(draft)
        self._states(draft)
        self._variables(draft)
        return draft

    def _partners(self, draft: FlowDraft) -> None:
        """A partner that is called like an event or a flow would make ``driver.x`` ambiguous."""
        for entry in draft.keys["with"].value.entries:
            kind = self.blocks.others.get(entry.name)
            if kind in ("event", "flow"):
                message = f"{entry.name!r} is the name of {'an event' if kind == 'event' else 'a flow'} already"
                path = join(join(draft.name, "with"), entry.name)
                self.report.error("name-clash", message, entry.key, path, "choose another name for the partner")

    # States and steps

    def _states(self, draft: FlowDraft) -> None:
        """The states by name with what they emit, whichever way they are written."""
        states, steps = draft.keys.get("states"), draft.keys.get("steps")
        if states is not None and steps is not None:
            message = "states and steps together: a flow is a machine or a chain"
            self.report.error("contradiction", message, steps.key, join(draft.name, "steps"), "remove one of them")
        if states is None and steps is None:
            if draft.node.get("states") is None and draft.node.get("steps") is None:
                message = f"flow {draft.name!r} needs 'states' or 'steps'"
                hint = "such as states: {landing: {emit: page_viewed}}"
                self.report.error("missing-key", message, draft.node, draft.name, hint)
            draft.linked = False
            return
        if states is not None:
            found = list(self._machine(draft, states.value))
        else:
            assert steps is not None
            found = self._chain(draft, steps.value)
        draft.states = {state.name: state for state in found}

    def _machine(self, draft: FlowDraft, node: Node) -> Iterator[StateDraft]:
        if node.kind is not NodeKind.MAPPING or not node.entries:
            example = "such as {landing: {emit: page_viewed, dwell: 12s, next: exit}}"
            self.report.expected(node, "states, by name", draft.name, example)
            draft.linked = False
            return
        for entry in node.entries:
            path = join(draft.name, entry.name)
            if not self._state_name(entry.name, entry.key, path):
                draft.linked = False
                continue
            keys = self.report.keys(entry.value, STATE, path, f"state {entry.name!r}")
            emit = self._emit(keys["emit"].value, join(path, "emit")) if "emit" in keys else {}
            yield StateDraft(entry.name, path, entry.key, entry.value, keys, emit)

    def _state_name(self, name: str, node: Node, path: str) -> bool:
        if name == EXIT:
            message = f"{EXIT!r} ends a session and cannot name a state"
            self.report.error("name", message, node, path, "choose another name")
        elif not _NAME.fullmatch(name):
            hint = "use letters, digits, _ and -, and begin with a letter"
            self.report.error("name", f"{name[:60]!r} cannot name a state", node, path, hint)
        else:
            return True
        return False

    def _chain(self, draft: FlowDraft, node: Node) -> list[StateDraft]:
        """Steps as states, each followed by the next."""
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            example = "such as [signed_up, {event: verified, dwell: 2m}]"
            self.report.expected(node, "a list of steps", draft.name, example)
            draft.linked = False
            return []
        found: dict[str, StateDraft] = {}
        for i, item in enumerate(node.items):
            state = self._step(draft, item, join(join(draft.name, "steps"), i))
            if state is None:
                draft.linked = False
            elif state.name in found:
                draft.linked = False
                line = self.report.document.lines.place(found[state.name].key.start)[0]
                message = f"two steps are called {state.name!r} (the other is on line {line})"
                hint = f"say state: {state.name}_again beside its event"
                self.report.error("name-clash", message, state.key, state.path, hint)
            else:
                found[state.name] = state
        states = list(found.values())
        for i, state in enumerate(states):
            state.following = states[i + 1].name if i + 1 < len(states) else EXIT
        return states

    def _step(self, draft: FlowDraft, node: Node, path: str) -> StateDraft | None:
        if node.kind is NodeKind.SCALAR:
            emit = self._emit(node, path)
            keys: Mapping[str, Entry] = {}
        else:
            keys = self.report.keys(node, STEP, path, "a step")
            if "event" not in keys:
                return None
            emit = self._emit(keys["event"].value, join(path, "event"))
        key = keys["state"].value if "state" in keys else node
        name = self.values.text(key, join(path, "state"), "a name") if "state" in keys else next(iter(emit), None)
        if name is None or not self._state_name(name, key, path):
            return None
        return StateDraft(name, join(draft.name, name), key, node, keys, emit)

    def _emit(self, node: Node, path: str) -> dict[str, Node]:
        """The events of a state; those that are wrong are left out."""
        found: dict[str, Node] = {}
        items = node.items if node.kind is NodeKind.SEQUENCE else [node]
        if not items:
            self.report.expected(node, "an event, or a list of events", path, "leave it out if nothing happens")
        for i, item in enumerate(items):
            here = path if item is node else join(path, i)
            name = self.values.text(item, here, "the name of an event, or a list of them")
            if name is None:
                continue
            if name not in self._events:
                hint = f"add events: {{{name[:40]}: {{fields: {{...}}}}}}" if not self._events else ""
                self.report.unknown("event", item, name, self._events, here, hint)
            elif name in found:
                message = f"{name!r} twice at the same time"
                self.report.error("contradiction", message, item, here, "times: 2 repeats what a state emits")
            else:
                found[name] = item
        return found

    # What a session carries

    def _variables(self, draft: FlowDraft) -> None:
        """The first values of the session's variables, each of which may read those before it."""
        entry = draft.keys.get("set")
        if entry is None:
            return
        path = join(draft.name, "set")
        if entry.value.kind is not NodeKind.MAPPING:
            self.report.expected(entry.value, "first values by variable", path, "such as {session.items: 0}")
            return
        facts = {name: SESSION_FACTS[name] for name in _AT_THE_START}
        settings = []
        for each in entry.value.entries:
            here = join(path, each.name)
            if not self._variable_name(each, here):
                continue
            scope = FlowScope(draft.name, False, {}, draft.sources, {}, self.blocks.others, facts=dict(facts))
            scope.flows, scope.began = (draft.name,), False
            field = read_setting(FieldReader(self.values, scope), each, here)
            sound = field is not None and self._first_value(field, each, here)
            dtype = field.dtype if field is not None and sound else DType.UNKNOWN
            draft.variables[each.name] = variable = Variable(each.name, "session", None, dtype)
            facts[each.name] = dtype
            if field is not None and sound:
                settings.append(Setting(variable, field))
        draft.settings = tuple(settings)

    def _variable_name(self, entry: Entry, path: str) -> bool:
        owner, _, name = entry.name.partition(".")
        if owner != "session" and not (owner in ("actor",) and name):
            hint = f"write session.{entry.name}" if not name else "those of an actor are set in a state"
            edit = self.report.replace(entry.key, entry.name, f"session.{entry.name}") if not name else None
            message = f"{entry.name!r} is no variable of the session"
            self.report.error("unknown-name", message, entry.key, path, hint, edit)
        elif owner == "actor":
            message = f"{entry.name!r} belongs to the actor, who has it before the session begins"
            self.report.error("contradiction", message, entry.key, path, "set it in a state")
        elif not _NAME.fullmatch(name):
            hint = "such as session.items: letters, digits, _ and -, beginning with a letter"
            self.report.error("name", f"{name[:60]!r} cannot name a variable", entry.key, path, hint)
        elif entry.name in SESSION_FACTS:
            message = f"{entry.name} has a meaning of its own and cannot be set"
            self.report.error("name", message, entry.key, path, "choose another name")
        else:
            return True
        return False

    def _first_value(self, field: Field, entry: Entry, path: str) -> bool:
        """Whether a field gives a value of a type that can be carried, always."""
        modifiers = field.modifiers
        if field.dtype is DType.UNKNOWN:
            message = f"the type of {entry.name} is known only when a table is read, and a variable has one before"
            written = entry.value.text or "actor.tier"
            self.report.error("type", message, entry.value, path, f"say it: {{path: {written}, as: string}}")
            return False
        if field.dtype not in CARRIED:
            what = ", ".join(dtype.value for dtype in CARRIED)
            message = f"a variable is one of {what}, and this gives {field.dtype.value}"
            hint = "add as: float" if field.dtype is DType.DECIMAL else ""
            self.report.error("type", message, entry.value, path, hint)
            return False
        if modifiers.missing or modifiers.nullable or modifiers.when is not None:
            message = f"{entry.name} needs a first value in every session"
            self.report.error("contradiction", message, entry.value, path, "remove missing, nullable and when")
            return False
        return True


def read_setting(reader: FieldReader, entry: Entry, path: str) -> Field | None:
    """The field that gives a variable its value; None after a problem was reported."""
    draft = reader.read(entry.name, entry.value, entry.key, path, path, "")
    fields = Finisher(reader.names, None).all([draft]) if draft is not None else None
    field = fields[0] if fields else None
    if field is not None and (field.modifiers.unique or field.modifiers.repeat):
        word = "unique" if field.modifiers.unique else "repeat"
        message = f"{word} looks at the records before, and a variable has none"
        reader.report.error("contradiction", message, entry.value, join(path, word), "remove it")
        return None
    return field
