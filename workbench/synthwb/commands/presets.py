"""``synthwb presets``: the ready scenarios, listed, shown and copied."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from synthwb.commands.talk import say, styled
from synthwb.errors import SinkError, UsageError

__all__ = ["copy_preset", "list_presets", "show_preset"]


def list_presets() -> None:
    """Name and title of every preset."""
    from synthwb.scenario import presets

    found = presets()
    width = max(len(preset.name) for preset in found)
    for preset in found:
        print(f"{styled(f'{preset.name:<{width}}', 'bold', sys.stdout)}  {preset.title}")
    say("\nsynthwb NAME opens one in the workbench, synthwb presets NAME shows it, --copy PATH makes it yours")


def show_preset(name: str) -> None:
    """The document, comments and all. Raises UsageError for an unknown name."""
    from synthwb.scenario import preset

    print(preset(name).text, end="")


def copy_preset(name: str, to: Path) -> None:
    """Write the document to a new file (in a folder: under its own name).

    Raises UsageError if the file is there already, SinkError if it cannot be written.
    """
    from synthwb.scenario import preset

    found = preset(name)
    path = to / f"{found.name}.yaml" if to.is_dir() else to
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    except FileExistsError:
        raise UsageError(f"{path} is there already; choose another path, or remove it first") from None
    except OSError as error:
        raise SinkError(f"{path}: {error.strerror}; choose another path") from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(found.text)
    say(f"{path} written; synthwb {path} opens it")
