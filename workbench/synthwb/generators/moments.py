"""Moments: the event's own time and a time drawn from a range, as time, as epoch numbers or as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Ints
    from synthwb.scenario.model import Call

__all__ = ["Moment", "Timestamp"]

_FORMAT = Parameter(
    "format",
    Kind.TIME_FORMAT,
    "How it is written: iso (UTC), epoch_s, epoch_ms, epoch_us, or a strftime pattern in the zone of the clock.",
    default="iso",
)


@register
class Timestamp(Generator):
    """The event's own time, the one that the envelope carries: use it where a field of its own must hold it.

    Entities have no time; there it is 1970-01-01T00:00Z.
    """

    name = "timestamp"
    family = "time"
    parameters = (_FORMAT,)
    shorthand = "format"
    timed = True
    examples = ("timestamp", "{timestamp: epoch_ms}", '{timestamp: {format: "%d/%b/%Y:%H:%M:%S %z"}}')

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Timestamp, integer or string, by the format."""
        return _dtype(args["format"])

    def bind(self, call: Call, site: Site) -> Draw:
        """Format the block's times; nothing is drawn."""
        written = _writer(call.args["format"], site.clock.zone)
        return lambda block: written(block.time)


@register
class Moment(Generator):
    """A moment between ``min`` and ``max``, uniform over the microseconds: at or after ``min`` and before ``max``.

    Both are event times: absolute (``2024-05-01``), or relative to the start of the clock (``-365d``).
    """

    name = "datetime"
    family = "time"
    parameters = (
        Parameter("min", Kind.TIME, "The earliest moment (included)."),
        Parameter("max", Kind.TIME, "The latest moment (excluded)."),
        _FORMAT,
    )
    examples = (
        "{datetime: {min: 2024-01-01, max: 2025-01-01}}",
        "{datetime: {min: -90d, max: +0d, format: epoch_s}}",
        '{datetime: {min: 1950-01-01, max: 2008-01-01, format: "%Y-%m-%d"}}',
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The range must not run backwards."""
        if args["min"] > args["max"]:
            days = (args["min"] - args["max"]) / 86_400e6
            yield "min", f"min is {days:.10g} days after max; the range runs backwards"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Timestamp, integer or string, by the format."""
        return _dtype(args["format"])

    def bind(self, call: Call, site: Site) -> Draw:
        """Draw microseconds by multiplying the range with 64 random bits."""
        import numpy as np

        from synthwb.engine.laws.discrete import below

        first, key, more = call.args["min"], site.key(), site.key("more")
        span = max(1, call.args["max"] - first)
        written = _writer(call.args["format"], site.clock.zone)

        def draw(block: Block) -> Column:
            return written(below(block.bits(key), span, lambda: block.bits(more)).astype(np.int64) + first)

        return draw


def _dtype(style: str) -> DType:
    if style == "iso":
        return DType.TIMESTAMP
    return DType.INTEGER if style in ("epoch_s", "epoch_ms", "epoch_us") else DType.STRING


def _writer(style: str, zone: str) -> Callable[[Ints], Column]:
    """From microseconds to a column in this format."""
    from synthwb.engine.columns import Column
    from synthwb.engine.text.timetext import EPOCH_UNITS, instants, strftime

    if style == "iso":
        return lambda times: Column.of(instants(times))
    unit = EPOCH_UNITS.get(style)
    if unit is not None:
        return lambda times: Column.of(times // unit)
    return lambda times: Column.of(strftime(times, style, zone))
