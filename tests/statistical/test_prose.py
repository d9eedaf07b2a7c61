"""Words and their numbers against their laws at a million draws, and sentences against Faker's own."""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl
import pytest
from faker.factory import Factory
from generator_driver import drawn
from goodness import ALPHA, ROWS
from scipy import stats

from synthwb.generators.registry import generator

SOME = ROWS // 20


def even(values: pl.Series, outcomes: int) -> float:
    """The p-value of all outcomes being equally likely."""
    counts = values.value_counts()["count"].to_numpy()
    assert len(counts) == outcomes
    return float(stats.chisquare(counts).pvalue)


def give_or_take(number: int) -> dict[int, int]:
    """How many of Faker's 81 percentages give each count."""
    return Counter(int(number * percent / 100) for percent in range(60, 141))


def follows(counts: pl.Series, number: int) -> float:
    law = give_or_take(number)
    observed = Counter(counts.to_list())
    assert set(observed) == set(law)
    return float(stats.chisquare([observed[n] for n in law], [law[n] / 81 * len(counts) for n in law]).pvalue)


def test_the_words_of_a_sentence_are_as_many_as_fakers_and_every_word_is_even() -> None:
    sentences = drawn("sentence", ROWS).str.strip_suffix(".").str.to_lowercase().str.split(" ")
    assert follows(sentences.list.len(), 6) > ALPHA
    first, second = sentences.list.get(0), sentences.list.get(1)
    for words in (first, second, sentences.list.last()):
        assert even(words, 971) > ALPHA
    pairs = pl.DataFrame({"a": first.rank("dense") % 31, "b": second.rank("dense") % 31})
    table = pairs.group_by("a", "b").len().pivot("b", index="a", values="len").drop("a").to_numpy()
    assert stats.chi2_contingency(table).pvalue > ALPHA


def test_the_sentences_of_a_paragraph_are_as_many_as_fakers_and_differ() -> None:
    sentences = drawn("paragraph", ROWS // 4).str.strip_suffix(".").str.split(". ")
    assert follows(sentences.list.len(), 3) > ALPHA
    each = sentences.explode()
    assert follows(each.str.split(" ").list.len(), 6) > ALPHA
    three = sentences.filter(sentences.list.len() >= 3)
    counts = [three.list.get(at).str.split(" ").list.len().to_numpy() for at in range(3)]
    assert abs(np.corrcoef(counts)[np.triu_indices(3, 1)]).max() < 4.5 / len(three) ** 0.5


@pytest.mark.parametrize("count", [3, 20])
def test_a_number_of_words(count: int) -> None:
    words = drawn("words", SOME * 20 // count, count=count).str.split(" ")
    assert (words.list.len() == count).all()
    assert even(words.explode(), 971) > ALPHA


@pytest.mark.parametrize("name", ["sentence", "paragraph"])
def test_texts_are_alike_to_fakers(name: str) -> None:
    """Lengths and first words of two samples, by a test of two samples each."""
    assert generator(name) is not None
    faker = Factory.create("en_US")
    faker.seed_instance(20_260_101)
    method = faker.get_formatter(name)
    theirs, ours = pl.Series([method() for _ in range(10_000)]), drawn(name, SOME)
    assert stats.ks_2samp(theirs.str.len_chars(), ours.str.len_chars()).pvalue > ALPHA
    letters = [Counter(texts.str.head(1).to_list()) for texts in (theirs, ours)]
    shared = sorted(letters[0] | letters[1], key=lambda letter: letters[0][letter])[6:]
    table = [[each[letter] for letter in shared] for each in letters]
    assert stats.chi2_contingency(table).pvalue > ALPHA
