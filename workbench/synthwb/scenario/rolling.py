"""How a stream is cut into files, and how these are compressed: what a sink to a file may say of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synthwb.scenario.delivery import read_option
from synthwb.scenario.formats import COMPRESSIONS, FORMATS, Form
from synthwb.scenario.keys import FILE, Key
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Entry
from synthwb.scenario.values import Values
from synthwb.sinks.registry import Option, OptionKind

__all__ = [
    "FILE_KEYS",
    "FILE_OPTIONS",
    "compression_of",
    "contradictions",
    "is_cut",
    "path_problem",
    "read_rolling",
]


FILE_OPTIONS = (
    Option(
        "compression",
        OptionKind.CHOICE,
        "How text is compressed; by .gz or .zst at the end of the path without",
        choices=("gzip", "zstd"),
    ),
    Option("roll_size", OptionKind.SIZE, "A new file after so much text", example="100MB"),
    Option("roll_every", OptionKind.DURATION, "A new file after so long in event time", minimum=0.001, example="1h"),
    Option("roll_count", OptionKind.INTEGER, "A new file after so many records", minimum=1, example="1000000"),
)

FILE_KEYS: Mapping[str, Key] = {
    **FILE,
    **{each.name: Key(each.name, " or ".join(each.choices) or each.kind.value, each.doc) for each in FILE_OPTIONS},
}
"""The keys of a sink to a file."""

_HOLES = ("event", "date", "hour")
_HOLE = re.compile(r"\{([^{}]*)\}")


def compression_of(path: str, options: Mapping[str, Any]) -> str:
    """How a file is compressed, as it is written or by its suffix; nothing if it is not."""
    by_suffix = next((name for suffix, name in COMPRESSIONS.items() if path.lower().endswith(suffix)), "")
    return str(options.get("compression") or by_suffix)


def is_cut(path: str, options: Mapping[str, Any]) -> bool:
    """Whether it may be more than one file for each event."""
    return any(hole in path for hole in ("{date}", "{hour}")) or any(name.startswith("roll_") for name in options)


def path_problem(path: str) -> tuple[str, str] | None:
    """What is wrong with the holes of a path: the hole and the message."""
    written = re.sub(r"\$\{\w+\}", "", path)
    for hole in _HOLE.finditer(written):
        if hole[1] not in _HOLES:
            return hole[0], f"{hole[0]} has no meaning in a path"
    if "{hour}" in written and "{date}" not in written:
        return "{hour}", "{hour} without {date} would mix the hours of all days"
    return None


def contradictions(path: str, form: str | None, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a format cannot have, as (option, message)."""
    found = FORMATS.get(form or "")
    if found is None or found.form is Form.LINES:
        return
    if compression_of(path, options):
        yield "compression", f"only text is compressed, and {found.title} is none"
    if found.form is Form.RECORDS and is_cut(path, options):
        option = next((name for name in options if name.startswith("roll_")), "path")
        yield option, f"a file of {found.title} is one for each event; write text or Parquet where files are cut"
    if "roll_size" in options and found.form is Form.FRAMES:
        yield (
            "roll_size",
            f"how large a file of {found.title} is shows when it is written; use roll_count or roll_every",
        )


def read_rolling(values: Values, entries: Mapping[str, Entry], path: str) -> Mapping[str, Any]:
    """The options that are written."""
    found = {}
    for option in FILE_OPTIONS:
        if option.name in entries:
            value = read_option(values, option, entries[option.name].value, join(path, option.name))
            if value is not None:
                found[option.name] = value
    return found
