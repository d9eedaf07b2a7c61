"""Changes of the text: one value, one sink. Comments, quotes, blank lines and everything else stay as they are.

Values are Python scalars, lists and dicts; what is inserted is written in flow style, on one line. Every change is
read back before it is returned, so that a text is either changed as asked or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from synthwb.scenario.document import Document, compose
from synthwb.scenario.keys import ENTITY, EVENT, MODIFIERS
from synthwb.scenario.paths import Place
from synthwb.scenario.tree import Node, NodeKind, resolve

__all__ = ["EditError", "insert_sink", "set_value", "write_yaml"]

_PLAIN = re.compile(r"[\w/%+.](?:[\w/%+.@$;=()~^-]|:(?=\w)| (?=[\w/%+.(]))*")


class EditError(ValueError):
    """A change that the text does not allow, in words for people."""


def write_yaml(value: Any, quote: str = "") -> str:
    """A value as YAML on one line, so that it is read back as the same value. ``quote``: the quotes to prefer.

    >>> write_yaml({"rate": "5/s", "note": "5", "at": "+4d 18:00"})
    '{rate: 5/s, note: "5", at: +4d 18:00}'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{write_yaml(str(k))}: {write_yaml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(write_yaml(item) for item in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return ".nan" if value != value else ".inf" if value > 0 else "-.inf"
    if isinstance(value, int | float):
        return repr(value)
    return _text(str(value), quote)


def _text(value: str, quote: str) -> str:
    """Text, plain where that is safe and no quotes are wished."""
    if not quote and _PLAIN.fullmatch(value) and resolve(value) == value and isinstance(resolve(value), str):
        return value
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_escaped(char) for char in value) + '"'


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    short = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(char)
    return short or (f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}")


def set_value(text: str, path: str, value: Any) -> str:
    """The text with the value at a language path (or document path) set; the key is added if it is not there.

    Raises EditError if there is no place for it.
    """
    document, problems = compose(text)
    if document.root is None:
        raise EditError("the text is not a scenario")
    place = document.place(path)
    changed = _replaced(document, place, value) if place else _added(document, path, value)
    again, new_problems = compose(changed)
    place = again.place(path)
    if place is None or place.value.plain_value() != _normal(value) or len(new_problems) > len(problems):
        raise EditError(f"the value of {path!r} cannot be written there")
    return changed


def insert_sink(text: str, sink: Mapping[str, Any] | str) -> str:
    """The text with one more entry in ``sinks``.

    Raises EditError if the text is no scenario, or ``sinks`` is no list.
    """
    document, _ = compose(text)
    if document.root is None:
        raise EditError("the text is not a scenario")
    written = write_yaml(sink)
    node = document.root.get("sinks")
    if node is None:
        return _checked(_entry(document, document.root, "sinks", f"\n  - {written}"))
    if node.is_null:
        return _checked(_replaced(document, document.place("sinks"), [sink]))
    if node.kind is not NodeKind.SEQUENCE:
        raise EditError("sinks is not a list")
    if node.flow:
        return _checked(_into_flow(text, node, written, empty=not node.items))
    first = node.items[0]
    start = text.rfind("-", 0, first.start)
    indent = start - text.rfind("\n", 0, start) - 1
    return _checked(_after_line(text, node.end, " " * indent + f"- {written}"))


def _checked(text: str) -> str:
    document, _ = compose(text)
    if document.root is None or document.root.get("sinks") is None:
        raise EditError("the sink cannot be written there")
    return text


def _normal(value: Any) -> Any:
    """A value as it is read back."""
    if isinstance(value, Mapping):
        return {resolve(k) if isinstance(k, str) and write_yaml(k) == k else k: _normal(v) for k, v in value.items()}
    return [_normal(item) for item in value] if isinstance(value, list | tuple) else value


def _replaced(document: Document, place: Place | None, value: Any) -> str:
    """The text with the value of a place replaced, and nothing else."""
    assert place is not None
    text, node = document.text, place.value
    if node.kind is not NodeKind.SCALAR and not node.flow:
        raise EditError(f"{place.path!r} is a block of several lines; change what is in it")
    if node.start == node.end:
        colon = text.index(":", place.key.end)
        return f"{text[: colon + 1]} {write_yaml(value)}{text[colon + 1 :]}"
    mark = text[node.start]
    quote = mark if mark in "\"'" and isinstance(value, str) else ""
    return text[: node.start] + write_yaml(value, quote) + text[node.end :]


def _added(document: Document, path: str, value: Any) -> str:
    """The text with a new key, in the innermost place that its path leads to."""
    head, _, key = path.rpartition(".")
    root = document.root
    assert root is not None
    if not head:
        return _entry(document, root, key, " " + write_yaml(value))
    place = document.place(head)
    if place is None:
        if "." not in head:
            return _entry(document, root, head, " " + write_yaml({key: value}))
        raise EditError(f"there is no {head!r} to add {key!r} to")
    node = _container(place, key)
    if node.is_null:
        return _replaced(document, place, {key: value})
    if node.kind is not NodeKind.MAPPING:
        raise EditError(f"{head!r} is {node.describe()}, which has no place for {key!r}")
    return _entry(document, node, key, " " + write_yaml(value))


def _container(place: Place, key: str) -> Node:
    """The mapping that a key belongs into: a type's ``fields``, a generator's parameters, or the place itself."""
    node = place.value
    if place.role == "type" and key not in EVENT and key not in ENTITY:
        return node.get("fields") or node
    if place.role == "field" and key not in MODIFIERS:
        from synthwb.generators.registry import generator

        for entry in node.entries:
            found = generator(entry.name)
            if found is not None and key not in found.beside and entry.value.kind is NodeKind.MAPPING:
                return entry.value
    return node


def _entry(document: Document, node: Node, key: str, written: str) -> str:
    """The text with one more entry in a mapping; ``written`` is what follows the colon."""
    text = document.text
    line = f"{write_yaml(key)}:{written}"
    if node.flow:
        return _into_flow(text, node, line, empty=not node.entries)
    own = [entry for entry in node.entries if not entry.merged]
    if not own:
        raise EditError(f"there is no place for {key!r}")
    start = own[0].key.start
    indent = start - text.rfind("\n", 0, start) - 1
    return _after_line(text, node.end, "\n".join(" " * indent + part for part in line.split("\n")))


def _into_flow(text: str, node: Node, line: str, *, empty: bool) -> str:
    """The text with one more item before the closing bracket."""
    close = node.end - 1
    end = len(text[:close].rstrip())
    comma = "" if empty or text[end - 1] == "," else ","
    return f"{text[:end]}{comma}{'' if empty else ' '}{line}{text[end:]}"


def _after_line(text: str, offset: int, line: str) -> str:
    """The text with a line after the one that holds an offset."""
    stop = text.find("\n", offset)
    if stop < 0:
        return f"{text}\n{line}\n"
    ending = "\r\n" if text[stop - 1 : stop] == "\r" else "\n"
    return f"{text[: stop + 1]}{line.replace(chr(10), ending)}{ending}{text[stop + 1 :]}"
