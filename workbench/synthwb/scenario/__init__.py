"""The language: text in, validated scenario out, errors that point, edits that keep comments.

`parse` is the door for surfaces that show problems, `load` and `loads` for programs that want a scenario or an
exception. A `Document` answers what stands where; `set_value` changes a value in the text and nothing else; `presets`
are the ready scenarios. Nothing here knows the engine. Names are imported when they are first used, because the
generators import this room's model.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.scenario.diagnostics import Diagnostic, Edit, Severity, Span
    from synthwb.scenario.document import LARGEST, Document
    from synthwb.scenario.edit import EditError, insert_sink, set_value
    from synthwb.scenario.fixing import fixed, parse_at
    from synthwb.scenario.library import Preset, preset, presets
    from synthwb.scenario.model import Scenario
    from synthwb.scenario.reader import Parsed, load, loads, parse

__all__ = [
    "LARGEST",
    "Diagnostic",
    "Document",
    "Edit",
    "EditError",
    "Parsed",
    "Preset",
    "Scenario",
    "Severity",
    "Span",
    "fixed",
    "insert_sink",
    "load",
    "loads",
    "parse",
    "parse_at",
    "preset",
    "presets",
    "set_value",
]

_HOMES = {
    **dict.fromkeys(("Diagnostic", "Edit", "Severity", "Span"), "diagnostics"),
    **dict.fromkeys(("LARGEST", "Document"), "document"),
    **dict.fromkeys(("EditError", "insert_sink", "set_value"), "edit"),
    **dict.fromkeys(("fixed", "parse_at"), "fixing"),
    "Scenario": "model",
    **dict.fromkeys(("Preset", "preset", "presets"), "library"),
    **dict.fromkeys(("Parsed", "load", "loads", "parse"), "reader"),
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
