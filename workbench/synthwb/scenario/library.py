"""The ready scenarios that ship with the package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from synthwb.errors import UsageError
from synthwb.scenario.diagnostics import nearest

__all__ = ["Preset", "preset", "presets"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready scenario: its file's name, the first line of its opening comment, the whole comment, the text."""

    name: str
    title: str
    doc: str
    text: str


@cache
def presets() -> tuple[Preset, ...]:
    """All presets, by name."""
    found = [
        _preset(item.name.removesuffix(".yaml"), item.read_text("utf-8"))
        for item in files("synthwb.presets").iterdir()
        if item.name.endswith(".yaml")
    ]
    return tuple(sorted(found, key=lambda each: each.name))


def preset(name: str) -> Preset:
    """The preset of this name.

    Raises UsageError, with the nearest name, if there is none.
    """
    known = {each.name: each for each in presets()}
    if name in known:
        return known[name]
    near = nearest(name, known)
    hint = f"did you mean {near!r}?" if near else f"there are {', '.join(known)}"
    raise UsageError(f"there is no preset {name!r}; {hint}")


def _preset(name: str, text: str) -> Preset:
    """A preset from its text; the opening comment is its documentation."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").removeprefix(" "))
    doc = "\n".join(lines).strip()
    return Preset(name, doc.partition("\n")[0], doc, text)
