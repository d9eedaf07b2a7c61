"""Numbers for people, in the words of every surface."""

from __future__ import annotations

__all__ = ["size_text"]


def size_text(count: int) -> str:
    """A number of bytes for people.

    >>> size_text(999), size_text(1_240_000)
    ('999 B', '1.2 MB')
    """
    if count < 1000:
        return f"{count} B"
    size = float(count)
    for unit in ("kB", "MB", "GB"):
        size /= 1000
        if size < 1000:
            return f"{size:.1f} {unit}"
    return f"{size / 1000:.1f} TB"
