"""The words of a command line: what completes them, and what they were meant to be."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["ScenarioWord", "check_word", "preset_words", "scenario_words", "topic_words"]


def scenario_words(incomplete: str) -> list[str]:
    """Completions of a scenario: presets and files."""
    from synthwb.scenario import presets

    names = [preset.name for preset in presets() if preset.name.startswith(incomplete)]
    folder = Path(os.path.dirname(incomplete) or ".")
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    wanted = [path for path in files if path.is_dir() or path.suffix in (".yaml", ".yml")]
    texts = [f"{path}/" if path.is_dir() else str(path) for path in wanted if not path.name.startswith(".")]
    return names + [text for text in texts if text.startswith(incomplete)]


def preset_words(incomplete: str) -> list[str]:
    """Completions of the name of a preset."""
    from synthwb.scenario import presets

    return [preset.name for preset in presets() if preset.name.startswith(incomplete)]


def topic_words(incomplete: str) -> list[str]:
    """Completions of an entry of the reference."""
    from synthwb.generators import faker_index
    from synthwb.reference import entries

    methods = ("faker", *faker_index.names()) if incomplete else ("faker",)
    known = dict.fromkeys((*(entry.name for entry in entries()), *methods))
    return [name for name in known if name.startswith(incomplete)]


ScenarioWord = Annotated[
    str,
    typer.Argument(
        metavar="SCENARIO",
        help="A file, a preset's name, or - for stdin.",
        autocompletion=scenario_words,
        show_default=False,
    ),
]


def check_word(word: str) -> None:
    """Raise UsageError for a word that is no file, no preset and no verb, with the nearest of them."""
    from synthwb.errors import UsageError
    from synthwb.scenario import presets
    from synthwb.scenario.diagnostics import nearest

    names = [preset.name for preset in presets()]
    if word in names:
        return
    verbs = ["run", "resend", "preview", "check", "presets", "reference"]
    near = nearest(word, [*verbs, *names])
    wish = f"did you mean synthwb {near}?" if near else "synthwb --help lists the verbs, synthwb presets the presets"
    raise UsageError(f"there is no file, preset or verb {word}; {wish}")
