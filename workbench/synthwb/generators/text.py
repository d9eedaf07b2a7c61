"""Text made from symbols, from other values, or written out: patterns, templates, constants."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType
from synthwb.scenario.regexes import read_regex

if TYPE_CHECKING:
    from synthwb.engine.block import Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits
    from synthwb.scenario.model import Call, Template

__all__ = ["Constant", "PatternText", "RegexText", "TemplateText"]

_LONGEST = 256
_INT64 = 1 << 63


@register
class PatternText(Generator):
    r"""Text of a fixed form: ``#`` is a digit, ``?`` a letter A to Z, ``*`` either; anything else stands for itself.

    A backslash takes the next sign as it is (``\#``). All texts are equally likely. Use ``case: lower`` for small
    letters.
    """

    name = "pattern"
    family = "text"
    parameters = (Parameter("pattern", Kind.PATTERN, "The form, such as SKU-##### or ??-***."),)
    shorthand = "pattern"
    examples = ('{pattern: "SKU-#####"}', '{pattern: "??-***", case: lower}', '{pattern: "\\\\#-##"}')

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Whether the pattern can be read and is not endless."""
        pattern = args["pattern"]
        backslashes = len(pattern) - len(pattern.rstrip("\\"))
        if backslashes % 2:
            yield "pattern", r"ends in a single backslash; a backslash itself is written \\"
        elif len(pattern) > _LONGEST:
            yield "pattern", f"is {len(pattern)} characters long; at most {_LONGEST} are taken"
        elif not pattern:
            yield "pattern", 'is empty; {const: ""} gives empty text'

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """10 for each ``#``, 26 for each ``?``, 36 for each ``*``, multiplied (2**62 if it is more)."""
        size, escaped = 1, False
        for letter in args["pattern"]:
            size *= 1 if escaped else {"#": 10, "?": 26, "*": 36}.get(letter, 1)
            escaped = letter == "\\" and not escaped
        return min(size, 1 << 62)

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Texts by number, in the order in which a counter would show them."""
        from synthwb.engine.text.patterns import column_of, pattern_of

        pattern = pattern_of(call.args["pattern"])
        key = site.key("rest")
        return lambda numbers: column_of(pattern.numbered(numbers, key), safe=pattern.safe)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """A pool for few texts, a matrix of bytes for many."""
        from synthwb.engine.text.patterns import drawn_by, pattern_of

        return drawn_by(pattern_of(call.args["pattern"]), site.key)


@register
class RegexText(Generator):
    r"""Text that a regular expression matches as a whole: every option, number and sign with equal chances.

    There are signs, ``.``, classes such as ``[a-z_]`` and ``[^,]``, ``\d \w \s`` and their opposites, ``|``,
    ``(...)``, ``(?:...)``, ``?``, ``*``, ``+``, ``{3}``, ``{2,5}``; ``^`` and ``$`` at the ends change nothing. ``.``,
    ``\w`` and ``[^...]`` are printable ASCII, ``\s`` is a blank. A number without an end is at most 10 above its
    beginning: ``*`` is up to 10 times. Texts have up to 256 signs. Write it in single quotes.
    """

    name = "regex"
    family = "text"
    parameters = (Parameter("regex", Kind.REGEX, "The expression, such as [A-Z]{2}-[0-9]+."),)
    shorthand = "regex"
    examples = (
        r"{regex: '[A-Z]{2}\d{6}'}",
        r"{regex: '(\+33|0)6(-\d\d){4}'}",
        r"{regex: '(GET|POST) /api/v[12]/[a-z]{3,8}(/\d+)?'}",
    )

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """How many texts there are, where no two ways lead to the same; up to 2**62."""
        from synthwb.scenario.regextree import count

        return count(read_regex(args["regex"]).tree)

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """Texts by number, the last part first."""
        from synthwb.engine.columns import Column
        from synthwb.engine.text.regexes import numbered

        found = numbered(read_regex(call.args["regex"]).tree, site.key)
        return lambda numbers: Column.of(found(numbers))

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """Part by part, each for all rows at once."""
        from synthwb.engine.text.regexes import drawn

        return drawn(read_regex(call.args["regex"]).tree, site.key)


@register
class TemplateText(Generator):
    """Text with values of other fields in it: ``{first_name}.{last_name}@example.com``.

    Values are written as JSON writes them, text without its quotes. It is null where a value is null or absent.
    ``{{`` and ``}}`` are braces.
    """

    name = "template"
    family = "text"
    parameters = (Parameter("template", Kind.TEMPLATE, "The text, with {path} for each value."),)
    shorthand = "template"
    examples = (
        '{template: "order-{event.ordinal}"}',
        '{template: "{{{event.name}}} at {event.time}", case: lower}',
    )

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """Join the columns and the literals between them."""
        from synthwb.engine.text.templates import joined

        template: Template = call.args["template"]
        return joined(template.parts[0::2], template.names)


@register
class Constant(Generator):
    """The same value in every row: text, a number, a boolean, null, a list or a mapping.

    Numbers and booleans may be written by themselves; text needs ``const``, since a bare word is the name of a
    generator.
    """

    name = "const"
    family = "text"
    parameters = (Parameter("value", Kind.CONSTANT, "The value."),)
    shorthand = "value"
    whole = True
    examples = ("{const: web}", "{const: 3.5}", "{const: [a, b]}", "{const: {unit: kg, digits: 2}}", "{const: null}")

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What JSON or 64 bits cannot hold."""
        yield from (("value", problem) for problem in _unfit(args["value"]))

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """One."""
        return 1

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """The value, whatever the number."""
        return _repeated(call.args["value"])

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The type of the value."""
        value = args["value"]
        if value is None:
            return DType.NULL
        types = {str: DType.STRING, bool: DType.BOOLEAN, int: DType.INTEGER, float: DType.FLOAT, list: DType.LIST}
        return types.get(type(value), DType.OBJECT)

    def bind(self, call: Call, site: Site) -> Draw:
        """A pool of one."""
        repeated = _repeated(call.args["value"])
        return lambda block: repeated(block.address)


def _unfit(value: Any) -> Iterable[str]:
    if isinstance(value, float) and not math.isfinite(value):
        yield f"{value} is not a number that JSON can hold"
    elif isinstance(value, int) and not -_INT64 <= value < _INT64:
        yield f"{value} does not fit 64 bits"
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _unfit(part)
    elif isinstance(value, list | tuple):
        kinds = {type(part) for part in value if part is not None}
        if len(kinds) > 1 and not kinds <= {int, float}:
            yield f"mixes {' and '.join(sorted(kind.__name__ for kind in kinds))} in one list"
        for part in value:
            yield from _unfit(part)


def _repeated(value: Any) -> Callable[[Bits], Column]:
    import numpy as np
    import polars as pl

    from synthwb.engine.columns import Column, Pool

    pool = Pool(pl.Series([value]))
    safe = isinstance(value, str) and value.isascii() and value.isprintable() and not {'"', "\\"} & set(value)
    return lambda rows: Column.coded(pool, np.zeros(len(rows), np.uint32), ascii_safe=safe)
