"""From words to destinations: what ``--to`` and ``sinks:`` mean, and the encoders and sinks that serve them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from synthwb.errors import SinkError, UsageError
from synthwb.runtime.files import check_file, file_sink
from synthwb.runtime.skipping import letters
from synthwb.runtime.slicing import cut
from synthwb.runtime.stats import SinkStats
from synthwb.scenario import formats
from synthwb.scenario.delivery import address
from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.formats import FORMATS, Form, Format, without_compression
from synthwb.scenario.layers.formats import breaks_text
from synthwb.scenario.model import SinkSpec
from synthwb.scenario.outputs import read_sink
from synthwb.scenario.rolling import is_cut
from synthwb.sinks.dead import DeadLetters
from synthwb.sinks.registry import DeclaredSink, Takes, sink_class
from synthwb.sinks.report import SinkReport

if TYPE_CHECKING:
    from synthwb.encode import Encoder, Payload
    from synthwb.engine.batch import Batch, EventSchema
    from synthwb.engine.plan import Plan
    from synthwb.scenario.model import Scenario
    from synthwb.sinks import Mark, Sink, SinkInfo

__all__ = ["Output", "apart", "format_of", "named", "outputs", "sink_of", "target"]


class Output:
    """One destination of a run: an encoder, a sink, and the count of what went through.

    `encode` is pure and may be called from several threads; `open`, `write` and `close` by one at a time; `stats` by
    any. ``events``: the types that go there. ``prepare``: what the encoder needs before all else (raises SinkError).
    ``skips``: the run may leave out what is too late (see `skip`).
    """

    def __init__(
        self,
        name: str,
        encoder: Encoder | None,
        sink: Sink,
        info: SinkInfo,
        events: tuple[str, ...] = (),
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.events = events
        self._encoder = encoder
        self.sink = sink
        self._info = info
        self._prepare = prepare
        self._state = "ok"
        self._events = 0
        self._bytes = 0
        self._error = ""
        self._skipped = 0
        self._given_up = False
        self._late = DeadLetters(info.dead_letters)
        self.skips = False

    def open(self) -> None:
        """Get the destination ready. Raises SinkError."""
        with self._noted():
            self._prepare()
            self.sink.open(self._info)

    def open_kept(self, mark: Mark | None) -> None:
        """The same for a run that is saved as it goes, behind a mark that `mark` gave. Raises SinkError."""
        with self._noted():
            if isinstance(self.sink, DeclaredSink) and not self.sink.resumes:
                raise SinkError(
                    f"{self.name}: what was sent there cannot be gone on with after an interruption; "
                    "choose another target, or leave out the state"
                )
            if mark is not None:
                self._events, self._bytes = mark["events"], mark["bytes"]
                self._late.open(mark.get("late"))
            self._prepare()
            self.sink.open(replace(self._info, kept=True), None if mark is None else mark["sink"])

    def mark(self) -> Mark:
        """How far it has come, all of it on the disk. Raises SinkError."""
        with self._noted():
            sink = self.sink.mark()
            late = self._late.mark() if self.skips else None
            return {"events": self._events, "bytes": self._bytes, "sink": sink, "late": late}

    def settle(self) -> None:
        """The last mark is saved. Raises SinkError."""
        with self._noted():
            self.sink.settle()

    @property
    def place(self) -> str:
        """Where it writes, and how."""
        shape = "text" if self._encoder is None else self._encoder.format
        return f"{self.sink.position()} ({shape})"

    def encode(self, batch: Batch) -> list[Payload]:
        """The batch as this destination wants it; nothing without an encoder."""
        return [] if self._encoder is None else self._encoder.encode(batch)

    def cut(self, batch: Batch, payloads: Sequence[Payload], stops: Sequence[int]) -> list[list[Payload]]:
        """What `encode` gave, for each stretch of the batch that ends before one of the rows ``stops``.

        A destination that sends more events together than are in a stretch gets everything with the first.
        """
        together = self.sink.together if isinstance(self.sink, DeclaredSink) else 1
        if together > stops[0]:
            return [list(payloads), *([] for _ in stops[1:])]
        return cut(payloads, batch, stops, self.events)

    def write(self, payloads: Iterable[Payload]) -> None:
        """Write what `encode` gave, and let readers see it. Raises SinkError.

        A destination that is given up is handed everything all the same: it keeps what it is not to deliver.
        """
        failed: SinkError | None = None
        with self._noted():
            for payload in payloads:
                try:
                    self.sink.write(payload.event, payload.content, payload.count)
                except SinkError as error:
                    failed = error
                    if not self._given_up:
                        raise
                self._events += payload.count
                self._bytes += payload.size
            if failed is not None:
                raise failed
            self.sink.flush()

    def skip(self, payloads: Iterable[Payload], reason: str) -> None:
        """Keep events in the dead letters instead of sending them. Raises SinkError."""
        with self._noted():
            for payload in payloads:
                self._skipped += self._late.keep(self.name, letters(payload), reason)

    def drain(self) -> None:
        """Wait until a destination that answers has done so for everything. Raises SinkError."""
        if isinstance(self.sink, DeclaredSink):
            with self._noted():
                self.sink.mark()

    def close(self, *, commit: bool) -> None:
        """End: keep what was written, or (not ``commit``) leave nothing that is incomplete. Raises SinkError."""
        self._late.close()
        with self._noted():
            self.sink.close(commit)
        if self._state == "ok":
            self._state = "closed"

    def give_up(self) -> None:
        """Wait for no answers any more: what is on its way becomes dead letters. From any thread."""
        if isinstance(self.sink, DeclaredSink):
            self._given_up = True
            self.sink.give_up()

    @property
    def trouble(self) -> str:
        """Why the destination is slow or waits just now, in its words, or empty."""
        return self.sink.report().trouble if isinstance(self.sink, DeclaredSink) else ""

    def stats(self) -> SinkStats:
        """A frozen snapshot."""
        state, error = self._state, self._error
        report, delivered = SinkReport(self._events), self._events
        if isinstance(self.sink, DeclaredSink):
            report = self.sink.report()
            delivered, error = report.delivered, error or report.error
            if state == "ok" and report.trouble:
                state = "retrying"
        report = replace(report, dead=report.dead + self._skipped)
        where, letters_at = self.sink.position(), self._info.dead_letters if report.dead else ""
        return SinkStats(self.name, state, delivered, self._bytes, error, where, report, letters_at)

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Keep the first failure for the snapshot."""
        try:
            yield
        except SinkError as error:
            self._state, self._error = "failed", self._error or str(error)
            raise


def target(text: str, scenario: Scenario | None = None) -> SinkSpec:
    """What ``--to TEXT`` means: ``-`` is stdout, ``@name`` a sink of the document, an address, anything else a file.

    Raises UsageError for a name that the document does not have, an address that means nothing, or a suffix that is no
    format.
    """
    if text == "-":
        return SinkSpec(name="stdout", kind="stdout", format="jsonl")
    if text.startswith("@"):
        return named(text[1:], scenario)
    written = address(text)
    if written is not None:
        return read_sink(written, () if scenario is None else tuple(scenario.events), text)
    if not text:
        raise UsageError("an empty target; targets are -, a file such as out/{event}.jsonl, or @name")
    return SinkSpec(name=text, kind="file", path=text, format=format_of(text))


def named(name: str, scenario: Scenario | None) -> SinkSpec:
    """The sink of the document with this name. Raises UsageError with the nearest one."""
    sinks = scenario.sinks if scenario is not None else ()
    for spec in sinks:
        if spec.name == name:
            return spec
    if not sinks:
        raise UsageError(f"target @{name}: the scenario has no sinks; add one under sinks: or name a file")
    near = nearest(name, [spec.name for spec in sinks])
    wish = f"did you mean @{near}?" if near else "it has " + ", ".join(f"@{spec.name}" for spec in sinks)
    raise UsageError(f"target @{name}: the scenario has no sink of this name; {wish}")


def format_of(path: str) -> str:
    """The format of a file by its suffix. Raises UsageError for a suffix that says nothing."""
    suffix = PurePath(without_compression(path).replace("{event}", "event")).suffix
    found = formats.format_of(suffix) if suffix else "jsonl"
    if found is None:
        known = ", ".join(suffix for each in FORMATS.values() for suffix in each.suffixes)
        raise UsageError(f"target {path!r}: the suffix {suffix} names no format; use one of {known}")
    return found


def outputs(specs: Iterable[SinkSpec], plan: Plan, *, bounded: bool) -> tuple[Output, ...]:
    """Encoders and sinks for these destinations, not yet opened. ``bounded``: the run ends by itself.

    Raises UsageError where a destination cannot take what it is given, or two of them are the same file.
    """
    made = tuple(_output(spec, plan, bounded=bounded) for spec in specs)
    seen: dict[str, str] = {}
    for output in made:
        where = output.sink.position()
        place = where if where == "stdout" or isinstance(output.sink, DeclaredSink) else os.path.abspath(where)
        if place in seen and not place.startswith("/dev/"):
            raise UsageError(f"two targets write to {where}; give each its own")
        seen[place] = output.name
    return made


def apart(spec: SinkSpec) -> bool:
    """Whether each event type has a place of its own there: a file, an address."""
    declared = sink_class(spec.kind)
    options = spec.options if declared is None else declared(spec.options).chosen
    return any("{event}" in str(each) for each in (spec.path, *options.values()))


def _output(spec: SinkSpec, plan: Plan, *, bounded: bool) -> Output:
    from synthwb.encode import table_schema
    from synthwb.runtime.encoders import check_envelope, encoding
    from synthwb.sinks import SinkInfo

    chosen = _events(spec, plan.schemas)
    declared = sink_class(spec.kind)
    shape = spec.format or ("jsonl" if spec.kind == "stdout" else format_of(spec.path))
    takes = Takes.LINES if declared is None else declared.takes(spec.options, shape)
    envelope = spec.envelope or plan.scenario.envelope
    alone = takes is Takes.MESSAGES or envelope.kind == "cloudevents_binary"
    by_event = not alone and apart(spec)
    form = FORMATS[shape]
    _check(spec, form, plan, chosen, by_event=by_event, alone=alone)
    check_envelope(spec, envelope, form, {event: plan.schemas[event] for event in chosen}, alone=alone)
    made = encoding(spec, plan, form, chosen, alone=alone, by_event=by_event)
    keys = {event if by_event else "": event for event in chosen}
    headers = {key: made.encoder.header(event) for key, event in keys.items()}
    info = SinkInfo(
        bounded=bounded,
        headers=headers,
        schemas={
            key: table_schema(plan.schemas[event], made.envelope, source=made.source) for key, event in keys.items()
        },
        name=spec.name,
        dead_letters=spec.dead_letters or f"{_file_name(spec)}.dead.jsonl",
        format=shape,
        endings={key: header[-16:] for key, header in headers.items()} if form.form is Form.RECORDS else {},
        events=chosen,
        envelope=envelope.kind,
    )
    return Output(spec.name, made.encoder, sink_of(spec, shape), info, chosen, made.prepare)


def _check(spec: SinkSpec, form: Format, plan: Plan, events: tuple[str, ...], *, by_event: bool, alone: bool) -> None:
    """Raises UsageError where a destination cannot take these events in a format. ``alone``: each is a message."""
    from synthwb.encode import check_holes

    if form.form is Form.FRAMES and spec.kind == "stdout":
        raise UsageError(f"sink {spec.name!r}: {form.title} cannot be written to stdout; name a file")
    if not form.mixed and not alone and not by_event and len(events) > 1:
        raise UsageError(_several(spec, form.name, events))
    if spec.kind == "file":
        check_file(spec, form.name)
    if form.form is not Form.LINES or (form.separator and spec.kind == "file" and is_cut(spec.path, spec.options)):
        _refuse_broken_text(spec, form, plan.scenario, events)
    if alone and spec.options.get("key"):
        _check_key(spec, {event: plan.schemas[event] for event in events})
    if form.name == "template":
        check_holes(spec.name, spec.templates or {}, {event: plan.schemas[event] for event in events})


def _check_key(spec: SinkSpec, schemas: Mapping[str, EventSchema]) -> None:
    """The field that is the key of messages is there, in one event type at least."""
    name = spec.options["key"]
    fields = list(dict.fromkeys(field for schema in schemas.values() for field in schema.fields))
    if name not in fields:
        near = nearest(name, fields)
        wish = f"did you mean {near!r}?" if near else f"they have {', '.join(fields)}"
        raise UsageError(f"sink {spec.name!r}: no event that goes there has a field {name!r} to be the key; {wish}")


def _file_name(spec: SinkSpec) -> str:
    """A name for a file of this sink: its own, or for one of the command line its kind."""
    return spec.name if spec.name.replace("-", "").replace("_", "").isalnum() else spec.kind


def sink_of(spec: SinkSpec, shape: str) -> Sink:
    """The sink itself, not yet opened."""
    declared = sink_class(spec.kind)
    if declared is not None:
        return declared(spec.options)
    if shape == "avro":
        from synthwb.sinks.blocks import AvroBlocks

        return AvroBlocks(_plain_sink(spec, shape))
    return _plain_sink(spec, shape)


def _plain_sink(spec: SinkSpec, shape: str) -> Sink:
    if spec.kind == "stdout":
        from synthwb.sinks import StdoutSink

        return StdoutSink()
    return file_sink(spec, shape)


def _events(spec: SinkSpec, schemas: Mapping[str, EventSchema]) -> tuple[str, ...]:
    """The event types that go there, in document order."""
    for event in spec.events:
        if event not in schemas:
            near = nearest(event, schemas)
            wish = f"; did you mean {near!r}?" if near else ""
            raise UsageError(f"sink {spec.name!r}: there is no event type {event!r}{wish}")
    return tuple(event for event in schemas if not spec.events or event in spec.events)


def _refuse_broken_text(spec: SinkSpec, form: Format, scenario: Scenario, events: tuple[str, ...]) -> None:
    """A table has no text that a layer could break; and in CSV a broken quote would hide where records end."""
    if form.form is Form.FRAMES and spec.kind != "file":
        why, mend = "rows of a table are no text", "to another kind of sink,"
    elif form.separator:
        why, mend = f"a {form.title} file is cut between its records", "JSON lines, or one file,"
    else:
        why, mend = f"{form.title} is no text", "JSON lines or CSV,"
    for layer in scenario.layers:
        ways = breaks_text(layer, events)
        if ways:
            raise UsageError(
                f"sink {spec.name!r}: {why}, and the layer {layer.name!r} breaks text "
                f"({', '.join(ways)}); write {mend} or take these ways out of how:"
            )


def _several(spec: SinkSpec, shape: str, events: tuple[str, ...]) -> str:
    path = PurePath(spec.path) if spec.path else None
    mend = f"write one file per event type: {path.with_name('{event}' + path.suffix)}" if path else "use JSON lines"
    table = f"{shape} table"
    if sink_class(spec.kind) is not None:
        table, mend = "table", "put {event} into its name, or name one of events:"
    kinds = ", ".join(events[:3]) + (", …" if len(events) > 3 else "")
    return (
        f"sink {spec.name!r}: one {table} cannot hold {len(events)} event types with columns of their own "
        f"({kinds}); {mend}"
    )
