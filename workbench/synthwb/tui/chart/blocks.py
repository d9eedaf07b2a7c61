"""Charts as lines of text: eighth blocks, or ASCII where the terminal's font has none."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["columns", "row_bar", "sparkline", "spread"]

_UP = " ▁▂▃▄▅▆▇█"
_ACROSS = " ▏▎▍▌▋▊▉█"
_ASCII_UP = " .:-=+*%#"


def columns(values: Sequence[float], height: int, *, ascii_only: bool = False) -> list[str]:
    """Vertical bars, one cell wide each, ``height`` lines from the top down; the tallest value fills them.

    A value above zero always shows: at least the lowest eighth.

    >>> columns([0, 1, 2], 1)
    [' ▄█']
    """
    top = max(values, default=0)
    if top <= 0 or height < 1:
        return [" " * len(values)] * max(height, 0)
    eighths = [0 if v <= 0 else max(1, round(v / top * height * 8)) for v in values]
    steps = _ASCII_UP if ascii_only else _UP
    return [
        "".join(steps[min(8, max(0, filled - line * 8))] for filled in eighths) for line in range(height - 1, -1, -1)
    ]


def spread(values: Sequence[float], width: int) -> list[float]:
    """Repeat each value so that all of them together fill at most ``width`` cells.

    >>> spread([1, 2], 5)
    [1, 1, 2, 2]
    """
    each = max(1, width // max(1, len(values)))
    return [value for value in values for _ in range(each)][: max(width, 0)]


def row_bar(share: float, width: int, *, ascii_only: bool = False) -> str:
    """A horizontal bar over ``width`` cells for a share in [0, 1]; a share above zero always shows.

    >>> row_bar(0.5, 4)
    '██  '
    """
    if width < 1:
        return ""
    if ascii_only:
        filled = max(1, round(share * width)) if share > 0 else 0
        return "#" * filled + " " * (width - filled)
    eighths = max(1, round(min(share, 1.0) * width * 8)) if share > 0 else 0
    full, part = divmod(eighths, 8)
    return ("█" * full + (_ACROSS[part] if part else "")).ljust(width)


def sparkline(values: Sequence[float], width: int, *, ascii_only: bool = False) -> str:
    """The last ``width`` values as one line of blocks, oldest left."""
    shown = list(values)[-width:] if width > 0 else []
    return columns(shown, 1, ascii_only=ascii_only)[0].rjust(max(width, 0))
