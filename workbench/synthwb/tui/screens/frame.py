"""The frame: which panes there are, where they stand at which size, and which of them has the focus."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from synthwb.tui.actions import ACTIONS, Action, Scope, action, bindings
from synthwb.tui.chart.pane import ChartPane
from synthwb.tui.editor.area import ScenarioEditor
from synthwb.tui.keybar import KeyBar
from synthwb.tui.preview.pane import PreviewPane
from synthwb.tui.problems import ProblemsPane
from synthwb.tui.run.strip import RunStrip
from synthwb.tui.status import StatusLine
from synthwb.tui.tabs import PaneTabs

__all__ = ["LEAST", "PANES", "Frame", "layout_of"]

PANES = ("scenario", "preview", "run", "problems")
LEAST = (60, 16)
_WIDE = (100, 30)


def layout_of(width: int, height: int) -> str:
    """``wide``, ``narrow`` or ``tiny`` for a screen of this size."""
    if width < LEAST[0] or height < LEAST[1]:
        return "tiny"
    return "wide" if width >= _WIDE[0] and height >= _WIDE[1] else "narrow"


class Frame(Screen[None]):
    """Composes the panes and moves between them. ``pane`` is the one with the focus."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ANYWHERE), *bindings(Scope.OUTSIDE)]
    AUTO_FOCUS = "#editor"

    def __init__(self, text: str, *, ascii_only: bool = False) -> None:
        super().__init__()
        self.pane = "scenario"
        self.zoomed = False
        self._text = text
        self._ascii = ascii_only

    def compose(self) -> ComposeResult:
        """Status line, panes, key bar; and what is shown instead when the terminal is too small."""
        self._classify(update=False)  # now that nothing is below, it costs nothing
        yield StatusLine(id="status")
        yield PaneTabs(id="tabs")
        with Container(id="panes"):
            with Vertical(id="left"):
                with Vertical(id="editor-pane"):
                    yield ScenarioEditor(self._text, id="editor")
                yield ProblemsPane(id="problems")
            with Vertical(id="right"):
                yield PreviewPane(id="preview", ascii_only=self._ascii)
                yield ChartPane(id="chart", ascii_only=self._ascii)
                yield RunStrip(id="run", ascii_only=self._ascii)
        yield Static("", id="too-small", markup=False)
        yield KeyBar(id="keys")

    # Parts

    @property
    def editor(self) -> ScenarioEditor:
        """The editor."""
        return self.query_one("#editor", ScenarioEditor)

    @property
    def preview(self) -> PreviewPane:
        """The preview."""
        return self.query_one("#preview", PreviewPane)

    @property
    def chart(self) -> ChartPane:
        """The chart."""
        return self.query_one("#chart", ChartPane)

    @property
    def problems(self) -> ProblemsPane:
        """The list of problems."""
        return self.query_one("#problems", ProblemsPane)

    @property
    def strip(self) -> RunStrip:
        """The run strip."""
        return self.query_one("#run", RunStrip)

    # Layout

    def on_mount(self) -> None:
        """Name the editor's pane and arrange everything."""
        self.query_one("#editor-pane").border_title = "Scenario F2"
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange for the new size."""
        self._arrange()

    def _classify(self, *, update: bool = True) -> None:
        """Tell the style sheet the layout, and which pane is in front."""
        layout = layout_of(*self.app.size)
        classes = {f"-{name}": layout == name for name in ("wide", "narrow", "tiny")}
        classes |= {f"-{name}": self.pane == name for name in PANES}
        single = layout == "narrow" or self.zoomed
        self.update_classes({**classes, "-single": single, "-zoomed": self.zoomed}, update=update)

    def _arrange(self) -> None:
        self._classify()
        width, height = self.app.size
        self.preview.grid.compact = self.has_class("-single") and self.pane != "preview"
        self.query_one("#tabs", PaneTabs).pane = self.pane
        if self.has_class("-tiny"):
            needed = f"The workbench needs {LEAST[0]} x {LEAST[1]}."
            small = f"This terminal is {width} x {height}.\n{needed}\nEverything keeps running."
            self.query_one("#too-small", Static).update(small)

    # Focus

    def action_pane(self, name: str) -> None:
        """Go to a pane; on a narrow screen it takes the place of the one before."""
        self.pane = name
        self._arrange()
        target = self._target(name)
        if self._displayed(target):
            self.set_focus(target)
        else:
            self.set_focus(None)  # so that the next key does not still reach the pane that is being left
            self.call_after_refresh(self.set_focus, target)

    def action_next_pane(self) -> None:
        """Go to the next pane."""
        self.action_pane(PANES[(PANES.index(self.pane) + 1) % len(PANES)])

    def action_previous_pane(self) -> None:
        """Go to the pane before."""
        self.action_pane(PANES[(PANES.index(self.pane) - 1) % len(PANES)])

    def action_zoom(self) -> None:
        """Give the whole screen to the focused pane, or take it back."""
        self.zoomed = not self.zoomed
        self._arrange()
        self.call_after_refresh(self.set_focus, self._target(self.pane))

    async def action_perform(self, identifier: str) -> None:
        """Do an action of the table, wherever it is defined: what a click on its key or the palette asks for."""
        call = action(identifier).call
        name = call.split("(")[0].rpartition(".")[2]
        path = self.focused.ancestors_with_self if self.focused is not None else [self]
        owner = next((node for node in path if hasattr(node, f"action_{name}")), self)
        await self.app.run_action(call, default_namespace=owner)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember the pane and show the keys that work there."""
        for name in PANES:
            if self._target(name) is event.widget and name != self.pane:
                self.pane = name
                self._arrange()
        self.refresh_keys()

    def on_scenario_editor_leave(self) -> None:
        """Escape in the editor."""
        self.action_next_pane()

    def on_pane_tabs_chosen(self, event: PaneTabs.Chosen) -> None:
        """A click on a tab."""
        self.action_pane(event.pane)

    def _displayed(self, widget: Widget) -> bool:
        return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget))

    def scopes(self) -> tuple[Scope, ...]:
        """The scopes whose keys work in the focused pane, nearest first."""
        if self.pane == "scenario":
            return (Scope.EDITOR, Scope.ANYWHERE)
        own = {"preview": (Scope.PREVIEW,), "problems": (Scope.PROBLEMS,)}.get(self.pane, ())
        return (*own, Scope.OUTSIDE, Scope.ANYWHERE)

    def usable(self, action: Action) -> bool:
        """Whether an action makes sense now."""
        return True

    def refresh_keys(self) -> None:
        """Show the keys that work now."""
        scopes = self.scopes()
        keys = tuple(each for each in ACTIONS if each.scope in scopes and self.usable(each))
        self.query_one("#keys", KeyBar).keys = keys

    def _target(self, name: str) -> Widget:
        return {
            "scenario": self.editor,
            "preview": self.preview.front,
            "run": self.strip,
            "problems": self.problems,
        }[name]
