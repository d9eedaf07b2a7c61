"""Values computed from other values: a path, and an SQL expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Draw, Site
    from synthwb.scenario.model import Call

__all__ = ["Computed", "Path"]


@register
class Path(Generator):
    """The value found at a path: what a path written by itself (``actor.email``) means.

    It is the same column, so an absent value stays absent and a null stays null.
    """

    name = "path"
    family = "derived"
    parameters = (Parameter("path", Kind.PATH, "A field of this event, of its actor or of a reference; event.time."),)
    shorthand = "path"
    examples = ("event.ordinal", "{path: event.time}")

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The type of what is read."""
        return dtype_of(args["path"])

    def bind(self, call: Call, site: Site) -> Draw:
        """Hand over the column."""
        path: str = call.args["path"]
        return lambda block: block.column(path)


@register
class Computed(Generator):
    """A scalar SQL expression over this event's fields, its actor and its references.

    NULL in, NULL out, as in SQL; division by zero, a failed cast and an integer beyond 64 bits give NULL. ``/`` divides
    as floats, ``div`` and ``%`` as integers. Absent values read as NULL.
    """

    name = "expr"
    family = "derived"
    parameters = (Parameter("expression", Kind.EXPRESSION, "The expression, in SQL."),)
    shorthand = "expression"
    examples = (
        '{expr: "round(2.5 * event.ordinal, 1)"}',
        "{expr: \"CASE WHEN event.ordinal % 2 = 0 THEN 'even' ELSE 'odd' END\"}",
    )

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """What the expression gives for these types. Raises TypeFlaw where they do not fit together."""
        from synthwb.scenario.expressions import parse_expression
        from synthwb.scenario.typecheck import infer

        return infer(parse_expression(args["expression"].text), dtype_of)

    def bind(self, call: Call, site: Site) -> Draw:
        """Compile it once; each block is one select."""
        return site.expression(call.args["expression"])
