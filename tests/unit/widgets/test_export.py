"""Events out of a notebook."""

from __future__ import annotations

from pathlib import Path

import pytest
from http_driver import HttpServer

from synthwb_widgets import ExportPanel, Workbench


@pytest.fixture(autouse=True)
def _in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def finished(panel: ExportPanel) -> None:
    assert panel.export is not None, panel.words.value
    assert panel.export.run.wait(60)
    panel._show()


def test_a_button_writes_the_files_that_the_command_would(shop: str, tmp_path: Path) -> None:
    with Workbench(shop) as wb:
        panel = ExportPanel(wb)
        panel.to.value, panel.count.value = "out.jsonl", "2k"
        assert panel.command.value == "$ synthwb run scenario.yaml --to out.jsonl --count 2000 --rate max"
        panel.dry_run.click()
        assert panel.words.value.startswith("✓ 2,000 events, about ")
        panel.begin.click()
        finished(panel)
        assert panel.words.value.startswith("✓ 2,000 events in ")
        assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 2000
        assert (panel.bar.value, panel.stop.disabled, panel.begin.disabled) == (1.0, True, False)
        panel.begin.click()
        assert panel.words.value == "! out.jsonl will be overwritten: press Export again to go on"


def test_what_cannot_be_is_said_in_the_panel(shop: str) -> None:
    panel = ExportPanel(shop)
    panel.count.value = "many"
    assert "is not a number of events" in panel.command.value
    panel.begin.click()
    assert panel.words.value.startswith("✗ 'many' is not a number of events")
    panel.count.value, panel.to.value = "5", "none/out.jsonl"
    panel.test.click()
    assert "none does not exist" in panel.words.value
    panel.target.value = "http"
    assert panel.to.value == "http://127.0.0.1:8000/events"
    panel.to.value = "http://127.0.0.1:9/events"
    panel.test.click()
    assert "cannot be reached (connection refused)" in panel.words.value
    panel.close()


def test_events_reach_a_web_server(shop: str, tmp_path: Path) -> None:
    with HttpServer(tmp_path) as server:
        panel = ExportPanel(shop)
        panel.to.value = f"{server.url}?batch=200"
        panel.count.value = "1000"
        assert panel.target.value == "http"
        panel.begin.click()
        finished(panel)
        assert "closed: 1,000 delivered" in panel.words.value
        assert len(server.taken()) == 1000
        panel.close()
