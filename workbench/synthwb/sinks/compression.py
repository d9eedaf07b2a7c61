"""Compressed files: gzip members and Zstandard frames, whole ones behind one another.

Each piece is complete in itself, and a file of several is read as their texts one behind the other (RFC 1952, section
2.2; RFC 8878, section 3). So a file may be cut back to the end of any piece, and appended to.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

from synthwb.errors import MissingExtra, SinkError

__all__ = ["COMPRESSIONS", "MEMBER", "compression_of", "last_byte", "packer"]

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
"""The compression that the last suffix of a path asks for."""

MEMBER = 1 << 20
"""Bytes of text in a piece, where pieces need not end with a record."""

_READ = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS


def compression_of(path: str) -> str:
    """The compression that a path asks for by its suffix, or nothing.

    >>> compression_of("out/{event}.jsonl.gz")
    'gzip'
    """
    return next((name for suffix, name in COMPRESSIONS.items() if path.lower().endswith(suffix)), "")


def packer(compression: str) -> Callable[[bytes], bytes]:
    """What makes a piece of some text; the same text gives the same bytes. Raises MissingExtra."""
    if compression == "gzip":
        return partial(zlib.compress, level=6, wbits=_GZIP)  # it writes no time and no name into the head
    zstandard = _zstandard()
    pack: Callable[[bytes], bytes] = zstandard.ZstdCompressor(level=3).compress
    return pack


def last_byte(path: str, shown: str, compression: str) -> bytes:
    """The last byte of the text in a file of whole pieces; nothing of an empty one.

    Raises SinkError for another file, or one that ends within a piece.
    """
    fresh: Callable[[], Any] = partial(zlib.decompressobj, _GZIP)
    errors: tuple[type[Exception], ...] = (zlib.error,)
    if compression == "zstd":
        zstandard = _zstandard()
        fresh, errors = zstandard.ZstdDecompressor().decompressobj, (zstandard.ZstdError,)
    last, piece = b"", None
    try:
        with open(path, "rb") as file:
            while data := file.read(_READ):
                while data:
                    piece = piece or fresh()
                    last = piece.decompress(data)[-1:] or last
                    data, piece = (piece.unused_data, None) if piece.eof else (b"", piece)
    except errors:
        piece = fresh()
    if piece is not None:
        raise SinkError(
            f"{shown}: this does not end as a {compression} file does, so nothing can be appended; choose another path"
        )
    return last


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise MissingExtra("compressing with Zstandard", "zstd") from None
    return zstandard
