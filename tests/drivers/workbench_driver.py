"""A fluent driver of the workbench: tests read like a person's session."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Input, Static

from synthwb.runtime import Pace, State, Stats
from synthwb.tui.app import Workbench
from synthwb.tui.paper import Paper
from synthwb.tui.screens.workbench import WorkbenchScreen

PATIENCE = 60.0  # seconds until a screen that does not settle is a failure


class FrozenRun:
    """A run that stands still: screens made from it are the same every time."""

    def __init__(self, plan: Any, outputs: Any = (), *, pace: Pace | None = None, **_: Any) -> None:
        self.plan = plan
        self.outputs = outputs
        self._stats = Stats(
            state=State.RUNNING,
            events=1234,
            rate=39.8,
            target=pace.rate if pace is not None else None,
            lag=0.003,
            elapsed=72.0,
            history=tuple(float(20 + (i * 7) % 21) for i in range(60)),
        )

    def start(self) -> None:
        self._stats = replace(self._stats, state=State.RUNNING)

    def pause(self) -> None:
        self._stats = replace(self._stats, state=State.PAUSED)

    def step(self, batches: int = 1) -> None:
        self.pause()

    def stop(self, wait: bool = True) -> None:
        self._stats = replace(self._stats, state=State.STOPPED)

    def wait(self, timeout: float | None = None) -> bool:
        return True

    def set_rate(self, rate: float | None) -> None:
        self._stats = replace(self._stats, target=rate)

    def stats(self) -> Stats:
        return self._stats

    def recent(self) -> None:
        return None


def _key_event(key: str) -> events.Key:
    """What a terminal would send for this key: a name (``ctrl+s``), or one character."""
    name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
    named = {"space": " ", "enter": "\r", "tab": "\t", "plus": "+", "minus": "-"}
    return events.Key(name, named.get(key, key if len(key) == 1 else None))


class Part:
    """A pane as the driver sees it."""

    def __init__(self, wb: WorkbenchDriver) -> None:
        self.wb = wb
        self.screen: WorkbenchScreen = wb.app.workbench


class Editor(Part):
    """The editor."""

    @property
    def text(self) -> str:
        return self.screen.editor.text

    @property
    def line(self) -> str:
        """The line under the cursor."""
        return self.screen.editor.document.get_line(self.screen.editor.cursor_location[0])

    async def put(self, text: str) -> Editor:
        """Replace the whole document, as one edit."""
        editor = self.screen.editor
        editor.replace(text, (0, 0), editor.document.end, maintain_selection_offset=False)
        await self.wb.settle()
        return self

    async def at(self, words: str, *, after: bool = False) -> Editor:
        """Put the cursor before (or after) the first occurrence of these words."""
        index = self.text.index(words) + (len(words) if after else 0)
        self.screen.editor.focus()
        self.screen.editor.move_cursor(self.screen.editor.location_of(index))
        await self.wb.settle()
        return self

    async def type(self, text: str) -> Editor:
        """Type character by character."""
        names = {" ": "space", "\n": "enter", "\t": "tab"}
        await self.wb.press(*(names.get(c, c) for c in text))
        return self

    async def change(self, old: str, new: str) -> Editor:
        """Delete words and type others in their place."""
        await self.at(old, after=True)
        await self.wb.press(*["backspace"] * len(old))
        return await self.type(new)

    def expect_marked(self, line: int, sign: str) -> Editor:
        """The gutter of this line (from 1) has this sign."""
        found = self.screen.editor.gutter_sign(line - 1)
        assert found is not None, f"no sign on line {line}; signs: {self.screen.editor.diagnostics}"
        assert found[0] == sign
        return self


class Problems(Part):
    """The problems."""

    def expect(self, *words: str) -> Problems:
        """There is a problem whose sentence holds all of these words."""
        found = [f"{d.message} {d.hint}" for d in self.screen.session.diagnostics]
        assert any(all(word in sentence for word in words) for sentence in found), f"no {words} in {found}"
        return self

    def expect_none(self) -> Problems:
        found = [d.render() for d in self.screen.session.diagnostics]
        assert not found, found
        return self


class Preview(Part):
    """The preview."""

    @property
    def headings(self) -> list[str]:
        return [heading.name for heading in self.screen.preview.grid.table.headings]

    def column(self, name: str) -> list[str]:
        """The cells of one column, oldest first."""
        return [row.cells.get(name, "") for row in self.screen.preview.grid.table.rows]

    def types(self) -> Mapping[str, str]:
        return {heading.name: heading.type for heading in self.screen.preview.grid.table.headings}

    @property
    def notice(self) -> str:
        static = self.screen.preview.query_one("#preview-notice", Static)
        return str(static.content) if static.display else ""

    @property
    def stale(self) -> bool:
        return self.screen.preview.grid.stale

    @property
    def marked(self) -> str:
        return self.screen.preview.grid.marked


class RunPane(Part):
    """The run."""

    @property
    def stats(self) -> Stats:
        stats = self.screen.session.stats()
        assert stats is not None, "no run yet"
        return stats

    async def until(self, state: State) -> RunPane:
        """Wait until the run is in this state."""
        await self.wb.until(lambda: self.stats.state is state)
        return self


class WorkbenchDriver:
    """A workbench in a terminal of a given size, without a terminal."""

    def __init__(self, app: Workbench, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.editor = Editor(self)
        self.problems = Problems(self)
        self.preview = Preview(self)
        self.run = RunPane(self)

    async def press(self, *keys: str) -> WorkbenchDriver:
        """Press keys, then wait until everything they caused is on the screen."""
        for key in keys:
            self.app.post_message(_key_event(key))
            await self.pilot.pause(0)
            if len(key) > 1 and key not in ("backspace", "space", "enter", "tab"):
                await self.settle()  # it may move the focus, which the next key has to find there
        return await self.settle()

    async def settle(self) -> WorkbenchDriver:
        """Wait until nothing is waiting: no timer, no job, no message, no repaint."""
        await self.until(lambda: self.app.workbench.quiet)
        await self.pilot.pause(0)
        await self.until(lambda: self.app.workbench.quiet)
        await self.pilot.pause(0)
        return self

    async def until(self, true: Any) -> None:
        """Wait until this holds; fail when it never does."""
        deadline = time.monotonic() + PATIENCE
        await self.pilot.pause(0)
        while not true():
            assert time.monotonic() < deadline, "the screen did not come to this in time"
            await asyncio.sleep(0.01)
            await self.pilot.pause(0)

    async def resize(self, width: int, height: int) -> WorkbenchDriver:
        """Another size of the terminal."""
        await self.pilot.resize_terminal(width, height)
        return await self.settle()

    async def fill(self, value: str, *, box: str = "Input") -> WorkbenchDriver:
        """Write into the box of the dialog."""
        found = self.app.screen.query(box).first(Input)
        found.value = value
        found.focus()
        return await self.settle()

    @property
    def dialog(self) -> str:
        """The class of the screen on top, and the title of its box; empty without a dialog."""
        if self.app.screen is self.app.workbench:
            return ""
        return str(self.app.screen.query(".dialog").first().border_title or "")

    @property
    def text(self) -> str:
        """The whole screen as text, one line per line."""
        return "\n".join(self.lines())

    def lines(self) -> Iterator[str]:
        """The lines of the screen, trailing spaces cut, dialogs included."""
        width, height = self.app.size
        compositors = [screen._compositor for screen in self.app.screen_stack]
        rendered = compositors[-1].render_strips()
        for y in range(height):
            yield "".join(segment.text for segment in rendered[y])[:width].rstrip() if y < len(rendered) else ""

    @property
    def toasts(self) -> list[str]:
        """What was said in passing."""
        return [notification.message for notification in self.app._notifications]


@asynccontextmanager
async def opened(
    paper: Paper, *, size: tuple[int, int] = (120, 40), frozen: bool = False, ascii_only: bool = False
) -> AsyncIterator[WorkbenchDriver]:
    """A workbench with this paper, its first rows on the screen. ``frozen``: runs and clocks stand still."""
    app = Workbench(paper, ticking=not frozen, make_run=FrozenRun if frozen else None, ascii_only=ascii_only)
    async with app.run_test(size=size) as pilot:
        wb = WorkbenchDriver(app, pilot)
        app.workbench.editor.cursor_blink = False
        session = app.workbench.session
        await wb.until(lambda: session.idle and (session.plan is not None or session.diagnostics or session.refusal))
        yield await wb.settle()
