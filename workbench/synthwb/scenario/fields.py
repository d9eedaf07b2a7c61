"""Fields: a generator's name, a path, a constant, or one generator key with modifiers beside it."""

from __future__ import annotations

from typing import Any

from synthwb.generators import faker_index
from synthwb.generators.fakers import FromFaker, faker_method
from synthwb.generators.registry import Generator, generator, names
from synthwb.scenario.arguments import Arguments
from synthwb.scenario.diagnostics import Edit
from synthwb.scenario.drafts import Draft
from synthwb.scenario.keys import BOUNDS, CASES, MODIFIERS
from synthwb.scenario.laws import read_fixed_set
from synthwb.scenario.model import DType, Expression, Modifiers
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.scopes import Missing, Scope
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["FieldReader", "field_name_problem"]

AS_TYPES = {dtype.value: dtype for dtype in (DType.STRING, DType.INTEGER, DType.FLOAT, DType.BOOLEAN, DType.DECIMAL)}
_ANY_LENGTH = 200


def field_name_problem(name: str) -> str:
    """Why a key cannot be the name of a field, or an empty text."""
    if not name.strip():
        return "a field needs a name"
    if len(name) > _ANY_LENGTH:
        return f"a name has at most {_ANY_LENGTH} characters"
    bad = next((char for char in name if char in '.{}"' or not char.isprintable()), None)
    return f"a field's name cannot contain {bad!r}" if bad else ""


class FieldReader:
    """Reads the fields of one event or entity type.

    ``unit`` is ``s`` for what stands in the place of a time: there numbers may be written as durations.
    """

    def __init__(self, values: Values, scope: Scope, unit: str = "") -> None:
        self.unit = unit
        self.values = values
        self.report = values.report
        self.scope = scope
        self.names = Names(values.report, scope)
        self._words: dict[str, str] = {}  # bare words that stand for a generator, by the field's local name

    def measured(self, unit: str) -> FieldReader:
        """A reader of fields whose values are in this unit."""
        return self if unit == self.unit else FieldReader(self.values, self.scope, unit)

    def read_all(self, node: Node, path: str, local: str = "", inner: str = "") -> tuple[list[Draft], bool]:
        """The fields of a mapping that could be read, and whether those are all."""
        drafts: list[Draft | None] = []
        bare = {join(local, e.name): e.value.value for e in node.entries if isinstance(e.value.value, str)}
        self._words.update(bare)
        for entry in node.entries:
            problem = field_name_problem(entry.name)
            here = join(path, entry.name)
            if problem:
                self.report.error("name", problem, entry.key, here, "letters, digits and _ are always fine")
                drafts.append(None)
            else:
                drafts.append(self.read(entry.name, entry.value, entry.key, here, join(local, entry.name), inner))
        found = [draft for draft in drafts if draft is not None]
        return found, len(found) == len(drafts)

    def read(self, name: str, node: Node, key: Node, path: str, local: str, inner: str) -> Draft | None:
        """One field; None after a problem was reported. ``inner``: the prefix under which names are looked up first."""
        if node.kind is NodeKind.MAPPING:
            return self._mapping(name, node, path, local, inner)
        if node.kind is NodeKind.SEQUENCE:
            written = self.report.document.text[node.start : node.end]
            edit = Edit(node.start, node.end, f"{{choice: {written}}}", "choose one of them") if node.flow else None
            hint = "one of several values is {choice: [a, b]}"
            self.report.expected(node, f"a field for {name!r}", path, hint, edit)
            return None
        if node.value is None:
            at = node if node.end > node.start else key
            self.report.error("missing-value", f"field {name!r} has no generator", at, path, f"such as {name}: uuid")
            return None
        if isinstance(node.value, str):
            return self._word(name, node, path, local, inner)
        return self._call("const", name, node, node, path, local, inner)

    def _call(
        self, generator_name: str, name: str, value: Node | None, key: Node, path: str, local: str, inner: str
    ) -> Draft | None:
        """A draft of one generator with its value, without modifiers."""
        found = generator(generator_name)
        if found is None:
            self.report.error("unknown-generator", f"there is no generator {generator_name!r}", key, path)
            return None
        draft = Draft(name, path, local, found, key, key)
        return draft if Arguments(self, draft, inner).read(value, {}) else None

    def _word(self, name: str, node: Node, path: str, local: str, inner: str) -> Draft | None:
        """A bare word: a generator without parameters, or a path."""
        word = node.value
        found = generator(word)
        if found is not None:
            if found.alternatives or any(parameter.required for parameter in found.parameters):
                hint = f"such as {found.examples[0]}" if found.examples else ""
                self.report.error("missing-key", f"{word} needs parameters", node, path, hint)
                return None
            self._ambiguous(found, node, path, local, inner)
            return self._call(word, name, None, node, path, local, inner)
        resolved = self.scope.resolve(word, inner)
        if isinstance(resolved, str):
            return self._call("path", name, node, node, path, local, inner)
        self._no_word(word, node, path, resolved)
        return None

    def _ambiguous(self, found: Generator, node: Node, path: str, local: str, inner: str) -> None:
        """Warn where a method of Faker hides a field of the same name that is something else."""
        word = node.text
        field = self.scope.resolve(word, inner)
        if (
            isinstance(found, FromFaker)
            and isinstance(field, str)
            and field != local
            and self._words.get(field) != word
        ):
            message = f"{word!r} is Faker's {word} here, not the field {field!r}"
            self.report.warning("ambiguous", message, node, path, f"write {{path: {field}}}, or {{fake: {word}}}")

    def _no_word(self, word: str, node: Node, path: str, missing: Missing) -> None:
        """Report a word that is neither a generator nor a path, by what it looks like."""
        report = self.report
        dotted = "." in word and " " not in word
        if word in faker_index.EXCLUDED:
            self._no_method(word, node, path)
        elif "{" in word:
            quoted = f"'{word}'" if '"' in word else f'"{word}"'
            edit = self._rewrite(node, f"{{template: {quoted}}}")
            report.error("unknown-generator", f"{word!r} is no generator", node, path, "write {template: ...}", edit)
        elif "#" in word or "?" in word:
            edit = self._rewrite(node, f'{{pattern: "{word}"}}') if '"' not in word else None
            hint = f'a pattern is written {{pattern: "{word}"}}'
            report.error("unknown-generator", f"{word!r} is no generator", node, path, hint, edit)
        elif dotted:
            self.names.missing(missing, word, self.names.inside(node, 0, len(word)), path)
        else:
            self._unknown(word, node, path)

    def _unknown(self, word: str, node: Node, path: str) -> None:
        """Report a word that is like nothing else: the nearest generator or name, or a constant."""
        own = [*names(), *self.scope.names()]
        near = self.report.nearest(word, own, [*faker_index.names()])
        short = word if len(word) <= 40 else word[:39] + "…"
        if near:
            edit = self.report.replace(node, word, near)
            hint = f"did you mean {near!r}? Fixed text is written {{const: {short}}}"
        else:
            edit = self._rewrite(node, f"{{const: {word}}}") if word.isidentifier() else None
            hint = f"fixed text is written {{const: {short}}}"
        self.report.error("unknown-generator", f"unknown generator or path {short!r}", node, path, hint, edit)

    def _rewrite(self, node: Node, new: str) -> Edit | None:
        """Put something else in the place of a whole scalar, quotes included."""
        if "\n" in self.report.document.text[node.start : node.end] or "\n" in new:
            return None
        return Edit(node.start, node.end, new, f"write {new}")

    def _mapping(self, name: str, node: Node, path: str, local: str, inner: str) -> Draft | None:
        """A generator key with modifiers and parameters beside it."""
        modifiers = {entry.name: entry for entry in node.entries if entry.name in MODIFIERS}
        others = [entry for entry in node.entries if entry.name not in MODIFIERS]
        owner = self._owner(name, node, others, path)
        if owner is None:
            return None
        entry, found = owner
        draft = Draft(name, path, local, found, node, entry.key)
        beside = {other.name: other for other in others if other.name in found.beside}
        complete = self._beside(found, entry, others, path)
        complete = Arguments(self, draft, inner).read(entry.value, beside) and complete
        if complete and found.name == "fake":
            complete = self._faked(draft, entry.value, inner)
        draft.inputs = frozenset(draft.everything_read())
        draft.modifiers = self._modifiers(modifiers, draft, path, inner)
        return draft if complete else None

    def _faked(self, draft: Draft, value: Node, inner: str) -> bool:
        """What ``fake`` asks for: a method that there is, with arguments that it takes."""
        method, node = draft.args["method"], draft.nodes["method"]
        found = faker_method(method)
        if found is None:
            self._no_method(method, node, draft.path)
            return False
        asked = Draft(draft.name, draft.path, draft.local, found, node, node)
        written = value.get("args") if value.kind is NodeKind.MAPPING else None
        if not Arguments(self, asked, inner, join(draft.path, "args")).read(written, {}):
            return False
        if "locale" in asked.nodes:
            if "locale" in draft.nodes:
                place = join(draft.path, "args.locale")
                self.report.error(
                    "contradiction", "locale is written twice", asked.nodes["locale"], place, "remove one"
                )
                return False
            draft.args["locale"] = asked.args["locale"]
        draft.nodes.update(asked.nodes)
        draft.args["args"] = {name: given for name, given in asked.args.items() if name != "locale"}
        return True

    def _no_method(self, method: str, node: Node, path: str) -> None:
        """Report a name that Faker does not have, or has for something else than values."""
        reason = faker_index.EXCLUDED.get(method)
        if reason is not None:
            self.report.error("excluded", f"Faker's {method} cannot be a field: {reason}", node, path)
        else:
            self.report.unknown("method", node, method, faker_index.names(), path)

    def _owner(self, name: str, node: Node, others: list[Entry], path: str) -> tuple[Entry, Generator] | None:
        """The one entry that names the generator; ours go before Faker's, and ``locale`` may stand beside many."""
        known = [(entry, found) for entry in others if (found := generator(entry.name)) is not None]
        if known:
            return min(known, key=lambda each: (isinstance(each[1], FromFaker), each[0].name == "locale"))
        if not others:
            message = f"field {name!r} names no generator"
            hint = "one key says how values are made, such as {uniform: {min: 0, max: 1}}"
            self.report.error("missing-key", message, node, path, hint)
            return None
        entry = others[0]
        if entry.name in faker_index.EXCLUDED:
            self._no_method(entry.name, entry.key, path)
        else:
            hint = "nested fields are written {object: {...}}; text with braces must be quoted"
            own = [*names(), *MODIFIERS]
            self.report.unknown("generator", entry.key, entry.name, own, path, hint, others=faker_index.names())
        return None

    def _beside(self, found: Generator, owner: Entry, others: list[Entry], path: str) -> bool:
        """Whether everything beside the generator may stand there."""
        complete = True
        inside = {parameter.name for parameter in found.parameters} - set(found.beside)
        for entry in others:
            if entry is owner or entry.name in found.beside:
                continue
            complete = False
            here = join(path, entry.name)
            if generator(entry.name) is not None:
                message = f"two generators, {owner.name!r} and {entry.name!r}; a field has one"
                self.report.error("contradiction", message, entry.key, here, "remove one of them")
            elif entry.name in inside:
                hint = f"write {{{found.name}: {{..., {entry.name}: ...}}}}"
                message = f"{entry.name!r} belongs inside {found.name!r}"
                self.report.error("unknown-key", message, entry.key, here, hint)
            else:
                self.report.unknown("modifier", entry.key, entry.name, [*found.beside, *MODIFIERS], here)
        return complete

    def _modifiers(self, entries: dict[str, Entry], draft: Draft, path: str, inner: str) -> Modifiers:
        """The modifiers; those that are wrong are reported and left out."""
        found: dict[str, Any] = {}
        names_of = {"min": "minimum", "max": "maximum", "as": "as_type"}
        for name, entry in entries.items():
            here = join(path, name)
            if MODIFIERS[name].later:
                self.report.later(entry, here, MODIFIERS[name].doc)
                continue
            draft.nodes[f"@{name}"] = entry.value
            if name == "as" and entry.value.kind is NodeKind.MAPPING:
                scale = self._scale(entry.value, here)
                if scale is not None:
                    found |= {"as_type": DType.DECIMAL, "scale": scale}
                continue
            value = self._modifier(name, entry.value, draft, here, inner)
            if value is not None:
                found[names_of.get(name, name)] = value
        low, high = found.get("minimum"), found.get("maximum")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            message = f"min {low:.15g} is above max {high:.15g}: no value can lie between them"
            self.report.error("contradiction", message, entries["max"].value, join(path, "max"), "swap them")
        if (
            "bounds" in found
            and "minimum" not in entries
            and "maximum" not in entries
            and not {"min", "max"} & set(entries)
        ):
            message = "bounds without min and max has no effect"
            self.report.warning("no-effect", message, entries["bounds"].key, join(path, "bounds"))
        return Modifiers(**found)

    def _modifier(self, name: str, node: Node, draft: Draft, path: str, inner: str) -> Any:
        """The value of one modifier."""
        values = self.values
        if name in ("missing", "nullable", "min", "max") and node.kind is NodeKind.MAPPING:
            return self._drawn(node, draft, path, inner)
        if name in ("missing", "nullable", "repeat"):
            return values.probability(node, path)
        if name == "cardinality":
            return read_fixed_set(FieldReader(values, Scope("", event=False, siblings={})), node, path)
        if name in ("min", "max"):
            return values.seconds(node, path) if self.unit == "s" else values.number(node, path)
        if name in ("unique", "hidden"):
            return values.boolean(node, path)
        if name == "round":
            return values.integer(node, path, (0, 15, None, None), "a number of decimals")
        if name == "when":
            return self.names.expression(node, path, draft, inner)
        if name == "doc":
            return values.text(node, path)
        words = {"bounds": BOUNDS, "case": CASES, "as": tuple(AS_TYPES)}[name]
        word = values.choice(node, words, path, "type" if name == "as" else name)
        return AS_TYPES.get(word) if name == "as" and word else word

    def _scale(self, node: Node, path: str) -> int | None:
        """The decimals of ``as: {decimal: 4}``."""
        inside = node.get(DType.DECIMAL.value)
        if inside is None or len(node.entries) != 1:
            self.report.expected(node, f"a type ({', '.join(AS_TYPES)})", path, "or {decimal: 4}, with four decimals")
            return None
        return self.values.integer(inside, join(path, "decimal"), (0, 15, None, None), "a number of decimals")

    def _drawn(self, node: Node, draft: Draft, path: str, inner: str) -> Expression | None:
        """``{expr: "..."}`` as the value of a modifier."""
        inside = node.get("expr")
        if inside is None or len(node.entries) != 1:
            self.report.expected(node, 'a number or {expr: "..."}', path)
            return None
        return self.names.expression(inside, path, draft, inner)
