"""What is measured of flows, and the bar for each: the clickstream, the walk alone, memory, shared state."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.benchmarks.report import Bar, Row
from tests.benchmarks.rounds import interleaved, measured, python, scratch

if TYPE_CHECKING:
    from collections.abc import Callable

    Say = Callable[[str], None]

IMPLY = 2_730.0  # events a second of Imply's event generator, where it was measured (1,780 to 3,240)

_LABELS = {
    "threads": "clickstream by a thread for each session, plain Python",
    "engine": "clickstream by synthwb, complete JSON",
    "heap": "its walk alone by heapq, plain Python",
    "spine": "its walk alone by synthwb",
    "unshared": "Zipf-picked buyers with a cap",
    "shared": "the same, who change what they carry",
}

_PEAK = """
import resource, subprocess, sys
command = "import sys; from synthwb.cli import main; sys.exit(main())"
synthwb = [sys.executable, "-c", command, "run", sys.argv[1], "--count", sys.argv[2], "--to", "-"]
subprocess.run([*synthwb, *sys.argv[3:]], stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)
"""


def _peak(document: str, events: int, *more: str) -> float:
    """Peak resident size of ``synthwb run``, in MiB."""
    arguments = (f"tests/benchmarks/{document}.yaml", str(events), *more)
    return float(python("-c", _PEAK, *arguments, timeout=900).stdout)


def rates_of_flows(events: int, rounds: int, say: Say) -> tuple[list[Row], list[Bar]]:
    """Events per second of processor time on one core; ``events``: of the engine, others make as many as they can."""
    folder = scratch()
    sizes = {
        "threads": events // 20,
        "engine": events,
        "heap": events,
        "spine": events * 4,
        "unshared": events // 2,
        "shared": events // 2,
    }

    def case(name: str) -> Callable[[], float]:
        module = ("-m", "tests.benchmarks.flows", name, str(sizes[name]), str(folder / "flow.jsonl"))
        return lambda: float(measured(*module)["rate"])

    try:
        found = interleaved({name: case(name) for name in sizes}, rounds, lambda words: say(f"flows, {words}"))
    finally:
        shutil.rmtree(folder)
    rows = [Row(_LABELS[name], series.median, "events/s") for name, series in found.items()]
    over = found["engine"].over(found["threads"])
    rows.append(Row("clickstream, synthwb over threads", over, "x"))
    return rows, [
        Bar(
            "clickstream over 2,730 events/s, the rate of Imply's", found["engine"].median / IMPLY, 90, 40, stretch=130
        ),
        Bar("its walk alone over heapq", found["spine"].over(found["heap"]), 10, 3),
        Bar("changing what actors carry over not", found["shared"].over(found["unshared"]), 0.3, 0.15),
    ]


def memory_of_flows(counts: tuple[int, int], say: Say) -> tuple[list[Row], list[Bar]]:
    """Peak resident size of a long run with a hundred thousand sessions against a short one, and with many actors."""
    rows, peaks = [], []
    for count in counts:
        say(f"peak memory at {count:,} events of 100,000 sessions")
        peaks.append(_peak("crowd", count))
        rows.append(Row(f"peak memory at {count:,} events of 100,000 sessions", peaks[-1], "MiB"))
    say("peak memory of 1,000,000 actors with state")
    many = _peak("buyers", counts[0], "--set", "buyer.count=1000000")
    few, long = (f"{count:,}" for count in counts)
    return rows, [
        Bar(f"peak memory with sessions at {long} over {few} events", peaks[1] / peaks[0], 1.1, 1.25, at_least=False),
        Bar("peak memory of 1,000,000 actors with state", many, 1000, 1200, at_least=False, unit="MiB"),
    ]
