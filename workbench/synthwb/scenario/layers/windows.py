"""Windows in event time: ``from`` and ``until``, or ``at`` and ``for``."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.model import Clock
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry
from synthwb.scenario.values import Values

__all__ = ["read_window"]


def read_window(values: Values, clock: Clock, keys: Mapping[str, Entry], path: str) -> tuple[int | None, int | None]:
    """Where a window begins and ends, in microseconds; None: not at all."""
    report = values.report
    apart = [name for name in ("from", "until") if name in keys]
    together = [name for name in ("at", "for") if name in keys]
    if apart and together:
        message = f"{apart[0]!r} and {together[0]!r} both say when: from goes with until, at with for"
        report.error("contradiction", message, keys[together[0]].key, join(path, together[0]), "remove one of them")
        return None, None
    if len(together) == 1:
        other = "for" if together == ["at"] else "at"
        example = "for: 20m" if other == "for" else "at: +4d 18:00"
        message = f"{together[0]!r} needs {other!r}"
        report.error("missing-key", message, keys[together[0]].key, join(path, together[0]), f"such as {example}")
        return None, None
    times = {name: values.time(keys[name].value, join(path, name)) for name in ("from", "until", "at") if name in keys}
    length = values.duration(keys["for"].value, join(path, "for")) if "for" in keys else None
    start, end = times.get("from", times.get("at")), times.get("until")
    if start is not None and length is not None:
        end = start + length
    last = "for" if "for" in keys else "until"
    if start is not None and end is not None and end <= start:
        message = "a window of no time" if last == "for" else "a window that ends before it begins"
        report.error("contradiction", message, keys[last].value, join(path, last), "such as 20m" if length == 0 else "")
        return None, None
    if end is not None and end <= clock.start:
        message = "the window is over before the clock starts, so nothing is ever altered"
        report.warning("no-effect", message, keys[last].value, join(path, last))
    if start is not None and clock.end is not None and start >= clock.end:
        first = "at" if "at" in keys else "from"
        message = "the window begins after the end of the clock, so nothing is ever altered"
        report.warning("no-effect", message, keys[first].value, join(path, first))
    return start, end
