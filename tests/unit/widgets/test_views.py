"""The flow diagram and the event-time chart: of a document, of a run, inside a workbench, and still."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

import synthwb
from synthwb.runtime import Run, State
from synthwb.views import TimeView, flow_charts, time_view
from synthwb_widgets import Editor, EventTimeChart, FlowDiagram, Preview, Workbench, flowpicture, timepicture
from synthwb_widgets.drawing import Drawing, bars, svg

VISITS = """\
seed: 7
clock: {start: 2026-03-02T00:00}
events:
  seen: {fields: {page: state.name}}
  sold: {fields: {total: {uniform: {min: 1, max: 9}}}}
flows:
  visit:
    states:
      landing: {emit: seen, dwell: 5s, next: {cart: 60, exit: 40}}
      cart: {dwell: 9s, next: {sold: 50, landing: 20, exit: 30}}
      sold: {emit: [seen, sold], next: exit}
  tour: {states: {hall: {emit: seen, next: exit}}}
arrivals: {visit: 120/min, tour: 6/min}
pacing: 400/s
"""
PLAIN = "events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 20/s}\npacing: 100/s\n"


@pytest.fixture
def run() -> Iterator[Run]:
    """A run that nobody has started."""
    made = Run(synthwb.loads(VISITS), limit=2000)
    yield made
    made.stop()


def words(frame: dict[str, Any]) -> list[str]:
    """All texts of a frame's drawings."""
    return [shape[-1] for drawing in frame["drawings"] for shape in drawing["shapes"] if shape[0] == "text"]


def test_a_flow_is_drawn_with_its_counts_and_its_funnel(page: Any) -> None:
    diagram = FlowDiagram(VISITS)
    seen = page(diagram)
    seen.says("hello")
    (frame,) = seen.frames
    assert (frame["title"], frame["choice"], frame["shown"]) == ("Flow", "visit", True)
    assert [value for value, _ in frame["choices"]] == ["visit", "tour"]
    assert [drawing["name"] for drawing in frame["drawings"]] == ["graph", "funnel"]
    texts = words(frame)
    assert {"landing", "cart", "sold", "exit", "(60)", "(40)", "no event"} <= set(texts)
    assert re.match(r"visit: [\d,]+ sessions; of these reached landing 100%, cart \d+%, sold \d+%", frame["summary"])
    seen.says("select", choice="tour")
    assert "hall" in words(seen.frames[-1])
    seen.says("select", choice="gone")
    assert seen.frames[-1]["choice"] == "visit"
    json.dumps(seen.frames[-1])
    diagram.close()


def test_counts_follow_a_run_that_is_started_elsewhere(run: Run, page: Any, living: Callable[[], list[str]]) -> None:
    diagram = FlowDiagram(run)
    seen = page(diagram)
    seen.says("hello")
    before = seen.frames[-1]["summary"]
    run.start()
    seen.waits(lambda frame: frame["state"] == "finished" and frame["summary"] != before)
    stats = run.stats()
    assert stats.steps is not None
    chart = flow_charts(run.plan.scenario, stats.steps)[0]
    assert seen.frames[-1]["summary"] == flowpicture.describe(chart)
    diagram.close()
    assert living() == []


def test_closing_a_picture_of_a_run_leaves_the_run_alone() -> None:
    run = Run(synthwb.loads(VISITS))
    run.start()
    with pytest.raises(TypeError, match="no text to edit"):
        Editor(run)
    chart = EventTimeChart(run)
    chart.close()
    assert run.stats().state is State.RUNNING
    run.stop()


def test_a_scenario_is_enough_and_so_is_another_panel(page: Any) -> None:
    diagram = FlowDiagram(synthwb.loads(VISITS))
    seen = page(EventTimeChart(diagram))
    seen.says("hello")
    assert [drawing["name"] for drawing in seen.frames[-1]["drawings"]] == ["rates", "day"]
    assert page(Preview(diagram)).widget.feed is diagram.feed
    diagram.close()


def test_what_a_workbench_made_is_what_its_diagram_counts(page: Any) -> None:
    with Workbench(VISITS) as wb:
        seen = page(wb.diagram)
        seen.says("hello")
        wb.run(3000)
        frame = seen.waits(lambda frame: "of these" in frame["summary"] and "finished" in frame["state"])
        sessions = int(re.search(r"visit: ([\d,]+) sessions", frame["summary"])[1].replace(",", ""))  # type: ignore[index]
        landed = wb.frames["seen"].filter(wb.frames["seen"]["page"] == "landing").height
        assert 0.5 * landed < sessions <= landed
        wb.document = VISITS.replace("cart: 60, exit: 40", "cart: 5, exit: 95")
        assert seen.waits(lambda frame: "(95)" in words(frame))["state"] == "idle"
        wb.document = VISITS.replace("cart: 60", "crat: 60")
        assert seen.waits(lambda frame: frame["stale"])["drawings"]


def test_in_a_workbench_they_are_there_where_they_have_something_to_show(page: Any) -> None:
    with Workbench(PLAIN) as wb:
        shown = {}
        for name in ("diagram", "times"):
            seen = page(getattr(wb, name))
            seen.says("hello")
            shown[name] = seen.frames[-1]["shown"]
        assert shown == {"diagram": False, "times": False}
        wb.document = VISITS
        seen = page(wb.diagram)
        seen.says("hello")
        assert seen.frames[-1]["shown"]


def test_alone_they_say_what_is_missing(page: Any) -> None:
    seen = page(FlowDiagram(PLAIN))
    seen.says("hello")
    assert seen.frames[-1]["shown"]
    assert "no flows" in seen.frames[-1]["summary"]
    broken = page(EventTimeChart("events: {"))
    broken.says("hello")
    assert "error" in broken.frames[-1]["summary"]
    assert broken.frames[-1]["drawings"] == ()
    for shown in (seen, broken):
        shown.widget.close()


def test_the_watermark_is_chosen_and_nonsense_is_not_believed(page: Any) -> None:
    chart = EventTimeChart(PLAIN, bound=2.5)
    seen = page(chart)
    seen.says("hello")
    assert (seen.frames[-1]["choice"], len(seen.frames[-1]["choices"])) == ("2500000", 7)
    seen.says("select", choice="60000000")
    assert seen.frames[-1]["choice"] == "60000000"
    for nonsense in ("-1", "soon", "9" * 30, "1e3"):
        seen.says("select", choice=nonsense)
        assert seen.frames[-1]["choice"] == "60000000"
    assert "None of" in seen.frames[-1]["summary"]
    chart.close()


def test_late_events_bring_the_scatter_into_a_workbench(page: Any) -> None:
    with Workbench(
        f"{PLAIN}imperfections:\n  - late: {{rate: 20%, delay: {{uniform: {{min: 5s, max: 60s}}}}}}\n"
    ) as wb:
        seen = page(wb.times)
        seen.says("hello")
        frame = seen.frames[-1]
        assert frame["shown"]
        assert [drawing["name"] for drawing in frame["drawings"]] == ["scatter", "rates", "day"]
        assert "recent events are late" in frame["summary"]
        assert "<svg" in wb.times.bundle()[0]["text/html"]


def late() -> TimeView:
    """A sample of which two events are late, one of them behind the watermark."""
    plan = synthwb.Run(synthwb.loads(PLAIN)).plan
    view = time_view([synthwb.engine.sample(plan, 100)], bound=1_000_000, slices=10)
    time = list(view.time)
    time[50] -= 500_000
    time[80] -= 3_000_000
    flags = tuple(number in (50, 80) for number in range(100))
    return replace(view, time=tuple(time), late=flags, behind=tuple(number == 80 for number in range(100)))


def test_late_events_are_points_of_their_own() -> None:
    drawing = timepicture.scatter(late())
    paths = {shape[1]: shape[2] for shape in drawing.shapes if shape[0] == "path"}
    assert paths["ontime"].count("M") == 98
    assert paths["late"].count("M") == 1
    assert paths["behind"].count("m0") == 1
    assert paths["mark"].count("L") > 10
    assert "2 of 100 recent events are late (2.0%), and 1 behind the watermark" in drawing.label


def inside(drawing: Drawing) -> None:
    """Everything of a drawing lies on its sheet."""
    for form, kind, *rest in drawing.shapes:
        if form == "rect":
            x, y, width, height = rest
            assert 0 <= x <= x + width <= drawing.width, (kind, rest)
            assert 0 <= y <= y + height <= drawing.height, (kind, rest)
        elif form == "text":
            assert 0 <= rest[0] <= drawing.width
            assert 0 <= rest[1] <= drawing.height
        else:
            for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", rest[0]):
                assert 0 <= float(x) <= drawing.width, (kind, rest)
                assert 0 <= float(y) <= drawing.height, (kind, rest)
            assert all(0 <= float(x) <= drawing.width for x in re.findall(r"H(-?[\d.]+)", rest[0]))


def test_nothing_is_drawn_beside_the_sheet() -> None:
    plan = synthwb.Run(synthwb.loads(VISITS)).plan
    for chart in flow_charts(plan.scenario, None):
        inside(flowpicture.graph(chart))
        inside(flowpicture.funnel(chart))
    inside(timepicture.scatter(late()))
    inside(timepicture.rates("Rates:", late().rates, "rates"))


def test_bars_are_as_tall_as_their_values_and_nothing_above_zero_is_lost() -> None:
    assert bars([0, 1, 2, 1e-9], 10, 5, 100, 50) == (
        "M15.0 100.0v-25.0h4.0v25.0zM20.0 100.0v-50.0h4.0v50.0zM25.0 100.0v-1.0h4.0v1.0z"
    )
    assert bars([], 0, 5, 1, 1) == bars([0, 0], 0, 5, 1, 1) == ""


def test_stills_are_sound_xml_with_a_sentence_and_nothing_else() -> None:
    diagram = FlowDiagram(VISITS)
    data, _ = diagram.bundle()
    diagram.close()
    pictures = re.findall(r"<svg.*?</svg>", data["text/html"])
    assert len(pictures) == 2
    for picture in pictures:
        root = ET.fromstring(picture)
        assert root.get("role") == "img"
        assert root.get("aria-label")
    assert "visit:" in data["text/plain"]
    assert "visit:" in data["text/markdown"]
    none = FlowDiagram(PLAIN)
    assert "no flows" in none.bundle()[0]["text/html"]
    none.close()
    hostile = svg(Drawing(9, 9, (("text", "name", 1, 1, "end", "<img src=x>"),), "a \" ' <b>"))
    assert ET.fromstring(hostile).get("aria-label") == "a \" ' <b>"
