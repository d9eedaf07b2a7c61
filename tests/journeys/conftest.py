"""Screens stand still while they are compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from workbench_driver import WorkbenchDriver

GOLDENS = Path(__file__).parents[1] / "golden" / "screens"


@pytest.fixture(autouse=True)
def no_animations(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation, and the environment's own wishes for colours and characters left out."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("SYNTHWB_ASCII", raising=False)


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> object:
    def compare(wb: WorkbenchDriver, name: str) -> None:
        path = GOLDENS / f"{name}.txt"
        screen = wb.text + "\n"
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(screen, encoding="utf-8")
        assert screen == path.read_text(encoding="utf-8"), f"{path.name} differs; look, then --update-goldens"

    return compare
