"""What a stream carries, as bytes: plain values and arrays in a form of their own, which runs no code when it is read.

The form: a line that says what it is and its version, the length of the tree (8 bytes, little-endian), the tree, the
buffers, and a checksum (BLAKE2b, 32 bytes) of all that. The tree is JSON in ASCII. In it ``null``, booleans, numbers
and text stand for themselves, NaN and infinity as Python's JSON writes them, and everything else is a list that begins
with its kind::

    ["list", item, ...]             ["tuple", item, ...]        ["map", [key, value], ...]
    ["array", type, shape, buffer]  numbers, in C order, little-endian; type as NumPy writes it ("<i8")
    ["texts", shape, buffer]        an array of text and nulls; the buffer is a JSON list
    ["bytes", buffer]
    ["value", name, [field, value], ...]   a dataclass that is `keepable` under this name

A buffer is the number of a buffer; ``"buffers"``, beside ``"tree"``, are their lengths.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from hashlib import blake2b
from itertools import accumulate, pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["decoded", "encoded", "keepable"]

_FAMILY = b"synthwb state "
_HEAD = _FAMILY + b"1\n"
_SUM = 32  # bytes of the checksum
_KINDS: dict[str, type[Any]] = {}
_NAMES: dict[type[Any], str] = {}

Marked = TypeVar("Marked", bound=type[Any])


def keepable(name: str) -> Callable[[Marked], Marked]:
    """Marks a dataclass whose values may be carried; it is found again by ``name``, which therefore never changes."""

    def mark(kind: Marked) -> Marked:
        assert is_dataclass(kind)
        assert name not in _KINDS, name
        _KINDS[name], _NAMES[kind] = kind, name
        return kind

    return mark


def encoded(value: Any) -> bytes:
    """The value in bytes: see above. Raises TypeError for what has no form."""
    buffers: list[bytes] = []
    tree = _tree(value, buffers)
    text = json.dumps({"tree": tree, "buffers": [len(each) for each in buffers]}, separators=(",", ":")).encode()
    body = b"".join((_HEAD, len(text).to_bytes(8, "little"), text, *buffers))
    return body + blake2b(body, digest_size=_SUM).digest()


def decoded(data: bytes) -> Any:
    """What `encoded` was given. Raises ValueError, which says why, for everything that it did not make."""
    if not data.startswith(_FAMILY):
        raise ValueError("it is not a state of synthwb")
    if not data.startswith(_HEAD):
        raise ValueError("it was written in a form that this version of synthwb does not read")
    body, told = data[:-_SUM], data[-_SUM:]
    if blake2b(body, digest_size=_SUM).digest() != told:
        raise ValueError("it is damaged: its checksum is wrong")
    start = len(_HEAD) + 8
    end = start + int.from_bytes(body[len(_HEAD) : start], "little")
    found = json.loads(body[start:end])
    edges = accumulate(found["buffers"], initial=end)
    return _value(found["tree"], [body[first:last] for first, last in pairwise(edges)])


def _tree(value: Any, buffers: list[bytes]) -> Any:
    if value is None or isinstance(value, bool | int | float) or type(value) is str:
        return value
    name = _NAMES.get(type(value))
    if name is not None:
        return ["value", name, *([each.name, _tree(getattr(value, each.name), buffers)] for each in fields(value))]
    if isinstance(value, np.generic):
        return _tree(value.item(), buffers)
    if isinstance(value, np.ndarray):
        return _array(value, buffers)
    if isinstance(value, Mapping):
        return ["map", *([_tree(key, buffers), _tree(item, buffers)] for key, item in value.items())]
    if isinstance(value, bytes):
        return ["bytes", _buffer(value, buffers)]
    if type(value) in (list, tuple):
        return [type(value).__name__, *(_tree(item, buffers) for item in value)]
    raise TypeError(f"{type(value).__name__} cannot be carried: use plain values, arrays or keepable dataclasses")


def _array(values: NDArray[Any], buffers: list[bytes]) -> list[Any]:
    shape = list(values.shape)
    if values.dtype.kind in "biuf":
        plain = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        return ["array", plain.dtype.str, shape, _buffer(plain.tobytes(), buffers)]
    texts = values.ravel().tolist()
    if not all(each is None or type(each) is str for each in texts):
        raise TypeError(f"an array of {values.dtype} cannot be carried: use numbers, or text and None")
    return ["texts", shape, _buffer(json.dumps(texts).encode(), buffers)]


def _buffer(data: bytes, buffers: list[bytes]) -> int:
    buffers.append(data)
    return len(buffers) - 1


def _value(tree: Any, buffers: list[bytes]) -> Any:
    if not isinstance(tree, list):
        return tree
    kind, *rest = tree
    if kind == "array":
        dtype, shape, number = rest
        return np.frombuffer(buffers[number], np.dtype(dtype)).reshape(shape).astype(np.dtype(dtype).newbyteorder("="))
    if kind == "texts":
        shape, number = rest
        texts = json.loads(buffers[number])
        values = np.empty(len(texts), np.object_)
        values[:] = texts
        return values.reshape(shape)
    if kind == "bytes":
        return buffers[rest[0]]
    if kind == "map":
        return {_value(key, buffers): _value(item, buffers) for key, item in rest}
    if kind == "value":
        return _dataclass(rest[0], {field: _value(item, buffers) for field, item in rest[1:]})
    items = [_value(item, buffers) for item in rest]
    return tuple(items) if kind == "tuple" else items


def _dataclass(name: str, values: dict[str, Any]) -> Any:
    kind = _KINDS.get(name)
    if kind is None or {each.name for each in fields(kind)} != set(values):
        raise ValueError(f"it holds a {name!r} that this version of synthwb does not know")
    return kind(**values)
