"""The preset `engaged-users`: its cohorts fall, and its profiles differ, as a cohort chart shows."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from synthwb.engine import Stream, compile_plan
from synthwb.scenario import loads

PRESET = Path(__file__).parents[2] / "presets" / "engaged-users.yaml"


@pytest.fixture(scope="module")
def events() -> dict[str, pl.DataFrame]:
    batches = list(Stream(compile_plan(loads(PRESET.read_text()))))
    names = {name for batch in batches for name in batch.frames}
    return {name: pl.concat([batch.frames[name] for batch in batches if name in batch.frames]) for name in names}


def _retention(events: dict[str, pl.DataFrame], profile: str | None = None) -> pl.DataFrame:
    """The share of each weekly cohort of new users that opens the app in each week after the one of signing up."""
    born = events["signed_up"].select("user_id", "profile", week=pl.col("time").dt.truncate("1w"))
    if profile is not None:
        born = born.filter(pl.col("profile") == profile)
    seen = events["app_opened"].select("user_id", seen=pl.col("time").dt.truncate("1w")).unique()
    both = born.join(seen, on="user_id")
    after = both.with_columns(weeks=(pl.col("seen") - pl.col("week")).dt.total_days() // 7)
    size = born.group_by("week").len("size")
    kept = after.group_by("week", "weeks").agg(users=pl.col("user_id").n_unique())
    return kept.join(size, on="week").with_columns(share=pl.col("users") / pl.col("size")).sort("week", "weeks")


def _mean(table: pl.DataFrame, weeks: int) -> float:
    cohorts = table.filter((pl.col("weeks") == weeks) & (pl.col("week").rank("dense") <= 4))
    return float(cohorts["users"].sum()) / float(cohorts["size"].sum())


def test_retention_falls_from_week_to_week(events: dict[str, pl.DataFrame]) -> None:
    table = _retention(events)
    shares = [_mean(table, weeks) for weeks in range(8)]
    assert shares[0] == 1.0, "onboarding opens the app"
    assert all(later < earlier for earlier, later in pairwise(shares))
    assert 0.1 < shares[7] < 0.6
    first, last = shares[0] - shares[1], shares[6] - shares[7]
    assert first > 3 * last, "most are lost in the beginning: the curve bends"


def test_profiles_differ(events: dict[str, pl.DataFrame]) -> None:
    loyal, casual, curious = (_mean(_retention(events, profile), 4) for profile in ("loyal", "casual", "curious"))
    assert loyal > casual + 0.1
    assert casual > curious + 0.1


def test_the_engaged_upgrade_more_often(events: dict[str, pl.DataFrame]) -> None:
    def rate(profile: str) -> float:
        sessions = events["app_opened"].filter(pl.col("profile") == profile)["session_id"].n_unique()
        return events["upgraded"].filter(pl.col("profile") == profile).height / sessions

    assert rate("loyal") > rate("curious") * 1.15


def test_the_population_grows_by_births_and_loses_by_churn(events: dict[str, pl.DataFrame]) -> None:
    weeks = events["signed_up"].group_by(week=pl.col("time").dt.truncate("1w")).len().sort("week")
    assert weeks["len"].to_list() == pytest.approx([40 * 6.2] * 12, rel=0.3)
