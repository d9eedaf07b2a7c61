"""Every entry of the registry: documented, exampled, and its examples run from document to column."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from generator_driver import BareSite, named

from synthwb.engine import compile_plan, sample
from synthwb.engine.program import logical_type
from synthwb.generators import names
from synthwb.generators.registry import Generator, Kind, register
from synthwb.scenario import parse
from synthwb.scenario.model import DType, Field, Scenario

EXAMPLES = [(name, example) for name in names() for example in named(name).examples]
ROWS = 200


def scenario_of(example: str) -> Scenario:
    people = "entities: {user: {count: 9, fields: {id: uuid}}}"
    parsed = parse(f"seed: 7\n{people}\nevents:\n  e:\n    actor: user\n    fields:\n      x: {example}\n")
    assert [diagnostic.render() for diagnostic in parsed.diagnostics] == []
    assert parsed.scenario is not None
    return parsed.scenario


def field_of(example: str) -> Field:
    (field,) = scenario_of(example).events["e"].fields
    return field


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_examples_parse_compile_and_draw(name: str, example: str) -> None:
    scenario = scenario_of(example)
    field = scenario.events["e"].fields[0]
    assert field.call.generator == name, "the example shows another generator"
    batch = sample(compile_plan(scenario), ROWS)
    (part,) = batch.parts
    series = part.columns["x"].series()
    assert len(series) == ROWS
    assert field.dtype in (logical_type(series.dtype), DType.UNKNOWN)
    assert series.dtype == part.schema.fields["x"]


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_what_can_be_counted_can_be_numbered_one_to_one(name: str, example: str) -> None:
    field = field_of(example)
    size = named(name).domain(field.call.args)
    if size is None or named(name).distinct:
        return  # unique by itself, or refused beside `unique`
    checked = min(size, 5000)
    numbers = np.unique(np.linspace(0, size - 1, checked).astype(np.uint64))
    values = named(name).nth(field.call, BareSite(1, "e.x", {}))(numbers).series()
    assert len(values) == len(numbers)
    assert values.n_unique() == len(numbers)


@pytest.mark.parametrize("name", names())
def test_entries_are_documented(name: str) -> None:
    found = named(name)
    assert found.name == name
    assert found.family
    assert found.examples, "a generator without an example"
    assert found.__doc__
    assert found.__doc__ != Generator.__doc__
    for parameter in found.parameters:
        assert parameter.doc
        assert parameter.doc.endswith(".")
        assert not (parameter.expression and parameter.kind is Kind.WEIGHTS)
    known = {parameter.name for parameter in found.parameters}
    assert found.shorthand in known | {None}
    assert {name for group in found.alternatives for name in group} <= known


def test_a_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="there is a generator 'uuid' already, a built-in one; choose another name"):

        @register
        class Second(type(named("uuid"))):  # type: ignore[misc]
            name = "uuid"


def test_declaring_loads_no_heavy_library() -> None:
    program = (
        "import sys; from synthwb.generators import names; assert len(names()) > 20;"
        "print([m for m in ('numpy', 'polars', 'faker', 'sqlglot', 'textual') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
