"""Dates, spans, ULIDs and buckets of digests against their laws at a million draws on a fixed seed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from goodness import ALPHA, ROWS
from scipy import stats

from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

TEXT = """
events:
  e:
    fields:
      day: {date: {min: 2024-01-01, max: 2024-12-31}}
      far: {date: {min: 1600-01-01, max: 2600-12-31, format: epoch_s}}
      span: {duration: {min: 1s, max: 100s, format: seconds}}
      wait: {duration: {of: {exponential: {mean: 40s}}, step: 1us, format: us}}
      ulid: ulid
      arm: {hash: {of: event.ordinal, method: xxh64, buckets: 97}}
arrivals: {e: 1000/s}
envelope: {flat: {id: false}}
"""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return sample(compile_plan(loads(TEXT)), ROWS).frames["e"]


@pytest.mark.parametrize(("field", "outcomes"), [("day", 366), ("span", 100), ("arm", 97)])
def test_outcomes_are_even(frame: pl.DataFrame, field: str, outcomes: int) -> None:
    counts = frame[field].value_counts()["count"].to_numpy()
    assert len(counts) == outcomes
    assert stats.chisquare(counts).pvalue > ALPHA


def test_days_of_a_thousand_years_are_even(frame: pl.DataFrame) -> None:
    days = frame["far"].to_numpy() // 86_400
    assert stats.chisquare(np.bincount((days - days.min()) // 366)[:-1]).pvalue > ALPHA


def test_a_quantity_keeps_its_law(frame: pl.DataFrame) -> None:
    assert stats.kstest(frame["wait"].to_numpy() / 40e6, "expon").pvalue > ALPHA


def test_random_digits_of_a_ulid_are_even_and_its_time_is_that_of_the_event(frame: pl.DataFrame) -> None:
    for at in range(12, 26):
        counts = frame["ulid"].str.slice(at, 1).value_counts()["count"].to_numpy()
        assert len(counts) == 32
        assert stats.chisquare(counts).pvalue > ALPHA
    assert frame["ulid"].str.slice(0, 12).is_sorted()
    assert frame["ulid"].n_unique() == ROWS
