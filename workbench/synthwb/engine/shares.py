"""How busy the rows of an entity are by a law of picks: a weight for each rank, 1 on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from synthwb.engine.draws import Floats
from synthwb.engine.laws.special import power
from synthwb.generators.registry import generator

if TYPE_CHECKING:
    from synthwb.scenario.model import Call

__all__ = ["shares"]

_TRIED = 1 << 20  # evenly spaced draws from which the weights of a law are counted


def shares(law: Call | None, size: int) -> Floats:
    """The weights of the ranks in [0, size); all alike without a law. Zipf's are exact, others are counted."""
    if law is None:
        return np.ones(size)
    if law.generator == "zipf":
        known = min(law.args["n"] or size, size)
        weights = np.zeros(size)
        weights[:known] = power(np.arange(1, known + 1, dtype=np.float64), -float(law.args["exponent"]))
    else:
        found = generator(law.generator)
        if found is None:
            raise LookupError(f"no generator is called {law.generator!r}")
        bits = (np.arange(_TRIED, dtype=np.uint64) << np.uint64(44)) + np.uint64(1 << 43)
        weights = np.bincount(found.ranks(law, size)(bits), minlength=size).astype(np.float64)
    mean: Floats = weights * (size / weights.cumsum()[-1])
    return mean
