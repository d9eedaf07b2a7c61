"""How well a rate is kept: ``python -m tests.benchmarks.pacing RATE SECONDS`` prints it as JSON.

A run generates, encodes and delivers into a sink that notes when it was handed how many events. ``window`` is the worst
difference to the rate in any ten seconds, over the greater of one event and 0.5 %. ``burst``: the most events within
10 ms, as a part of a second's. ``change``: the rate in the second that begins 300 ms after it was doubled, over the
wished one. ``processor``: processor time over wall time.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np

RECORD = Path(__file__).with_name("record.yaml")
_WINDOW, _BURST, _SETTLED = 10.0, 0.0099, 0.3


class _Noting:
    """A sink that keeps when how many events came."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.counts: list[int] = []

    def open(self, info: Any, mark: Any = None) -> None: ...

    def write(self, event: str, data: Any, count: int) -> None:
        self.at.append(time.perf_counter())
        self.counts.append(count)

    def flush(self) -> None: ...

    def position(self) -> str:
        return "nowhere"

    def mark(self) -> dict[str, Any]:
        return {}

    def settle(self) -> None: ...

    def close(self, commit: bool = True) -> None: ...


def measure(rate: float, seconds: float) -> dict[str, float]:
    from synthwb.engine import compile_plan
    from synthwb.runtime import Pace, Run, outputs, target
    from synthwb.scenario import loads

    plan = compile_plan(loads(RECORD.read_text(encoding="utf-8")))
    made = outputs([target("/dev/null")], plan, bounded=False)
    noting = made[0].sink = _Noting()
    with Run(plan, made, pace=Pace(rate=rate), watch=False) as run:
        run.start()
        while not noting.at:
            time.sleep(0.01)
        began = time.process_time(), time.perf_counter()
        time.sleep(seconds)
        used = (time.process_time() - began[0]) / (time.perf_counter() - began[1])
        run.set_rate(2 * rate)
        changed = time.perf_counter()
        time.sleep(_SETTLED + 1.1)
    at, total = np.array(noting.at), np.array([0, *accumulate(noting.counts)])

    def gone(moments: Any) -> Any:
        return total[np.searchsorted(at, moments)]

    starts = np.arange(at[0], changed - _WINDOW, 0.05)
    off = np.abs(gone(starts + _WINDOW) - gone(starts) - _WINDOW * rate)
    steady = at[at < changed]
    bursts = total[1 : len(steady) + 1] - gone(steady - _BURST)
    new = gone(changed + _SETTLED + 1.0) - gone(changed + _SETTLED)
    return {
        "window": float(off.max()) / max(1.0, 0.005 * _WINDOW * rate),
        "burst": float(bursts.max()) / rate,
        "change": float(new) / (2 * rate),
        "processor": used,
    }


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]), float(sys.argv[2]))))
