"""Layers that break text need a format of text."""

from __future__ import annotations

from collections.abc import Sequence

from synthwb.scenario.formats import FORMATS, Form, format_of
from synthwb.scenario.layers.model import BYTE_LEVEL, Layer
from synthwb.scenario.model import SinkSpec
from synthwb.scenario.report import Report

__all__ = ["breaks_text", "check_formats"]


def breaks_text(layer: Layer, events: Sequence[str]) -> tuple[str, ...]:
    """The ways in which a layer breaks the text of one of these events (none named: of any)."""
    if events and not set(events) & set(layer.events):
        return ()
    return tuple(how for how in layer.args.get("how", ()) if how in BYTE_LEVEL)


def check_formats(report: Report, layers: Sequence[Layer], sinks: Sequence[SinkSpec]) -> None:
    """Refuse sinks of formats that are no text for events whose text a layer breaks."""
    for number, sink in enumerate(sinks):
        form = sink.format or format_of(sink.path)
        if form is None or FORMATS[form].form is Form.LINES or sink.span is None:
            continue
        for layer in layers:
            ways = breaks_text(layer, sink.events)
            if ways:
                message = (
                    f"{FORMATS[form].title} is no text, and the layer {layer.name!r} breaks text ({', '.join(ways)})"
                )
                hint = "write JSON lines or CSV, or take these ways out of how:"
                report.error("contradiction", message, sink.span, f"sinks.{number}", hint)
