"""Events out of a notebook: into a file, to a web server or a broker, with a button."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import ipywidgets

from synthwb.errors import SynthwbError
from synthwb.runtime.exporting import (
    Export,
    Wish,
    command_line,
    forecast,
    in_the_way,
    parse_count,
    sample,
    standing,
    start_export,
    targets,
    tested,
)
from synthwb.scenario.keys import ENVELOPES_BY_NAME
from synthwb_widgets.part import feed_of

__all__ = ["ExportPanel"]

_AS_DOCUMENT = "document's"
_EVERY = 0.3  # seconds between two looks at an export


class ExportPanel(ipywidgets.VBox):  # type: ignore[misc]
    """A form that sends the events of a workbench or scenario: ``ExportPanel(workbench)``.

    ``export`` is the one that was begun last, None before; its run can be waited for. The events are those that the
    command shown makes headless. ``name``: what a later panel of the same name replaces (default: the notebook's
    cell). An export ends with the panel, which ends with `close` or with its workbench.
    """

    def __init__(self, source: object, *, name: str | None = None) -> None:
        self.feed, own = feed_of(source)
        self.export: Export | None = None
        plan = self.feed.live.plan()
        self._stem = plan.scenario.name or "events"
        self._several = len(plan.schemas) > 1
        wide = ipywidgets.Layout(width="28em")
        self.target = ipywidgets.Dropdown(options=targets(), value="file", description="Target")
        self.to = ipywidgets.Text(sample("file", self._stem, several=self._several), description="To", layout=wide)
        self.count = ipywidgets.Text("10000", description="Events")
        self.envelope = ipywidgets.Dropdown(options=(_AS_DOCUMENT, *ENVELOPES_BY_NAME), description="Envelope")
        self.begin = self._button("Export", self._begin, "primary")
        self.test = self._button("Test", lambda: self._answer(tested))
        self.dry_run = self._button("Dry run", lambda: self._answer(forecast))
        self.stop = self._button("Stop", self._stop, "danger")
        self.bar = ipywidgets.FloatProgress(0.0, min=0.0, max=1.0, layout=ipywidgets.Layout(width="28em"))
        self.words = ipywidgets.Label("")
        self.command = ipywidgets.Label("")
        for field in (self.to, self.count, self.envelope):
            field.observe(self._changed, "value")
        self.target.observe(self._another_kind, "value")
        rows = (
            (self.target, self.to),
            (self.count, self.envelope),
            (self.begin, self.test, self.dry_run, self.stop),
            (self.bar,),
        )
        super().__init__([*(ipywidgets.HBox(row) for row in rows), self.words, self.command])
        self._confirmed = ""
        self._following: asyncio.Task[None] | None = None
        self._changed(None)
        self._show()
        self.feed.enclose(self._stop)
        if own:
            self.feed.settle_in(name)
        self._own = own

    def close(self) -> None:
        """Stop an export that goes on, and take the form away."""
        self._stop()
        if self._own:
            self.feed.dispose()
        super().close()

    @property
    def wish(self) -> Wish:
        """What the form says. Raises UsageError for a count that is none."""
        envelope = "" if self.envelope.value == _AS_DOCUMENT else str(self.envelope.value)
        return Wish(self.to.value.strip(), parse_count(self.count.value), envelope)

    def _button(self, label: str, press: Callable[[], None], style: str = "") -> ipywidgets.Button:
        def pressed(_: object) -> None:
            try:
                press()
            except SynthwbError as error:
                self.words.value = f"✗ {error}"

        made = ipywidgets.Button(description=label, button_style=style)
        made.on_click(pressed)
        return made

    def _another_kind(self, change: dict[str, Any]) -> None:
        if Wish(self.to.value.strip(), 1).sink != change["new"]:
            self.to.value = sample(change["new"], self._stem, several=self._several)

    def _changed(self, _: object) -> None:
        self._confirmed = ""
        self.target.value = Wish(self.to.value.strip(), 1).sink
        try:
            self.command.value = f"$ {command_line('scenario.yaml', self.wish, None)}"
        except SynthwbError as error:
            self.command.value = str(error)

    def _begin(self) -> None:
        plan, wish = self.feed.live.plan(), self.wish
        there = in_the_way(wish, tuple(plan.schemas))
        if there and wish.to != self._confirmed:
            self._confirmed = wish.to
            more = f" and {len(there) - 1} more" if len(there) > 1 else ""
            self.words.value = f"! {there[0]}{more} will be overwritten: press Export again to go on"
            return
        self.export = start_export(plan, wish)
        self._follow()

    def _stop(self) -> None:
        if self.export is not None:
            self.export.run.stop(wait=False)

    def _answer(self, ask: Callable[[Any, Wish], str]) -> None:
        self.words.value = f"✓ {ask(self.feed.live.plan(), self.wish)}"

    def _follow(self) -> None:
        """Show how it goes, from the kernel's own loop; without one, only how it began."""
        self._show()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return

        async def look() -> None:
            while self._busy:
                await asyncio.sleep(_EVERY)
                self._show()

        self._following = loop.create_task(look())

    @property
    def _busy(self) -> bool:
        return self.export is not None and not self.export.run.stats().state.over

    def _show(self) -> None:
        self.stop.disabled = not self._busy
        self.begin.disabled = self._busy
        if self.export is None:
            return
        stats = self.export.run.stats()
        self.bar.value = self.export.share
        done = {"failed": f"✗ {stats.error}", "finished": f"✓ {stats.events:,} events in {stats.elapsed:.1f} s"}
        words = done.get(stats.state.value, f"{stats.state.value}: {stats.events:,} of {self.export.count:,} events")
        more = standing(stats)
        self.words.value = f"{words} ({more})" if more else words
