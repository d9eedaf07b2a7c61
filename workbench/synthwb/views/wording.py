"""Shares, weights and spans of time in words of few letters, the same on every surface."""

from __future__ import annotations

from synthwb.views.cohorts import CohortView
from synthwb.views.flowchart import Edge

__all__ = ["declared_text", "retention_text", "share_text", "span_text"]


def share_text(share: float | None) -> str:
    """A share in at most four cells.

    >>> [share_text(share) for share in (None, 0.0, 0.0004, 0.043, 0.62, 1.0)]
    ['–', '0%', '0.0%', '4.3%', '62%', '100%']
    """
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.0995 else f"{share:.0%}"


def declared_text(edge: Edge) -> str:
    """The declared weight of a way, as a share in per cent; a question mark where it is computed or not always open.

    >>> [declared_text(Edge("a", "b", weight, False, 0, None, False)) for weight in (0.125, None)]
    ['(12.5)', '(?)']
    """
    if edge.declared is None:
        return "(?)"
    number = f"{edge.declared * 100:.1f}".removesuffix(".0")
    return f"({number}?)" if edge.guarded else f"({number})"


def retention_text(view: CohortView) -> str:
    """What the cohorts say, in sentences."""
    name = view.name
    if not view.cohorts:
        return f"No {name} of the stream is over yet: a cohort needs a whole one."
    count = len(view.cohorts)
    found = [f"{view.entity}: {view.actors:,} in {count} cohort{_s(count)}, by the {name} of their first event."]
    ages = [age for age in (1, 4, 8) if age < len(view.curve)]
    told = [f"{share_text(view.curve[age])} after {age} {name}{_s(age)}" for age in ages]
    if told:
        found.append(f"Active: {', '.join(told)}.")
    if view.before:
        found.append(f"{view.before:,} were there from the beginning, so not all are new.")
    return " ".join(found)


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def span_text(micros: int) -> str:
    """A span of time in words of few letters.

    >>> [span_text(span) for span in (0, 850, 40_000, 2_500_000, 95_000_000, 7_260_000_000, 200_000_000_000)]
    ['0 s', '0.85 ms', '40 ms', '2.5 s', '1 min 35 s', '2 h 1 min', '2 d 7 h']
    """
    if micros < 1_000_000:
        return f"{micros / 1000:.3g} ms" if micros else "0 s"
    seconds = micros / 1_000_000
    if seconds < 59.95:
        return f"{seconds:.3g} s"
    whole = round(seconds)
    for size, unit, below, part in ((86_400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // below
            return f"{whole // size} {unit}" + (f" {rest} {part}" if rest else "")
    return f"{whole} s"
