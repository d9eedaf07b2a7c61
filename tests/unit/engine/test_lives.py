"""Who lives when, and who is picked of those who do: against a look at everybody."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.engine import Stream, compile_plan
from synthwb.engine.block import Block
from synthwb.engine.draws import mix
from synthwb.engine.lives import NEVER, Lives
from synthwb.engine.shares import shares
from synthwb.scenario import loads

START = 1_000


def _block(time: np.ndarray) -> Block:
    rows = len(time)
    return Block(mix(np.arange(rows, dtype=np.uint64), 5), time.astype(np.int64), np.zeros(rows, np.int64))


@st.composite
def histories(draw: st.DrawFn) -> Lives:
    initial = draw(st.integers(1, 20))
    births = np.sort(draw(st.lists(st.integers(START, START + 300), max_size=60)))
    born = np.concatenate([np.full(initial, START), births]).astype(np.int64)
    lasts = draw(st.lists(st.one_of(st.integers(0, 200), st.none()), min_size=len(born), max_size=len(born)))
    died = [NEVER if last is None else int(at) + last for at, last in zip(born, lasts, strict=True)]
    return Lives(born, np.array(died, np.int64), initial, START)


@given(lives=histories())
@settings(max_examples=150)
def test_only_those_who_live_are_picked_and_counted(lives: Lives) -> None:
    time = np.repeat(np.arange(START, START + 320), 3)
    alive = (lives.born[None, :] <= time[:, None]) & (time[:, None] < lives.died[None, :])
    assert (lives.count(time) == alive.sum(axis=1)).all()
    rows = lives.pick(None, 7)(_block(time))
    somebody = alive.any(axis=1)
    assert alive[np.flatnonzero(somebody), rows[somebody]].all()
    first = lives.empty(START + 320)
    seen = time[~somebody]
    assert (first is None or first > time[-1]) if not len(seen) else first == seen[0]


@given(lives=histories(), cut=st.integers(START, START + 300))
@settings(max_examples=60)
def test_who_comes_later_changes_no_pick_before(lives: Lives, cut: int) -> None:
    known = lives.born <= cut
    short = Lives(lives.born[known], lives.died[known], lives.initial, START)
    block = _block(np.arange(START, cut + 1))
    some = lives.count(block.time) > 0
    assert (lives.pick(None, 7)(block)[some] == short.pick(None, 7)(block)[some]).all()


def _law(text: str) -> object:
    entity = f"entities: {{u: {{count: 9, fields: {{a: uuid}}, activity: {text}}}}}"
    return loads(f"{entity}\nevents: {{e: {{actor: u, fields: {{a: 1}}}}}}").entities["u"].activity


def test_busy_rows_keep_their_weight_among_those_who_live() -> None:
    """Row 0, which has most of the weight, is gone in the middle: the picks of the others are in proportion."""
    law = _law("{zipf: {exponent: 1.3}}")
    born, died = np.full(8, START), np.full(8, NEVER)
    died[0] = START + 50
    lives = Lives(born.astype(np.int64), died.astype(np.int64), 8, START)
    rows = lives.pick(law, 3)(_block(np.repeat([START + 10, START + 60], 200_000)))  # type: ignore[arg-type]
    weights = np.arange(1, 9) ** -1.3
    for half, there in ((rows[:200_000], slice(0, 8)), (rows[200_000:], slice(1, 8))):
        expected = np.zeros(8)
        expected[there] = weights[there] / weights[there].sum()
        assert np.abs(np.bincount(half, minlength=8) / 200_000 - expected).max() < 5e-3


@pytest.mark.parametrize(
    ("text", "size", "expected"),
    [
        ("{zipf: {exponent: 1}}", 3, [18 / 11, 9 / 11, 6 / 11]),
        ("{integer: {min: 1, max: 2}}", 4, [0, 2, 2, 0]),
    ],
)
def test_shares_are_weights_with_the_mean_one(text: str, size: int, expected: list[float]) -> None:
    assert shares(_law(text), size) == pytest.approx(expected, abs=1e-4)  # type: ignore[arg-type]
    assert shares(None, size).tolist() == [1.0] * size


def test_memory_stays_in_proportion_to_the_rows() -> None:
    rng = np.random.default_rng(3)
    births = np.sort(rng.integers(START, START + 10**6, 50_000))
    born = np.concatenate([np.full(100, START), births]).astype(np.int64)
    lives = Lives(born, born + rng.integers(1, 20_000, len(born)), 100, START)
    assert lives.memory / len(born) < 100


@given(lives=histories())
@settings(max_examples=150)
def test_from_the_end_on_nobody_lives_and_just_before_it_somebody_does(lives: Lives) -> None:
    lived = lives.died > np.maximum(lives.born, lives.start)
    if lives.end is None:
        assert (lives.died[lived] == NEVER).any()
        return
    later = np.arange(lives.end, lives.end + 1000)
    assert not lives.count(later).any()
    assert not lived.any() or lives.count(np.array([lives.end - 1]))[0] > 0


@pytest.mark.parametrize(
    "arrival",
    [
        "1/h",
        "{process: per_actor, rate: 1/h}",
        "{process: per_actor, every: 1d, count: 3}",
        "{process: per_actor, gap: {exponential: {mean: 1h}}}",
        "{process: once, jitter: 1d}",
    ],
)
def test_a_stream_of_a_population_that_dies_out_ends_with_it(arrival: str) -> None:
    plan = compile_plan(
        loads(f"""
        entities: {{user: {{count: 50, population: {{churn: 50%/day}}, fields: {{n: sequence}}}}}}
        events: {{seen: {{actor: user, fields: {{n: sequence}}}}}}
        arrivals: {{seen: {arrival}}}
        """)
    )
    lives = plan.pools["user"].lives
    assert lives is not None
    assert lives.end is not None
    process = plan.processes["seen"]
    assert process.end is not None
    assert process.end <= lives.end
    assert len(process.between(process.end, 250_000_000_000_000_000)[0]) == 0
    batches = list(Stream(plan))
    assert sum(map(len, batches)) > 20
    assert batches[-1].last_time < process.end
