"""The command line called as a function: exit code, what it printed, what it said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthwb.cli import main

SHOP = """\
name: small-shop
seed: 7
events:
  viewed:
    fields: {n: sequence, page: {choice: [home, cart]}, note: {const: "é", missing: 50%}}
  ordered:
    version: 2
    fields: {order_id: uuid, qty: {integer: {min: 1, max: 9}, nullable: 30%}}
arrivals: {viewed: 3/s, ordered: 1/s}
"""


@dataclass(frozen=True)
class Outcome:
    """What a call left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """``call("run", "web-shop")``: stdout and stderr are captured as the process would write them."""

    def run(*words: object) -> Outcome:
        code = main([str(word) for word in words])
        out, err = capfd.readouterr()
        return Outcome(code, out, err)

    return run


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small scenario of two event types, without pacing."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path
