"""The states of a flow: how long, how often, what changes, where it goes on."""

from __future__ import annotations

from synthwb.scenario import literals
from synthwb.scenario.blocks import Blocks
from synthwb.scenario.fields import FieldReader
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.flows.drafts import FlowDraft, StateDraft
from synthwb.scenario.flows.fields import read_state_fields
from synthwb.scenario.flows.heads import CARRIED, read_setting
from synthwb.scenario.flows.model import EXIT, Branch, FlowState, Setting, Variable
from synthwb.scenario.flows.scopes import FlowScope
from synthwb.scenario.holding import has_expressions
from synthwb.scenario.keys import BRANCH
from synthwb.scenario.model import DType, Expression, Field
from synthwb.scenario.paths import join
from synthwb.scenario.quantities import Quantities, support
from synthwb.scenario.scopes import SESSION_FACTS, STATE_FACTS
from synthwb.scenario.tree import Entry, Node, NodeKind

__all__ = ["States"]

_MOST_TIMES = 1_000_000
_NUMBERS = (DType.INTEGER, DType.FLOAT, DType.DECIMAL)
_DWELL = "such as 40s or {lognormal: {median: 12s, sigma: 0.8}}"
_TIMES = "such as 2 or {poisson: {mean: 2}}"


class States:
    """Reads the states of one flow, whose events are finished."""

    def __init__(self, blocks: Blocks, draft: FlowDraft) -> None:
        self.blocks = blocks
        self.values = blocks.values
        self.report = blocks.report
        self.draft = draft
        self.linked = True

    def read(self) -> dict[str, FlowState]:
        """All states; `linked` tells whether all ways between them are known."""
        return {name: self._state(state) for name, state in self.draft.states.items()}

    def start(self) -> tuple[tuple[Branch, ...], bool]:
        """Where a session begins, and whether it does so in all of these states side by side."""
        draft, path = self.draft, join(self.draft.name, "start")
        first = next(iter(draft.states.values()))
        entry = draft.keys.get("start")
        if entry is None:
            return (Branch(first.name, 1.0, None, self.report.span(first.key)),), False
        if entry.value.kind is NodeKind.SEQUENCE:
            return self._side_by_side(entry.value, path), True
        scope = FlowScope(draft.name, False, {}, draft.sources, {}, self.blocks.others)
        scope.facts = {n: SESSION_FACTS[n] for n in ("session.id", "session.start", "session.flow")}
        scope.facts |= {v.name: v.dtype for v in draft.variables_of("session")}
        scope.flows, scope.began = (draft.name,), False
        return self._branches(entry.value, path, scope, list(draft.states), "start"), False

    def _side_by_side(self, node: Node, path: str) -> tuple[Branch, ...]:
        found: dict[str, Branch] = {}
        if not node.items:
            self.report.expected(node, "states that go side by side", path)
            self.linked = False
        for i, item in enumerate(node.items):
            here = join(path, i)
            name = self.values.text(item, here, "the name of a state")
            if name is None or not self._known(name, item, here, list(self.draft.states)):
                self.linked = False
            elif name in found:
                self.linked = False
                message = f"{name!r} twice: the states that a session begins in, side by side, are different ones"
                self.report.error("contradiction", message, item, here, "remove one")
            else:
                found[name] = Branch(name, 1.0, None, self.report.span(item))
        return tuple(found.values())

    def _state(self, state: StateDraft) -> FlowState:
        scope = self._scope(state)
        entries, path = state.entries, state.path
        dwell: Field | None = None
        if "dwell" in entries:
            reader = Quantities(self.values, "s", "a dwell", scope)
            dwell = reader.read(entries["dwell"].value, join(path, "dwell"), _DWELL)
        times: int | Field = 1
        if "times" in entries:
            times = self._times(entries["times"].value, join(path, "times"), scope)
        fields: dict[str, tuple[Field, ...]] | None = {}
        if "fields" in entries:
            fields = read_state_fields(self.blocks, entries["fields"].value, state)
        settings = self._settings(entries["set"].value, join(path, "set"), scope) if "set" in entries else ()
        if state.following is not None:
            branches = self._onwards(state, state.following)
        elif "next" in entries:
            known = [*self.draft.states, EXIT]
            branches = self._branches(entries["next"].value, join(path, "next"), scope, known, f"{state.name!r}")
        else:
            branches = ()
        doc = self.values.text(entries["doc"].value, join(path, "doc")) if "doc" in entries else ""
        emit, span = tuple(state.emit), self.report.span(state.key)
        return FlowState(state.name, path, emit, dwell, times, branches, settings, fields or {}, span, doc or "")

    def _scope(self, state: StateDraft) -> FlowScope:
        """What can be read in a state: its events' fields, the actor and the partners, the session and the state."""
        draft = self.draft
        facts: dict[str, DType] = {"event.time": DType.TIMESTAMP, **SESSION_FACTS, **STATE_FACTS}
        facts |= {variable.name: variable.dtype for variable in draft.variables_of("session")}
        short: dict[str, list[str]] = {}
        for event in state.emit:
            scope = self.blocks.scopes.get(event)
            if scope is None:
                continue
            for name in (name for name, inside in scope.siblings.items() if not inside):
                facts[f"{event}.{name}"] = scope.types.get(name, DType.UNKNOWN)
                short.setdefault(name, []).append(f"{event}.{name}")
        found = FlowScope(draft.name, False, {}, draft.sources, {}, self.blocks.others)
        found.facts, found.fields, found.emit, found.flows = facts, short, tuple(state.emit), (draft.name,)
        return found

    def _times(self, node: Node, path: str, scope: FlowScope) -> int | Field:
        if node.kind is NodeKind.MAPPING or isinstance(scope.resolve(str(node.value)), str):
            field = Quantities(self.values, "", "a number of times", scope).read(node, path, _TIMES)
            if field is not None and not field.reads and _highest(field) <= 0:
                self._never(node, path)
            return 1 if field is None else field
        times = self.values.integer(node, path, (0, _MOST_TIMES, None, None), "a whole number, or a law")
        if times == 0:
            self._never(node, path)
        return 1 if times is None else times

    def _never(self, node: Node, path: str) -> None:
        message = "0 times: nothing ever happens in this state"
        self.report.error("contradiction", message, node, path, "leave times and emit out of a state without events")

    # Settings

    def _settings(self, node: Node, path: str, scope: FlowScope) -> tuple[Setting, ...]:
        if node.kind is not NodeKind.MAPPING:
            example = 'such as {actor.balance: {expr: "actor.balance - total"}}'
            self.report.expected(node, "values by variable", path, example)
            return ()
        found = []
        for entry in node.entries:
            here = join(path, entry.name)
            variable = self._variable(entry, here)
            field = read_setting(FieldReader(self.values, scope), entry, here)
            if variable is not None and field is not None and self._fits(variable, field, entry):
                self.draft.variables.setdefault(variable.name, variable)
                found.append(Setting(variable, field))
        return tuple(found)

    def _variable(self, entry: Entry, path: str) -> Variable | None:
        """What a name stands for that takes a value."""
        draft, name = self.draft, entry.name
        owner, _, attribute = name.partition(".")
        if owner == "session" and attribute:
            if name in SESSION_FACTS:
                message = f"{name} has a meaning of its own and cannot be set"
                self.report.error("name", message, entry.key, path, "choose another name")
                return None
            if name in draft.variables:
                return draft.variables[name]
            hint = f"add set: {{{name}: 0}} to {draft.name!r}, beside its states"
            known = [variable.name for variable in draft.variables_of("session")]
            near = self.report.nearest(name, known)
            edit = self.report.replace(entry.key, name, near) if near else None
            message = f"{name} has no first value"
            self.report.error("unknown-name", message, entry.key, path, f"did you mean {near}?" if near else hint, edit)
            return None
        if owner in draft.sources and attribute:
            return self._attribute(entry, owner, attribute, path)
        known = [variable.name for variable in draft.variables_of("session")]
        known += [f"{each}.{field}" for each, source in draft.sources.items() for field in source.fields or ()]
        row = next((each for each, source in draft.sources.items() if source.entity == owner), None)
        if row is not None and attribute:
            edit = self.report.replace(entry.key, name, f"{row}.{attribute}")
            message = f"{owner!r} is a population; one row of it is {row!r} here"
            self.report.error("unknown-name", message, entry.key, path, f"write {row}.{attribute}", edit)
        else:
            hint = f"add actor: to {draft.name!r}" if owner == "actor" else "session.x and actor.x can be set"
            self.report.unknown("name", entry.key, name, known, path, hint)
        return None

    def _attribute(self, entry: Entry, owner: str, attribute: str, path: str) -> Variable | None:
        source = self.draft.sources[owner]
        if source.fields is not None and attribute not in source.fields:
            known = [f"{owner}.{field}" for field in source.fields]
            hint = f"give {source.entity} an attribute {attribute!r}: its value before anything is set"
            self.report.unknown("name", entry.key, entry.name, known, path, hint)
            return None
        given = self.blocks.given.get((source.entity, attribute))
        if given is not None:
            message = f"{entry.name} can be read and not be set: {given}"
            hint = f"give {source.entity} a field of its own, such as lift: 0.0, set {owner}.lift, and read both"
            self.report.error("contradiction", message, entry.key, path, hint)
            return None
        dtype = DType.UNKNOWN if source.fields is None else source.fields[attribute]
        if dtype not in CARRIED and dtype is not DType.UNKNOWN:
            what = ", ".join(each.value for each in CARRIED)
            message = f"what is set is one of {what}, and {entry.name} is {dtype.value}"
            hint = f"give {attribute} of {source.entity} as: float" if dtype is DType.DECIMAL else ""
            self.report.error("type", message, entry.key, path, hint)
            return None
        if self.blocks.keys.get(source.entity) == attribute:
            message = f"{attribute!r} is the key of {source.entity!r}: it says which row this is, and cannot change"
            self.report.error("contradiction", message, entry.key, path, "set another attribute")
            return None
        return Variable(entry.name, owner, source.entity, dtype)

    def _fits(self, variable: Variable, field: Field, entry: Entry) -> bool:
        """Whether a value may stand where the variable's stands."""
        wanted, given = variable.dtype, field.dtype
        if given is wanted or (given is DType.INTEGER and wanted is DType.FLOAT) or DType.UNKNOWN in (given, wanted):
            return True
        hint = ""
        if wanted is DType.INTEGER and given in (DType.FLOAT, DType.DECIMAL):
            hint = f"begin with a float, set: {{{variable.name}: 0.0}}"
            if variable.entity is not None:
                hint = f"make {variable.name.partition('.')[2]} of {variable.entity} a float, with as: float"
            hint += ", or write cast(round(...) as int)"
        message = f"{variable.name} is {wanted.value}, and this gives {given.value}"
        self.report.error("type", message, entry.value, field.path, hint)
        return False

    # Where it goes on

    def _onwards(self, state: StateDraft, following: str) -> tuple[Branch, ...]:
        """From one step of a chain to the next."""
        span, entry = self.report.span(state.key), state.entries.get("exit")
        leaving = 0.0
        if entry is not None:
            path = join(state.path, "exit")
            share = self.values.probability(entry.value, path)
            leaving = share or 0.0
            if following == EXIT:
                self.report.warning("no-effect", "the session ends after the last step", entry.key, path, "remove it")
                leaving = 0.0
        ways = (Branch(following, 1.0 - leaving, None, span), Branch(EXIT, leaving, None, span))
        return tuple(way for way in ways if way.weight)

    def _branches(self, node: Node, path: str, scope: FlowScope, known: list[str], what: str) -> tuple[Branch, ...]:
        """``next`` or ``start``: one state, or states with weights."""
        if node.kind is NodeKind.SCALAR and isinstance(node.value, str):
            if self._known(node.value, node, path, known):
                return (Branch(node.value, 1.0, None, self.report.span(node)),)
            self.linked = False
            return ()
        if node.kind is not NodeKind.MAPPING or not node.entries:
            example = f"such as {{{', '.join(f'{name}: {n}' for name, n in zip(known, (60, 40), strict=False))}}}"
            self.report.expected(node, "a state, or states with their weights", path, example)
            self.linked = False
            return ()
        found = []
        for entry in node.entries:
            here = join(path, entry.name)
            target = self._known(entry.name, entry.key, here, known)
            weight, when = self._weight(entry.value, here, scope)
            if weight is None or not target:
                self.linked = False
            else:
                found.append(Branch(entry.name, weight, when, self.report.span(entry.key)))
        self._sum(found, node, path, what)
        return tuple(found)

    def _known(self, name: str, node: Node, path: str, known: list[str]) -> bool:
        if name in known:
            return True
        if name == EXIT:
            self.report.error("contradiction", "a session cannot begin with its end", node, path, "name a state")
        else:
            self.report.unknown("state", node, name, known, path)
        return False

    def _weight(self, node: Node, path: str, scope: FlowScope) -> tuple[float | Expression | None, Expression | None]:
        """The weight and the guard of one way; a weight of None after a problem was reported."""
        if node.kind is not NodeKind.MAPPING:
            return self._number(node, path), None
        if node.get("expr") is not None and len(node.entries) == 1:
            return self._drawn(node, path, scope), None
        if not node.entries:
            self.report.expected(node, "a weight, a guard, or both", path, "such as {weight: 45, when: ...}")
            return None, None
        keys = self.report.keys(node, BRANCH, path, "a way on")
        weight: float | Expression | None = 1.0 if len(keys) == len(node.entries) else None
        when = None
        if "weight" in keys:
            inside, here = keys["weight"].value, join(path, "weight")
            mapping = inside.kind is NodeKind.MAPPING
            weight = self._drawn(inside, here, scope) if mapping else self._number(inside, here)
        if "when" in keys:
            finisher = Finisher(FieldReader(self.values, scope).names, None)
            here = join(path, "when")
            when = finisher.expression(keys["when"].value, here, (DType.BOOLEAN,), "when must be true or false")
            weight = None if when is None else weight
        return weight, when

    def _number(self, node: Node, path: str) -> float | None:
        found = self.values.number(node, path, (0, None, None, None), "a weight: a number, a percentage or {expr: ...}")
        return None if found is None else float(found)

    def _drawn(self, node: Node, path: str, scope: FlowScope) -> Expression | None:
        inside = node.get("expr")
        if inside is None or len(node.entries) != 1:
            self.report.expected(node, 'a number or {expr: "..."}', path)
            return None
        finisher = Finisher(FieldReader(self.values, scope).names, None)
        return finisher.expression(inside, path, _NUMBERS, "a weight must be a number")

    def _sum(self, branches: list[Branch], node: Node, path: str, what: str) -> None:
        """Weights that sum to nothing; shares beside plain numbers."""
        weights = [branch.weight for branch in branches]
        if self.linked and weights and not any(weights):
            self.linked = False
            terms = " + ".join("0" for _ in weights)
            message = f"the weights of {what} sum to nothing ({terms} = 0): no way can be taken"
            self.report.error("contradiction", message, node, path, "give one of them a weight above 0")
        texts = [str(entry.value.value) for entry in node.entries if entry.value.kind is NodeKind.SCALAR]
        shares = [text for text in texts if literals.percentage(text) is not None]
        if shares and len(shares) < len(texts):
            plain = next(text for text in texts if text not in shares)
            message = f"{shares[0]} is {literals.percentage(shares[0]):g}, beside a weight of {plain}"
            self.report.warning("ambiguous", message, node, path, "write all of them as percentages, or none")


def _highest(field: Field) -> float:
    return float("inf") if has_expressions(field) else support(field)[1]
