"""Towns: parts that agree, in one record and with the list they come from."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from faker.providers.geo import Provider as Geo
from generator_driver import drawn
from scipy import stats

from synthwb.engine import compile_plan, sample
from synthwb.errors import ScenarioError
from synthwb.scenario import parse


def frame(fields: str, rows: int = 2000) -> pl.DataFrame:
    parsed = parse(f"events: {{e: {{fields: {{{fields}}}}}}}")
    assert [found.render() for found in parsed.diagnostics] == []
    assert parsed.scenario is not None
    return sample(compile_plan(parsed.scenario), rows).frames["e"]


def test_the_parts_of_a_town_agree_in_every_field_of_a_record() -> None:
    found = frame(
        "whole: location, c: {location: city}, k: {location: country_code}, lat: {location: latitude},"
        " lon: {location: longitude}, z: {location: time_zone}, other: {location: {part: city, name: destination}}"
    )
    whole = found["whole"].struct.unnest()
    assert (whole["city"] == found["c"]).all()
    assert (whole["latitude"] == found["lat"]).all()
    towns = {(float(lat), float(lon), city, code, zone) for lat, lon, city, code, zone in Geo.land_coords}
    assert set(found.select("lat", "lon", "c", "k", "z").iter_rows()) <= towns
    assert (found["c"] == found["other"]).sum() < 20
    assert all(ZoneInfo(zone) for zone in set(found["z"]))


def test_only_towns_of_a_country() -> None:
    found = frame("k: {location: {part: country_code, country: de}}, n: {location: {part: country, country: DE}}")
    assert set(found["k"]) == {"DE"}
    assert set(found["n"]) == {"Germany"}


def test_towns_are_equally_likely() -> None:
    places = drawn("location", 1_000_000).struct.unnest()
    counts = places.group_by(pl.all()).len()["len"].to_numpy()
    assert len(counts) == len(set(Geo.land_coords))
    repeated = np.array([Geo.land_coords.count(town) for town in set(Geo.land_coords)])
    assert (repeated == 1).all()
    assert stats.chisquare(counts).pvalue > 1e-6


def test_a_country_without_towns_is_told() -> None:
    scenario = parse("events: {e: {fields: {x: {location: {country: XX}}}}}").scenario
    assert scenario is not None
    with pytest.raises(ScenarioError, match="there are no towns of 'XX'; known: "):
        compile_plan(scenario)
    (found,) = parse("events: {e: {fields: {x: {location: town}}}}").diagnostics
    assert "unknown part 'town'" in found.message


def test_points_around_a_centre_are_rounded_objects() -> None:
    found = drawn("geo_point", 2000, latitude=48.8566, longitude=2.3522, radius=5.0).struct.unnest()
    assert found.columns == ["latitude", "longitude"]
    assert found.select((pl.all() - pl.all().round(6)).abs().max()).row(0) == (0.0, 0.0)
    assert found["latitude"].is_between(48.81, 48.91).all()
    coarse = drawn("geo_point", 2000, latitude=48.8566, longitude=2.3522, radius=5.0, round=2).struct.unnest()
    assert coarse.equals(found.select(pl.all().round(2, mode="half_away_from_zero")))


def test_parts_of_one_name_are_those_of_one_point() -> None:
    area = "latitude: 40.7, longitude: -74, radius: 12"
    found = frame(
        f"lat: {{geo_point: {{{area}, part: latitude, name: pickup}}}},"
        f" lon: {{geo_point: {{{area}, part: longitude, name: pickup}}}},"
        f" whole: {{geo_point: {{{area}, name: pickup}}}},"
        f" other: {{geo_point: {{{area}}}}}, third: {{geo_point: {{{area}}}}}"
    )
    whole = found["whole"].struct.unnest()
    assert whole["latitude"].equals(found["lat"])
    assert whole["longitude"].equals(found["lon"])
    assert found.select(pl.struct("other").n_unique(), pl.struct("third").n_unique()).row(0) == (2000, 2000)
    for one, two in (("whole", "other"), ("other", "third")):
        assert not (found[one].struct.field("latitude") == found[two].struct.field("latitude")).any()


def test_a_centre_may_be_computed_and_what_is_none_is_null() -> None:
    found = frame(
        "n: {integer: {min: 0, max: 3}},"
        ' p: {geo_point: {latitude: {expr: "60.0 * n"}, longitude: 10, radius: {expr: "n + 1"}}}'
    )
    latitude = found["p"].struct.field("latitude")
    for n in range(4):
        part = latitude.filter(found["n"] == n)
        assert part.null_count() == (len(part) if n > 1 else 0)
        assert n > 1 or part.is_between(60 * n - 0.02, 60 * n + 0.02).all()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{latitude: 1, longitude: 2}", "radius is missing: latitude stands with longitude, radius"),
        ("{south: 1, north: 2}", "west is missing: south stands with west, north, east"),
        ("{latitude: 1, longitude: 2, radius: 1, north: 3}", "north does not go with latitude"),
        ("{latitude: 1, longitude: 2, radius: 1, south: 3}", "latitude and south together"),
        ("{south: 5, north: 2, west: 1, east: 2}", "south 5 is above north 2"),
        ("{latitude: 95, longitude: 2, radius: 1}", "must be at most 90"),
        ("{latitude: 5, longitude: 2, radius: 30000}", "must be at most 20015"),
        ("{radius: 3}", "needs one of latitude, south"),
    ],
)
def test_areas_that_are_refused(field: str, words: str) -> None:
    found = parse(f"events: {{e: {{fields: {{x: {{geo_point: {field}}}}}}}}}").diagnostics
    assert any(words in each.message for each in found), [each.message for each in found]


def test_rounding_beside_an_object_is_told_where_it_belongs() -> None:
    text = "events: {e: {fields: {x: {geo_point: {latitude: 1, longitude: 2, radius: 1}, round: 3}}}}"
    (found,) = parse(text).diagnostics
    assert found.hint == "write it inside: {geo_point: {..., round: ...}}"
