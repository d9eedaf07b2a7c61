"""One line per law: a digest of 100,000 values to the last bit. Run as a program, it prints them."""

from __future__ import annotations

import hashlib

import numpy as np
from generator_driver import drawn, weights
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from synthwb.engine.draws import mix, unit
from synthwb.engine.laws import special

ROWS = 100_000
PER_ROW = 0.01 + 1e4 * np.arange(ROWS) / ROWS
LAWS = [
    ("uuid", {}),
    ("sequence", {}),
    ("uniform", {"min": -3.0, "max": 1e5}),
    ("uniform", {"max": PER_ROW}),
    ("normal", {"mean": 3.0, "std": 0.1}),
    ("normal", {"mean": PER_ROW, "std": PER_ROW}),
    ("lognormal", {"median": 25.0, "sigma": 0.7}),
    ("lognormal", {"mean": PER_ROW, "sigma": 2.0}),
    ("lognormal", {"mu": 1.0, "sigma": 3.0}),
    ("exponential", {"mean": 40.0}),
    ("exponential", {"rate": PER_ROW}),
    ("integer", {"min": 1, "max": 6}),
    ("integer", {"min": 0, "max": 10**12}),
    ("integer", {"min": 0, "max": PER_ROW}),
    ("poisson", {"mean": 1.4}),
    ("poisson", {"mean": 1e5}),
    ("poisson", {"mean": PER_ROW}),
    ("zipf", {"exponent": 1.1, "n": 5000}),
    ("zipf", {"exponent": 0.9, "n": 10**12}),
    ("choice", {"values": weights(("a", 0.1), ("b", 0.7), ("c", 0.2))}),
    ("bernoulli", {"p": 0.3}),
    ("bernoulli", {"p": PER_ROW / 2e4}),
    ("gamma", {"shape": 0.05, "scale": 3.0}),
    ("gamma", {"shape": PER_ROW, "mean": 7.0}),
    ("beta", {"alpha": 0.05, "beta": 0.05}),
    ("beta", {"mean": 0.3, "concentration": PER_ROW}),
    ("weibull", {"shape": 1.5, "scale": 900.0}),
    ("weibull", {"shape": PER_ROW, "mean": 6.5}),
    ("pareto", {"alpha": 1.16, "min": 10.0}),
    ("pareto", {"alpha": PER_ROW, "median": 10.0}),
    ("triangular", {"min": 1.0, "mode": 2.0, "max": 10.0}),
    ("binomial", {"n": 20, "p": 0.3}),
    ("binomial", {"n": 10**9, "p": 0.3}),
    ("binomial", {"n": 10**4, "mean": PER_ROW}),
    ("geometric", {"p": 0.2}),
    ("geometric", {"mean": PER_ROW + 1.0}),
    ("histogram", {"edges": (0.0, 1.0, 4.0, 100.0), "weights": (1, 2.5, 3)}),
    ("empirical", {"values": (1.5, 2.0, 7.25), "smooth": "kernel"}),
]
FUNCTIONS = ("log", "exp", "log1p", "expm1", "log10", "sigmoid", "logit")


def active_features() -> list[str]:
    """The processor's features for which NumPy has code of its own and uses it."""
    return [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]


def lines() -> list[str]:
    """Law, parameters, digest."""
    found = []
    for name, args in LAWS:
        text = "\n".join(value.hex() if isinstance(value, float) else str(value) for value in drawn(name, ROWS, **args))
        shown = " ".join(
            f"{key}=..." if key == "values" or isinstance(value, np.ndarray) else f"{key}={value}"
            for key, value in args.items()
        )
        found.append(f"{f'{name} {shown}'.strip()}: {hashlib.sha256(text.encode()).hexdigest()}")
    x = unit(mix(np.arange(ROWS, dtype=np.uint64), 1)) * 1000.0 - 300.0
    results = {name: getattr(special, name)(x) for name in FUNCTIONS} | {"power": special.power(np.abs(x), x / 50.0)}
    for name, values in results.items():
        plain = np.where(np.isnan(values), np.nan, values)  # a NaN has many forms, and none is ever shown
        found.append(f"{name}: {hashlib.sha256(plain.astype('<f8').tobytes()).hexdigest()}")
    return found


if __name__ == "__main__":
    print(active_features())
    print("\n".join(lines()))
