"""Who takes what from a queue, for all queues at once: the oldest that is left, each once.

In each queue the n-th of those that take finds ``low`` entries gone for good and ``high`` that came before it. If f of
them were passed so far, it looks at entry max(f, low), takes it if that lies before ``high``, and passes it. So after n
of them f is min(high, max(low, f) + 1), and f - n is what f - n + 1 was, held between low + 1 - n and high - n. Holding
between bounds, one after the other, is holding between bounds: all steps are found by doubling their distance.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.draws import Ints

__all__ = ["taken"]


def taken(begins: NDArray[np.int64], passed: Ints, low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """For takers in the order of their queues: the entry that each takes (-1: none), and how many are passed after it.

    ``begins``: where each queue's stretch of takers begins, with how many entries it ``passed`` before. ``low`` and
    ``high`` do not fall within a queue.
    """
    rows = len(low)
    lengths = np.diff(np.append(begins, rows))
    number = np.arange(rows) - np.repeat(begins, lengths) + 1
    above = high - number
    below = np.minimum(low + 1 - number, above)
    below[begins] = above[begins] = np.minimum(above[begins], np.maximum(below[begins], passed))
    distance = 1
    while distance < int(lengths.max(initial=0)):
        earlier_below, earlier_above = below[:-distance].copy(), above[:-distance].copy()
        own_below, own_above = below[distance:].copy(), above[distance:].copy()
        below[distance:] = np.minimum(own_above, np.maximum(own_below, earlier_below))
        above[distance:] = np.minimum(own_above, np.maximum(own_below, earlier_above))
        distance *= 2
    after = below + number
    before = np.empty_like(after)
    before[1:] = after[:-1]
    before[begins] = passed
    entry = np.maximum(before, low)
    return np.where(entry < high, entry, -1), after
