"""The notebook workbench in a real JupyterLab: what a hand does, the kernel must know."""

from __future__ import annotations

import itertools
import json
import time
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCENARIO = """\
events:
  page_viewed:
    fields:
      user: {integer: {min: 1, max: 99}}
      device: {choice: {phone: 61, desktop: 33, tablet: 6}}
      seconds: {lognormal: {median: 12, sigma: 0.8}, round: 1}
pacing: 40/s
"""
MAKE = f'from synthwb_widgets import Workbench\nwb = Workbench("""{SCENARIO}""")\nwb'
THREADS = "import threading; print(sorted(t.name for t in threading.enumerate() if t.name.startswith('synthwb-')))"
LIVE = "['synthwb-deliver', 'synthwb-generate', 'synthwb-publish']"


def ready(lab: Any) -> None:
    """Wait until all four panels have drawn a frame."""
    for kind in ("controls", "editor", "preview", "chart"):
        lab.find(kind).locator("xpath=self::*[@data-seq]").wait_for(timeout=20_000)


def total(lab: Any) -> int:
    """The total that the page shows."""
    return int(lab.find("controls").get_attribute("data-total") or 0)


def state(lab: Any, wanted: str) -> None:
    """Wait for a state."""
    lab.wait(lambda: lab.find("controls").get_attribute("data-s") == wanted, f"state {wanted}")


def button(lab: Any, name: str) -> Any:
    """A button of the run control."""
    return lab.find("controls").get_by_role("button", name=name, exact=True)


def headings(lab: Any) -> list[str]:
    """The names of the table's columns."""
    return lab.find("preview").locator("th .swb-name").all_inner_texts()


def type_line(lab: Any, after: str, text: str) -> None:
    """Put a new line under the one that holds ``after``."""
    lab.find("editor").locator(".cm-line", has_text=after).first.click()
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type(text)


def retype_line(lab: Any, old: str, text: str) -> None:
    """Write the line that holds ``old`` anew, keeping its indentation."""
    lab.find("editor").locator(".cm-line", has_text=old).first.click()
    lab.page.keyboard.press("End")
    lab.page.keyboard.press("Shift+Home")
    lab.page.keyboard.type(text)


def frames_a_second(lab: Any) -> float:
    """How often the preview is drawn, over a second and a half."""
    preview = lab.find("preview")
    first, began = int(preview.get_attribute("data-seq")), time.monotonic()
    lab.page.wait_for_timeout(1500)
    return (int(preview.get_attribute("data-seq")) - first) / (time.monotonic() - began)


def test_a_learners_journey(lab: Any) -> None:
    """Start by mouse, rate by keyboard, rows change, an error is marked, mended, a column appears, pause, close."""
    lab.notebook("journey", MAKE)
    lab.run_all()
    ready(lab)
    assert headings(lab) == ["time", "user", "device", "seconds"]
    assert "No problems" in lab.find("editor").locator(".swb-problems").inner_text()

    button(lab, "Start").click()
    state(lab, "running")
    assert lab.kernel("print(wb.stats.state)") == "running"
    lab.wait(lambda: total(lab) > 20, "events arrive")
    first = lab.find("preview").locator("tbody tr").last.inner_text()
    lab.wait(lambda: lab.find("preview").locator("tbody tr").last.inner_text() != first, "rows change")

    slider = lab.find("controls").get_by_role("slider", name="Rate")
    lab.kernel("wb.rate = 41")
    lab.wait(
        lambda: slider.get_attribute("aria-valuetext") == "41/s",
        "the page shows the kernel's rate, not a step of its own",
    )
    slider.focus()
    for _ in range(10):
        lab.page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "130/s"
    lab.wait(lambda: lab.kernel("print(wb.rate)") == "130.0", "the rate arrives in the kernel")

    type_line(lab, "seconds:", "speed: {unifrom: {min: 1, max: 9}}")
    editor = lab.find("editor")
    lab.wait(lambda: editor.get_attribute("data-lines") == "7", "the error is marked in its line")
    assert editor.locator(".cm-lint-marker-error").count() == 1
    assert editor.locator(".cm-lintRange-error").inner_text() == "unifrom"
    status = editor.locator(".swb-problems")
    assert "Line 7" in status.inner_text()
    assert "uniform" in status.inner_text()
    editor.locator(".cm-lintRange-error").hover()
    lab.page.locator(".cm-tooltip-lint", has_text="uniform").wait_for()
    lab.picture("error-light")
    assert lab.find("preview").locator("tbody tr").count() > 10, "the last good document runs on"

    before = total(lab)
    retype_line(lab, "speed:", "speed: {uniform: {min: 1, max: 9}, round: 2}")
    lab.wait(lambda: editor.get_attribute("data-problems") == "0", "the repair is accepted")
    lab.wait(lambda: headings(lab)[-1:] == ["speed"], "the new column appears")
    lab.wait(lambda: total(lab) > before + 40, "the run goes on with it")
    state(lab, "running")

    lab.find("chart").get_by_label("Field").select_option("page_viewed.seconds")
    lab.wait(lambda: "page_viewed.seconds" in lab.find("chart").locator("figcaption").first.inner_text(), "its chart")
    lab.page.wait_for_timeout(3000)
    lab.picture("running-light")
    lab.theme("JupyterLab Dark")
    lab.page.wait_for_timeout(500)
    lab.picture("running-dark")
    lab.theme("JupyterLab Light")

    button(lab, "Pause").click()
    state(lab, "paused")
    still = total(lab)
    assert lab.kernel("print(wb.stats.events)") == str(still)
    lab.page.wait_for_timeout(700)
    assert total(lab) == still
    assert lab.kernel("print(wb.stats.events)") == str(still)
    button(lab, "Resume").click()
    lab.wait(lambda: total(lab) > still, "it goes on")
    button(lab, "Stop").click()
    state(lab, "stopped")
    assert lab.kernel("wb.close()\n" + THREADS) == "[]"


def test_completion_knows_the_place_and_inserts_what_it_shows(lab: Any) -> None:
    lab.notebook("completion", MAKE, "print(wb.document)")
    lab.run_cell(0)
    ready(lab)
    offered = lab.page.locator(".cm-tooltip-autocomplete li")
    type_line(lab, "seconds:", "kind: logn")
    lab.wait(lambda: offered.count() == 1, "one candidate")
    assert offered.first.locator(".cm-completionLabel").inner_text() == "lognormal"
    assert offered.first.locator(".cm-completionDetail").inner_text() == "generator"
    lab.page.wait_for_timeout(200)  # a list that has only just opened does not take Enter
    lab.page.keyboard.press("Enter")
    line = lab.find("editor").locator(".cm-line", has_text="kind:").first
    lab.wait(lambda: "{lognormal: {median: 25, sigma: 0.7}, round: 2}" in line.inner_text(), "the whole example")
    lab.wait(lambda: "kind" in headings(lab), "a new column")
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type("am")
    lab.page.keyboard.press("Control+ ")
    lab.wait(lambda: offered.filter(has_text="amount").count() == 1, "a piece that was asked for")
    lab.page.keyboard.press("Escape")
    lab.wait(lambda: offered.count() == 0, "nothing offered any more")
    lab.close()


def test_running_the_cell_again_leaks_nothing(lab: Any) -> None:
    lab.notebook("again", MAKE.removesuffix("wb") + "wb.start()\nwb", "wb.close()")
    lab.run_cell(0)
    ready(lab)
    for _ in range(4):
        lab.run_cell(0)
    lab.wait(lambda: lab.page.locator(".swb-controls").count() == 1, "one view is left")
    lab.wait(lambda: total(lab) > 20, "the newest runs")
    assert lab.kernel(THREADS) == LIVE
    lab.run_cell(1)
    assert lab.kernel(THREADS) == "[]"


def test_after_a_reload_the_page_is_live_without_a_click(lab: Any) -> None:
    lab.notebook("reload", MAKE.removesuffix("wb") + "wb.start()\nwb")
    lab.run_all()
    ready(lab)
    lab.evaluate("async () => { await __nb.context.save() }")
    before = int(lab.kernel("print(wb.stats.events)"))
    lab.arrive(reset=False)
    lab.open("reload")
    ready(lab)
    lab.wait(lambda: total(lab) > before, "frames arrive again")
    state(lab, "running")
    assert lab.kernel("wb.close()\n" + THREADS) == "[]"


def test_a_busy_kernel_does_not_stop_the_view(lab: Any) -> None:
    lab.notebook("busy", MAKE.removesuffix("wb") + "wb.start()\nwb", "import time; time.sleep(4)")
    lab.run_cell(0)
    ready(lab)
    lab.wait(lambda: total(lab) > 10, "it runs")
    free = frames_a_second(lab)
    lab.evaluate("() => { __nb.content.activeCellIndex = 1; jupyterapp.commands.execute('notebook:run-cell'); }")
    lab.wait(lambda: lab.evaluate("() => __nb.sessionContext.session.kernel.status") == "busy", "the cell runs")
    busy = frames_a_second(lab)
    assert busy >= 0.4 * free, f"{busy:.1f} frames a second beside a busy cell, {free:.1f} without"
    button(lab, "Stop").click()
    lab.wait(lambda: lab.find("controls").get_attribute("data-s") == "stopped", "stopped", seconds=10)


def test_by_keyboard_alone_and_no_cell_is_touched(lab: Any) -> None:
    lab.notebook("keys", MAKE, "1")
    lab.run_cell(0)
    ready(lab)
    cells = "() => __nb.content.widgets.length"
    lab.find("editor").locator(".cm-content").focus()
    lab.page.keyboard.press("Control+End")
    lab.page.keyboard.type("# dd b a 1")
    lab.wait(lambda: "# dd b a 1" in lab.kernel("print(wb.document)"), "the keys stay in the editor")
    lab.page.keyboard.press("Escape")
    lab.page.keyboard.press("Tab")
    assert lab.evaluate("() => document.activeElement.className") == "swb-problems"
    lab.find("preview").get_by_role("region").focus()
    for key in ("b", "a", "d", "d", "1", "m", "x"):
        lab.page.keyboard.press(key)
    button(lab, "Start").focus()
    lab.page.keyboard.press("s")
    state(lab, "running")
    lab.page.keyboard.press("p")
    state(lab, "paused")
    lab.page.keyboard.press("x")
    state(lab, "stopped")
    lab.page.keyboard.press("b")
    assert lab.evaluate(cells) == 2
    assert lab.kernel("wb.close()\n" + THREADS) == "[]"


def test_a_saved_notebook_is_small_and_shows_its_still_without_a_kernel(lab: Any) -> None:
    lab.notebook("saved", MAKE, "wb.close()")
    lab.run_cell(0)
    ready(lab)
    lab.run_cell(1)
    still = lab.page.locator(".jp-OutputArea-output table")
    still.first.wait_for()
    assert lab.page.locator(".swb").count() == 0
    assert lab.kernel(THREADS) == "[]"
    lab.close()
    path = lab.root / "saved.ipynb"
    content = json.loads(path.read_text())
    assert path.stat().st_size < 100_000
    assert "widgets" not in content["metadata"]
    assert "<table>" in "".join(content["cells"][0]["outputs"][0]["data"]["text/html"])
    lab.open("saved")
    lab.page.locator(".jp-OutputArea-output table").first.wait_for(timeout=10_000)
    lab.page.locator(".jp-OutputArea-output svg[role=img]").first.wait_for()


def test_data_that_looks_like_markup_stays_text(lab: Any) -> None:
    hostile = "<img src=x onerror=document.title='broken'>"
    text = f'events: {{a: {{fields: {{x: {{const: "{hostile}"}}, n: {{uniform: {{min: 0, max: 1}}}}}}}}}}'
    lab.notebook("hostile", f"from synthwb_widgets import Workbench\nwb = Workbench({text!r})\nwb")
    lab.run_all()
    ready(lab)
    assert lab.find("preview").locator("tbody td").nth(1).inner_text() == hostile
    assert lab.find("preview").locator("img").count() == 0
    assert lab.page.title() != "broken"


def test_a_long_document_scrolls_and_stretches_nothing(lab: Any) -> None:
    lab.notebook("long", 'from synthwb_widgets import Workbench\nwb = Workbench("web-shop")\nwb')
    lab.run_all()
    ready(lab)
    assert lab.page.locator(".swb-editor .cm-line").count() > 15
    for kind in ("editor", "preview"):
        assert lab.find(kind).bounding_box()["height"] < 480, kind
    scroller = lab.find("editor").locator(".cm-scroller")
    assert scroller.evaluate("it => it.scrollHeight > it.clientHeight")


def test_a_narrow_place_stacks_the_panels(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 700, "height": 1400})
    try:
        lab.notebook("narrow", MAKE)
        lab.run_all()
        ready(lab)
        boxes = [lab.find(kind).bounding_box() for kind in ("controls", "editor", "preview", "chart")]
        assert len({round(box["x"]) for box in boxes}) == 1
        assert all(above["y"] + above["height"] <= below["y"] for above, below in itertools.pairwise(boxes))
        lab.picture("narrow-light")
    finally:
        lab.page.set_viewport_size({"width": 1360, "height": 900})


AXE = """async () => {
  const found = await axe.run({include: [['.swb-workbench']]}, {resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, rule.impact, String(node.target)]));
}"""


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_is_seriously_inaccessible(lab: Any, axe: str, theme: str) -> None:
    """CodeMirror's scroller is judged as not focusable, but its content is: that one rule on that one node."""
    lab.theme(theme)
    try:
        lab.notebook(f"axe-{theme[-4:].strip().lower()}", MAKE.replace("pacing", "# slow enough to read\npacing"))
        lab.run_all()
        ready(lab)
        type_line(lab, "seconds:", "speed: {unifrom: {min: 1, max: 9}}")
        lab.wait(lambda: lab.find("editor").get_attribute("data-lines") == "7", "the error is marked")
        lab.page.keyboard.press("Escape")
        lab.evaluate(f"() => {{ {axe}; return 1 }}")
        found = lab.evaluate(AXE)
        known = [item for item in found if item[0] == "scrollable-region-focusable" and "cm-scroller" in item[2]]
        serious = [item for item in found if item[1] in ("serious", "critical") and item not in known]
        assert serious == []
    finally:
        lab.theme("JupyterLab Light")


def test_a_form_sends_events_to_a_file(lab: Any) -> None:
    code = 'from synthwb_widgets import ExportPanel\npanel = ExportPanel("web-shop")\npanel'
    lab.notebook("export", code)
    lab.run_all()
    form = lab.page.locator(".jp-OutputArea-output").filter(has_text="synthwb run scenario.yaml")
    lab.wait(lambda: form.count() == 1, "the form is there")
    to = form.locator("input[type=text]").first
    to.fill("sent-{event}.csv")
    to.press("Tab")
    lab.wait(lambda: "--to 'sent-{event}.csv'" in form.inner_text(), "the command follows")
    form.get_by_role("button", name="Export").click()
    lab.wait(lambda: "✓ 10,000 events" in form.inner_text(), "it is done")
    lab.picture("export")
    files = sorted(path.name for path in lab.root.glob("sent-*.csv"))
    assert "sent-page_viewed.csv" in files
    rows = sum(len((lab.root / name).read_text().splitlines()) - 1 for name in files)
    assert rows == 10_000
