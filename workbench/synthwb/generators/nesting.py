"""Values inside values: objects with fields of their own, and lists."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.errors import SynthwbError
from synthwb.generators.lengths import counts_of, not_whole
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType, Field

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["ListOf", "Object"]

_LONGEST = 10_000
_ELEMENTS = 100_000  # in all lists of one event that are inside each other
_TOGETHER = 1 << 26  # elements of the events that are made together


@register
class Object(Generator):
    """A mapping with fields of its own, nested to any depth. Other fields read them as ``parent.child``.

    A child may be missing or null like any other field. In a table (Parquet, an entity's attribute, a nullable object)
    a missing child is null.
    """

    name = "object"
    family = "nesting"
    parameters = (Parameter("fields", Kind.FIELDS, "The fields, by name."),)
    shorthand = "fields"
    whole = True
    examples = ("{object: {width: {integer: {min: 1, max: 9}}, unit: {const: cm}}}",)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always an object."""
        return DType.OBJECT

    def bind(self, call: Call, site: Site) -> Draw:
        """Evaluate the children in order, leave their columns to be read, and make an object of those emitted."""
        from synthwb.engine.columns import Column

        fields: tuple[Field, ...] = call.args["fields"]
        parent = _local(site.path)
        children = [(f"{parent}.{field.name}", site.field(field)) for field in fields]
        hidden = {field.name for field in fields if field.modifiers.hidden}
        emitted = [name for name in call.args["order"] if name not in hidden]

        def draw(block: Block) -> Column:
            for name, child in children:
                block.columns[name] = child(block)
            return Column.object({name: block.columns[f"{parent}.{name}"] for name in emitted}, len(block))

        return draw


@register
class ListOf(Generator):
    """A list whose elements are drawn one by one from a field; ``length`` stands beside it.

    The length is a whole number or any numeric generator (rounded down, negative counts as 0), up to 10,000; lists in
    lists have up to 100,000 elements together. An element depends on its position, not on the length: a longer list
    begins like the shorter one.
    """

    name = "list"
    family = "nesting"
    parameters = (
        Parameter("of", Kind.FIELD, "The field that gives each element."),
        Parameter("length", Kind.QUANTITY, "How many elements.", default=3, minimum=0, maximum=_LONGEST),
    )
    shorthand = "of"
    whole = True
    beside = ("length",)
    examples = (
        '{list: {pattern: "T-##"}, length: 2}',
        "{list: {object: {n: {integer: {min: 1, max: 6}}}}, length: {poisson: {mean: 1.5}}}",
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A fixed length must be a whole number, and lists in lists of an end."""
        length = args["length"]
        yield from not_whole("length", length, "a list has a whole number of elements")
        lengths = list(_fixed_lengths(args))
        if math.prod(lengths) > _ELEMENTS:
            product = " x ".join(f"{each:,}" for each in lengths)
            yield "length", f"{product} = {math.prod(lengths):,} elements; one event has at most {_ELEMENTS:,}"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always a list."""
        return DType.LIST

    def bind(self, call: Call, site: Site) -> Draw:
        """Draw all elements of all rows as one block, then cut it into lists."""
        import numpy as np

        from synthwb.engine.columns import Column

        element = site.field(call.args["of"])
        lengths = counts_of(call.args["length"], _LONGEST, site)

        def draw(block: Block) -> Column:
            counts = lengths(block)
            if int(counts.sum()) > _TOGETHER:
                raise SynthwbError(
                    f"{site.path}: {int(counts.sum()):,} elements for {len(block):,} events made together, and at most"
                    f" {_TOGETHER:,} fit; make the lists shorter, or the batches smaller"
                )
            parent = np.repeat(np.arange(len(block)), counts)
            ends = np.cumsum(counts)
            index = np.arange(len(parent)) - np.repeat(ends - counts, counts)
            return Column.lists(element(block.children(parent, index)), counts)

        return draw


def _fixed_lengths(args: Mapping[str, Any]) -> Iterable[int]:
    """The lengths of a list and of the lists directly inside it, where they are fixed."""
    length, inner = args["length"], args["of"]
    if not isinstance(length, Field):
        yield int(length)
    if isinstance(inner, Field) and inner.call.generator == "list":
        yield from _fixed_lengths(inner.call.args)


def _local(path: str) -> str:
    """The name under which a field is read: its path without the event or entity type."""
    return path.partition(".")[2]
