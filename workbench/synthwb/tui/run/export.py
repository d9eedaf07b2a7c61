"""An export: a bounded run into one file, beside everything else that goes on."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthwb.errors import UsageError
from synthwb.generators.plugins import chosen
from synthwb.tui.run.rates import count_text, duration_text, rate_text

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.runtime import Run, Stats

__all__ = ["Export", "command_line", "in_the_way", "parse_count", "progress_words", "start_export"]

_UNITS = {"k": 1_000, "m": 1_000_000}
MOST = 10_000_000_000


def parse_count(text: str) -> int:
    """A number of events: ``1000``, ``10_000``, ``250k``, ``1M``. Raises UsageError with what may be typed."""
    words = text.strip().lower().replace("_", "").replace(",", "").replace(" ", "")
    factor = _UNITS.get(words[-1:], 1)
    digits = words[:-1] if factor > 1 else words
    try:
        count = round(float(digits) * factor) if "." in digits and factor > 1 else int(digits) * factor
    except ValueError:
        raise UsageError(f"{text.strip()!r} is not a number of events: type 1000, 250k or 1M") from None
    if not 0 < count <= MOST:
        raise UsageError("export at least one event, and ten thousand million at most")
    return count


def command_line(source: str, path: str, count: int, seed: int | None, begin: str = "") -> str:
    """The headless call that writes the same file; ``begin`` is the start in the place of the document's now."""
    words = ["synthwb", "run", source, "--to", path, "--count", str(count), "--rate", "max"]
    if seed is not None:
        words += ["--seed", str(seed)]
    if begin:
        words += ["--from", begin]
    for plugin in chosen():
        words += ["--plugin", plugin]
    return shlex.join(words)


def in_the_way(path: str, events: tuple[str, ...]) -> list[str]:
    """The files that an export to this path would overwrite."""
    names = [path.replace("{event}", event) for event in events] if "{event}" in path else [path]
    return [name for name in names if Path(name).expanduser().exists()]


@dataclass(frozen=True, slots=True)
class Export:
    """An export under way: the run, and where and how many clean events were asked for."""

    run: Run
    path: str
    count: int

    @property
    def share(self) -> float:
        """How much is done, in [0, 1]."""
        stats = self.run.stats()
        return min(1.0, stats.events / max(1, stats.expected or self.count))


def start_export(plan: Plan, path: str, count: int) -> Export:
    """Begin to write ``count`` events flat out. Raises SynthwbError for a path that cannot take them."""
    from synthwb.runtime import Run, outputs, target

    spec = target(str(Path(path).expanduser()))
    if spec.kind != "file":
        raise UsageError(f"{path!r} is not a file; the screen can only export to files")
    run = Run(plan, outputs([spec], plan, bounded=True), limit=count, watch=False)
    run.start()
    return Export(run, path, count)


def progress_words(stats: Stats, count: int) -> str:
    """Events, rate and time left, or how it ended. ``count``: clean events that were asked for."""
    state = stats.state.value
    count = stats.expected or count
    if state == "failed":
        return f"✗ {stats.error}"
    if state == "finished":
        return f"✓ {count_text(stats.events)} events in {stats.elapsed:.1f} s"
    if state in ("stopping", "stopped"):
        return "■ cancelled; nothing was left behind"
    left = duration_text(max(0, count - stats.events) / stats.rate) if stats.rate > 0 else "--:--:--"
    return f"{count_text(stats.events)} of {count_text(count)} events   {rate_text(stats.rate)}   {left} left"
