"""Declared sinks in a document: their options, read by their declarations; and the sink that an address means."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from synthwb.errors import UsageError
from synthwb.scenario import literals
from synthwb.scenario.keys import SINK, TEMPLATES, Key
from synthwb.scenario.model import LineTemplate
from synthwb.scenario.paths import join
from synthwb.scenario.styles import read_templates
from synthwb.scenario.tree import Entry, Node, NodeKind, resolve
from synthwb.scenario.values import Values
from synthwb.sinks.registry import DeclaredSink, Option, OptionKind, by_scheme, names, sink_class

__all__ = ["Declared", "address", "option_keys", "read_option", "read_options", "sink_keys", "sink_names"]

_ENVIRONMENT = re.compile(r"\$\{[A-Za-z_]\w*\}")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")
_OUTSIDE = ("format", "dead_letters", "envelope", "name")
"""What an address may say beside the options of its sink, as its parameters."""


def sink_names() -> tuple[str, ...]:
    """All destinations that a document may name."""
    return ("stdout", "file", *names())


def sink_keys() -> Mapping[str, Key]:
    """The keys of an item of ``sinks``."""
    declared = {}
    for name in names():
        cls = sink_class(name)
        assert cls is not None
        kind = "text" if cls.shorthand else "a mapping"
        declared[name] = Key(name, kind, (cls.__doc__ or "").split("\n", 1)[0].rstrip("."))
    first = {key: SINK[key] for key in ("stdout", "file")}
    return {**first, **declared, **SINK}


def option_keys(cls: type[DeclaredSink]) -> Mapping[str, Key]:
    """The options of a sink as the keys of a block, with the format where there is a choice."""
    found = {each.name: Key(each.name, _kind(each), each.doc, required=each.required) for each in cls.options}
    if len(cls.formats) > 1:
        found["format"] = Key("format", ", ".join(cls.formats), f"How records are written; {cls.formats[0]} without")
    if "template" in cls.formats:
        found |= {key.name: key for key in TEMPLATES}
    return found


def _kind(option: Option) -> str:
    if option.kind is OptionKind.CHOICE:
        return " or ".join((", ".join(option.choices[:-1]), option.choices[-1]))
    return option.kind.value


class Declared(NamedTuple):
    """What is written of a declared sink: its options, the format (its default where none is), and its templates."""

    options: Mapping[str, Any]
    format: str
    templates: Mapping[str, LineTemplate] | None


def read_options(
    values: Values, cls: type[DeclaredSink], node: Node, path: str, events: Sequence[str] = ()
) -> Declared | None:
    """What is written of a declared sink; None after problems were reported."""
    report, before = values.report, len(values.report.found)
    entries: Mapping[str, Entry] = {}
    if node.kind is NodeKind.MAPPING:
        entries = report.keys(node, option_keys(cls), path, cls.name)
    elif cls.shorthand and node.kind is NodeKind.SCALAR and not node.is_null:
        entries = {cls.shorthand: Entry(Node.scalar(cls.shorthand, node.start, node.start), node)}
    elif node.is_null and not any(option.required for option in cls.options):
        pass
    else:
        report.expected(node, f"{cls.name}: a mapping", path, f"such as {cls.examples[0]}" if cls.examples else "")
    found: dict[str, Any] = {}
    for option in cls.options:
        if option.name in entries:
            value = read_option(values, option, entries[option.name].value, join(path, option.name))
            if value is not None:
                found[option.name] = value
    form = None
    if "format" in entries:
        form = values.choice(entries["format"].value, cls.formats, join(path, "format"), "format")
    templates = read_templates(values, entries, path, form, events)
    if templates is not None:
        form = "template"
    unread = [each for each in cls.options if each.name not in found and (each.required or each.name in entries)]
    for name, message in () if unread else cls.problems(found):
        where = entries[name].value if name in entries else node
        report.error("contradiction", message, where, join(path, name))
    return None if len(report.found) > before else Declared(found, form or cls.formats[0], templates)


def read_option(values: Values, option: Option, node: Node, path: str) -> Any:
    """The value of an option, or None after a problem was reported."""
    return _READERS[option.kind](values, option, node, path)


def _text(values: Values, option: Option, node: Node, path: str) -> str | None:
    text = values.text(node, path)
    if text is not None and not text.strip():
        values.report.expected(node, "text", path, f"such as {option.example}" if option.example else "")
        return None
    if text is not None and option.secret and option.kind is OptionKind.TEXT and not _ENVIRONMENT.search(text):
        _open_secret(values, option.name, node, path)
        return None
    return text


def _open_secret(values: Values, name: str, node: Node, path: str) -> None:
    variable = re.sub(r"\W", "_", name).upper()
    hint = f"write ${{{variable}}} and set {variable} in the environment"
    values.report.error("secret", f"{name} is a secret, which does not belong into a document", node, path, hint)


def _size(values: Values, option: Option, node: Node, path: str) -> int | None:
    found = literals.size(node.text.replace(" ", "")) if isinstance(node.value, str) else None
    if isinstance(node.value, int) and not isinstance(node.value, bool):
        found = node.value
    if found is None or found < 1:
        values.report.expected(node, literals.SIZE, path)
        return None
    return found


def _duration(values: Values, option: Option, node: Node, path: str) -> float | None:
    found = values.duration(node, path)
    if found is None:
        return None
    seconds = found / 1_000_000
    return seconds if values.within(node, seconds, path, (option.minimum, option.maximum, None, None)) else None


def _texts(values: Values, option: Option, node: Node, path: str) -> Mapping[str, str] | None:
    if node.kind is not NodeKind.MAPPING:
        values.report.expected(node, "texts by name", path, f"such as {option.example}" if option.example else "")
        return None
    found: dict[str, str] = {}
    for entry in node.entries:
        here = join(path, entry.name)
        text = values.text(entry.value, here)
        if text is None:
            continue
        if option.secret and _telling(entry.name) and not _ENVIRONMENT.search(text):
            _open_secret(values, entry.name, entry.value, here)
        found[entry.name] = text
    return found


def _telling(name: str) -> bool:
    """Whether a header is known to carry a secret."""
    return any(word in name.lower() for word in ("authorization", "token", "secret", "password", "api-key", "apikey"))


_Reader = Callable[[Values, Option, Node, str], Any]
_READERS: Mapping[OptionKind, _Reader] = {
    OptionKind.TEXT: _text,
    OptionKind.INTEGER: lambda values, option, node, path: values.integer(
        node, path, (option.minimum, option.maximum, None, None)
    ),
    OptionKind.NUMBER: lambda values, option, node, path: values.number(
        node, path, (option.minimum, option.maximum, None, None)
    ),
    OptionKind.BOOLEAN: lambda values, option, node, path: values.boolean(node, path),
    OptionKind.DURATION: _duration,
    OptionKind.SIZE: _size,
    OptionKind.CHOICE: lambda values, option, node, path: values.choice(node, option.choices, path, option.name),
    OptionKind.TEXTS: _texts,
}


def address(written: str) -> dict[str, Any] | None:
    """What an address such as ``https://host/path?batch=1`` would be in a document; None for what is no address.

    >>> address("http://127.0.0.1:8000/events?batch=1&tenant=7")
    {'http': {'url': 'http://127.0.0.1:8000/events?tenant=7', 'batch': 1}}

    Raises UsageError for an address that means no sink.
    """
    scheme = _SCHEME.match(written)
    if scheme is None:
        return None
    cls = by_scheme(scheme[1])
    if cls is None:
        raise UsageError(f"target {written!r}: {scheme[1]}:// means no destination; {_known()}")
    split = urlsplit(written)
    query = parse_qsl(split.query, keep_blank_values=True)
    options = {option.name for option in cls.options} | ({"format"} if len(cls.formats) > 1 else set())
    own = {name: resolve(value) for name, value in query if name in options}
    beside = {name: value for name, value in query if name in _OUTSIDE and name not in options}
    rest = [(name, value) for name, value in query if name not in own and name not in beside]
    left = split._replace(query="&".join(f"{name}={value}" if value else name for name, value in rest))
    found = {**cls.from_address(left, dict(rest)), **own}
    return {cls.name: found, **beside}


def _known() -> str:
    classes: Iterable[type[DeclaredSink] | None] = map(sink_class, names())
    schemes = [f"{cls.schemes[0]}://" for cls in classes if cls is not None and cls.schemes]
    return f"targets are -, a file, @name, {', '.join(schemes)}"
