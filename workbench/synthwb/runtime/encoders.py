"""The encoder that serves a destination, with what it needs to know of the scenario and of its sink."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from synthwb.encode import Records, check_names, encoder, message_encoder
from synthwb.encode.timed import TimedRecords
from synthwb.runtime.schemas import framing
from synthwb.scenario.layers.model import ROW_LEVEL
from synthwb.scenario.rolling import is_cut

if TYPE_CHECKING:
    from synthwb.encode import Encoder
    from synthwb.engine.plan import Plan
    from synthwb.scenario.formats import Format
    from synthwb.scenario.model import Envelope, SinkSpec

__all__ = ["Encoding", "encoding"]


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoder, how it wraps records, and in whose name. ``prepare``: to be called before it encodes anything."""

    encoder: Encoder
    envelope: Envelope
    source: str
    prepare: Callable[[], None]


def encoding(
    spec: SinkSpec, plan: Plan, form: Format, events: tuple[str, ...], *, alone: bool, by_event: bool
) -> Encoding:
    """What writes these events for a destination. ``alone``: each is a message. Raises UsageError."""
    scenario = plan.scenario
    source = f"/synthwb/{scenario.name}" if scenario.name else "/synthwb"
    envelope = spec.envelope or scenario.envelope
    altered = any(layer.kind not in ROW_LEVEL for layer in scenario.layers)
    about: dict[str, Any] = {
        "events": frozenset(events),
        "source": source,
        "style": spec.csv,
        "templates": spec.templates,
        "altered": altered,
    }
    prepare = _nothing
    if alone:
        frame = None
        if spec.options.get("registry"):
            kinds = {event: plan.schemas[event] for event in events}
            frame = framing(spec.options, form.name, envelope, kinds, source=source, altered=altered, name=spec.name)
            prepare = frame.open
        key = spec.options.get("key", "")
        made = message_encoder(form.name, envelope, plan.schemas, key=key, framing=frame, **about)
    else:
        made = encoder(form.name, envelope, plan.schemas, by_event=by_event, **about)
    if isinstance(made, Records):
        for record in made.records.values():
            check_names(spec.name, form.title, record)
    elif not alone and spec.kind == "file" and is_cut(spec.path, spec.options):
        made = TimedRecords(made, events=frozenset(events))
    return Encoding(made, envelope, source, prepare)


def _nothing() -> None:
    """Most encoders need nothing."""
