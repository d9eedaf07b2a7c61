"""``lookup``: tables in the document and in files, and what is said of those that do not fit."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import synthwb
from synthwb.encode import encoder
from synthwb.engine import Stream, compile_plan, sample
from synthwb.errors import ScenarioError, SynthwbError
from synthwb.scenario import load, loads

ROWS = 600
PRODUCTS = {"sku": ["A-1", "B-2", "C-3"], "price": [2.5, 7.0, None], "name": ["Anvil", "Bolt", "Cog"], "n": [1, 2, 3]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The same table in every format."""
    table = pl.DataFrame(PRODUCTS)
    table.write_csv(tmp_path / "products.csv")
    table.write_csv(tmp_path / "products.tsv", separator="\t")
    table.write_json(tmp_path / "products.json")
    table.write_ndjson(tmp_path / "products.jsonl")
    table.write_parquet(tmp_path / "products.parquet")
    (tmp_path / "by_key.json").write_text(json.dumps({row["sku"]: row for row in table.to_dicts()}))
    (tmp_path / "pairs.json").write_text('{"A-1": 10, "B-2": 20}')
    (tmp_path / "german.csv").write_text("sku;ort\nA-1;Köln\nB-2;Bonn\n")
    (tmp_path / "codes.csv").write_text("sku,zip,flag,half\nA-1,00123,true,.5\nB-2,01234,false,2e3\n")
    return tmp_path


def document(field: str) -> str:
    return f"events:\n  e:\n    fields:\n      sku: {{choice: [A-1, B-2, C-3, D-4]}}\n      x: {field}\n"


def column(field: str, folder: Path | None = None) -> dict[str, object]:
    """The value of ``x`` for each sku."""
    found = sample(compile_plan(loads(document(field), folder=folder)), ROWS).frames["e"]
    return {sku: part["x"][0] for (sku,), part in found.group_by("sku")}


def problems(field: str, folder: Path | None = None) -> list[str]:
    return [f"{p.message}; {p.hint}" for p in synthwb.check(document(field), folder=folder)]


def test_values_by_key() -> None:
    found = column("{lookup: {by: sku, table: {A-1: 1, B-2: 2.5}}}")
    assert found == {"A-1": 1.0, "B-2": 2.5, "C-3": None, "D-4": None}


def test_rows_by_key_and_lists_of_rows_give_objects_or_single_values() -> None:
    rows = "[{code: A-1, n: 1, w: a}, {code: B-2, n: 2}]"
    assert column(f"{{lookup: {{by: sku, table: {rows}}}}}")["B-2"] == {"n": 2, "w": None}
    assert column(f"{{lookup: {{by: sku, table: {rows}, value: w}}}}")["A-1"] == "a"
    assert column("{lookup: {by: sku, table: {A-1: {n: 1}, B-2: {m: 2}}}}")["A-1"] == {"n": 1, "m": None}
    by_name = f"{{lookup: {{by: sku, table: {rows}, key: w, value: n, default: 9}}}}"
    assert set(column(by_name).values()) == {9}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "json", "jsonl", "parquet"])
def test_files_of_every_format(folder: Path, suffix: str) -> None:
    wanted = {"A-1": 2.5, "B-2": 7.0, "C-3": None, "D-4": 0.0}
    assert column(f"{{lookup: {{by: sku, file: products.{suffix}, value: price, default: 0}}}}", folder) == wanted
    whole = column(f"{{lookup: {{by: sku, file: products.{suffix}, key: sku, value: [name, n]}}}}", folder)
    assert whole["B-2"] == {"name": "Bolt", "n": 2}
    assert whole["D-4"] is None


def test_json_by_key_and_other_separators(folder: Path) -> None:
    assert column("{lookup: {by: sku, file: by_key.json, value: name}}", folder)["C-3"] == "Cog"
    assert column("{lookup: {by: sku, file: pairs.json}}", folder)["B-2"] == 20
    assert column("{lookup: {by: sku, file: german.csv}}", folder)["A-1"] == "Köln"


def test_csv_gives_numbers_and_keeps_leading_zeros(folder: Path) -> None:
    found = column("{lookup: {by: sku, file: codes.csv, value: [zip, flag, half]}}", folder)
    assert found["A-1"] == {"zip": "00123", "flag": True, "half": 0.5}
    assert found["B-2"] == {"zip": "01234", "flag": False, "half": 2000.0}


def test_parts_of_a_row_are_read_by_their_names(folder: Path) -> None:
    text = document("{lookup: {by: sku, file: products.csv, value: [name, n]}}") + (
        "      y: x.name\n      z: {expr: x.n * 2}\n      o: {object: {r: {lookup: {by: sku, file: pairs.json}}}}\n"
    )
    found = sample(compile_plan(loads(text, folder=folder)), ROWS).frames["e"].filter(pl.col("sku") == "B-2")
    assert set(found["y"]) == {"Bolt"}
    assert set(found["z"]) == {4}
    assert found["o"][0] == {"r": 20}


def test_an_attribute_of_the_actor_is_looked_up(folder: Path) -> None:
    text = (
        "entities: {u: {count: 40, fields: {sku: {choice: [A-1, B-2]}, n: {lookup: {by: sku, file: pairs.json}}}}}\n"
        "events: {e: {actor: u, fields: {a: actor.n, b: {lookup: {by: actor.sku, file: pairs.json}}}}}\n"
    )
    found = sample(compile_plan(loads(text, folder=folder)), 100).frames["e"]
    assert found["a"].equals(found["b"])


def test_unknown_keys_are_null_absent_or_the_end() -> None:
    fields = document("{lookup: {by: sku, table: {A-1: 1}, unknown: absent}}")
    plan = compile_plan(loads(fields))
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, 50))
    assert isinstance(payload.data, bytes)
    sent = [json.loads(line) for line in payload.data.splitlines()]
    assert all(("x" in row) == (row["sku"] == "A-1") for row in sent)
    with pytest.raises(SynthwbError, match=r"e\.x: the table has no row for ('[B-D]-\d'(, )?){3}; add it"):
        column("{lookup: {by: sku, table: {A-1: 1}, unknown: error}}")


def test_defaults_of_objects_are_objects_or_one_value_for_all() -> None:
    rows = "{A-1: {n: 1, w: a}, B-2: {n: 2, w: b}}"
    assert column(f"{{lookup: {{by: sku, table: {rows}, default: {{n: 0, w: none}}}}}}")["D-4"] == {"n": 0, "w": "none"}
    assert column(f"{{lookup: {{by: sku, table: {rows}, default: {{n: 0}}}}}}")["D-4"] == {"n": 0, "w": None}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("{lookup: {by: sku}}", "lookup needs one of table, file"),
        ("{lookup: {by: sku, table: {A: 1}, file: products.csv}}", "together: lookup takes only one of them"),
        ("{lookup: {by: sk, table: {A: 1}}}", "nothing is called 'sk' here; did you mean 'sku'?"),
        ("{lookup: {by: sku, table: {A: [1]}}}", "expected a single value, not a list"),
        ("{lookup: {by: sku, table: [A, B]}}", "expected a row"),
        ("{lookup: {by: sku, table: [{a: 1}, {a: 2}]}}", "has only the column 'a'"),
        ("{lookup: {by: sku, table: [{a: 1, b: 1}, {a: 1, b: 2}]}}", "has the key 1 twice"),
        ("{lookup: {by: sku, table: {A: {n: 1}}, value: nn}}", "there is no column 'nn': did you mean 'n'?"),
        ("{lookup: {by: sku, table: {A: 1}, default: 2, unknown: absent}}", "says already what becomes"),
        ("{lookup: {by: sku, table: {A: 1}, unknown: gone}}", "unknown unknown 'gone'"),
        ("{lookup: {by: sku, file: product.csv}}", "no such file or directory; did you mean 'products.csv'?"),
        ("{lookup: {by: sku, file: no/where.csv}}", "there is no folder 'no'"),
        (
            "{lookup: {by: sku, file: products.xlsx}}",
            "a table is a .csv, .tsv, .json, .jsonl, .ndjson or",
        ),
        ("{lookup: {by: sku, file: .}}", "says nothing of its format"),
        ("{lookup: {by: sku, file: folder.csv}}", "is a folder; name a file in it"),
        ("{lookup: {by: sku, file: empty.csv}}", "is empty"),
        ("{lookup: {by: sku, file: header.csv}}", "it has no rows"),
        ("{lookup: {by: sku, file: latin.csv}}", "it is not UTF-8 at byte 7; save it as UTF-8"),
        ("{lookup: {by: sku, file: ragged.csv}}", "a row has more cells than the header, which has 2"),
        ("{lookup: {by: sku, file: broken.json}}", "cannot be read as JSON: Expecting"),
        ("{lookup: {by: sku, file: scalar.json}}", "expected an array of objects, or an object by key"),
        ("{lookup: {by: sku, file: broken.jsonl}}", "as JSONL: line 2: Expecting ':' delimiter at character 5"),
        ("{lookup: {by: sku, file: broken.parquet}}", "cannot be read as PARQUET"),
        ("{lookup: {by: sku, file: twice.csv}}", "the key 'A' stands twice in column 'k' (rows 1 and 3)"),
        ("{lookup: {by: sku, file: products.csv, value: [nmae, prize]}}", "did you mean 'name'?"),
        ("{lookup: {by: sku, file: products.csv, key: sk, value: name}}", "did you mean 'sku'?"),
        (
            "{lookup: {by: sku, file: products.csv, value: price, default: none}}",
            "is of another type than column",
        ),
    ],
)
def test_what_does_not_fit_is_said_at_its_place(folder: Path, field: str, said: str) -> None:
    (folder / "folder.csv").mkdir()
    (folder / "empty.csv").touch()
    (folder / "header.csv").write_text("a,b\n")
    (folder / "latin.csv").write_bytes("sku,b\nKöln,1\n".encode("latin-1"))
    (folder / "ragged.csv").write_text("a,b\n1,2,3\n")
    (folder / "broken.json").write_text('[{"a": 1,')
    (folder / "scalar.json").write_text("[1, 2]")
    (folder / "broken.jsonl").write_text('{"a": 1}\n{"a"\n')
    (folder / "broken.parquet").write_bytes(b"PAR1 and nothing else")
    (folder / "twice.csv").write_text("k,v\nA,1\nB,2\nA,3\n")
    assert any(said in found for found in problems(field, folder)), problems(field, folder)


def test_all_missing_columns_are_reported_where_they_stand(folder: Path) -> None:
    text = document("{lookup: {by: sku, file: products.csv, value: [nmae, prize]}}")
    found = synthwb.check(text, folder=folder)
    assert [text[problem.span.start : problem.span.end] for problem in found] == ["nmae", "prize"]


def test_a_file_that_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert any("permission denied" in each for each in problems("{lookup: {by: sku, file: products.csv}}", folder))


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    with open(folder / "huge.csv", "wb") as file:
        file.truncate(300 * 2**20)
    (said,) = problems("{lookup: {by: sku, file: huge.csv}}", folder)
    assert "has 300 MB; at most 256 MB are read into memory" in said


def test_paths_begin_at_the_folder_of_the_scenario(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "scenario.yaml").write_text(document("{lookup: {by: sku, file: pairs.json}}"))
    monkeypatch.chdir("/")
    plan = compile_plan(load(folder / "scenario.yaml"))
    assert plan.schemas["e"].fields["x"] == pl.Int64


def test_the_content_of_a_file_belongs_to_the_plan_and_its_folder_does_not(folder: Path, tmp_path: Path) -> None:
    text = document("{lookup: {by: sku, file: pairs.json}}")
    other = tmp_path / "other"
    other.mkdir()
    (other / "pairs.json").write_bytes((folder / "pairs.json").read_bytes())
    first = compile_plan(loads(text, folder=folder)).fingerprint
    assert compile_plan(loads(text, folder=other)).fingerprint == first
    (other / "pairs.json").write_text('{"A-1": 10, "B-2": 21}')
    assert compile_plan(loads(text, folder=other)).fingerprint != first


def test_a_population_is_made_anew_when_its_file_has_changed(folder: Path) -> None:
    text = (
        "entities: {u: {count: 9, fields: {k: {const: A-1}, n: {lookup: {by: k, file: pairs.json}}}}}\n"
        "events: {e: {actor: u, fields: {n: actor.n}}}\n"
    )
    assert set(sample(compile_plan(loads(text, folder=folder)), 9).frames["e"]["n"]) == {10}
    (folder / "pairs.json").write_text('{"A-1": 1000, "B-2": 20}')
    assert set(sample(compile_plan(loads(text, folder=folder)), 9).frames["e"]["n"]) == {1000}


def test_a_file_that_goes_after_checking_is_said_when_compiling(folder: Path) -> None:
    scenario = loads(document("{lookup: {by: sku, file: pairs.json}}"), folder=folder)
    (folder / "pairs.json").unlink()
    with pytest.raises(ScenarioError, match=r"5:35: error: 'pairs\.json' cannot be read as JSON: no such file"):
        compile_plan(scenario)


def test_batches_change_nothing(folder: Path) -> None:
    plan = compile_plan(loads(document("{lookup: {by: sku, file: products.csv, value: [name, n]}}"), folder=folder))
    small = pl.concat([batch.frames["e"] for batch in Stream(plan, batch=7, limit=200)])
    assert small.equals(next(iter(Stream(plan, limit=200))).frames["e"])


@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "parquet"])
def test_samples_come_from_a_column_of_a_file(folder: Path, suffix: str) -> None:
    field = f"{{empirical: {{file: products.{suffix}, column: n}}}}"
    whole = sample(compile_plan(loads(document(field), folder=folder)), ROWS)
    assert set(whole.frames["e"]["x"]) == {1, 2, 3}
    assert whole.frames["e"]["x"].dtype == pl.Int64
    prices = f"{{empirical: {{file: products.{suffix}, column: price, smooth: linear}}}}"
    found = sample(compile_plan(loads(document(prices), folder=folder)), ROWS).frames["e"]["x"]
    assert found.is_between(2.5, 7.0).all()
    assert found.n_unique() > 500


@pytest.mark.parametrize(
    ("field", "said"),
    [
        (
            "{empirical: {file: products.csv}}",
            "has 4 columns; say which one is meant by column; there are sku",
        ),
        ("{empirical: {file: products.csv, column: sku}}", "column 'sku' holds text, and numbers are needed"),
        ("{empirical: {file: products.csv, column: prize}}", "did you mean 'price'?"),
        ("{empirical: {file: nothing.csv, column: b}}", "holds text, and numbers are needed"),
        ("{empirical: {values: [1], file: products.csv}}", "empirical takes only one of them"),
        ("{empirical: {values: [1], column: n}}", "is a column of a file, and no file is named"),
    ],
)
def test_samples_that_are_none_are_refused(folder: Path, field: str, said: str) -> None:
    (folder / "nothing.csv").write_text("a,b\n1,\n")
    assert any(said in found for found in problems(field, folder)), problems(field, folder)
