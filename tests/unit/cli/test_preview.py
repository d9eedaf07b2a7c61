"""The table that ``preview`` shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from synthwb.commands.preview import table
from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

Call = Callable[..., Any]
WIDE = "events: {a: {fields: {n: sequence, long: {const: '%s'}, ok: {const: true}, end: uuid}}}"


def test_nulls_and_absent_keys_can_be_told_apart(call: Call, shop: Path) -> None:
    text = call("preview", shop, "-n", 60).out
    viewed, ordered = text.split("\n\n")
    assert viewed.splitlines()[0].startswith("viewed  ")
    assert viewed.splitlines()[1].split() == ["time", "n", "page", "note"]
    assert {line.split()[-1] for line in viewed.splitlines()[2:]} == {"é", "·"}
    assert "null" in {line.split()[-1] for line in ordered.splitlines()[2:]}


def test_a_narrow_terminal_names_what_does_not_fit() -> None:
    part = sample(compile_plan(loads(WIDE % ("x" * 50))), 3).parts[0]
    lines = table(part, 80).splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[-1] == "and 1 more: end"
    assert "x" * 35 + "…" in lines[1]
    assert "and " not in table(part, None)
    assert table(part, 5).splitlines()[-1].startswith("and 4 more")


def test_control_characters_are_not_shown_as_they_are() -> None:
    part = sample(compile_plan(loads('events: {a: {fields: {esc: {const: "\\e[31mred"}}}}')), 1).parts[0]
    assert "\x1b" not in table(part, None)
    assert "[31mred" in table(part, None)


def test_nested_values_are_shown_as_json() -> None:
    text = "events: {a: {fields: {o: {object: {x: {const: 1}}}, l: {list: {choice: [é]}, length: 2}}}}"
    part = sample(compile_plan(loads(text)), 1).parts[0]
    assert table(part, None).splitlines()[1].split()[2:] == ['{"x":1}', '["é","é"]']
