"""The facts that rows carry for flows: how each of them is called.

A row of the spine carries *facts* (see `synthwb.engine.rows`), from which the fields of its event can read the session,
the state, and whoever takes part; some are for the ledger alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "TOUCHED",
    "WALK_FACTS",
    "WRITES",
    "after_fact",
    "changed_fact",
    "input_fact",
    "row_fact",
    "value_fact",
]

WALK_FACTS: Mapping[str, tuple[str, NDArray[Any]]] = {
    "session.id": ("session", np.zeros(1, np.uint64)),
    "session.start": ("start", np.zeros(1, np.int64)),
    "session.step": ("step", np.zeros(1, np.int32)),
    "state.visits": ("visits", np.zeros(1, np.int32)),
}
"""By what is read of a walk: the fact that holds it, with its value for a row that belongs to no flow."""

TOUCHED = "touched"
"""The fact that holds the row whose variables an event reads or a change writes; -1 for none."""

WRITES = "writes"
"""The fact that holds the number of a group of entries on a silent row; -1 on all others."""


def row_fact(source: str) -> str:
    """The fact that holds the row behind ``actor``, a reference or a partner; -1 where no flow has chosen it."""
    return f"row:{source}"


def value_fact(name: str) -> str:
    """The fact that holds what ``session.items`` or ``actor.balance`` was when the event happened."""
    return f"value:{name}"


def input_fact(name: str) -> str:
    """The fact that holds what an entry reads beside the variables themselves."""
    return f"input:{name}"


def changed_fact(entity: str) -> str:
    """The fact that holds the row of an entity that a step in turn has changed; -1 for none."""
    return f"changed:{entity}"


def after_fact(entity: str, attribute: str) -> str:
    """The fact that holds the value after that change."""
    return f"after:{entity}.{attribute}"
