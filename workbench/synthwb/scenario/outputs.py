"""Where events go and how they are wrapped: sinks and envelopes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from synthwb.errors import UsageError
from synthwb.scenario.delivery import read_options, sink_keys, sink_names
from synthwb.scenario.formats import FORMATS, FORMATS_OF_FILES, FORMATS_OF_STDOUT, format_of
from synthwb.scenario.keys import ENVELOPES, REQUIRED_BY_CLOUDEVENTS, STDOUT, TIME
from synthwb.scenario.model import CsvStyle, Envelope, LineTemplate, SinkSpec
from synthwb.scenario.names import Names
from synthwb.scenario.paths import join
from synthwb.scenario.rolling import FILE_KEYS, contradictions, path_problem, read_rolling
from synthwb.scenario.scopes import Scope
from synthwb.scenario.styles import read_style, read_templates
from synthwb.scenario.timeformat import read_time_format
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values
from synthwb.scenario.wrapping import read_changes, read_shell
from synthwb.sinks.registry import sink_class

__all__ = ["Outputs", "read_sink"]


class _Target(NamedTuple):
    """What a sink's own key says."""

    path: str = ""
    format: str | None = None
    csv: CsvStyle = CsvStyle()
    options: Mapping[str, Any] = {}
    templates: Mapping[str, LineTemplate] | None = None


class Outputs:
    """Reads the envelope and the sinks of a scenario."""

    def __init__(self, values: Values, events: Sequence[str], zone: str = "UTC") -> None:
        self.values = values
        self.zone = zone
        self.report = values.report
        self.events = events

    def envelope(self, node: Node, path: str) -> Envelope | None:
        """``flat``, or ``{flat: {time: ts, id: false}}``."""
        if node.kind is NodeKind.SCALAR:
            kind = self.values.choice(node, tuple(ENVELOPES), path, "envelope")
            if kind == "template":
                read_shell(self.values, node, path)
                return None
            return None if kind is None else Envelope(kind)
        if node.kind is not NodeKind.MAPPING or len(node.entries) != 1:
            self.report.expected(
                node, "one envelope", path, "flat, nested, cloudevents or {flat: {time: ts, id: false}}"
            )
            return None
        entry = node.entries[0]
        if entry.name == "changes":
            changes = read_changes(self.values, entry.value, join(path, entry.name), self.events)
            return None if changes is None else Envelope("changes", zone=self.zone, changes=changes)
        if entry.name == "template":
            shell = read_shell(self.values, entry.value, join(path, entry.name))
            return None if shell is None else Envelope("template", zone=self.zone, shell=shell)
        if entry.name not in ENVELOPES:
            self.report.unknown("envelope", entry.key, entry.name, ENVELOPES, path)
            return None
        if entry.value.is_null:
            return Envelope(entry.name)
        if entry.value.kind is not NodeKind.MAPPING:
            self.report.expected(entry.value, "keys to rename or drop", path, "such as {time: ts, id: false}")
            return None
        return self._renamed(entry, path)

    def _renamed(self, entry: Entry, path: str) -> Envelope | None:
        known = ENVELOPES[entry.name]
        found: dict[str, str | None] = {}
        failed = False
        style: str | None = "iso"
        for item in entry.value.entries:
            here = join(path, item.name)
            if item.name == "time" in known and item.value.kind is NodeKind.MAPPING:
                style = self._time(item.value, here, found, entry.name)
            elif item.name not in known:
                self.report.unknown("key", item.key, item.name, known, here)
                failed = True
            elif item.value.value is False:
                found[item.name] = None
            elif isinstance(item.value.value, str) and item.value.value.strip():
                found[item.name] = item.value.value
            elif item.value.value is not True:
                self.report.expected(item.value, "a new name, or false to leave the key out", here)
                failed = True
            if entry.name == "cloudevents" and item.name in REQUIRED_BY_CLOUDEVENTS and item.name in found:
                message = f"CloudEvents 1.0 requires the attribute {item.name!r} under its own name"
                self.report.error("contradiction", message, item.key, here, "use flat or nested to rename keys")
                failed = True
        names = [found.get(key, key) for key in known]
        double = next((name for name in names if name is not None and names.count(name) > 1), None)
        if double is not None:
            message = f"two keys of the envelope are called {double!r}"
            self.report.error("name-clash", message, entry.value, path, "rename one of them")
            failed = True
        return None if failed or style is None else Envelope(entry.name, found, style, self.zone)

    def _time(self, node: Node, path: str, found: dict[str, str | None], kind: str) -> str | None:
        """``time: {name: ts, format: epoch_ms}``; the format, None after a problem was reported."""
        keys = self.report.keys(node, TIME, path, "the time of the envelope")
        if "name" in keys:
            found["time"] = self.values.text(keys["name"].value, join(path, "name"), "a new name")
            if found["time"] is None:
                return None
        if "format" not in keys:
            return "iso" if keys else None
        at, here = keys["format"].value, join(path, "format")
        style = read_time_format(self.values, Names(self.report, Scope("", event=False, siblings={})), at, here)
        if kind == "cloudevents" and style not in ("iso", None):
            message = "the time of CloudEvents 1.0 is ISO 8601 (RFC 3339)"
            self.report.error("contradiction", message, at, here, "use flat or nested for other formats")
            return None
        return style

    def collisions(
        self, events: Mapping[str, Entry], envelopes: Sequence[Envelope], given: Iterable[tuple[str, Entry, str]] = ()
    ) -> None:
        """A field called like a key of a flat envelope would stand there twice.

        ``given``: names, entries and paths of the fields that states add to their events.
        """
        for name, event in events.items():
            fields, version = event.value.get("fields"), event.value.get("version")
            plain = version is None or version.value == 1
            for entry in fields.entries if fields is not None else ():
                hidden = entry.value.get("hidden")
                if hidden is None or hidden.value is not True:
                    for envelope in envelopes:
                        self._collision(entry.name, entry, join(name, entry.name), envelope, plain=plain)
        for name, entry, path in given:
            for envelope in envelopes:
                self._collision(name, entry, path, envelope, plain=True)

    def _collision(self, name: str, entry: Entry, path: str, envelope: Envelope, *, plain: bool) -> None:
        """One field against one envelope. The version is sent only when it is above 1."""
        for key in ENVELOPES["flat"] if envelope.kind == "flat" else ():
            if envelope.names.get(key, key) == name and not (plain and key == "schema_version"):
                message = f"field {name!r} collides with the {key!r} of the flat envelope"
                hint = f"rename the field, or the key: envelope: {{flat: {{{key}: event_{key}}}}}, or use nested"
                self.report.error("name-clash", message, entry.key, path, hint)

    def sinks(self, node: Node) -> tuple[SinkSpec, ...]:
        """The list of sinks."""
        if node.is_null:
            return ()
        if node.kind is not NodeKind.SEQUENCE:
            example = 'such as - file: "out/{event}.jsonl"'
            self.report.expected(node, "a list of sinks", "sinks", example)
            return ()
        found: list[SinkSpec] = []
        for i, item in enumerate(node.items):
            sink = self._sink(item, f"sinks.{i}")
            if sink is not None:
                if item.get("name") is None:
                    alike = sum(other.kind == sink.kind for other in found)
                    sink = replace(sink, name=f"{sink.kind}-{alike + 1}" if alike else sink.kind)
                self._doubles(sink, found, item, f"sinks.{i}")
                found.append(sink)
        return tuple(found)

    def _doubles(self, sink: SinkSpec, others: Sequence[SinkSpec], node: Node, path: str) -> None:
        """Two sinks with one name, or on one file."""
        for other in others:
            if sink.kind == other.kind == "file" and sink.path == other.path:
                message = f"two sinks write to {sink.path!r}"
                self.report.error("contradiction", message, node, path, "give each its own file")
            elif sink.kind == other.kind == "stdout":
                self.report.error("contradiction", "two sinks write to stdout", node, path, "remove one of them")
            elif sink.name == other.name:
                self.report.error("name-clash", f"two sinks are called {sink.name!r}", node, path, "rename one of them")

    def _sink(self, node: Node, path: str) -> SinkSpec | None:
        """One sink: its kind with what it needs, and what may stand beside it."""
        if node.kind is NodeKind.SCALAR and node.value == "stdout":
            return SinkSpec("stdout", "stdout", span=self.report.span(node))
        if node.kind is NodeKind.SCALAR and isinstance(node.value, str) and format_of(node.value):
            edit = self.report.replace(node, node.text, f"file: {node.text}") if node.plain else None
            self.report.expected(node, "a sink", path, f"write file: {node.text}", edit)
            return None
        if node.kind is not NodeKind.MAPPING:
            self.report.expected(node, "a sink", path, 'such as stdout or {file: "out/{event}.jsonl"}')
            return None
        keys = self.report.keys(node, sink_keys(), path, "a sink")
        kinds = [kind for kind in sink_names() if kind in keys]
        if len(kinds) != 1:
            if len(kinds) > 1:
                self.report.error("contradiction", "one sink, two destinations", node, path, "make two list items")
            elif len(keys) == len(node.entries):
                self.report.error(
                    "missing-key", "a sink names no destination", node, path, f"add one of {_listed(sink_names())}"
                )
            return None
        kind = kinds[0]
        errors = len(self.report.found)
        target = self._target(kind, keys[kind].value, join(path, kind))
        events = self._events(keys["events"].value, join(path, "events")) if "events" in keys else ()
        envelope = self.envelope(keys["envelope"].value, join(path, "envelope")) if "envelope" in keys else None
        name = self.values.text(keys["name"].value, join(path, "name")) if "name" in keys else kind
        dead = None
        if "dead_letters" in keys:
            dead = self.values.text(keys["dead_letters"].value, join(path, "dead_letters"), "the path of a file")
        if len(self.report.found) > errors or target is None:
            return None
        self._together(target, events, keys[kind].value, join(path, kind))
        return SinkSpec(
            name or kind,
            kind,
            target.path,
            target.format,
            events,
            envelope,
            self.report.span(keys[kind].key),
            target.csv,
            target.options,
            dead,
            target.templates,
        )

    def _target(self, kind: str, node: Node, path: str) -> _Target | None:
        """What the sink's own key says."""
        declared = sink_class(kind)
        if declared is not None:
            read = read_options(self.values, declared, node, path, self.events)
            return None if read is None else _Target(format=read.format, options=read.options, templates=read.templates)
        if kind == "stdout":
            if node.is_null:
                return _Target()
            inside = self.report.keys(node, STDOUT, path, "stdout")
            return self._styled("", inside, node, path, FORMATS_OF_STDOUT)
        keys: Mapping[str, Entry] = {}
        if node.kind is NodeKind.MAPPING:
            keys = self.report.keys(node, FILE_KEYS, path, "file")
            if "path" not in keys:
                return None
            node = keys["path"].value
        written = self.values.text(node, join(path, "path"), 'the path of a file, such as "out/{event}.jsonl"')
        if written is None or not self._path(written, node, path):
            return None
        return self._styled(written, keys, node, path, FORMATS_OF_FILES)

    def _styled(
        self, written: str, keys: Mapping[str, Entry], node: Node, path: str, formats: Sequence[str]
    ) -> _Target | None:
        """A path (none: stdout) with the format and what goes with it."""
        form = None
        if "format" in keys:
            form = self.values.choice(keys["format"].value, formats, join(path, "format"), "format")
            if form is None:
                return None
        templates = read_templates(self.values, keys, path, form, self.events)
        if templates is not None:
            form = "template"
        known = form or (format_of(written) if written else formats[0])
        if known is None:
            hint = "end the path in .jsonl, .csv or .parquet, or add format: jsonl"
            self.report.error("missing-key", f"the format of {written[-40:]!r} is not known", node, path, hint)
            return None
        options = read_rolling(self.values, keys, path)
        for name, message in contradictions(written, known, options):
            self.report.error("contradiction", message, keys[name].key if name in keys else node, join(path, name))
        return _Target(written, form, read_style(self.values, keys, known, path), options, templates)

    def _path(self, written: str, node: Node, path: str) -> bool:
        """Whether a path can be opened and has no other holes than the event's name."""
        if not written.strip() or "\0" in written or "\n" in written:
            self.report.expected(node, "the path of a file", path, 'such as "out/{event}.jsonl"')
            return False
        problem = path_problem(written)
        if problem is not None:
            hole, message = problem
            hint = "{event} stands for the event's name, {date} and {hour} for its time (UTC)"
            edit = (
                None if hole == "{hour}" else self.report.replace(node, node.text, node.text.replace(hole, "{event}"))
            )
            self.report.error("template", message, node, path, hint, edit)
        return problem is None

    def _events(self, node: Node, path: str) -> tuple[str, ...]:
        """``events: [order_placed]``."""
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            self.report.expected(node, "a list of events", path, f"such as [{', '.join(self.events[:2])}]")
            return ()
        found: dict[str, None] = {}
        for item in node.items:
            name = self.values.text(item, path, "the name of an event")
            if name is not None and name not in self.events:
                self.report.unknown("event", item, name, self.events, path)
            elif name is not None:
                found[name] = None
        return tuple(found)

    def _together(self, target: _Target, events: Sequence[str], node: Node, path: str) -> None:
        """Tables have the columns of one event."""
        form = target.format or format_of(target.path)
        count = len(events) or len(self.events)
        if target.path and form and not FORMATS[form].mixed and count > 1 and "{event}" not in target.path:
            message = f"{count} events in one {form} file, which has the columns of one"
            self.report.error("contradiction", message, node, path, "put {event} into the path, or name one of events:")


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def read_sink(written: Mapping[str, Any], events: Sequence[str], word: str) -> SinkSpec:
    """The sink that a mapping means, as if it stood in a document with these events; ``word`` is what was typed.

    Raises UsageError with everything that is wrong with it.
    """
    from synthwb.scenario.document import compose
    from synthwb.scenario.edit import write_yaml
    from synthwb.scenario.report import Report

    document, _ = compose(write_yaml(dict(written)))
    assert document.root is not None
    report = Report(document)
    spec = Outputs(Values(report), events)._sink(document.root, "")
    problems = [f"{each.message}; {each.hint}" if each.hint else each.message for each in report.done()]
    if spec is None or report.failed:
        raise UsageError(f"target {word!r}: " + "; ".join(problems))
    return spec if "name" in written else replace(spec, name=word.split("?", 1)[0])
