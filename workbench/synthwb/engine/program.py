"""From fields to programs: a list of compiled steps that fills a block column by column.

Compiling probes: every step is run once on one row, so that the exact Polars type of each column is known before the
run, to the steps that read it and to the schema of the event.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl

from synthwb.engine.again import Recall
from synthwb.engine.bijection import permute
from synthwb.engine.block import Block, Draw, Number
from synthwb.engine.columns import Column
from synthwb.engine.draws import key_of
from synthwb.engine.history import History
from synthwb.engine.modifiers import modified, nothing_within
from synthwb.errors import PluginError, ScenarioError, SynthwbError
from synthwb.generators.registry import generator
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.model import Clock, DType, Expression, Field

__all__ = ["FieldSite", "Program", "Workplace", "logical_type"]


@dataclass(frozen=True, slots=True)
class Workplace:
    """What all fields of one event or entity type share while they are compiled.

    ``owner``: the name of the event or entity type, ``probe``: a block of one row that holds what was compiled so far.
    ``history`` finds the rows before a row, ``contexts`` makes what fills names that are no fields, and ``compiled``
    holds the fields so far, by local name, with what each of them reads.
    """

    seed: int
    owner: str
    locales: tuple[tuple[str, Fraction], ...]
    clock: Clock
    probe: Block
    history: History
    contexts: Callable[[set[str]], Callable[[Block], None]] = lambda names: lambda block: None
    compiled: dict[str, tuple[Draw, tuple[str, ...]]] = dataclasses.field(default_factory=dict)

    def local(self, path: str) -> str:
        """The name under which a field of this owner is read: its path without the owner."""
        return path.removeprefix(f"{self.owner}.")

    def compile(self, field: Field) -> Draw:
        """A field with its modifiers; the probe holds its column afterwards."""
        return FieldSite(self, field.path).field(field)

    def recall(self, field: Field) -> Recall:
        """How a field is made again for earlier rows: its inputs, and theirs, before it."""
        needed: dict[str, Draw] = {}
        outside: set[str] = set()

        def visit(names: Sequence[str]) -> None:
            for name in names:
                found = self.compiled.get(name)
                if found is None:
                    outside.add(name)
                elif name not in needed:
                    visit(found[1])
                    needed[name] = found[0]

        visit(field.reads)
        context = self.contexts(outside) if outside and field.modifiers.repeat else None

        def fill(block: Block) -> None:
            if context is not None:
                context(block)
            for name, draw in needed.items():
                block.columns[name] = draw(block)

        return Recall(self.history, fill, self.local(field.path))


class FieldSite:
    """Where one field stands. Implements `synthwb.engine.block.Site`."""

    def __init__(self, place: Workplace, path: str) -> None:
        self._place = place
        self.seed = place.seed
        self.path = path
        self.locales = place.locales
        self.clock = place.clock

    def key(self, aspect: str = "") -> int:
        """See `Site.key`."""
        return key_of(self.seed, self.path, aspect)

    def number(self, argument: float | Expression) -> Number:
        """See `Site.number`."""
        if not isinstance(argument, Expression):
            constant = float(argument)
            return lambda block: constant
        from synthwb.engine.expressions import compile_number

        with _pointing_at(argument, self.path):
            return compile_number(argument, self._schema())

    def expression(self, expression: Expression) -> Draw:
        """See `Site.expression`."""
        from synthwb.engine.expressions import compile_expression

        with _pointing_at(expression, self.path):
            return compile_expression(expression, self._schema())

    def field(self, nested: Field) -> Draw:
        """See `Site.field`."""
        site = FieldSite(self._place, nested.path)
        name, probe = self._place.local(nested.path), self._place.probe
        try:
            value = _value(nested, site)
            _check_bounds(nested, value)
            draw = modified(value, nested.modifiers, site, self._place.recall(nested))
            probe.columns[name] = draw(probe)
        except PluginError as error:
            problem = Diagnostic(Severity.ERROR, "plug-in", str(error), nested.call.span, nested.path)
            raise ScenarioError([problem]) from error
        self._place.compiled[name] = (draw, nested.reads)
        return draw

    def dtype(self, draw: Draw) -> pl.DataType:
        """See `Site.dtype`."""
        return draw(self._place.probe).dtype

    def dtype_of(self, path: str) -> DType:
        """See `Site.dtype_of`."""
        found = self._place.probe.columns.get(path)
        return DType.UNKNOWN if found is None else logical_type(found.dtype)

    def _schema(self) -> Mapping[str, pl.DataType]:
        return {name: column.dtype for name, column in self._place.probe.columns.items()}


@contextmanager
def _pointing_at(expression: Expression, path: str) -> Iterator[None]:
    """Turn what the types of an expression forbid into a diagnostic at its place in the document."""
    from synthwb.engine.expressions import ExpressionError

    try:
        yield
    except ExpressionError as error:
        raise ScenarioError([Diagnostic(Severity.ERROR, "expression", str(error), expression.span, path)]) from error


def _check_bounds(field: Field, value: Draw) -> None:
    """Raise ScenarioError for values that are drawn again until they lie where none ever does."""
    found = generator(field.call.generator)
    if field.modifiers.bounds != "redraw" or field.reads or found is None or found.timed:
        return
    if nothing_within(value, field.modifiers):
        message = f"no value of {found.name} lies within min and max, so drawing again never ends"
        problem = Diagnostic(Severity.ERROR, "contradiction", message, field.span, field.path, "widen them")
        raise ScenarioError([problem])


def _value(field: Field, site: FieldSite) -> Draw:
    """The generator's own values, without modifiers."""
    found = generator(field.call.generator)
    if found is None:
        raise LookupError(f"no generator is called {field.call.generator!r}")
    if field.modifiers.unique and not found.distinct:
        return _distinct(field, site)
    return found.bind(field.call, site)


def _distinct(field: Field, site: FieldSite) -> Draw:
    """A different value for every row: a permutation of the generator's domain, walked by the row's number."""
    call = field.call
    found = generator(call.generator)
    size = None if found is None else found.domain(call.args)
    if found is None or size is None:
        raise SynthwbError(f"{field.path}: {call.generator} has no countable domain, so it cannot be unique")
    value = found.nth(call, site)
    key = site.key("unique")
    count = size

    def draw(block: Block) -> Column:
        if len(block) and int(block.ordinal.max()) >= count:
            raise SynthwbError(
                f"{field.path} is unique but {call.generator} has only {count:,} values, and more rows than that are"
                " wanted; widen it, or set limit: {events: ...}"
            )
        return value(permute(block.ordinal.astype(np.uint64), count, key))

    return draw


@dataclass(frozen=True, slots=True)
class Program:
    """The compiled fields of one event or entity type, in evaluation order, under their local names."""

    steps: tuple[tuple[str, Draw], ...]
    reads: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)

    def needed(self, names: Iterable[str]) -> Program:
        """The steps without which the columns of these names cannot be made."""
        wanted = {name.partition(".")[0] for name in names}
        kept: list[tuple[str, Draw]] = []
        for name, draw in reversed(self.steps):
            if name in wanted:
                kept.insert(0, (name, draw))
                wanted |= {read.partition(".")[0] for read in self.reads.get(name, ())}
        return Program(tuple(kept), self.reads)

    def run(self, block: Block) -> None:
        """Fill the block's columns."""
        for name, draw in self.steps:
            block.columns[name] = draw(block)

    @staticmethod
    def compile(place: Workplace, fields: Sequence[Field], make: Callable[[Field], Draw] | None = None) -> Program:
        """Compile fields that stand in evaluation order. Raises ScenarioError with the problems of all of them.

        ``make`` compiles one field (without: the place does).
        """
        make = make or place.compile
        steps: list[tuple[str, Draw]] = []
        problems: list[Diagnostic] = []
        broken: set[str] = set()
        for field in fields:
            if broken & {name.split(".")[0] for name in field.reads}:
                broken.add(field.name)  # what it reads has a problem already
                continue
            try:
                steps.append((field.name, make(field)))
            except ScenarioError as error:
                problems.extend(error.diagnostics)
                broken.add(field.name)
        if problems:
            raise ScenarioError(problems)
        reads = {name: place.compiled[name][1] for name, _ in steps}
        return Program(tuple(steps), reads)


def logical_type(dtype: pl.DataType) -> DType:
    """The logical type that a Polars dtype stands for."""
    if dtype.is_integer():
        return DType.INTEGER
    if dtype.is_float():
        return DType.FLOAT
    if dtype.is_decimal():
        return DType.DECIMAL
    simple: dict[type[pl.DataType], DType] = {
        pl.String: DType.STRING,
        pl.Boolean: DType.BOOLEAN,
        pl.Datetime: DType.TIMESTAMP,
        pl.Struct: DType.OBJECT,
        pl.List: DType.LIST,
        pl.Null: DType.NULL,
    }
    return simple.get(dtype.base_type(), DType.UNKNOWN)
