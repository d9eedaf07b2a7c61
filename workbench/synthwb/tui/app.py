"""The Textual application: themes, signals, and the one screen."""

from __future__ import annotations

import asyncio
import gc
import locale
import os
import signal
from contextlib import suppress
from threading import Timer
from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.reactive import Reactive

from synthwb.tui.palette import ActionCommands
from synthwb.tui.paper import Paper
from synthwb.tui.run.control import MakeRun
from synthwb.tui.screens.workbench import WorkbenchScreen
from synthwb.tui.theme import DARK, THEMES

__all__ = ["Workbench", "blocks_supported"]

_PATIENCE = 10.0  # seconds in which a workbench that was told to end puts its things away


def blocks_supported() -> bool:
    """Whether the terminal can show block characters: not with ``SYNTHWB_ASCII`` set or outside of UTF-8."""
    if os.environ.get("SYNTHWB_ASCII"):
        return False
    return locale.getpreferredencoding(False).lower().replace("-", "") == "utf8"


class Workbench(App[int]):
    """The terminal workbench on one paper.

    ``ticking`` False keeps the screen still between events, and ``make_run`` makes other runs: for tests of its text.
    """

    TITLE = "synthwb"
    CSS_PATH = "workbench.tcss"
    COMMANDS = {ActionCommands}  # noqa: RUF012 - Textual reads it as a class variable
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+c", "copy_hint", show=False, system=True)]
    ENABLE_COMMAND_PALETTE = True
    theme: Reactive[str] = Reactive(DARK.name)  # set later, it would have all styles parsed a second time

    def __init__(
        self,
        paper: Paper,
        *,
        ascii_only: bool | None = None,
        ticking: bool = True,
        make_run: MakeRun | None = None,
    ) -> None:
        super().__init__()
        for theme in THEMES:
            self.register_theme(theme)
        self.stylesheet.set_variables(self.get_css_variables())
        ascii_only = not blocks_supported() if ascii_only is None else ascii_only
        self.workbench = WorkbenchScreen(paper, ascii_only=ascii_only, ticking=ticking, make_run=make_run)

    def get_default_screen(self) -> WorkbenchScreen:
        """The workbench is the only screen that is not a dialog."""
        return self.workbench

    def on_mount(self) -> None:
        """A signal to end ends like Ctrl+Q, without questions, and leaves the terminal clean."""
        self.call_after_refresh(gc.enable)
        loop = asyncio.get_running_loop()

        def end(number: int, frame: object) -> None:
            """Not the loop's own handler: where the terminal is gone, the loop may wait for a write for ever."""
            last = Timer(_PATIENCE, os._exit, (128 + number,))
            last.daemon = True
            last.start()
            loop.call_soon_threadsafe(self.exit, None, 128 + number)

        for name in ("SIGTERM", "SIGHUP"):
            with suppress(AttributeError, ValueError):  # no such signal on this system; not the main thread
                signal.signal(getattr(signal, name), end)

    def action_copy_hint(self) -> None:
        """Ctrl+C copies a selection in the editor; elsewhere it says how to leave."""
        self.notify("Ctrl+Q leaves the workbench", markup=False)

    async def action_quit(self) -> None:
        """Ask the workbench, which knows what is unsaved."""
        self.workbench.action_quit()
