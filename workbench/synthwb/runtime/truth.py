"""The truth of a run: written beside its outputs, with the same guarantees."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from synthwb.errors import UsageError
from synthwb.runtime.outputs import Output

if TYPE_CHECKING:
    from synthwb.encode import Payload
    from synthwb.engine import Batch, Plan, Slab

__all__ = ["TRUTH", "TruthOutput"]

TRUTH = "truth"
"""The name of this output."""


class TruthOutput(Output):
    """A file with a line for every alteration; opened, written and closed like the others.

    ``others``: the outputs whose payloads it is told of. Raises UsageError if one of them writes to the same file.
    """

    def __init__(self, path: str, plan: Plan, others: Sequence[Output], *, bounded: bool) -> None:
        from synthwb.encode.truth import TruthLines
        from synthwb.sinks import FileSink, SinkInfo

        if "{event}" in path:
            raise UsageError(f"truth {path!r}: it is one file for all events; take {{event}} out of its name")
        for other in others:
            if os.path.abspath(other.sink.position()) == os.path.abspath(path):
                raise UsageError(f"the truth and {other.name!r} write to {path}; give each its own file")
        self._lines = TruthLines(plan)
        self._others = tuple(others)
        super().__init__(TRUTH, None, FileSink(path), SinkInfo(bounded, {"": self._lines.header()}))

    @staticmethod
    def of(
        plan: Plan, others: Sequence[Output], path: str | os.PathLike[str] | None, *, bounded: bool
    ) -> TruthOutput | None:
        """The truth at ``path``, else where the scenario wants it; None where nobody does. Raises UsageError."""
        spec = plan.scenario.truth
        wanted = os.fspath(path) if path is not None else None if spec is None else spec.path
        return None if wanted is None else TruthOutput(wanted, plan, others, bounded=bounded)

    def skip(self, payloads: Iterable[Payload], reason: str) -> None:
        """What was made is told, be it sent or not. Raises SinkError."""
        self.write(payloads)

    def told(self, slab: Slab, batch: Batch, payloads: Sequence[Sequence[Payload]]) -> list[Payload]:
        """The lines of a slab, with what the other outputs are given of it."""
        from synthwb.encode.truth import Given

        pairs = zip(self._others, payloads, strict=True)
        return self._lines.encode(slab, batch, [Given(other.name, given, other.events) for other, given in pairs])
