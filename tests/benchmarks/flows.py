"""A clickstream of sessions that walk through nine states, by the engine and by loops in plain Python.

``python -m tests.benchmarks.flows NAME EVENTS [FILE]`` warms up, then makes ``EVENTS`` events and prints as JSON the
events per second of processor time. `heap` and `spine` only simulate who does what when; the others write complete
records as JSON lines into ``FILE``.
"""

from __future__ import annotations

import heapq
import json
import random
import sys
import threading
import time
from bisect import bisect
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate, count
from pathlib import Path
from typing import Any

import yaml

DOCUMENT = Path(__file__).with_name("clickstream.yaml")
BUYERS = Path(__file__).with_name("buyers.yaml")
DWELL = 20.0  # seconds on average, in every state
ARRIVALS = 10.0  # sessions a second
MANY = 100.0  # sessions a second where only the walk is measured

Next = dict[str, tuple[list[str], list[float]]]


def _document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text())
    return found


def _ways(states: dict[str, Any]) -> Next:
    """By state, where to go on with which cumulated weights."""
    ways = {}
    for name, state in states.items():
        onward = state["next"] if isinstance(state["next"], dict) else {state["next"]: 1}
        ways[name] = (list(onward), list(accumulate(onward.values())))
    return ways


class Clock:
    """Simulated time for threads of which one runs at a time: who sleeps hands over to who wakes first."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue: list[tuple[float, int, threading.Event]] = []
        self._number = count()

    def turn(self, seconds: float) -> threading.Event:
        """What is set in so many seconds."""
        woken = threading.Event()
        heapq.heappush(self._queue, (self.now + seconds, next(self._number), woken))
        return woken

    def sleep(self, seconds: float) -> None:
        """Let the others go on for so long."""
        woken = self.turn(seconds)
        self.hand_over()
        woken.wait()

    def hand_over(self) -> None:
        """Wake who comes next."""
        if self._queue:
            self.now, _, woken = heapq.heappop(self._queue)
            woken.set()


class Values:
    """Values of a list, with weights or without, drawn one by one."""

    def __init__(self, law: dict[str, Any]) -> None:
        found = law.get("choice", [law.get("const")])
        self._values = list(found)
        self._reached = list(accumulate(found.values() if isinstance(found, dict) else [1] * len(found)))

    def draw(self) -> Any:
        """One of them."""
        return self._values[bisect(self._reached, random.random() * self._reached[-1])]


class Threads:
    """The same records by a thread for each session, a hundred at most, each record written and flushed by itself.

    It stands in for the generator of Imply, which works like this and is not at hand.
    """

    MOST = 100
    LOOK = 5.0  # seconds after which who found no room looks again

    def __init__(self, path: Path) -> None:
        document = _document()
        self._states = document["flows"]["visit"]["states"]
        self._ways = _ways(self._states)
        self._fields = list(document["events"]["click"]["fields"])
        self._clock = Clock()
        self._file = path.open("w")
        self._begun = datetime(2026, 3, 2, tzinfo=UTC)
        self._going_on = 0
        self._left = 0
        self._over = threading.Event()
        users = document["entities"]["user"]["fields"]
        self._settings: dict[str, list[tuple[str, Callable[[], Any]]]] = {
            name: [(each.partition(".")[2], Values(law).draw) for each, law in state.get("set", {}).items()]
            for name, state in self._states.items()
        }
        self._attributes: list[tuple[str, Callable[[], Any]]] = [
            ("user_id", lambda: random.randrange(4000)),
            ("client_ip", lambda: ".".join(str(random.randrange(256)) for _ in range(4))),
            *((name, Values(law).draw) for name, law in users.items() if isinstance(law, dict) and "choice" in law),
            ("keyword", str),
            ("product", str),
        ]

    @staticmethod
    def by(path: Path) -> Callable[[int], object]:
        """Its maker of records."""
        return Threads(path).make

    def make(self, events: int) -> None:
        """Go on until so many records more are written."""
        self._left = events
        self._over.clear()
        threading.Thread(target=self._spawn, daemon=True).start()
        self._over.wait()

    def _spawn(self) -> None:
        while self._left > 0:
            if self._going_on < self.MOST:
                self._going_on += 1
                threading.Thread(target=self._walk, args=(self._clock.turn(0.0),), daemon=True).start()
                self._clock.sleep(random.expovariate(ARRIVALS))
            else:
                self._clock.sleep(self.LOOK)
        self._clock.hand_over()

    def _walk(self, begins: threading.Event) -> None:
        begins.wait()
        variables = {name: draw() for name, draw in self._attributes}
        state = next(iter(self._states))
        while state != "exit" and self._left > 0:
            variables["event_type"] = state
            for name, draw in self._settings[state]:
                variables[name] = draw()
            self._emit(variables)
            self._clock.sleep(random.expovariate(1.0 / DWELL))
            names, reached = self._ways[state]
            state = names[bisect(reached, random.random() * reached[-1])]
        self._going_on -= 1
        if self._left > 0:
            self._clock.hand_over()
        else:
            self._over.set()

    def _emit(self, variables: dict[str, Any]) -> None:
        now = self._begun + timedelta(seconds=self._clock.now)
        record = {"time": now.isoformat(timespec="milliseconds")} | {name: variables[name] for name in self._fields}
        self._file.write(json.dumps(record) + "\n")
        self._file.flush()
        self._left -= 1


def heap(_path: Path) -> Callable[[int], object]:
    """A loop over a heap of wake times: the walk alone, a tuple for each step. It goes on where it was."""
    ways = _ways(_document()["flows"]["visit"]["states"])
    queue: list[tuple[float, int, str]] = [(random.expovariate(MANY), 0, "login")]
    push, pop, draw, wait = heapq.heappush, heapq.heappop, random.random, random.expovariate
    begun = 0

    def make(events: int) -> list[tuple[float, int, str]]:
        nonlocal begun
        made: list[tuple[float, int, str]] = []
        while len(made) < events:
            step = pop(queue)
            made.append(step)
            now, session, state = step
            if state == "login":
                begun += 1
                push(queue, (now + wait(MANY), begun, "login"))
            names, reached = ways[state]
            onward = names[bisect(reached, draw() * reached[-1])]
            if onward != "exit":
                push(queue, (now + wait(1.0 / DWELL), session, onward))
        return made

    return make


def spine(_path: Path) -> Callable[[int], object]:
    """The walk alone, by the engine: times, states and hashed identities, in order of time. It goes on where it was."""
    import synthwb
    from synthwb.engine import compile_plan

    made = compile_plan(synthwb.loads(walk_alone())).spine()

    def make(events: int) -> None:
        left = events
        while left:
            left -= len(made.take(min(left, 1 << 16)))

    return make


def walk_alone() -> str:
    """The document without what sessions carry, with as many sessions as the heap has."""
    document = _document()
    flow, fields = document["flows"]["visit"], document["events"]["click"]["fields"]
    del flow["set"], fields["keyword"], fields["product"]
    for state in flow["states"].values():
        state.pop("set", None)
    document["arrivals"]["visit"] = f"{MANY:g}/s"
    return yaml.safe_dump(document, sort_keys=False)


def _engine(text: str, path: Path) -> Callable[[int], object]:
    """The YAML text, checked, compiled, walked, drawn, encoded and written by the public engine."""
    import synthwb

    return lambda events: synthwb.generate(synthwb.loads(text), path, count=events)


def engine(path: Path) -> Callable[[int], object]:
    """The clickstream by the engine."""
    return _engine(DOCUMENT.read_text(), path)


def shared(path: Path) -> Callable[[int], object]:
    """Buyers, picked by a Zipf law, who change what they carry, with a cap on their sessions."""
    return _engine(BUYERS.read_text(), path)


def unshared(path: Path) -> Callable[[int], object]:
    """The same buyers with the same cap, who change nothing."""
    document = yaml.safe_load(BUYERS.read_text())
    del document["flows"]["visit"]["states"]["pay"]["set"]
    return _engine(yaml.safe_dump(document, sort_keys=False), path)


MAKERS: dict[str, Callable[[Path], Callable[[int], object]]] = {
    "threads": Threads.by,
    "heap": heap,
    "spine": spine,
    "engine": engine,
    "shared": shared,
    "unshared": unshared,
}


def measure(name: str, events: int, path: Path) -> dict[str, float]:
    """Time one of them in this process, after a warm-up of one event in twenty."""
    make = MAKERS[name](path)
    make(max(100, events // 20))
    begun = time.process_time()
    make(events)
    return {"rate": events / (time.process_time() - begun)}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3] if len(sys.argv) > 3 else "/dev/null"))))
