"""The same bytes with and without the vector instructions of the processor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import hashlib
import numpy as np
from generator_driver import arguments, drawn, weights
from synthwb.engine import special
from synthwb.engine.draws import mix, unit
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

print([feature for feature in __cpu_dispatch__ if __cpu_features__[feature]])
ROWS = 100_000
rows = np.geomspace(0.01, 1e4, ROWS)
LAWS = [
    ("uuid", {}), ("sequence", {}), ("uniform", {"min": -3.0, "max": 1e5}), ("uniform", {"max": rows}),
    ("normal", {"mean": 3.0, "std": 0.1}), ("normal", {"mean": rows, "std": rows}),
    ("lognormal", {"median": 25.0, "sigma": 0.7}), ("lognormal", {"mean": rows, "sigma": 2.0}),
    ("lognormal", {"mu": 1.0, "sigma": 3.0}), ("exponential", {"mean": 40.0}), ("exponential", {"rate": rows}),
    ("integer", {"min": 1, "max": 6}), ("integer", {"min": 0, "max": 10**12}), ("integer", {"min": 0, "max": rows}),
    ("poisson", {"mean": 1.4}), ("poisson", {"mean": 1e5}), ("poisson", {"mean": rows}),
    ("zipf", {"exponent": 1.1, "n": 5000}), ("zipf", {"exponent": 0.9, "n": 10**12}),
    ("choice", {"values": weights(("a", 0.1), ("b", 0.7), ("c", 0.2))}), ("bernoulli", {"p": 0.3}),
    ("bernoulli", {"p": rows / 1e4}),
]
for name, args in LAWS:
    series = drawn(name, ROWS, **args)
    text = "\\n".join(value.hex() if isinstance(value, float) else str(value) for value in series)
    print(name, hashlib.sha256(text.encode()).hexdigest())
x = unit(mix(np.arange(ROWS, dtype=np.uint64), 1)) * 1000.0 - 300.0
for name in ("log", "exp", "log1p", "expm1", "log10", "sigmoid", "logit"):
    print(name, hashlib.sha256(getattr(special, name)(x).tobytes()).hexdigest())
print("power", hashlib.sha256(special.power(np.abs(x), x / 50.0).tobytes()).hexdigest())
"""


def switched_on() -> list[str]:
    """The features of this processor for which NumPy has code of its own."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    return [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]


def digests(disabled: list[str]) -> list[str]:
    environment = dict(os.environ, NPY_DISABLE_CPU_FEATURES=" ".join(disabled))
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path.endswith("drivers"))
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def usual() -> list[str]:
    return digests([])


def test_every_law_gives_the_same_bytes_without_vector_instructions(usual: list[str]) -> None:
    features = switched_on()
    assert features, "NumPy finds no feature to switch off here, so this test would prove nothing"
    plain = digests(features)
    assert usual[0] == str(features)
    assert plain[0] == "[]", "the features were not switched off"
    assert plain[1:] == usual[1:]
    assert len(usual) == 31
