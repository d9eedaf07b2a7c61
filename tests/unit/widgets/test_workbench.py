"""What a learner writes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from synthwb.errors import ScenarioError, UsageError
from synthwb_widgets import Workbench
from synthwb_widgets.source import text_of


def digest(frames: dict[str, pl.DataFrame]) -> str:
    """One number for all values of some frames."""
    found = hashlib.sha256()
    for name, frame in frames.items():
        found.update(name.encode() + frame.write_ndjson().encode())
    return found.hexdigest()


def test_the_same_document_makes_the_same_events(shop: str) -> None:
    digests = set()
    for _ in range(2):
        with Workbench(shop) as wb:
            frames = wb.run(1000)
            assert sum(frame.height for frame in frames.values()) == 1000
            assert digest(frames) == digest(wb.frames)
            digests.add(digest(frames))
    assert len(digests) == 1


def test_run_says_what_it_cannot_do(shop: str) -> None:
    with Workbench(shop, limit=100) as wb:
        for count in (0, 101):
            with pytest.raises(UsageError, match=r"1 to 100 events.*limit"):
                wb.run(count)
        wb.document = "events: {a: {fields: {x: uiud}}}"
        with pytest.raises(ScenarioError, match="did you mean 'uuid'"):
            wb.run(10)
        with pytest.raises(ScenarioError):
            wb.start()
        assert [found.line for found in wb.diagnostics] == [1]


async def test_until_delivers_exactly_what_was_asked(shop: str) -> None:
    with Workbench(shop) as wb:
        wb.rate = 2000
        stats = await wb.until(total=500)
        assert (stats.state, stats.events) == ("finished", 500)
        live = digest(wb.frames)
        assert digest(wb.run(500)) == live


async def test_until_joins_a_run_that_goes_on(shop: str) -> None:
    with Workbench(shop) as wb:
        wb.rate = 1000
        wb.start()
        stats = await wb.until(total=200)
        assert stats.state == "paused"
        assert stats.events >= 200


async def test_until_does_not_wait_for_ever(shop: str) -> None:
    with Workbench(shop) as wb:
        wb.rate = 1
        with pytest.raises(TimeoutError, match="raise the rate"):
            await wb.until(total=500, timeout=0.2)
        assert wb.stats.state == "paused"


def test_events_are_the_stream_in_its_order(shop: str) -> None:
    with Workbench(shop) as wb:
        assert wb.events.height == 0
        wb.run(400)
        assert wb.events.columns == ["event", "time", "arrival", "id"]
        assert wb.events.height == 400
        assert wb.events["time"].is_sorted()
        assert wb.events["id"].n_unique() == 400
        counts = dict(wb.events["event"].value_counts().iter_rows())
        assert counts == {name: frame.height for name, frame in wb.frames.items()}


def test_a_workbench_closes_once_and_for_all(shop: str, living: Callable[[], list[str]]) -> None:
    wb = Workbench(shop)
    wb.start()
    assert living()
    for _ in range(3):
        wb.close()
    assert living() == []
    assert all(widget.comm is None for widget in (wb, wb.editor, wb.controls, wb.preview, wb.chart))


def test_the_rate_may_change_while_running(shop: str) -> None:
    with Workbench(shop) as wb:
        wb.start()
        wb.rate = 12.5
        assert wb.rate == 12.5
        assert wb.stats.target == 12.5


def test_a_scenario_is_a_preset_a_path_or_text(shop: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(shop, encoding="utf-8")
    assert text_of(shop) == text_of(path) == text_of(str(path)) == shop
    assert "web-shop" in text_of("web-shop")
    assert text_of("events: {a: {fields: {x: uuid}}}").startswith("events")
    assert text_of("\n" + shop) == shop
    assert text_of("") == ""
    with pytest.raises(UsageError, match="web-shop"):
        text_of("web-shp")
    with pytest.raises(UsageError, match="cannot read"):
        text_of("missing.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="UTF-8"):
        text_of(tmp_path / "binary.yaml")


def test_a_saved_notebook_shows_a_still(shop: str) -> None:
    with Workbench(shop) as wb:
        wb.run(200)
        bundle, _ = wb._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert "<table>" in bundle["text/html"]
        assert "<svg" in bundle["text/html"]
        assert "| time |" in bundle["text/markdown"]
        assert "the last" in bundle["text/plain"]
        data, _ = wb.chart._repr_mimebundle_()
        assert "<svg" in data["text/html"]


def test_nothing_that_changes_is_a_synced_trait(shop: str) -> None:
    """Traits are not thread-safe, and what is synced is saved with the notebook."""
    with Workbench(shop) as wb:
        for part in (wb.editor, wb.controls, wb.preview, wb.chart):
            own = {name for name in part.keys if not name.startswith("_")}
            assert own - {"layout", "tabbable", "tooltip", "kind"} == set()


def test_a_broken_document_can_be_opened_and_mended(page: Any) -> None:
    with Workbench("events: {a: {fields: {x: uiud}}}") as wb:
        table = page(wb.preview)
        table.says("hello")
        assert table.frames[0]["columns"] == ()
        assert "Line 1" in table.frames[0]["empty"]
        assert "uiud" in wb._repr_mimebundle_()[0]["text/html"]
        wb.document = wb.document.replace("uiud", "uuid")
        assert table.waits(lambda it: it["rows"])["event"] == "a"


class Shown:
    """What IPython's display would have been given."""

    def __init__(self) -> None:
        self.first: dict[str, Any] = {}
        self.updates: list[dict[str, Any]] = []

    def __call__(self, data: dict[str, Any], **options: Any) -> Shown:
        assert options["raw"]
        assert options["display_id"]
        self.first = data
        return self

    def update(self, data: dict[str, Any], *, raw: bool) -> None:
        """Replace what is shown."""
        assert raw
        self.updates.append(data)


def test_closing_leaves_a_still_where_the_widget_was(shop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Shown()
    monkeypatch.setattr("IPython.display.display", shown)
    wb = Workbench(shop)
    wb.run(100)
    wb._ipython_display_()
    view = "application/vnd.jupyter.widget-view+json"
    assert view in shown.first
    wb.close()
    wb.close()
    (still,) = shown.updates
    assert view not in still
    assert "the last" in still["text/html"]
    wb._ipython_display_()
    assert view not in shown.first, "a closed widget shows its picture"
