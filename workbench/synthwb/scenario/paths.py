"""Paths: where the language's dotted names stand in the document.

A language path is the document's path without the words ``fields`` and ``states``, without the leading ``events.``,
``entities.`` and ``flows.``, and without the names of generators: ``order_placed.total.median`` stands for
``events.order_placed.fields.total.lognormal.median``. A step of a chain has the path of a state: ``signup.verified``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from synthwb.scenario.keys import MODIFIERS, STATE
from synthwb.scenario.tree import Node, NodeKind

if TYPE_CHECKING:
    from synthwb.generators.registry import Generator

__all__ = ["Place", "children", "index", "join", "names_parameters", "place_at"]

_TYPES = {"events": "types", "entities": "types", "flows": "flows"}
_ITEMS = {
    "steps": "state",
    "field": "field",
    "components": "component",
    "arms": "arm",
}  # roles of a list's items, where they are more than plain values


@dataclass(frozen=True, slots=True)
class Place:
    """A value of the document: its key (or itself, in a list), its paths, and what it is.

    ``role`` is ``types``, ``type``, ``flows``, ``flow``, ``states``, ``state``, ``steps``, ``state fields``,
    ``fields``, ``field``, ``call`` (a generator's value), ``arguments``,
    ``components`` (a list of fields with weights), ``component`` (one of them), ``arms`` (a list of conditions with
    their fields), ``arm``, ``cases`` (fields by value) or ``plain``.
    ``generator`` names the generator of a call or its arguments.
    """

    path: str
    document_path: str
    key: Node
    value: Node
    role: str
    generator: str = ""


def join(path: str, step: str | int) -> str:
    """A path with one more step; an empty one is left out."""
    if not path:
        return str(step)
    return path if step == "" else f"{path}.{step}"


def children(place: Place) -> Iterator[Place]:
    """What stands directly inside a place."""
    for i, item in enumerate(place.value.items):
        role = _ITEMS.get(place.role, "plain")
        step = _step_name(item) if place.role == "steps" else i
        yield Place(join(place.path, step), join(place.document_path, i), item, item, role)
    for entry in place.value.entries:
        path, role, generator = _step(place, entry.name, entry.value)
        document_path = join(place.document_path, entry.name)
        yield Place(path, document_path, entry.key, entry.value, role, generator)


def _step(place: Place, name: str, value: Node) -> tuple[str, str, str]:
    """Language path, role and generator of one entry."""
    role, path = place.role, join(place.path, name)
    if role == "root":
        return path, _TYPES.get(name, "plain"), ""
    if role in ("flows", "flow", "states", "state"):
        return _in_flow(place, name)
    if role == "types":
        return name, "type", ""
    if role == "type":
        if name == "fields":
            return place.path, "fields", ""
        return path, "field" if name == "activity" else "plain", ""
    if role == "state fields":  # one that is called like a key of the state keeps the word
        return join(join(place.path, "fields"), name) if name in STATE else path, "field", ""
    if role == "fields":
        return path, "field", ""
    if role in ("field", "component"):
        return _in_field(place, name, value)
    if role == "arm":
        return (path, "plain", "") if name == "when" else (place.path, "field", "")
    if role == "cases":
        return path, "field", ""
    if role in ("call", "arguments"):
        return _in_call(place, name)
    return path, "plain", ""


def _in_flow(place: Place, name: str) -> tuple[str, str, str]:
    """What stands in a flow: its states or steps, what they set, and the fields that only they give."""
    path = join(place.path, name)
    if place.role == "flows":
        return name, "flow", ""
    if place.role == "states":
        return path, "state", ""
    if name in ("states", "steps") and place.role == "flow":
        return place.path, name, ""
    if name == "fields" and place.role == "state":
        return place.path, "state fields", ""
    if name == "set":
        return path, "fields", ""
    return path, "field" if name in ("dwell", "times") and place.role == "state" else "plain", ""


def _step_name(step: Node) -> str:
    """The state that a step is: the one that it names, or its first event."""
    named = step.get("state") or step.get("event") or step
    named = named.items[0] if named.items else named
    return named.text


def _in_field(place: Place, name: str, value: Node) -> tuple[str, str, str]:
    """A modifier, the generator, or a parameter beside it."""
    beside = {*MODIFIERS, "weight"} if place.role == "component" else MODIFIERS
    if name in beside:
        return join(place.path, name), "plain", ""
    owner = next((entry.name for entry in place.value.entries if entry.name not in beside), name)
    if name != owner:
        return _parameter(owner, name, place.path)
    kind = _kind(owner, None)
    if value.kind is NodeKind.MAPPING and kind in ("field", "fields") and not _named(owner, value):
        return place.path, kind, owner
    if value.items and kind in ("components", "arms"):
        return place.path, kind, owner
    return place.path, "call", owner


def _in_call(place: Place, name: str) -> tuple[str, str, str]:
    return _parameter(place.generator, name, place.path)


def _parameter(generator: str, name: str, path: str) -> tuple[str, str, str]:
    """A named parameter: nested fields go on like fields of the document."""
    kind = _kind(generator, name)
    if kind == "fields":
        return path, "fields", ""
    if kind == "components":
        return path, "components", ""
    if kind in ("field", "quantity"):
        return (path if _kind(generator, None) == kind == "field" else join(path, name)), "field", ""
    if kind in ("arms", "cases"):
        return (path if kind == "arms" else join(path, name)), kind, ""
    return (path if name == "expr" else join(path, name)), "plain", ""


def _kind(generator_name: str, parameter: str | None) -> str:
    """The kind of a generator's parameter (its shorthand without a name), or an empty text."""
    from synthwb.generators.registry import generator

    found = generator(generator_name)
    wanted = parameter or (found.shorthand if found else None)
    for known in found.parameters if found else ():
        if known.name == wanted:
            return known.kind.value
    return ""


def _named(generator_name: str, value: Node) -> bool:
    """Whether a mapping names parameters, rather than being the value of the shorthand."""
    from synthwb.generators.registry import generator

    found = generator(generator_name)
    return found is not None and names_parameters(found, value)


def names_parameters(generator: Generator, value: Node) -> bool:
    """Whether a mapping below a generator with a whole shorthand names its parameters.

    The shorthand is among them, unless another parameter may be written instead of it.
    """
    names = [entry.name for entry in value.entries]
    spared = any(generator.shorthand in group for group in generator.alternatives)
    known = {parameter.name for parameter in generator.parameters}
    return (spared or generator.shorthand in names) and known.issuperset(names)


def index(root: Node) -> Iterator[Place]:
    """Every place of the document, outer ones first."""
    stack = [Place("", "", root, root, "root")]
    while stack:
        place = stack.pop()
        if place.role != "root":
            yield place
        stack.extend(reversed(list(children(place))))


def place_at(root: Node, offset: int, text: str) -> Place | None:
    """The innermost place whose key or value stands at an offset; the rest of its last line belongs to it."""
    place: Place | None = None
    current = Place("", "", root, root, "root")
    while True:
        inside = None
        for child in children(current):
            if child.key.start <= offset <= _reach(child, text):
                inside = child
        if inside is None:
            return place
        place = current = inside


def _reach(place: Place, text: str) -> int:
    """Where a place ends for a cursor: in block style at the end of the line of its last character."""
    end = max(place.value.end, place.key.end)
    stop = text.find("\n", end)
    rest = text[end : len(text) if stop < 0 else stop]
    return end + len(rest) if not rest.strip() or rest.lstrip().startswith("#") else end
