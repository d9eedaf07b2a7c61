"""Reading a scenario without expressions is quick because it loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("numpy", "polars", "faker", "sqlglot", "ruamel.yaml", "textual", "rich")


@pytest.mark.parametrize(
    "code",
    [
        "import synthwb.scenario",
        "from synthwb.scenario import parse; assert parse('events: {e: {fields: {a: uuid, b: event.time}}}').scenario",
        "from synthwb.scenario import parse; assert not parse('events: {e: {fields: {a: uudi}}}').scenario",
        "from synthwb.scenario import presets, set_value; set_value(presets()[0].text, 'seed', 7)",
    ],
)
def test_nothing_heavy_is_imported(code: str) -> None:
    check = f"import sys; {code}; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_expressions_load_the_parser_and_not_the_engine() -> None:
    code = "from synthwb.scenario import preset, parse; assert parse(preset('web-shop').text).scenario"
    check = f"import sys; {code}; print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['sqlglot']"
