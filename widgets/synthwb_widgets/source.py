"""Where a scenario comes from: a preset's name, a path, or YAML text."""

from __future__ import annotations

from pathlib import Path

from synthwb.errors import UsageError
from synthwb.scenario import LARGEST, preset

__all__ = ["text_of"]

_SUFFIXES = (".yaml", ".yml")


def text_of(scenario: str | Path) -> str:
    """The document that ``scenario`` names.

    A `Path`, or text that ends in ``.yaml`` or ``.yml``, is a file; one word is a preset; everything else is YAML, of
    which the empty first line that triple quotes leave is dropped.
    Raises UsageError for a file that cannot be read or is too large, and for an unknown preset (with the nearest name).
    """
    if isinstance(scenario, Path):
        return _file(scenario)
    word = scenario.strip()
    if not word or any(sign in word for sign in "\n{") or ": " in word or word.endswith(":"):
        return scenario.removeprefix("\n")
    if word.endswith(_SUFFIXES):
        return _file(Path(word))
    return preset(word).text


def _file(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST + 1)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not text in UTF-8: byte {error.start} cannot be read") from error
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if len(text) > LARGEST:
        raise UsageError(f"{path} is larger than the {LARGEST:,} bytes that a scenario may have")
    return text
