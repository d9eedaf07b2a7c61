"""The desk: newest first, urgent first, and nothing that stops it."""

from __future__ import annotations

import threading

import pytest

from synthwb.tui.desk import Desk


def test_only_the_newest_of_a_kind_is_done_and_urgent_kinds_go_first() -> None:
    began, go, done = threading.Event(), threading.Event(), threading.Event()
    log: list[str] = []
    desk = Desk(("edit", "chart"), lambda error: None)

    def hold(superseded: object) -> None:
        began.set()
        go.wait(10)

    desk.post("edit", hold)
    assert began.wait(10)
    desk.post("chart", lambda superseded: (log.append("chart"), done.set()))
    desk.post("edit", lambda superseded: log.append("old"))
    desk.post("edit", lambda superseded: log.append("new"))
    go.set()
    assert done.wait(10)
    assert log == ["new", "chart"]
    assert desk.close()


def test_a_job_learns_that_it_was_overtaken() -> None:
    began, go = threading.Event(), threading.Event()
    told: list[bool] = []
    desk = Desk(("edit",), lambda error: None)

    def job(superseded: object) -> None:
        told.append(superseded())  # type: ignore[operator]
        began.set()
        go.wait(10)
        told.append(superseded())  # type: ignore[operator]

    desk.post("edit", job)
    assert began.wait(10)
    desk.post("edit", lambda superseded: None)
    go.set()
    while not desk.idle:
        pass
    assert told == [False, True]
    assert desk.close()


def test_a_job_that_fails_is_told_and_the_desk_goes_on() -> None:
    failures: list[Exception] = []
    done = threading.Event()
    desk = Desk(("edit", "rows"), failures.append)
    desk.post("edit", lambda superseded: 1 / 0)
    desk.post("rows", lambda superseded: done.set())
    assert done.wait(10)
    assert [type(each) for each in failures] == [ZeroDivisionError]
    assert desk.close()
    desk.post("edit", lambda superseded: failures.append(ValueError()))
    assert len(failures) == 1


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no place for 'lunch'"):
        Desk(("edit",), lambda error: None).post("lunch", lambda superseded: None)
