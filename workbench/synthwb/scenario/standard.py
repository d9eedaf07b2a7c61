"""The standard populations, `person` and `address`: written in the language itself, and read when they are named."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from synthwb.scenario.document import Document, compose
from synthwb.scenario.report import Report
from synthwb.scenario.values import Values

if TYPE_CHECKING:
    from synthwb.scenario.model import EntityType
    from synthwb.scenario.tree import Entry

__all__ = ["STANDARD", "standard_entity"]

STANDARD = ("person", "address")


@cache
def _document() -> Document:
    return compose(files(__package__).joinpath("standard.yaml").read_text("utf-8"))[0]


def _entries() -> Mapping[str, Entry]:
    root = _document().root
    return {entry.name: entry for entry in root.entries} if root is not None else {}


def standard_entity(name: str, values: Values) -> EntityType:
    """The standard population of this name in the locales of a scenario, on its clock. Raises KeyError."""
    from synthwb.scenario.blocks import Blocks

    own = Values(Report(_document()))
    own.zone, own.start, own.locales, own.folder = values.zone, values.start, values.locales, values.folder
    return Blocks(own, {name: _entries()[name]}, {}).entities()[name]
