"""What the declarations say, in sentences: for hover, for completion and for the reference."""

from __future__ import annotations

import inspect
import math
from typing import Any

from synthwb.generators.registry import Generator, Kind, Parameter
from synthwb.guide.grammar import Form, Shape, of_parameter
from synthwb.scenario.edit import write_yaml
from synthwb.scenario.tree import Node

__all__ = ["default_of", "described", "documentation", "inner_example", "limits", "sentence", "summary", "value_words"]


def documentation(generator: Generator) -> str:
    """What a generator's docstring says, as Markdown: paragraphs without line breaks of their own."""
    text = inspect.cleandoc(type(generator).__doc__ or "").replace("``", "`")
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))


def summary(generator: Generator) -> str:
    """The first paragraph of it."""
    return documentation(generator).partition("\n\n")[0]


def sentence(text: str) -> str:
    """The text with a full stop at its end."""
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def limits(form: Form) -> str:
    """``above 0 and below 1``, ``from 0 to 15``, or an empty text."""
    if form.minimum is not None and form.maximum is not None:
        return f"from {_number(form.minimum)} to {_number(form.maximum)}"
    parts = [
        f"{word} {_number(limit)}"
        for word, limit in (
            ("of at least", form.minimum),
            ("above", form.above),
            ("of at most", form.maximum),
            ("below", form.below),
        )
        if limit is not None
    ]
    return " and ".join(parts)


def _number(limit: float) -> str:
    """A limit as people write it; large powers of two and ten as such."""
    if not float(limit).is_integer():
        return f"{limit:g}"
    rest, sign = abs(int(limit)), "-" if limit < 0 else ""
    for base in (10, 2) if rest >= 10**7 else ():
        power = round(math.log(rest, base))
        if base**power == rest:
            return f"{sign}{base}^{power}"
    return f"{int(limit):,}"


def default_of(parameter: Parameter) -> str:
    """The default as it would be written, or an empty text where there is none to show."""
    if parameter.required or parameter.default is None:
        return ""
    value: Any = parameter.default
    if parameter.kind is Kind.DURATION:
        return _span(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        value = int(value)
    return write_yaml(value) if isinstance(value, str | int | float | bool | list | tuple | dict) else str(value)


def _span(microseconds: int) -> str:
    """A duration as it would be written, in the largest unit of which it is a whole number."""
    units = {"d": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 1_000_000, "ms": 1000, "us": 1}
    word = next(word for word, unit in units.items() if microseconds % unit == 0) if microseconds else "s"
    return f"{microseconds // units[word]}{word}"


def value_words(form: Form) -> str:
    """What may be written: ``a number above 0, or {expr: ...}``."""
    chosen = form.shape is Shape.CHOICE
    words = ", ".join(f"`{choice}`" for choice in form.choices) if chosen else f"{form.shape.value} {limits(form)}"
    words = words.strip()
    if form.choices and not chosen:
        words = f"{', '.join(f'`{choice}`' for choice in form.choices)}, or {words}"
    others = ["a numeric generator"] * form.drawn + ["`{expr: ...}`"] * form.computed
    return ", or ".join([words, *others])


def described(parameter: Parameter) -> str:
    """A parameter in one paragraph: what it means, what may be written, the default."""
    form = of_parameter(parameter)
    unit = f", in {parameter.unit}" if parameter.unit else ""
    default = default_of(parameter)
    rest = "required" if parameter.required else f"default `{default}`" if default else "optional"
    words = value_words(form)
    return f"{sentence(parameter.doc)} {words[:1].upper()}{words[1:]}{unit}; {rest}.".replace("``", "`")


def inner_example(generator: Generator, node: Node) -> Any:
    """What stands below the generator's own key in an example, as a Python value; None if nothing does."""
    value = node.get(generator.name)
    return None if value is None else value.plain_value()
