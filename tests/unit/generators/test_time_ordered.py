"""UUIDs of version 7 and ULIDs: their parts, their order, the time that they carry."""

from __future__ import annotations

import uuid

import numpy as np
import polars as pl
import pytest
from documents import complaints, in_batches, values

from synthwb.engine import compile_plan, sample
from synthwb.engine.text.identity import ulid_matrix, uuid7_matrix
from synthwb.scenario import loads

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOMENTS = np.array([0, 1, 999, 1000, 1_767_225_600_123_456, 1_767_225_600_123_457, 2**61], np.int64)
NOTHING, EVERYTHING = np.zeros(len(MOMENTS), np.uint64), np.full(len(MOMENTS), 2**64 - 1, np.uint64)
FIELDS = ["{uuid: {version: 7}}", "ulid"]


def texts(matrix: np.ndarray) -> list[str]:
    return [bytes(row).decode() for row in matrix]


def number(ulid: str) -> int:
    value = 0
    for digit in ulid:
        value = value * 32 + DIGITS.index(digit)
    return value


def test_a_uuid_7_has_the_parts_of_rfc_9562() -> None:
    for low, bits in ((NOTHING, 0), (EVERYTHING, 2**62 - 1)):
        for text, moment in zip(texts(uuid7_matrix(MOMENTS, low)), MOMENTS.tolist(), strict=True):
            found = uuid.UUID(text)
            assert str(found) == text
            assert found.version == 7
            assert found.variant == uuid.RFC_4122
            assert found.int >> 80 == moment // 1000 % 2**48
            assert (found.int >> 64) % 4096 == moment % 1000 * 4096 // 1000
            assert found.int % 2**62 == bits


def test_a_ulid_has_the_parts_of_its_specification() -> None:
    for bits, rest in ((NOTHING, 0), (EVERYTHING, 2**70 - 1)):
        for text, moment in zip(texts(ulid_matrix(MOMENTS, bits, bits)), MOMENTS.tolist(), strict=True):
            assert len(text) == 26
            value = number(text)
            assert value >> 80 == moment // 1000 % 2**48
            assert value >> 70 & 1023 == moment % 1000
            assert value % 2**70 == rest


def test_every_digit_of_a_ulid_is_where_it_belongs() -> None:
    rng = np.random.default_rng(3)
    high, low = rng.integers(0, 2**64, (2, 500), dtype=np.uint64)
    times = rng.integers(0, 2**50, 500, dtype=np.int64)
    for text, moment, first, last in zip(
        texts(ulid_matrix(times, high, low)), *map(list, (times, high, low)), strict=True
    ):
        whole = int(moment) // 1000 << 80 | int(moment) % 1000 << 70 | int(first) >> 58 << 64 | int(last)
        assert number(text) == whole


def test_times_before_1970_count_as_1970() -> None:
    early = np.array([-5_000_000], np.int64)
    assert texts(uuid7_matrix(early, NOTHING[:1]))[0].startswith("00000000-0000-7000")
    assert texts(ulid_matrix(early, NOTHING[:1], NOTHING[:1])) == ["0" * 26]


@pytest.mark.parametrize("field", FIELDS)
def test_they_sort_as_the_events_do_and_never_come_twice(field: str) -> None:
    found = values(field, 3000)
    assert found.to_list() == sorted(found)
    assert found.n_unique() == 3000
    assert found.equals(in_batches(field, 3000, 257, workers=2))


def test_the_time_may_be_another_field() -> None:
    text = """
entities:
  user:
    count: 50
    fields:
      since: {datetime: {min: 2020-01-01, max: 2025-01-01}}
      id: {ulid: since}
      other: {uuid: {version: 7, time: since}}
events:
  e: {actor: user, fields: {since: actor.since, ulid: actor.id, other: actor.other}}
"""
    frame = sample(compile_plan(loads(text)), 200).frames["e"]
    stamps = frame["since"].to_physical() // 1000
    assert [number(id_) >> 80 for id_ in frame["ulid"]] == stamps.to_list()
    assert [uuid.UUID(id_).int >> 80 for id_ in frame["other"]] == stamps.to_list()


def test_without_a_time_there_is_none() -> None:
    more = "      t: {datetime: {min: 2020-01-01, max: 2025-01-01}, nullable: 50%}\n"
    for field in ("{ulid: t}", "{uuid: {version: 7, time: t}}"):
        assert values(field, 100, more).is_null().equals(values("t", 100, more).is_null())


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{uuid: {version: 5}}", "5 is not made here"),
        ("{uuid: {version: 4, time: event.time}}", "carried by version 7 only"),
        ("{ulid: event.name}", "is string, not a timestamp"),
        ("{ulid: event.tim}", "event.tim"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)


def test_random_bits_are_even() -> None:
    found = values("ulid", 20_000)
    last = pl.Series(found).str.slice(-1).value_counts()["count"].to_numpy()
    assert len(last) == 32
    assert last.min() > 500
