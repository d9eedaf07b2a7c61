"""Digests against hashlib, and XXH64 against its own specification."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
import pytest
from documents import complaints, in_batches, values

from synthwb.engine import compile_plan, sample
from synthwb.engine.text.digests import xxh64
from synthwb.scenario import loads

MORE = '      a: {pattern: "##-??"}\n      b: {integer: {min: 0, max: 99}}\n      c: {choice: [true, null]}\n'
M64 = 2**64 - 1
P1, P2, P3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P4, P5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def turned(value: int, by: int) -> int:
    return (value << by | value >> (64 - by)) & M64


def round_(state: int, word: int) -> int:
    return turned((state + word * P2) & M64, 31) * P1 & M64


def reference(data: bytes) -> int:
    """XXH64, seed 0, step by step as its specification has it."""
    place, state = 0, P5
    if len(data) >= 32:
        lanes = [(P1 + P2) & M64, P2, 0, -P1 & M64]
        while len(data) - place >= 32:
            lanes = [
                round_(s, int.from_bytes(data[place + 8 * i : place + 8 * i + 8], "little"))
                for i, s in enumerate(lanes)
            ]
            place += 32
        state = sum(turned(s, by) for s, by in zip(lanes, (1, 7, 12, 18), strict=True)) & M64
        for lane in lanes:
            state = ((state ^ round_(0, lane)) * P1 + P4) & M64
    state = (state + len(data)) & M64
    while len(data) - place >= 8:
        state = (turned(state ^ round_(0, int.from_bytes(data[place : place + 8], "little")), 27) * P1 + P4) & M64
        place += 8
    if len(data) - place >= 4:
        state = (turned(state ^ int.from_bytes(data[place : place + 4], "little") * P1 & M64, 23) * P2 + P3) & M64
        place += 4
    for byte in data[place:]:
        state = turned(state ^ byte * P5 & M64, 11) * P1 & M64
    state = (state ^ state >> 33) * P2 & M64
    state = (state ^ state >> 29) * P3 & M64
    return state ^ state >> 32


def test_xxh64_has_the_digests_of_its_specification() -> None:
    known = {
        "": 0xEF46DB3751D8E999,
        "a": 0xD24EC4F1A98C6E5B,
        "as": 0x1C330FB2D66BE179,
        "asd": 0x631C37CE72A97393,
        "asdf": 0x415872F599CEA71E,
        "Call me Ishmael. Some years ago--never mind how long precisely-": 0x02A2E85470D6FD96,
    }
    assert xxh64(pl.Series(list(known))).tolist() == list(known.values())
    assert {text: reference(text.encode()) for text in known} == known


def test_xxh64_of_every_length_and_of_letters_beyond_ascii() -> None:
    letters = np.random.default_rng(1).integers(97, 123, (200, 200), dtype=np.uint8)
    texts = [bytes(row[:size]).decode() for size, row in enumerate(letters)] + ["é" * n + "漢" for n in range(40)]
    assert xxh64(pl.Series(texts)).tolist() == [reference(text.encode()) for text in texts]
    assert xxh64(pl.Series([], dtype=pl.String)).tolist() == []


@pytest.mark.parametrize("method", ["sha256", "sha512", "sha1", "md5"])
def test_digests_are_those_of_hashlib(method: str) -> None:
    found = values(f"{{hash: {{of: [a, b], method: {method}, salt: 's: '}}}}", 300, MORE)
    a, b = values("a", 300, MORE), values("b", 300, MORE)
    expected = [hashlib.new(method, f"s: {x}|{y}".encode()).hexdigest() for x, y in zip(a, b, strict=True)]
    assert found.to_list() == expected


def test_one_field_alone_and_a_few_digits_of_it() -> None:
    found = values("{hash: {of: a, length: 9}}", 100, MORE)
    assert found.to_list() == [hashlib.sha256(x.encode()).hexdigest()[:9] for x in values("a", 100, MORE)]
    assert values("{hash: a}", 100, MORE).str.slice(0, 9).equals(found)
    short = values("{hash: {of: b, method: xxh64, length: 5}}", 100, MORE)
    assert short.to_list() == [f"{reference(str(x).encode()):016x}"[:5] for x in values("b", 100, MORE)]


def test_buckets_are_the_first_64_bits_modulo_their_count() -> None:
    a = values("a", 300, MORE).to_list()
    found = values("{hash: {of: a, buckets: 7}}", 300, MORE)
    assert found.to_list() == [int(hashlib.sha256(x.encode()).hexdigest()[:16], 16) % 7 for x in a]
    found = values("{hash: {of: a, method: xxh64, buckets: 1000}}", 300, MORE)
    assert found.to_list() == [reference(x.encode()) % 1000 for x in a]


@pytest.mark.parametrize("field", ["{hash: [a, c]}", "{hash: {of: c, method: xxh64}}", "{hash: {of: c, buckets: 3}}"])
def test_a_null_has_no_digest(field: str) -> None:
    c = values("c", 200, MORE)
    assert values(field, 200, MORE).is_null().equals(c.is_null())
    assert 50 < c.null_count() < 150


def test_a_separator_keeps_values_apart() -> None:
    more = "      a: {choice: ['1', '11']}\n      b: {choice: ['1', '11']}\n"
    apart, together = (values(f"{{hash: {{of: [a, b]{s}}}}}", 200, more).n_unique() for s in ("", ", separator: ''"))
    assert (apart, together) == (4, 3)


@pytest.mark.parametrize("field", ["{hash: {of: [a, b], method: xxh64}}", "{hash: b}", "{hash: {of: a, buckets: 5}}"])
def test_values_do_not_depend_on_batches_or_workers(field: str) -> None:
    assert values(field, 700, MORE).equals(in_batches(field, 700, 31, MORE, workers=2))


def test_a_pool_and_its_rows_have_the_same_digests() -> None:
    """A large population is digested by the row for a small block, and whole for a large one."""
    text = """
entities: {user: {count: 3000, fields: {mail: email}}}
events: {e: {actor: user, fields: {mail: actor.mail, key: {hash: actor.mail}}}}
"""
    plan = compile_plan(loads(text))
    for rows in (20, 1000):
        frame = sample(plan, rows).frames["e"]
        assert frame["key"].to_list() == [hashlib.sha256(mail.encode()).hexdigest() for mail in frame["mail"]]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{hash: {of: a, method: md5, length: 33}}", "33 is above 32, the 128 bits of md5"),
        ("{hash: {of: a, length: 8, buckets: 3}}", "remove one of them"),
        ("{hash: {of: [a, zz]}}", "zz"),
        ("{hash: {of: []}}", "the list is empty"),
        ("{hash: {of: a, method: crc32}}", "unknown method 'crc32'"),
        ("{hash: x}", "reads itself"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field, MORE)), complaints(field, MORE)
