"""One declaration per generator: its parameters, units, docs, example, type, and how it draws.

Everything that is known about a generator is derived from here: validation and its messages, completion, hover, the
reference page and the JSON Schema. Declaring is cheap: no module of this package imports numpy, polars or faker at its
top; `Generator.bind` does, when a plan is compiled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from synthwb.generators.declarations import flaws
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from synthwb.engine.block import Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Bits
    from synthwb.engine.passes.seen import Memory
    from synthwb.scenario.model import Call

__all__ = [
    "REQUIRED",
    "DeclarationError",
    "Generator",
    "Kind",
    "Parameter",
    "generator",
    "names",
    "register",
    "restore",
    "snapshot",
]


class Kind(StrEnum):
    """What a parameter accepts, and the Python value that validation makes of it."""

    NUMBER = "number"  # float or int; with ``expression=True`` also an Expression
    INTEGER = "integer"  # int
    PROBABILITY = "probability"  # 0..1 or 5% -> float
    BOOLEAN = "boolean"  # bool
    TEXT = "text"  # str
    PATTERN = "pattern"  # str of #, ?, * and literals (backslash escapes)
    REGEX = "regular expression"  # str that `synthwb.scenario.regexes` reads without a flaw
    TEMPLATE = "template"  # Template
    EXPRESSION = "expression"  # Expression
    PATH = "path"  # str, a resolved path
    WEIGHTS = "weights"  # list, or value: weight -> tuple[tuple[value, Fraction], ...]
    FIELD = "field"  # Field
    FIELDS = "fields"  # tuple[Field, ...] in evaluation order, plus args["order"]: tuple[str, ...]
    QUANTITY = "quantity"  # a number or a Field of a numeric generator
    TIME = "time"  # event time, absolute or relative -> int microseconds since the epoch
    DURATION = "duration"  # int microseconds
    SLOPE = "slope"  # so much in so much time, signed: 120/min -> (float, int microseconds)
    ENUM = "enum"  # one of ``choices`` -> str
    TIME_FORMAT = "time format"  # iso, epoch_s, epoch_ms, epoch_us or a strftime pattern -> str
    CONSTANT = "constant"  # any YAML value -> Python value
    NUMBERS = "numbers"  # a list of numbers -> tuple of them
    TRANSITIONS = "transitions"  # value: weights -> tuple[tuple[value, what WEIGHTS gives], ...]
    BINS = "bins"  # low..high: weight, or a list of low..high -> tuple[tuple[low, high, Fraction], ...]
    PATHS = "paths"  # a path, or a list of them -> tuple[str, ...], resolved
    RECORDS = "records"  # mappings with the parameters in ``parts`` -> tuple[Mapping[str, Any], ...]
    COMPONENTS = "components"  # numeric fields with a weight beside -> tuple[Field, ...], and args["weights"]
    CONDITION = "condition"  # Expression that is true or false
    ARMS = "arms"  # a list of {when: condition, then: field}, at the end {else: field} -> tuple[Arm, ...]
    CASES = "cases"  # value: field -> tuple[Arm, ...]
    FILE = "file"  # the path of a CSV, JSON or Parquet file -> TableFile
    TABLE = "table"  # values or rows by key, or a list of rows -> Rows
    COLUMN = "column"  # the name of a column -> Word
    COLUMNS = "columns"  # one name, or a list of them -> tuple[Word, ...]
    METHOD = "method"  # the name of a method of Faker -> str
    ARGUMENTS = "arguments"  # the arguments of that method, by name -> mapping
    LOCALES = "locales"  # a locale, a list, or locale: weight -> tuple[tuple[str, Fraction], ...]


class _Required:
    """The default of a parameter that must be written."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = _Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. Limits are inclusive; ``above`` and ``below`` are exclusive. ``unit`` is shown after values.

    ``unit`` of a quantity may be ``s``: then durations may be written in it, and their values are seconds.
    ``measured``: in the unit of the generator's values, so that in a quantity of seconds it may be a duration.
    ``parts``: the parameters of each mapping of a list of records.
    """

    name: str
    kind: Kind
    doc: str
    default: Any = REQUIRED
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    choices: tuple[str, ...] = ()
    expression: bool = False
    measured: bool = False
    parts: tuple[Parameter, ...] = ()

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is REQUIRED


class Generator(ABC):
    """A generator of field values. A subclass is one entry of the registry; its docstring is its documentation.

    ``shorthand`` names the parameter that takes a value written without its name: ``{pattern: "A-##"}``. With
    ``whole`` that value may itself be a mapping (``{choice: {a: 1, b: 2}}``). A generator all of whose parameters are
    optional may be written as its bare name. ``alternatives`` lists groups of parameters of which exactly one must
    be written. ``distinct`` promises that no value comes twice (``uuid``, ``sequence``), so that ``unique`` is free.
    ``timed``: its values follow the time of the event, so that none can be drawn ahead. ``carried``: they follow from
    the events before.
    ``personal`` names the parameter that is the event's actor where nothing else is written and there is one.
    ``beside`` names the parameters that are written beside the generator's key, as ``{list: ..., length: 3}``.
    """

    name: ClassVar[str]
    family: ClassVar[str]
    parameters: ClassVar[tuple[Parameter, ...]] = ()
    shorthand: ClassVar[str | None] = None
    whole: ClassVar[bool] = False
    alternatives: ClassVar[tuple[tuple[str, ...], ...]] = ()
    carried: ClassVar[bool] = False
    distinct: ClassVar[bool] = False
    timed: ClassVar[bool] = False
    beside: ClassVar[tuple[str, ...]] = ()
    personal: ClassVar[str] = ""
    examples: ClassVar[tuple[str, ...]] = ()
    source: ClassVar[str] = ""

    def is_carried(self, args: Mapping[str, Any]) -> bool:
        """Whether a value follows from the events before: then `fact` and `memory` say how."""
        return self.carried

    def needs_actor(self, args: Mapping[str, Any]) -> bool:
        """Whether it makes sense only for events that have an actor."""
        return False

    def fact(self, call: Call) -> NDArray[Any]:
        """Of a carried one: what it remembers is left in the rows of the stream; one entry, as other rows have it."""
        raise NotImplementedError(f"{self.name} is not carried")

    def memory(self, call: Call, site: Site) -> Memory:
        """Of a carried one: what it remembers from event to event. `bind` finds it in the facts of the block."""
        raise NotImplementedError(f"{self.name} is not carried")

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Contradictions between valid arguments, as (parameter, message with the arithmetic)."""
        return ()

    def mismatches(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> Iterable[tuple[str, str]]:
        """Paths that lead to values of a type that does not fit, as (parameter, message)."""
        return ()

    def remarks(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What is allowed and may surprise, as (parameter, message): shown as warnings."""
        return ()

    def domain(self, args: Mapping[str, Any]) -> int | None:
        """How many distinct values there are, if they can be counted: what ``unique`` needs."""
        return None

    def nth(self, call: Call, site: Site) -> Callable[[Bits], Column]:
        """The values with these numbers in [0, domain), one to one: what ``unique`` walks through.

        Raises NotImplementedError where `domain` gives None.
        """
        raise NotImplementedError(f"{self.name} has no countable domain")

    def ranks(self, call: Call, size: int) -> Callable[[Bits], NDArray[np.uint32]]:
        """As a law of who is picked: 64 random bits per row to row numbers in [0, size), most frequent first.

        Raises NotImplementedError for a generator that is no rank law.
        """
        raise NotImplementedError(f"{self.name} is not a law of picks")

    @abstractmethod
    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The logical type of the values; ``dtype_of`` gives the type of a path that is read."""

    @abstractmethod
    def bind(self, call: Call, site: Site) -> Draw:
        """Compile this use of the generator: a function from a block of rows to a column."""


GeneratorClass = TypeVar("GeneratorClass", bound=type[Generator])

_REGISTRY: dict[str, Generator] = {}


class DeclarationError(ValueError):
    """A generator that is declared wrongly, in words for its author."""


def register(cls: GeneratorClass) -> GeneratorClass:
    """Class decorator: enter a generator under its name. The same class, written anew in a notebook, replaces itself.

    Raises DeclarationError if the name is taken, or if something is missing.
    """
    there = _REGISTRY.get(getattr(cls, "name", ""))
    if there is not None and (type(there).__module__, type(there).__qualname__) != (cls.__module__, cls.__qualname__):
        home = type(there).__module__
        kind = "a built-in one" if home.startswith("synthwb.") else f"one of {home.removeprefix('synthwb_plugin_')}"
        raise DeclarationError(f"there is a generator {cls.name!r} already, {kind}; choose another name")
    problem = next(flaws(cls), None)
    if problem is not None:
        raise DeclarationError(problem)
    _REGISTRY[cls.name] = made = cls()
    if not cls.__module__.startswith("synthwb."):
        from synthwb.generators.plugins import guard

        guard(made)
    return cls


def snapshot() -> Mapping[str, Generator]:
    """What is registered now."""
    return dict(_REGISTRY)


def restore(before: Mapping[str, Generator]) -> None:
    """Go back to what was registered then."""
    _REGISTRY.clear()
    _REGISTRY.update(before)


def generator(name: str) -> Generator | None:
    """The generator of this name, or None: one of ours, or else the method of Faker that is called so."""
    _load()
    found = _REGISTRY.get(name)
    if found is None:
        from synthwb.generators.fakers import faker_method

        return faker_method(name)
    return found


def names() -> tuple[str, ...]:
    """All names of ours, in order of declaration (family by family).

    `synthwb.generators.faker_index.methods` lists those of Faker.
    """
    _load()
    return tuple(_REGISTRY)


@cache
def _load() -> None:
    """Import the built-in families and put them in their order, whatever was imported singly before; then plug-ins."""
    from synthwb.generators import builtin

    families = [module.__name__ for module in vars(builtin).values() if isinstance(module, ModuleType)]
    known = sorted(_REGISTRY.items(), key=lambda item: _place(families, type(item[1]).__module__))
    restore(dict(known))
    from synthwb.generators.plugins import load_installed

    load_installed()


def _place(families: list[str], module: str) -> int:
    return families.index(module) if module in families else len(families)
