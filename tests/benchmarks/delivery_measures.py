"""What delivery costs: events into a web server, against the client library alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.report import Bar, Row
from tests.benchmarks.rounds import CORES, interleaved, measured

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rates_of_http"]

_LABELS = {
    "client": "aiohttp alone, ready bodies",
    "sink": "the http sink, ready records",
    "engine": "records made and encoded",
    "whole": "made, encoded and sent",
}


def rates_of_http(events: int, rounds: int, say: Callable[[str], None]) -> tuple[list[Row], list[Bar]]:
    """Events per second of wall time with the server on the same cores, for batches of 100 and of 1,000."""
    rows, bars = [], []
    for batch in (100, 1000):

        def case(who: str, batch: int = batch) -> Callable[[], float]:
            module = ("-m", "tests.benchmarks.posting", who, str(batch), str(events))
            return lambda: float(measured(*module, cores=len(CORES))["rate"])

        cases = {who: case(who) for who in _LABELS}
        found = interleaved(cases, rounds, lambda words, batch=batch: say(f"http, batches of {batch}, {words}"))
        rows += [
            Row(f"http, batches of {batch:,}: {_LABELS[who]}", series.median, "events/s")
            for who, series in found.items()
        ]
        slower = min(("client", "engine"), key=lambda who: found[who].median)
        bars += [
            Bar(f"http sink over its client, batches of {batch:,}", found["sink"].over(found["client"]), 0.95, 0.4),
            Bar(f"http and generation over the slower, {batch:,}", found["whole"].over(found[slower]), 0.85, 0.15),
        ]
    return rows, bars
