"""The exercises of the first notebook: a weighted choice, a skewed amount, a document to repair."""

from __future__ import annotations

import polars as pl

from synthwb_widgets.lesson import Answer, NotYet, chi_square, chi_square_limit, exercise

__all__ = ["amount", "repaired", "sizes"]

SIZES = {"small": 50, "medium": 35, "large": 15}
REPAIRED = ("drink", "price", "barista")


@exercise(
    "1a",
    "A field that picks from a list of values is a choice.",
    "A choice takes weights: write each value, a colon, and how often it comes.",
    "size: {choice: {small: 50, medium: 35, large: ...}}",
)
def sizes(answer: Answer) -> str:
    """``cup_sold.size`` is small, medium or large in 50, 35 and 15 of 100 cases."""
    values = answer.column("cup_sold.size").drop_nulls()
    counts = dict(values.cast(pl.String).value_counts().iter_rows())
    strange = [value for value in counts if value not in SIZES]
    if strange:
        raise NotYet(f"size should be small, medium or large; I also saw {strange[0]}.")
    shares = ", ".join(f"{value} {100 * counts.get(value, 0) / len(values):.1f} %" for value in SIZES)
    if chi_square(counts, SIZES) > chi_square_limit(len(SIZES) - 1):
        raise NotYet(f"Among {len(values):,} cups I counted {shares}: not 50, 35 and 15 %.")
    return f"Among {len(values):,} cups I counted {shares}."


@exercise(
    "1b",
    "Uniform and normal are symmetric: mean and median agree. Look for a law with a long right tail.",
    "lognormal and exponential are positive and skewed.",
    "price: {lognormal: {median: 4, sigma: ...}, round: 2}",
)
def amount(answer: Answer) -> str:
    """``cup_sold.price`` is positive and skewed to the right: the mean lies clearly above the median."""
    values = answer.column("cup_sold.price")
    if not values.dtype.is_numeric():
        raise NotYet("price should be a number.")
    numbers = values.drop_nulls().cast(pl.Float64)
    if numbers.is_empty():
        raise NotYet("price has no values.")
    low, median, mean = (float(value) for value in (numbers.min(), numbers.median(), numbers.mean()))  # type: ignore[arg-type]
    if low <= 0:
        raise NotYet(f"A price of {low:g} is not positive.")
    skew = float(numbers.skew() or 0.0)
    told = f"median {median:.2f}, mean {mean:.2f}, skewness {skew:.2f}"
    if mean <= median or skew < 0.1:
        raise NotYet(f"I measured {told}: not skewed to the right.")
    return f"I measured {told}: most cups are cheap, a few are dear."


@exercise(
    "1c",
    "Read the marks from top to bottom: each names the nearest thing that exists.",
    "Two are spelling mistakes, one is a pair of parameters in the wrong order of size.",
    "fields, choice, and min below max.",
)
def repaired(answer: Answer) -> str:
    """The repaired document runs and still has its three fields."""
    fields = answer.fields.get("cup_sold")
    if fields is None:
        raise NotYet("The event cup_sold is gone: repair it, do not remove it.")
    lost = [name for name in REPAIRED if name not in fields]
    if lost:
        raise NotYet(f"It runs, but {lost[0]} is gone: repair it, do not remove it.")
    return "It runs, and nothing was lost."
