"""Every action of the workbench, once: its id, keys, label, help and scope.

Bindings, the key bar, the help screen and the command palette are all made from this table; a test holds that they
agree. Keys that a plain terminal cannot tell apart (Ctrl+M, Ctrl+H, Ctrl+I) or does not send are refused by that test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding, BindingType

__all__ = ["ACTIONS", "Action", "Scope", "action", "bindings", "in_scope"]


class Scope(StrEnum):
    """Where a key works: everywhere, in the editor only, in every pane but the editor, or in one pane."""

    ANYWHERE = "anywhere"
    EDITOR = "editor"
    OUTSIDE = "outside the editor"
    PREVIEW = "preview"
    PROBLEMS = "problems"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that a person can do.

    ``call`` is Textual's action, ``keys`` its keys (comma separated), ``shown`` its rank in the key bar (0: never
    there, 1: first).
    """

    id: str
    call: str
    keys: str
    show_key: str
    label: str
    help: str
    scope: Scope = Scope.ANYWHERE
    shown: int = 0


ACTIONS: tuple[Action, ...] = (
    Action("help", "help", "f1", "F1", "Help", "What this pane does, and every key", shown=1),
    Action("focus.scenario", "pane('scenario')", "f2", "F2", "Scenario", "Go to the scenario editor", shown=7),
    Action("focus.preview", "pane('preview')", "f3", "F3", "Preview", "Go to the preview and its chart", shown=8),
    Action("focus.run", "pane('run')", "", "", "Run", "Go to the run strip: state, rates, destinations"),
    Action("focus.problems", "pane('problems')", "", "", "Problems", "Go to the list of problems"),
    Action("run.toggle", "run_toggle", "f5", "F5", "Start", "Start, pause or resume the run", shown=2),
    Action("run.stop", "run_stop", "shift+f5", "Shift+F5", "Stop", "Stop the run; the preview starts again", shown=12),
    Action("problem.next", "next_problem", "f8", "F8", "Next problem", "Go to the next problem", shown=5),
    Action(
        "problem.previous", "previous_problem", "shift+f8", "Shift+F8", "Previous problem", "Go to the previous problem"
    ),
    Action("export", "export", "f9", "F9", "Export", "Send a number of events to a file or an address", shown=3),
    Action("file.save", "save", "ctrl+s", "^S", "Save", "Save the scenario", shown=4),
    Action("file.save_as", "save_as", "", "", "Save as", "Save the scenario under another name"),
    Action("file.open", "open_file", "ctrl+o", "^O", "Open", "Open a scenario file", shown=13),
    Action("file.new", "new_file", "ctrl+n", "^N", "New", "Start a new scenario from five lines"),
    Action(
        "file.presets", "presets", "ctrl+l", "^L", "Presets", "Open a ready scenario that teaches something", shown=9
    ),
    Action(
        "preview.view",
        "next_view",
        "ctrl+backslash",
        "^\\",
        "View",
        "Show the preview as table, time, flow or cohorts",
        shown=10,
    ),
    Action("preview.reroll", "reroll", "ctrl+r", "^R", "Reroll", "Preview with another seed", shown=10),
    Action("preview.seed", "own_seed", "", "", "Own seed", "Preview with the scenario's own seed again"),
    Action("pane.zoom", "zoom", "ctrl+t", "^T", "Zoom", "Give the whole screen to this pane, and back", shown=11),
    Action("theme", "switch_theme", "", "", "Light or dark", "Switch between the dark and the light theme"),
    Action("commands", "command_palette", "ctrl+p", "^P", "Commands", "Search everything that can be done", shown=6),
    Action("quit", "quit", "ctrl+q", "^Q", "Quit", "Leave the workbench (asks if something is unsaved)", shown=14),
    Action(
        "problem.fix",
        "screen.quick_fix",
        "ctrl+@,ctrl+space",
        "^Space",
        "Fix",
        "Mend the problem on this line, or offer what may be written here",
        Scope.EDITOR,
        shown=3,
    ),
    Action(
        "edit.comment",
        "toggle_comment",
        "ctrl+underscore,ctrl+slash",
        "^/",
        "Comment",
        "Comment these lines out, or in again",
        Scope.EDITOR,
    ),
    Action("edit.indent", "indent", "tab", "Tab", "Indent", "Indent by two spaces", Scope.EDITOR),
    Action("edit.dedent", "dedent", "shift+tab", "Shift+Tab", "Dedent", "Indent by two spaces less", Scope.EDITOR),
    Action("edit.leave", "leave", "escape", "Esc", "Leave", "Leave the editor for the next pane", Scope.EDITOR),
    Action("edit.undo", "undo", "ctrl+z,super+z", "^Z", "Undo", "Undo the last change", Scope.EDITOR),
    Action("edit.redo", "redo", "ctrl+y,super+y", "^Y", "Redo", "Redo what was undone", Scope.EDITOR),
    Action("pane.next", "next_pane", "tab", "Tab", "Next pane", "Go to the next pane", Scope.OUTSIDE, shown=15),
    Action(
        "pane.previous",
        "previous_pane",
        "shift+tab",
        "Shift+Tab",
        "Previous pane",
        "Go to the previous pane",
        Scope.OUTSIDE,
    ),
    Action("run.pause", "run_toggle", "space", "Space", "Pause", "Pause or resume the run", Scope.OUTSIDE),
    Action("run.step", "step", "s", "s", "Step", "Pause, and deliver one batch", Scope.OUTSIDE, shown=5),
    Action(
        "run.faster", "faster", "plus,equals_sign", "+", "Faster", "Raise the rate one step", Scope.OUTSIDE, shown=6
    ),
    Action("run.slower", "slower", "minus", "-", "Slower", "Lower the rate one step", Scope.OUTSIDE, shown=6),
    Action("run.rate", "rate", "r", "r", "Rate", "Type the rate wanted", Scope.OUTSIDE, shown=7),
    Action(
        "preview.event", "screen.next_event", "e", "e", "Event type", "Show another event type", Scope.PREVIEW, shown=4
    ),
    Action(
        "preview.switch", "screen.next_view", "v", "v", "View", "Table, time, flow, cohorts", Scope.PREVIEW, shown=3
    ),
    Action("preview.flow", "screen.next_flow", "f", "f", "Flow", "Show another flow", Scope.PREVIEW, shown=4),
    Action(
        "preview.watermark",
        "screen.next_bound",
        "w",
        "w",
        "Watermark",
        "Let the watermark of the time view stay further behind",
        Scope.PREVIEW,
        shown=4,
    ),
    Action(
        "preview.period",
        "screen.next_period",
        "d",
        "d",
        "Day or week",
        "Tell the cohorts by day or by week",
        Scope.PREVIEW,
        shown=4,
    ),
    Action("preview.follow", "screen.follow", "end", "End", "Follow", "Follow the newest rows again", Scope.PREVIEW),
    Action(
        "problem.open", "open_problem", "enter", "Enter", "Go there", "Jump to this problem", Scope.PROBLEMS, shown=1
    ),
)

_BY_ID = {each.id: each for each in ACTIONS}


def action(identifier: str) -> Action:
    """The action of this id. Raises KeyError if there is none."""
    return _BY_ID[identifier]


def in_scope(*scopes: Scope) -> tuple[Action, ...]:
    """The actions of these scopes, in the order of the table."""
    return tuple(each for each in ACTIONS if each.scope in scopes)


def bindings(scope: Scope) -> list[BindingType]:
    """Textual's bindings for one scope."""
    return [
        Binding(each.keys, each.call, each.label, show=False, tooltip=each.help, id=each.id)
        for each in in_scope(scope)
        if each.keys
    ]
