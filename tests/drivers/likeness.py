"""Whether two samples of texts come from one law: chi-square over the cells of several features of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl
from faker.factory import Factory
from scipy import stats

TEXT = pl.col("text")
FEATURES = {
    "value": TEXT,
    "form": TEXT.str.replace_all(r"\d", "9").str.replace_all(r"[^\W\d_]+", "a"),
    "first word": TEXT.str.extract(r"^([^\W_]*)"),
    "last word": TEXT.str.extract(r"([^\W_]*)$"),
    "middle": TEXT.str.extract(r"^[^\W_]*[\W_](.*)[\W_][^\W_]*$").fill_null(""),
    "length": TEXT.str.len_chars().cast(pl.String),
    "start": TEXT.str.head(2),
    "end": TEXT.str.tail(2),
}


def counted(texts: pl.Series) -> dict[str, Counter[str]]:
    """How often each cell of each feature occurs."""
    frame = texts.alias("text").to_frame()
    found = {name: frame.group_by(feature.alias("cell")).len() for name, feature in FEATURES.items()}
    return {name: Counter(dict(cells.iter_rows())) for name, cells in found.items()}


def real(locale: str, method: str, rows: int) -> list[str]:
    """Values of Faker's own method, as text."""
    faker = Factory.create(locale)
    faker.seed_instance(20_260_101)
    draw = faker.get_formatter(method)
    return [str(draw()) for _ in range(rows)]


def alike(one: Counter[str], other: Counter[str]) -> float:
    """p of the hypothesis that both counts come from one law; rare cells are put together."""
    share = one.total() / (one.total() + other.total())
    cells = {cell: (one[cell], other[cell]) for cell in one | other}
    often = {cell: pair for cell, pair in cells.items() if sum(pair) * min(share, 1 - share) >= 5}
    rare = [pair for cell, pair in cells.items() if cell not in often]
    table = np.array([*often.values(), *([np.sum(rare, axis=0)] if rare else [])]).T
    if table.shape[1] < 2 or (table.sum(axis=0) == 0).any():
        return 1.0
    return float(stats.chi2_contingency(table, correction=False).pvalue)


def differences(theirs: Sequence[str], ours: Sequence[str] | pl.Series, alpha: float) -> dict[str, float]:
    """The features in which two samples differ more than chance allows, with their p."""
    one, other = counted(pl.Series(theirs)), counted(pl.Series(ours))
    found = {name: alike(one[name], other[name]) for name in FEATURES}
    return {name: p for name, p in found.items() if p < alpha}
