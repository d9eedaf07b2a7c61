"""What fields remember, against a reference that takes one event after the other."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from pass_driver import frames, remembering


@pytest.mark.parametrize("walking", [False, True], ids=["alone", "walking"])
def test_what_an_actor_did_before(walking: bool) -> None:
    rows = frames(remembering(walking=walking))["paid"].rows(named=True)
    assert len(rows) > 1_000
    last: dict[int, dict[str, Any]] = {}
    count: dict[int, int] = {}
    for row in rows:
        who, before = row["who"], last.get(row["who"])
        number = count.get(who, 0)
        assert row["number"] == 10 + 5 * number
        assert row["before"] == (0 if before is None else before["amount"])
        assert row["longer"] == (None if before is None else before["before"])
        assert row["at"] == (None if before is None else before["time"])
        assert row["last"] == ("none" if before is None else before["state"])
        assert row["inside"] == {"n": number + 1, "m": number or None}
        assert row["text"] == f"{row['number']} {row['last']}"
        last[who], count[who] = row, number + 1
    assert len(last) == 40


def test_without_an_actor_all_events_are_one_row() -> None:
    loads_ = [
        (row["load"], row["was"], row["jump"]) for row in frames(remembering(walking=False))["beat"].rows(named=True)
    ]
    assert loads_[0][1] is None
    for (before, _, _), (now, was, jump) in pairwise(loads_):
        assert was == before
        assert jump == now - before


def test_a_chain_goes_only_where_it_may() -> None:
    allowed = {
        ("none", "ok"),
        ("ok", "ok"),
        ("ok", "down"),
        ("down", "down"),
        ("down", "ok"),
        ("down", "off"),
        ("off", "ok"),
    }
    seen = {(row["last"], row["state"]) for row in frames(remembering(walking=True))["paid"].rows(named=True)}
    assert seen == allowed
