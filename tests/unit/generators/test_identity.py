"""Identities: UUIDs that others can read, numbers that count."""

from __future__ import annotations

import uuid

import pytest
from generator_driver import arguments, block_of, bound, drawn, named, problems


def test_uuids_are_version_4_of_the_standard_variant() -> None:
    values = drawn("uuid", 20_000).to_list()
    assert len(set(values)) == len(values)
    for text in values:
        read = uuid.UUID(text)
        assert str(read) == text
        assert read.version == 4
        assert read.variant == uuid.RFC_4122


def test_uuids_are_one_matrix_of_bytes() -> None:
    column = bound("uuid")(block_of(10))
    assert column.matrix is not None
    assert column.matrix.shape == (10, 36)
    assert column.ascii_safe


def test_uuids_do_not_depend_on_how_rows_are_cut_into_blocks() -> None:
    draw = bound("uuid")
    whole = draw(block_of(9000)).series().to_list()
    assert whole == [text for first in range(0, 9000, 1000) for text in draw(block_of(1000, first)).series()]


@pytest.mark.parametrize("version", [1, 5, 8])
def test_other_versions_are_refused(version: int) -> None:
    ((where, message),) = problems("uuid", version=version)
    assert where == "version"
    assert "is not made here" in message


def test_a_sequence_counts_from_start_by_step() -> None:
    assert drawn("sequence", 4).to_list() == [1, 2, 3, 4]
    assert drawn("sequence", 4, start=1000, step=-10).to_list() == [1000, 990, 980, 970]
    assert bound("sequence")(block_of(3, first=2**40)).series().to_list() == [2**40 + 1, 2**40 + 2, 2**40 + 3]


def test_a_step_of_0_is_refused() -> None:
    ((where, message),) = problems("sequence", start=5, step=0)
    assert where == "step"
    assert "{const: 5}" in message


def test_identities_can_be_counted() -> None:
    assert named("uuid").domain(arguments("uuid")) == 2**122
    assert named("sequence").domain(arguments("sequence", start=2**62, step=10**6)) == (2**62 - 1) // 10**6 + 1
    assert named("uuid").distinct
    assert named("sequence").distinct
