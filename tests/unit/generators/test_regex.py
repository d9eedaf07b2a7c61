"""Texts that a regular expression matches: random ones, unique ones, and in which form they come."""

from __future__ import annotations

import re

import numpy as np
import pytest
from documents import complaints, in_batches, values
from generator_driver import BareSite, arguments, block_of, bound, drawn, named
from hypothesis import given, settings
from hypothesis import strategies as st

from synthwb.generators.registry import REQUIRED
from synthwb.scenario.model import Call
from synthwb.scenario.regexes import LONGEST, read_regex
from synthwb.scenario.regextree import count, lengths

LETTERS = st.sampled_from("abcXYZ019 _-é漢!\"'/")
MEMBERS = st.sampled_from(["a-f", "0-9", "x", "é", r"\d", r"\w", "_", r"\-", r"\]", "漢-漫"])
ATOMS = st.one_of(
    LETTERS,
    st.sampled_from([r"\d", r"\w", r"\s", r"\D", r"\.", r"\\", r"\|", r"\(", ".", r"\t", "[^a-y]"]),
    st.lists(MEMBERS, min_size=1, max_size=3).map(lambda parts: f"[{''.join(parts)}]"),
)
NUMBERS = st.sampled_from(["?", "*", "+", "{2}", "{0,3}", "{1,}", "{,2}", "{3}?", "+?", "{0}"])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda options: f"({'|'.join(options)})"),
        st.tuples(inner, NUMBERS).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
        st.tuples(ATOMS, NUMBERS).map("".join),
    )


PATTERNS = st.recursive(ATOMS, _wider, max_leaves=8).filter(lambda text: not read_regex(text).flaws)


@given(PATTERNS, st.booleans())
@settings(max_examples=300)
def test_every_value_of_every_pattern_matches_it(pattern: str, anchored: bool) -> None:
    found = drawn("regex", 60, regex=f"^(?:{pattern})$" if anchored else pattern).to_list()
    assert [text for text in found if re.fullmatch(pattern, text) is None] == []
    low, high = lengths(read_regex(pattern).tree)
    assert all(low <= len(text) <= high for text in found)


@given(PATTERNS)
@settings(max_examples=200)
def test_numbers_below_the_count_give_different_texts_that_match(pattern: str) -> None:
    size = count(read_regex(pattern).tree)
    if size is None:
        return
    nth = named("regex").nth(Call("regex", {"regex": pattern}, None), BareSite(1, "e.x", {}))  # type: ignore[arg-type]
    rng = np.random.default_rng(1)
    numbers = np.unique(np.concatenate([np.arange(min(size, 300)), rng.integers(0, size, 300), [size - 1]]))
    found = nth(numbers.astype(np.uint64)).series()
    assert found.n_unique() == len(numbers)
    assert all(re.fullmatch(pattern, text) for text in found)


@pytest.mark.parametrize(
    "pattern",
    [r"[A-Z]{2}\d{6}", r"[a-z]{1,9}@[a-z]{2,5}\.(com|org)", r"(\d{1,3}\.){3}\d{1,3}", r"((a|bb|c\d{0,4}){1,5}-?){0,6}"],
)
def test_values_do_not_depend_on_batches_or_workers(pattern: str) -> None:
    field = f"{{regex: '{pattern}'}}"
    found = values(field, 700)
    assert found.equals(in_batches(field, 700, 31, workers=2))
    assert found.n_unique() > 500
    assert drawn("regex", 0, regex=pattern).to_list() == []


@pytest.mark.parametrize(
    ("pattern", "safe", "form"),
    [
        (r"[A-Z]\d", True, "codes"),
        (r"[A-Z]{2}\d{4}", True, "matrix"),
        (r"(GET|POST) \d{9}", True, "parts"),
        ("(a|b)|é", False, "codes"),
        ('"[a-z]{6}', False, "plain"),
        ("[a-z]{3,8}", True, "plain"),
        ("[\u4e00-\u9fa5]", False, "codes"),
        ("[éü]{15}", False, "plain"),
        ("[é漢]{15}", False, "parts"),
    ],
)
def test_few_texts_are_pooled_and_forms_are_bytes(pattern: str, safe: bool, form: str) -> None:
    column = bound("regex", regex=pattern)(block_of(10))
    assert column.ascii_safe is safe
    assert getattr(column, form) is not None


def test_unique_values_are_all_that_there_are() -> None:
    found = values("{regex: '(EU|US)-[0-9]{3}|x{1,40}', unique: true}", 2040)
    assert found.n_unique() == 2040
    assert found.str.contains("^x+$").sum() == 40
    wide = values(r"{regex: '(A-\w{20}|B-\w{20})\d{0,1}', unique: true}", 3000)
    assert wide.n_unique() == 3000
    assert 1300 < wide.str.starts_with("A").sum() < 1700
    assert all(wide.str.slice(at, 1).n_unique() > 50 for at in range(2, 22))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{regex: '[a-z]{1,4}[0-9]{1,4}', unique: true}", "cannot be counted"),
        ("regex", "needs parameters"),
        ("{regex: {}}", "needs 'regex'"),
        ("{regex: 'a(?!b)'}", "looks around"),
        ("{regex: '[ab]', cardinality: 3}", "has only 2"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)


def test_the_longest_expression_is_compiled() -> None:
    assert arguments("regex")["regex"] is REQUIRED
    assert drawn("regex", 5, regex=rf"\w{{{LONGEST}}}").str.len_chars().to_list() == [LONGEST] * 5
    assert drawn("regex", 50, regex=rf"(ab?){{0,{LONGEST // 2}}}").str.len_chars().max() > 100
