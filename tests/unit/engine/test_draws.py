"""Addressed draws: known values, and the two mappings to the unit interval."""

from __future__ import annotations

import numpy as np

from synthwb.engine.draws import draw, key_of, mix, unit, unit_open

GAMMA = 0x9E3779B97F4A7C15


def test_the_mixer_is_that_of_splitmix64() -> None:
    """The first outputs for seed 0 of the reference implementation (Vigna, xoshiro.di.unimi.it/splitmix64.c)."""
    states = np.array([GAMMA * n & (2**64 - 1) for n in (1, 2, 3)], np.uint64)
    assert [hex(word) for word in mix(states).tolist()] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]
    assert mix(np.zeros(1, np.uint64), GAMMA).tolist() == [0xE220A8397B1DCDAF]


def test_the_mixer_is_one_to_one_and_the_same_in_any_cut() -> None:
    values = np.arange(100_000, dtype=np.uint64)
    mixed = mix(values, 3)
    assert len(np.unique(mixed)) == len(values)
    assert np.array_equal(mixed[8190:8195], mix(values[8190:8195], 3))
    assert np.array_equal(draw(values, 3), mixed)


def test_keys_are_the_same_in_every_process_and_differ_by_purpose() -> None:
    assert key_of(42, "order_placed.total", "") == 0xF179043AC6963482
    assert (
        len({key_of(seed, path, aspect) for seed in (1, 12) for path in ("a", "a.b", "2.a") for aspect in ("", "b")})
        == 12
    )


def test_units_lie_where_they_should() -> None:
    ends = np.array([0, 2**63, 2**64 - 1], np.uint64)
    assert unit(ends).tolist() == [0.0, 0.5, 1 - 2.0**-53]
    assert unit_open(ends).tolist() == [2.0**-53, 0.5 + 2.0**-53, 1 - 2.0**-53]
