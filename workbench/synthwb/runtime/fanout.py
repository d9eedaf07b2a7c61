"""All outputs of a run as one: opened, written and closed together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from synthwb.errors import SynthwbError
from synthwb.runtime.generation import Prepared
from synthwb.runtime.outputs import Output

__all__ = ["Fanout"]


class Fanout:
    """Writes every block to every output, in their order."""

    def __init__(self, outputs: Sequence[Output]) -> None:
        self.outputs = tuple(outputs)

    def open(self, *, kept: bool = False, marks: Sequence[Any] | None = None) -> None:
        """Open all, behind their marks if there are some. Raises SinkError at the first that fails."""
        if not kept:
            for output in self.outputs:
                output.open()
            return
        for number, output in enumerate(self.outputs):
            output.open_kept(None if marks is None else marks[number])

    def write(self, block: Prepared) -> None:
        """Write a block's payloads. Raises SinkError."""
        for output, payloads in zip(self.outputs, block.payloads, strict=True):
            output.write(payloads)

    def marks(self) -> list[Any]:
        """How far each has come, on the disk. Raises SinkError."""
        return [output.mark() for output in self.outputs]

    def settle(self) -> None:
        """The last marks are saved. Raises SinkError."""
        for output in self.outputs:
            output.settle()

    def close(self, *, commit: bool) -> None:
        """Close all. Raises SinkError at the first that fails."""
        for output in self.outputs:
            output.close(commit=commit)

    def abandon(self) -> list[str]:
        """Close all after a failure, keeping nothing that is incomplete; what went wrong on the way."""
        troubles = []
        for output in self.outputs:
            try:
                output.close(commit=False)
            except SynthwbError as error:
                troubles.append(str(error))
        return troubles
