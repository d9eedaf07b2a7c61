"""Journeys of the preview: rows follow the text, column and chart follow the cursor."""

from __future__ import annotations

import statistics

from workbench_driver import opened

from synthwb.tui.paper import Paper

TILL = """\
synthwb: 1
name: till
entities:
  user:
    count: 50
    key: user_id
    fields: {user_id: uuid, tier: {choice: {free: 80, pro: 20}}}
events:
  sale:
    actor: user
    fields:
      tier: actor.tier
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      note: {pattern: "N-##", missing: 50%}
  refund:
    fields:
      amount: {uniform: {min: 1, max: 9}}
      why: {const: "[red]no[/red]"}
arrivals: {sale: 20/s, refund: 5/s}
pacing: 100/s
"""
PAPER = Paper("till.yaml", TILL)


async def test_rows_are_there_with_types_and_marks_for_what_is_absent() -> None:
    async with opened(PAPER, frozen=True) as wb:
        assert wb.preview.headings == ["time", "event", "tier", "total", "note", "amount", "why"]
        assert wb.preview.types()["total"] == "float"
        assert {"sale", "refund"} == set(wb.preview.column("event"))
        assert "·" in wb.preview.column("note")


async def test_a_changed_number_changes_its_column_and_no_other() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at("median")
        before = {name: wb.preview.column(name) for name in wb.preview.headings}
        await wb.editor.change("median: 25", "median: 80")
        after = {name: wb.preview.column(name) for name in wb.preview.headings}
        assert after["total"] != before["total"]
        ratios = [float(b) / float(a) for a, b in zip(before["total"], after["total"], strict=True)]
        assert statistics.median(ratios) > 3
        del before["total"], after["total"]
        assert after == before


async def test_the_cursor_chooses_event_type_column_and_chart() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at("lognormal")
        assert wb.preview.marked == "total"
        assert set(wb.preview.headings) == {"time", "tier", "total", "note"}
        assert "sale.total" in wb.text
        assert "median" in wb.text
        await wb.editor.at("amount")
        assert wb.preview.headings == ["time", "amount", "why"]
        assert "refund.amount" in wb.text
        await wb.editor.at("tier: {choice")
        assert "user.tier" in wb.text
        assert "free" in wb.text
        await wb.editor.at("refund: 5/s")
        assert "arrivals per second" in wb.text


async def test_missing_is_said_in_the_chart() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at('"N-##"')
        title = next(line for line in wb.lines() if "sale.note" in line)
        share = float(title.split("missing")[1].split("%")[0])
        assert 40 < share < 60


async def test_data_is_never_markup() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at("why:")
        assert set(wb.preview.column("why")) == {"[red]no[/red]"}
        assert "[red]no[/red]" in wb.text


async def test_e_chooses_the_event_type_by_hand() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.press("f3")
        seen = []
        for _ in range(3):
            await wb.press("e")
            seen.append(wb.preview.screen.preview.grid.table.event)
        assert seen == ["sale", "refund", ""]


async def test_a_reroll_is_shown_and_taken_back() -> None:
    async with opened(PAPER, frozen=True) as wb:
        before = wb.preview.column("total")
        await wb.press("ctrl+r")
        assert "(rerolled)" in wb.text
        assert wb.preview.column("total") != before
        wb.app.workbench.action_own_seed()
        await wb.settle()
        assert wb.preview.column("total") == before
        assert "seed 42 " in wb.text


async def test_rows_flow_in_from_the_run() -> None:
    async with opened(PAPER) as wb:
        first = wb.preview.screen.preview.grid.table.rows[-1].time
        await wb.until(lambda: wb.preview.screen.preview.grid.table.rows[-1].time > first)


async def test_scrolling_up_stops_following_and_end_follows_again() -> None:
    async with opened(PAPER) as wb:
        await wb.press("f3", "up", "up")
        grid = wb.app.workbench.preview.grid
        assert not grid.following
        last = grid.table.rows[-1].time
        await wb.press("end")
        assert grid.following
        await wb.until(lambda: grid.table.rows[-1].time > last)
