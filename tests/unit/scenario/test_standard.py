"""The populations that need no declaration: people and addresses whose fields agree."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from synthwb.engine import compile_plan, sample
from synthwb.generators import faker_index
from synthwb.scenario import parse
from synthwb.scenario.standard import STANDARD

PEOPLE = "name, first_name, last_name, gender, username, email, phone"
PLACES = "street_address, postcode, city, state, country, country_code, full"


def fields(source: str, names: str) -> str:
    return ", ".join(f"{name}: {source}.{name}" for name in names.split(", "))


def frame(top: str, refs: str, wanted: str, rows: int = 400) -> pl.DataFrame:
    parsed = parse(f"{top}\nevents: {{e: {{refs: {{{refs}}}, fields: {{{wanted}}}}}}}")
    assert [found.render() for found in parsed.diagnostics] == []
    assert parsed.scenario is not None
    return sample(compile_plan(parsed.scenario), rows).frames["e"]


def test_the_fields_of_a_person_agree() -> None:
    found = frame("locale: de_DE", "who: person", fields("who", PEOPLE))
    assert (found["name"] == found["first_name"] + " " + found["last_name"]).all()
    assert (found["email"] == found["username"] + "@example.com").all()
    plain = found.filter(found["first_name"].str.contains("^[A-Za-z]+$"))
    assert (plain["email"].str.split(".").list.get(0) == plain["first_name"].str.to_lowercase()).all()
    by_name = found.unique("username")
    assert by_name["username"].str.contains(r"^[a-z0-9]+\.[a-z0-9]+\d$").all()
    assert set(found["gender"]) == {"female", "male"}
    women, men = (set(found.filter(pl.col("gender") == gender)["first_name"]) for gender in ("female", "male"))
    assert len(women & men) < 0.1 * len(women | men)


def test_the_family_name_comes_first_where_it_does() -> None:
    found = frame("locale: ja_JP", "who: person", fields("who", PEOPLE))
    assert (found["name"] == found["last_name"] + " " + found["first_name"]).all()
    assert found["email"].str.contains(r"^[a-z0-9.]+@example\.com$").all()


def test_no_two_people_have_one_address_of_the_net() -> None:
    parsed = parse("entities: {person: {count: 3000}}\nevents: {e: {actor: person, fields: {m: actor.email}}}")
    assert parsed.scenario is not None
    pool = compile_plan(parsed.scenario).pools["person"]
    assert pool.count == 3000
    assert pool.pools["email"].series.n_unique() == 3000


def test_the_fields_of_an_address_agree_and_are_of_one_locale() -> None:
    top = "locale: {en_US: 1, fr_FR: 1, ja_JP: 1, no_NO: 1}"
    found = frame(top, "place: address", fields("place", PLACES), 600)
    assert set(found["country_code"]) == {"US", "FR", "JP", "NO"}
    names = dict(zip(found["country_code"], found["country"], strict=True))
    assert names == {"US": "United States", "FR": "France", "JP": "Japan", "NO": "Norway"}
    for part in ("street_address", "city", "postcode"):
        assert found.select(pl.col("full").str.contains(pl.col(part), literal=True)).to_series().all(), part
    assert found.filter(pl.col("country_code") == "NO")["state"].null_count() == len(
        found.filter(pl.col("country_code") == "NO")
    )
    assert found.filter(pl.col("country_code") == "FR")["postcode"].str.contains(r"^\d{5}$").all()
    assert found.filter(pl.col("country_code") == "JP")["postcode"].str.contains(r"^\d{3}-\d{4}$").all()


@pytest.mark.parametrize("locale", faker_index.locales())
def test_every_locale_has_people_and_addresses(locale: str) -> None:
    wanted = f"{fields('who', PEOPLE)}, {fields('place', PLACES).replace('name', 'title')}"
    small = f"locale: {locale}\nentities: {{person: {{count: 40}}, address: {{count: 40}}}}"
    found = frame(small, "who: person, place: address", wanted, 40)
    assert found.drop("state").null_count().sum_horizontal().item() == 0


def test_they_are_stable_and_picked_like_other_entities() -> None:
    top = "entities: {person: {count: 50, activity: {zipf: {exponent: 1.5}}}}"
    one, other = (frame(top, "who: person", "n: who.name, m: who.email", rows) for rows in (200, 400))
    assert other["m"][:200].to_list() == one["m"].to_list()
    assert one["m"].value_counts(sort=True)["count"][0] > 40


def test_an_entity_of_ones_own_takes_the_place() -> None:
    text = "entities: {person: {count: 5, fields: {badge: sequence}}}\n"
    text += "events: {e: {refs: {who: person}, fields: {b: who.badge}}}"
    scenario = parse(text).scenario
    assert scenario is not None
    assert [field.name for field in scenario.entities["person"].fields] == ["badge"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("events: {e: {refs: {who: persn}, fields: {a: 1}}}", "unknown entity 'persn'; did you mean 'person'?"),
        ("events: {e: {refs: {who: person}, fields: {a: who.nmae}}}", "did you mean 'who.name'?"),
        ("events: {e: {refs: {who: person}, fields: {a: who.number}}}", "'person' has no field 'number'"),
        ("entities: {person: {cuont: 5}}\nevents: {e: {fields: {a: 1}}}", "unknown key 'cuont'"),
        ("entities: {person: {count: 0}}\nevents: {e: {fields: {a: 1}}}", "must be at least 1"),
    ],
)
def test_mistakes_are_told(text: str, wanted: str) -> None:
    assert any(wanted in found.render() for found in parse(text).diagnostics), parse(text).diagnostics


def test_they_are_checked_without_faker_and_the_engine() -> None:
    program = (
        "import sys; from synthwb.scenario import parse;"
        " assert parse('events: {e: {refs: {who: person}, fields: {a: who.email}}}').scenario;"
        " print([name for name in ('faker', 'numpy', 'polars', 'sqlglot') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert STANDARD == ("person", "address")
