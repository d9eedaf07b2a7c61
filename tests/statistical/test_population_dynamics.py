"""What simulators of user populations do, in the language: user types, lifetimes, the mix of profiles, deliveries."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from people_driver import DAY, frames

from synthwb.engine import compile_plan
from synthwb.scenario import loads

# Three user types: by sessions, by purchases, by a period. Of each profile births are in proportion to its share over
# its mean lifetime (1.1, 11, 36, 320 days), so that the mix of those who live stays what is wanted.
TEXT = """
clock: {start: 2026-03-02T00:00, end: +60d}
definitions:
  born: &born {choice: {one_time: 0.0909, short: 0.02273, average: 0.00694, long: 0.00078}}
  lives: &lives
    expr: "case profile when 'one_time' then 1.1 when 'short' then 11 when 'average' then 36 else 320 end * 86400"
entities:
  user:
    count: 1000
    fields:
      user_id: uuid
      profile: {choice: {one_time: 10, short: 25, average: 25, long: 25}}
    population: {lifetime: {exponential: {mean: *lives}}}
  newcomer:
    count: 1
    fields: {user_id: uuid, profile: *born}
    population: {births: 103/day, lifetime: {exponential: {mean: *lives}}}
    engagement: {start: 90%, decay: 5%, inactive_below: 5%, resurrection: 2%/day}
  meter: {count: 3, fields: {meter_id: uuid}}
  item: {count: 30, fields: {sku: {pattern: "SKU-###"}, price: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}
events:
  viewed: {actor: newcomer, fields: {user_id: actor.user_id}}
  ordered: {actor: newcomer, refs: {item: item}, fields: {user_id: actor.user_id, sku: item.sku}}
  delivered: {actor: newcomer, fields: {user_id: actor.user_id, session_id: session.id}}
  read: {actor: meter, fields: {meter: actor.meter_id}}
flows:
  visit:
    actor: newcomer
    states:
      look: {emit: viewed, dwell: 30s, next: {look: 50, order: {expr: "40 * actor.engagement"}, exit: 30}}
      order: {emit: ordered, dwell: {uniform: {min: 1d, max: 10d}}, next: deliver}
      deliver: {emit: delivered}
arrivals:
  visit: {process: per_actor, count: {integer: {min: 1, max: 4}}, chance: {expr: "0.8 * actor.engagement"}}
  read: {process: per_actor, gap: 1h}
"""


def test_the_mix_of_profiles_stays_what_is_wanted() -> None:
    """Births of a profile over its hazard: the number of those who live settles at share by share."""
    plan = compile_plan(loads(TEXT))
    pool = plan.pools["newcomer"]
    assert pool.lives is not None
    profile = pool.columns["profile"].series()
    at = np.array([pool.lives.start + 59 * DAY])
    alive = (pool.lives.born <= at) & (at < pool.lives.died)
    counts = dict(pl.Series(profile.filter(pl.Series(alive))).value_counts().rows())
    births = 103 / (0.0909 + 0.02273 + 0.00694 + 0.00078)
    for name, weight, days in (("one_time", 0.0909, 1.1), ("short", 0.02273, 11.0), ("average", 0.00694, 36.0)):
        settled = births * weight * days * (1 - np.exp(-59 / days))
        assert counts[name] == pytest.approx(settled, abs=4 * np.sqrt(settled)), name


def test_lifetimes_of_the_start_follow_the_ladder() -> None:
    pool = compile_plan(loads(TEXT)).pools["user"]
    assert pool.lives is not None
    days = (pool.lives.died - pool.lives.born) / DAY
    profile = pool.columns["profile"].series().to_numpy()
    for name, mean in (("one_time", 1.1), ("short", 11), ("average", 36), ("long", 320)):
        mine = days[profile == name]
        assert mine.mean() == pytest.approx(mean, rel=4 / np.sqrt(len(mine)))


def test_orders_are_delivered_days_later_while_the_user_is_there() -> None:
    found = frames(compile_plan(loads(TEXT)))
    assert found["ordered"].height > found["delivered"].height > 100
    assert found["viewed"].height > found["ordered"].height
    hours = found["read"].group_by("meter").agg(gap=pl.col("time").diff().drop_nulls().unique())
    assert hours["gap"].list.len().to_list() == [1, 1, 1], "a user type that comes once in a period"


# A purchase brings its buyer back: at the door of a visit, by 50%, which fades in a week.
LIFTED = """
clock: {start: 2026-03-02T00:00, end: +60d}
entities:
  user:
    count: 400
    fields: {user: {sequence: {start: 0}}, bought_at: 0.0}
    engagement: {start: 40%, decay: 2%}
events:
  came: {actor: user, fields: {user: actor.user, engagement: actor.engagement}}
  viewed: {actor: user, fields: {user: actor.user}}
  bought: {actor: user, fields: {user: actor.user}}
flows:
  visit:
    actor: user
    set: {session.lift: {expr: "0.5 * exp((actor.bought_at - epoch(session.start)) / (7 * 86400))"}}
    states:
      door:
        emit: came
        next: {look: {expr: "actor.engagement + session.lift"}, exit: {expr: "1 - actor.engagement - session.lift"}}
      look: {emit: viewed, dwell: 40s, next: {buy: 30, exit: 70}}
      buy: {emit: bought, set: {actor.bought_at: {expr: "epoch(event.time)"}}}
arrivals:
  visit: {process: per_actor, count: 1}
"""


def test_a_purchase_brings_its_buyer_back_for_a_while() -> None:
    """At the door: the engagement, and what the last purchase has left of the lift, in bins of the days since."""
    found = frames(compile_plan(loads(LIFTED)))
    viewed = found["viewed"].select("user", "time", seen=True)
    bought = found["bought"].select("user", "time", at="time").sort("time")
    came = found["came"].sort("time").join(viewed, on=["user", "time"], how="left")
    came = came.join_asof(bought, on="time", by="user", allow_exact_matches=False, check_sortedness=False)
    days = (pl.col("time") - pl.col("at")).dt.total_microseconds() / DAY
    came = came.with_columns(days=days, chance=pl.col("engagement") + (0.5 * (-days / 7).exp()).fill_null(0.0))
    past = pl.sum_horizontal(pl.col("days") > edge for edge in (0, 1.5, 4, 10, 20))  # 0: nothing bought so far
    bins = came.group_by(past).agg(
        number=pl.len(),
        looked=pl.col("seen").sum(),
        mean=pl.col("chance").sum(),
        spread=(pl.col("chance") * (1 - pl.col("chance"))).sum().sqrt(),
    )
    assert bins.height == 6
    for _, number, looked, mean, spread in bins.iter_rows():
        assert number > 200
        assert looked == pytest.approx(mean, abs=4 * spread)
    fresh = came.filter(pl.col("days") < 1.5)["seen"].count() / came.filter(pl.col("days") < 1.5).height
    assert fresh > 1.5 * came.filter(pl.col("days").is_null())["seen"].count() / came["days"].null_count()
