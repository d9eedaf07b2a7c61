"""The type that the language infers is the type that the engine makes, and what it accepts compiles."""

from __future__ import annotations

import random

import pytest
from random_expressions import expression

from synthwb.engine.plan import compile_plan
from synthwb.engine.program import logical_type
from synthwb.generators.registry import generator, names
from synthwb.scenario import parse
from synthwb.scenario.model import DType

FIELDS = """
events:
  e:
    fields:
      i: {integer: {min: -3, max: 9}}
      f: {normal: {mean: 0, std: 1}}
      d: {normal: {mean: 0, std: 1}, round: 2, as: decimal}
      s: {choice: [a, "12", "2026-01-01", ""]}
      b: {bernoulli: 50%}
"""

LEAVES = (
    *("i", "f", "d", "s", "b", "event.time", "event.ordinal", "event.name"),
    *("1", "2.5", "'x'", "true", "null", "-3", "0"),
)


@pytest.mark.parametrize("seed", range(4))
def test_inferred_types_are_those_of_the_engine(seed: int) -> None:
    random_ = random.Random(seed)
    fitting = []
    for text in (expression(random_, 1 + number % 3, LEAVES) for number in range(250)):
        parsed = parse(f'{FIELDS}      x: {{expr: "{text}"}}\n')
        assert {problem.code for problem in parsed.diagnostics} <= {"type"}, (text, parsed.diagnostics)
        if parsed.scenario is not None:
            fitting.append(text)
    assert 40 < len(fitting) < 240
    document = FIELDS + "".join(f'      x{number}: {{expr: "{text}"}}\n' for number, text in enumerate(fitting))
    scenario = parse(document).scenario
    assert scenario is not None
    made = compile_plan(scenario).schemas["e"].fields
    for field in scenario.events["e"].fields:
        text = fitting[int(field.name[1:])] if field.name[1:] else field.name
        assert logical_type(made[field.name]) is field.dtype, text


def test_examples_of_generators_compile_to_their_types() -> None:
    for name in names():
        found = generator(name)
        assert found is not None
        for example in found.examples:
            people = "entities: {u: {count: 2, fields: {n: {sequence: {}}}}}\n"
            parsed = parse(f"{people}events:\n  e:\n    actor: u\n    fields:\n      x: {example}\n")
            assert parsed.diagnostics == (), (example, parsed.diagnostics)
            assert parsed.scenario is not None
            (field,) = parsed.scenario.events["e"].fields
            assert field.dtype is not DType.UNKNOWN, example
            made = compile_plan(parsed.scenario).schemas["e"].fields["x"]
            assert logical_type(made) is field.dtype, example
