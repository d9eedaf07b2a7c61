"""``synthwb resend``: dead letters sent again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from synthwb.commands.documents import read_source, valid
from synthwb.errors import UsageError

if TYPE_CHECKING:
    from synthwb.scenario.model import Scenario

__all__ = ["resend"]

REFUSED = 1


def resend(letters: Path, to: str, scenario: str | None) -> int:
    """Send the letters of a file; the exit code, 1 where some were refused again.

    Raises UsageError for a target that means nothing, SinkError.
    """
    from synthwb.runtime.outputs import target
    from synthwb.runtime.resending import resend as send

    if not letters.is_file():
        raise UsageError(f"{letters}: there is no such file")
    document: Scenario | None = None if scenario is None else valid(read_source(scenario))
    if to.startswith("@") and document is None:
        raise UsageError(f"--to {to}: name the document of that sink with --of")
    sent = send(str(letters), target(to, document))
    delivered = sent.letters - sent.refused
    words = f"{delivered:,} of {sent.letters:,} events delivered"
    if sent.refused:
        print(f"{words}; {sent.refused:,} were refused again and are still in {letters}", file=sys.stderr)
        return REFUSED
    print(f"{words}; {letters} is empty now and was removed", file=sys.stderr)
    return 0
