"""The README keeps its word: every block in it is parsed, run, and compared with what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

import synthwb

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


class Fence(NamedTuple):
    """A fenced block: its language, its text, the line it starts on."""

    language: str
    text: str
    line: int


def _fences(text: str) -> list[Fence]:
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Fence(each[1], each[2], text.count("\n", 0, each.start()) + 1) for each in found]


FENCES = _fences(README)


def _of(language: str) -> list[Fence]:
    return [fence for fence in FENCES if fence.language == language]


def _id(fence: Fence) -> str:
    return f"line-{fence.line}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which every YAML block of the README lies under the name in its first line."""
    for fence in _of("yaml"):
        name = fence.text.splitlines()[0].removeprefix("# ")
        assert re.fullmatch(r"\w+\.yaml", name), (
            f"README line {fence.line}: the first line of a scenario names its file"
        )
        (tmp_path / name).write_text(fence.text)
    return tmp_path


def _environment() -> dict[str, str]:
    scripts = sysconfig.get_path("scripts")
    return {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "100"}


def test_every_block_is_of_a_kind_that_is_tested() -> None:
    assert {fence.language for fence in FENCES} == {"sh", "yaml", "console", "python"}


@pytest.mark.parametrize("fence", _of("yaml"), ids=_id)
def test_scenarios_check_clean_and_run(fence: Fence) -> None:
    assert synthwb.check(fence.text) == ()
    assert sum(frame.height for frame in synthwb.preview(fence.text, 100).values()) == 100


@pytest.mark.parametrize("fence", _of("console"), ids=_id)
def test_commands_succeed_and_print_what_is_shown(fence: Fence, folder: Path) -> None:
    blocks = re.split(r"^\$ ", fence.text, flags=re.MULTILINE)[1:]
    assert blocks
    for block in blocks:
        command, _, shown = block.partition("\n")
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"$ {command}\n{done.stdout}{done.stderr}"
        if shown:
            assert done.stdout == shown, f"$ {command}"


@pytest.mark.parametrize("fence", _of("python"), ids=_id)
def test_python_runs(fence: Fence, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", fence.text], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_the_commands_for_setting_up_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    contributing = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"make ([a-z-]+)(?=[ `\n])", README + contributing))
    assert {"run", "test"} <= named <= targets
    extras = set(re.findall(r"'\.\[(\w+)\]'", README))
    assert extras == {"notebook", "dev"}


@pytest.mark.parametrize(
    "name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if "://" not in target:
            assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"


def test_the_first_scenario_is_five_lines() -> None:
    first = _of("yaml")[0].text.splitlines()
    assert len([line for line in first if not line.startswith("#")]) == 5
