"""Carried values as columns."""

from __future__ import annotations

import numpy as np
import pytest

from synthwb.engine.flows.values import column_of
from synthwb.scenario.model import DType


@pytest.mark.parametrize("texts", [["x", None], [None, "x"], [None, None], []])
def test_text_may_begin_with_a_null(texts: list[str | None]) -> None:
    values = np.empty(len(texts), np.object_)
    values[:] = texts
    assert column_of(values, DType.STRING).series().to_list() == texts
