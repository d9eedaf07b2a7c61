"""What delivery costs: events into a web server and a broker, against the client libraries alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.report import Bar, Row
from tests.benchmarks.rounds import CORES, interleaved, measured

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["pacing_of_runs", "rates_of_http", "rates_of_kafka"]

_LABELS = {
    "client": "aiohttp alone, ready bodies",
    "sink": "the http sink, ready records",
    "engine": "records made and encoded",
    "whole": "made, encoded and sent",
}

_KAFKA = {
    "loop": "produce() in a loop, ready records",
    "sink": "the kafka sink, ready records",
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


def rates_of_kafka(events: int, rounds: int, say: Callable[[str], None]) -> tuple[list[Row], list[Bar]]:
    """Events per second of wall time, until all are confirmed by a broker on the same cores."""

    def case(who: str) -> Callable[[], float]:
        module = ("-m", "tests.benchmarks.streaming", who, str(events))
        return lambda: float(measured(*module, cores=len(CORES))["rate"])

    found = interleaved({who: case(who) for who in _KAFKA}, rounds, lambda words: say(f"kafka, {words}"))
    rows = [Row(f"kafka: {_KAFKA[who]}", series.median, "events/s") for who, series in found.items()]
    return rows, [
        Bar("kafka sink over produce() in a loop", found["sink"].over(found["loop"]), 0.9, 0.4),
        Bar("kafka and generation over the loop", found["whole"].over(found["loop"]), 0.55, 0.2, stretch=0.7),
    ]


def pacing_of_runs(seconds: int, say: Callable[[str], None]) -> tuple[list[Row], list[Bar]]:
    """How well a rate is kept over so many seconds by a sink that takes what it is handed."""
    rows, bars = [], []
    for rate in (10, 1000, 50_000):
        say(f"pacing, {rate:,}/s")
        found = measured("-m", "tests.benchmarks.pacing", str(rate), str(seconds), cores=len(CORES))
        rows.append(Row(f"pacing, {rate:,}/s: of a core", 100 * found["processor"], "%"))
        bars.append(Bar(f"worst 10 s at {rate:,}/s, over what is allowed", found["window"], 1.0, 10.0, at_least=False))
        if rate >= 1000:
            share = 100 * found["burst"]
            bars.append(Bar(f"most at once at {rate:,}/s", share, 2.0, 10.0, at_least=False, unit="% of a second"))
        bars.append(Bar(f"300 ms after another rate, from {rate:,}/s", found["change"], 0.95, 0.5))
    return rows, bars
