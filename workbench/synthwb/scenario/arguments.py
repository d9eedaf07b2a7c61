"""Arguments of generators: what was written becomes what each parameter's kind promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter
from synthwb.scenario import literals
from synthwb.scenario.arms import ARMS
from synthwb.scenario.drafts import Draft
from synthwb.scenario.keys import MODIFIERS
from synthwb.scenario.listed import LISTS
from synthwb.scenario.locales import read_locales
from synthwb.scenario.model import Expression
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join, names_parameters
from synthwb.scenario.regexes import read_regex
from synthwb.scenario.scopes import ACTOR_ROW
from synthwb.scenario.tables import read_file, read_rows, read_words
from synthwb.scenario.timeformat import read_time_format
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

if TYPE_CHECKING:
    from synthwb.scenario.fields import FieldReader

__all__ = ["Arguments"]

_TEXTS = ("pattern", "template", "expr")  # where {a} is a text without quotes


class Arguments:
    """Reads the arguments of one use of a generator into its draft. ``path``: where they stand, if not at the field."""

    def __init__(self, reader: FieldReader, draft: Draft, inner: str, path: str = "") -> None:
        self.reader = reader
        self.values: Values = reader.values
        self.names: Names = reader.names
        self.report = reader.values.report
        self.draft = draft
        self.inner = inner
        self.place = path or draft.path
        self.complete = True
        self.meant: set[str] = set()

    def read(self, value: Node | None, beside: Mapping[str, Entry]) -> bool:
        """Fill the draft's arguments; False after a problem was reported."""
        generator = self.draft.generator
        written = self._written(generator, value)
        if written is None:
            return False
        for name, entry in beside.items():
            written.setdefault(name, entry.value)
        self._alternatives(generator, written)
        for parameter in generator.parameters:
            node = written.get(parameter.name)
            if node is not None:
                self._one(parameter, node)
            elif parameter.required:
                self._missing(generator, parameter)
            elif parameter.kind is Kind.LOCALES:
                self.draft.args[parameter.name] = self.values.locales
            else:
                self.draft.args[parameter.name] = parameter.default
        scope, personal = self.names.scope, generator.personal
        if personal and self.draft.args.get(personal) is None and scope.event and "actor" in scope.sources:
            self.draft.args[personal] = ACTOR_ROW
            self.draft.reads[ACTOR_ROW] = self.draft.key
        return self.complete

    def _fail(self) -> None:
        self.complete = False

    def _written(self, generator: Generator, value: Node | None) -> dict[str, Node] | None:
        """The nodes of the parameters that were written, by name; None if the form is wrong."""
        if value is None or value.is_null or (value.kind is NodeKind.MAPPING and not value.entries):
            if value is not None and value.is_null and generator.name == "const":
                return {"value": value}
            return {}
        known = [parameter.name for parameter in generator.parameters]
        mapping = value.kind is NodeKind.MAPPING
        if generator.shorthand is not None and self._is_shorthand(generator, value, known):
            return {generator.shorthand: value}
        if not mapping:
            what = f"the parameters of {generator.name} ({', '.join(known)})" if known else "nothing"
            self.report.expected(value, what, self.place, _example(generator))
            return None
        return self._named(generator, value, known)

    def _is_shorthand(self, generator: Generator, value: Node, known: list[str]) -> bool:
        if value.kind is not NodeKind.MAPPING:
            return True
        if generator.whole:
            return not names_parameters(generator, value)
        if value.flow and all(entry.value.is_null for entry in value.entries) and generator.name in _TEXTS:
            return True
        return [entry.name for entry in value.entries] == ["expr"] and "expr" not in known

    def _named(self, generator: Generator, value: Node, known: list[str]) -> dict[str, Node]:
        written: dict[str, Node] = {}
        for entry in value.entries:
            path = join(self.place, entry.name)
            if entry.name in known:
                written[entry.name] = entry.value
            elif entry.name in MODIFIERS:
                hint = f"write {{{generator.name}: ..., {entry.name}: ...}}"
                message = f"{entry.name!r} stands beside {generator.name!r}, not inside it"
                self.report.error("unknown-key", message, entry.key, path, hint)
                self._fail()
            else:
                hint = f"{generator.name} takes {', '.join(known)}" if known else f"{generator.name} takes nothing"
                self.report.unknown("parameter", entry.key, entry.name, known, path, hint)
                self.meant.add(self.report.nearest(entry.name, known) or "")
                self._fail()
        return written

    def _alternatives(self, generator: Generator, written: Mapping[str, Node]) -> None:
        """Of each group of parameters exactly one must be written."""
        for group in generator.alternatives:
            given = [name for name in group if name in written]
            if len(given) == 1:
                continue
            self._fail()
            if not given and self.meant.isdisjoint(group):
                message = f"{generator.name} needs one of {', '.join(group)}"
                self.report.error("missing-key", message, self.draft.key, self.place, _example(generator))
            elif given:
                message = f"{' and '.join(given)} together: {generator.name} takes only one of them"
                path = join(self.place, given[1])
                self.report.error("contradiction", message, written[given[1]], path, "remove one")

    def _missing(self, generator: Generator, parameter: Parameter) -> None:
        self._fail()
        if parameter.name in self.meant:
            return
        message = f"{generator.name} needs {parameter.name!r}: {_lower(parameter.doc)}".rstrip(".")
        self.report.error("missing-key", message, self.draft.key, self.place, _example(generator))

    def _one(self, parameter: Parameter, node: Node) -> None:
        """One argument."""
        path = self.place
        if parameter.name != self.draft.generator.shorthand:
            path = join(path, parameter.name)
        self.draft.nodes[parameter.name] = node
        if parameter.expression and node.kind is NodeKind.MAPPING and node.get("expr") is not None:
            value: Any = self._expression(node, path)
        else:
            value = self.value(parameter, node, path)
        if value is None:
            self._fail()
            return
        self.draft.args[parameter.name] = None if value is _NULL else value

    def value(self, parameter: Parameter, node: Node, path: str) -> Any:
        """What a node is by the kind of a parameter; None after a problem was reported."""
        return self._KINDS[parameter.kind](self, parameter, node, path)

    def _expression(self, node: Node, path: str) -> Expression | None:
        """``{expr: "..."}`` where a number may depend on other fields."""
        for entry in node.entries:
            if entry.name != "expr":
                self.report.unknown("key", entry.key, entry.name, ["expr"], join(path, entry.name))
                return None
        return self.names.expression(node.entries[0].value, path, self.draft, self.inner)

    def _number(self, parameter: Parameter, node: Node, path: str) -> Any:
        if parameter.expression and self._is_path(node):
            hint = f'write {{expr: "{node.text}"}}'
            self.report.expected(node, "a number", path, hint, self._wrap(node, f'{{expr: "{node.text}"}}'))
            return None
        bounds = (parameter.minimum, parameter.maximum, parameter.above, parameter.below)
        what = "a number" + (" or {expr: ...}" if parameter.expression else "")
        if parameter.kind is Kind.INTEGER:
            return self.values.integer(node, path, bounds, what.replace("number", "whole number"))
        if self.reader.unit == "s" and parameter.measured:
            return self.values.seconds(node, path, bounds, what)
        return self.values.number(node, path, bounds, what, parameter.unit)

    def _is_path(self, node: Node) -> bool:
        """Whether a scalar is the name of something that an expression could read."""
        return isinstance(node.value, str) and isinstance(self.names.scope.resolve(node.value, self.inner), str)

    def _wrap(self, node: Node, new: str) -> Any:
        return self.report.replace(node, node.text, new) if node.plain else None

    def _probability(self, parameter: Parameter, node: Node, path: str) -> Any:
        if parameter.expression and self._is_path(node):
            return self._number(parameter, node, path)
        return self.values.probability(node, path)

    def _text(self, parameter: Parameter, node: Node, path: str) -> Any:
        return self.values.text(node, path, f"a {parameter.kind.value}" if parameter.kind is Kind.PATTERN else "text")

    def _template(self, parameter: Parameter, node: Node, path: str) -> Any:
        if self.values.text(node, path, "a template, which is text") is None:
            return None
        return self.names.template(node, path, self.draft, self.inner)

    def _sql(self, parameter: Parameter, node: Node, path: str) -> Any:
        return self.names.expression(node, path, self.draft, self.inner)

    def path(self, parameter: Parameter, node: Node, path: str) -> Any:
        """The canonical name of what may be read here; None after a problem was reported."""
        name = self.values.text(node, path, "the path of a field")
        if name is None:
            return None
        where = self.names.inside(node, 0, len(name))
        return self.names.resolve(name, where, node, path, self.draft, self.inner)

    def _field(self, parameter: Parameter, node: Node, path: str) -> Any:
        named = parameter.name != self.draft.generator.shorthand
        local = join(self.draft.local, parameter.name) if named else self.draft.local
        reader = self.reader.measured(parameter.unit)
        child = reader.read(parameter.name, node, node, path, local, self.draft.local)
        if child is not None:
            self.draft.nested.append(child)
        return child

    def _fields(self, parameter: Parameter, node: Node, path: str) -> Any:
        if node.kind is not NodeKind.MAPPING or not node.entries:
            self.report.expected(node, "fields, by name", path, "such as {city: city, street: street_address}")
            return None
        if parameter.name != self.draft.generator.shorthand:
            path = self.place
        children, complete = self.reader.read_all(node, path, self.draft.local, self.draft.local)
        self.draft.nested.extend(children)
        return children if complete else None

    def _quantity(self, parameter: Parameter, node: Node, path: str) -> Any:
        if node.kind is NodeKind.SCALAR and not isinstance(node.value, str):
            return self._number(parameter, node, path)
        if parameter.unit == "s" and isinstance(node.value, str) and literals.duration(node.value) is not None:
            return self.values.seconds(node, path, (parameter.minimum, parameter.maximum, None, None))
        if isinstance(node.value, str) and literals.percentage(node.value) is not None:
            return self._number(parameter, node, path)
        return self._field(parameter, node, path)

    def _column(self, parameter: Parameter, node: Node, path: str) -> Any:
        found = read_words(self.values, node, path, several=False)
        return None if found is None else found[0]

    def _time_format(self, parameter: Parameter, node: Node, path: str) -> Any:
        return read_time_format(self.values, self.names, node, path)

    def _constant(self, parameter: Parameter, node: Node, path: str) -> Any:
        value = node.plain_value()
        return _NULL if value is None else _named_keys(value)

    _KINDS: Mapping[Kind, Any] = {
        Kind.NUMBER: _number,
        Kind.INTEGER: _number,
        Kind.PROBABILITY: _probability,
        Kind.BOOLEAN: lambda self, parameter, node, path: self.values.boolean(node, path),
        Kind.TEXT: _text,
        Kind.PATTERN: _text,
        Kind.REGEX: lambda self, parameter, node, path: _regex(self.values, self.names, node, path),
        Kind.TEMPLATE: _template,
        Kind.EXPRESSION: _sql,
        Kind.PATH: path,
        Kind.FIELD: _field,
        Kind.FIELDS: _fields,
        Kind.QUANTITY: _quantity,
        Kind.TIME: lambda self, parameter, node, path: self.values.time(node, path),
        Kind.DURATION: lambda self, parameter, node, path: self.values.duration(node, path),
        Kind.SLOPE: lambda self, parameter, node, path: self.values.slope(node, path),
        Kind.ENUM: lambda self, parameter, node, path: self.values.choice(
            node, parameter.choices, path, parameter.name
        ),
        Kind.TIME_FORMAT: _time_format,
        Kind.CONSTANT: _constant,
        **LISTS,
        Kind.CONDITION: _sql,
        **ARMS,
        Kind.FILE: lambda self, parameter, node, path: read_file(self.values, node, path),
        Kind.TABLE: lambda self, parameter, node, path: read_rows(self.values, node, path),
        Kind.COLUMN: _column,
        Kind.COLUMNS: lambda self, parameter, node, path: read_words(self.values, node, path, several=True),
        Kind.METHOD: _text,
        Kind.ARGUMENTS: _constant,
        Kind.LOCALES: lambda self, parameter, node, path: read_locales(self.values, node, path),
    }


_NULL = object()


def _regex(values: Values, names: Names, node: Node, path: str) -> str | None:
    """A regular expression; None after every flaw was reported at its place."""
    text = values.text(node, path, "a regular expression, which is text")
    if text is None:
        return None
    flaws = read_regex(text).flaws
    for flaw in flaws:
        names.report.error("regex", flaw.message, names.inside(node, flaw.start, flaw.end), path, flaw.hint)
    return None if flaws else text


def _named_keys(value: Any) -> Any:
    """A constant with text for keys, as JSON has them."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(key).lower(): _named_keys(part) for key, part in value.items()}
    return [_named_keys(part) for part in value] if isinstance(value, list) else value


def _example(generator: Generator) -> str:
    return f"such as {generator.examples[0]}" if generator.examples else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
