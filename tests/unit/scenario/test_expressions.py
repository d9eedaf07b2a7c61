"""Expressions: what is a scalar, what is refused and why, and the type of what remains."""

from __future__ import annotations

import pytest

from synthwb.scenario.expressions import ExpressionError, column_path, examine, parse_expression, rewrite
from synthwb.scenario.functions import FUNCTIONS, INSTEAD, REFUSED
from synthwb.scenario.model import DType
from synthwb.scenario.typecheck import TypeFlaw, infer

TYPES = {
    "i": DType.INTEGER,
    "f": DType.FLOAT,
    "d": DType.DECIMAL,
    "s": DType.STRING,
    "b": DType.BOOLEAN,
    "t": DType.TIMESTAMP,
    "o": DType.OBJECT,
    "l": DType.LIST,
    "n": DType.NULL,
    "u": DType.UNKNOWN,
}


def dtype(text: str) -> DType:
    return infer(parse_expression(text), TYPES.__getitem__)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", []),
        ("qty", ["qty"]),
        ('"order" + item.price', ["order", "item.price"]),
        ('"a b"."c-d" || a.b.c.d.e', ["a b.c-d", "a.b.c.d.e"]),
        ("order + key + user + left + date", ["order", "key", "user", "left", "date"]),
        ("case when a then b else c end", ["a", "b", "c"]),
        ("a in (1, b) and not c between 1 and d", ["a", "b", "c", "d"]),
        ("if(a is not null, div(a, 2), mod(a, 2)) -- why", ["a", "a", "a"]),
        ("name like 'A%' or name ilike '_b'", ["name", "name"]),
        ("cast(a as int) + b::double", ["a", "b"]),
        ("-a % 3 <> +b", ["a", "b"]),
        ("'it''s' || s", ["s"]),
    ],
)
def test_scalars_are_taken(text: str, names: list[str]) -> None:
    checked = examine(text)
    assert not checked.flaws
    assert sorted(name.path for name in checked.names) == sorted(names)
    for name in checked.names:
        assert text[name.start : name.end].replace('"', "") == name.path


@pytest.mark.parametrize(
    ("text", "said", "marked"),
    [
        ("1 + sum(a)", "many rows", "sum"),
        ("count(*)", "many rows", "count"),
        ("row_number() over (order by a)", "window", "a"),
        ("sum(a) filter (where b)", "aggregate", "a) filter (where b"),
        ("a + (select 1)", "subquery", None),
        ("exists(select 1)", "subquery", None),
        ("select 1", "subquery", "select 1"),
        ("a in (select 1)", "subquery", None),
        ("now()", "wall clock", "now"),
        ("a < current_timestamp", "wall clock", "current_timestamp"),
        ("random() * 2", "draws outside the seed", "random"),
        ("uuid()", "draws outside the seed", "uuid"),
        ("roudn(a)", "unknown function 'roudn'", "roudn"),
        ("substring(a, 1, 2)", "unknown function", "substring"),
        ("round()", "0 arguments", "round"),
        ("round(1, 2, 3)", "round(x[, digits])", "round"),
        ("a ^ 2", "^ is not available", None),
        ("a[1]", "list", "a"),
        ("a is true", "NULL only", "a"),
        ("a like b", "written out", None),
        ("a similar to 'b'", "regular expressions", None),
        ("cast(a as json)", "cannot cast to json", "json"),
        ("a at time zone 'UTC'", "time zones", "a"),
        ("interval '1' day", "intervals", None),
        ("a +", "missing after '+'", "+"),
        ("a b", "'b' was not expected", "b"),
        ("a; b", "one expression only", "; b"),
        ("'abc", "not closed", None),
        ("  ", "empty", None),
        ("/* nothing */", "empty", None),
        ("99999999999999999999", "64 bits", "99999999999999999999"),
        ("1e999", "64 bits", "1e999"),
        ("1e9990.006 * a", "not a number", "1e9990.006"),
        ("(" * 200 + "a" + ")" * 200, "levels", None),
        ("a" + " + a" * 200, "levels", None),
        ("not " * 2000, "longer than", None),
        ("a.*", "not", None),
        ("f(x -> x)", "unknown function", "f"),
    ],
)
def test_everything_else_is_refused_with_a_reason(text: str, said: str, marked: str | None) -> None:
    checked = examine(text)
    assert checked.tree is None
    flaw = checked.flaws[0]
    assert said in flaw.message
    assert 0 <= flaw.start <= flaw.end <= len(text)
    if marked is not None:
        assert text[flaw.start : flaw.end] == marked
    with pytest.raises(ExpressionError):
        parse_expression(text)


def test_trees_are_kept() -> None:
    assert parse_expression("a + 1") is parse_expression("a + 1")


def test_paths_of_columns() -> None:
    assert column_path(parse_expression("a.b.c")) == "a.b.c"
    assert column_path(parse_expression("a + b")) is None


def test_rewriting_names_leaves_the_rest_alone() -> None:
    text = "round(e.qty*2 , 1) + e.qty + qty"
    assert rewrite(text, {"e.qty": "qty", "qty": "qty"}) == 'round("qty"*2 , 1) + "qty" + qty'


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("i + 1", DType.INTEGER),
        ("i + 1.0", DType.FLOAT),
        ("i / 2", DType.FLOAT),
        ("i % 2", DType.INTEGER),
        ("d * 2", DType.DECIMAL),
        ("d * f", DType.FLOAT),
        ("div(f, 2)", DType.INTEGER),
        ("-i", DType.INTEGER),
        ("round(f, 2)", DType.FLOAT),
        ("round(i)", DType.INTEGER),
        ("floor(f)", DType.FLOAT),
        ("s || i", DType.STRING),
        ("concat(s, i, b)", DType.STRING),
        ("i > 1 and b or not b", DType.BOOLEAN),
        ("s in ('a', 'b')", DType.BOOLEAN),
        ("t > '2026-01-01'", DType.BOOLEAN),
        ("t between '2026-01-01' and t", DType.BOOLEAN),
        ("n is null", DType.BOOLEAN),
        ("case when b then 1 end", DType.INTEGER),
        ("case i when 1 then 'a' else s end", DType.STRING),
        ("case when b then 1 else 2.5 end", DType.FLOAT),
        ("coalesce(n, i, f)", DType.FLOAT),
        ("if(b, s, null)", DType.STRING),
        ("nullif(i, 0)", DType.INTEGER),
        ("least(i, f)", DType.FLOAT),
        ("clip(i, 0, 9)", DType.INTEGER),
        ("sigmoid(i)", DType.FLOAT),
        ("length(s)", DType.INTEGER),
        ("starts_with(s, 'a')", DType.BOOLEAN),
        ("s like 'a%'", DType.BOOLEAN),
        ("year(t) + epoch(t)", DType.FLOAT),
        ("cast(s as int)", DType.INTEGER),
        ("cast(s as timestamp)", DType.TIMESTAMP),
        ("cast(t as text)", DType.STRING),
        ("null", DType.NULL),
        ("u + 1", DType.UNKNOWN),
        ("o", DType.OBJECT),
    ],
)
def test_types(text: str, found: DType) -> None:
    assert dtype(text) is found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("s + 1", "needs numbers, not string"),
        ("b + 1", "needs numbers, not boolean"),
        ("t - t", "needs numbers, not timestamp"),
        ("s = 1", "cannot compare string with integer"),
        ("t > 'soon'", "not a time"),
        ("i and b", "AND needs true or false"),
        ("not i", "NOT needs true or false"),
        ("case when i then 1 end", "CASE needs true or false"),
        ("case when b then 1 else 'a' end", "different types: integer and string"),
        ("coalesce(i, s)", "different types"),
        ("upper(i)", "must be string, not integer"),
        ("year(s)", "must be timestamp"),
        ("round(f, i)", "digits of round"),
        ("round(f, 99)", "digits of round"),
        ("cast(t as int)", "cannot cast timestamp"),
        ("i like 'a'", "LIKE needs text"),
        ("o = 1", "is an object"),
        ("length(l)", "is a list"),
    ],
)
def test_types_that_do_not_fit(text: str, said: str) -> None:
    with pytest.raises(TypeFlaw, match=said):
        dtype(text)


def test_the_tables_of_functions_fit_together() -> None:
    assert not set(FUNCTIONS) & set(REFUSED)
    assert not set(FUNCTIONS) & set(INSTEAD)
    for function in FUNCTIONS.values():
        assert function.least >= 1
        assert function.signature.startswith(f"{function.name}(")
        assert all(i < len(function.arguments) for i in function.common)
