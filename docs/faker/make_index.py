"""Write `faker_index.json`: what every method of the installed Faker is called, takes and gives. ``make faker-index``.

The index ships with the package, so that checking, completing and documenting a scenario never imports Faker. A method
is looked at in en_US, or in the first locale that has it.
"""

from __future__ import annotations

import collections.abc
import datetime
import inspect
import json
import random
import re
import sys
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import faker
from faker.config import AVAILABLE_LOCALES

from synthwb.engine.text import provider
from synthwb.engine.text.anchored import REFUSALS, AnchoredFaker
from synthwb.engine.text.pools import Pooled
from synthwb.generators import faker_index

TARGET = Path(faker_index.__file__).with_name("faker_index.json")
MAIN = "en_US"
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SAMPLES = 40
LONGEST = 100
HIDDEN = {"raw_output", "cast_to", "seed"}  # bytes and objects that no record holds; a seed of the global random state
SLOW = {"profile": 2048, "simple_profile": 2048, "texts": 4096, "paragraphs": 4096, "sentences": 4096}
POOL = 16_384

Shape = Any


def index() -> dict[str, Any]:
    """The whole index, in the order of names."""
    fakers = {locale: AnchoredFaker(locale) for locale in sorted(AVAILABLE_LOCALES)}
    found: dict[str, dict[str, Any]] = {}
    for locale, anchored in fakers.items():
        for each in anchored.generator.providers:
            for name in dir(each):
                if not name.startswith("_") and inspect.isroutine(getattr(each, name)):
                    found.setdefault(name, {}).setdefault(locale, each)
    drawing = {name: holders for name, holders in found.items() if not computes(holders, name)}
    drawing = {name: holders for name, holders in drawing.items() if name not in faker_index.EXCLUDED}
    for name, holders in drawing.items():
        for locale in [locale for locale in holders if not works(fakers[locale], name)]:
            sys.stderr.write(f"{locale} has a {name} that never works\n")
            del holders[locale]
    methods = {name: entry(name, drawing[name]) for name in sorted(drawing) if drawing[name]}
    families: dict[str, set[str]] = {}
    for anchored in fakers.values():
        for each in anchored.generator.providers:
            own = families.setdefault(family(each), set())
            if each.__lang__:
                own.add(each.__lang__)
    return {
        "faker": faker.VERSION,
        "locales": sorted(AVAILABLE_LOCALES),
        "families": {name: sorted(own) for name, own in sorted(families.items())},
        "methods": methods,
    }


def computes(holders: dict[str, Any], name: str) -> bool:
    """Whether a method needs an argument: it computes something from it, such as a check digit, and draws nothing."""
    signature = inspect.signature(getattr(next(iter(holders.values())), name))
    empty = inspect.Parameter.empty
    return any(p.default is empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in signature.parameters.values())


def works(anchored: AnchoredFaker, name: str) -> bool:
    """Whether a method gives a value at all: in some locales a part of it is missing."""
    for seed in range(3):
        with anchored.at(NOW, random.Random(seed)) as generator:  # noqa: S311
            try:
                generator.get_formatter(name)()
            except REFUSALS:
                continue
            return True
    return False


def family(each: Any) -> str:
    """The provider's name: ``address``, ``bank`` ..."""
    return str(each.__provider__).rpartition(".")[2]


def entry(name: str, holders: dict[str, Any]) -> dict[str, Any]:
    """All about one method; what is usual is left out."""
    locale = MAIN if MAIN in holders else next(iter(holders))
    each = holders[locale]
    method = getattr(each, name)
    base = name in dir(faker.providers.BaseProvider)
    taken = parameters(method)
    shape, example = look(locale, name)
    made: dict[str, Any] = {"family": "base" if base else family(each), "doc": summary(method, name)}
    if taken:
        made["parameters"] = taken
    if shape != "string":
        made["shape"] = shape
    size = SLOW.get(name, POOL)
    request = provider.Request(locale, name, shape=json.dumps(shape), size=size)
    wording = provider.wording_of(request, 42, int(NOW.timestamp()) * 1_000_000, "UTC")
    if isinstance(wording, Pooled):
        made["pool"] = size
    made["example"] = example
    lacking = sorted(set(AVAILABLE_LOCALES) - set(holders))
    if MAIN not in holders:
        made["only"] = sorted(holders)
    elif lacking:
        made["lacking"] = lacking
    variants = {}
    for other, holder in holders.items():
        theirs = parameters(getattr(holder, name))
        if theirs != taken:
            variants[other] = theirs
    if variants:
        made["variants"] = variants
    return made


def parameters(method: Any) -> dict[str, dict[str, Any]]:
    """What can be written for each parameter: its kind, its default, what Faker says of it."""
    found = {}
    docs = dict(re.findall(r":param (\w+):\s*([^\n]+)", inspect.getdoc(method) or ""))
    hints = typing.get_type_hints(inspect.unwrap(method))
    for name, parameter in inspect.signature(method).parameters.items():
        if name in HIDDEN or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        kind = kind_of(hints.get(name), parameter.default)
        if kind is None:
            continue
        made: dict[str, Any] = {"kind": kind[0]}
        if kind[1]:
            made["choices"] = kind[1]
        default = parameter.default
        if default is parameter.empty:
            made["required"] = True
        elif default is not None and not isinstance(default, datetime.date):
            made["default"] = plain(default)
        if name in docs:
            made["doc"] = sentence(docs[name])
        found[name] = made
    return found


def kind_of(hint: Any, default: Any) -> tuple[str, list[Any]] | None:
    """The kind of values that a type hint allows, with their choices; None for what cannot be written in YAML."""
    options = [h for h in (typing.get_args(hint) if union(hint) else [hint]) if h is not types.NoneType]
    if datetime.date in options:
        return "moment", []
    if datetime.tzinfo in options:
        return "zone", []
    literal = [choice for option in options for choice in typing.get_args(option)]
    if all(typing.get_origin(option) is typing.Literal for option in options):
        return "enum", [choice for choice in literal if isinstance(choice, str)]
    if set(options) <= {int, float, Decimal} and options:
        return "integer" if options == [int] else "number", []
    if options == [bool]:
        return "boolean", []
    if any(isinstance(option, typing.TypeVar) for option in options):
        return "text", []
    if str in options and len(options) == 1:
        return "text", []
    origins = {typing.get_origin(option) or option for option in options}
    if any(origin in (type, collections.abc.Callable) for origin in origins):
        return None
    if origins & {list, tuple, dict, collections.abc.Sequence, collections.abc.Collection, collections.OrderedDict}:
        return "constant", []
    return ("text", []) if isinstance(default, str) else None


def union(hint: Any) -> bool:
    """Whether a type hint names several types."""
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def plain(value: Any) -> Any:
    """A default as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def summary(method: Any, name: str) -> str:
    """The first sentence of Faker's own words, or what the name says."""
    text = (inspect.getdoc(method) or "").split(":sample", 1)[0].split(":param", 1)[0].split(":return", 1)[0]
    first = re.split(r"\n\s*\n|(?<=[.!])\s", text.strip(), maxsplit=1)[0]
    first = re.sub(r"\s+", " ", first).strip()
    first = re.sub(r"^(Generates?|Returns?|Gets?|Creates?) ", lambda found: "", first)
    if not first or ":" in first[:12]:
        first = name.replace("_", " ")
    return sentence(first[:1].upper() + first[1:])


def sentence(text: str) -> str:
    """One sentence of plain text, not too long."""
    text = re.sub(r"[`|]+", "", text).replace("A DateParseType", "A moment").strip().rstrip(":.")
    text = text[:1].upper() + text[1:]
    if len(text) > LONGEST:
        text = text[: LONGEST - 1].rsplit(" ", 1)[0] + " …"
    return text if text.endswith((".", "…")) else f"{text}."


def look(locale: str, name: str) -> tuple[Shape, str]:
    """The shape of a method's values, from some of them, and the first as an example."""
    values = []
    state = random.Random(0)  # noqa: S311
    with AnchoredFaker(locale).at(NOW, state) as generator:
        for number in range(SAMPLES):
            state.seed(number)
            values.append(generator.get_formatter(name)())
    text = str(values[0].isoformat() if isinstance(values[0], datetime.date) else values[0])
    return united([shape_of(value) for value in values]), text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def shape_of(value: Any) -> Shape:
    """The shape of one value; None for a null."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float | datetime.timedelta):
        return "float"
    if isinstance(value, Decimal):
        places = -int(value.as_tuple().exponent)
        return f"decimal({places})" if len(value.as_tuple().digits) + 2 < 38 - 7 else "string"
    if isinstance(value, datetime.datetime):
        return "timestamp"
    if isinstance(value, list | tuple):
        return [united([shape_of(part) for part in value])]
    if isinstance(value, dict):
        return {key: shape_of(part) for key, part in value.items()}
    return None if value is None else "string"


def united(shapes: list[Shape]) -> Shape:
    """One shape for all: more decimals win, text holds what else differs."""
    kinds = [shape for shape in shapes if shape is not None]
    first = kinds[0] if kinds else "string"
    if all(kind == first for kind in kinds):
        return first
    if all(isinstance(kind, list) for kind in kinds):
        return [united([kind[0] for kind in kinds])]
    if all(isinstance(kind, dict) for kind in kinds):
        return {name: united([kind[name] for kind in kinds]) for name in first}
    if all(isinstance(kind, str) and kind.startswith("decimal") for kind in kinds):
        return max(kinds, key=lambda kind: int(kind[8:-1]))
    return "string"


def text() -> str:
    """The file: one method a line."""
    made = index()
    methods = ",\n".join(f"{json.dumps(k)}:{compact(v)}" for k, v in made.pop("methods").items())
    head = ",\n".join(f"{json.dumps(key)}:{compact(value)}" for key, value in made.items())
    return f'{{{head},\n"methods":{{\n{methods}\n}}}}\n'


def compact(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
    sys.stderr.write(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes\n")
