"""Spans of time, as ISO 8601, as numbers, or as hours, minutes and seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Field

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits, Ints
    from synthwb.scenario.model import Call

__all__ = ["Duration"]

_SECOND = 1_000_000
_STEPS = {"ms": 1000, "us": 1}  # the finest step of a format, in microseconds; a second for all others
_LONGEST = 1e12  # seconds: 31,688 years, in microseconds well inside 64 bits


@register
class Duration(Generator):
    """A span of time: between ``min`` and ``max``, or a quantity such as ``{exponential: {mean: 40s}}``.

    Spans are whole multiples of ``step``: from ``min`` to ``max`` all of them are equally likely, both included, and a
    quantity (in seconds) is rounded to the nearest. A negative quantity counts as 0. Formats: ``iso`` (PT1H2M3S),
    ``seconds``, ``ms``, ``us``, ``hms`` (01:02:03, hours beyond 24 as they are).
    """

    name = "duration"
    family = "time"
    parameters = (
        Parameter("of", Kind.QUANTITY, "A numeric generator of seconds.", None, unit="s", minimum=0),
        Parameter("max", Kind.DURATION, "The longest span.", None),
        Parameter("min", Kind.DURATION, "The shortest span.", 0),
        Parameter("step", Kind.DURATION, "Spans are multiples of this; 1s, or the unit of ms and us.", None),
        Parameter("format", Kind.ENUM, "How it is written.", "iso", choices=("iso", "seconds", "ms", "us", "hms")),
    )
    shorthand = "of"
    whole = True
    alternatives = (("of", "max"),)
    examples = (
        "{duration: {min: 10s, max: 5m}}",
        "{duration: {lognormal: {median: 40s, sigma: 0.8}, max: 1h}}",
        "{duration: {of: {exponential: {mean: 2h}}, step: 1m, format: hms}}",
        "{duration: {max: 2s, format: ms}}",
    )
    source = "ISO 8601-1:2019, section 5.5.2"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A range that holds a multiple of the step."""
        step, high = self._step(args), args["max"]
        if args["step"] is not None and args["step"] < 1:
            yield "step", "is 0; spans are multiples of it"
            return
        unit = _STEPS.get(args["format"], 1)
        if step % unit:
            yield "step", f"{step / _SECOND:g} s is no whole number of {args['format']}"
        if high is None:
            if args["min"]:
                yield "min", "belongs to max; of a quantity it stands inside, beside the generator"
            return
        low = args["min"]
        if low > high:
            yield "min", f"{low / _SECOND:g} s is above max {high / _SECOND:g} s, so there is no span between them"
        elif -(-low // step) > high // step:
            ends = f"{low / _SECOND:g} s to {high / _SECOND:g} s"
            yield "step", f"{step / _SECOND:g} s has no multiple from {ends}"

    @staticmethod
    def _step(args: Mapping[str, Any]) -> int:
        return args["step"] or _STEPS.get(args["format"], _SECOND)

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """The multiples of the step between ``min`` and ``max``."""
        if args["max"] is None:
            return None
        step = self._step(args)
        return max(1, int(args["max"] // step + args["min"] // -step + 1))

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Spans in order of length."""
        import numpy as np

        step, written = self._step(call.args), _writer(call.args["format"])
        first = -(-call.args["min"] // step)
        return lambda numbers: written((numbers.astype(np.int64) + first) * step)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Text, or a number."""
        return {"seconds": DType.FLOAT, "ms": DType.INTEGER, "us": DType.INTEGER}.get(args["format"], DType.STRING)

    def bind(self, call: Call, site: Site) -> Draw:
        """Draw microseconds, then write them."""
        import numpy as np

        from synthwb.engine.laws.discrete import below

        step, written = self._step(call.args), _writer(call.args["format"])
        quantity = call.args["of"]
        if quantity is not None:
            return _of_quantity(quantity, step, written, site)
        first = -(-call.args["min"] // step)
        count, key, more = self.domain(call.args) or 1, site.key(), site.key("more")

        def draw(block: Block) -> Column:
            return written((below(block.bits(key), count, lambda: block.bits(more)).astype(np.int64) + first) * step)

        return draw


def _of_quantity(quantity: Any, step: int, written: Callable[[Ints], Column], site: Site) -> Draw:
    """Seconds drawn from a generator, rounded to the step; null where the seconds are."""
    import numpy as np
    import polars as pl

    from synthwb.engine.columns import Column

    if not isinstance(quantity, Field):
        fixed = np.array([round(quantity * _SECOND / step) * step], np.int64)
        return lambda block: written(np.repeat(fixed, len(block)))
    seconds = site.field(quantity)

    def draw(block: Block) -> Column:
        found = seconds(block).series().cast(pl.Float64)
        steps = np.rint(np.clip(found.fill_null(0.0).to_numpy(), 0.0, _LONGEST) * (_SECOND / step))
        column = written(steps.astype(np.int64) * step)
        if not found.null_count():
            return column
        return Column.of(column.series().set(found.is_null(), None), ascii_safe=column.ascii_safe)

    return draw


def _writer(style: str) -> Callable[[Ints], Column]:
    """From microseconds to a column in this format."""
    from synthwb.engine.columns import Column
    from synthwb.engine.text.spans import clock_text, iso_text

    if style in ("iso", "hms"):
        text = iso_text if style == "iso" else clock_text
        return lambda spans: Column.of(text(spans), ascii_safe=True)
    if style == "seconds":
        return lambda spans: Column.of(spans / 1e6)
    unit = _STEPS[style]
    return lambda spans: Column.of(spans // unit)
