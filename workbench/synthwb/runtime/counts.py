"""What is counted of a stretch of a stream, and of a whole run: values that can be added and saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synthwb.engine.carrying import keepable

if TYPE_CHECKING:
    from synthwb.engine import Batch, Plan, Slab, Steps

__all__ = ["Counts"]


@keepable("counts")
@dataclass(frozen=True, slots=True)
class Counts:
    """``by_event``: records that arrive, by type. ``clean``: events of the clean stream up to the last of all of them.

    ``altered``: records that each layer altered, by its name; one that is dropped or comes twice is one more.
    ``steps``: what sessions of flows did, None where nobody watches.
    """

    by_event: Mapping[str, int] = field(default_factory=dict)
    clean: int = 0
    altered: Mapping[str, int] = field(default_factory=dict)
    steps: Steps | None = None

    @staticmethod
    def of(plan: Plan, slab: Slab, batch: Batch, steps: Steps | None) -> Counts:
        """Those of a slab, which became a batch."""
        arrived = {part.schema.event: len(part) for part in batch.parts}
        return Counts(arrived, plan.stack.reached(slab), plan.stack.altered(slab, batch), steps)

    def __add__(self, other: Counts) -> Counts:
        steps = other.steps if self.steps is None else self.steps if other.steps is None else self.steps + other.steps
        by_event = dict(Counter(self.by_event) + Counter(other.by_event))
        altered = {name: self.altered.get(name, 0) + count for name, count in other.altered.items()}
        return Counts(by_event, max(self.clean, other.clean), altered or self.altered, steps)
