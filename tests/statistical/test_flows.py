"""Flows against their laws: which way on, how long, how often, how many, and queues in equilibrium."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from goodness import follows, pooled
from scipy import stats

from synthwb.engine import compile_plan
from synthwb.scenario import loads

ALPHA = 1e-4  # with fixed seeds a failure is a fault, not chance
SIGMAS = 4.0
SECOND = 1_000_000
NOBODY = "bursts: [{at: +1h, for: 300d, rate: x0}]"
"""After an hour nobody comes any more, so every session ends before the clock does."""


@cache
def frames(text: str) -> dict[str, pl.DataFrame]:
    """All events of a scenario, with ``micros``: their time, not rounded."""
    plan = compile_plan(loads(text))
    found: dict[str, list[pl.DataFrame]] = {}
    for slab in plan.spine().slabs(50_000):
        for event, frame in plan.realise(slab).frames.items():
            found.setdefault(event, []).append(frame.with_columns(micros=pl.col("time").to_physical()))
    return {event: pl.concat(each) for event, each in found.items()}


def walks(text: str) -> pl.DataFrame:
    """The events of sessions, one after the other, with ``onward``: the state after it, ``exit`` behind the last."""
    told = frames(text)["seen"].sort("session", "step")
    after = pl.col("state").shift(-1).over("session").fill_null("exit")
    stay = (pl.col("micros").shift(-1) - pl.col("micros")).over("session")
    return told.with_columns(onward=after, stay=stay)


SEEN = """
seed: 5
clock: {start: 2026-03-02T00:00Z, end: +300d}
entities:
  user: {count: 1000, fields: {age: {integer: {min: 0, max: 99}}}}
events:
  seen:
    actor: user
    fields: {session: session.id, step: session.step, state: state.name, age: actor.age}
"""
CHAIN = f"""
{SEEN}
flows:
  walk:
    actor: user
    states:
      a: {{emit: seen, dwell: {{exponential: {{mean: 20s}}}}, next: {{a: 20, b: 50, c: 30}}}}
      b: {{emit: seen, dwell: {{lognormal: {{median: 10s, sigma: 0.9}}}}, next: {{a: 25, c: 35, exit: 40}}}}
      c: {{emit: seen, dwell: {{gamma: {{shape: 2.5, scale: 8s}}}}, next: {{a: 10.5, d: 60, exit: 29.5}}}}
      d: {{emit: seen, dwell: {{uniform: {{min: 2s, max: 30s}}}}, next: {{d: 30, c: 20, exit: 50}}}}
arrivals: {{walk: {{rate: 8/s, {NOBODY}}}}}
"""
STATES = ("a", "b", "c", "d")
WAYS = {
    "a": {"a": 20.0, "b": 50.0, "c": 30.0},
    "b": {"a": 25.0, "c": 35.0, "exit": 40.0},
    "c": {"a": 10.5, "d": 60.0, "exit": 29.5},
    "d": {"d": 30.0, "c": 20.0, "exit": 50.0},
}


@pytest.mark.parametrize("state", STATES)
def test_branches_are_taken_by_their_weights(state: str) -> None:
    onward = walks(CHAIN).filter(state=state)["onward"]
    weights = WAYS[state]
    counts = dict(onward.value_counts().iter_rows())
    assert set(counts) == set(weights)
    expected = np.array(list(weights.values())) / sum(weights.values()) * len(onward)
    assert stats.chisquare([counts[way] for way in weights], expected).pvalue > ALPHA


def test_which_way_on_does_not_depend_on_the_way_before() -> None:
    """A chain: given the state, the state before makes no difference."""
    told = walks(CHAIN).with_columns(before=pl.col("state").shift(1).over("session")).drop_nulls("before")
    table = told.filter(state="c").pivot("onward", index="before", values="step", aggregate_function="len")
    counts = table.drop("before").to_numpy()
    assert counts.shape == (3, 3)
    assert stats.chi2_contingency(counts).pvalue > ALPHA


LAWS = {
    "a": stats.expon(scale=20),
    "b": stats.lognorm(0.9, scale=10),
    "c": stats.gamma(2.5, scale=8),
    "d": stats.uniform(2, 28),
}


@pytest.mark.parametrize("state", STATES)
def test_dwells_follow_their_laws(state: str) -> None:
    """Whole microseconds stand in for the real numbers: against 20,000 draws that cannot be seen."""
    stay = walks(CHAIN).filter(pl.col("state") == state, pl.col("stay").is_not_null())["stay"].to_numpy()
    assert len(stay) > 10_000
    assert stats.kstest(stay / SECOND, LAWS[state].cdf).pvalue > ALPHA


def test_the_number_of_visits_is_that_of_the_absorbing_chain() -> None:
    """Means (I - P)^-1, variances N (2 diag N - I) - N * N (Kemeny and Snell 1960, Finite Markov Chains, 3.2, 3.3)."""
    among = np.array([[WAYS[row].get(way, 0.0) / sum(WAYS[row].values()) for way in STATES] for row in STATES])
    fundamental = np.linalg.inv(np.eye(4) - among)
    variance = fundamental @ (2 * np.diag(np.diag(fundamental)) - np.eye(4)) - fundamental**2
    told = walks(CHAIN)
    sessions = told["session"].n_unique()
    for number, state in enumerate(STATES):
        mean = len(told.filter(state=state)) / sessions
        assert abs(mean - fundamental[0, number]) < SIGMAS * np.sqrt(variance[0, number] / sessions)
    total = fundamental.sum(axis=1)
    steps = (2 * fundamental - np.eye(4)) @ total - total**2
    assert abs(len(told) / sessions - total[0]) < SIGMAS * np.sqrt(steps[0] / sessions)


@pytest.mark.parametrize(
    ("times", "law"),
    [
        ("{geometric: 0.3}", stats.geom(0.3)),
        ("{integer: {min: 2, max: 7}}", stats.randint(2, 8)),
        ("{binomial: {n: 9, p: 0.4}, min: 1}", None),
    ],
)
def test_a_state_repeats_as_often_as_its_law_says(times: str, law: object) -> None:
    text = f"""
{SEEN}
flows:
  walk:
    actor: user
    states:
      try: {{emit: seen, times: {times}, dwell: {{exponential: {{mean: 5s}}}}, next: rest}}
      rest: {{}}
arrivals: {{walk: {{rate: 4/s, {NOBODY}}}}}
"""
    counts = frames(text)["seen"].group_by("session").len()["len"].to_numpy()
    if law is None:  # what lies below 1 is 1
        observed = np.bincount(counts, minlength=10)[1:]
        share = stats.binom(9, 0.4).pmf(np.arange(10))
        share[1] += share[0]
        assert pooled(observed, share[1:] * len(counts)) > ALPHA
    else:
        assert follows(counts, law) > ALPHA


# Which way on by expression

GUARDED = f"""
{SEEN}
flows:
  walk:
    actor: user
    states:
      ask:
        emit: seen
        dwell: 1s
        next:
          young: {{weight: 3, when: "actor.age < 30"}}
          old: {{expr: "actor.age / 50"}}
          exit: 1
      young: {{emit: seen}}
      old: {{emit: seen}}
arrivals: {{walk: {{rate: 8/s, {NOBODY}}}}}
"""


def test_guards_hold_and_computed_weights_give_their_shares() -> None:
    told = walks(GUARDED).filter(state="ask")
    assert told.filter(pl.col("age") >= 30, onward="young").is_empty()
    statistic, freedom = 0.0, 0
    for (age,), group in told.group_by("age"):
        weights = np.array([3.0 * (age < 30), age / 50, 1.0])
        expected = weights[weights > 0] / weights.sum() * len(group)
        observed = np.array([(group["onward"] == way).sum() for way in ("young", "old", "exit")])[weights > 0]
        statistic += ((observed - expected) ** 2 / expected).sum()
        freedom += len(expected) - 1
    assert freedom == 1 + 2 * 29 + 70  # at the age of 0 nobody is old, from 30 on nobody is young
    assert stats.chi2(freedom).sf(statistic) > ALPHA


# When sessions begin, and whose they are


def _begun(arrivals: str, more: str = "", end: str = "+1d") -> np.ndarray:
    """When sessions begin, in seconds since the start of the clock."""
    text = f"""
seed: 8
clock: {{start: 2026-03-02T00:00Z, end: {end}}}
events: {{seen: {{fields: {{state: state.name}}}}}}
flows: {{walk: {{states: {{only: {{emit: seen}}}}}}}}
arrivals: {{walk: {arrivals}}}
{more}
"""
    told = frames(text)["seen"]["micros"].to_numpy()
    start = loads(text).clock.start
    return (told - start) / SECOND


def test_sessions_begin_as_a_poisson_process() -> None:
    begun = _begun("30/min")
    counts = np.bincount((begun // 60).astype(int), minlength=1440)
    assert follows(counts, stats.poisson(30)) > ALPHA
    assert stats.kstest(np.diff(begun), stats.expon(scale=2).cdf).pvalue > ALPHA


def test_sessions_begin_with_the_gaps_of_a_renewal_process() -> None:
    begun = _begun("{process: renewal, gap: {gamma: {shape: 4, scale: 1s}}}")
    assert len(begun) > 20_000
    assert stats.kstest(np.diff(begun), stats.gamma(4).cdf).pvalue > ALPHA


def test_sessions_begin_on_a_beat() -> None:
    begun = _begun("{process: constant, rate: 20/min}", end="+2h")
    assert len(begun) == 2400
    assert np.diff(begun) == pytest.approx(3.0, abs=2e-6)


def test_sessions_that_bring_about_sessions_have_their_branching_ratio() -> None:
    """n = 1 - 1 / sqrt(variance / mean) (Hardiman and Bouchaud 2014), of windows long against the families."""
    begun = _begun("{process: hawkes, rate: 1/s, branching: 0.5, decay: 1s}")
    assert abs(len(begun) - 2 * 86_400) < SIGMAS * np.sqrt(86_400 * 8)  # variance: mean / (1 - n)^2
    counts = np.bincount((begun // 60).astype(int))
    assert 1 - 1 / np.sqrt(counts.var() / counts.mean()) == pytest.approx(0.5, abs=0.05)


def test_sessions_begin_by_the_hours_and_weekdays() -> None:
    begun = _begun('{rate: 1/s, daily: {0: 20%, 8: 100%, "18:00": 50%}, weekly: {sat: 50%, sun: 0%}}', end="+14d")
    counts = np.bincount((begun // 3600).astype(int), minlength=336)
    hour, day = np.arange(336) % 24, np.arange(336) // 24 % 7  # the clock starts on a Monday
    level = np.where(hour < 8, 0.2, np.where(hour < 18, 1.0, 0.5)) * np.array([1, 1, 1, 1, 1, 0.5, 0])[day]
    assert counts[day == 6].sum() == 0
    some = day < 6
    expected = 3600 * level[some]
    statistic = ((counts[some] - expected) ** 2 / expected).sum()  # independent counts: as many degrees as hours
    assert ALPHA < stats.chi2(some.sum()).sf(statistic) < 1 - ALPHA


def test_actors_have_sessions_by_their_rank() -> None:
    text = f"""
seed: 9
clock: {{start: 2026-03-02T00:00Z, end: +300d}}
entities: {{user: {{count: 500, fields: {{rank: {{sequence: {{}}}}}}, activity: {{zipf: {{exponent: 1.1}}}}}}}}
events: {{seen: {{actor: user, fields: {{rank: actor.rank}}}}}}
flows: {{walk: {{actor: user, states: {{only: {{emit: seen}}}}}}}}
arrivals: {{walk: {{rate: 20/s, {NOBODY}}}}}
"""
    rank = frames(text)["seen"]["rank"].to_numpy()
    assert len(rank) > 60_000
    counts = np.bincount(rank - rank.min(), minlength=500)
    weights = np.arange(1.0, 501.0) ** -1.1
    assert pooled(counts, weights / weights.sum() * len(rank)) > ALPHA


# Queues: Poisson arrivals, exponential dwells, a cap

LOAD, SERVERS, MEAN = 4.0, 6, 30.0  # erlangs, sessions at once, seconds
BLOCKS = 60
"""A queue remembers: means are taken of blocks of time that are long against that, and their spread is the error."""


def _queue(cap: str) -> pl.DataFrame:
    """Sessions with their ``begin`` and ``end`` in seconds since the start."""
    text = f"""
seed: 6
clock: {{start: 2026-03-02T00:00Z, end: +4d}}
events: {{opened: {{fields: {{session: session.id}}}}, closed: {{fields: {{session: session.id}}}}}}
flows:
  call:
    states:
      talk: {{emit: opened, dwell: {{exponential: {{mean: {MEAN}s}}}}, next: over}}
      over: {{emit: closed}}
arrivals: {{call: {{rate: {60 * LOAD / MEAN:g}/min{cap}}}}}
"""
    told = frames(text)
    start = loads(text).clock.start
    opened = told["opened"].select("session", begin=(pl.col("micros") - start) / SECOND)
    closed = told["closed"].select("session", end=(pl.col("micros") - start) / SECOND)
    return opened.join(closed, on="session")


def _agrees(values: np.ndarray, times: np.ndarray, expected: float) -> bool:
    """Whether a mean of values at these times is the one expected, by the spread of the means of blocks of time."""
    block = np.minimum((times / times.max() * BLOCKS).astype(int), BLOCKS - 1)
    sizes = np.bincount(block, minlength=BLOCKS)
    off = np.bincount(block, values, minlength=BLOCKS) - expected * sizes  # ratio estimator: its mean is 0
    return bool(abs(off.sum()) < SIGMAS * np.sqrt(BLOCKS * off.var(ddof=1)))


def _erlang_b() -> float:
    """Which share is turned away, by the recursion B(c) = a B(c - 1) / (c + a B(c - 1)) (Erlang 1917)."""
    blocked = 1.0
    for servers in range(1, SERVERS + 1):
        blocked = LOAD * blocked / (servers + LOAD * blocked)
    return blocked


def test_a_cap_that_drops_turns_away_as_many_as_erlang_b_says() -> None:
    free = _queue("")
    let_in = free["session"].is_in(_queue(f", concurrency: {{limit: {SERVERS}, at_cap: drop}}")["session"].implode())
    refused = 1.0 - let_in.cast(float).to_numpy()
    assert len(refused) > 40_000
    assert _agrees(refused, free["begin"].to_numpy(), _erlang_b())


def test_a_cap_that_lets_wait_is_the_queue_of_erlang_c() -> None:
    """Who waits, C = B / (1 - (a / c)(1 - B)); how long on average, C mean / (c - a); those who do, exponentially."""
    blocked = _erlang_b()
    waits = blocked / (1 - LOAD / SERVERS * (1 - blocked))
    free = _queue("").rename({"begin": "came", "end": "left"})
    both = free.join(_queue(f", concurrency: {SERVERS}"), on="session").sort("came")
    waited = (both["begin"] - both["came"]).to_numpy()
    came = both["came"].to_numpy()
    assert waited.min() == 0
    assert _agrees((waited > 0).astype(float), came, waits)
    assert _agrees(waited, came, waits * MEAN / (SERVERS - LOAD))
    long = waited > MEAN / (SERVERS - LOAD)
    assert _agrees(long.astype(float), came, waits * np.exp(-1))


@pytest.mark.parametrize("cap", [f", concurrency: {{limit: {SERVERS}, at_cap: drop}}", f", concurrency: {SERVERS}"])
def test_no_more_sessions_go_on_than_the_cap_allows(cap: str) -> None:
    told = _queue(cap)
    time = np.concatenate((told["begin"], told["end"]))
    change = np.repeat([1, -1], len(told))
    going_on = np.cumsum(change[np.lexsort((change, time))])
    assert going_on.max() == SERVERS


def test_what_goes_on_at_once_is_poisson_where_nothing_caps_it() -> None:
    """The queue with any number of servers: its occupancy has the mean a, seen at times far apart."""
    told = _queue("")
    at = np.arange(20 * MEAN, 4 * 86_400 - 1000, 20 * MEAN)
    begin, end = np.sort(told["begin"].to_numpy()), np.sort(told["end"].to_numpy())
    going_on = np.searchsorted(begin, at, side="right") - np.searchsorted(end, at, side="right")
    assert follows(going_on, stats.poisson(LOAD)) > ALPHA
