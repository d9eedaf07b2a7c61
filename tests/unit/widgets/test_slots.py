"""Running a cell again ends what it made before, and nothing else."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from synthwb_widgets.slots import Slots, here


class Ends:
    """Counts how often it was ended."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def test_a_later_run_of_the_cell_ends_the_earlier() -> None:
    slots, first, second = Slots(), Ends(), Ends()
    slots.claim("cell", "run 1", first)
    slots.claim("cell", "run 2", second)
    assert (first.count, second.count, len(slots)) == (1, 0, 1)


def test_two_of_one_run_live_side_by_side_and_end_together() -> None:
    slots, left, right, later = Slots(), Ends(), Ends(), Ends()
    slots.claim("cell", "run 1", left)
    slots.claim("cell", "run 1", right)
    assert (left.count, right.count, len(slots)) == (0, 0, 2)
    slots.claim("cell", "run 2", later)
    assert (left.count, right.count, len(slots)) == (1, 1, 1)


def test_cells_do_not_disturb_each_other() -> None:
    slots, one, two = Slots(), Ends(), Ends()
    slots.claim("cell 1", "run 1", one)
    slots.claim("cell 2", "run 2", two)
    assert (one.count, two.count) == (0, 0)


def test_who_has_left_is_not_ended_again() -> None:
    slots, gone, stays = Slots(), Ends(), Ends()
    slots.claim("cell", "run 1", gone)
    slots.claim("cell", "run 1", stays)
    slots.leave(gone)
    slots.leave(gone)
    slots.claim("cell", "run 2", Ends())
    assert (gone.count, stays.count) == (0, 1)


def test_ending_may_use_the_slots() -> None:
    slots = Slots()

    def end() -> None:
        slots.leave(end)

    slots.claim("cell", "run 1", end)
    slots.claim("cell", "run 2", Ends())
    assert len(slots) == 1


def test_outside_a_notebook_there_is_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert here() is None


@pytest.mark.parametrize("shell", [None, SimpleNamespace(), SimpleNamespace(get_parent=lambda: None)])
def test_a_shell_without_cells_has_no_slot(monkeypatch: pytest.MonkeyPatch, shell: object) -> None:
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert here() is None


def test_the_cell_is_the_slot_and_the_request_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"metadata": {"cellId": "c1"}, "header": {"msg_id": "m1"}}
    shell = SimpleNamespace(get_parent=lambda: request)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert here() == (("cell", "c1"), "m1")


def test_a_name_is_a_slot_anywhere_and_every_call_another_run() -> None:
    first, second = here("mine"), here("mine")
    assert first is not None
    assert second is not None
    assert first[0] == second[0]
    assert first[1] != second[1]
