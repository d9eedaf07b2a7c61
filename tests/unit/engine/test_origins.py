"""Populations from outside: files, SQL databases, and what an earlier run saved."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import polars as pl
import pytest

import synthwb
from synthwb.cli import main
from synthwb.engine import Stream, compile_plan, sample
from synthwb.errors import MissingExtra, ScenarioError
from synthwb.scenario import load, loads

USERS = {
    "user_id": [f"u{i:02d}" for i in range(40)],
    "name": [f"Name {i}" for i in range(40)],
    "age": [20 + i for i in range(40)],
    "city": ["Bonn", None] * 20,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same people as files and in a database."""
    table = pl.DataFrame(USERS)
    table.write_csv(tmp_path / "users.csv")
    table.rename({"city": "born"}).write_csv(tmp_path / "born.csv")
    (tmp_path / "twice.csv").write_text("user_id,age,age\nu,1,2\n")
    table.write_json(tmp_path / "users.json")
    table.write_ndjson(tmp_path / "users.jsonl")
    table.write_parquet(tmp_path / "users.parquet")
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table users (user_id text primary key, name text, age integer, city text)")
        database.executemany("insert into users values (?, ?, ?, ?)", reversed(table.rows()))
        database.execute("create table empty_one (a integer)")
    database.close()
    return tmp_path


def document(
    origin: str, more: str = "", fields: str = "id_text: actor.user_id, age: actor.age, city: actor.city"
) -> str:
    return f"entities:\n  user: {{from: {origin}{more}}}\nevents: {{e: {{actor: user, fields: {{{fields}}}}}}}\n"


def problems(text: str, folder: Path) -> list[str]:
    return [f"{p.line}:{p.column} {p.message}; {p.hint}" for p in synthwb.check(text, folder=folder)]


ORIGINS = [
    *(f"users.{suffix}" for suffix in ("csv", "json", "jsonl", "parquet")),
    "{sql: {url: 'sqlite:///shop.db', table: users}}",
    "{sql: {url: 'sqlite:///shop.db', query: select * from users}}",
    "{sql: {url: 'sqlite:///shop.db', query: select * from users order by user_id}}",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_every_origin_gives_the_same_rows_in_the_same_order(folder: Path, origin: str) -> None:
    plan = compile_plan(loads(document(origin, ", key: user_id"), folder=folder))
    pool = plan.pools["user"]
    assert pool.count == 40
    assert {name: column.series().to_list() for name, column in pool.columns.items()} == USERS
    found = sample(plan, 300).frames["e"]
    rows = dict(zip(USERS["user_id"], zip(USERS["age"], USERS["city"], strict=True), strict=True))
    assert all(rows[user] == (age, city) for user, age, city in found.select("id_text", "age", "city").rows())
    whole = compile_plan(loads(document("users.parquet", ", key: user_id"), folder=folder))
    assert sample(whole, 300).frames["e"].equals(found)


def test_columns_are_chosen_and_renamed_and_rows_limited(folder: Path) -> None:
    text = document(
        "{file: users.csv, columns: {id: user_id, years: age}}", ", count: 7", "a: actor.id, b: actor.years"
    )
    pool = compile_plan(loads(text, folder=folder)).pools["user"]
    assert list(pool.columns) == ["id", "years"]
    assert pool.count == 7
    text = document("{file: users.csv, columns: [name, age]}", "", "a: actor.name")
    assert list(compile_plan(loads(text, folder=folder)).pools["user"].columns) == ["name", "age"]


def test_fields_are_made_beside_the_columns_and_read_them(folder: Path) -> None:
    more = ", fields: {mail: {template: '{name}@x', case: lower}, tier: {choice: [a, b]}, older: {expr: age + 1}}"
    text = document("users.csv", more, "m: actor.mail, t: actor.tier, o: actor.older, age: actor.age")
    pool = compile_plan(loads(text, folder=folder)).pools["user"]
    assert pool.columns["mail"].series()[3] == "name 3@x"
    assert set(pool.columns["tier"].series()) == {"a", "b"}
    assert pool.columns["older"].series().to_list() == [age + 1 for age in USERS["age"]]


def test_what_is_made_beside_may_repeat(folder: Path) -> None:
    text = document("users.csv", ", fields: {mail: {template: '{name}@x', repeat: 50%}}", "m: actor.mail")
    mails = compile_plan(loads(text, folder=folder)).pools["user"].columns["mail"].series()
    assert 10 <= mails.n_unique() <= 30
    assert set(mails) <= {f"{name}@x" for name in USERS["name"]}


def test_activity_and_references_pick_rows_of_an_origin(folder: Path) -> None:
    text = (
        "entities: {user: {from: users.csv, activity: {zipf: {exponent: 1.5}}}}\n"
        "events: {e: {refs: {who: user}, fields: {u: who.user_id, n: {lookup: {by: who.age, table: {20: first}}}}}}\n"
    )
    found = sample(compile_plan(loads(text, folder=folder)), 2000).frames["e"]
    assert found["u"].value_counts(sort=True)["u"][0] == "u00"
    assert ((found["n"] == "first").fill_null(value=False) == (found["u"] == "u00")).all()


@pytest.mark.parametrize("batch", [1, 13])
def test_batches_change_nothing(folder: Path, batch: int) -> None:
    plan = compile_plan(loads(document("users.csv"), folder=folder))
    small = pl.concat([each.frames["e"] for each in Stream(plan, batch=batch, limit=100)])
    assert small.equals(sample(plan, 100).frames["e"])


SPARSE = """entities:
  user:
    count: 60
    fields:
      bonus: {integer: {min: 1, max: 9}, missing: 30%, nullable: 30%}
      tags: {list: {object: {k: {integer: {min: 0, max: 9}, nullable: 30%}, v: {city: , missing: 50%}}, missing: 20%},
             length: {integer: {min: 0, max: 3}}, missing: 20%, nullable: 20%}
      home: {object: {zip: {pattern: '#####', missing: 40%}, in: {object: {x: {city: , missing: 50%}}, missing: 20%}},
             missing: 20%, nullable: 20%}
"""


def test_what_is_absent_in_a_population_is_absent_again_when_it_is_read_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = "events: {e: {actor: user, fields: {b: actor.bonus, t: actor.tags, h: actor.home}}}\nlimit: {events: 300}\n"
    (folder / "first.yaml").write_text(SPARSE + rest)
    (folder / "second.yaml").write_text(f"entities: {{user: {{from: saved/user.parquet}}}}\n{rest}")
    monkeypatch.chdir(folder)
    assert main(["run", "first.yaml", "--save-entities", "saved", "--to", "first.jsonl"]) == 0
    assert main(["run", "second.yaml", "--save-entities", "again", "--to", "second.jsonl"]) == 0
    first = Path("first.jsonl").read_text()
    assert all(f'"{key}":' in first and f'"{key}":null' in first for key in "bth")
    assert Path("second.jsonl").read_text() == first
    assert Path("again/user.parquet").read_bytes() == Path("saved/user.parquet").read_bytes()


@pytest.mark.parametrize(
    "marks",
    ["{", "[]", '{"n": 1}', '{"n": "eA=="}', '{"n": "eNpLBAAAYgBi"}'],
)
def test_marks_that_are_damaged_are_told(folder: Path, marks: str) -> None:
    frame = pl.DataFrame({"n": range(40)})
    frame.write_parquet(folder / "marked.parquet", metadata={"synthwb.absent": marks})
    with pytest.raises(ScenarioError, match=r"marked\.parquet|origin"):
        compile_plan(loads("entities: {user: {from: marked.parquet}}\nevents: {e: {fields: {u: uuid}}}", folder=folder))


def test_what_a_run_saves_can_be_read_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = (
        "entities:\n  user:\n    count: 50\n    key: user_id\n    fields:\n"
        "      user_id: uuid\n      city: {city: , missing: 10%}\n"
        "      at: {datetime: {min: -9d, max: +0d}}\n      money: {uniform: {min: 0, max: 9}, as: {decimal: 3}}\n"
        "      tags: {list: {choice: [a, b]}, length: 2}\n      home: {object: {zip: {pattern: '#####'}}}\n"
    )
    rest = (
        "events: {e: {actor: user, fields: {u: actor.user_id, c: actor.city, t: actor.at, m: actor.money,"
        " g: actor.tags, h: actor.home}}}\nlimit: {events: 200}\n"
    )
    (folder / "first.yaml").write_text(made + rest)
    (folder / "second.yaml").write_text(f"entities: {{user: {{from: saved/user.parquet, key: user_id}}}}\n{rest}")
    monkeypatch.chdir(folder)
    assert main(["run", "first.yaml", "--save-entities", "saved", "--to", "first.jsonl"]) == 0
    assert [path.name for path in (folder / "saved").iterdir()] == ["user.parquet"]
    first = sample(compile_plan(load("first.yaml")), 200).frames["e"]
    second = sample(compile_plan(load("second.yaml")), 200).frames["e"]
    assert second.equals(first)
    assert second.schema == first.schema
    assert main(["run", "second.yaml", "--save-entities", "first.yaml/x", "--to", "x.jsonl"]) == 2
    assert "first.yaml/x" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document("user.csv"), "did you mean 'users.csv'?"),
        (
            document("born.csv", ", population: {churn: 1%/day}"),
            "born is when a row began to live: its population says that, not a column; name the columns",
        ),
        (document("twice.csv"), "'twice.csv' cannot be read as CSV: the column 'age' comes twice; rename one of them"),
        (document("users.csv", ", count: 41"), "a count of 41, and the origin has 40 rows; lower it to 40"),
        (
            document("users.csv", ", key: user"),
            "there is no column 'user' that could be the key; did you mean",
        ),
        (document("users.csv", ", key: city"), "does not identify a row: 'Bonn' comes more than once"),
        (document("users.csv", "", "x: actor.nme"), "there is no column 'nme' behind 'actor'; did you mean 'name'?"),
        (document("users.csv", ", fields: {name: uuid}"), "'name' is a column of the origin already"),
        (document("users.csv", ", fields: {m: {template: '{nme}'}}"), "there is no column 'nme'; did you mean 'name'?"),
        (
            document("{file: users.csv, columns: [agee]}", "", "x: actor.agee"),
            "there is no column 'agee'; did you mean 'age'?",
        ),
        (document("{file: users.csv, columns: [age]}"), "'user' has no field 'user_id'"),
        (document("{}"), "an origin is a file or an sql database"),
        (document("{file: users.csv, sql: {url: 'sqlite:///shop.db', table: users}}"), "not both"),
        (document("{sql: {url: 'sqlite:///shop.db'}}"), "names a table or a query"),
        (document("{sql: {url: shop.db, table: users}}"), "expected the URL of a database"),
        (document("{sql: {url: 'sqlite:///shp.db', table: users}}"), "there is no file 'shp.db'"),
        (document("{sql: {url: 'sqlite:///shop.db', table: user}}"), "has no table 'user'; did you mean 'users'?"),
        (document("{sql: {url: 'sqlite:///shop.db', table: empty_one}}"), "it gives no rows"),
        (document("{sql: {url: 'sqlite:///shop.db', query: select nowhere from users}}"), "no such column: nowhere"),
        (document("{sql: {url: 'nosuch://host/db', table: users}}"), "cannot be read"),
        (document("{sql: {url: 'postgresql://me:secret@host/db', table: users}}"), "a password stands in the document"),
        (document("{sql: {url: 'sqlite:///${NOT_SET_HERE}', table: users}}"), "NOT_SET_HERE is not set"),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(folder: Path, text: str, said: str) -> None:
    found = problems(text, folder)
    assert any(said in each for each in found), found


def test_a_population_that_is_made_still_needs_its_count_and_fields() -> None:
    found = [p.message for p in synthwb.check("entities: {user: {}}\nevents: {e: {fields: {x: uuid}}}")]
    assert any("needs 'count'" in each for each in found)
    assert any("needs 'fields'" in each for each in found)


def test_a_secret_of_the_environment_is_in_no_message_and_in_no_plan(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "hunter2")
    monkeypatch.setenv("DB_URL", "nosuch+driver://me:hunter2@nowhere/db")
    for url in ("nosuch://me:${DB_PASSWORD}@nowhere/db", "${DB_URL}"):
        scenario = loads(document(f"{{sql: {{url: '{url}', table: users}}}}"), folder=folder)
        assert "hunter2" not in repr(scenario)
        with pytest.raises(ScenarioError) as caught:
            compile_plan(scenario)
        assert "hunter2" not in str(caught.value)


def test_an_sqlite_path_may_come_from_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_DATABASE", "shop.db")
    text = document("{sql: {url: 'sqlite:///${SHOP_DATABASE}', table: users}}")
    assert compile_plan(loads(text, folder=folder)).pools["user"].count == 40


def test_without_sqlalchemy_the_extra_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(MissingExtra, match=r"pip install 'synthwb\[sql\]'"):
        compile_plan(loads(document("{sql: {url: 'sqlite:///shop.db', query: select 1 as user_id}}"), folder=folder))


def test_the_content_of_an_origin_belongs_to_the_plan(folder: Path) -> None:
    text = document("users.csv")
    first = compile_plan(loads(text, folder=folder)).fingerprint
    changed = (folder / "users.csv").read_text().replace("Name 3,", "Name three,")
    (folder / "users.csv").write_text(changed)
    plan = compile_plan(loads(text, folder=folder))
    assert plan.fingerprint != first
    assert "Name three" in plan.pools["user"].columns["name"].series().to_list()
