"""Paths: where an actor is, at every moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

import synthwb
from synthwb.engine import compile_plan
from synthwb.engine.laws.sphere import RADIUS, shifted
from synthwb.scenario import loads, parse

TEXT = """
seed: {seed}
clock: {{end: +6h}}
entities:
  cab:
    count: 4
    fields: {{n: {{sequence: {{}}}}, home: {{choice: [48.0, 52.0]}}, pace: {{choice: [20, 60]}}}}
events:
  ping:
    {actor}
    fields: {{n: {n}, at: {field}}}
arrivals: {{ping: {rate}}}
"""
PATH = "{geo_path: {latitude: 48.8566, longitude: 2.3522, radius: 5, speed: 30, round: 9}}"


def frame(
    field: str = PATH, actor: str = "actor: cab", rate: str = "4/s", seed: int = 1, n: str = "actor.n"
) -> pl.DataFrame:
    plan = compile_plan(loads(TEXT.format(field=field, actor=actor, rate=rate, seed=seed, n=n)))
    return plan.realise(plan.spine().take(1_000_000)).frames["ping"].unnest("at")


def kilometres(one: Any, other: Any) -> np.ndarray:
    """Distances on the sphere."""
    (a, b), (c, d) = (np.radians(np.asarray(each, float)) for each in (one, other))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * RADIUS * np.arcsin(np.sqrt(half))


def _places(rows: pl.DataFrame) -> np.ndarray:
    return rows.select("latitude", "longitude").to_numpy().T


def test_everybody_moves_within_reach_and_no_faster_than_the_longest_leg() -> None:
    rows = frame()
    home = np.array([[48.8566], [2.3522]])
    assert kilometres(home, _places(rows)).max() <= 5.000001
    for n in range(1, 5):
        mine = rows.filter(rows["n"] == n)
        hours = np.diff(mine["time"].to_physical().to_numpy()) / 3.6e9
        way = kilometres(_places(mine)[:, :-1], _places(mine)[:, 1:])
        apart = hours > 1e-4  # a third of a second: nearer, nine decimals are too few
        assert (way[apart] / hours[apart]).max() < 30 * 2 / 0.9054 * 1.01
        assert 20 < way.sum() / hours.sum() < 40


def test_each_actor_has_a_path_of_its_own_and_without_one_there_is_one() -> None:
    rows = frame(rate="{process: constant, rate: 4/s}")
    first = rows.group_by("n").first()
    assert first["latitude"].n_unique() == 4
    alone = frame(actor="doc: nobody's", n="1", rate="{process: constant, rate: 1/s}")
    assert kilometres(_places(alone)[:, :-1], _places(alone)[:, 1:]).max() < 0.02


def test_a_path_does_not_depend_on_which_events_there_are() -> None:
    field = PATH.replace("round", "by: n, round")
    often, seldom = (
        frame(field=field, rate=f"{{process: constant, rate: {r}/s}}", n="5", actor="doc: x") for r in (4, 1)
    )
    assert often.gather_every(4).select("latitude", "longitude").equals(seldom.select("latitude", "longitude"))


def test_parts_of_one_name_are_of_one_path() -> None:
    part = "{{geo_path: {{latitude: 48, longitude: 2, radius: 5, part: {}, name: cab}}}}"
    whole = PATH.replace("48.8566", "48").replace("2.3522", "2").replace("round: 9", "name: cab")
    text = TEXT.format(field=whole, actor="actor: cab", rate="1/s", seed=3, n="actor.n").replace(
        "fields: {", f"fields: {{a: {part.format('latitude')}, b: {part.format('longitude')}, "
    )
    rows = synthwb.preview(text, 30)["ping"].unnest("at")
    assert rows["a"].equals(rows["latitude"].alias("a"))
    assert rows["b"].equals(rows["longitude"].alias("b"))


def test_home_and_speed_may_be_the_actors() -> None:
    path = '{geo_path: {latitude: {expr: "actor.home"}, longitude: 2, radius: 5, speed: {expr: "actor.pace"}}}'
    rows = frame(path)
    middle = rows.group_by("n").agg(pl.col("latitude").mean())["latitude"]
    assert all(abs(each - 48) < 0.1 or abs(each - 52) < 0.1 for each in middle)
    nowhere = frame(path.replace("actor.home", "actor.home + 90"), rate="1/min")
    assert nowhere["latitude"].null_count() == len(nowhere)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("geo_path", "needs parameters"),
        ("{geo_path: {latitude: 1, longitude: 2}}", "needs 'radius'"),
        ("{geo_path: {latitude: 91, longitude: 2, radius: 1}}", "at most 90"),
        ("{geo_path: {latitude: 1, longitude: 2, radius: 0}}", "above 0"),
        ("{geo_path: {latitude: 1, longitude: 2, radius: 1, speed: 0}}", "above 0"),
        ("{geo_path: {latitude: 1, longitude: 2, radius: 1}, cardinality: 5}", "follow the time of the event"),
    ],
)
def test_what_is_refused(field: str, said: str) -> None:
    text = TEXT.format(field=field, actor="actor: cab", rate="1/s", seed=1, n="actor.n")
    assert any(said in each.message for each in parse(text).diagnostics)


def test_a_field_that_is_called_actor_may_be_a_path() -> None:
    text = TEXT.format(field=PATH, actor="actor: cab", rate="1/s", seed=1, n="actor.n").replace("at:", "actor:")
    assert not parse(text).diagnostics


def test_shifted_points_lie_where_they_should() -> None:
    north, east = np.array([3.0, 0.0, -4.0, 0.0]), np.array([4.0, 5.0, 0.0, 0.0])
    centre = np.full((2, 4), [[60.0], [179.99]])
    found = np.array(shifted(60.0, 179.99, north, east))
    assert np.allclose(kilometres(centre, found), np.sqrt(north**2 + east**2), atol=1e-6)
    assert (found[1][:2] < -179).all()
    assert found[0][2] < 60.0 < found[0][0]
    assert found[:, 3].tolist() == pytest.approx([60.0, 179.99])
