"""What layers did to the values of records: enough to undo it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthwb.engine.columns import Column
from synthwb.engine.draws import Bits

__all__ = ["Change", "Damage"]


@dataclass(frozen=True, slots=True)
class Change:
    """Values of one field that a layer altered.

    ``layer``: its place in the document. ``kind``: what it did. ``path``: of the field, without the event. ``rows``:
    which of the part's records, ascending. ``before`` and ``after``: the values there, one each (``after`` is None
    where the keys are gone). The envelope's time is a field of times.
    """

    layer: int
    kind: str
    path: str
    rows: NDArray[np.int64]
    before: Column
    after: Column | None


@dataclass(frozen=True, slots=True)
class Damage:
    """Records whose text is to be broken, one entry each.

    ``rows``: which of the part's records, ascending. ``how`` counts through `synthwb.scenario.layers.model.BYTE_LEVEL`.
    ``bits``: 64 random ones each, that say where. ``layer``: the place in the document of the layer that does it.
    """

    rows: NDArray[np.int64]
    how: NDArray[np.uint8]
    bits: Bits
    layer: NDArray[np.uint16]
