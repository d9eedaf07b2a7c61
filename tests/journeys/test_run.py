"""Journeys of the run: pause, step, rates, sinks, export."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from http_driver import HttpServer
from textual.widgets import Button, Input, ProgressBar, Select, Static
from workbench_driver import WorkbenchDriver, opened

from synthwb.runtime import State
from synthwb.tui.paper import Paper

TILL = """\
synthwb: 1
name: till
events:
  sale:
    fields:
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
arrivals: {sale: 20/s}
pacing: 50/s
"""
PAPER = Paper("till.yaml", TILL)


async def press_button(wb: WorkbenchDriver, name: str) -> None:
    wb.app.screen.query_one(f"#{name}", Button).press()
    await wb.settle()


async def test_a_preview_runs_pauses_steps_and_goes_on() -> None:
    async with opened(PAPER) as wb:
        await wb.run.until(State.RUNNING)
        await wb.press("f5")
        await wb.run.until(State.PAUSED)
        held = wb.run.stats.events
        await wb.press("f3", "s")
        await wb.until(lambda: wb.run.stats.events > held)
        assert wb.run.stats.state is State.PAUSED
        await wb.press("space")
        await wb.run.until(State.RUNNING)
        await wb.press("shift+f5")
        await wb.run.until(State.STOPPED)
        await wb.press("f5")
        await wb.run.until(State.RUNNING)


async def test_the_rate_by_steps_and_by_number() -> None:
    async with opened(PAPER, frozen=True) as wb:
        assert wb.run.stats.target == 50
        await wb.press("f3", "plus")
        assert wb.run.stats.target == 100
        await wb.press("minus", "minus")
        assert wb.run.stats.target == 20
        await wb.press("r")
        await wb.fill("120/min")
        await wb.press("enter")
        assert wb.run.stats.target == 2
        assert "of 2/s" in wb.text
        await wb.press("r")
        await wb.fill("often")
        await wb.press("enter")
        assert wb.dialog == "Rate"
        assert "is not a rate" in str(wb.app.screen.query_one(".dialog-refusal", Static).content)
        await wb.fill("max")
        await wb.press("enter")
        assert wb.dialog == ""
        assert wb.run.stats.target is None
        assert "of max" in wb.text


async def test_a_rate_set_by_hand_outlives_an_edit_and_not_the_document() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.press("f3", "plus")
        await wb.editor.change("median: 25", "median: 30")
        assert wb.run.stats.target == 100
        wb.app.workbench.show_paper(Paper("other.yaml", TILL))
        await wb.settle()
        assert wb.run.stats.target == 50


async def test_an_edit_keeps_a_paused_preview_paused_and_at_its_time() -> None:
    async with opened(PAPER) as wb:
        await wb.until(lambda: wb.run.stats.events > 3)
        await wb.press("f5")
        await wb.run.until(State.PAUSED)
        at = wb.run.stats.event_time
        await wb.editor.change("median: 25", "median: 30")
        assert wb.run.stats.state is State.PAUSED
        await wb.press("f3", "s")
        await wb.until(lambda: wb.run.stats.events > 0)
        assert wb.run.stats.event_time is not None
        assert at is not None
        assert 0 < wb.run.stats.event_time - at < 60_000_000


async def test_f5_runs_into_the_sinks_once_it_was_confirmed(tmp_path: Path) -> None:
    out = tmp_path / "sales.jsonl"
    text = f'{TILL}limit: {{events: 40}}\nsinks:\n  - file: "{out}"\n  - stdout\n'.replace("pacing: 50/s\n", "")
    async with opened(Paper("till.yaml", text)) as wb:
        wb.problems.expect_none()
        await wb.press("f5")
        assert wb.dialog == "Start the run"
        words = str(wb.app.screen.query_one(".dialog-text", Static).content)
        assert str(out) in words
        assert "stdout is left out" in words
        await press_button(wb, "start")
        await wb.run.until(State.FINISHED)
        assert wb.app.workbench.session.control.into_sinks
        events = [json.loads(line) for line in out.read_text().splitlines()]
        assert len(events) == 40
        await wb.until(lambda: "FINISHED" in wb.text)
        await wb.press("shift+f5")
        assert not wb.app.workbench.session.control.into_sinks


async def test_a_run_says_that_the_document_has_changed_since_it_began(tmp_path: Path) -> None:
    text = f'{TILL}sinks:\n  - file: "{tmp_path}/sales.jsonl"\n'
    async with opened(Paper("till.yaml", text)) as wb:
        await wb.press("f5")
        await press_button(wb, "start")
        await wb.run.until(State.RUNNING)
        await wb.editor.change("arrivals: {sale", "# nothing new\narrivals: {sale")
        await wb.settle()
        assert "document as it was" not in wb.text
        await wb.editor.change("median: 25", "median: 30")
        await wb.until(lambda: "document as it was" in wb.text)
        await wb.press("shift+f5")


async def test_a_run_into_a_folder_that_is_not_there_fails_with_words(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    text = f'{TILL}limit: {{events: 40}}\nsinks:\n  - file: "{place}/sales.jsonl"\n'
    async with opened(Paper("till.yaml", text)) as wb:
        await wb.press("f5")
        await press_button(wb, "start")
        await wb.until(lambda: wb.toasts or wb.run.stats.state is State.FAILED)
        said = " ".join(wb.toasts) + wb.run.stats.error
        assert "Traceback" not in said
        assert "sales.jsonl" in said or "file" in said


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
async def test_an_export_writes_the_file_while_the_preview_goes_on(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"sales.{suffix}"
    async with opened(PAPER) as wb:
        await wb.press("f9")
        await wb.fill(str(out), box="#export-path")
        await wb.fill("2k", box="#export-count")
        command = str(wb.app.screen.query_one("#export-command", Static).content)
        assert command == f"$ synthwb run till.yaml --to {out} --count 2000 --rate max"
        await wb.press("enter")
        export = wb.app.workbench.export
        assert export is not None
        await wb.until(lambda: export.run.stats().state.over)
        await wb.until(lambda: "✓ 2,000 events" in str(wb.app.screen.query_one("#export-words", Static).content))
        assert out.exists()
        if suffix == "jsonl":
            assert len(out.read_text().splitlines()) == 2000
        assert wb.run.stats.state is State.RUNNING
        await wb.press("escape")
        assert wb.dialog == ""


async def test_the_lists_of_the_export_follow_the_target_and_change_it() -> None:
    async with opened(PAPER) as wb:
        await wb.press("f9")
        target, form = (wb.app.screen.query_one(f"#export-{name}", Select) for name in ("target", "format"))
        path = wb.app.screen.query_one("#export-path", Input)
        assert (target.value, form.value, path.value) == ("file", "jsonl", "till.jsonl")
        form.value = "csv"
        await wb.until(lambda: path.value == "till.csv")
        target.value = "http"
        await wb.until(lambda: path.value == "http://127.0.0.1:8000/events")
        await wb.fill("out/till.parquet", box="#export-path")
        await wb.until(lambda: (target.value, form.value) == ("file", "parquet"))
        wb.app.screen.query_one("#export-envelope", Select).value = "nested"
        command = wb.app.screen.query_one("#export-command", Static)
        await wb.until(lambda: str(command.content).endswith("--rate max --set envelope=nested"))


async def test_the_export_answers_before_it_begins(tmp_path: Path) -> None:
    async with opened(PAPER) as wb:
        await wb.press("f9")
        words = wb.app.screen.query_one("#export-words", Static)
        await press_button(wb, "forecast")
        await wb.until(lambda: re.fullmatch(r"✓ 10,000 events, about [\d.]+ MB: sale 100%", str(words.content)))
        await wb.fill(f"{tmp_path}/none/x.jsonl", box="#export-path")
        await press_button(wb, "test")
        await wb.until(lambda: "none does not exist" in str(words.content))
        await wb.fill("http://127.0.0.1:9/events", box="#export-path")
        await press_button(wb, "test")
        await wb.until(lambda: "cannot be reached (connection refused)" in str(words.content))


async def test_the_target_is_written_into_the_document_and_taken_back() -> None:
    async with opened(PAPER) as wb:
        before = wb.editor.text
        await wb.press("f9")
        await wb.fill("http://127.0.0.1:8000/events?batch=5", box="#export-path")
        await press_button(wb, "keep")
        added = 'sinks:\n  - {http: {url: "http://127.0.0.1:8000/events", batch: 5}}\n'
        assert wb.editor.text == before + added
        assert "written under sinks" in str(wb.app.screen.query_one("#export-words", Static).content)
        await wb.press("escape", "ctrl+z")
        assert wb.editor.text == before


async def test_the_running_preview_goes_to_a_web_server_in_a_few_keys(tmp_path: Path) -> None:
    with HttpServer(tmp_path) as server:
        async with opened(PAPER) as wb:
            await wb.press("f9")
            await wb.fill(server.url, box="#export-path")  # typed; the rest is two keys
            await wb.press("enter")
            export = wb.app.workbench.export
            assert export is not None
            await wb.until(lambda: export.run.stats().state.over)
            words = wb.app.screen.query_one("#export-words", Static)
            await wb.until(lambda: "closed: 10,000 delivered" in str(words.content))
        assert len(server.taken()) == 10_000
        assert set(server.taken().values()) == {1}


async def test_an_export_asks_before_it_overwrites_and_refuses_nonsense(tmp_path: Path) -> None:
    out = tmp_path / "sales.csv"
    out.write_text("mine")
    async with opened(PAPER) as wb:
        await wb.press("f9")
        await wb.fill(str(out), box="#export-path")
        words = wb.app.screen.query_one("#export-words", Static)
        await wb.press("enter")
        assert "will be overwritten" in str(words.content)
        assert out.read_text() == "mine"
        await wb.fill("many", box="#export-count")
        await wb.press("enter")
        assert "is not a number of events" in str(words.content)
        await wb.fill("10", box="#export-count")
        await wb.fill(str(tmp_path / "sales.xlsx"), box="#export-path")
        await wb.press("enter")
        assert ".xlsx" in str(words.content)
        assert wb.app.workbench.export is None


async def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "sales.jsonl"
    async with opened(PAPER) as wb:
        await wb.press("f9")
        await wb.fill(str(out), box="#export-path")
        await wb.fill("5000M", box="#export-count")
        await wb.press("enter")
        export = wb.app.workbench.export
        assert export is not None
        words, bar = wb.app.screen.query_one("#export-words", Static), wb.app.screen.query_one(ProgressBar)
        await wb.until(lambda: re.match(r"[1-9][\d,]* of 5,000,000,000 events +\S+/s +\d+.* left", str(words.content)))
        assert bar.display
        await wb.until(lambda: 0 < bar.progress < 1)
        await press_button(wb, "cancel")
        await wb.until(lambda: export.run.stats().state.over)
        assert export.run.stats().state is State.STOPPED
        export.run.wait()
        assert list(tmp_path.iterdir()) == []


CHECKED = TILL.replace("    fields:\n", "    fields:\n      n: {integer: {min: 0, max: 9}}\n") + (
    "checks:\n  - {field: sale.total, between: [0, null]}\n  - {name: no zeros, field: sale.n, between: [10, 99]}\n"
)


async def test_checks_that_fail_show_live_and_enter_goes_to_them() -> None:
    async with opened(Paper("till.yaml", CHECKED), size=(140, 40)) as wb:
        await wb.until(lambda: "1 of 2 checks fails · no zeros: 0% of" in wb.text)
        assert "✗ 1 check fails" in wb.text, "the status line has it too"
        wb.app.workbench.action_pane("problems")
        await wb.settle()
        assert "Problems · 1 check fails" in str(wb.app.workbench.problems.border_title)
        await wb.press("home", "enter")
        assert wb.app.workbench.pane == "scenario"
        assert "no zeros" in wb.editor.line
        await wb.editor.change("[10, 99]", "[0, 9]")
        await wb.until(lambda: "✓ 2 checks pass" in wb.text)
        assert str(wb.app.workbench.problems.border_title) == "Problems · none"


async def test_a_check_that_fails_is_told_in_words_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with opened(Paper("till.yaml", CHECKED), size=(80, 24)) as wb:
        await wb.until(lambda: "1 check fails" in wb.text)


async def test_a_document_on_the_wall_clock_catches_up_and_goes_on_live() -> None:
    text = TILL.replace("pacing: 50/s", "clock: {mode: live, start: now-2h}")
    async with opened(Paper("till.yaml", text)) as wb:
        await wb.until(lambda: wb.run.stats.events > 100_000 and not wb.run.stats.catching_up)
        assert wb.run.stats.live
        await wb.until(lambda: "of live   lag" in wb.text)
        await wb.press("f3", "minus")
        assert not wb.run.stats.live
