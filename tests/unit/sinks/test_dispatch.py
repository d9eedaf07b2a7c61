"""Requests on their way: whatever is handed over ends as delivered or as a dead letter."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from synthwb.errors import SinkError
from synthwb.sinks.dead import DeadLetter, DeadLetters, read_dead_letters
from synthwb.sinks.dispatch import Dispatcher, Request
from synthwb.sinks.retrying import Again, Away, Refused, Retrying

Answer = Callable[["Peer", int], None]


class Peer:
    """Stands for a destination: ``answer`` may raise for the n-th try of all."""

    def __init__(self, answer: Answer = lambda peer, number: None) -> None:
        self.answer = answer
        self.taken: list[int] = []
        self.tries = 0
        self.held = asyncio.Event()

    async def connect(self) -> None:
        pass

    async def send(self, request: Request) -> Request | None:
        self.tries += 1
        self.answer(self, self.tries)
        await asyncio.sleep(0)
        self.taken += request.content
        return None

    async def disconnect(self) -> None:
        pass


def requests_of(numbers: range, size: int = 3) -> list[Request]:
    def one(some: list[int]) -> Request:
        return Request(some, len(some), lambda: (DeadLetter(str(each).encode(), "e", f"id{each}") for each in some))

    listed = list(numbers)
    return [one(listed[i : i + size]) for i in range(0, len(listed), size)]


def dispatcher(peer: Peer, folder: Path, **more: int) -> Dispatcher:
    quick = Retrying(retries=3, patience=0.5, first=0.001, most=0.01, most_away=0.01)
    made = Dispatcher("peer", peer, DeadLetters(str(folder / "dead.jsonl")), quick, **more)
    made.open()
    return made


def dead(folder: Path) -> list[int]:
    path = folder / "dead.jsonl"
    return [int(letter.value or b"-1") for _, letter in read_dead_letters(str(path))] if path.exists() else []


def test_all_arrive_and_one_at_a_time_they_keep_their_order(tmp_path: Path) -> None:
    peer = Peer()
    sending = dispatcher(peer, tmp_path)
    sending.submit(requests_of(range(100)))
    sending.drain()
    report = sending.report()
    sending.close()
    assert peer.taken == list(range(100))
    assert (report.delivered, report.waiting, report.dead, report.retries) == (100, 0, 0, 0)
    assert not (tmp_path / "dead.jsonl").exists(), "an empty file of dead letters"


def test_what_fails_is_sent_again(tmp_path: Path) -> None:
    def every_other(peer: Peer, number: int) -> None:
        if number % 2:
            raise Again("busy")

    peer = Peer(every_other)
    sending = dispatcher(peer, tmp_path, concurrency=1)
    sending.submit(requests_of(range(30)))
    sending.drain()
    report = sending.report()
    sending.close()
    assert peer.taken == list(range(30))
    assert report.retries == 10
    assert report.error == "busy"
    assert report.trouble == "", "it has gone well since"


def test_what_is_refused_is_kept_with_the_reason(tmp_path: Path) -> None:
    def third(peer: Peer, number: int) -> None:
        if number == 3:
            raise Refused("no such field")

    peer = Peer(third)
    sending = dispatcher(peer, tmp_path)
    sending.submit(requests_of(range(30)))
    sending.drain()
    report = sending.report()
    sending.close()
    assert dead(tmp_path) == [6, 7, 8]
    assert sorted(peer.taken + dead(tmp_path)) == list(range(30))
    assert (report.delivered, report.dead, report.waiting) == (27, 3, 0)
    line = json.loads((tmp_path / "dead.jsonl").read_text().splitlines()[0])
    assert line["reason"] == "no such field"
    assert (line["sink"], line["event"], line["id"], line["value"]) == ("peer", "e", "id6", "6")


def test_after_so_many_tries_events_are_dead(tmp_path: Path) -> None:
    def never_again(peer: Peer, number: int) -> None:
        if number > 1:
            raise Again("busy")

    peer = Peer(never_again)
    sending = dispatcher(peer, tmp_path)
    sending.submit(requests_of(range(6)))
    sending.drain()
    sending.close()
    assert peer.taken == [0, 1, 2]
    assert dead(tmp_path) == [3, 4, 5]
    assert peer.tries == 1 + 4, "one try and three more"


def test_a_refusal_before_anything_was_taken_ends_it(tmp_path: Path) -> None:
    def always(peer: Peer, number: int) -> None:
        raise Refused("404")

    sending = dispatcher(Peer(always), tmp_path, concurrency=2)
    sending.submit(requests_of(range(9)))
    with pytest.raises(SinkError, match="peer: 404"):
        sending.drain()
    with pytest.raises(SinkError, match="peer: 404"):
        sending.submit(requests_of(range(9, 12)))
    sending.close()
    assert sorted(dead(tmp_path)) == list(range(12)), "also what was handed over too late"


def test_a_destination_that_stays_away_ends_it_and_nothing_is_lost(tmp_path: Path) -> None:
    def away(peer: Peer, number: int) -> None:
        if number > 2:
            raise Away("connection refused")

    peer = Peer(away)
    sending = dispatcher(peer, tmp_path)
    sending.submit(requests_of(range(12)))
    with pytest.raises(SinkError, match=r"connection refused, for more than 0\.5 s"):
        sending.drain()
    sending.close()
    assert sorted(peer.taken + dead(tmp_path)) == list(range(12))


def test_a_full_window_holds_whoever_hands_over(tmp_path: Path) -> None:
    opened = threading.Event()

    class Slow(Peer):
        async def send(self, request: Request) -> Request | None:
            await asyncio.to_thread(opened.wait)
            return await super().send(request)

    peer = Slow()
    sending = dispatcher(peer, tmp_path, concurrency=1, window=4)
    handing = threading.Thread(target=lambda: sending.submit(requests_of(range(60))))
    handing.start()
    time.sleep(0.1)
    assert handing.is_alive(), "twenty requests went into a window of four"
    assert sending.report().waiting == 12
    opened.set()
    handing.join()
    sending.drain()
    sending.close()
    assert peer.taken == list(range(60))


def test_giving_up_makes_dead_letters_of_the_rest_at_once(tmp_path: Path) -> None:
    class Stuck(Peer):
        async def send(self, request: Request) -> Request | None:
            if request.content[0]:
                await asyncio.sleep(3600)
            return await super().send(request)

    peer = Stuck()
    sending = dispatcher(peer, tmp_path, concurrency=2, window=8)
    sending.submit(requests_of(range(24)))
    while not peer.taken:
        time.sleep(0.01)
    began = time.monotonic()
    sending.give_up()
    sending.drain()
    sending.close()
    assert time.monotonic() - began < 5
    assert sorted(peer.taken + dead(tmp_path)) == list(range(24))
    assert sending.report().waiting == 0


def test_a_part_that_was_not_taken_goes_again(tmp_path: Path) -> None:
    class Half(Peer):
        async def send(self, request: Request) -> Request | None:
            first, *rest = request.content
            self.taken.append(first)
            return requests_of(range(rest[0], rest[0] + len(rest)))[0] if rest else None

    peer = Half()
    sending = dispatcher(peer, tmp_path)
    sending.submit(requests_of(range(9)))
    sending.drain()
    assert peer.taken == list(range(9))
    assert sending.report().delivered == 9
    sending.close()


def test_dead_letters_that_cannot_be_kept_are_an_error_and_still_waiting(tmp_path: Path) -> None:
    def second(peer: Peer, number: int) -> None:
        if number == 2:
            raise Refused("no")

    sending = Dispatcher("peer", Peer(second), DeadLetters(str(tmp_path / "none" / "dead.jsonl")), Retrying())
    sending.open()
    sending.submit(requests_of(range(6)))
    with pytest.raises(SinkError, match="3 events could not be kept as dead letters"):
        sending.drain()
    assert sending.report().waiting == 3
    sending.close()
