"""Six faults of the network, each before every destination that is reached through it.

Whatever happens, every event is delivered, in the dead letters, or the run has said at its start that it cannot be. The
rounds are those of the variable SYNTHWB_FAULT_ROUNDS, one without.
"""

from __future__ import annotations

import json
import os
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import kafka_driver
import pytest
import sqlalchemy as sa
from http_driver import HttpServer
from kafka_driver import free_port
from postgres_driver import server as postgres_server
from proxy_driver import BadNetwork, Weather

import synthwb
from synthwb.engine import compile_plan
from synthwb.runtime import Pace, Run, State, Stats, outputs, target
from synthwb.sinks.dead import read_dead_letters

ROUNDS = int(os.environ.get("SYNTHWB_FAULT_ROUNDS", "1"))
COUNT = 3000
PLAN = compile_plan(
    synthwb.loads(
        "seed: 3\nevents:\n  sale: {key: till, fields: {till: {integer: {min: 1, max: 9}}, note: {words: 30}}}\n"
        "arrivals: {sale: 1000/s}\n"
    )
)
IDS = {i for batch in synthwb.Stream(PLAN, limit=COUNT) for part in batch.parts for i in part.id.series()}


class Peer(ABC):
    """A destination behind a bad network. ``exact``: it promises no doubles."""

    exact: bool
    network: BadNetwork

    @abstractmethod
    def address(self, number: int) -> str:
        """A place there for one run."""

    @abstractmethod
    def taken(self, number: int) -> Counter[str]:
        """How often it has received each event."""


class Web(Peer):
    exact = False

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._folder, self._stack = folder, stack
        self._server = stack.enter_context(HttpServer(folder))
        self.network = stack.enter_context(BadNetwork(("127.0.0.1", self._server.port)))

    def address(self, number: int) -> str:
        return f"http://127.0.0.1:{self.network.port}/events/{number}?batch=50&concurrency=2&timeout=5s&name=matrix"

    def taken(self, number: int) -> Counter[str]:
        asked = [request for request in self._server.requests() if request.path == f"/events/{number}"]
        return Counter(i for request in asked if request.taken for i in request.ids)


class Broker(Peer):
    exact = False

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        port = free_port()
        broker = stack.enter_context(kafka_driver.tansu(advertised=port))
        self._broker = broker.address
        self.network = stack.enter_context(BadNetwork(("127.0.0.1", broker.port), port))

    def address(self, number: int) -> str:
        return f"kafka://127.0.0.1:{self.network.port}/matrix-{number}?name=matrix"

    def taken(self, number: int) -> Counter[str]:
        self.network.weather()  # its answers name the port of the network
        messages = kafka_driver.messages(self._broker, f"matrix-{number}")
        return Counter(json.loads(message.value())["id"] for message in messages)


class Database(Peer):
    exact = True

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        server = stack.enter_context(postgres_server())
        self._url = server.url
        self.network = stack.enter_context(BadNetwork(str(server.folder / ".s.PGSQL.5432")))

    def address(self, number: int) -> str:
        host = f"postgresql+psycopg://postgres@127.0.0.1:{self.network.port}/postgres"
        return f"{host}?table=matrix_{number}&create=true&name=matrix"

    def taken(self, number: int) -> Counter[str]:
        engine = sa.create_engine(self._url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            if not sa.inspect(connection).has_table(f"matrix_{number}"):
                return Counter()
            return Counter(str(row.id) for row in connection.execute(sa.text(f"SELECT id FROM matrix_{number}")))


PEERS = {"http": Web, "kafka": Broker, "database": Database}


@pytest.fixture(scope="module", params=PEERS)
def peer(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with ExitStack() as stack:
        yield PEERS[request.param](stack, tmp_path_factory.mktemp(request.param))


def _numbers() -> Iterator[int]:
    number = 0
    while True:
        number += 1
        yield number


NUMBERS = _numbers()


def _run(peer: Peer, number: int, during: Callable[[Run], None], rate: float | None = 2000) -> Stats:
    made = outputs([target(peer.address(number), PLAN.scenario)], PLAN, bounded=True)
    with Run(PLAN, made, pace=Pace(rate=rate), limit=COUNT) as run:
        run.start()
        during(run)
        assert run.wait(110), run.stats()
    return run.stats()


def _accounted(peer: Peer, number: int, stats: Stats) -> None:
    """Every event is delivered or in the dead letters, and none is twice where that is promised."""
    assert stats.state is State.FINISHED, stats.error
    taken = peer.taken(number)
    path = Path("matrix.dead.jsonl")
    dead = [letter for _, letter in read_dead_letters(str(path))] if path.exists() else []
    lost = {i for letter in dead for i in IDS if letter.id == i or i.encode() in (letter.value or b"")}
    assert set(taken) | lost == IDS
    if peer.exact:
        assert set(taken.values()) <= {1}
        assert not set(taken) & lost
    report = stats.sinks[0].report
    assert report is not None
    assert (report.delivered + report.dead, report.waiting) == (COUNT, 0)


def _under_way(run: Run) -> None:
    deadline = time.monotonic() + 30
    while run.stats().sinks[0].events < COUNT // 10:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, peer: Peer) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    peer.network.weather()


@pytest.mark.parametrize("turn", range(ROUNDS))
class TestFaults:
    """Each fault, as often as was asked for."""

    def test_refused_at_the_start(self, peer: Peer, turn: int, tmp_path: Path) -> None:
        peer.network.weather(Weather(refuse=True))
        number = next(NUMBERS)
        began = time.monotonic()
        stats = _run(peer, number, lambda run: None)
        assert stats.state is State.FAILED
        assert str(peer.network.port) in stats.error
        assert time.monotonic() - began < 40
        assert list(tmp_path.iterdir()) == [], "nothing was made, so nothing is lost"

    def test_lost_in_the_middle_and_back(self, peer: Peer, turn: int) -> None:
        def fault(run: Run) -> None:
            _under_way(run)
            peer.network.weather(Weather(refuse=True))
            time.sleep(1.5)
            peer.network.weather()

        number = next(NUMBERS)
        _accounted(peer, number, _run(peer, number, fault))

    def test_slow(self, peer: Peer, turn: int) -> None:
        peer.network.weather(Weather(delay=0.02))
        number = next(NUMBERS)
        _accounted(peer, number, _run(peer, number, lambda run: None, rate=None))

    def test_half_of_all_connections_fail(self, peer: Peer, turn: int) -> None:
        def fault(run: Run) -> None:
            _under_way(run)
            peer.network.weather(Weather(half=True, cut_after=20_000, cuts=6))

        number = next(NUMBERS)
        _accounted(peer, number, _run(peer, number, fault))

    def test_cut_in_the_middle_of_a_request(self, peer: Peer, turn: int) -> None:
        def fault(run: Run) -> None:
            _under_way(run)
            peer.network.weather(Weather(cut_after=30_000, cuts=4))

        number = next(NUMBERS)
        _accounted(peer, number, _run(peer, number, fault))

    def test_throttled(self, peer: Peer, turn: int) -> None:
        def fault(run: Run) -> None:
            _under_way(run)
            peer.network.weather(Weather(rate=400_000))

        number = next(NUMBERS)
        _accounted(peer, number, _run(peer, number, fault, rate=None))
