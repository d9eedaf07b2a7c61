"""Journeys with completion: offered while typing, asked for by a key, chosen, left, and never in the way."""

from __future__ import annotations

import pytest
from workbench_driver import WorkbenchDriver, opened

from synthwb.tui.editor.popup import CompletionPopup
from synthwb.tui.paper import Paper

TILL = """\
name: till
entities:
  user: {count: 5, fields: {user_id: uuid, city: city}}
events:
  sale:
    actor: user
    fields:
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      note: uuid
"""
PAPER = Paper("till.yaml", TILL)


def popup(wb: WorkbenchDriver) -> CompletionPopup:
    return wb.app.workbench.popup  # type: ignore[attr-defined]


def labels(wb: WorkbenchDriver) -> list[str]:
    """What is offered; nothing while the popup is closed."""
    completion = popup(wb).completion
    return [each.label for each in completion.candidates] if popup(wb).display and completion else []


async def type_value(wb: WorkbenchDriver, word: str) -> None:
    """Take the value of the last field away and type another."""
    await wb.editor.at("note: uuid", after=True)
    await wb.press(*["backspace"] * 4)
    await wb.editor.type(word)


async def test_typing_offers_and_enter_takes() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "logn")
        assert labels(wb) == ["lognormal"]
        assert "The lognormal law" in wb.text
        await wb.press("enter")
        assert labels(wb) == []
        assert wb.editor.line == "      note: {lognormal: {median: 25, sigma: 0.7}, round: 2}"
        wb.problems.expect_none()
        await wb.press("ctrl+z")
        assert wb.editor.line == "      note: logn", "one step of undo"


async def test_a_method_of_faker_is_offered_with_a_value_and_so_are_its_arguments() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "{date_of_b")
        assert labels(wb) == ["date_of_birth"]
        assert "A random date of birth" in wb.text
        assert "date_of_birth  # " in wb.text
        await wb.press("enter")
        await wb.editor.type("{min")
        assert labels(wb) == ["minimum_age"]
        await wb.press("tab")
        await wb.editor.type("18}}")
        assert wb.editor.line == "      note: {date_of_birth: {minimum_age: 18}}"
        wb.problems.expect_none()


async def test_arrows_choose_and_tab_takes() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "act")
        assert labels(wb)[:2] == ["actor.user_id", "actor.city"]
        await wb.press("down")
        await wb.press("tab")
        assert wb.editor.line == "      note: actor.city"
        assert wb.app.workbench.pane == "scenario", "Tab has not left or indented"


async def test_escape_closes_the_list_and_only_then_leaves_the_editor() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "un")
        assert labels(wb)
        await wb.press("escape")
        assert labels(wb) == []
        assert wb.app.workbench.pane == "scenario"
        await wb.press("escape")
        assert wb.app.workbench.pane != "scenario"


async def test_a_whole_word_is_left_alone_and_enter_begins_a_line() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "uuid")
        assert labels(wb) == []
        await wb.press("enter")
        assert wb.editor.text.endswith("note: uuid\n      \n")


async def test_names_of_ones_own_are_not_disturbed_but_pieces_are_there_when_asked_for() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at("note: uuid", after=True)
        await wb.press("enter")
        await wb.editor.type("am")
        assert labels(wb) == []
        await wb.press("backspace", "backspace", "ctrl+@")
        assert {"city", "amount", "category"} <= set(labels(wb))
        await wb.editor.type("am")
        assert labels(wb) == [], "typing on leaves the list"


async def test_the_key_offers_all_that_may_stand_there() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.at("name: till")
        await wb.press("home", "enter", "up", "ctrl+@")
        assert labels(wb)[:3] == ["synthwb", "doc", "seed"]
        await wb.editor.type("lim")
        await wb.press("enter")
        assert wb.editor.text.startswith("limit:\n  \nname: till"), "the cursor stands where its keys go"


async def test_the_key_mends_first() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await wb.editor.change("lognormal", "lognormall")
        await wb.press("ctrl+@")
        assert labels(wb) == []
        assert wb.editor.text == TILL


async def test_moving_away_and_another_pane_close_the_list() -> None:
    async with opened(PAPER, frozen=True) as wb:
        await type_value(wb, "un")
        assert labels(wb)
        await wb.press("home")
        assert labels(wb) == []
        await wb.editor.at("name: till")
        await wb.press("enter", "up", "ctrl+@")
        assert labels(wb)
        await wb.press("f3")
        assert labels(wb) == []


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_the_list_fits_the_screen(size: tuple[int, int]) -> None:
    async with opened(PAPER, frozen=True, size=size) as wb:
        await type_value(wb, "u")
        region = popup(wb).region
        assert popup(wb).display
        assert region.x >= 0
        assert region.y >= 0
        assert region.right <= size[0]
        assert region.bottom <= size[1]
        assert any("uuid" in line and "generator" in line for line in wb.lines())


async def test_an_old_list_is_not_shown_over_a_new_text() -> None:
    async with opened(PAPER, frozen=True) as wb:
        screen = wb.app.workbench
        await type_value(wb, "un")
        screen.session.complete(screen.editor.text, screen.editor.cursor_index, asked=True)
        screen.editor.replace("x", screen.editor.cursor_location, screen.editor.cursor_location)
        await wb.settle()
        assert "unx" in wb.editor.line
        assert labels(wb) == []
