"""Screens stand still while they are compared."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def no_animations(monkeypatch: pytest.MonkeyPatch) -> None:
    """No animation, and the environment's own wishes for colours and characters left out."""
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.delenv("SYNTHWB_ASCII", raising=False)
