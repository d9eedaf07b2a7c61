"""Promises of the terminal workbench that nobody would notice breaking."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.widgets import TextArea

import synthwb.tui
from synthwb.tui.actions import ACTIONS, Scope, action, bindings
from synthwb.tui.editor import hooks
from synthwb.tui.editor.area import ScenarioEditor
from synthwb.tui.palette import palette_actions
from synthwb.tui.preview.pane import PreviewGrid
from synthwb.tui.problems import ProblemsPane
from synthwb.tui.screens.frame import PANES
from synthwb.tui.screens.help import PROSE, key_table
from synthwb.tui.screens.workbench import WorkbenchScreen
from synthwb.tui.views.panes import CohortView, FlowView, TimeView

ROOM = Path(synthwb.tui.__file__).parent
HEAVY = ("polars", "numpy", "faker", "sqlglot", "pydantic", "ruamel", "pyarrow")
DEAD = re.compile(r"^(ctrl\+[mhij]|ctrl\+enter|alt\+enter|ctrl\+\d|alt\+\d|f1[0-2]|f6|f7|ctrl\+b|shift\+enter)$")


def test_the_first_screen_loads_no_engine() -> None:
    """What is imported before the first paint costs the half second that is promised."""
    code = (
        "import sys\n"
        "from synthwb.tui.app import Workbench\n"
        "from synthwb.tui.paper import open_paper\n"
        "Workbench(open_paper(None))\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_only_one_module_touches_private_names_of_the_text_area() -> None:
    private = {name for name in vars(TextArea) if name.startswith("_") and not name.startswith("__")}
    for path in ROOM.rglob("*.py"):
        if path == ROOM / "editor" / "hooks.py":
            continue
        source = path.read_text(encoding="utf-8")
        own = set(re.findall(r"def (_\w+)\(|self\.(_\w+)(?::.*)? = ", source))
        touched = {name for name in private if re.search(rf"self\.{name}\b", source)}
        assert not touched - {name for pair in own for name in pair}, f"{path.name} uses {sorted(touched)}"


@pytest.mark.parametrize("name", hooks.PRIVATE)
def test_the_private_hooks_are_still_there(name: str) -> None:
    """Textual may rename them in any version: then the gutter signs would silently be gone."""
    hook = getattr(TextArea, name, None)
    assert hook is not None, f"TextArea.{name} has gone; see synthwb.tui.editor.hooks"
    assert list(inspect.signature(hook).parameters) == ["self", "y"]


def test_ids_are_unique_and_so_are_keys_in_what_works_together() -> None:
    assert len({each.id for each in ACTIONS}) == len(ACTIONS)
    for pane in ({Scope.EDITOR}, {Scope.OUTSIDE, Scope.PREVIEW}, {Scope.OUTSIDE, Scope.PROBLEMS}):
        keys = [key for each in ACTIONS if each.scope in pane | {Scope.ANYWHERE} for key in each.keys.split(",") if key]
        assert len(keys) == len(set(keys)), sorted(key for key in keys if keys.count(key) > 1)


def test_no_key_is_one_that_a_terminal_does_not_send() -> None:
    dead = [(each.id, key) for each in ACTIONS for key in each.keys.split(",") if DEAD.match(key)]
    assert dead == []


def test_bindings_are_exactly_the_table() -> None:
    classes = {
        WorkbenchScreen: (Scope.ANYWHERE, Scope.OUTSIDE),
        ScenarioEditor: (Scope.EDITOR,),
        PreviewGrid: (Scope.PREVIEW,),
        FlowView: (Scope.PREVIEW,),
        TimeView: (Scope.PREVIEW,),
        CohortView: (Scope.PREVIEW,),
        ProblemsPane: (Scope.PROBLEMS,),
    }
    for cls, scopes in classes.items():
        own = next(c for c in cls.__mro__ if "BINDINGS" in vars(c))
        bound = {(b.id, b.key, b.action) for b in vars(own)["BINDINGS"] if isinstance(b, Binding)}
        assert bound == {(a.id, a.keys, a.call) for a in ACTIONS if a.scope in scopes and a.keys}
    assert all(isinstance(each, Binding) and not each.show for scope in Scope for each in bindings(scope))


def test_every_action_is_defined_where_its_scope_looks() -> None:
    owners = {Scope.EDITOR: ScenarioEditor, Scope.PREVIEW: PreviewGrid, Scope.PROBLEMS: ProblemsPane}
    for each in ACTIONS:
        name = each.call.split("(")[0]
        owner = WorkbenchScreen if name.startswith("screen.") else owners.get(each.scope, WorkbenchScreen)
        method = f"action_{name.removeprefix('screen.')}"
        assert hasattr(owner, method) or each.id == "commands", f"{each.id}: {owner.__name__} has no {method}"


def test_help_shows_every_key_and_prose_for_every_pane() -> None:
    shown = {(key, words) for _, keys in key_table() for key, words in keys}
    assert shown == {(each.show_key, each.help) for each in ACTIONS if each.keys}
    assert set(PROSE) == set(PANES)


def test_everything_without_a_key_is_in_the_palette() -> None:
    offered = {each.id for each in palette_actions()}
    assert {each.id for each in ACTIONS if not each.keys} <= offered
    assert all(each.help and each.label for each in ACTIONS)
    assert action("quit").id in offered


def test_data_is_never_markup() -> None:
    """Every widget that shows text of a document or of a stream says so where it is made."""
    for path in ROOM.rglob("*.py"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for call in re.findall(r"\b(?:Static|notify|OptionList|Label)\((?!self)[^\n]*", line):
                fine = "markup=False" in call or "Text(" in call or call.endswith("(") or "event:" in line
                assert fine, f"{path.name}:{number}: {call}"
