"""The program ``synthwb``: bare or with a scenario it opens the workbench, with a verb it is the command line.

The workbench is opened from here because the command line's parser takes as long to load as the first screen to paint.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["main"]


def main() -> int:
    """Run the program and return its exit code."""
    words = sys.argv[1:]
    if "_SYNTHWB_COMPLETE" not in os.environ and _names_scenario(words):
        from synthwb.commands.talk import manners

        try:
            with manners():
                from synthwb.tui import open_workbench

                return open_workbench(words[0] if words else None)
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
    from synthwb.cli import main as command_line

    return command_line()


def _names_scenario(words: list[str]) -> bool:
    """Whether these words can only mean: open the workbench. In doubt the command line decides."""
    if len(words) != 1:
        return not words
    word = words[0]
    if word.endswith((".yaml", ".yml")):
        return Path(word).is_file()
    from synthwb.scenario import presets

    return any(preset.name == word for preset in presets())


if __name__ == "__main__":
    sys.exit(main())
