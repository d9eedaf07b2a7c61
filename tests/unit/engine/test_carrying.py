"""What is carried, as bytes and back: the same values, or words that say why not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.flows.admission import Waiting
from synthwb.engine.spine import Position

PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=40)
NESTED = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)
NUMBERS = hnp.arrays(
    hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes() | hnp.boolean_dtypes(),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
)


@given(NESTED)
def test_plain_values_come_back_as_they_were(value: Any) -> None:
    found = decoded(encoded(value))
    assert found == value
    assert repr(found) == repr(value)


@given(NUMBERS)
def test_arrays_come_back_bit_for_bit(values: Any) -> None:
    found = decoded(encoded([values, values[..., ::-1] if values.ndim else values]))[0]
    assert found.shape == values.shape
    assert found.dtype == values.dtype.newbyteorder("=")
    assert (
        found.astype(found.dtype.newbyteorder("<")).tobytes() == values.astype(values.dtype.newbyteorder("<")).tobytes()
    )
    found.fill(0)  # it is an array of its own


@given(st.lists(st.none() | st.text()))
def test_text_comes_back(texts: list[str | None]) -> None:
    values = np.empty(len(texts), np.object_)
    values[:] = texts
    assert decoded(encoded({"x": values}))["x"].tolist() == texts


def test_numbers_without_an_end_and_numpys_own_come_back() -> None:
    found = decoded(encoded((math.inf, -math.inf, math.nan, np.int64(3), np.float64(0.1), 1 << 80)))
    assert found[:2] == (math.inf, -math.inf)
    assert math.isnan(found[2])
    assert found[3:] == (3, 0.1, 1 << 80)


def test_a_position_comes_back_with_what_it_holds() -> None:
    waiting = Waiting(np.array([3, 4]), np.array([1, 2]), np.array([1, 1 << 63], np.uint64))
    position = Position(5, {"a": 1}, 2, 7, None, (None, (({"t": np.zeros((2, 3), np.int32)},), (waiting,))))
    found = decoded(encoded(position))
    assert found.counts == {"a": 1}
    assert found.events == 9
    assert found.carried[0] is None
    assert found.carried[1][1][0].address.tolist() == [1, 1 << 63]
    assert found.carried[1][0][0]["t"].shape == (2, 3)


@dataclass(frozen=True)
class _Unknown:
    x: int = 1


@pytest.mark.parametrize("value", [_Unknown(), Fraction(1, 3), {1}, np.array([1 + 2j]), np.array([_Unknown()])])
def test_what_has_no_form_is_refused_when_it_is_written(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be carried"):
        encoded([value])


def test_every_damaged_byte_is_found() -> None:
    data = encoded({"n": np.arange(5), "t": ["x", 1.5]})
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 0x20
        with pytest.raises(ValueError, match=r"damaged|not a state|does not read"):
            decoded(bytes(broken))
    for length in range(len(data)):
        with pytest.raises(ValueError, match=r"damaged|not a state|does not read"):
            decoded(data[:length])


def test_what_others_wrote_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="not a state of synthwb"):
        decoded(b"SQLite format 3\x00")
    with pytest.raises(ValueError, match="a form that this version of synthwb does not read"):
        decoded(b"synthwb state 2\n" + bytes(80))
