"""Patterns, UUIDs, moments and lists against their laws, through a whole plan, at a million draws on a fixed seed."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import stats

from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
ROWS = 1_000_000
TEXT = """
events:
  e:
    fields:
      code: {pattern: "#?*-###"}
      id: uuid
      moment: {datetime: {min: 2020-01-01, max: 2026-01-01, format: epoch_us}}
      rolls: {list: {integer: {min: 1, max: 6}}, length: {poisson: {mean: 1.5}}}
envelope: {flat: {id: false}}
"""


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    return sample(compile_plan(loads(TEXT)), ROWS).frames["e"]


def _even(values: pl.Series, outcomes: int) -> float:
    """The p-value of all outcomes being equally likely."""
    counts = values.value_counts()["count"].to_numpy()
    assert len(counts) == outcomes
    return float(stats.chisquare(counts).pvalue)


def test_every_sign_of_a_pattern_is_even_and_independent_of_its_neighbour(frame: pl.DataFrame) -> None:
    signs = [frame["code"].str.slice(at, 1) for at in range(7)]
    for sign, outcomes in zip(signs, (10, 26, 36, 1, 10, 10, 10), strict=True):
        assert outcomes == 1 or _even(sign, outcomes) > ALPHA
    assert _even(pl.Series(frame["code"].str.slice(4, 3)), 1000) > ALPHA
    assert _even(signs[0] + signs[4], 100) > ALPHA


def test_every_digit_of_a_uuid_is_even_but_those_that_the_standard_fixes(frame: pl.DataFrame) -> None:
    assert frame["id"].n_unique() == ROWS
    for at in range(36):
        digit = frame["id"].str.slice(at, 1)
        expected = {8: 1, 13: 1, 18: 1, 23: 1, 14: 1, 19: 4}.get(at, 16)
        assert expected == digit.n_unique()
        assert expected == 1 or _even(digit, expected) > ALPHA
    assert set(frame["id"].str.slice(14, 1)) == {"4"}
    assert set(frame["id"].str.slice(19, 1)) == {"8", "9", "a", "b"}


def test_moments_are_even_between_their_bounds(frame: pl.DataFrame) -> None:
    low, high = 1_577_836_800_000_000, 1_767_225_600_000_000
    values = (frame["moment"].to_numpy() - low) / (high - low)
    assert values.min() >= 0
    assert values.max() < 1
    assert stats.kstest(values, "uniform").pvalue > ALPHA


def test_lists_have_the_law_of_their_length_and_elements_of_theirs(frame: pl.DataFrame) -> None:
    lengths = frame["rolls"].list.len().to_numpy()
    counts = np.bincount(lengths)
    expected = stats.poisson.pmf(np.arange(len(counts)), 1.5) * ROWS
    most = int(np.flatnonzero(expected >= 5)[-1])
    observed = np.append(counts[:most], counts[most:].sum())
    law = np.append(expected[:most], ROWS - expected[:most].sum())
    assert stats.chisquare(observed, law).pvalue > ALPHA
    assert _even(frame["rolls"].explode().drop_nulls(), 6) > ALPHA
    pairs = frame.filter(pl.col("rolls").list.len() >= 2)["rolls"]
    assert _even(pairs.list.get(0) * 10 + pairs.list.get(1), 36) > ALPHA
