"""The feed of one group of panels: one live scenario, one publisher thread, one end for all.

The thread settles edits, watches over a run that nobody looks at, and offers snapshots to the panels eight times a
second while something runs. When there is nothing to say it says nothing, and after a while it goes away; the next
command brings it back.
"""

from __future__ import annotations

import atexit
import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Protocol

from synthwb.runtime import State
from synthwb_widgets.live import LiveScenario, Snapshot
from synthwb_widgets.slots import Slots, here

__all__ = ["HZ", "LEASE", "SLOTS", "Feed", "Panel"]

HZ = 8.0
LEASE = 120.0  # seconds a run started by a button goes on without a sign of life from a page
_SPACING = 0.04  # seconds between two looks at least, however often it is woken
_WATCH = 0.5  # seconds between two looks at a run that somebody else may start
_LINGER = 20.0  # seconds without work until the thread goes away

SLOTS = Slots()


class Panel(Protocol):
    """What a feed expects of its panels."""

    def offer(self, snapshot: Snapshot, now: float) -> None:
        """Send a frame if there is something new and the page keeps up."""

    def end(self) -> None:
        """Close the model; more than once does no harm."""


class Feed:
    """Owns the live scenario and the publisher thread. `dispose` ends both, from any thread, any number of times."""

    def __init__(self, live: LiveScenario, *, lease: float = LEASE) -> None:
        self.live = live
        self.lease = lease
        self._panels: tuple[Panel, ...] = ()
        self._containers: tuple[Callable[[], None], ...] = ()
        self._heard: float | None = None  # when a page last gave a sign of life
        self._lock = Lock()
        self._wake = Event()
        self._over = Event()
        self._thread: Thread | None = None
        atexit.register(self.dispose)

    @property
    def closed(self) -> bool:
        """Whether it was disposed of."""
        return self._over.is_set()

    def join(self, panel: Panel) -> None:
        """Take in a panel: it is offered every snapshot from now on, and ended with the feed."""
        with self._lock:
            self._panels = (*self._panels, panel)

    def enclose(self, end: Callable[[], None]) -> None:
        """Note how a container of panels is closed: always before the panels in it."""
        with self._lock:
            self._containers = (*self._containers, end)

    def settle_in(self, name: str | None) -> None:
        """Claim the slot of the calling cell (or of ``name``), ending what an earlier run of it left there."""
        found = here(name)
        if found is not None:
            SLOTS.claim(*found, self.dispose)

    def heard(self) -> None:
        """Note a sign of life from a page."""
        self._heard = time.monotonic()

    def wake(self) -> None:
        """Have the publisher look now. Starts its thread if there is none and a page has ever looked."""
        with self._lock:
            if self._over.is_set() or self._heard is None:
                return
            self._wake.set()
            if self._thread is None:
                self._thread = Thread(target=self._publish, name="synthwb-publish", daemon=True)
                self._thread.start()

    def rest(self) -> None:
        """Stop the run and wait for its end, unless it belongs to somebody else."""
        if not self.live.lent:
            self.live.stop(wait=True)

    def dispose(self) -> None:
        """Stop the run, end the thread, close the panels."""
        if self._over.is_set():
            return
        self._over.set()
        self._wake.set()
        atexit.unregister(self.dispose)
        SLOTS.leave(self.dispose)
        self.rest()
        thread = self._thread
        if thread is not None:
            thread.join()
        for end in self._containers:
            end()
        for panel in self._panels:
            panel.end()

    def _publish(self) -> None:
        linger = time.monotonic() + _LINGER
        while not self._over.is_set():
            state = self._look()
            running = state in (State.RUNNING, State.STOPPING)
            watching = self.live.lent and not state.over
            now = time.monotonic()
            linger = now + _LINGER if running or watching else linger
            pause = 1 / HZ if running else _WATCH if watching else max(0.0, linger - now)
            woken = self._wake.wait(pause)
            if woken:
                self._wake.clear()
                linger = time.monotonic() + _LINGER
                self._over.wait(_SPACING)
            elif not running and not watching and self._leave():
                return

    def _leave(self) -> bool:
        """Go away unless somebody has called in the meantime."""
        with self._lock:
            if self._wake.is_set():
                return False
            self._thread = None
            return True

    def _look(self) -> State:
        """One round: settle, watch, offer. The state of the run."""
        try:
            self.live.settle()
        except Exception as error:  # noqa: BLE001 - top of a worker: the page must hear of it, and the thread go on
            self.live.remark(f"The document could not be read: {type(error).__name__}: {error}")
        snapshot = self.live.snapshot()
        now = time.monotonic()
        silence = 0.0 if self._heard is None else now - self._heard
        if snapshot.state is State.RUNNING and self.live.by_hand and silence > self.lease:
            self.live.pause(f"Paused: no page has been watching for {self.lease:g} seconds.")
            snapshot = self.live.snapshot()
        for panel in self._panels:
            panel.offer(snapshot, now)
        return snapshot.state
