"""Identities: values that tell one record from all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Ints
    from synthwb.engine.passes.seen import Memory
    from synthwb.scenario.model import Call

__all__ = ["Sequence", "Ulid", "Uuid"]

_PER = ("type", "actor")
_LARGEST = 1 << 62  # start and step times a million million records stay far inside 64 bits


_TIME = Parameter(
    "time",
    Kind.PATH,
    "The timestamp that it carries: another field, or one of the actor; the event's own unless written.",
    None,
)


def _not_a_time(args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> Iterable[tuple[str, str]]:
    """The problem of a ``time`` that is none."""
    found = DType.TIMESTAMP if args["time"] is None else dtype_of(args["time"])
    if found not in (DType.TIMESTAMP, DType.UNKNOWN):
        yield "time", f"is {found.value}, not a timestamp; a datetime with format: iso is one"


def _times(path: str | None) -> Callable[[Block], tuple[Ints, pl.Series | None]]:
    """Microseconds of each row, and where there is no time."""

    def times(block: Block) -> tuple[Ints, pl.Series | None]:
        if path is None:
            return block.time, None
        moments = block.column(path).series().to_physical()
        return moments.fill_null(0).to_numpy(), moments.is_null() if moments.null_count() else None

    return times


def _text(matrix: Any, absent: pl.Series | None) -> Column:
    from synthwb.engine.columns import Column, text_of

    return Column.fixed(matrix) if absent is None else Column.of(text_of(matrix).set(absent, None), ascii_safe=True)


@register
class Uuid(Generator):
    """A UUID (RFC 9562): 36 characters, different for every record.

    Version 4 has 122 random bits: among a thousand million of them the chance that any two are equal is one in 10
    million million million. Version 7 begins with the time, to the microsecond, so that they sort by it, and has 62
    random bits. Either is a function of the record's address: the same record has the same UUID in every run of the
    same scenario and seed. Entities have no time of their own; give version 7 there the ``time`` to carry.
    """

    name = "uuid"
    family = "identity"
    parameters = (
        Parameter("version", Kind.INTEGER, "The version of RFC 9562: 4 (random) or 7 (ordered by time).", 4),
        _TIME,
    )
    distinct = True
    examples = ("uuid", "{uuid: {version: 7}}", "{uuid: {version: 7, time: event.time}}")
    source = "RFC 9562, sections 5.4 and 5.7"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Only versions 4 and 7 are made, and only 7 carries a time."""
        version = args["version"]
        if version not in (4, 7):
            yield "version", f"{version} is not made here; 4 is the random UUID, 7 the one that is ordered by time"
        elif version == 4 and args["time"] is not None:
            yield "time", "is carried by version 7 only; version 4 is random"

    def mismatches(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> Iterable[tuple[str, str]]:
        """The time must be a timestamp."""
        return _not_a_time(args, dtype_of)

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """2**122; of version 7, 2**62 for each moment."""
        return 1 << (122 if args["version"] == 4 else 62)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """Two draws of 64 bits, or the time and one draw."""
        from synthwb.engine.columns import Column
        from synthwb.engine.text.identity import uuid7_matrix, uuid_matrix

        high, low = site.key("high"), site.key("low")
        if call.args["version"] == 4:
            return lambda block: Column.fixed(uuid_matrix(block.bits(high), block.bits(low)))
        times = _times(call.args["time"])

        def draw(block: Block) -> Column:
            moments, absent = times(block)
            return _text(uuid7_matrix(moments, block.bits(low)), absent)

        return draw


@register
class Ulid(Generator):
    """A ULID: 26 characters that sort by the time of the event, to the microsecond, with 70 random bits.

    Written in Crockford's base 32, without letters that look like digits. Entities have no time of their own; give the
    ``time`` to carry there.
    """

    name = "ulid"
    family = "identity"
    parameters = (_TIME,)
    shorthand = "time"
    distinct = True
    timed = True
    examples = ("ulid", "{ulid: {time: event.time}}")
    source = "Feerasta 2016, the ULID specification, https://github.com/ulid/spec"

    def mismatches(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> Iterable[tuple[str, str]]:
        """The time must be a timestamp."""
        return _not_a_time(args, dtype_of)

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """2**70 for each moment."""
        return 1 << 70

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """The time and two draws."""
        from synthwb.engine.text.identity import ulid_matrix

        times, high, low = _times(call.args["time"]), site.key("high"), site.key("low")

        def draw(block: Block) -> Column:
            moments, absent = times(block)
            return _text(ulid_matrix(moments, block.bits(high), block.bits(low)), absent)

        return draw


@register
class Sequence(Generator):
    """Whole numbers in the order of the stream: ``start``, ``start + step``, ... for each event type or entity.

    They count what is delivered, so a changed rate renumbers the records that follow. Use it for line numbers and
    readable keys; use `uuid` where a record must keep its identity when the scenario changes around it. With ``per:
    actor`` each actor's events are counted by themselves: the number of the order of a customer.
    """

    name = "sequence"
    family = "identity"
    parameters = (
        Parameter("start", Kind.INTEGER, "The first number.", 1, minimum=-_LARGEST, maximum=_LARGEST),
        Parameter(
            "step",
            Kind.INTEGER,
            "The distance from one number to the next: negative counts down, 0 is refused.",
            1,
            minimum=-1_000_000,
            maximum=1_000_000,
        ),
        Parameter("per", Kind.ENUM, "One for all records of the type, or one for each actor.", "type", choices=_PER),
    )
    distinct = True
    examples = ("{sequence: {start: 1000, step: 10}}", "{sequence: {start: 0}}", "sequence", "{sequence: {per: actor}}")

    def is_carried(self, args: Mapping[str, Any]) -> bool:
        """A record's number among those of its actor follows from those before."""
        return bool(args["per"] == "actor")

    def needs_actor(self, args: Mapping[str, Any]) -> bool:
        """Where it counts the events of each actor."""
        return self.is_carried(args)

    def fact(self, call: Call) -> NDArray[Any]:
        """How many came before."""
        import numpy as np

        return np.zeros(1, np.int64)

    def memory(self, call: Call, site: Site) -> Memory:
        """The number of events of each actor so far."""
        from synthwb.engine.passes.memories import Counting

        return Counting()

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A step of 0 would give one number for ever."""
        if args["step"] == 0:
            yield "step", f"is 0, so every record would have the number {args['start']}; use {{const: {args['start']}}}"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """As many as fit 64 bits above or below the start."""
        start: int = args["start"]
        step: int = args["step"]
        if step == 0:
            return 1
        room = (1 << 63) - 1 - start if step > 0 else (1 << 63) + start
        return room // abs(step) + 1

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always whole numbers."""
        return DType.INTEGER

    def bind(self, call: Call, site: Site) -> Draw:
        """A linear function of the record's number."""
        from synthwb.engine.columns import Column

        start, step = call.args["start"], call.args["step"]
        if self.is_carried(call.args):
            from synthwb.engine.passes.facts import memory_fact

            fact = memory_fact(site.path)
            return lambda block: Column.of(block.facts[fact] * step + start)

        def draw(block: Block) -> Column:
            return Column.of(block.ordinal * step + start)

        return draw
