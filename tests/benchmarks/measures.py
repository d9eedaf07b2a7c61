"""What is measured, and the bar for each: throughput, wide events, flows, text, memory, import, the terminal."""

from __future__ import annotations

import shutil
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.delivery_measures import pacing_of_runs, rates_of_http, rates_of_kafka
from tests.benchmarks.flow_measures import memory_of_flows, rates_of_flows
from tests.benchmarks.format_measures import rates_of_formats
from tests.benchmarks.report import Bar, Row
from tests.benchmarks.rounds import interleaved, measured, python, scratch
from tests.benchmarks.text import POOLS, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How long to measure: the full form is for the record, the short one for every change."""

    rounds: int
    fast_rows: int
    slow_rows: int
    text_types: tuple[str, ...]
    pool_types: tuple[str, ...]
    memory: tuple[int, int]
    sessions: tuple[int, int]


FULL = Size(7, 1_000_000, 4_000, tuple(TYPES), POOLS, (1_000_000, 20_000_000), (1_000_000, 10_000_000))
SHORT = Size(
    3, 200_000, 1_500, ("name", "street_address", "ipv4"), ("iban",), (300_000, 2_000_000), (1_000_000, 2_000_000)
)

_LABELS = {
    "faker_proxy": "Faker proxy + json.dumps",
    "faker_proxy_joined": "the same, email joined from the names",
    "faker_tuned": "Faker tuned by hand + orjson",
    "faker_tuned_joined": "the same, email joined from the names",
    "mimesis_schema": "Mimesis Schema + json.dumps",
    "duckdb_sql": "DuckDB SQL + COPY, one thread",
    "polars_frame": "Polars writes the finished frame, one thread",
    "synthwb": "synthwb, one core",
    "synthwb_alone": "synthwb, one core, by wall time",
    "synthwb_one": "synthwb, two cores, one worker",
    "synthwb_two": "synthwb, two cores, two workers",
}


def throughput(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Rows of the record per second: of processor time on one core, of wall time where cores are compared."""
    folder = scratch()

    def case(name: str, rows: int, cores: int = 1, clock: str = "rate_busy") -> Callable[[], float]:
        module = ("-m", "tests.benchmarks.contestants", name, str(rows), str(folder / "record.jsonl"))
        return lambda: float(measured(*module, cores=cores)[clock])

    cases = {
        "faker_proxy": case("faker_proxy", size.slow_rows),
        "faker_proxy_joined": case("faker_proxy_joined", size.slow_rows),
        "faker_tuned": case("faker_tuned", size.slow_rows * 5),
        "faker_tuned_joined": case("faker_tuned_joined", size.slow_rows * 5),
        "mimesis_schema": case("mimesis_schema", size.slow_rows * 5),
        "duckdb_sql": case("duckdb_sql", size.fast_rows),
        "polars_frame": case("polars_frame", size.fast_rows),
        "synthwb": case("synthwb", size.fast_rows),
        "synthwb_alone": case("synthwb", size.fast_rows, clock="rate"),
        "synthwb_one": case("synthwb", size.fast_rows, cores=2, clock="rate"),
        "synthwb_two": case("synthwb_two", size.fast_rows, cores=2, clock="rate"),
    }
    try:
        results = interleaved(cases, size.rounds, say)
    finally:
        shutil.rmtree(folder)
    ours = results["synthwb"]
    rows = [Row(_LABELS[name], series.median, "rows/s") for name, series in results.items()]
    bars = [
        Bar("over the Faker proxy", ours.over(results["faker_proxy"]), 250, 125, stretch=300),
        Bar("over Faker tuned by hand", ours.over(results["faker_tuned"]), 25, 12, stretch=30),
        Bar("over Mimesis Schema", ours.over(results["mimesis_schema"]), 50, 25, stretch=60),
        Bar("over DuckDB SQL + COPY", ours.over(results["duckdb_sql"]), 1.2, 0.6, stretch=1.5),
        Bar("over Polars writing the finished frame", ours.over(results["polars_frame"]), 0.75, 0.4, stretch=0.9),
        Bar("two workers on two cores over one core", results["synthwb_two"].over(results["synthwb_alone"]), 1.6, 0.7),
        Bar("two workers over one, both on two cores", results["synthwb_two"].over(results["synthwb_one"]), 1.6, 0.7),
    ]
    return rows, bars


_COMPILE = """
import json, statistics, sys, time
import synthwb
from synthwb.engine import compile_plan
scenario = synthwb.load(sys.argv[1])
times = []
for _ in range(30):
    start = time.process_time()
    compile_plan(scenario)
    times.append(time.process_time() - start)
print(json.dumps({"first": times[0], "again": statistics.median(times[1:])}))
"""


def wide(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """An event of sixty fields: rows per second of processor time on one core, and the time to compile its plan."""
    folder = scratch()

    def case(name: str) -> Callable[[], float]:
        module = ("-m", "tests.benchmarks.contestants", name, str(size.fast_rows // 5), str(folder / "wide.jsonl"))
        return lambda: float(measured(*module)["rate_busy"])

    cases = {name: case(name) for name in ("polars_wide", "synthwb_wide")}
    try:
        results = interleaved(cases, size.rounds, lambda words: say(f"wide events, {words}"))
    finally:
        shutil.rmtree(folder)
    compiled = [measured("-c", _COMPILE, "tests/benchmarks/wide.yaml") for _ in range(3)]
    first, again = (1000 * statistics.median(each[when] for each in compiled) for when in ("first", "again"))
    ours, theirs = results["synthwb_wide"], results["polars_wide"]
    rows = [
        Row("Polars writes the finished frame of 60 columns", theirs.median, "rows/s"),
        Row("synthwb, 60 fields", ours.median, "rows/s"),
        Row("compiling 60 fields for the first time, with imports", first, "ms"),
    ]
    return rows, [
        Bar("60 fields over Polars writing the finished frame", ours.over(theirs), 0.7, 0.25),
        Bar("compiling 60 fields anew", again, 30, 120, at_least=False, unit="ms"),
    ]


def text(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Values per second of each Faker type, against the proxy: the worst type is the bar."""
    rows, ratios = [], {}
    for kind in (*size.text_types, *size.pool_types):
        cases = {
            "proxy": lambda kind=kind: float(measured("-m", "tests.benchmarks.text", "proxy", kind, "1500")["rate"]),
            "engine": lambda kind=kind: float(
                measured("-m", "tests.benchmarks.text", "engine", kind, "200000")["rate"]
            ),
        }
        found = interleaved(cases, min(3, size.rounds), lambda words, kind=kind: say(f"text {kind}, {words}"))
        ratios[kind] = found["engine"].over(found["proxy"])
        rows.append(Row(f"text: {kind}, {ratios[kind]:,.0f} x the proxy", found["engine"].median, "values/s"))
    worst = min(size.text_types, key=lambda kind: ratios[kind])
    slowest = min(size.pool_types, key=lambda kind: ratios[kind])
    median = statistics.median(ratios[kind] for kind in size.text_types)
    return rows, [
        Bar(f"Faker text over the proxy, worst type ({worst})", ratios[worst], 150, 50),
        Bar("Faker text over the proxy, median type", median, 150, 75, stretch=300),
        Bar(f"Faker's code over the proxy, worst pool ({slowest})", ratios[slowest], 20, 10),
    ]


def flows(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Sessions: events per second of processor time on one core, and peak memory."""
    rates, bars = rates_of_flows(size.fast_rows, size.rounds, say)
    peaks, more = memory_of_flows(size.sessions, say)
    return rates + peaks, bars + more


def http(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Events into a web server: the sink against its client, with and without generation."""
    return rates_of_http(size.fast_rows, min(3, size.rounds), say)


def kafka(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Events into a broker: the sink against its client, with and without generation."""
    return rates_of_kafka(size.fast_rows // 2, min(5, size.rounds), say)


def formats(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Files of each format against the library that has it."""
    return rates_of_formats(size.fast_rows // 2, min(3, size.rounds), say)


_PEAK = """
import resource, subprocess, sys
command = "import sys; from synthwb.cli import main; sys.exit(main())"
synthwb = [sys.executable, "-c", command, "run", "tests/benchmarks/record.yaml"]
subprocess.run([*synthwb, "--count", sys.argv[1], "--to", "-"], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def memory(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """Peak resident size of a long run against a short one."""
    peaks = []
    for count in size.memory:
        say(f"peak memory at {count:,} events")
        peaks.append(float(python("-c", _PEAK, str(count), timeout=900).stdout))
    rows = [
        Row(f"peak memory at {count:,} events", peak, "MiB") for count, peak in zip(size.memory, peaks, strict=True)
    ]
    few, many = (f"{count:,}" for count in size.memory)
    return rows, [Bar(f"peak memory at {many} over {few} events", peaks[1] / peaks[0], 1.1, 1.25, at_least=False)]


def imports(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """The time of ``import synthwb`` in a fresh interpreter against ``import pydantic``."""

    def case(module: str) -> Callable[[], float]:
        def seconds() -> float:
            start = time.perf_counter()
            python("-c", f"import {module}")
            return time.perf_counter() - start

        return seconds

    say("import times")
    names = {name: case(name) for name in ("pydantic", "synthwb", "sys")}
    interleaved(names, 2, lambda words: None)
    found = interleaved(names, 2 * size.rounds + 1, lambda words: None)
    rows = [
        Row("python -c 'import sys'", found["sys"].median * 1000, "ms"),
        Row("python -c 'import pydantic'", found["pydantic"].median * 1000, "ms"),
        Row("python -c 'import synthwb'", found["synthwb"].median * 1000, "ms"),
    ]
    ratio = found["synthwb"].over(found["pydantic"])
    return rows, [Bar("import synthwb over import pydantic", ratio, 1.5, 2.0, at_least=False)]


def terminal(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """How fast the workbench feels, in a real pseudo-terminal. Wall time: the machine should be quiet."""
    from tests.benchmarks.terminal import BARS, first_paint, key_to_glyph, keystroke_to_preview

    say("first paint")
    paints = first_paint(10)
    say("keystroke to preview")
    previews = keystroke_to_preview(20)
    say("key to glyph while generating flat out")
    glyphs = key_to_glyph(20)
    figures = {
        "first paint, best of 10": (min(paints), BARS["first paint"]),
        "first paint, median of 10": (statistics.median(paints), BARS["first paint"]),
        "keystroke to updated preview, median": (statistics.median(previews), BARS["keystroke to preview"]),
        "key to glyph while flat out, median": (statistics.median(glyphs), BARS["key to glyph, flat out"]),
    }
    bars = [
        Bar(what, seconds * 1000, bar * 1000, bar * 4000, at_least=False, unit="ms")
        for what, (seconds, bar) in figures.items()
    ]
    return [], bars


def pacing(size: Size, say: Say) -> tuple[list[Row], list[Bar]]:
    """A rate that is kept, at three rates."""
    return pacing_of_runs(60 if size is FULL else 15, say)


MEASURES = {
    "throughput": throughput,
    "wide": wide,
    "flows": flows,
    "formats": formats,
    "http": http,
    "kafka": kafka,
    "pacing": pacing,
    "text": text,
    "memory": memory,
    "import": imports,
    "terminal": terminal,
}
QUIET = {"pacing", "terminal"}
"""What needs a quiet machine: left out of the short form unless it is asked for by name."""
