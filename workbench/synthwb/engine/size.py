"""How large events are, and so how many of them are made together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from synthwb.scenario.model import Field

__all__ = ["BATCH", "batch_of", "cells"]

BATCH = 65_536  # events made together where they are of common size and nobody asks for less
_COMMON = 32  # values of such an event
_LEAST = 16
_DRAWN = 8  # elements that a list of random length is taken to have


def batch_of(events: Iterable[Iterable[Field]]) -> int:
    """Events to make together: a power of two, fewer of them where an event has many values."""
    largest = max((sum(map(cells, fields)) for fields in events), default=1)
    wanted = max(_LEAST, BATCH * _COMMON // max(largest, _COMMON))
    return 1 << (wanted.bit_length() - 1)


def cells(field: Field) -> int:
    """About how many values one value of this field holds, itself included."""
    args = field.call.args
    inner = sum(map(cells, _fields(args)))
    if field.call.generator != "list":
        return 1 + inner
    length = args["length"]
    return 1 + inner * (_DRAWN if isinstance(length, Field) else int(length))


def _fields(args: Mapping[str, Any]) -> Iterable[Field]:
    for value in args.values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Field):
                yield each
