"""Words, sentences and paragraphs: their form, their locales, and how many words there are."""

from __future__ import annotations

import polars as pl
import pytest
from documents import complaints, in_batches, scenario, values
from faker.factory import Factory
from generator_driver import block_of, bound

from synthwb.encode import encoder
from synthwb.engine import Stream, compile_plan, sample
from synthwb.engine.text import prose
from synthwb.errors import SynthwbError
from synthwb.scenario import loads


def words_of(locale: str) -> list[str]:
    """Faker's own list."""
    provider = next(p for p in Factory.create(locale).providers if p.__provider__ == "faker.providers.lorem")
    return list(provider.word_list)


ENGLISH = set(words_of("en_US"))


def test_a_sentence_is_words_with_a_capital_and_a_full_stop() -> None:
    found = values("sentence", 3000)
    assert found.str.contains(r"^[A-Z].*\.$").all()
    assert not found.str.contains(r"  |^ |\. ").any()
    parts = found.str.strip_suffix(".").str.split(" ")
    assert set(parts.list.len()) == set(range(3, 9))
    assert set(parts.list.slice(1).explode()) <= ENGLISH
    assert set(parts.list.first()) <= {word.title() for word in ENGLISH}


def test_a_paragraph_is_sentences() -> None:
    found = values("{paragraph: {words: {integer: {min: 1, max: 3}}}}", 3000)
    parts = found.str.strip_suffix(".").str.split(". ")
    assert set(parts.list.len()) == {1, 2, 3, 4}
    inner = parts.explode().str.split(" ")
    assert set(inner.list.len()) == {1, 2, 3}
    assert set(inner.list.slice(1).explode().drop_nulls()) <= ENGLISH
    assert set(inner.list.first()) <= {word.title() for word in ENGLISH}


@pytest.mark.parametrize(
    ("field", "form"),
    [
        ("words", r"^\S+ \S+ \S+$"),
        ("{words: 0}", "^$"),
        ("{words: {count: 2, separator: ', '}}", r"^\S+, \S+$"),
        ("{words: {count: 12, separator: ''}}", r"^\S{20,}$"),
        ("{words: {expr: '4 - 1'}}", r"^\S+ \S+ \S+$"),
        ("{words: {count: {choice: [4, 5]}}}", r"^\S+( \S+){3,4}$"),
        ("{words: {count: {normal: {mean: -3, std: 0.1}}}}", "^$"),
        ("{words: {count: {const: null}}}", "^$"),
        ("{sentence: 1}", r"^[A-Z]\S*\.$"),
        ("{sentence: 0}", "^$"),
        ("{sentence: {words: {const: 0}}}", "^$"),
        ("{sentence: 11}", r"^[A-Z]\S*( \S+){10}\.$"),
        ("{sentence: {words: {integer: {min: 0, max: 1}}}}", r"^([A-Z]\S*\.)?$"),
        ("{paragraph: 0}", "^$"),
        ("{paragraph: {sentences: 2, words: 1}}", r"^[A-Z]\S*\. [A-Z]\S*\.$"),
        ("{paragraph: {sentences: 5, words: {integer: {min: 0, max: 1}}}}", r"^(([A-Z]\S*\. ){0,4}[A-Z]\S*\.)?$"),
    ],
)
def test_forms(field: str, form: str) -> None:
    found = values(field, 400)
    assert found.dtype == pl.String
    assert found.str.contains(form).all(), found.filter(~found.str.contains(form))[:3].to_list()
    if form != "^$":
        assert found.n_unique() > (150 if "1" in field else 350)


@pytest.mark.parametrize(
    ("locale", "form"),
    [
        ("ja_JP", "^[^ ]+。$"),
        ("th_TH", "^[^ ]+ $"),
        ("bn_BD", "^[^ ]+( [^ ]+){2,7}।$"),
        ("pt_BR", r"^[A-Z][a-z]*( [a-z]+)+\.$"),
    ],
)
def test_other_locales_write_as_faker_does(locale: str, form: str) -> None:
    found = values(f"{{sentence: {{}}, locale: {locale}}}", 300)
    assert found.str.contains(form).all()
    words = values(f"{{words: {{count: 1, separator: '|'}}, locale: {locale}}}", 3000)
    assert set(words) <= set(words_of(locale))
    assert words.n_unique() > 0.9 * len(set(words_of(locale)))


@pytest.mark.parametrize("count", ["3", "{integer: {min: 3, max: 3}}"])
def test_a_row_has_one_locale(count: str) -> None:
    text = (
        "locale: {en_US: 70, ja_JP: 20, th_TH: 10}\nevents: {e: {fields:"
        f" {{a: {{words: {{count: {count}, separator: '|'}}}}, b: {{sentence: {{words: {count}}}}},"
        " c: paragraph, d: last_name}}}"
    )
    found = sample(compile_plan(loads(text)), 3000).frames["e"]
    lists = {locale: set(words_of(locale)) for locale in ("en_US", "ja_JP", "th_TH")}
    rows = {}
    for a, b, c, d in found.select("a", "b", "c", "d").iter_rows():
        locale = next(each for each, words in lists.items() if set(a.split("|")) <= words)
        rows[locale] = rows.get(locale, 0) + 1
        assert a.replace("|", " " if locale == "en_US" else "").isascii() == b.isascii() == d.isascii()
        assert {"en_US": ".", "ja_JP": "。", "th_TH": " "}[locale] == b[-1] == c[-1]
    assert {locale: round(count / 300) for locale, count in rows.items()} == {"en_US": 7, "ja_JP": 2, "th_TH": 1}


@pytest.mark.parametrize("field", ["words", "sentence", "paragraph", "{sentence: {}, locale: [en_US, th_TH]}"])
def test_values_do_not_depend_on_batches_or_workers(field: str) -> None:
    found = values(field, 6000)
    assert found.head(700).equals(in_batches(field, 700, 31, workers=2))
    assert found.equals(in_batches(field, 6000, 4500))
    name = field.strip("{").partition(":")[0]
    assert bound(name)(block_of(0)).series().to_list() == []


def test_fixed_words_stay_side_by_side_until_they_are_written() -> None:
    column = bound("words")(block_of(10))
    assert len(column.parts) == 3
    assert column.ascii_safe
    plan = compile_plan(scenario("{sentence: 2}"))
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode
    (batch,) = Stream(plan, limit=50)
    lines = pl.read_ndjson(b"".join(bytes(payload.data) for payload in encode(batch)))
    assert lines["x"].equals(batch.frames["e"]["x"].alias("x"))


def test_fakers_own_are_still_there() -> None:
    assert values("{fake: words}", 5).dtype == pl.List(pl.String)
    assert (
        values("{fake: {method: sentence, args: {nb_words: 2, variable_nb_words: false}}}", 5)
        .str.contains(r"^\S+ \S+\.$")
        .all()
    )
    assert values("{list: word, length: 3}", 5).list.len().to_list() == [3] * 5


def test_more_words_than_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prose, "TOGETHER", 1000)
    with pytest.raises(SynthwbError, match="1,200 words for events that are made together, and at most 1,000 fit"):
        values("{words: 12}", 100)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{words: 2.5}", "is 2.5; it is a count"),
        ("{words: -1}", "must be at least 0"),
        ("{sentence: 5000}", "must be at most 1000"),
        ("{paragraph: {sentence: 3}}", "unknown parameter 'sentence'"),
        ("{sentence: {nb_words: 3}}", "nb_words"),
        ("{sentence: {words: first_name}}", "expected a number or a numeric generator"),
        ("{sentence: {}, locale: xx_XX}", "xx_XX"),
        ("{words: {}, unique: true}", "cannot be counted"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)
