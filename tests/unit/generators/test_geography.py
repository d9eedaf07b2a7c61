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
