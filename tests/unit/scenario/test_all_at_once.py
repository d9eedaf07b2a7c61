"""Every problem is reported at once: a mistake never hides another that has nothing to do with it."""

from __future__ import annotations

from collections import Counter

import pytest

from synthwb.scenario import parse

FIELDS = {
    "an unknown generator": "@: lognormall",
    "an unknown parameter": "@: {normal: {maen: 3}}",
    "an unknown modifier": "@: {uniform: {}, misssing: 5%}",
    "a wrong type": "@: {integer: {min: ten, max: 20}}",
    "bounds that cross": "@: {integer: {min: 9, max: 3}}",
    "weights of nothing": "@: {choice: {a: 0, b: 0}}",
    "a cycle": '@: {expr: "@@ + 1"}, @@: {expr: "@ + 1"}',
    "a field that reads itself": '@: {template: "{@}"}',
    "an unknown name": '@: {expr: "nothing + 1"}',
    "types that do not fit": "@: {expr: \"1 + 'a'\"}",
    "half an expression": '@: {expr: "1 +"}',
    "an aggregate": '@: {expr: "sum(k)"}',
    "no probability": "@: {const: 1, missing: 120%}",
    "case of a number": "@: {const: 1, case: lower}",
    "unique without end": "@: {normal: {}, unique: true}",
    "a path to nowhere": "@: actor.shoe_size",
    "a template of nobody": '@: {template: "{nobody}"}',
    "two generators": "@: {uuid: {}, sequence: {}}",
    "a duplicate key": "@: uuid, @: url",
    "a mistake in an object": "@: {object: {a: lognormall}}",
    "a mistake in a list": "@: {list: lognormall, length: 2}",
    "a collision with the envelope": "time: uuid",
}
BLOCKS = {
    "an unknown block": "arivals: {e: 5/s}",
    "a rate below nothing": "arrivals: {e: -5/s}",
    "a flow without an end": "flows: {v: {actor: user, states: {s: {emit: e, dwell: 1s, next: s}}}}",
    "a limit of nothing": "limit: {events: 0}",
    "no seed": "seed: often",
    "no locale": "locale: xx_YY",
    "a clock that ends first": "clock: {start: 2026-01-02, end: 2026-01-01}",
    "no pace": "pacing: soon",
    "a sink without a format": "sinks: [{file: {path: a.xlsx}}]",
    "parameters in a circle": "params: {x: '${params.x}'}",
    "a version to come": "synthwb: 99",
    "an unknown key": "x-ok: 1\nevnts: {}",
}


ALL = (*FIELDS, *BLOCKS)


def _codes(*names: str) -> Counter[str]:
    """What is said about a sound scenario with these mistakes in it; ``@`` stands for a field's own name."""
    fields = [FIELDS[name].replace("@", f"f{ALL.index(name)}_") for name in names if name in FIELDS]
    blocks = [BLOCKS[name] for name in names if name in BLOCKS]
    event = f"events: {{e: {{actor: user, fields: {{{', '.join(['k: uuid', *fields])}}}}}}}"
    text = "\n".join(["entities: {user: {count: 5, fields: {k: uuid}}}", *blocks, event])
    return Counter(problem.code for problem in parse(text).diagnostics)


ALONE = {name: _codes(name) for name in ALL}


@pytest.mark.parametrize("name", ALL)
def test_alone_it_is_one_problem(name: str) -> None:
    assert ALONE[name].total() == 1


@pytest.mark.parametrize("first", ALL)
def test_beside_any_other_both_are_said(first: str) -> None:
    for second in ALL:
        if second != first:
            assert _codes(first, second) == ALONE[first] + ALONE[second], second


def test_all_of_them_are_said_together() -> None:
    assert _codes(*ALL) == sum(ALONE.values(), Counter())
