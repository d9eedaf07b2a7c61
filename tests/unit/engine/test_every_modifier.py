"""Every modifier with every generator: it is refused in words, or it gives events in every format."""

from __future__ import annotations

import pytest

from synthwb.encode import ENCODERS, encoder
from synthwb.engine import compile_plan, sample
from synthwb.errors import SynthwbError
from synthwb.generators.registry import generator, names
from synthwb.scenario import parse

MODIFIERS = (
    *("unique: true", "min: 1, max: 5", "min: 1, max: 5, bounds: redraw", "round: 1", "case: upper"),
    *("as: string", "as: integer", "as: float", "as: boolean", "as: decimal", "as: {decimal: 3}"),
    *("when: event.ordinal > 3", "missing: 30%", "nullable: 30%", "hidden: true", "doc: a word"),
    *("repeat: 30%", "cardinality: 2", "cardinality: {size: 2, pick: {zipf: {exponent: 1.2}}}"),
    "repeat: 20%, nullable: 20%, missing: 20%, when: event.ordinal > 3",
)


@pytest.mark.parametrize("name", names())
def test_every_modifier(name: str) -> None:
    found = generator(name)
    assert found is not None
    example = found.examples[0]
    field = example if example.startswith("{") else f"{{{'path: ' + example if '.' in example else example + ': '}}}"
    worked = 0
    for modifier in MODIFIERS:
        text = f"events:\n  e:\n    fields:\n      k: uuid\n      x: {field[:-1]}, {modifier}}}\n"
        scenario = parse(text).scenario
        if scenario is None:
            continue
        try:
            plan = compile_plan(scenario)
            batch = sample(plan, 60)
        except SynthwbError:  # too few values for unique or for a fixed set
            continue
        for form in ENCODERS.keys() - {"template"}:  # whose lines say what is in them
            (payload,) = encoder(form, scenario.envelope, plan.schemas).encode(batch)
            assert payload.count == 60
        worked += 1
    assert worked >= 6, "presence, doc and hidden fit every generator"
