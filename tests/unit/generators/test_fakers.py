"""Every method of Faker as a field: values, types, locales, arguments; the index that knows them without Faker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from faker.config import AVAILABLE_LOCALES
from generator_driver import SPAN, BareSite, block_of, named

import synthwb
from synthwb.engine import compile_plan, sample
from synthwb.engine.columns import Column
from synthwb.engine.program import logical_type
from synthwb.engine.text.typed import dtype_of
from synthwb.errors import ScenarioError
from synthwb.generators import faker_index, names
from synthwb.generators.fakers import FromFaker, faker_method
from synthwb.scenario import Severity, parse
from synthwb.scenario.model import Call, Clock

DRIVERS = Path(__file__).parents[2] / "drivers"
METHODS = list(faker_index.methods())
CORE = ["name", "first_name", "last_name_female", "company", "job", "address", "city", "country", "postcode"]
CORE += ["phone_number", "email", "ssn", "license_plate", "iban", "date_of_birth", "month_name", "word", "sentence"]
BY_CODE = ["no_NO", "sv_SE", "fi_FI", "lv_LV", "et_EE", "zh_CN", "th_TH", "el_GR", "uk_UA", "es_ES", "es_MX", "de_AT"]
"""Locales whose ssn asks for the day, or draws from the global random state."""


class Site2026(BareSite):
    clock = Clock(start=1_767_225_600_000_000)


def drawn(method: str, rows: int, *, locale: str = "en_US", first: int = 0, seed: int = 42, **args: Any) -> Column:
    found = faker_method(method)
    assert isinstance(found, FromFaker)
    given = {parameter.name: parameter.default for parameter in found.parameters} | args
    given["locale"] = ((locale, Fraction(1)),)
    return found.bind(Call(method, given, SPAN), Site2026(seed, "e.x", {}))(block_of(rows, first))


def home(method: str) -> str:
    about = faker_index.methods()[method]
    return about.only[0] if about.only else "en_US"


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_values_of_its_type(method: str) -> None:
    locale = home(method)
    about = faker_index.methods()[method]
    found = faker_method(method)
    assert isinstance(found, FromFaker)
    values = drawn(method, 60, locale=locale).series()
    assert values.dtype == dtype_of(about.shape)
    assert found.dtype({}, lambda path: logical_type(pl.String())) == logical_type(values.dtype)
    assert values.null_count() < len(values), "nothing but null"
    if values.dtype == pl.String:
        assert not values.str.contains("[\ue000\ue001]|\\{\\{|Q\\d{4} 'q").any(), "a mark of the tracing was left"
    parts = [drawn(method, 30, locale=locale, first=first).series() for first in (0, 30)]
    assert pl.concat(parts).to_list() == values.to_list(), "a value depends on its batch"


@pytest.mark.parametrize("locale", AVAILABLE_LOCALES)
def test_every_locale_gives_the_core(locale: str) -> None:
    for method in CORE:
        about = faker_index.methods()[method]
        values = drawn(about.name, 60, locale=locale).series()
        assert values.null_count() == 0, method
        assert values.dtype == pl.String, method
        assert values.n_unique() > 1, method
        parts = [drawn(method, 30, locale=locale, first=first).series() for first in (0, 30)]
        assert pl.concat(parts).to_list() == values.to_list(), method


DIGESTS = """
import sys, warnings
sys.path.insert(0, {drivers!r})
import time_machine
from fractions import Fraction
from hashlib import blake2b
from generator_driver import SPAN, BareSite, block_of
from synthwb.generators import faker_index
from synthwb.generators.fakers import faker_method
from synthwb.scenario.model import Call, Clock

BareSite.clock = Clock(start=1_700_000_000_000_000)
with time_machine.travel(sys.argv[1]):
    for method, locale in [line.split() for line in sys.stdin]:
        found = faker_method(method)
        args = {{parameter.name: parameter.default for parameter in found.parameters}}
        args["locale"] = ((locale, Fraction(1)),)
        values = found.bind(Call(method, args, SPAN), BareSite(1, "e.x", {{}}))(block_of(25)).series()
        print(method, locale, blake2b(repr(values.to_list()).encode(), digest_size=6).hexdigest())
"""


@pytest.mark.slow
def test_neither_the_day_nor_the_zone_nor_the_hash_seed_of_the_machine_matters() -> None:
    asked = [(method, home(method)) for method in METHODS]
    asked += [("ssn", locale) for locale in BY_CODE] + [("year", "th_TH"), ("company", "ru_RU"), ("aba", "en_PH")]
    printed = []
    for today, zone, hashes in (("2024-02-29T12:00", "UTC", "1"), ("2031-07-04T23:30", "Asia/Tokyo", "2")):
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS.format(drivers=str(DRIVERS)), today],
            input="\n".join(f"{method} {locale}" for method, locale in asked),
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        )
        printed.append(done.stdout.splitlines())
    assert len(printed[0]) == len(asked)
    assert [one for one, other in zip(*printed, strict=True) if one != other] == []


def test_today_is_the_start_of_the_clock() -> None:
    scenario = parse(
        "clock: {start: 2019-07-15T12:00}\n"
        "events: {e: {fields: {adult: {date_of_birth: {minimum_age: 18, maximum_age: 18}}, now: date_this_month,"
        " past: past_datetime, card: credit_card_expire, owner: {passport_dates: {}}}}}\n"
    ).scenario
    assert scenario is not None
    frame = sample(compile_plan(scenario), 500).frames["e"]
    born = frame["adult"].str.to_date()
    assert (born.min().isoformat(), born.max().isoformat()) >= ("2000-07-16", "2001-07-10")
    assert born.max().isoformat() <= "2001-07-15"
    assert frame["now"].str.starts_with("2019-07-").all()
    assert frame["now"].max() <= "2019-07-15"
    assert frame["past"].max().isoformat() < "2019-07-15T12:00:00+00:00"
    assert frame["past"].min().isoformat() > "2019-06-15"
    assert frame["card"].str.slice(3).cast(pl.Int64).is_between(19, 29).all()
    assert frame["owner"].list.get(0).eq("15 Jul 2019").all()


def test_a_pool_differs_for_every_seed_and_is_the_same_in_every_run() -> None:
    one, same, other = (drawn("user_agent", 50, seed=seed).series().to_list() for seed in (1, 1, 2))
    assert one == same
    assert len(set(one) & set(other)) < 10


def problems(text: str) -> list[str]:
    return [found.render() for found in parse(text).diagnostics]


def field(written: str, top: str = "") -> str:
    return f"{top}events: {{e: {{fields: {{x: {written}}}}}}}\n"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("{date_of_birth: {minimun_age: 18}}", "unknown parameter 'minimun_age'; did you mean 'minimum_age'? [e.x."),
        ("{date_of_birth: {minimum_age: old}}", "expected a whole number, not the text 'old' [e.x.minimum_age]"),
        ("{fake: {method: date_of_birht}}", "unknown method 'date_of_birht'; did you mean 'date_of_birth'?"),
        (
            "{fake: {method: date_of_birth, args: {maximum_ag: 3}}}",
            "unknown parameter 'maximum_ag'; did you mean 'maximum_age'? [e.x.args.maximum_ag]",
        ),
        ("{fake: {method: date_of_birth, arg: {}}}", "unknown parameter 'arg'; did you mean 'args'?"),
        ("{fake: {args: {}}}", "fake needs 'method'"),
        ("{fake: {method: city, args: {locale: xx}}}", "unknown locale 'xx'; known: am_ET"),
        ("{fake: {method: city, args: {locale: de_DE}}, locale: fr_FR}", "locale is written twice; remove one [e.x."),
        ("fake", "fake needs parameters; such as {fake: color_name}"),
        ("colour_name", "did you mean 'color_name'?"),
        ("{user_agents: {}}", "did you mean 'user_agent'?"),
        ("image", "Faker's image cannot be a field: it gives a file"),
        ("{fake: binary}", "Faker's binary cannot be a field: it gives bytes"),
        ("unique", "Faker's unique cannot be a field: uniqueness is asked for beside a generator"),
        ("{past_date: {start_date: yesterday}}", "expected a moment such as -30y, +2w, now, today or 2020-01-31"),
        ("{date_time: {tzinfo: Europe/Pariss}}", "there is no time zone 'Europe/Pariss'"),
        ("{passport_owner: {gender: W}}", "unknown gender 'W'"),
        ("cpf", "en_US has no cpf, and en_US has none either; only pt_BR: write {cpf: {locale: pt_BR}}"),
        ("{ssn: {locale: fi_FI, dob: 1}}", "dob is not known to the ssn of fi_FI, which takes artificial"),
        ("{color_name: {locale: xx}}", "unknown locale 'xx'"),
        ("{first_name: {locale: {en_US: 0}}}", "the weights of the locales sum to nothing"),
        ("{first_name: {locale: {en_US: -1}}}", "must be at least 0"),
        ("{first_name: {locale: []}}", "expected a locale, or several"),
        ("{first_name: {locale: de-DE}}", "expected a locale such as en_US or de_DE"),
    ],
)
def test_mistakes_are_told_where_they_stand(written: str, wanted: str) -> None:
    (found,) = problems(field(written))
    assert wanted in found


def test_a_locale_that_borrows_is_told() -> None:
    (found,) = parse(field("state", "locale: en_GB\n")).diagnostics
    assert found.severity is Severity.WARNING
    assert found.message == "en_GB has no state of its own; that of en_US is used"


@pytest.mark.parametrize(
    "written", ["{fake: {method: city, args: {locale: ja_JP}}}", "{fake: {method: city, locale: ja_JP}}"]
)
def test_the_locale_of_fake_may_stand_among_the_arguments(written: str) -> None:
    assert synthwb.preview(field(written), 9)["e"].equals(synthwb.preview(field("{fake: city, locale: ja_JP}"), 9)["e"])


def test_what_faker_refuses_is_a_diagnostic() -> None:
    scenario = parse(field("{date_of_birth: {minimum_age: 30, maximum_age: 20}}")).scenario
    assert scenario is not None
    with pytest.raises(ScenarioError, match="minimum_age must be less than or equal to maximum_age") as caught:
        compile_plan(scenario)
    (found,) = caught.value.diagnostics
    assert (found.line, found.path) == (1, "e.x")


def test_a_field_of_the_same_name_as_a_method_is_warned_about() -> None:
    text = "events: {e: {fields: {state: {choice: [open, closed]}, before: state, state_abbr: state_abbr}}}"
    (found,) = parse(text).diagnostics
    assert found.code == "ambiguous"
    assert "{path: state}" in found.hint
    assert not parse("events: {e: {fields: {state: state, other: state}}}").diagnostics


def test_fake_reaches_fakers_method_where_we_have_one() -> None:
    scenario = parse(field("{fake: {method: email, args: {domain: a.example}}}")).scenario
    assert scenario is not None
    values = sample(compile_plan(scenario), 50).frames["e"]["x"]
    assert values.str.ends_with("@a.example").all()


def test_a_row_has_one_locale() -> None:
    text = (
        "locale: {de_DE: 1, ja_JP: 1}\n"
        "events: {e: {fields: {a: first_name, b: company, c: {fake: current_country_code},"
        " d: {current_country_code: {locale: [en_US, fr_FR]}}, f: {fake: current_country_code, locale: fr_FR}}}}\n"
    )
    scenario = parse(text).scenario
    assert scenario is not None
    frame = sample(compile_plan(scenario), 2000).frames["e"]
    japanese = frame["c"] == "JP"
    assert 850 < japanese.sum() < 1150
    assert (frame["a"].str.contains(r"^[A-ZÄÖÜ]") == ~japanese).all()
    assert (frame["b"].str.contains(r"[\p{Han}\p{Katakana}\p{Hiragana}]") == japanese).all()
    assert set(frame["d"]) == {"US", "FR"}
    assert set(frame["f"]) == {"FR"}


def test_results_of_python_types_become_columns() -> None:
    found = faker_method("random_element")
    assert isinstance(found, FromFaker)
    for elements, wanted in (
        ([1, 2], pl.Int64),
        ([1, 2.5], pl.Float64),
        ([True, False], pl.Boolean),
        (["a"], pl.String),
    ):
        assert drawn("random_element", 20, elements=elements).series().dtype == wanted
    weighted = drawn("random_element", 20_000, elements={"a": 0.9, "b": 0.1}).series()
    assert 17_700 < (weighted == "a").sum() < 18_300
    profile = drawn("profile", 5, fields=["name", "current_location"]).series()
    assert list(profile.struct.fields) == ["current_location", "name"]
    exact = drawn("pydecimal", 5, left_digits=4, right_digits=2).series()
    assert exact.dtype == pl.Decimal(38, 2)
    assert drawn("pydecimal", 5).series().dtype == pl.String


def test_the_index_is_that_of_the_installed_faker() -> None:
    from synthwb.engine.text.anchored import AnchoredFaker

    assert set(faker_index.locales()) == set(AVAILABLE_LOCALES)
    for locale in ("en_US", "de_DE", "ja_JP", "pt_BR", "en_PH"):
        generator = AnchoredFaker(locale).generator
        for name, about in faker_index.methods().items():
            known = (locale in about.only) if about.only else (locale not in about.lacking)
            assert known == hasattr(generator, name) or name == "bank", (locale, name)  # de_DE has one without banks
    assert not set(faker_index.methods()) & set(faker_index.EXCLUDED)


@pytest.mark.slow
def test_the_index_is_up_to_date() -> None:
    root = Path(__file__).parents[3]
    import faker

    if faker_index.version() != faker.VERSION:
        pytest.fail("run make faker-index: another Faker is installed than the index was written from")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", "import make_index; print(make_index.text(), end='')"],
        cwd=root / "docs" / "faker",
        capture_output=True,
        text=True,
        check=True,
    )
    shipped = Path(faker_index.__file__).with_name("faker_index.json").read_text("utf-8")
    assert json.loads(done.stdout) == json.loads(shipped), "run make faker-index"


def test_names_and_arguments_are_checked_without_faker() -> None:
    text = field("{date_of_birth: {minimum_age: 18, locale: ja_JP}}", "locale: {de_DE: 2, fr_FR: 1}\n")
    program = (
        f"import sys; from synthwb.scenario import parse; assert parse({text!r}).scenario;"
        f" assert len(parse({field('colr_name')!r}).diagnostics) == 1;"
        " from synthwb.generators import faker_index; assert len(faker_index.methods()) > 600;"
        " print([name for name in ('faker', 'numpy', 'polars') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_index_is_not_read_for_names_of_ours() -> None:
    program = (
        "from synthwb.scenario import parse; from synthwb.generators import faker_index;"
        " assert parse('events: {e: {fields: {a: uuid, b: first_name, c: event.time}}}').scenario;"
        " print(faker_index._written.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


@pytest.mark.parametrize("name", [name for name in names() if isinstance(named(name), FromFaker)])
def test_the_types_we_name_ourselves_take_what_fakers_do(name: str) -> None:
    found = named(name)
    assert isinstance(found, FromFaker)
    about = found.about()
    ours = {each.name: each.default for each in found.parameters if each.name != "locale"}
    assert ours == {each.name: each.default for each in about.parameters}
