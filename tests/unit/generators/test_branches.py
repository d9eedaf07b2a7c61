"""``switch`` and ``same_as``: one field out of several, each made for its own rows."""

from __future__ import annotations

import json

import polars as pl
import pytest

from synthwb import check
from synthwb.encode import encoder
from synthwb.engine import Stream, compile_plan, sample
from synthwb.scenario import loads, parse

ROWS = 4000


def document(fields: str) -> str:
    """An event of these fields, beside a method and a number."""
    base = "method: {choice: {card: 5, cash: 3, wire: 1}}\nn: {integer: {min: 1, max: 100}}\n"
    lines = "".join(f"      {line}\n" for line in (base + fields).splitlines())
    return f"events:\n  e:\n    fields:\n{lines}"


def frame(fields: str, rows: int = ROWS) -> pl.DataFrame:
    return sample(compile_plan(loads(document(fields))), rows).frames["e"]


def records(fields: str, rows: int = 200) -> list[dict[str, object]]:
    """What is sent, as JSON reads it."""
    plan = compile_plan(loads(document(fields)))
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, rows))
    assert isinstance(payload.data, bytes)
    return [json.loads(line) for line in payload.data.splitlines()]


def problems(fields: str) -> list[str]:
    return [found.message for found in check(document(fields))]


def test_the_first_condition_that_holds_counts() -> None:
    arms = "{when: n > 80, then: 1}, {when: \"method = 'card'\", then: 2.5}, {else: {expr: n * -1}}"
    found = frame(f"x: {{switch: [{arms}]}}")
    wanted = (
        pl.when(pl.col("n") > 80).then(1.0).when(pl.col("method") == "card").then(2.5).otherwise(-1.0 * pl.col("n"))
    )
    assert found["x"].equals(found.select(x=wanted)["x"])


def test_without_else_the_value_is_null() -> None:
    found = frame('x: {switch: [{when: "n > 50", then: {const: high}}]}')
    assert (found["x"].is_null() == (found["n"] <= 50)).all()


def test_a_case_is_found_by_the_value_of_a_field() -> None:
    found = frame("x: {switch: {on: method, cases: {card: {pattern: 'C-##'}, cash: {const: till}}, else: method}}")
    by = {name: part["x"] for (name,), part in found.group_by("method")}
    assert by["card"].str.contains(r"^C-\d\d$").all()
    assert set(by["cash"]) == {"till"}
    assert set(by["wire"]) == {"wire"}


def test_a_case_named_null_stands_for_what_is_not_there() -> None:
    fields = "m: {choice: [a, b], nullable: 30%}\nx: {switch: {on: m, cases: {a: 1, null: 2}, else: 3}}"
    found = frame(fields)
    assert found["x"].to_list() == [{"a": 1, "b": 3, None: 2}[value] for value in found["m"]]


@pytest.mark.parametrize(
    ("field", "cases", "wanted"),
    [
        ("{integer: {min: 200, max: 202}}", "{200: ok, 201: made}", {200: "ok", 201: "made", 202: None}),
        ("{bernoulli: 0.5}", "{true: yes, false: no}", {True: "yes", False: "no"}),
        ("{choice: ['1', '2']}", "{1: one}", {"1": "one", "2": None}),
        ("{choice: [0.5, 1.5]}", "{0.5: half}", {0.5: "half", 1.5: None}),
        ("{choice: [1, 2], as: {decimal: 1}}", "{1: one}", {"1.0": "one", "2.0": None}),
    ],
)
def test_cases_take_the_type_of_what_decides(field: str, cases: str, wanted: dict[object, object]) -> None:
    branches = ", ".join(f"{one.split(': ')[0]}: {{const: '{one.split(': ')[1]}'}}" for one in cases[1:-1].split(", "))
    found = frame(f"k: {field}\nx: {{switch: {{on: k, cases: {{{branches}}}}}}}")
    keys = [str(key) if found["k"].dtype.is_decimal() else key for key in found["k"]]
    assert [wanted[key] for key in keys] == found["x"].to_list()


def test_a_branch_is_drawn_as_if_it_stood_alone() -> None:
    found = frame("x: {switch: {on: method, cases: {card: {normal: {mean: 10, std: 1}}}, else: {normal: {mean: -10}}}}")
    card = found.filter(pl.col("method") == "card")["x"]
    assert card.mean() == pytest.approx(10, abs=0.1)
    assert found.filter(pl.col("method") != "card")["x"].mean() == pytest.approx(-10, abs=0.1)
    more = frame("x: {switch: {on: method, cases: {card: {normal: {mean: 10, std: 1}}, cash: 1}, else: 2}}")
    assert more.filter(pl.col("method") == "card")["x"].equals(card)


def test_branches_have_modifiers_and_read_other_fields() -> None:
    arms = "card: {expr: n * 2, missing: 50%}, cash: {expr: n + 0.5, nullable: 50%, min: 20}"
    sent = records(f"x: {{switch: {{on: method, cases: {{{arms}}}}}}}", ROWS)
    card = [row for row in sent if row["method"] == "card"]
    assert sum("x" not in row for row in card) == pytest.approx(len(card) / 2, rel=0.1)
    assert all(row["x"] == row["n"] * 2 for row in card if "x" in row)  # type: ignore[operator]
    cash = [row["x"] for row in sent if row["method"] == "cash"]
    assert cash.count(None) == pytest.approx(len(cash) / 2, rel=0.15)
    assert min(value for value in cash if value is not None) == 20  # type: ignore[type-var]


def test_objects_of_different_children_are_sent_with_their_own_keys_only() -> None:
    arms = "card: {object: {pan: {pattern: '####'}, end: {expr: 'substr(pan, 3, 2)'}}}, cash: {object: {till: uuid}}"
    sent = records(f"x: {{switch: {{on: method, cases: {{{arms}}}}}, nullable: 10%}}", ROWS)
    for row in sent:
        keys = {"card": {"pan", "end"}, "cash": {"till"}}.get(row["method"])  # type: ignore[arg-type, call-overload]
        assert row["x"] is None or set(row["x"]) == keys  # type: ignore[call-overload]
        if row["method"] == "card" and row["x"] is not None:
            assert row["x"]["end"] == row["x"]["pan"][2:4]  # type: ignore[index]
    nulls = sum(row["x"] is None for row in sent if row["method"] != "wire")
    assert nulls == pytest.approx(0.1 * ROWS * 8 / 9, rel=0.2)


def test_lists_in_branches_keep_their_lengths() -> None:
    arms = "card: {list: {integer: {min: 1, max: 9}}, length: 2}, cash: {list: {uniform: {min: 0, max: 1}}, length: 5}"
    found = frame(f"x: {{switch: {{on: method, cases: {{{arms}}}}}}}")
    lengths = {"card": 2, "cash": 5, "wire": None}
    assert found["x"].list.len().to_list() == [lengths[name] for name in found["method"]]
    assert found["x"].dtype == pl.List(pl.Float64)


def test_switches_nest() -> None:
    inner = "{switch: [{when: n > 50, then: {const: dear}}, {else: {const: cheap}}]}"
    found = frame(f"x: {{switch: {{on: method, cases: {{card: {inner}}}, else: {{const: plain}}}}}}")
    wanted = ["plain" if m != "card" else "dear" if n > 50 else "cheap" for m, n in found.select("method", "n").rows()]
    assert found["x"].to_list() == wanted


def test_a_switch_in_a_population() -> None:
    text = (
        "entities: {u: {count: 500, fields: {tier: {choice: [free, pro]},"
        " spend: {switch: {on: tier, cases: {free: 0}, else: {uniform: {min: 1, max: 2}}}}}}}\n"
        "events: {e: {actor: u, fields: {spend: actor.spend, tier: actor.tier}}}\n"
    )
    found = sample(compile_plan(loads(text)), 500).frames["e"]
    assert ((found["spend"] == 0) == (found["tier"] == "free")).all()


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_batches_change_nothing(batch: int) -> None:
    arms = "card: {object: {pan: {pattern: '####'}}}, cash: {object: {till: uuid, m: n}}"
    fields = f"x: {{switch: {{on: method, cases: {{{arms}}}}}}}\ny: {{same_as: {{field: n, share: 50%, otherwise: 0}}}}"
    plan = compile_plan(loads(document(fields)))
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode

    def lines(size: int) -> bytes:
        made = [payload.data for each in Stream(plan, batch=size, limit=300) for payload in encode(each)]
        return b"".join(each for each in made if isinstance(each, bytes))

    assert lines(batch) == lines(300)


def test_same_as_is_the_value_of_the_other_field() -> None:
    found = frame("x: {same_as: n}")
    assert found["x"].equals(found["n"])


def test_same_as_takes_its_share_and_something_else_in_the_rest() -> None:
    found = frame(
        "a: uuid\nx: {same_as: {field: a, share: 80%, otherwise: uuid}}\ny: {same_as: {field: a, share: 0.5}}"
    )
    assert (found["x"] == found["a"]).mean() == pytest.approx(0.8, abs=0.02)
    assert found["x"].null_count() == 0
    assert found["y"].null_count() / ROWS == pytest.approx(0.5, abs=0.03)


def test_same_as_has_exceptions_and_a_share_of_its_own_in_each_row() -> None:
    found = frame(
        "x: {same_as: {field: n, unless: n > 50, otherwise: 0}}\ny: {same_as: {field: n, share: {expr: n / 100.0}}}"
    )
    assert found["x"].to_list() == [0 if n > 50 else n for n in found["n"]]
    assert found.filter(pl.col("n") > 90)["y"].is_not_null().mean() == pytest.approx(0.95, abs=0.04)
    assert found.filter(pl.col("n") < 10)["y"].is_not_null().mean() == pytest.approx(0.05, abs=0.04)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("{switch: []}", "expected a list of conditions and fields"),
        ("{switch: [{when: n > 1}]}", "an arm needs 'then'"),
        ("{switch: [{then: 1}]}", "an arm needs 'when'"),
        ("{switch: [{wehn: n > 1, then: 1}]}", "unknown key 'wehn'"),
        ("{switch: [{else: 1}, {when: n > 1, then: 2}]}", "else stands before the end"),
        ("{switch: [{when: n, then: 2}]}", "this gives integer, and when must be true or false"),
        ("{switch: [{when: m > 1, then: 2}]}", "nothing is called 'm' here"),
        (
            "{switch: [{when: n > 1, then: 2}, {else: {const: a}}]}",
            "give integer and string, which no one type",
        ),
        ("{switch: {cases: {a: 1}}}", "stand without on"),
        ("{switch: {on: n}}", "switch needs one of branches, cases"),
        ("{switch: {on: method, cases: {card: uuidd}}}", "unknown generator or path 'uuidd'"),
        ("{switch: {on: method, cases: {card: {uuid: {}, unique: true}}}}", "cannot be unique"),
        ("{same_as: nn}", "nothing is called 'nn' here"),
        ("{same_as: {field: n, otherwise: 3}}", "never counts"),
        ("{same_as: {field: n, unless: n, otherwise: 3}}", "unless must be true or false"),
    ],
)
def test_what_contradicts_itself_is_refused(field: str, message: str) -> None:
    assert any(message in found for found in problems(f"x: {field}")), problems(f"x: {field}")


def test_paths_lead_into_branches() -> None:
    text = document("x: {switch: {on: method, cases: {card: {uniform: {min: 3, max: 4}}}, else: {normal: {mean: 7}}}}")
    found = parse(text).document
    assert found.path_at(text.index("min: 3")) == "e.x.cases.card.min"
    assert found.path_at(text.index("mean: 7")) == "e.x.else.mean"
    text = document("x: {switch: [{when: n > 5, then: {uniform: {min: 3, max: 4}}}, {else: 9}]}")
    found = parse(text).document
    assert found.path_at(text.index("min: 3")) == "e.x.0.min"
    changed = parse(text, overrides={"e.x.0.max": "88"}).scenario
    assert changed is not None
    assert changed.events["e"].fields[-1].call.args["branches"][0].field.call.args["max"] == 88


def test_a_switch_among_the_elements_of_empty_lists() -> None:
    switch = '{switch: {on: method, cases: {card: {const: a}}, else: {pattern: "##"}}}'
    (same,) = {tuple(values) for values in frame(f"x: {{list: {switch}, length: 0}}", 50)["x"].to_list()}
    assert same == ()
