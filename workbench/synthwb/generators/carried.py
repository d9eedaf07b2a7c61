"""Values that follow from the actor's events before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.block import Draw, Site
    from synthwb.engine.passes.seen import Memory
    from synthwb.scenario.model import Call

__all__ = ["Previous"]

_SINGLE = (DType.INTEGER, DType.FLOAT, DType.BOOLEAN, DType.STRING, DType.TIMESTAMP)


@register
class Previous(Generator):
    """The value that a field had in this actor's previous event of the same type; in any event, if it has no actor.

    Any name that can be read is remembered: a field, ``event.time``, ``state.name``, an attribute. In an actor's first
    event it is the default, or null; where the field was not there, it is null.
    """

    name = "previous"
    family = "relation"
    parameters = (
        Parameter("field", Kind.PATH, "What is remembered."),
        Parameter("default", Kind.CONSTANT, "The value in the first event of an actor; null without.", None),
    )
    shorthand = "field"
    carried = True
    examples = ("{previous: event.time}", "{previous: {field: event.name, default: none}}")

    def mismatches(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> Iterable[tuple[str, str]]:
        """Single values are remembered, and the default is one of them."""
        found, default = dtype_of(args["field"]), args["default"]
        if found in (DType.OBJECT, DType.LIST):
            kind = "an object" if found is DType.OBJECT else "a list"
            yield "field", f"is {kind}; single values are remembered, such as one of its parts in a field of its own"
        elif found is DType.DECIMAL:
            yield "field", "is decimal, which is not remembered; as: float or as: string beside it is"
        elif default is not None and found is not DType.UNKNOWN and not _fits(default, found):
            yield "default", f"is no {found.value}, as the field is"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """That of the field."""
        return dtype_of(args["field"])

    def fact(self, call: Call) -> NDArray[Any]:
        """No value."""
        from synthwb.engine.flows.values import nothing

        return nothing(_remembered(call), 1)

    def memory(self, call: Call, site: Site) -> Memory:
        """The last value of each actor."""
        import polars as pl

        from synthwb.engine.flows.values import kept
        from synthwb.engine.passes.memories import Latest
        from synthwb.errors import ScenarioError

        if call.args["dtype"] is DType.UNKNOWN:
            message = f"the type of {call.args['field']!r} is known only when its table is read"
            hint = f"remember a field of this event: {{path: {call.args['field']}, as: string}}"
            raise ScenarioError([Diagnostic(Severity.ERROR, "type", message, call.span, site.path, hint)])
        dtype = _remembered(call)
        return Latest(call.args["field"], dtype, kept(pl.Series([call.args["default"]]), dtype))

    def bind(self, call: Call, site: Site) -> Draw:
        """Found in the row."""
        from synthwb.engine.flows.values import column_of
        from synthwb.engine.passes.facts import memory_fact

        fact, dtype = memory_fact(site.path), _remembered(call)
        return lambda block: column_of(block.facts[fact], dtype)


def _remembered(call: Call) -> DType:
    """The type of what is kept; text stands for what could not be read."""
    dtype: DType = call.args["dtype"]
    return dtype if dtype in _SINGLE else DType.STRING


def _fits(value: Any, dtype: DType) -> bool:
    if isinstance(value, bool):
        return dtype is DType.BOOLEAN
    if isinstance(value, int):
        return dtype in (DType.INTEGER, DType.FLOAT)
    return dtype is {float: DType.FLOAT, str: DType.STRING}.get(type(value))
