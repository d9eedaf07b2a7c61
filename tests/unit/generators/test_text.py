"""Patterns, templates and constants."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import polars as pl
import pytest
from generator_driver import SPAN, BareSite, arguments, block_of, bound, drawn, named, problems
from hypothesis import given
from hypothesis import strategies as st

from synthwb.engine.columns import Column, Pool
from synthwb.engine.text.patterns import pattern_of
from synthwb.scenario.model import Call, DType, Template


def template(*parts: str) -> Template:
    return Template("".join(parts), parts, SPAN)


def joined(parts: tuple[str, ...], **columns: Column) -> Column:
    block = block_of(max(map(len, columns.values()), default=3))
    block.columns.update(columns)
    return bound("template", template=template(*parts))(block)


@pytest.mark.parametrize(
    ("pattern", "regex", "domain"),
    [
        ("SKU-#####", r"SKU-\d{5}", 10**5),
        ("C-####", r"C-\d{4}", 10**4),
        ("?*", r"[A-Z][0-9A-Z]", 26 * 36),
        ("####-####-####-####", r"\d{4}-\d{4}-\d{4}-\d{4}", 10**16),
        (r"\#\?\*\\#", r"#\?\*\\\d", 10),
        ("no symbol", "no symbol", 1),
        ("Ü-##", r"Ü-\d\d", 100),
        ("*" * 30, r"[0-9A-Z]{30}", 2**62),
    ],
)
def test_patterns(pattern: str, regex: str, domain: int) -> None:
    assert problems("pattern", pattern=pattern) == []
    assert named("pattern").domain(arguments("pattern", pattern=pattern)) == domain
    values = drawn("pattern", 5000, pattern=pattern)
    assert values.dtype == pl.String
    assert values.str.contains(f"^{regex}$").all()
    assert values.n_unique() > min(domain, 5000) * 0.5


def test_every_symbol_takes_every_sign_equally_often() -> None:
    values = drawn("pattern", 100_000, pattern="#-?-*-#######")
    for place, signs in ((0, 10), (2, 26), (4, 36), (6, 10), (12, 10)):
        counts = values.str.slice(place, 1).value_counts().get_column("count").to_numpy()
        assert len(counts) == signs
        expected = 100_000 / signs
        assert ((counts - expected) ** 2 / expected).sum() < signs + 6 * (2 * signs) ** 0.5


@pytest.mark.parametrize("pattern", ["##", "??-####", "***-***-***", "*" * 14, "?" * 20])
def test_numbers_below_the_domain_give_different_texts(pattern: str) -> None:
    size = named("pattern").domain(arguments("pattern", pattern=pattern))
    assert size is not None
    nth = named("pattern").nth(Call("pattern", {"pattern": pattern}, SPAN), BareSite(1, "e.x", {}))
    rng = np.random.default_rng(1)
    numbers = np.unique(np.concatenate([np.arange(min(size, 5000)), rng.integers(0, size, 5000)])).astype(np.uint64)
    assert nth(numbers).series().n_unique() == len(numbers)


@pytest.mark.parametrize(
    ("pattern", "safe", "form"),
    [
        ("A-#", True, "codes"),
        ("A-#####", True, "matrix"),
        ('"#####', False, "plain"),
        ("é#####", False, "plain"),
        (r"\\#", False, "codes"),
    ],
)
def test_few_texts_are_pooled_and_many_are_bytes(pattern: str, safe: bool, form: str) -> None:
    column = bound("pattern", pattern=pattern)(block_of(10))
    assert column.ascii_safe is safe
    assert getattr(column, form) is not None


@pytest.mark.parametrize(
    ("pattern", "words"), [("", "empty"), ("A\\", "backslash"), (r"A\\\ "[:-1], "backslash"), ("#" * 300, "300 char")]
)
def test_patterns_that_are_refused(pattern: str, words: str) -> None:
    ((where, message),) = problems("pattern", pattern=pattern)
    assert where == "pattern"
    assert words in message


def test_a_backslash_at_the_end_is_refused_by_the_engine_too() -> None:
    with pytest.raises(ValueError, match="ends in a backslash"):
        pattern_of("A\\")


@given(
    st.text(st.sampled_from('#?*\\-aÜ"0'), min_size=1, max_size=24).filter(lambda t: not problems("pattern", pattern=t))
)
def test_any_pattern_gives_text_of_its_form(pattern: str) -> None:
    regex, escaped = "", False
    for sign in pattern:
        kinds = {"#": "[0-9]", "?": "[A-Z]", "*": "[0-9A-Z]"}
        if not escaped and sign == "\\":
            escaped = True
            continue
        regex += re.escape(sign) if escaped else kinds.get(sign, re.escape(sign))
        escaped = False
    assert all(re.fullmatch(regex, value) for value in drawn("pattern", 20, pattern=pattern))


def test_values_are_written_as_json_writes_them() -> None:
    columns = {
        "s": Column.of(pl.Series(["x", "y"])),
        "i": Column.of(pl.Series([1, -2])),
        "f": Column.of(pl.Series([23.0, 0.1])),
        "b": Column.of(pl.Series([True, False])),
        "t": Column.of(pl.Series([0, 1_500]).cast(pl.Datetime("ms", "UTC")).cast(pl.Datetime("us", "UTC"))),
        "d": Column.of(pl.Series(["1.50", "2"]).cast(pl.Decimal(38, 2))),
        "o": Column.of(pl.Series([{"a": 1}, {"a": 2}])),
        "l": Column.of(pl.Series([[1, 2], []], dtype=pl.List(pl.Int64))),
        "m": Column.fixed(np.frombuffer(b"abcd", np.uint8).reshape(2, 2)),
        "p": Column.coded(Pool(pl.Series([7, 8])), np.array([1, 0])),
    }
    parts = ["<"]
    for name in columns:
        parts += [name, "|"]
    assert joined(tuple(parts), **columns).series().to_list() == [
        '<x|1|23.0|true|1970-01-01T00:00:00.000Z|1.50|{"a":1}|[1,2]|ab|8|',
        '<y|-2|0.1|false|1970-01-01T00:00:01.500Z|2.00|{"a":2}|[]|cd|7|',
    ]


@pytest.mark.parametrize("dtype", [pl.String(), pl.Int64(), pl.Boolean(), pl.Datetime("us", "UTC"), pl.List(pl.Int64)])
def test_a_null_or_an_absent_value_makes_the_text_null(dtype: pl.DataType) -> None:
    given_values = pl.Series([None, None], dtype=dtype)
    known = Column.of(pl.Series(["k", "k"]))
    assert joined(("a", "x", "b", "y", "c"), x=Column.of(given_values), y=known).series().to_list() == [None, None]
    absent = Column.coded(Pool(pl.Series(["p"])), np.zeros(2, np.uint32)).without(np.array([True, False]))
    assert joined(("a", "x", "b", "y", ""), x=absent, y=known).series().to_list() == [None, "apbk"]
    assert joined(("a", "x", "b"), x=absent).series().to_list() == [None, "apb"]


def test_text_of_one_pool_is_a_pool_made_once() -> None:
    draw = bound("template", template=template("<", "p", ">"))
    pool = Pool(pl.Series(["a", None]))
    found = []
    for codes in ([0, 1], [1, 0]):
        block = block_of(2)
        block.columns["p"] = Column.coded(pool, np.array(codes), ascii_safe=True)
        found.append(draw(block))
    assert [column.series().to_list() for column in found] == [["<a>", None], [None, "<a>"]]
    assert found[0].pool is found[1].pool is not None
    assert found[0].ascii_safe


def test_only_safe_parts_promise_safe_text() -> None:
    number, text = Column.of(pl.Series([1])), Column.of(pl.Series(["x"]))
    assert joined(("a", "x", ""), x=number).ascii_safe
    assert not joined(("é", "x", ""), x=number).ascii_safe
    assert not joined(('"', "x", ""), x=number).ascii_safe
    assert not joined(("a", "x", ""), x=text).ascii_safe


def test_a_template_without_names_is_its_text() -> None:
    assert joined(("only {text}",)).series().to_list() == ["only {text}"] * 3


@pytest.mark.parametrize(
    ("value", "dtype", "polars"),
    [
        ("web", DType.STRING, pl.String()),
        (3, DType.INTEGER, pl.Int64()),
        (3.5, DType.FLOAT, pl.Float64()),
        (True, DType.BOOLEAN, pl.Boolean()),
        (None, DType.NULL, pl.Null()),
        (["a", "b"], DType.LIST, pl.List(pl.String)),
        ({"unit": "kg", "digits": 2}, DType.OBJECT, pl.Struct({"unit": pl.String, "digits": pl.Int64})),
    ],
)
def test_constants(value: Any, dtype: DType, polars: pl.DataType) -> None:
    assert problems("const", value=value) == []
    assert named("const").dtype(arguments("const", value=value), lambda path: DType.UNKNOWN) is dtype
    values = drawn("const", 3, value=value)
    assert values.dtype == polars
    assert values.to_list() == [value] * 3
    assert drawn("const", 0, value=value).dtype == polars


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "nan is not"),
        ({"a": [float("inf")]}, "inf is not"),
        (2**63, "64 bits"),
        ([1, "a"], "mixes int and str"),
    ],
)
def test_constants_that_json_or_a_column_cannot_hold(value: Any, words: str) -> None:
    ((where, message),) = problems("const", value=value)
    assert where == "value"
    assert words in message
