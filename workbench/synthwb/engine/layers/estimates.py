"""About how many records arrive of so many clean events."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from synthwb.engine.draws import mix
from synthwb.engine.layers.arriving import Arriving

__all__ = ["arriving_share"]

_DRAWS = 4096  # copies are as many as a sample of the law says


def arriving_share(
    layers: Sequence[Arriving], happening: Callable[[int, int], Mapping[str, float]], start: int, end: int
) -> float:
    """Records that arrive per clean event between two event times, without what changes no number.

    ``happening``: expected clean events of each type, in the plan's order, in a stretch.
    """
    layers = [layer for layer in layers if layer.kind in ("drop", "duplicate")]
    if not layers or end <= start:
        return 1.0
    edges = {each for layer in layers for each in (layer.chance.start, layer.chance.end) if each is not None}
    clean = sent = 0.0
    for begin, until in pairwise(sorted({start, end, *(each for each in edges if start < each < end)})):
        events = np.array(list(happening(begin, until).values()))
        share = np.ones(len(events))
        for layer in layers:
            if layer.chance.acts(begin):
                share[layer.kinds] *= 1.0 + layer.chance.rate * _change(layer)
        clean += float(events.sum())
        sent += float((events * share).sum())
    return sent / clean if clean else 1.0


def _change(layer: Arriving) -> float:
    """How many records more there are for one that is hit."""
    if layer.kind == "drop":
        return -1.0
    numbers = np.arange(_DRAWS, dtype=np.int64)
    return float(layer.made_of(mix(numbers.view(np.uint64)), numbers).mean())
