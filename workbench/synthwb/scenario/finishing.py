"""From drafts to fields: order of evaluation, types, and the problems that only show when both are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from synthwb.errors import PluginError
from synthwb.generators.registry import Kind, generator
from synthwb.scenario.drafts import Draft, carried_in, cycles, ordered
from synthwb.scenario.model import Arm, Call, DType, Expression, Field
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node

__all__ = ["Finisher"]

_NUMBERS = (DType.INTEGER, DType.FLOAT, DType.DECIMAL)
_OPEN = (DType.UNKNOWN, DType.NULL)
_NUMERIC_ONLY = {"@min": "min", "@max": "max", "@round": "round"}


class Finisher:
    """Finishes the drafts of one event or entity type. ``rows``: how many there will be, if that is known."""

    def __init__(self, names: Names, rows: int | None) -> None:
        self.names = names
        self.scope = names.scope
        self.report = names.report
        self.rows = rows

    def all(self, drafts: Sequence[Draft]) -> tuple[Field, ...] | None:
        """The fields in evaluation order; None after a cycle or another problem was reported."""
        cyclic = self._cyclic(drafts)
        fields = [self._one(draft, in_list=False) for draft in ordered(drafts)]
        return tuple(field for field in fields if field is not None) if not cyclic and None not in fields else None

    def expression(self, node: Node, path: str, wanted: Sequence[DType], what: str) -> Expression | None:
        """An expression that stands by itself and gives one of these types; ``what``: what it must be, in words."""
        owner = generator("expr")
        assert owner is not None
        draft = Draft("", path, path, owner, node, node)
        found = self.names.expression(node, path, draft, "")
        dtype = None if found is None else self._infer(found, draft, owner.shorthand or "")
        if dtype is not None and dtype not in wanted and dtype not in _OPEN:
            self.report.error("type", f"this gives {dtype.value}, and {what}", node, path)
            return None
        return found if dtype is not None else None

    def _cyclic(self, drafts: Sequence[Draft]) -> bool:
        """Report every cycle, spelled out, at the field in which it closes."""
        found = False
        by_name = {draft.local: draft for draft in drafts}
        for cycle in cycles(drafts):
            found = True
            draft = by_name[cycle[-2]]
            reads = draft.everything_read()
            node = next((reads[name] for name in reads if f"{name}.".startswith(f"{cycle[-1]}.")), draft.node)
            alone = len(cycle) == 2
            hint = "break the circle: one of them must stand alone"
            if any(by_name[name].generator.carried for name in cycle):
                hint = "what builds on itself is the actor's state: in a flow, set: {actor.total: {expr: ...}}"
            message = f"{cycle[0]!r} reads itself" if alone else f"these fields read each other: {' -> '.join(cycle)}"
            self.report.error("cycle", message, node, draft.path, hint)
        for draft in drafts:
            found = self._cyclic(draft.nested) or found
        return found

    def _one(self, draft: Draft, *, in_list: bool) -> Field | None:
        """One field with everything nested in it. A plug-in that fails is a problem of the field that uses it."""
        try:
            return self._finished(draft, in_list=in_list)
        except PluginError as error:
            self.report.error("plug-in", str(error), draft.key, draft.path)
            return None

    def _finished(self, draft: Draft, *, in_list: bool) -> Field | None:
        errors = len(self.report.found)
        args = self._args(draft, in_list=in_list)
        if args is None:
            return None
        wrong = (*draft.generator.problems(args), *draft.generator.mismatches(args, self.scope.dtype_of))
        for parameter, message in wrong:
            node = draft.nodes.get(parameter, draft.key)
            text = message if message.startswith(parameter) else f"{parameter} {message}"
            self.report.error("contradiction", f"{draft.generator.name}: {text}", node, join(draft.path, parameter))
        for parameter, message in draft.generator.remarks(args):
            node = draft.nodes.get(parameter, draft.key)
            self.report.warning(parameter, message, node, join(draft.path, parameter))
        self._expressions(draft, args)
        self._carried(draft, args, inside=in_list)
        dtype = self._dtype(draft, args) if len(self.report.found) == errors else DType.UNKNOWN
        self._modifiers(draft, dtype)
        self._unique(draft, args, in_list=in_list)
        self._again(draft, args, in_list=in_list)
        if draft.generator.is_carried(args):
            args["dtype"] = dtype
        dtype = draft.modifiers.as_type or dtype
        self.scope.types[draft.local] = dtype
        reads = tuple(draft.everything_read())
        call = Call(draft.generator.name, args, self.report.span(draft.key))
        return Field(draft.name, draft.path, call, draft.modifiers, reads, dtype, self.report.span(draft.node))

    def _args(self, draft: Draft, *, in_list: bool) -> dict[str, Any] | None:
        """The arguments, nested drafts finished; None if one of those could not be."""
        args: dict[str, Any] = {}
        complete = True
        kinds = {parameter.name: parameter.kind for parameter in draft.generator.parameters}
        for name, value in draft.args.items():
            if isinstance(value, Draft):
                nested = self._one(value, in_list=in_list or kinds[name] is Kind.FIELD)
                complete = complete and nested is not None
                if nested is not None and kinds[name] is Kind.QUANTITY:
                    self._numeric_quantity(value, nested.dtype)
                    self._carried(value, nested.call.args, inside=True)
                args[name] = nested
            elif kinds.get(name) is Kind.FIELDS and isinstance(value, list):
                fields = [self._one(child, in_list=in_list) for child in ordered(value)]
                complete = complete and None not in fields
                args[name] = tuple(fields)
                args["order"] = tuple(child.name for child in value)
            elif kinds.get(name) is Kind.COMPONENTS and isinstance(value, list):
                fields = [self._one(child, in_list=True) for child in value]
                for child, field in zip(value, fields, strict=True):
                    if field is not None:
                        self._numeric_quantity(child, field.dtype)
                complete = complete and None not in fields
                args[name] = tuple(fields)
            elif kinds.get(name) in (Kind.ARMS, Kind.CASES) and value is not None:
                arms = [(test, self._one(child, in_list=True)) for test, child in value]
                complete = complete and all(field is not None for _, field in arms)
                args[name] = tuple(Arm(test, field) for test, field in arms if field is not None)
            else:
                args[name] = value
        return args if complete else None

    def _numeric_quantity(self, draft: Draft, dtype: DType) -> None:
        if dtype not in _NUMBERS and dtype not in _OPEN:
            message = f"expected a number or a numeric generator, and this gives {dtype.value}"
            self.report.error("type", message, draft.node, draft.path)

    def _expressions(self, draft: Draft, args: dict[str, Any]) -> None:
        """Expressions in the place of numbers must give numbers; conditions must give true or false."""
        numbers = {p.name for p in draft.generator.parameters if p.expression}
        conditions = {p.name for p in draft.generator.parameters if p.kind is Kind.CONDITION}
        for name, value in args.items():
            if name in numbers and isinstance(value, Expression):
                self._expect(value, draft, name, _NUMBERS, "a number")
            elif name in conditions and isinstance(value, Expression):
                self._expect(value, draft, name, (DType.BOOLEAN,), "true or false")
            elif isinstance(value, tuple):
                for i, arm in enumerate(value):
                    if isinstance(arm, Arm) and isinstance(arm.test, Expression):
                        self._expect(arm.test, draft, f"{i}.when", (DType.BOOLEAN,), "true or false")
        modifiers = draft.modifiers
        for name, value in (
            ("missing", modifiers.missing),
            ("nullable", modifiers.nullable),
            ("min", modifiers.minimum),
            ("max", modifiers.maximum),
        ):
            if isinstance(value, Expression):
                self._expect(value, draft, f"@{name}", _NUMBERS, "a number")
        if modifiers.when is not None:
            self._expect(modifiers.when, draft, "@when", (DType.BOOLEAN,), "true or false")

    def _expect(self, expression: Expression, draft: Draft, name: str, wanted: tuple[DType, ...], what: str) -> None:
        dtype = self._infer(expression, draft, name)
        if dtype is not None and dtype not in wanted and dtype not in _OPEN:
            message = f"this gives {dtype.value}, and {name.lstrip('@').rpartition('.')[2]} must be {what}"
            node = draft.nodes.get(name, draft.key)
            self.report.error("type", message, node, join(draft.path, name.lstrip("@")))

    def _infer(self, expression: Expression, draft: Draft, name: str) -> DType | None:
        """The type of an expression; None after a flaw was reported."""
        from synthwb.scenario.expressions import parse_expression
        from synthwb.scenario.typecheck import TypeFlaw, infer

        tree = parse_expression(expression.text)
        try:
            return infer(tree, self.scope.dtype_of)
        except TypeFlaw as problem:
            flaw = problem.flaw(expression.text)
            node = draft.nodes.get(name, draft.key)
            inside = node.get("expr") or node
            where = self.report.span(inside)
            if inside.text == expression.text:
                where = self.names.inside(inside, flaw.start, flaw.end)
            shown = name.lstrip("@")
            path = draft.path if shown == draft.generator.shorthand else join(draft.path, shown)
            self.report.error(flaw.code, flaw.message, where, path, flaw.hint)
            return None

    def _dtype(self, draft: Draft, args: dict[str, Any]) -> DType:
        """The type of the generator's values."""
        for parameter in draft.generator.parameters:
            if parameter.kind is Kind.EXPRESSION:
                return self._infer(args[parameter.name], draft, parameter.name) or DType.UNKNOWN
        return draft.generator.dtype(args, self.scope.dtype_of)

    def _modifiers(self, draft: Draft, dtype: DType) -> None:
        """Modifiers that do not fit the type of the values."""
        if dtype in _OPEN:
            return
        for name, word in _NUMERIC_ONLY.items():
            if name in draft.nodes and dtype not in _NUMBERS:
                message = f"{word} is for numbers, and {draft.generator.name} gives {dtype.value}"
                inside = any(parameter.name == word for parameter in draft.generator.parameters)
                hint = f"write it inside: {{{draft.generator.name}: {{..., {word}: ...}}}}" if inside else "remove it"
                self.report.error("type", message, draft.nodes[name], join(draft.path, word), hint)
        target = draft.modifiers.as_type or dtype
        if "@case" in draft.nodes and target is not DType.STRING:
            message = f"case is for text, and {draft.generator.name} gives {target.value}"
            self.report.error("type", message, draft.nodes["@case"], join(draft.path, "case"), "remove it")
        if "@as" in draft.nodes and dtype in (DType.OBJECT, DType.LIST, DType.TIMESTAMP):
            if dtype is DType.TIMESTAMP and target is DType.STRING:
                return
            message = f"{dtype.value} cannot become {target.value}"
            hint = "use format: epoch_s, or a pattern" if dtype is DType.TIMESTAMP else "remove it"
            self.report.error("type", message, draft.nodes["@as"], join(draft.path, "as"), hint)

    def _unique(self, draft: Draft, args: dict[str, Any], *, in_list: bool) -> None:
        """``unique`` needs values that can be counted, and enough of them."""
        if not draft.modifiers.unique:
            return
        if draft.generator.is_carried(args):
            self._against(draft, "unique", f"{draft.generator.name}, whose values come again for each actor")
            return
        node, path = draft.nodes["@unique"], join(draft.path, "unique")
        changing = [word for word in ("min", "max", "round") if f"@{word}" in draft.nodes]
        if in_list:
            self.report.error("contradiction", "elements of a list cannot be unique", node, path, "remove it")
        elif changing:
            message = f"unique together with {changing[0]}, which makes different values equal"
            self.report.error("contradiction", message, node, path, "remove one of them")
        elif not draft.generator.distinct:
            fixed = not any(isinstance(value, Expression) for value in args.values())
            self._countable(draft, draft.generator.domain(args) if fixed else None, node, path)

    def _carried(self, draft: Draft, args: Mapping[str, Any], *, inside: bool) -> None:
        """What follows from the events before is made for every event, and for its actor."""
        generator = draft.generator
        if not generator.is_carried(args):
            return
        if not self.scope.carries:
            message = f"{generator.name} follows from the events before, and there are none here"
            self.report.error("contradiction", message, draft.key, draft.path, self.scope.instead)
        elif inside:
            message = f"{generator.name} follows from the events before, and stands where not every event has one"
            hint = "write it as a field of its own, hidden: true, and read that field here"
            self.report.error("contradiction", message, draft.key, draft.path, hint)
        elif generator.needs_actor(args) and "actor" not in self.scope.sources:
            message = f"{generator.name} for each actor, and {self.scope.owner!r} has none"
            self.report.error("contradiction", message, draft.key, draft.path, "add actor: with the name of an entity")
        elif draft.modifiers.bounds == "redraw":
            self._against(draft, "bounds", f"{generator.name}, which is not drawn again")

    def _again(self, draft: Draft, args: dict[str, Any], *, in_list: bool) -> None:
        """``repeat`` and ``cardinality`` give values a second time, each where that can be."""
        modifiers, generator = draft.modifiers, draft.generator
        if modifiers.repeat:
            node, path = draft.nodes["@repeat"], join(draft.path, "repeat")
            if in_list:
                message = "what stands inside a list or a branch cannot be repeated"
                self.report.error("contradiction", message, node, path, "write repeat beside the outer field")
            elif modifiers.unique:
                self._against(draft, "repeat", "unique, of which no value comes twice")
            elif modifiers.repeat >= 1:
                message = "with a probability of 100% every value repeats another one, and none is ever new"
                self.report.error("contradiction", message, node, path, "such as 99%")
            elif (carried := carried_in(draft)) is not None:
                self._against(draft, "repeat", f"{carried}, whose values follow from each other")
        if modifiers.cardinality is not None:
            varying = [value for value in (modifiers.minimum, modifiers.maximum) if isinstance(value, Expression)]
            if modifiers.unique:
                self._against(draft, "cardinality", "unique, of which no value comes twice")
            elif (carried := carried_in(draft)) is not None:
                self._against(draft, "cardinality", f"{carried}, whose values follow from each other")
            elif generator.timed:
                self._against(draft, "cardinality", f"{generator.name}, whose values follow the time of the event")
            elif draft.inputs or varying:
                read = sorted(draft.inputs) or list(varying[0].names)
                message = f"cardinality draws its values once, and this reads {read[0]!r}, which is another in each row"
                node, path = draft.nodes["@cardinality"], join(draft.path, "cardinality")
                self.report.error("contradiction", message, node, path, "remove one of them")
            elif not any(isinstance(value, Expression) for value in args.values()):
                self._enough(draft, modifiers.cardinality.size, generator.domain(args))

    def _against(self, draft: Draft, name: str, what: str) -> None:
        """A modifier that contradicts something else."""
        message = f"{name} together with {what}"
        path = join(draft.path, name)
        self.report.error("contradiction", message, draft.nodes[f"@{name}"], path, "remove one of them")

    def _enough(self, draft: Draft, size: int, domain: int | None) -> None:
        """A fixed set cannot be larger than what it is drawn from."""
        if domain is not None and domain < size:
            message = f"a fixed set of {size:,} values, but {draft.generator.name} has only {domain:,}"
            node, path = draft.nodes["@cardinality"], join(draft.path, "cardinality")
            self.report.error("contradiction", message, node, path, "widen it, or make the set smaller")

    def _countable(self, draft: Draft, domain: int | None, node: Any, path: str) -> None:
        if domain is None:
            message = f"the values of {draft.generator.name} cannot be counted, so they cannot be kept unique"
            hint = "pattern, integer with min and max, uuid and sequence can"
            self.report.error("contradiction", message, node, path, hint)
        elif self.rows is not None and domain < self.rows:
            message = f"unique, but {draft.generator.name} has only {domain:,} values for {self.rows:,} rows"
            self.report.error("contradiction", message, node, path, "widen it, or make fewer rows")
