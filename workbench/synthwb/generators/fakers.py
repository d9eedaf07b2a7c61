"""Every method of Faker as a generator, made from the index when its name is first met."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from synthwb.generators import faker_index
from synthwb.generators.faker_index import Argument
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.literals import zone
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Draw, Site
    from synthwb.scenario.model import Call

__all__ = ["LOCALE", "Fake", "FromFaker", "faker_method"]

LOCALE = Parameter(
    "locale",
    Kind.LOCALES,
    "The locale, a list of locales, or locale: weight; that of the scenario without. One is drawn for each row.",
    default=None,
)
"""The parameter that all generators with words of a language have."""

Locales = tuple[tuple[str, Fraction], ...]

_KINDS = {
    "text": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "enum": Kind.ENUM,
    "moment": Kind.CONSTANT,
    "zone": Kind.TEXT,
    "constant": Kind.CONSTANT,
}
_ANY_ELEMENTS = ("random_element", "random_elements", "random_choices", "random_sample")
_RELATIVE = re.compile(r"([+-]?\d+(?:y|M|w|d|h|m|s))+")
_MOMENT = "a moment such as -30y, +2w, now, today or 2020-01-31"
_DTYPES = {"string": DType.STRING, "integer": DType.INTEGER, "float": DType.FLOAT, "boolean": DType.BOOLEAN}
_DTYPES["timestamp"] = DType.TIMESTAMP


class FromFaker(Generator):
    """What all generators share whose values are those of a method of Faker.

    ``entry`` is the method in the index; those that we name ourselves have text in every locale, and look it up only
    when they must, so that most documents are checked without the index.
    """

    family = "people"
    source = "Faker's providers, https://faker.readthedocs.io"
    parameters: ClassVar[tuple[Parameter, ...]] = (LOCALE,)
    beside: ClassVar[tuple[str, ...]] = ("locale",)
    method: ClassVar[str]
    entry: ClassVar[faker_index.Method | None] = None

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Locales that have no such method, and arguments that the method of a locale does not take."""
        if self._plain(args):
            return
        about = self.about()
        for locale, _ in args.get("locale") or ():
            if about.missing_in(locale):
                first = f"write {{{self.name}: {{locale: {about.only[0]}}}}}"
                yield (
                    "locale",
                    f"{locale} has no {self.method}, and en_US has none either; {_some(about.only)}: {first}",
                )
                continue
            known = {argument.name for argument in about.parameters_in(locale)}
            for name in self._written(args):
                if name not in known:
                    takes = ", ".join(sorted(known)) or "nothing"
                    yield name, f"{name} is not known to the {self.method} of {locale}, which takes {takes}"
        for name, value in self._written(args).items():
            yield from ((name, message) for message in _unfit(self._argument(name), value))

    def remarks(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Where a locale borrows from another."""
        if self._plain(args):
            return
        about = self.about()
        for locale, _ in args.get("locale") or ():
            if about.home(locale) != faker_index.canonical(locale):
                yield "locale", f"{locale} has no {self.method} of its own; that of en_US is used"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """By the shape of the method's values."""
        shape = self.shape(args)
        if isinstance(shape, dict):
            return DType.OBJECT
        if isinstance(shape, list):
            return DType.LIST
        return _DTYPES.get(shape, DType.DECIMAL)

    def bind(self, call: Call, site: Site) -> Draw:
        """One way to draw for each locale; which locale it is, is drawn once for the whole row."""
        from synthwb.engine.text.faking import drawn

        locales: Locales = call.args.get("locale") or site.locales
        about = self.about()
        homes = [(about.home(locale), weight) for locale, weight in locales]
        args = json.dumps(
            {name: _passed(self._argument(name), value) for name, value in self._written(call.args).items()},
            sort_keys=True,
        )
        return drawn(homes, self.method, args, json.dumps(self.shape(call.args)), about.pool, call, site)

    def about(self) -> faker_index.Method:
        """The entry of the index."""
        found = self.entry or faker_index.method(self.method)
        if found is None:
            raise LookupError(f"Faker has no method {self.method!r}")
        return found

    def shape(self, args: Mapping[str, Any]) -> Any:
        """The shape of the values with these arguments (see `synthwb.engine.text.typed`)."""
        shape: Any = "string" if self.entry is None else self.entry.shape
        if self.method in _ANY_ELEMENTS and "elements" in self._written(args):
            inner = _common(args["elements"])
            return inner if self.method == "random_element" else [inner]
        if self.method == "pydecimal":
            left, right = args.get("left_digits"), args.get("right_digits")
            return f"decimal({right})" if left is not None and right is not None and left + right <= 37 else shape
        if self.method == "profile" and args.get("fields"):
            wanted = args["fields"]
            return {name: inner for name, inner in dict(shape).items() if name in wanted} or shape
        return shape

    def _plain(self, args: Mapping[str, Any]) -> bool:
        """Whether nothing was written about a method that en_US has."""
        locales = {locale for locale, _ in args.get("locale") or ()}
        return self.entry is None and locales <= {faker_index.MAIN} and not self._written(args)

    def _written(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for Faker: those that are not the defaults."""
        defaults = {parameter.name: parameter.default for parameter in self.parameters}
        return {
            name: value
            for name, value in args.items()
            if name != "locale" and value is not None and value != defaults.get(name)
        }

    def _argument(self, name: str) -> Argument:
        about = self.about()
        known = [*about.parameters, *(each for theirs in about.variants.values() for each in theirs)]
        return next(argument for argument in known if argument.name == name)


def _some(locales: Iterable[str]) -> str:
    names = list(locales)
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} others have it" if len(names) > 5 else f"only {shown}"


def _unfit(argument: Argument, value: Any) -> Iterable[str]:
    """What is wrong with the value of an argument whose kind says less than Faker wants."""
    if argument.kind == "moment" and not _is_moment(value):
        yield f"expected {_MOMENT}, not {value!r}"
    elif argument.kind == "zone" and zone(value) is None:
        yield f"there is no time zone {value!r}; such as Europe/Paris"
    elif argument.kind == "constant" and isinstance(value, Mapping) and argument.name != "elements":
        yield "expected a list, not a mapping"


def _is_moment(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("now", "today") or _RELATIVE.fullmatch(value) is not None or _date(value) is not None
    return isinstance(value, int) and not isinstance(value, bool)


def _date(text: str) -> str | None:
    """A date or a time in ISO 8601."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _passed(argument: Argument, value: Any) -> Any:
    """An argument as the engine passes it on: dates and zones are marked, for JSON has none."""
    if argument.kind == "moment" and isinstance(value, str) and _date(value) is not None:
        return {"date": _date(value)}
    return {"zone": value} if argument.kind == "zone" else value


def _common(elements: Any) -> str:
    """The type that the elements of a list or the keys of a mapping have in common."""
    kinds = {type(element) for element in elements}
    if kinds <= {bool}:
        return "boolean"
    if kinds <= {int}:
        return "integer"
    return "float" if kinds <= {int, float} else "string"


@cache
def faker_method(name: str) -> Generator | None:
    """The generator of one of Faker's methods, or None."""
    about = faker_index.method(name)
    if about is None:
        return None
    known = {argument.name: argument for argument in about.parameters}
    for theirs in about.variants.values():
        for argument in theirs:
            known.setdefault(argument.name, argument)
    members = {
        "name": name,
        "method": name,
        "entry": about,
        "family": f"faker: {about.family}",
        "parameters": (*(_parameter(argument, about) for argument in known.values()), LOCALE),
        "examples": (_example(about),),
        "__doc__": _doc(about),
        "__module__": __name__,
    }
    made: Generator = type(name, (FromFaker,), members)()
    return made


def _parameter(argument: Argument, about: faker_index.Method) -> Parameter:
    doc = argument.doc or f"Faker's {argument.name}."
    if argument.kind == "moment":
        doc = f"{doc} Write {_MOMENT}; relative to the start of the clock."
    default = argument.default
    for theirs in about.variants.values():
        if any(each.name == argument.name and each.default != default for each in theirs):
            default = None  # each locale has its own
    return Parameter(argument.name, _KINDS[argument.kind], doc, default=default, choices=argument.choices)


def _example(about: faker_index.Method) -> str:
    return f"{{{about.name}: {{locale: {about.only[0]}}}}}" if about.only else about.name


def _doc(about: faker_index.Method) -> str:
    """Its documentation: Faker's sentence, an example, and how its values come about."""
    if about.pool is None:
        how = "Faker's own weights and full variety; where a locale's method is code, a pool of values."
    else:
        how = f"Values come from a pool of {about.pool:,}, drawn through Faker and different for every seed."
    shown = f"Such as {about.example!r}.\n\n" if about.example else ""
    where = f" Only in {', '.join(about.only)}." if about.only else ""
    return f"{about.doc}\n\n{shown}{how}{where}"


@register
class Fake(Generator):
    """A method of Faker's, by its name: also where a generator of ours has that name.

    ``args`` are checked against what the method takes. Times are relative to the start of the clock, never to today.
    """

    name = "fake"
    family = "people"
    source = FromFaker.source
    parameters = (
        Parameter("method", Kind.METHOD, "The name of the method, such as date_of_birth."),
        Parameter("args", Kind.ARGUMENTS, "Its arguments, by name.", default=None),
        LOCALE,
    )
    shorthand = "method"
    beside = ("locale",)
    examples = ("{fake: color_name}", "{fake: {method: date_of_birth, args: {minimum_age: 18}}}")

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Those of the method."""
        found, given = self._meant(args)
        return found.problems(given)

    def remarks(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Those of the method."""
        found, given = self._meant(args)
        return found.remarks(given)

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """That of the method."""
        found, given = self._meant(args)
        return found.dtype(given, dtype_of)

    def bind(self, call: Call, site: Site) -> Draw:
        """What the method binds to."""
        found, given = self._meant(call.args)
        return found.bind(replace(call, generator=found.name, args=given), site)

    @staticmethod
    def _meant(args: Mapping[str, Any]) -> tuple[Generator, dict[str, Any]]:
        found = faker_method(args["method"])
        if found is None:
            raise LookupError(f"Faker has no method {args['method']!r}")
        defaults = {parameter.name: parameter.default for parameter in found.parameters}
        return found, {**defaults, **(args["args"] or {}), "locale": args["locale"]}
