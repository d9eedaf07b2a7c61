"""A scenario that uses most of the language: it checks clean, and runs to files that tell what it says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import kafka_driver
import pytest
from http_driver import HttpServer

import synthwb
from synthwb.cli import main

SCENARIO = Path(__file__).parents[1] / "scenarios" / "shop-week.yaml"
COUNT = 20_000
WAYS = {"landing": {"browse"}, "browse": {"browse", "cart"}, "cart": {"browse"}}
"""Which page leads to which."""


class Done(NamedTuple):
    """What a run left: its exit code, the lines of its files, and its answers."""

    code: int
    views: list[str]
    orders: list[str]
    truth: list[dict[str, Any]]


def _run(folder: Path, *more: str) -> Done:
    (folder / "out").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        code = main(["run", str(SCENARIO), "--count", str(COUNT), "--rate", "max", "--to", "@file", *more])
    names = ("page_viewed", "order_placed", "truth")
    views, orders, truth = ((folder / "out" / f"{name}.jsonl").read_text("utf-8").splitlines() for name in names)
    return Done(code, views, orders, [json.loads(line) for line in truth])


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The scenario, run once to its own sinks."""
    return _run(tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """The same without what goes wrong on the way."""
    return _run(tmp_path_factory.mktemp("clean"), "--set", "imperfections=[]")


def _read(lines: Sequence[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def _whole(lines: Sequence[str]) -> list[dict[str, Any]]:
    """The records of the lines that can be read."""
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def test_it_checks_clean() -> None:
    assert synthwb.check(SCENARIO.read_text(encoding="utf-8")) == ()


def test_it_runs_to_its_files_and_its_checks_hold(clean: Done) -> None:
    assert clean.code == 0
    assert len(clean.views) + len(clean.orders) == COUNT
    assert 0.02 < len(clean.orders) / COUNT < 0.06
    assert [sorted(line) for line in clean.truth] == [
        ["faker", "fields", "layers", "plan", "scenario", "seed", "synthwb"]
    ]


def test_records_are_wrapped_as_the_sink_says(clean: Done) -> None:
    views, orders = _read(clean.views), _read(clean.orders)
    assert {record["specversion"] for record in (*views, *orders)} == {"1.0"}
    assert {record["type"] for record in views} == {"page_viewed"}
    assert {record["dataschema"] for record in orders} == {"urn:synthwb:order_placed:2"}
    assert all(record["subject"] == record["data"]["user_id"] for record in (*views, *orders))
    assert len({record["id"] for record in (*views, *orders)}) == COUNT


def test_sessions_go_where_the_flow_leads(clean: Done) -> None:
    walks: dict[str, list[str]] = {}
    users: dict[str, set[str]] = {}
    for record in _read(clean.views):
        data = record["data"]
        walks.setdefault(data["session_id"], []).append(data["page"])
        users.setdefault(data["session_id"], set()).add(data["user_id"])
    assert len(walks) > 5_000
    assert {walk[0] for walk in walks.values()} == {"landing"}
    assert all(page in WAYS[before] for walk in walks.values() for before, page in pairwise(walk))
    assert {len(each) for each in users.values()} == {1}


def test_who_orders_has_filled_a_cart_before(clean: Done) -> None:
    carts: dict[str, list[str]] = {}
    for record in _read(clean.views):
        if record["data"]["page"] == "cart":
            carts.setdefault(record["data"]["user_id"], []).append(record["time"])
    for record in _read(clean.orders):
        assert any(time < record["time"] for time in carts[record["data"]["user_id"]])


def test_a_check_finds_the_orders_that_came_twice(dirty: Done) -> None:
    assert dirty.code == 3
    ids = Counter(record["data"]["order_id"] for record in _whole(dirty.orders) if "data" in record)
    assert max(ids.values()) == 2


def test_what_went_wrong_is_in_the_truth(clean: Done, dirty: Done) -> None:
    done = Counter(line["kind"] for line in dirty.truth[1:])
    assert set(done) == {"late", "duplicate", "missing", "corrupt"}
    assert len(dirty.views) + len(dirty.orders) == COUNT + done["duplicate"]
    for kind, share in {"late": 0.05, "duplicate": 0.02, "corrupt": 0.002}.items():
        expected = share * COUNT
        assert abs(done[kind] - expected) < 4 * expected**0.5
    broken = sum(line.get("how") == "truncate" for line in dirty.truth[1:])
    assert len(dirty.views) + len(dirty.orders) - len(_whole((*dirty.views, *dirty.orders))) == broken > 0
    ids = {record["id"] for record in _read((*clean.views, *clean.orders))}
    assert {line["id"] for line in dirty.truth[1:]} <= ids


def test_all_its_sinks_at_once_each_with_its_own_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("API_TOKEN", "s3cret")
    with HttpServer(tmp_path) as server, kafka_driver.tansu() as broker:
        changes = {"sinks.1.http.url": server.url, "sinks.2.kafka.bootstrap": broker.address, "imperfections": "[]"}
        words = [word for path, value in changes.items() for word in ("--set", f"{path}={value}")]
        code = main(["run", str(SCENARIO), "--count", "4000", "--rate", "max", *words])
        messages = kafka_driver.messages(broker.address, "shop.order_placed")
        taken, asked = server.taken(), server.requests()
    assert code == 0
    names = ("page_viewed", "order_placed")
    views, orders = ((tmp_path / "out" / f"{name}.jsonl").read_text().splitlines() for name in names)
    assert len(views) + len(orders) == 4000
    written = {json.loads(line)["id"] for line in (*views, *orders)}
    assert set(taken) == written
    assert set(taken.values()) == {1}
    assert {request.headers["Authorization"] for request in asked} == {"Bearer s3cret"}
    assert {json.loads(message.value())["id"] for message in messages} == {json.loads(line)["id"] for line in orders}
    assert len({message.key() for message in messages}) > 1
