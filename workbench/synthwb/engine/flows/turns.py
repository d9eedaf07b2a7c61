"""Whose turn it is, where sessions touch rows that others touch too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.flows.facts import row_fact
from synthwb.engine.flows.table import Table

__all__ = ["first_in_turn"]


def first_in_turn(due: Sequence[Table], touched: Sequence[Mapping[str, str]]) -> list[NDArray[np.bool_] | None]:
    """By flow, the sessions whose step is the earliest of all that touch one of their rows; None: it touches none.

    ``touched``: by flow, the roles that matter, with the entity of each. Among those of one time the session and the
    step decide, so there is always one whose turn it is.
    """
    entities = sorted({entity for each in touched for entity in each.values()})
    keys, times, addresses, steps, owners = [], [], [], [], []
    begins = np.cumsum([0, *(len(table) for table in due)])
    for table, mine, begin in zip(due, touched, begins[:-1], strict=True):
        for role, entity in mine.items():
            keys.append(table[row_fact(role)].astype(np.int64) | entities.index(entity) << 32)
            times.append(table["time"])
            addresses.append(table["address"])
            steps.append(table["step"])
            owners.append(np.arange(begin, begin + len(table)))
    key = np.concatenate(keys)
    order = np.lexsort((np.concatenate(steps), np.concatenate(addresses), np.concatenate(times), key))
    ordered = key[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    turn = np.ones(int(begins[-1]), np.bool_)
    turn[np.concatenate(owners)[order[~first]]] = False
    return [
        turn[begin:end] if mine else None for mine, begin, end in zip(touched, begins[:-1], begins[1:], strict=True)
    ]
