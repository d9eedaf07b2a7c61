"""Bars and the tables that show them: on the terminal, and as Markdown for the record."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.benchmarks.rounds import machine

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 24


@dataclass(frozen=True)
class Bar:
    """A figure and what it must reach: ``at_least`` the goal, or at most. ``gate``: the same for a short, noisy run."""

    what: str
    value: float
    goal: float
    gate: float
    at_least: bool = True
    unit: str = "x"
    stretch: float | None = None

    def reaches(self, limit: float) -> bool:
        return self.value >= limit if self.at_least else self.value <= limit

    @property
    def goal_text(self) -> str:
        sign = ">=" if self.at_least else "<="
        text = f"{sign} {self.goal:g} {self.unit}"
        return text if self.stretch is None else f"{text} (stretch {self.stretch:g})"

    @property
    def filled(self) -> str:
        """The value against the goal: a full bar is the goal."""
        share = self.value / self.goal if self.at_least else self.goal / max(self.value, 1e-12)
        blocks = min(_WIDTH, round(share * _WIDTH / 1.5))
        mark = round(_WIDTH / 1.5)
        return "".join("|" if i == mark else "#" if i < blocks else "." for i in range(_WIDTH))


@dataclass(frozen=True)
class Row:
    """A figure without a goal: the rates behind the ratios."""

    what: str
    value: float
    unit: str


def on_terminal(rows: Sequence[Row], bars: Sequence[Bar], *, short: bool) -> str:
    lines = [f"{row.what:<52} {row.value:>14,.0f} {row.unit}" for row in rows]
    lines.append("")
    for bar in bars:
        limit = bar.gate if short else bar.goal
        verdict = "pass" if bar.reaches(limit) else "FAIL"
        note = f"  gate {bar.gate:g}" if short else ""
        lines.append(f"{bar.what:<52} {bar.value:>8.2f} {bar.unit:<3} {bar.filled} {bar.goal_text}{note}  {verdict}")
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row], bars: Sequence[Bar], *, rounds: int) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Measured by `make bench` (`tests/benchmarks`), which also wrote this page. The record of ten columns is",
        "`tests/benchmarks/record.yaml`; everybody writes it as JSON lines into memory (tmpfs), each in a process of",
        "its own, pinned to one core unless two are named, after a warm-up in that process. The time of synthwb starts",
        "with the YAML text and ends with the closed file: checking, compiling, drawing, encoding, writing are in it.",
        f"Rounds are interleaved (A B C, A B C ...), {rounds} of them; rates are medians, a ratio is the median of the",
        "ratios within each round. On one core the clock is processor time, which is wall time on a quiet core and",
        "steady on a busy one; where two workers meet one, it is wall time. Ratios travel, absolute rates do not.",
        "",
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {machine()}.",
        f"Other work shared the machine: the load average at the end was {os.getloadavg()[0]:.1f}.",
        "",
        "## Bars",
        "",
        "| what | measured | bar | |",
        "|---|---:|---:|---|",
    ]
    for bar in bars:
        verdict = "met" if bar.reaches(bar.goal) else "missed"
        lines.append(f"| {bar.what} | {bar.value:,.2f} {bar.unit} | {bar.goal_text} | {verdict} |")
    lines += ["", "## Rates behind them", "", "| what | median | |", "|---|---:|---|"]
    lines += [f"| {row.what} | {row.value:,.0f} | {row.unit} |" for row in rows]
    lines += ["", "## What each contestant does", "", _CONTESTANTS]
    return "\n".join(lines) + "\n"


_CONTESTANTS = """\
- **synthwb**: the record as it is written in YAML; the email is a template over the names of the row.
- **Faker proxy**: `Faker()` with its own `email()`, and `json.dumps`, a dictionary a row. Joining the email from the
  names is less work: that rate stands beside it.
- **Faker tuned**: one locale's generator, `use_weighting=False`, bound methods, `orjson`.
- **Mimesis Schema**: `Field` with its own `person.email`, `Schema.create()`, `json.dumps`.
- **DuckDB**: one SQL statement over `range()` with `random()`, ISO 8601 times, `COPY ... (FORMAT json)`, one thread.
  Its names come from Faker's lists without Faker's weights.
- **Polars alone**: `write_ndjson` of the finished frame with the same values; nothing is drawn, times are left in
  Polars' own form.
- **Two workers over one**: wall time on two cores. It needs both for itself: where other work takes one of them, the
  ratio goes towards 1, whatever the engine does.
- **Faker text, per value**: the same engine on events that carry six fields of the type, less the same events with
  one constant, over the same call of the `Faker()` proxy.
- **Clickstream**: sessions that walk through nine states, each with a dwell time, attributes of users, and what the
  session searched for last (`tests/benchmarks/clickstream.yaml`), after Imply's sample of that name. Imply's own
  generator is not at hand: the bar is 2,730 events/s, the median of what it made where it was measured. The loop with a
  thread for each session stands in for it within the run: it works as that does, hands over from thread to thread in
  simulated time and flushes every record, but draws its values in far fewer steps, so it is quicker.
- **Walk alone**: who is when in which state, without a record; 100 sessions begin every second. The loop over a heap
  makes a tuple for each step.
- **Changing what actors carry**: buyers picked by a Zipf law, at most 2,000 sessions at once, with and without `set`.
- **Memory**: the peak resident size of `synthwb run` that writes to the null device.
- **Terminal**: a real pseudo-terminal, wall time; the figures mean something on a quiet machine only.
- **Import**: `import synthwb` in a fresh interpreter against `import pydantic` in a fresh interpreter.
"""
