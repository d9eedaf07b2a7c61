"""Checks: what is expected of the stream, read and held against the events that were read before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction

from synthwb.scenario.checks.model import Check, sent_fields
from synthwb.scenario.checks.rules import OPEN, Rules, Subject
from synthwb.scenario.flows.model import Flow
from synthwb.scenario.keys import CHECK, CHECK_BESIDE, CHECK_RULES, CHECK_SUBJECTS
from synthwb.scenario.model import DType, EventType, Expression
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.scopes import Missing, Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Checks"]

_EXAMPLE = "such as {field: order_placed.total, between: [0, 5000]}"


class _Sent(Scope):
    """The names that a condition may read: what the event sends, and the facts of the event."""

    def resolve(self, name: str, inner: str = "") -> str | Missing:
        """The canonical form of a name."""
        found = super().resolve(name, inner)
        if isinstance(found, Missing) and "." in name and not found.word:
            return Missing(f"{name!r} is not sent, and a check sees only what is", "send it as a field of the event")
        return found


class Checks:
    """Reads ``checks``. ``events``: the names of all events; ``found``: those that could be read, sent by ``flows``."""

    def __init__(
        self, values: Values, events: Collection[str], found: Mapping[str, EventType], flows: Mapping[str, Flow]
    ) -> None:
        self.values = values
        self.report = values.report
        self._rules = Rules(values)
        self._events = events
        states = [state for flow in flows.values() for state in flow.states.values()]
        self._sent = {
            name: sent_fields(event, [field for state in states for field in state.fields.get(name, ())])
            for name, event in found.items()
        }
        self._hidden = {
            name: {field.name for field in event.fields if field.modifiers.hidden} for name, event in found.items()
        }

    def read(self, node: Node) -> tuple[Check, ...]:
        """All checks that could be read."""
        if node.kind is not NodeKind.SEQUENCE:
            self.report.expected(node, "a list of checks", "checks", f"such as - {_EXAMPLE[8:]}")
            return ()
        found: dict[str, Check] = {}
        for i, item in enumerate(node.items):
            check = self._check(item, f"checks.{i}")
            if check is None:
                continue
            named = item.get("name")
            if named is not None and check.name in found:
                message = f"two checks are called {check.name!r}"
                self.report.error("name-clash", message, named, f"checks.{i}.name", "rename one of them")
            name, number = check.name, 1
            while name in found:
                number += 1
                name = f"{check.name} {number}"
            found[name] = replace(check, name=name)
        return tuple(found.values())

    def _check(self, node: Node, path: str) -> Check | None:
        """One check; None after a problem was reported."""
        if node.kind is not NodeKind.MAPPING:
            self.report.expected(node, "a check", path, _EXAMPLE)
            return None
        errors = len(self.report.found)
        keys = self.report.keys(node, CHECK, path, "a check")
        kind = self._kind(node, keys, path)
        if kind is None:
            return None
        about = keys[kind[0]].value
        read = self._event if kind[0] in ("rate", "order") else self._field
        subject = read(about, join(path, kind[0]))
        rule = self._rules.read(kind, keys, path, subject or Subject("", "", DType.UNKNOWN, None))
        at_least = self._at_least(keys["at_least"].value, join(path, "at_least")) if "at_least" in keys else Fraction(1)
        when = None
        if "when" in keys and subject is not None:
            when = self._when(keys["when"].value, join(path, "when"), subject)
        name = self.values.text(keys["name"].value, join(path, "name")) if "name" in keys else ""
        if len(self.report.found) > errors or subject is None or rule is None or name is None:
            return None
        assert at_least is not None
        check = Check(name, subject.event, subject.field, rule, at_least, when, self.report.span(about))
        return check if name else replace(check, name=f"{check.path} {kind[1].replace('_', ' ')}")

    def _at_least(self, node: Node, path: str) -> Fraction | None:
        """The share that must pass."""
        share = self._rules.share(node, path)
        if share == 0:
            message = "a check of at least 0% can never fail"
            self.report.error("contradiction", message, node, path, "such as 99.9%")
        return share

    def _kind(self, node: Node, keys: Mapping[str, Entry], path: str) -> tuple[str, str] | None:
        """The key that says what is looked at, and the key that says what is expected."""
        subjects = [name for name in CHECK_SUBJECTS if name in keys]
        rules = [name for name in CHECK_RULES if name in keys]
        if len(subjects) > 1:
            message = f"one check looks at two things: {subjects[0]} and {subjects[1]}"
            where = keys[subjects[1]]
            self.report.error("contradiction", message, where.key, join(path, subjects[1]), "make two list items")
            return None
        if not subjects:
            if len(keys) == len(node.entries):
                hint = f"add one of {', '.join(CHECK_SUBJECTS)}; {_EXAMPLE}"
                self.report.error("missing-key", "a check does not say what it looks at", node, path, hint)
            return None
        subject = subjects[0]
        if subject == "field" and len(rules) != 1:
            if rules:
                message = f"one check expects two things: {rules[0]} and {rules[1]}"
                where = keys[rules[1]]
                self.report.error("contradiction", message, where.key, join(path, rules[1]), "make two list items")
            elif len(keys) == len(node.entries):
                hint = f"add one of {', '.join(CHECK_RULES)}"
                self.report.error("missing-key", "a check does not say what it expects", node, path, hint)
            return None
        kind = rules[0] if subject == "field" else subject
        fits = self._fitting(kind, keys, path)
        return (subject, kind) if fits else None

    def _fitting(self, kind: str, keys: Mapping[str, Entry], path: str) -> bool:
        """Whether all keys belong to a check of this kind, and the needed ones are there."""
        allowed = CHECK_BESIDE[kind]
        foreign = [name for name in keys if name not in allowed and name not in ("field", kind, "when", "name")]
        for name in foreign:
            owners = [other for other in CHECK_BESIDE if name in CHECK_BESIDE[other] or other == name]
            message = f"{name} has no meaning beside {kind}"
            hint = f"it belongs to {', '.join(owners)}" if owners else "remove it"
            self.report.error("contradiction", message, keys[name].key, join(path, name), hint)
        needed = {"share": ("of", "between"), "rate": ("between",)}.get(kind, ())
        missing = [name for name in needed if name not in keys]
        for name in missing:
            key, where = CHECK[name], keys[kind].key
            hint = {"share": "{share: order_placed.fraud, of: true, between: [0.1%, 5%]}"}.get(
                kind, "{rate: order_placed, between: [20/s, 40/s], over: 1m}"
            )
            self.report.error("missing-key", f"{kind} needs {name!r}, {key.kind}", where, path, f"such as {hint}")
        return not foreign and not missing

    # What is looked at

    def _event(self, node: Node, path: str) -> Subject | None:
        """The name of an event."""
        name = self.values.text(node, path, "the name of an event")
        if name is None:
            return None
        name = name.removeprefix("events.")
        if name not in self._events:
            head = name.partition(".")[0]
            hint = f"it counts events, not values: write {head}" if head in self._events else ""
            self.report.unknown("event", node, name, () if hint else self._events, path, hint)
            return None
        return Subject(name, "", DType.UNKNOWN, self._sent.get(name))

    def _field(self, node: Node, path: str) -> Subject | None:
        """The path of a field that is sent."""
        written = self.values.text(node, path, "the field of an event, such as order_placed.total")
        if written is None:
            return None
        event, _, field = written.removeprefix("events.").partition(".")
        if event in self._events and event not in self._sent:
            return None  # what is wrong with the event is reported there
        dtype = self._sent.get(event, {}).get(field)
        if dtype is not None:
            return Subject(event, field, dtype, self._sent[event])
        if field.partition(".")[0] in self._hidden.get(event, ()):
            message = f"{written!r} is hidden: it is not sent, and a check sees only what is"
            self.report.error("unknown-name", message, node, path, "check a field that is sent")
            return None
        known = [f"{name}.{each}" for name, fields in self._sent.items() for each in fields]
        owners = [name for name in known if name.partition(".")[2] == written]
        if len(owners) == 1:
            edit = self.report.replace(node, written, owners[0])
            message = f"unknown field {written!r}"
            self.report.error("unknown-field", message, node, path, f"did you mean {owners[0]!r}?", edit)
            return None
        hint = f"write one of {', '.join(owners)}" if owners else ""
        if event in self._events and field:
            known = [name for name in known if name.startswith(f"{event}.")]
            hint = f"{event} sends {', '.join(self._sent[event])}"
        self.report.unknown("field", node, written, () if owners else known, path, hint)
        return None

    def _when(self, node: Node, path: str, about: Subject) -> Expression | None:
        """A condition over what the event sends; None after a problem was reported."""
        if about.fields is None:
            return None
        scope = _Sent(about.event, event=True, siblings=dict.fromkeys(about.fields, ""), types=dict(about.fields))
        names = Names(self.report, scope)
        found = names.expression(node, path, None, "")
        if found is None:
            return None
        from synthwb.scenario.expressions import parse_expression
        from synthwb.scenario.typecheck import TypeFlaw, infer

        try:
            dtype = infer(parse_expression(found.text), scope.dtype_of)
        except TypeFlaw as problem:
            flaw = problem.flaw(found.text)
            where = names.inside(node, flaw.start, flaw.end) if node.text == found.text else self.report.span(node)
            self.report.error(flaw.code, flaw.message, where, path, flaw.hint)
            return None
        if dtype is not DType.BOOLEAN and dtype not in OPEN:
            self.report.error("type", f"this gives {dtype.value}, and when must be true or false", node, path)
            return None
        return found
