"""Journeys in the editor: break it, see why, mend it, undo it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.style import Style
from workbench_driver import WorkbenchDriver, opened

from synthwb.generators import names, plugins, registry
from synthwb.tui.paper import Paper

TILL = """\
synthwb: 1
name: till
events:
  sale:
    fields:
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      tier: {choice: {free: 80, pro: 20}}
      note: {pattern: "N-##", missing: 50%}
  refund:
    fields:
      amount: {uniform: {min: 1, max: 9}}
arrivals: {sale: 20/s, refund: 5/s}
pacing: 100/s
"""
PAPER = Paper("till.yaml", TILL)


async def test_a_typo_is_pointed_at_and_mended_by_one_key() -> None:
    async with opened(PAPER) as wb:
        wb.problems.expect_none()
        await wb.editor.change("lognormal", "lognormall")
        wb.problems.expect("lognormall")
        wb.editor.expect_marked(6, "✗")
        assert wb.preview.stale
        assert "last good sample" in wb.preview.notice
        await wb.press("ctrl+@")
        wb.problems.expect_none()
        assert wb.editor.text == TILL
        assert not wb.preview.stale
        assert wb.preview.notice == ""


def pieces(wb: WorkbenchDriver, line: int) -> dict[str, Style]:
    """The words of a line of the editor (from 1) with how they are drawn; the gutter first."""
    found: dict[str, Style] = {}
    for segment in wb.app.workbench.editor.render_line(line - 1):
        for word in segment.text.split():
            found.setdefault(word.strip("{}:,"), segment.style or Style())
    return found


@pytest.mark.parametrize("theme", ["synthwb-dark", "synthwb-light"])
async def test_yaml_has_colours_and_a_problem_is_underlined(theme: str) -> None:
    async with opened(Paper("till.yaml", f"# a till\n{TILL}"), frozen=True) as wb:
        wb.app.theme = theme
        await wb.settle()
        comment, key, text = pieces(wb, 1)["till"], pieces(wb, 9)["note"], pieces(wb, 9)['"N-##"']
        number = pieces(wb, 7)["0.7"]
        assert len({style.color for style in (comment, key, text, number)}) == 4
        await wb.editor.change("lognormal", "lognormall")
        drawn = pieces(wb, 7)
        assert drawn["lognormall"].underline
        assert not drawn["total"].underline
        assert "✗" in "".join(drawn)


FAILING = """
from synthwb.generators import Generator, register
from synthwb.scenario.model import DType

@register
class Jinx(Generator):
    "It never works."
    name, family, examples = "jinx", "games", ("jinx",)

    def dtype(self, args, dtype_of):
        return DType.INTEGER

    def bind(self, call, site):
        raise ValueError("out of luck")
"""


@pytest.fixture
def jinx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A plug-in whose generator cannot be bound."""
    names()
    before = registry.snapshot()
    monkeypatch.setattr(plugins, "_CHOSEN", {})
    path = tmp_path / "jinx.py"
    path.write_text(FAILING)
    plugins.load_plugin(str(path))
    yield path
    registry.restore(before)
    del sys.modules["synthwb_plugin_jinx"]


async def test_a_plug_in_that_fails_is_a_problem_at_the_field_that_uses_it(jinx: Path) -> None:
    async with opened(PAPER) as wb:
        await wb.editor.change("{uniform: {min: 1, max: 9}}", "jinx")
        wb.problems.expect("bind of the generator jinx fails: ValueError: out of luck", f"{jinx}, line 14")
        wb.editor.expect_marked(11, "✗")
        assert wb.preview.stale
        await wb.editor.change("jinx", "uuid")
        wb.problems.expect_none()
        assert not wb.preview.stale


async def test_a_mend_is_one_step_of_undo() -> None:
    async with opened(PAPER) as wb:
        await wb.editor.change("lognormal", "lognormall")
        broken = wb.editor.text
        await wb.press("ctrl+@")
        await wb.press("ctrl+z")
        assert wb.editor.text == broken
        wb.problems.expect("lognormall")
        await wb.press("ctrl+y")
        wb.problems.expect_none()


async def test_the_keys_of_problems_go_round() -> None:
    async with opened(PAPER) as wb:
        await wb.editor.put(TILL.replace("lognormal", "lognormall").replace("uniform", "unifrom"))
        await wb.editor.at("synthwb: 1")
        await wb.press("f8")
        assert "lognormall" in wb.editor.line
        await wb.press("f8")
        assert "unifrom" in wb.editor.line
        await wb.press("f8")
        assert "lognormall" in wb.editor.line
        await wb.press("shift+f8")
        assert "unifrom" in wb.editor.line


async def test_enter_in_the_list_of_problems_jumps() -> None:
    async with opened(PAPER) as wb:
        await wb.editor.put(TILL.replace("uniform", "unifrom"))
        await wb.editor.at("synthwb: 1")
        wb.app.workbench.action_pane("problems")
        await wb.settle()
        await wb.press("home", "enter")
        assert wb.app.workbench.pane == "scenario"
        assert "unifrom" in wb.editor.line


async def test_no_problem_is_said_in_passing() -> None:
    async with opened(PAPER) as wb:
        await wb.press("f8")
        assert any("No problems" in toast for toast in wb.toasts)


async def test_enter_goes_on_at_the_right_depth_and_tab_keeps_to_two_spaces() -> None:
    async with opened(Paper("new.yaml", "")) as wb:
        wb.app.workbench.editor.focus()
        await wb.editor.type("events:\nsale:\nfields:\nqty: 1\n")
        assert wb.editor.text == "events:\n  sale:\n    fields:\n      qty: 1\n      "
        await wb.press("backspace", "backspace")
        assert wb.editor.text.endswith("qty: 1\n  ")
        await wb.press("tab")
        assert wb.editor.text.endswith("qty: 1\n    ")
        await wb.press("shift+tab")
        assert wb.editor.text.endswith("qty: 1\n  ")


async def test_lines_are_commented_out_and_in() -> None:
    async with opened(PAPER) as wb:
        await wb.editor.at("note:")
        await wb.press("ctrl+underscore")
        assert '      # note: {pattern: "N-##", missing: 50%}' in wb.editor.text
        assert "note" not in wb.preview.headings
        await wb.press("ctrl+underscore")
        assert wb.editor.text == TILL


async def test_an_empty_document_and_a_binary_paste_are_only_problems() -> None:
    async with opened(PAPER) as wb:
        await wb.editor.put("")
        assert wb.preview.stale or wb.preview.notice
        await wb.editor.put("\x00\x1b[2J: [")
        assert wb.app.workbench.session.diagnostics
        await wb.editor.put(TILL)
        wb.problems.expect_none()
        assert not wb.preview.stale
