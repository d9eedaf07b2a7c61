"""The running preview to every target, from the terminal: a few keys and the address that is typed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import kafka_driver
import pytest
from http_driver import HttpServer
from textual.widgets import Input, Static
from workbench_driver import opened

from synthwb.runtime import State
from synthwb.tui.paper import Paper

MOST_KEYS = 12
EVENTS = 10_000
PAPER = Paper(
    "till.yaml",
    "synthwb: 1\nname: till\nevents:\n  sale: {fields: {total: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}\n"
    "arrivals: {sale: 20/s}\npacing: 50/s\n",
)

Place = tuple[str, Callable[[], int]]
"""What is typed, and how many different events have arrived there."""


def _file(stack: ExitStack, folder: Path) -> Place:
    path = folder / "{event}.jsonl"
    return str(path), lambda: len(_ids((folder / "sale.jsonl").read_text().splitlines()))


def _table(stack: ExitStack, folder: Path) -> Place:
    import polars as pl

    path = folder / "sales.parquet"
    return str(path), lambda: pl.read_parquet(path)["id"].n_unique()


def _web(stack: ExitStack, folder: Path) -> Place:
    server = stack.enter_context(HttpServer(folder))
    return server.url, lambda: len(server.taken())


def _broker(stack: ExitStack, folder: Path) -> Place:
    broker = stack.enter_context(kafka_driver.tansu())
    address = broker.address
    return f"kafka://{address}/sales", lambda: len(
        _ids([message.value() for message in kafka_driver.messages(address, "sales")])
    )


def _database(stack: ExitStack, folder: Path) -> Place:
    path = folder / "till.db"

    def count() -> int:
        with sqlite3.connect(path) as known:
            return int(known.execute("SELECT count(DISTINCT id) FROM sale").fetchone()[0])

    return f"sqlite:///{path}?create=true", count


def _ids(lines: list[str] | list[bytes]) -> set[str]:
    return {json.loads(line)["id"] for line in lines}


PLACES = {"file": _file, "parquet": _table, "http": _web, "kafka": _broker, "database": _database}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        yield PLACES[request.param](stack, tmp_path)


async def test_a_few_keys_send_the_preview_there(place: Place) -> None:
    address, arrived = place
    keys = 0
    async with opened(PAPER) as wb:
        await wb.run.until(State.RUNNING)
        await wb.press("f9")
        keys += 1
        box = wb.app.screen.query_one("#export-path", Input)
        assert box.has_focus, "the address can be typed at once"
        assert box.selected_text == box.value, "and it replaces what stands there"
        await wb.fill(address, box="#export-path")
        await wb.press("enter")
        keys += 1
        assert keys <= MOST_KEYS
        export = wb.app.workbench.export
        assert export is not None, str(wb.app.screen.query_one("#export-words", Static).content)
        await wb.until(lambda: export.run.stats().state.over)
        assert export.run.stats().state is State.FINISHED, export.run.stats().error
        await wb.until(lambda: "✓ 10,000 events" in str(wb.app.screen.query_one("#export-words", Static).content))
        assert wb.run.stats.state is State.RUNNING, "the preview goes on"
    assert arrived() == EVENTS
