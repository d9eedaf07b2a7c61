"""The workbench in a cell: editor, run control, preview and chart around one live scenario."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import ipywidgets
import polars as pl

from synthwb.encode import encoder
from synthwb.engine import sample
from synthwb.errors import UsageError
from synthwb.runtime import State, Stats
from synthwb.scenario.diagnostics import Diagnostic
from synthwb_widgets.chart import Chart
from synthwb_widgets.controls import Controls
from synthwb_widgets.editor import Editor
from synthwb_widgets.eventtime import EventTimeChart
from synthwb_widgets.fallback import Picture, mimebundle
from synthwb_widgets.feed import Feed
from synthwb_widgets.flowdiagram import FlowDiagram
from synthwb_widgets.live import Bound
from synthwb_widgets.log import log
from synthwb_widgets.part import feed_of, housed
from synthwb_widgets.preview import Preview
from synthwb_widgets.still import Still

__all__ = ["Workbench"]


class Workbench(Still, ipywidgets.Box):  # type: ignore[misc]
    """A scenario to edit, run and look at: ``Workbench("web-shop")``.

    ``scenario``: a preset's name, a path, or YAML text. ``limit`` and ``seconds`` bound every run. ``name``: what a
    later workbench of the same name replaces (default: the notebook's cell). Its parts ``editor``, ``controls``,
    ``preview``, ``chart``, ``diagram`` (of flows, where there are any) and ``times`` (where events are late) can be
    shown alone. Close it with `close`, or use it as a context manager.
    """

    _closed = True  # until it is made

    def __init__(
        self, scenario: str | Path, *, limit: int = 1_000_000, seconds: float = 600.0, name: str | None = None
    ) -> None:
        self.feed: Feed = feed_of(scenario, bound=Bound(limit, seconds))[0]
        self.controls = Controls(self.feed)
        self.editor = Editor(self.feed)
        self.preview = Preview(self.feed)
        self.chart = Chart(self.feed)
        self.diagram = FlowDiagram(self.feed, optional=True)
        self.times = EventTimeChart(self.feed, optional=True)
        self._parts = (self.controls, self.editor, self.preview, self.chart, self.diagram, self.times)
        self._grid = ipywidgets.Box(list(self._parts))
        self._grid.add_class("swb-grid")
        super().__init__([self._grid])
        self.add_class("swb-workbench")
        self._closed = False
        self.feed.enclose(self.end)
        self.feed.settle_in(name)

    # The document -----------------------------------------------------------------------------------------------------

    @property
    def document(self) -> str:
        """The YAML as it stands now; assign to it to replace it."""
        return self.feed.live.text

    @document.setter
    def document(self, text: str) -> None:
        self.feed.live.edit(text)
        self.feed.live.settle()
        self.feed.wake()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All problems of the document as it stands now."""
        return self.feed.live.diagnostics

    # Running ----------------------------------------------------------------------------------------------------------

    def run(self, events: int) -> dict[str, pl.DataFrame]:
        """Make the first ``events`` events here and now, without a thread: always the same for the same document.

        Returns one frame per event type, which ``frames`` gives from then on. Raises ScenarioError for a document
        with an error, UsageError for less than one event or more than the bound.
        """
        bound = self.feed.live.bound.events
        if not 1 <= events <= bound:
            raise UsageError(f"run takes 1 to {bound:,} events, not {events:,}; Workbench(limit=...) moves the bound")
        batch = self.feed.live.make(events)
        self.feed.wake()
        return batch.frames

    def json(self, events: int = 1) -> str:
        """The first events as they would leave for a file: JSON lines in the document's envelope.

        Raises ScenarioError for a document with an error.
        """
        plan = self.feed.live.plan()
        lines = encoder("jsonl", plan.scenario.envelope, plan.schemas)
        payloads = lines.encode(sample(plan, events))
        return "".join(payload.data.decode() for payload in payloads if isinstance(payload.data, bytes))

    def start(self) -> None:
        """Begin a live run, or go on after a pause. Raises ScenarioError for a document with an error."""
        self.feed.live.plan()
        self.feed.live.start()
        self.feed.wake()

    def pause(self) -> None:
        """Hold the run."""
        self.feed.live.pause()
        self.feed.wake()

    def stop(self) -> None:
        """End the run, and wait until it has."""
        self.feed.live.stop(wait=True)
        self.feed.wake()

    async def until(self, *, total: int, timeout: float = 60.0) -> Stats:
        """Run live until ``total`` events are delivered, then hold; awaiting it keeps the notebook alive.

        A run begun here ends with exactly ``total`` events. Raises TimeoutError after ``timeout`` seconds, with the
        run on hold, and ScenarioError for a document with an error.
        """
        live = self.feed.live
        live.plan()
        live.start(limit=total)
        self.feed.wake()
        end = time.monotonic() + timeout
        while (stats := self.stats).events < total and stats.state in (State.RUNNING, State.STOPPING):
            if time.monotonic() > end:
                self.pause()
                raise TimeoutError(f"{stats.events:,} of {total:,} events in {timeout:g} s; raise the rate")
            await asyncio.sleep(0.02)
        self.pause()
        return self.stats

    @property
    def rate(self) -> float | None:
        """Events per second wished for; None: as fast as it can. Assign to it to change it, also while running."""
        return self.feed.live.rate

    @rate.setter
    def rate(self, rate: float | None) -> None:
        self.feed.live.set_rate(rate)
        self.feed.wake()

    @property
    def stats(self) -> Stats:
        """State, counts and rates of the run at this moment."""
        return self.feed.live.snapshot().stats

    # What was made ----------------------------------------------------------------------------------------------------

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """What has been made, one frame per event type: all of `run`, or the first 100,000 events of a live run.

        After an edit in mid-run, columns that only one of the documents knows are null where the other one made them.
        """
        found: dict[str, list[pl.DataFrame]] = {}
        for batch in self.feed.live.batches():
            for event, frame in batch.frames.items():
                found.setdefault(event, []).append(frame)
        return {event: pl.concat(frames, how="diagonal_relaxed") for event, frames in found.items()}

    @property
    def events(self) -> pl.DataFrame:
        """What has been made, in the order of arrival: ``event``, ``time``, ``arrival`` and ``id`` of every event.

        ``time`` is what the record says, ``arrival`` when it comes, both in event time.
        """
        return log(self.feed.live.batches())

    # Life -------------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Close the boxes, the outer one first: a box that stays open must never hold a closed child."""
        if not self._closed:
            self._closed = True
            if not housed(self):
                super().close()
                self._grid.close()

    def close(self) -> None:
        """Stop the run, end all threads, close all widgets; a still stays behind. More than once does no harm."""
        if not self._closed:
            self.stop()
            for shown in (self, *self._parts):
                shown.leave_still()
            self.feed.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        stats = self.stats
        return f"<Workbench {stats.state}, {stats.events:,} events>"

    def picture(self) -> Picture:
        """What a page without a kernel shows instead: the table, and the chart under it."""
        snapshot = self.feed.live.snapshot()
        table, chart = self.preview.picture(), self.chart.picture()
        problems = tuple(found.render() for found in snapshot.reading.diagnostics)
        return Picture(table.title, table.columns, table.rows, chart.chart, chart.summary, problems)

    def bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view (until it is closed) and its stills by media type, and their metadata."""
        live = {} if self._closed else super()._repr_mimebundle_()
        return {**live, **mimebundle(self.picture())}, {}

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return self.bundle()
