"""The years 1 to 9999, for which dates and times in text have a place: event time stays within them."""

from __future__ import annotations

__all__ = ["YEAR_1", "YEAR_10000"]

YEAR_1 = -62_135_596_800_000_000
"""When the first of them begins, in microseconds since 1970."""

YEAR_10000 = 253_402_300_800_000_000
"""When the last of them is over."""
