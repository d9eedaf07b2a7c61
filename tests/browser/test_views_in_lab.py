"""The flow diagram and the event-time chart in a real JupyterLab: they follow a run, and stay behind as stills."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VISITS = """\
seed: 7
clock: {start: 2026-03-02T00:00}
entities:
  user: {count: 300, fields: {user_id: uuid}}
events:
  page_viewed: {actor: user, fields: {user_id: actor.user_id, page: state.name}}
  order_placed: {actor: user, fields: {user_id: actor.user_id, total: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}
flows:
  visit:
    actor: user
    states:
      landing: {emit: page_viewed, dwell: 5s, next: {browse: 62, exit: 38}}
      browse: {emit: page_viewed, dwell: 9s, next: {browse: 45, cart: 25, exit: 30}}
      cart: {dwell: 9s, next: {paid: 50, browse: 20, exit: 30}}
      paid: {emit: [order_placed, page_viewed], next: exit}
  support: {actor: user, steps: [page_viewed, {event: page_viewed, state: answered, dwell: 30s}]}
arrivals: {visit: {rate: 120/min, daily: {floor: 20%, peaks: [{at: "12:00", width: 3h}]}}, support: 10/min}
pacing: 200/s
"""
RUN = f'''import synthwb
from synthwb.runtime import Pace
from synthwb_widgets import EventTimeChart, FlowDiagram
run = synthwb.Run(synthwb.loads("""{VISITS}"""), pace=Pace(rate=300))
flow = FlowDiagram(run)
flow'''
THREADS = "import threading; print(sorted(t.name for t in threading.enumerate() if t.name.startswith('synthwb-')))"
AXE = """async () => {
  const found = await axe.run({include: [['.swb-diagram'], ['.swb-times']]}, {resultTypes: ['violations']});
  return found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, rule.impact, String(node.target)]));
}"""


def sessions(lab: Any) -> int:
    """The number of sessions that the diagram tells of."""
    words = lab.find("diagram").locator("figcaption").inner_text()
    return int(words.split("visit: ")[1].split(" session")[0].replace(",", ""))


def test_a_diagram_follows_a_run_of_the_notebook_and_stays_behind(lab: Any) -> None:
    lab.notebook("flow", RUN, "times = EventTimeChart(flow)\ntimes", "flow.close()")
    lab.run_cell(0)
    lab.run_cell(1)
    diagram, times = lab.find("diagram"), lab.find("times")
    diagram.locator("xpath=self::*[@data-seq]").wait_for(timeout=20_000)
    times.locator("xpath=self::*[@data-seq]").wait_for(timeout=20_000)
    assert diagram.locator("svg.swb-sheet-graph rect.swb-i-box").count() == 4
    assert diagram.locator("svg[role=img]").count() == 2
    assert times.locator("svg.swb-sheet-rates").is_visible()

    lab.kernel("run.start()")
    lab.wait(lambda: diagram.get_attribute("data-s") == "running", "the run is noticed")
    lab.wait(lambda: 0 < sessions(lab) < 2000, "sessions are counted")
    before = sessions(lab)
    lab.wait(lambda: sessions(lab) > before + 20, "and more of them")
    told = times.locator("figcaption")
    lab.wait(lambda: "None of 500 recent events is late" in told.inner_text(), "the newest events are looked at")
    names = diagram.locator("svg.swb-sheet-graph text.swb-i-name").all_text_contents()
    assert names == ["landing", "browse", "cart", "paid"]
    lab.page.wait_for_timeout(1500)
    diagram.scroll_into_view_if_needed()
    lab.picture("views-light")
    lab.theme("JupyterLab Dark")
    lab.page.wait_for_timeout(500)
    lab.picture("views-dark")
    lab.theme("JupyterLab Light")

    diagram.get_by_role("combobox", name="Flow").select_option("support")
    lab.wait(lambda: diagram.locator("svg.swb-sheet-graph rect.swb-i-box").count() == 2, "the other flow")
    times.get_by_role("combobox", name="Watermark").select_option("60000000")
    lab.wait(lambda: lab.kernel("print(times._bound)") == "60000000", "the watermark is moved")

    lab.run_cell(2)
    lab.page.locator(
        ".jp-OutputArea-output svg[role=img] path[stroke-dasharray], .jp-OutputArea-output figure"
    ).first.wait_for()
    assert lab.page.locator(".swb").count() == 0
    assert lab.kernel("print(run.stats().state)") == "running"
    assert lab.kernel("run.stop()\n" + THREADS) == "[]"


def test_in_a_workbench_the_diagram_comes_with_the_flows_and_goes_with_them(lab: Any) -> None:
    plain = "events: {ping: {fields: {n: uuid}}}\\narrivals: {ping: 5/s}\\n"
    lab.notebook("both", f'from synthwb_widgets import Workbench\nwb = Workbench("{plain}")\nwb')
    lab.run_all()
    lab.find("chart").locator("xpath=self::*[@data-seq]").wait_for(timeout=20_000)
    lab.page.locator(".swb-diagram").last.locator("xpath=self::*[@data-seq]").wait_for(state="attached")
    assert not lab.find("diagram").is_visible()
    assert not lab.find("times").is_visible()
    lab.kernel(f'wb.document = """{VISITS}"""')
    lab.wait(lambda: lab.find("diagram").is_visible(), "the diagram comes")
    chart, diagram = lab.find("chart").bounding_box(), lab.find("diagram").bounding_box()
    assert chart["y"] + chart["height"] <= diagram["y"]
    lab.picture("workbench-with-flows")
    lab.kernel(f'wb.document = "{plain}"')
    lab.wait(lambda: not lab.find("diagram").is_visible(), "and goes")
    assert lab.kernel("wb.close()\n" + THREADS) == "[]"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_of_them_is_seriously_inaccessible(lab: Any, axe: str, theme: str) -> None:
    lab.theme(theme)
    try:
        lab.notebook(f"views-axe-{theme[-4:].strip().lower()}", RUN, "EventTimeChart(flow)")
        lab.run_all()
        for kind in ("diagram", "times"):
            lab.find(kind).locator("xpath=self::*[@data-seq]").wait_for(timeout=20_000)
        lab.evaluate(f"() => {{ {axe}; return 1 }}")
        serious = [item for item in lab.evaluate(AXE) if item[1] in ("serious", "critical")]
        assert serious == []
    finally:
        lab.theme("JupyterLab Light")
