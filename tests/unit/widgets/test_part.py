"""Panels: commands in, frames out, and what happens when a page is slow, gone or hostile."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest

from synthwb.engine import compile_plan
from synthwb.runtime import Run, outputs, target
from synthwb.scenario import loads
from synthwb_widgets import Chart, Controls, Editor, Preview, Workbench
from synthwb_widgets.feed import Feed
from synthwb_widgets.live import LiveScenario
from synthwb_widgets.part import CREDITS


@pytest.fixture
def wb(shop: str) -> Iterator[Workbench]:
    """A workbench that is closed after the test."""
    made = Workbench(shop)
    yield made
    made.close()


def test_nothing_is_sent_before_a_page_says_hello(wb: Workbench, page: Any, living: Callable[[], list[str]]) -> None:
    wb.run(100)
    wb.document = wb.document + "# more\n"
    assert page(wb.preview).frames == []
    assert living() == [], "nobody looks, so nobody publishes"


def test_hello_is_answered_at_once_and_on_the_same_thread(wb: Workbench, page: Any) -> None:
    for part in (wb.editor, wb.controls, wb.preview, wb.chart):
        seen = page(part)
        seen.says("hello")
        assert [frame["seq"] for frame in seen.frames] == [1]
        assert seen.frames[0]["state"] == "idle"


def test_a_still_workbench_says_nothing(wb: Workbench, page: Any) -> None:
    seen = page(wb.preview)
    seen.says("hello")
    seen.ack()
    wb.feed.wake()
    time.sleep(0.4)
    assert len(seen.frames) == 1


def test_buttons_run_the_stream(wb: Workbench, page: Any) -> None:
    strip = page(wb.controls)
    strip.says("hello")
    assert list(strip.frames[0]["actions"]) == ["start"]
    strip.says("start")
    assert list(strip.waits(lambda it: it["total"] > 20)["actions"]) == ["pause", "stop"]
    strip.says("pause")
    held = strip.waits(lambda it: it["state"] == "paused")
    time.sleep(0.3)
    assert wb.stats.events == held["total"]
    strip.says("start")
    strip.waits(lambda it: it["total"] > held["total"])
    strip.says("stop")
    assert strip.waits(lambda it: it["state"] == "stopped")["live"] is False


def test_checks_stand_under_the_run_control(shop: str, page: Any) -> None:
    checks = "checks:\n  - {field: bought.total, between: [0, 9]}\n"
    with Workbench(shop + checks) as wb:
        strip = page(wb.controls)
        strip.says("hello")
        strip.says("start")
        assert strip.waits(lambda it: it["total"] > 20)["error"] == ""
        assert strip.waits(lambda it: it["note"] == "✓ 1 check passes")
    with Workbench(f"{shop}{checks}  - {{name: few, field: bought.total, between: [0, 1]}}\n") as wb:
        strip = page(wb.controls)
        strip.says("hello")
        strip.says("start")
        assert strip.waits(lambda it: it["error"].startswith("✗ 1 of 2 checks fails · few: 0% of "))
        strip.says("stop")
        strip.waits(lambda it: it["state"] == "stopped")
        assert wb.controls.picture().problems[0].startswith("✗ few: 0% of ")


def test_altered_records_and_the_last_save_stand_under_the_run_control(shop: str, page: Any, tmp_path: Path) -> None:
    plan = compile_plan(loads(f"{shop}imperfections: [{{missing: {{rate: 50%, fields: [bought.total]}}}}]\n"))
    made = outputs([target(str(tmp_path / "a.jsonl"))], plan, bounded=True)
    with Run(plan, made, limit=100, state=str(tmp_path / "run.db")) as run:
        controls = Controls(run)
        strip = page(controls)
        strip.says("hello")
        run.start()
        note = strip.waits(lambda it: "Altered: missing " in it["note"])["note"]
        assert re.search(r"Saved \d+ s ago\.", note)
        controls.close()


def test_the_run_control_says_that_a_run_is_live(shop: str, page: Any) -> None:
    clock = "clock: {mode: live, start: now-10d}"
    with Workbench(shop.replace("pacing: 200/s", clock), limit=10**9) as wb:
        strip = page(wb.controls)
        strip.says("hello")
        strip.says("start")
        strip.waits(lambda it: it["note"].startswith("Catching up to now: 9 days, "))
        strip.says("stop")
        strip.waits(lambda it: it["state"] == "stopped" and it["note"] == "")
    with Workbench(shop.replace("pacing: 200/s", clock.replace("-10d", ""))) as wb:
        strip = page(wb.controls)
        strip.says("hello")
        strip.says("start")
        strip.waits(lambda it: it["note"] == "Live: event time is the wall clock's.")


def test_the_slider_sets_the_rate(wb: Workbench, page: Any) -> None:
    strip = page(wb.controls)
    strip.says("hello")
    strip.says("set", rate=55.0)
    assert strip.waits(lambda it: it["target"] == 55.0)
    strip.says("set", rate=None)
    strip.waits(lambda it: it["target"] is None)
    assert wb.rate is None


def test_an_edit_brings_marks_and_a_repair_brings_the_column(wb: Workbench, page: Any, shop: str) -> None:
    text, table = page(wb.editor), page(wb.preview)
    text.says("hello")
    table.says("hello")
    broken = shop.replace("tier: {choice:", "tier: {chioce:")
    text.says("edit", client="tab", version=3, text=broken)
    frame = text.waits(lambda it: it["version"] == 3)
    (item,) = frame["diagnostics"]
    assert item["line"] == shop.splitlines().index("      tier: {choice: {free: 80, pro: 20}}") + 1
    assert "choice" in item["message"] + item["hint"]
    assert f"Line {item['line']}" in frame["summary"]
    assert table.waits(lambda it: it["stale"])["rows"], "the last good sample stays"
    text.says("edit", client="tab", version=4, text=shop.replace("gift:", "added: uuid\n      gift:"))
    assert text.waits(lambda it: it["version"] == 4)["diagnostics"] == []
    table.says("select", event="bought")
    names = [column["name"] for column in table.waits(lambda it: not it["stale"])["columns"]]
    assert "added" in names


def test_a_repair_comes_with_its_place(page: Any) -> None:
    editor = Editor("events: {a: {fields: {é: {lognormall: {median: 3, sigma: 1}}}}}")
    seen = page(editor)
    seen.says("hello")
    (item,) = seen.frames[0]["diagnostics"]
    assert (item["line"], item["column"]) == (1, 27)
    if "edit" in item:
        assert (item["edit"]["line"], item["edit"]["column"], item["edit"]["new"]) == (1, 27, "lognormal")
    editor.close()


def answers(seen: Any) -> list[dict[str, Any]]:
    """The answers to questions for completion so far."""
    sent = [data["content"] for _, data in list(seen.widget.comm.sent) if data and data.get("method") == "custom"]
    return [content for content in sent if content["type"] == "completion"]


def test_the_editor_offers_what_may_be_written(wb: Workbench, page: Any) -> None:
    seen = page(wb.editor)
    text = "events:\n  e:\n    fields:\n      é: logn"
    seen.says("complete", number=5, text=text, offset=len(text))
    (answer,) = answers(seen)
    assert (answer["number"], answer["automatic"], answer["start"], answer["end"]) == (
        5,
        True,
        len(text) - 4,
        len(text),
    )
    (option,) = answer["options"]
    assert (option["label"], option["kind"]) == ("lognormal", "generator")
    assert option["insert"] == "{lognormal: {median: 25, sigma: 0.7}, round: 2}"
    assert option["span"] == [len(text) - 4, len(text)]
    assert option["info"].startswith("The lognormal law")


def test_the_editor_offers_fakers_methods(wb: Workbench, page: Any) -> None:
    seen = page(wb.editor)
    text = "events:\n  e:\n    fields:\n      x: {iba"
    seen.says("complete", number=1, text=text, offset=len(text))
    option = answers(seen)[0]["options"][0]
    assert (option["label"], option["kind"], option["insert"]) == ("iban", "faker", "iban: ")
    assert "iban  # " in option["info"]


def test_the_mend_of_a_problem_is_offered_for_the_text_it_belongs_to(page: Any) -> None:
    editor = Editor("events: {a: {fields: {x: {lognormall: {median: 3, sigma: 1}}}}}")
    seen = page(editor)
    seen.says("hello")
    seen.says("complete", number=0, text=editor.document, offset=30)
    seen.says("complete", number=1, text=f"#\n{editor.document}", offset=32)
    first, second = answers(seen)
    assert next(option["kind"] for option in first["options"]) == "fix"
    assert "fix" not in [option["kind"] for option in second["options"]]
    editor.close()


def test_a_question_that_cannot_be_is_refused_and_other_panels_have_no_answer(wb: Workbench, page: Any) -> None:
    seen = page(wb.editor)
    for content in ({"number": 1, "text": "a"}, {"number": -1, "text": "a", "offset": 0}, {"number": 1, "offset": 0}):
        seen.says("complete", **content)
    assert wb.editor.refused == 3
    seen.says("complete", number=1, text="a", offset=10**9)
    assert len(answers(seen)) == 1, "an offset behind the end is the end"
    chart = page(wb.chart)
    chart.says("complete", number=1, text="a", offset=0)
    assert answers(chart) == []


def test_messages_that_cannot_be_are_counted_and_change_nothing(wb: Workbench, page: Any) -> None:
    strip = page(wb.controls)
    strip.says("hello")
    for content in (None, 7, {"type": "set", "rate": -1}, {"type": "later"}, {"type": "ack", "seq": "x"}):
        strip.raw(content)
    assert wb.controls.refused == 5
    assert wb.stats.state == "idle"
    assert wb.rate == 200.0


def test_without_acknowledgements_frames_thin_out(wb: Workbench, page: Any) -> None:
    table = page(wb.preview)
    table.says("hello")
    wb.start()
    deadline = time.monotonic() + 10
    while len(table.frames) < CREDITS and time.monotonic() < deadline:
        time.sleep(0.02)
    sent, began = len(table.frames), time.monotonic()
    assert sent >= CREDITS
    time.sleep(1.6)
    most = 1 + (time.monotonic() - began)
    assert len(table.frames) - sent <= most, "at most one a second"
    table.ack()
    table.waits(lambda it: it["seq"] >= sent + 6)


def test_a_poll_is_answered_from_the_thread_that_asks(wb: Workbench, page: Any) -> None:
    table = page(wb.preview)
    table.says("hello")
    senders = []
    wb.preview.comm.on_send = lambda: senders.append(threading.current_thread().name)
    table.says("poll")
    assert senders == [threading.current_thread().name]
    assert len(table.frames) == 2


def test_a_run_that_nobody_watches_is_held(shop: str, page: Any) -> None:
    feed = Feed(LiveScenario(shop), lease=0.3)
    controls = Controls(feed)
    strip = page(controls)
    strip.says("hello")
    strip.says("start")
    deadline = time.monotonic() + 10
    while feed.live.snapshot().state != "paused" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "no page has been watching" in feed.live.snapshot().note
    strip.says("poll")
    assert strip.frames[-1]["state"] == "paused"
    feed.dispose()


def test_a_run_started_by_code_is_not_held(shop: str, page: Any) -> None:
    feed = Feed(LiveScenario(shop), lease=0.2)
    strip = page(Controls(feed))
    strip.says("hello")
    feed.live.start()
    feed.wake()
    time.sleep(0.8)
    assert feed.live.snapshot().state == "running"
    feed.dispose()


def test_frames_are_small(page: Any) -> None:
    import json

    with Workbench("web-shop") as wb:
        wb.run(5000)
        for part in (wb.preview, wb.chart, wb.controls):
            seen = page(part)
            seen.says("hello")
            assert len(json.dumps(seen.frames[-1])) < 20_000, part


def test_a_part_alone_has_a_feed_of_its_own(shop: str, page: Any, living: Callable[[], list[str]]) -> None:
    for kind in (Preview, Chart, Controls, Editor):
        part = kind(shop)
        seen = page(part)
        seen.says("hello")
        assert seen.frames[0]["state"] == "idle"
        part.close()
        part.close()
        assert part.comm is None
    assert living() == []


def test_a_part_of_a_workbench_can_be_shown_twice(wb: Workbench, page: Any) -> None:
    second = Chart(wb, field="viewed.seconds")
    assert second.feed is wb.feed
    seen = page(second)
    seen.says("hello")
    assert seen.frames[0]["field"] == "viewed.seconds"


def test_what_is_no_scenario_is_refused() -> None:
    with pytest.raises(TypeError, match="a preset's name, a path or YAML text"):
        Preview(42)


def test_a_page_that_sends_while_frames_go_out_breaks_nothing(shop: str, page: Any) -> None:
    """The publisher at full speed beside a page at full speed, with threads switched a hundred times as often."""
    feed = Feed(LiveScenario(shop))
    preview, controls = Preview(feed), Controls(feed)
    pages = [page(preview), page(controls)]
    for seen in pages:
        seen.says("hello")
    feed.live.start()
    over, errors, offered = threading.Event(), [], 0

    def publish() -> None:
        nonlocal offered
        try:
            while not over.is_set():
                snapshot = feed.live.snapshot()
                for part in (preview, controls):
                    part._send_frame(snapshot, None, 0.0)
                offered += 1
        except (RuntimeError, KeyError, ValueError) as error:
            errors.append(error)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    thread = threading.Thread(target=publish)
    thread.start()
    received = 0
    try:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            for seen in pages:
                seen.deliver({"method": "update", "state": {"kind": seen.widget.kind}, "buffer_paths": []})
                seen.says("ack", seq=received)
                seen.says("set", rate=100.0 + received % 7)
            received += 1
    finally:
        over.set()
        thread.join()
        sys.setswitchinterval(before)
        feed.dispose()
    assert errors == []
    assert offered > 20
    assert received > 200


# Slots ----------------------------------------------------------------------------------------------------------------


def in_cell(monkeypatch: pytest.MonkeyPatch, cell: str, run: str) -> None:
    """Pretend that a cell of a notebook runs."""
    request = {"metadata": {"cellId": cell}, "header": {"msg_id": run}}
    events = SimpleNamespace(trigger=lambda _name: None)
    shell = SimpleNamespace(get_parent=lambda: request, events=events)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_running_a_cell_again_leaks_nothing(
    shop: str, page: Any, living: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for run in range(5):
        in_cell(monkeypatch, "cell", f"run {run}")
        made.append(Workbench(shop))
        page(made[-1].controls).says("hello")
        made[-1].start()
    assert living() == ["synthwb-deliver", "synthwb-generate", "synthwb-publish"]
    assert [wb.feed.closed for wb in made] == [True, True, True, True, False]
    in_cell(monkeypatch, "cell", "run 6")
    Workbench(shop).close()
    assert living() == []


def test_the_container_is_closed_before_its_parts(shop: str) -> None:
    wb = Workbench(shop)
    order = []
    inner = wb.children[0]
    for name, widget in (("outer", wb), ("inner", inner), ("editor", wb.editor), ("chart", wb.chart)):
        channel = widget.comm
        original = channel.close
        channel.close = lambda *a, _name=name, _close=original, **k: (order.append(_name), _close(*a, **k))
    wb.close()
    assert order == ["outer", "inner", "editor", "chart"]


def test_what_sits_in_a_foreign_box_is_silenced_but_not_closed(shop: str, page: Any) -> None:
    wb = Workbench(shop)
    shelf = ipywidgets.HBox([wb.preview])
    page(wb.preview).says("hello")
    wb.close()
    assert wb.preview.comm is not None
    assert wb.chart.comm is None
    count = len(page(wb.preview).frames)
    page(wb.preview).says("poll")
    assert len(page(wb.preview).frames) == count
    shelf.close()
