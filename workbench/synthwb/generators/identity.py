"""Identities: values that tell one record from all others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["Sequence", "Uuid"]

_LARGEST = 1 << 62  # start and step times a million million records stay far inside 64 bits


@register
class Uuid(Generator):
    """A random UUID (RFC 9562, version 4): 36 characters, 122 random bits, different for every record.

    Among a thousand million of them the chance that any two are equal is one in 10 million million million. It is a
    function of the record's address: the same record has the same UUID in every run of the same scenario and seed.
    """

    name = "uuid"
    family = "identity"
    parameters = (Parameter("version", Kind.INTEGER, "The version of RFC 9562; only 4 (random) so far.", 4),)
    distinct = True
    examples = ("uuid", "{uuid: {version: 4}}")
    source = "RFC 9562, section 5.4"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Only version 4 is made."""
        version = args["version"]
        if version == 7:
            yield "version", "7 (ordered by time) comes later; until then write uuid, which is version 4"
        elif version != 4:
            yield "version", f"{version} is not made here; 4 is the random UUID"

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """2**122."""
        return 1 << 122

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """Two draws of 64 bits, 122 of which are shown."""
        from synthwb.engine.columns import Column
        from synthwb.engine.text.identity import uuid_matrix

        high, low = site.key("high"), site.key("low")
        return lambda block: Column.fixed(uuid_matrix(block.bits(high), block.bits(low)))


@register
class Sequence(Generator):
    """Whole numbers in the order of the stream: ``start``, ``start + step``, ... for each event type or entity.

    They count what is delivered, so a changed rate renumbers the records that follow. Use it for line numbers and
    readable keys; use `uuid` where a record must keep its identity when the scenario changes around it.
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
    )
    distinct = True
    examples = ("{sequence: {start: 1000, step: 10}}", "{sequence: {start: 0}}", "sequence")

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

        def draw(block: Block) -> Column:
            return Column.of(block.ordinal * step + start)

        return draw
