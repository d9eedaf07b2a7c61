"""docs/behaviour.md keeps its word: its scenarios run, and its programs print what it shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import synthwb

PAGE = (Path(__file__).parents[2] / "docs" / "behaviour.md").read_text(encoding="utf-8")
SCENARIOS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n\n```text\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def _name(text: str) -> str:
    return text.splitlines()[0].removeprefix("# ")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder in which every scenario of the page lies under the name in its first line."""
    for text in SCENARIOS:
        (tmp_path / _name(text)).write_text(text, encoding="utf-8")
    return tmp_path


def test_every_block_is_tested() -> None:
    assert len(re.findall(r"^```\w+$", PAGE, re.MULTILINE)) == len(SCENARIOS) + 2 * len(PROGRAMS)
    assert len(SCENARIOS) == len(PROGRAMS) == 2


@pytest.mark.parametrize("text", SCENARIOS, ids=_name)
def test_scenarios_check_clean_and_run(text: str) -> None:
    assert synthwb.check(text) == ()
    scenario = synthwb.loads(text)
    assert set(synthwb.preview(scenario, 2000)) == set(scenario.events)


@pytest.mark.parametrize(("program", "shown"), PROGRAMS, ids=["funnel", "credit"])
def test_programs_print_what_is_shown(program: str, shown: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout == shown


def test_the_funnel_is_what_the_weights_foretell() -> None:
    """60% of those who land, a half of these, and p of these, where p = 0.5 + 0.3 * 0.5 * p."""
    shown = [int(number) for number in re.findall(r"\d+$", PROGRAMS[0][1], re.MULTILINE)]
    for before, after, share in zip(shown, shown[1:], (0.6, 0.5, 0.5 / 0.85), strict=False):
        assert abs(after - share * before) < 4 * (share * (1 - share) * before) ** 0.5
