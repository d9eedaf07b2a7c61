"""A scenario that uses most of the language: it checks clean, and runs to files that tell what it says."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import synthwb
from synthwb.cli import main

SCENARIO = Path(__file__).parents[1] / "scenarios" / "shop-week.yaml"
COUNT = 20_000
WAYS = {"landing": {"browse"}, "browse": {"browse", "cart"}, "cart": {"browse"}}
"""Which page leads to which."""


class Done(NamedTuple):
    """What a run left: its exit code and the records of its files."""

    code: int
    views: list[dict[str, Any]]
    orders: list[dict[str, Any]]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The scenario, run once to its own sinks."""
    folder = tmp_path_factory.mktemp("shop-week")
    (folder / "out").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code = main(["run", str(SCENARIO), "--count", str(COUNT), "--rate", "max"])
    views, orders = (
        [json.loads(line) for line in (folder / "out" / f"{event}.jsonl").read_text(encoding="utf-8").splitlines()]
        for event in ("page_viewed", "order_placed")
    )
    return Done(code, views, orders)


def test_it_checks_clean() -> None:
    assert synthwb.check(SCENARIO.read_text(encoding="utf-8")) == ()


def test_it_runs_to_its_files_and_its_checks_hold(done: Done) -> None:
    assert done.code == 0
    assert len(done.views) + len(done.orders) == COUNT
    assert 0.02 < len(done.orders) / COUNT < 0.06


def test_records_are_wrapped_as_the_sink_says(done: Done) -> None:
    assert {record["specversion"] for record in (*done.views, *done.orders)} == {"1.0"}
    assert {record["type"] for record in done.views} == {"page_viewed"}
    assert {record["dataschema"] for record in done.orders} == {"urn:synthwb:order_placed:2"}
    assert all(record["subject"] == record["data"]["user_id"] for record in (*done.views, *done.orders))
    assert len({record["id"] for record in (*done.views, *done.orders)}) == COUNT


def test_sessions_go_where_the_flow_leads(done: Done) -> None:
    walks: dict[str, list[str]] = {}
    users: dict[str, set[str]] = {}
    for record in done.views:
        data = record["data"]
        walks.setdefault(data["session_id"], []).append(data["page"])
        users.setdefault(data["session_id"], set()).add(data["user_id"])
    assert len(walks) > 5_000
    assert {walk[0] for walk in walks.values()} == {"landing"}
    assert all(page in WAYS[before] for walk in walks.values() for before, page in pairwise(walk))
    assert {len(each) for each in users.values()} == {1}


def test_who_orders_has_filled_a_cart_before(done: Done) -> None:
    carts: dict[str, list[str]] = {}
    for record in done.views:
        if record["data"]["page"] == "cart":
            carts.setdefault(record["data"]["user_id"], []).append(record["time"])
    for record in done.orders:
        assert any(time < record["time"] for time in carts[record["data"]["user_id"]])
