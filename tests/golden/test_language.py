"""The exact words of every diagnostic, for a folder of wrong scenarios.

To accept a change that is meant: ``SYNTHWB_GOLDEN=write pytest tests/golden`` and look at the diff.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from synthwb.scenario import Diagnostic, parse

WRONG = sorted((Path(__file__).parent / "language").glob("*.yaml"))


def _shown(problem: Diagnostic, text: str) -> str:
    """A diagnostic with what it underlines and what its mend would write."""
    marked = text[problem.span.start : problem.span.end]
    lines = [problem.render("scenario.yaml"), f"    marks {marked!r}"]
    if problem.edit is not None:
        old = text[problem.edit.start : problem.edit.end]
        lines.append(f"    mends {old!r} to {problem.edit.new!r}: {problem.edit.title}")
    return "\n".join(lines)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_the_words_of(path: Path) -> None:
    text = path.read_text("utf-8")
    shown = "\n".join(_shown(problem, text) for problem in parse(text).diagnostics) + "\n"
    expected = path.with_suffix(".txt")
    if os.environ.get("SYNTHWB_GOLDEN") == "write":
        expected.write_text(shown, "utf-8")
    assert shown == expected.read_text("utf-8")


def test_every_wrong_scenario_is_refused() -> None:
    assert len(WRONG) > 20
    assert all(parse(path.read_text("utf-8")).scenario is None for path in WRONG)
