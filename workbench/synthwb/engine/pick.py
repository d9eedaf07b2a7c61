"""Who is picked: a row of an entity pool for each event, evenly or by a rank law such as Zipf's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.block import Block
from synthwb.generators.registry import generator

if TYPE_CHECKING:
    from synthwb.scenario.model import Call

__all__ = ["Pick", "pick"]

Pick = Callable[[Block], "NDArray[np.uint32]"]


def pick(law: Call | None, size: int, key: int) -> Pick:
    """Row numbers in [0, size) for each row of a block, by the draws under ``key``; ``law`` None picks evenly."""
    if law is None:
        rows, low = np.uint64(size), np.uint64(32)
        return lambda block: (((block.bits(key) >> low) * rows) >> low).astype(np.uint32)
    found = generator(law.generator)
    if found is None:
        raise LookupError(f"no generator is called {law.generator!r}")
    ranks = found.ranks(law, size)
    return lambda block: ranks(block.bits(key))
