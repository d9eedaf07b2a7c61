"""Journeys of files: open, save, presets, and the guard of unsaved work."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Button, OptionList, Static
from workbench_driver import WorkbenchDriver, opened

from synthwb.scenario import presets
from synthwb.tui.paper import NEW, Paper, open_paper

TINY = "synthwb: 1\nevents:\n  ping:\n    fields: {n: {integer: {min: 1, max: 6}}}\n"


async def press_button(wb: WorkbenchDriver, name: str) -> None:
    wb.app.screen.query_one(f"#{name}", Button).press()
    await wb.settle()


async def test_a_change_is_marked_and_saved(tmp_path: Path) -> None:
    path = tmp_path / "dice.yaml"
    path.write_text(TINY)
    path.chmod(0o640)
    async with opened(open_paper(str(path)), frozen=True) as wb:
        assert "dice.yaml *" not in wb.text
        await wb.editor.change("max: 6", "max: 20")
        assert "dice.yaml *" in wb.text
        await wb.press("ctrl+s")
        assert path.read_text() == TINY.replace("max: 6", "max: 20")
        assert path.stat().st_mode & 0o777 == 0o640
        assert "dice.yaml *" not in wb.text
        assert sorted(p.name for p in tmp_path.iterdir()) == ["dice.yaml"]


async def test_a_preset_is_saved_under_a_name_that_is_asked_for(tmp_path: Path) -> None:
    async with opened(Paper("dice.yaml", TINY, preset="dice"), frozen=True) as wb:
        await wb.press("ctrl+s")
        assert wb.dialog == "Save as"
        await wb.fill(str(tmp_path / "mine.txt"))
        await wb.press("enter")
        assert ".yaml" in str(wb.app.screen.query_one(".dialog-refusal", Static).content)
        (tmp_path / "mine.yaml").write_text("already there")
        await wb.fill(str(tmp_path / "mine.yaml"))
        await wb.press("enter")
        assert wb.dialog == "File exists"
        await press_button(wb, "overwrite")
        assert (tmp_path / "mine.yaml").read_text() == TINY
        assert "mine.yaml" in wb.text


async def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    path = tmp_path / "gone" / "dice.yaml"
    async with opened(Paper("dice.yaml", TINY, path), frozen=True) as wb:
        await wb.editor.change("max: 6", "max: 20")
        await wb.press("ctrl+s")
        assert any("No such file" in toast for toast in wb.toasts)
        assert "dice.yaml *" in wb.text


async def test_open_shows_another_file_with_a_history_of_its_own(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(TINY.replace("ping", "pong"))
    async with opened(Paper("dice.yaml", TINY), frozen=True) as wb:
        await wb.press("ctrl+o")
        await wb.fill(str(tmp_path / "nothing.yaml"))
        await wb.press("enter")
        assert "No such file" in str(wb.app.screen.query_one(".dialog-refusal", Static).content)
        await wb.fill(str(other))
        await wb.press("enter")
        assert wb.dialog == ""
        assert wb.editor.text == other.read_text()
        assert "other.yaml" in wb.text
        await wb.press("ctrl+z")
        assert wb.editor.text == other.read_text()


async def test_presets_show_what_they_teach_and_open() -> None:
    async with opened(Paper("dice.yaml", TINY), frozen=True) as wb:
        await wb.press("ctrl+l")
        assert wb.dialog == "Presets"
        options = wb.app.screen.query_one(OptionList)
        assert [option.id for option in options.options] == [preset.name for preset in presets()]
        await wb.press("down")
        second = presets()[1]
        assert second.doc.splitlines()[0][:40] in wb.text
        await wb.press("enter")
        assert wb.editor.text == second.text
        await wb.until(lambda: wb.app.workbench.session.settled)
        wb.problems.expect_none()


async def test_new_starts_from_five_valid_lines() -> None:
    async with opened(Paper("dice.yaml", TINY), frozen=True) as wb:
        await wb.press("ctrl+n")
        assert wb.editor.text == NEW
        wb.problems.expect_none()
        assert "total" in wb.preview.headings


@pytest.mark.parametrize("key", ["ctrl+q", "ctrl+n", "ctrl+o"])
async def test_unsaved_work_is_guarded(key: str) -> None:
    async with opened(Paper("dice.yaml", TINY), frozen=True) as wb:
        await wb.editor.change("max: 6", "max: 20")
        await wb.press(key)
        assert wb.dialog == "Unsaved changes"
        await press_button(wb, "stay")
        assert wb.dialog == ""
        assert "max: 20" in wb.editor.text


async def test_quit_can_save_first(tmp_path: Path) -> None:
    path = tmp_path / "dice.yaml"
    path.write_text(TINY)
    async with opened(open_paper(str(path)), frozen=True) as wb:
        await wb.editor.change("max: 6", "max: 20")
        await wb.press("ctrl+q")
        wb.app.screen.query_one("#save", Button).press()
        await wb.pilot.pause()
        assert "max: 20" in path.read_text()
        assert not wb.app.is_running or wb.app._exit


@pytest.mark.parametrize("data", [b"\x00\x01", b"\xff\xfe\xfa", b"# " + b"x" * 10_000_000, None])
def test_what_is_no_text_is_refused_before_the_screen_opens(tmp_path: Path, data: bytes | None) -> None:
    from synthwb.errors import UsageError

    path = tmp_path / "odd.yaml"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(UsageError, match=r"odd\.yaml"):
        open_paper(str(path))
