"""The listing of Faker's methods: complete, by family, with what is special about each."""

from __future__ import annotations

import re

import pytest

from synthwb.errors import UsageError
from synthwb.generators import faker_index
from synthwb.reference import Topic, find
from synthwb.reference.methods import families, marks, page
from synthwb.reference.trials import run


def test_every_method_is_in_one_family() -> None:
    listed = [method.name for group in families().values() for method in group]
    assert sorted(listed) == sorted(faker_index.names())


def test_what_every_locale_has_comes_first() -> None:
    for group in families().values():
        assert [bool(method.only) for method in group] == sorted(bool(method.only) for method in group)


def test_every_method_has_a_row_with_its_words_and_a_value() -> None:
    rows = [re.split(r"(?<!\\) \| ", line[2:-2]) for line in page().splitlines() if line.startswith("| `")]
    assert len(rows) == len(faker_index.names())
    for name, doc, sample, takes, noted in rows:
        method = faker_index.methods()[name.strip("`")]
        assert doc == method.doc
        assert bool(sample) is bool(method.example)
        assert re.findall(r"`(\w+)`", takes) == [argument.name for argument in method.parameters]
        assert ("*pool*" in noted) is (method.pool is not None)
        assert (f"*only* {', '.join(method.only)}" in noted) is bool(method.only)


def test_marks() -> None:
    known = faker_index.methods()
    assert list(marks(known["color_name"])) == []
    assert list(marks(known["date_of_birth"])) == ["pool"]
    assert list(marks(known["profile"])) == ["pool of 2,048"]
    assert list(marks(known["aadhaar_id"])) == ["pool", "only en_IN"]
    assert list(marks(known["city"])) == ["by {fake: city}"]


@pytest.mark.parametrize("name", ["date_of_birth", "color_name", "aadhaar_id", "profile", "department"])
def test_a_method_is_found_by_its_name_and_its_example_gives_values(name: str) -> None:
    (entry,) = find(name)
    assert (entry.topic, entry.family) == (Topic.GENERATOR, f"faker: {faker_index.methods()[name].family}")
    (shown,) = run({"x_method": entry.fields[0]}, 5).values()
    assert all(shown)


def test_one_of_ours_goes_before_fakers_and_a_function_stands_beside() -> None:
    assert [entry.family for entry in find("city")] == ["people"]
    assert [entry.topic for entry in find("year")] == [Topic.FUNCTION, Topic.GENERATOR]


def test_an_unknown_word_may_be_a_method() -> None:
    with pytest.raises(UsageError, match="did you mean date_of_birth"):
        find("date_of_brith")
