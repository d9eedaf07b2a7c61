"""Journeys of the cohort view: who comes back, counted in the background, while the text is changed."""

from __future__ import annotations

from threading import Event

import pytest
from workbench_driver import WorkbenchDriver, opened

import synthwb.views
from synthwb.tui.paper import Paper, open_paper

KEPT = """\
synthwb: 1
clock: {start: 2026-03-02T00:00, end: +30d}
entities:
  user: {count: 50, key: user_id, fields: {user_id: uuid}}
  door: {count: 9, key: door_id, fields: {door_id: uuid}}
events:
  opened: {actor: user, fields: {user_id: actor.user_id}}
  entered: {actor: door, fields: {door: actor.door_id}}
arrivals: {opened: 2/h, entered: 1/h}
"""


async def counted(wb: WorkbenchDriver) -> synthwb.views.CohortView:
    """The cohorts once all are counted."""
    screen = wb.app.workbench
    await wb.until(lambda: not screen.counting)
    await wb.settle()
    assert screen.preview.cohorts.cohorts is not None
    return screen.preview.cohorts.cohorts


async def viewed(wb: WorkbenchDriver) -> synthwb.views.CohortView:
    """Bring the view to the front with the key that works everywhere, and wait for all that it shows."""
    await wb.press("ctrl+backslash", "ctrl+backslash", "ctrl+backslash")
    assert wb.app.workbench.preview.view == "cohorts"
    return await counted(wb)


async def test_engaged_users_show_retention_on_every_size(golden: object) -> None:
    async with opened(open_paper("engaged-users"), size=(160, 50), frozen=True) as wb:
        view = await viewed(wb)
        assert (view.entity, view.name, len(view.cohorts)) == ("user", "week", 12)
        assert list(view.curve[:9]) == sorted(view.curve[:9], reverse=True)
        assert view.curve[1] > 0.7 > 0.5 > view.curve[8] > 0.3
        golden(wb, "cohorts-160x50")
        await wb.resize(100, 30)
        golden(wb, "cohorts-100x30")
        await wb.resize(80, 24)
        golden(wb, "cohorts-strip-80x24")
        await wb.press("f3")
        golden(wb, "cohorts-80x24")
        await wb.press("d")
        assert (await counted(wb)).name == "day"
        golden(wb, "cohorts-day-80x24")
        await wb.press("d")
        assert await counted(wb) == view


async def test_a_change_of_the_text_changes_the_curve() -> None:
    async with opened(open_paper("engaged-users"), frozen=True) as wb:
        before = (await viewed(wb)).curve
        await wb.editor.change("0.01 when", "0.3 when")
        after = (await counted(wb)).curve
        assert after[0] == before[0] == 1.0
        assert after[8] < 0.7 * before[8]


async def test_an_edit_does_not_wait_for_what_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()
    advance = synthwb.views.CohortWatch.advance

    def held(watch: synthwb.views.CohortWatch, until: int | None, events: int) -> bool:
        begun.set()
        assert go_on.wait(60)
        return advance(watch, until, events)

    monkeypatch.setattr(synthwb.views.CohortWatch, "advance", held)
    try:
        async with opened(Paper("kept.yaml", KEPT), frozen=True) as wb:
            await wb.press("ctrl+backslash", "ctrl+backslash", "ctrl+backslash")
            await wb.until(begun.is_set)
            await wb.editor.change("count: 50", "count: 40")
            assert wb.app.workbench.session.settled
            assert wb.app.workbench.session.scenario.entities["user"].count == 40
            assert wb.app.workbench.counting
            go_on.set()
            assert (await counted(wb)).actors == 40
    finally:
        go_on.set()


async def test_the_last_cohorts_stay_dimmed_while_the_document_has_an_error() -> None:
    async with opened(Paper("kept.yaml", KEPT), frozen=True) as wb:
        view = await viewed(wb)
        await wb.editor.put(KEPT.replace("count: 50", "count: many"))
        assert wb.app.workbench.preview.cohorts.stale
        assert wb.app.workbench.preview.cohorts.cohorts == view
        assert "by week" in wb.text


async def test_the_cursor_chooses_whose_cohorts() -> None:
    async with opened(Paper("kept.yaml", KEPT), size=(160, 50), frozen=True) as wb:
        assert (await viewed(wb)).entity == "user"
        await wb.editor.at("door: {count")
        assert (await counted(wb)).entity == "door"
        assert "door by week" in wb.text
        await wb.editor.at("arrivals")
        assert (await counted(wb)).entity == "user"


async def test_where_nobody_can_be_followed_it_says_what_to_write(golden: object) -> None:
    async with opened(Paper("empty.yaml", KEPT), size=(80, 24), frozen=True) as wb:
        await viewed(wb)
        await wb.editor.put("events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 4/s}\npacing: 20/s\n")
        await wb.until(lambda: not wb.app.workbench.counting)
        await wb.press("f3")
        golden(wb, "cohorts-none-80x24")
        assert "No population to follow: no event has an actor" in wb.text
        assert "Day or week" not in wb.text
        await wb.press("d", "v")
        assert wb.app.workbench.preview.view == "table"
