"""The cohort chart: of a document, of a run, of a workbench, and still; and the exercises on retention."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from typing import Any

import pytest

import synthwb
from synthwb.errors import UsageError
from synthwb.runtime import Run
from synthwb.views import retention_text
from synthwb_widgets import CohortChart, Workbench, check
from synthwb_widgets.drawing import svg
from synthwb_widgets.lesson import Outcome

APP = """\
seed: 9
clock: {start: 2026-03-02T00:00, end: +56d}
entities:
  user:
    count: 100
    key: user_id
    fields: {user_id: {pattern: "U-#####", unique: true}}
    population: {births: 20/day}
    engagement: {start: 0.8, decay: 0.2}
events:
  opened: {actor: user, fields: {user_id: actor.user_id}}
flows:
  visit: {actor: user, steps: [opened]}
arrivals:
  visit: {process: per_actor, count: 1, chance: {expr: "actor.engagement"}}
"""
EVENTS = 4763  # of all eight weeks


def words(frame: dict[str, Any], name: str) -> list[str]:
    """The texts of one of a frame's drawings."""
    (drawing,) = [drawing for drawing in frame["drawings"] if drawing["name"] == name]
    return [shape[-1] for shape in drawing["shapes"] if shape[0] == "text"]


def cells(frame: dict[str, Any]) -> int:
    """How many cells the table has."""
    (drawing,) = [drawing for drawing in frame["drawings"] if drawing["name"] == "cohorts"]
    return sum(shape[0] == "rect" for shape in drawing["shapes"])


def test_a_document_is_drawn_up_to_its_end(page: Any) -> None:
    chart = CohortChart(APP)
    seen = page(chart)
    seen.says("hello")
    frame = seen.frames[-1]
    chart.close()
    assert (frame["title"], frame["choice"], frame["shown"]) == ("Retention", "week", True)
    assert [value for value, _ in frame["choices"]] == ["day", "week"]
    assert [drawing["name"] for drawing in frame["drawings"]] == ["cohorts", "curve"]
    assert cells(frame) == 8 * 9 / 2
    texts = words(frame, "cohorts")
    assert [text for text in ("02 Mar", "09 Mar", "20 Apr") if text in texts] == ["02 Mar", "09 Mar", "20 Apr"]
    assert texts.count("100%") == 8
    assert "8 cohorts, by the week of their first event" in frame["summary"]
    assert "100 were there from the beginning, so not all are new" in frame["summary"]


def test_periods_are_chosen_and_only_those_that_there_are(page: Any) -> None:
    chart = CohortChart(APP)
    seen = page(chart)
    seen.says("hello")
    for choice in ("day", "year", ""):
        seen.says("select", choice=choice)
        assert seen.frames[-1]["choice"] == "day"
    assert "after 1 day" in seen.frames[-1]["summary"]
    assert cells(seen.frames[-1]) == 12 * 13 / 2, "the newest twelve"
    chart.close()
    with pytest.raises(UsageError, match="day, week"):
        CohortChart(APP, period="year")


def test_a_long_stream_is_looked_at_to_its_end_though_nothing_runs(page: Any) -> None:
    chart = CohortChart("engaged-users", period="day")
    seen = page(chart)
    seen.says("hello")
    seen.says("select", choice="week")
    deadline = time.monotonic() + 60
    while cells(seen.frames[-1]) < 12 * 13 / 2:
        assert time.monotonic() < deadline, seen.frames[-1]["summary"]
        time.sleep(0.05)
    assert seen.frames[-1]["summary"] == chart.picture().summary
    chart.close()


def test_it_goes_as_far_as_the_workbench_has_made_events() -> None:
    with Workbench(APP) as wb:
        chart = CohortChart(wb)
        whole = chart.view
        assert (len(whole.cohorts), len(whole.curve)) == (8, 8)
        wb.run(EVENTS // 2)
        half = chart.view
        assert half.until == wb.events["time"].dt.epoch("us").max()
        assert 2 <= len(half.cohorts) < 8
        assert half.cohorts[0].active == whole.cohorts[0].active[: len(half.cohorts[0].active)]
        wb.run(EVENTS + 1)
        assert chart.view == whole, "the stream has come to its end"
        wb.document = wb.document.replace("decay: 0.2", "decay: 0.05")
        assert chart.view.curve[2] > whole.curve[2] + 0.3
        wb.document = "events: {"
        assert chart.view.cohorts, "the last good document is shown"


def test_it_follows_a_run() -> None:
    alone = CohortChart(APP, period="day")
    with Run(synthwb.loads(APP)) as run:
        chart = CohortChart(run, period="day")
        run.start()
        run.wait()
        assert len(chart.view.cohorts) == 56
        assert chart.view == alone.view
    chart.close()
    alone.close()


def test_where_nobody_can_be_recognised_it_says_what_to_do(page: Any) -> None:
    chart = CohortChart("events: {ping: {fields: {n: uuid}}}\n")
    seen = page(chart)
    seen.says("hello")
    assert (seen.frames[-1]["drawings"], seen.frames[-1]["choice"]) == ((), "week")
    assert "Give an entity a key" in seen.frames[-1]["summary"]
    with pytest.raises(UsageError, match="Nobody can be recognised"):
        _ = chart.view
    chart.close()


def test_before_the_first_period_is_over_it_says_so() -> None:
    chart = CohortChart(APP.replace("+56d", "+5d"))
    assert "a cohort needs a whole one" in chart.picture().summary
    assert chart.picture().drawings == ()
    chart.close()


def test_a_still_is_svg_in_which_every_cell_is_read() -> None:
    chart = CohortChart(APP)
    table, curve = chart.picture().drawings
    for drawing in (table, curve):
        root = ET.fromstring(svg(drawing))
        assert root.get("aria-label") == drawing.label
    dark = [node for node in ET.fromstring(svg(table)).iter() if node.get("fill") == "#1b1b1b"]
    assert len(dark) == 36
    assert "Retention curve: 0 100%, 1 75%" in curve.label
    right = max(shape[2] + (shape[4] if shape[0] == "rect" else 0) for shape in table.shapes if shape[0] != "path")
    assert right <= table.width
    chart.close()


def test_one_cohort_is_told_in_the_singular() -> None:
    chart = CohortChart(APP.replace("+56d", "+8d"))
    assert "in 1 cohort, by" in retention_text(chart.view)
    chart.close()


def exercise(engagement: str, churn: str = "") -> str:
    """The app with this engagement, and this churn."""
    made = APP.replace("{start: 0.8, decay: 0.2}", engagement)
    return made.replace("births: 20/day", f"births: 20/day, churn: {churn}") if churn else made


@pytest.mark.parametrize(
    ("engagement", "outcome"),
    [
        ("{start: 0.8, decay: 0.075}", Outcome.PASS),
        ("0.12", Outcome.ERROR),
        ("{start: 0.095, decay: 0}", Outcome.PASS),  # 1 - 0.905 ** 7 is 50 %
        ("{start: 0.8, decay: 0.2}", Outcome.NOT_YET),
        ("{start: 0.8, decay: 0.03}", Outcome.NOT_YET),
    ],
)
def test_half_of_them_after_four_weeks(engagement: str, outcome: Outcome) -> None:
    assert check("4a", exercise(engagement)).outcome is outcome


def test_the_exercises_need_users_and_weeks() -> None:
    assert "recognise" in check("4a", "events: {ping: {fields: {n: uuid}}}").message
    assert "5 weeks at least" in check("4a", APP.replace("+56d", "+20d")).message


def test_days_and_weeks_are_computed() -> None:
    assert check("4b", 100 * (1 - 0.9**7))
    assert check("4b", 52)
    assert check("4b", 70).outcome is Outcome.NOT_YET
    assert "per cent" in check("4b", 0.522).message


@pytest.mark.parametrize(
    ("engagement", "churn", "outcome"),
    [
        ("{start: 0.9, decay: 0}", "6.7%/day", Outcome.PASS),
        ("{start: 0.9, decay: 0}", "", Outcome.NOT_YET),
        ("{start: 0.9, decay: 0}", "2%/day", Outcome.NOT_YET),
        ("{start: 0.3, decay: 0}", "6.7%/day", Outcome.NOT_YET),
    ],
)
def test_half_of_them_leave_in_ten_days(engagement: str, churn: str, outcome: Outcome) -> None:
    assert check("4c", exercise(engagement, churn)).outcome is outcome
