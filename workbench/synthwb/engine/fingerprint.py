"""What a scenario means, as a short text: equal for documents that differ only in layout and comments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from typing import Any

from synthwb._version import __version__
from synthwb.scenario.diagnostics import Span
from synthwb.scenario.model import Scenario

__all__ = ["fingerprint", "versions"]


def fingerprint(*values: Any) -> str:
    """32 hex digits of the values' meaning: positions in the text do not count, the order of mappings does.

    Nor does a field of a dataclass whose metadata say ``meaning: False``, such as the folder in which a file is found.
    """
    return blake2b(repr([_plain(value) for value in values]).encode(), digest_size=16).hexdigest()


def versions(scenario: Scenario) -> dict[str, str]:
    """The versions that shape the bytes of a scenario, by library."""
    import faker

    found = {"synthwb": __version__, "Faker": faker.VERSION}
    shapes = [arrival.shape for arrival in scenario.arrivals if arrival.shape is not None]
    if any(holidays.country for shape in shapes for holidays in shape.holidays):
        from importlib.metadata import version

        found["holidays"] = version("holidays")
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Span):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        meant = [each for each in fields(value) if each.metadata.get("meaning", True)]
        return (type(value).__name__, *(_plain(getattr(value, each.name)) for each in meant))
    if isinstance(value, Mapping):
        return [(key, _plain(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
