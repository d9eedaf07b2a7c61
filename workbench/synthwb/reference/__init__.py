"""The reference of the language: every generator, modifier, block, function, envelope and sink, from its declaration.

`entries` says what there is, without an engine; `trials` executes examples, `pictures` draws what they give. The
terminal (``synthwb reference``) and ``docs/reference.md`` show the same entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from synthwb.reference.trials import Outcome

__all__ = ["Outcome", "run_examples"]


def run_examples(examples: list[str], count: int = 5) -> list[Outcome]:
    """What fields written like these give in the first ``count`` records; the engine is loaded now."""
    from synthwb.reference.trials import run

    return run(examples, count)
