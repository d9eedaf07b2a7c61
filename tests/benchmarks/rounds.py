"""Interleaved rounds: A B C, A B C, ... each contestant in a process of its own, on cores of its own choosing.

Ratios are taken within a round, where the machine was the same for both, and the median of the rounds is quoted.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))


@dataclass
class Series:
    """The results of one contestant, one per round."""

    values: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def over(self, other: Series) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(a / b for a, b in zip(self.values, other.values, strict=True))


def python(
    *arguments: str, cores: int = 1, env: dict[str, str] | None = None, timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter pinned to the last ``cores`` cores; raises SystemExit with the process's own words."""
    command = [sys.executable, *arguments]
    if taskset := shutil.which("taskset"):
        command = [taskset, "--cpu-list", ",".join(map(str, CORES[-cores:])), *command]
    threads = {"POLARS_MAX_THREADS": str(cores), "OMP_NUM_THREADS": str(cores), "OPENBLAS_NUM_THREADS": str(cores)}
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **threads, **(env or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed ({done.returncode}):\n{done.stderr}")
    return done


def measured(*arguments: str, cores: int = 1) -> dict[str, Any]:
    """What a process prints as its last line, read as JSON."""
    result: dict[str, Any] = json.loads(python(*arguments, cores=cores).stdout.splitlines()[-1])
    return result


def interleaved(cases: dict[str, Callable[[], float]], rounds: int, say: Callable[[str], None]) -> dict[str, Series]:
    """Call every case once per round, in order."""
    results = {name: Series() for name in cases}
    for number in range(rounds):
        for name, case in cases.items():
            say(f"round {number + 1} of {rounds}: {name}")
            results[name].values.append(case())
    return results


def scratch() -> Path:
    """A new folder in memory where there is one (tmpfs), so that the disk is not what is measured."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="synthwb-bench-", dir=memory if memory.is_dir() else None))


def machine() -> str:
    """One line on the machine and the versions: what absolute figures depend on."""
    from importlib.metadata import version

    model = "unknown processor"
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    packages: Iterable[str] = ("polars", "numpy", "Faker", "mimesis", "duckdb", "orjson")
    versions: Sequence[str] = [f"{name} {version(name)}" for name in packages]
    return f"{len(CORES)} cores of {model}; Python {sys.version.split()[0]}, {', '.join(versions)}"
