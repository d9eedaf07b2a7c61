"""Walks and counters at chosen moments, without a scenario around them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from generator_driver import BareSite, arguments, named

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.engine.draws import mix
from synthwb.scenario.model import Call, Clock

SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6


class TimedSite(BareSite):
    """A site whose clock starts somewhere."""

    def __init__(self, start: int = 0, zone: str = "UTC", seed: int = 42) -> None:
        super().__init__(seed, "e.x", {})
        self.clock = Clock(start=start, zone=zone)


def at(name: str, times: Any, by: Any = None, *, clock: int = 0, zone: str = "UTC", seed: int = 42, **args: Any) -> Any:
    """The values of a generator at these moments, in microseconds; ``by``: a value for each row.

    ``clock``: where the clock starts.
    """
    times = np.asarray(times, np.int64)
    block = Block(mix(np.arange(len(times), dtype=np.uint64)), times, np.arange(len(times)))
    if by is not None:
        args["by"] = "who"
        block.columns["who"] = by if isinstance(by, Column) else Column.of(pl.Series(by))
    site = TimedSite(clock, zone, seed)
    call = Call(name, arguments(name, **args), None)  # type: ignore[arg-type]
    return named(name).bind(call, site)(block).series().to_numpy()  # type: ignore[arg-type]
