"""What is loaded when: a quick start is a promise, and one careless import breaks it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("polars", "numpy", "textual", "ipywidgets", "anywidget", "faker", "duckdb", "sqlglot")
SCENARIO_WITHOUT_EXPRESSIONS = "events: {page_viewed: {fields: {user_id: uuid, pages: {integer: {min: 1, max: 9}}}}}"


def _loaded(code: str, *arguments: str) -> set[str]:
    """Top-level names of the modules that are loaded after this code has run in a fresh interpreter."""
    script = f"import atexit, sys\natexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )
    assert done.returncode == 0, done.stderr
    line = next(line for line in reversed(done.stderr.splitlines()) if line.startswith("LOADED"))
    return {name.partition(".")[0] for name in line.split()[1:]}


def _command(*arguments: str) -> set[str]:
    return _loaded("import sys; from synthwb.cli import main; sys.exit(main())", *arguments)


def test_importing_synthwb_loads_no_library() -> None:
    loaded = _loaded("import synthwb; synthwb.__version__")
    assert "synthwb" in loaded
    assert not loaded & {*HEAVY, "rich", "typer", "yaml", "ruamel"}


def test_every_generator_is_known_without_an_engine() -> None:
    loaded = _loaded("from synthwb.generators.registry import names; assert 'uuid' in names()")
    assert not loaded & {"polars", "numpy", "textual", "faker"}


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("run", "--help"), ("presets",)])
def test_help_is_quick(arguments: tuple[str, ...]) -> None:
    assert not _command(*arguments) & set(HEAVY)


def test_check_needs_no_engine(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO_WITHOUT_EXPRESSIONS)
    assert not _command("check", str(path)) & set(HEAVY)


def test_running_needs_no_screen(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text(SCENARIO_WITHOUT_EXPRESSIONS)
    loaded = _command("run", str(path), "--count", "3", "--to", str(tmp_path / "out.jsonl"))
    assert {"polars", "numpy"} <= loaded
    assert not loaded & {"textual", "ipywidgets", "anywidget"}
