"""How fast records are written in each format, against the library that has it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.benchmarks.report import Bar, Row
from tests.benchmarks.rounds import interleaved, measured, scratch

if TYPE_CHECKING:
    from collections.abc import Callable

_LIBRARIES = {
    "csv": "Polars writes the finished frame",
    "parquet": "Polars writes the finished frame",
    "arrow": "Polars writes the finished frame",
    "avro": "fastavro writes finished dictionaries",
}
_BARS = {"csv": (0.7, 0.4), "parquet": (0.7, 0.4), "arrow": (0.4, 0.2), "avro": (4.0, 2.0)}
"""By format: the goal and the gate of ready batches over the library."""


def rates_of_formats(count: int, rounds: int, say: Callable[[str], None]) -> tuple[list[Row], list[Bar]]:
    """Rows of the record per second of processor time on one core."""
    folder = scratch()

    def case(who: str, form: str) -> Callable[[], float]:
        rows = count // 10 if (who, form) == ("library", "avro") else count
        module = ("-m", "tests.benchmarks.formats", who, form, str(rows), str(folder / f"record.{form}"))
        return lambda: float(measured(*module)["rate"])

    rows, bars = [], []
    try:
        for form, words in _LIBRARIES.items():
            cases = {who: case(who, form) for who in ("library", "ready", "whole")}
            found = interleaved(cases, rounds, lambda text, form=form: say(f"{form}, {text}"))
            rows += [
                Row(f"{form}: {words}", found["library"].median, "rows/s"),
                Row(f"{form}: synthwb, ready batches", found["ready"].median, "rows/s"),
                Row(f"{form}: synthwb, generated as well", found["whole"].median, "rows/s"),
            ]
            goal, gate = _BARS[form]
            name = words.split()[0]
            bars.append(
                Bar(f"{form} from ready batches over {name}", found["ready"].over(found["library"]), goal, gate)
            )
    finally:
        shutil.rmtree(folder)
    return rows, bars
