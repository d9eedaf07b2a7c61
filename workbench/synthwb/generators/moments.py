"""Moments: the event's own time and a time drawn from a range, as time, as epoch numbers or as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits, Ints
    from synthwb.scenario.model import Call

__all__ = ["Day", "Moment", "Timestamp"]

_DAY, _HOUR = 86_400_000_000, 3_600_000_000
_POOLED = 1 << 15  # days up to which all of them are written beforehand
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
    examples = (
        "timestamp",
        "{timestamp: epoch_ms}",
        "{timestamp: epoch_us}",
        '{timestamp: {format: "%d/%b/%Y:%H:%M:%S %z"}}',
    )

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


@register
class Day(Generator):
    """A date between ``min`` and ``max``, both included, all days equally likely: a birthday, a due date.

    Both may have a time of day; then the day counts on which they fall in the zone of the clock. ``iso`` gives text
    such as 2024-02-29, which sorts by time; the ``epoch_*`` formats count to midnight UTC.
    """

    name = "date"
    family = "time"
    parameters = (
        Parameter("min", Kind.TIME, "The earliest day (included)."),
        Parameter("max", Kind.TIME, "The latest day (included)."),
        Parameter(
            "format",
            Kind.TIME_FORMAT,
            "How it is written: iso, epoch_s, epoch_ms, epoch_us, or a strftime pattern.",
            "iso",
        ),
    )
    examples = (
        "{date: {min: 1950-01-01, max: 2007-12-31}}",
        "{date: {min: +1d, max: +30d}}",
        '{date: {min: 2024-01-01, max: 2024-12-31, format: "%d.%m.%Y"}}',
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The range must not run backwards."""
        if args["min"] > args["max"]:
            yield "min", f"min is {(args['min'] - args['max']) / _DAY:.10g} days after max; the range runs backwards"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """The number of days. Between two midnights a change of the clock adds or takes an hour."""
        span: int = max(0, args["max"] - args["min"])
        days = (span + _DAY // 2) // _DAY
        return (days if abs(span - days * _DAY) <= _HOUR else span // _DAY) + 1

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Days in order."""
        import numpy as np

        first, _ = _days(call.args, site.clock.zone)
        written = _day_writer(call.args["format"])
        return lambda numbers: written(numbers.astype(np.int64) + first)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """String, or integer for the ``epoch_*`` formats."""
        return DType.STRING if args["format"] == "iso" else _dtype(args["format"])

    def bind(self, call: Call, site: Site) -> Draw:
        """Draw a day; few days are written beforehand."""
        import numpy as np

        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.laws.discrete import below

        first, last = _days(call.args, site.clock.zone)
        count, key, more = last - first + 1, site.key(), site.key("more")
        written = _day_writer(call.args["format"])

        def drawn(block: Block) -> Bits:
            return below(block.bits(key), count, lambda: block.bits(more))

        if count > _POOLED:
            return lambda block: written(drawn(block).astype(np.int64) + first)
        column = written(np.arange(first, last + 1))
        pool, safe = Pool(column.series()), column.ascii_safe
        return lambda block: Column.coded(pool, drawn(block), ascii_safe=safe)


def _days(args: Mapping[str, Any], zone: str) -> tuple[int, int]:
    """The days since 1970 on which ``min`` and ``max`` fall in a zone."""
    import numpy as np

    from synthwb.engine.text.timetext import instants

    ends = instants(np.array([args["min"], args["max"]], np.int64))
    first, last = ends.dt.convert_time_zone(zone).dt.date().to_physical()
    return int(first), max(int(first), int(last))


def _day_writer(style: str) -> Callable[[Ints], Column]:
    """From days since 1970 to a column in this format."""
    from synthwb.engine.columns import Column
    from synthwb.engine.text.timetext import day_matrix

    if style == "iso":
        return lambda days: Column.fixed(day_matrix(days))
    written = _writer(style, "UTC")
    return lambda days: written(days * _DAY)


def _dtype(style: str) -> DType:
    if style == "iso":
        return DType.TIMESTAMP
    return DType.INTEGER if style in ("epoch_s", "epoch_ms", "epoch_us") else DType.STRING


def _writer(style: str, zone: str) -> Callable[[Ints], Column]:
    """From microseconds to a column in this format."""
    from synthwb.engine.text.timetext import moments

    return lambda times: moments(times, style, zone)
