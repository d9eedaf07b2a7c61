"""Values that come again, against their law at a million records."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthwb.engine import Stream, compile_plan
from synthwb.engine.again import window
from synthwb.scenario import loads

ROWS = 1_000_000
ALPHA = 1e-4


def _numbers(field: str, arrivals: str = "1000/s") -> np.ndarray:
    text = f"events: {{e: {{fields: {{x: {field}}}}}}}\narrivals: {{e: {arrivals}}}\n"
    batches = Stream(compile_plan(loads(text)), limit=ROWS)
    return np.concatenate([batch.frames["e"]["x"].to_numpy() for batch in batches])


@pytest.mark.parametrize("share", [0.0001, 0.05, 0.5, 0.95])
def test_the_share_of_repeats_and_how_far_back_they_reach(share: float) -> None:
    numbers = _numbers(f"{{sequence: {{start: 0}}, repeat: {share}}}")
    distance = np.arange(ROWS) - numbers
    reach = window(share)
    late = distance[2 * reach :]  # from here on there are always enough records before
    repeated = late[late > 0]
    assert stats.binomtest(len(repeated), len(late), share).pvalue > ALPHA
    assert repeated.min() >= 1
    assert repeated.max() <= reach
    bins = np.bincount((repeated - 1) * 20 // reach, minlength=20)
    expected = np.bincount(np.arange(reach) * 20 // reach, minlength=20) / reach * len(repeated)
    assert stats.chisquare(bins, expected).pvalue > ALPHA


def test_a_source_is_never_a_repeat() -> None:
    numbers = _numbers("{sequence: {start: 0}, repeat: 30%}")
    places = np.arange(ROWS)
    assert (numbers[numbers[numbers < places]] == numbers[numbers < places]).all()


@pytest.mark.parametrize("size", [2, 50, 1000])
def test_a_fixed_set_is_taken_from_evenly(size: int) -> None:
    numbers = _numbers(f"{{sequence: {{start: 0}}, cardinality: {size}}}")
    assert stats.chisquare(np.bincount(numbers, minlength=size)).pvalue > ALPHA


def test_a_fixed_set_is_taken_from_by_its_law() -> None:
    numbers = _numbers("{sequence: {start: 0}, cardinality: {size: 200, pick: {zipf: {exponent: 1.3}}}}")
    weights = np.arange(1, 201) ** -1.3
    assert stats.chisquare(np.bincount(numbers, minlength=200), weights / weights.sum() * ROWS).pvalue > ALPHA
