"""Flows again, slowly: one heap, one session at a time, plain Python, and what actors carry in a dictionary.

It knows one scenario, `TEXT`, and shares nothing with the engine but how draws are addressed and when sessions arrive.
So what it has in common with it is the meaning of flows: the order in which steps are taken, what is read before and
after a change, who is let in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any, NamedTuple

from synthwb.engine.arrivals import PoissonArrivals
from synthwb.engine.draws import key_of

SEED, START, MINUTES, USERS = 11, 1_767_225_600_000_000, 20, 20
SECOND = 1_000_000
LONGEST = 240 * SECOND
RATES = {"visit": 24, "refill": 8}  # sessions a minute

TEXT = f"""
seed: {SEED}
clock: {{start: 2026-01-01T00:00Z, end: +{MINUTES}m}}
entities: {{user: {{count: {USERS}, fields: {{number: {{sequence: {{start: 0}}}}, balance: 120.0}}}}}}
events:
  viewed:
    actor: user
    fields: &fields
      user: actor.number
      flow: session.flow
      state: state.name
      step: session.step
      visits: state.visits
      items: session.items
      balance: actor.balance
  paid: {{actor: user, fields: {{<<: *fields, total: {{uniform: {{min: 5, max: 60}}}}}}}}
flows:
  visit:
    actor: user
    ALONE
    session: {{max: 4m}}
    set: {{session.items: 0}}
    states:
      look:
        emit: viewed
        times: {{uniform: {{min: 1, max: 4}}}}
        set: {{session.items: {{expr: "session.items + 1"}}}}
        dwell: {{uniform: {{min: 2s, max: 40s}}}}
        next: {{look: 3, buy: {{weight: 9, when: "actor.balance >= 20"}}, exit: {{expr: "1 + session.items"}}}}
      buy:
        emit: [paid, viewed]
        set: {{actor.balance: {{expr: "actor.balance - total"}}}}
        dwell: {{uniform: {{min: 1s, max: 5s}}}}
        next: {{look: {{weight: 1, when: "actor.balance > 0"}}, exit: 1}}
  refill:
    actor: user
    set: {{session.items: 0}}
    states:
      top:
        emit: viewed
        set: {{actor.balance: {{expr: "actor.balance + 50"}}}}
        dwell: {{uniform: {{min: 5s, max: 20s}}}}
        next: {{top: {{weight: 2, when: "actor.balance < 80"}}, exit: 1}}
arrivals: {{visit: {{rate: {RATES["visit"]}/min CAP}}, refill: {RATES["refill"]}/min}}
"""

_MASK = (1 << 64) - 1
_STEP, _EVENT = 0x9E3779B97F4A7C15, 0xD1342543DE82EF95  # between the steps of a session, and the events of a step


def mixed(value: int, key: int = 0) -> int:
    """SplitMix64's finaliser of ``value + key``."""
    z = value + key & _MASK
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    z = (z ^ z >> 27) * 0x94D049BB133111EB & _MASK
    return z ^ z >> 31


def unit(address: int, *purpose: str) -> float:
    """The number in [0, 1) that is drawn for a purpose under an address."""
    return (mixed(address, key_of(SEED, *purpose)) >> 11) * 2.0**-53


def uniform(address: int, path: str, low: float, high: float) -> float:
    """What a field at this path draws from the uniform law."""
    return unit(address, path, "") * (high - low) + low


class Seen(NamedTuple):
    """An event, as the scenario's fields tell it; ``total`` is None where nothing is paid."""

    time: int
    event: str
    user: int
    flow: str
    state: str
    step: int
    visits: int
    items: int
    balance: float
    total: float | None


@dataclass
class Session:
    """One session that is going on."""

    flow: str
    address: int
    user: int
    begun: int
    state: str
    step: int = 0
    left: int = 0
    items: int = 0
    visits: dict[str, int] = field(default_factory=dict)


@dataclass
class Slow:
    """The simulation. ``cap``: of visits, None for any number; ``alone``: one visit of a user at a time."""

    cap: int | None = None
    at_cap: str = "wait"
    alone: bool = False
    balance: dict[int, float] = field(default_factory=lambda: dict.fromkeys(range(USERS), 120.0))
    going_on: dict[int, Session] = field(default_factory=dict)
    line: deque[tuple[int, int]] = field(default_factory=deque)
    due: list[tuple[int, int, int, Any]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    number: Iterator[int] = field(default_factory=count)

    def run(self) -> list[Seen]:
        """All that happens before the end of the clock, in order of time."""
        end = START + MINUTES * 60 * SECOND
        for flow, rate in RATES.items():
            times, addresses = PoissonArrivals(SEED, flow, Fraction(rate, 60)).between(START, end)
            for time, address in zip(times.tolist(), addresses.tolist(), strict=True):
                self.due.append((time, 1, next(self.number), (self.arrive, flow, address)))
        heapify(self.due)
        while self.due and self.due[0][0] < end:
            time, _, _, (what, *more) = heappop(self.due)
            what(time, *more)
        return self.seen

    def later(self, time: int, rank: int, what: Callable[..., None], *more: object) -> None:
        """Let something happen at a time; of one time, the lower rank is first."""
        heappush(self.due, (time, rank, next(self.number), (what, *more)))

    def arrive(self, time: int, flow: str, address: int) -> None:
        """A session arrives, or looks again."""
        user = (mixed(address, key_of(SEED, flow, "pick", "actor")) >> 32) * USERS >> 32
        if flow == "visit":
            if self.alone and any(session.user == user for session in self.going_on.values()):
                return
            if self.cap is not None and len(self.going_on) >= self.cap:
                if self.at_cap == "wait":
                    self.line.append((user, address))
                elif self.at_cap == "poll":
                    self.later(time + 5 * SECOND, 1, self.arrive, flow, address)
                return
        self.begin(time, flow, address, user)

    def begin(self, time: int, flow: str, address: int, user: int) -> None:
        """A session begins, and takes its first step."""
        session = Session(flow, address, user, time, "look" if flow == "visit" else "top")
        if flow == "visit":
            self.going_on[address] = session
        self.later(time, 2, self.step, session)

    def over(self, time: int, session: Session) -> None:
        """A session ends; who has waited longest begins a microsecond after it."""
        if session.flow == "visit":
            del self.going_on[session.address]
            if self.line:
                user, address = self.line.popleft()
                self.begin(time + 1, "visit", address, user)

    def step(self, time: int, session: Session) -> None:
        """What a session does in one step, and when it does the next."""
        address = mixed(session.address + session.step * _STEP & _MASK)
        path = f"{session.flow}.{session.state}"
        if session.left == 0:
            session.visits[session.state] = session.visits.get(session.state, 0) + 1
        total = self.happen(time, session, address)
        if session.state == "look":
            session.left = (session.left or max(1, int(uniform(address, f"{path}.times", 1, 4)))) - 1
            session.items += 1
        elif session.state == "buy":
            self.balance[session.user] -= total
        else:
            self.balance[session.user] += 50
        low, high = {"look": (2, 40), "buy": (1, 5), "top": (5, 20)}[session.state]
        later = time + int(uniform(address, f"{path}.dwell", low, high) * SECOND)
        state = session.state if session.left else self.onward(session, unit(address, f"{path}.next"))
        if session.flow == "visit" and later > session.begun + LONGEST:
            later, state = session.begun + LONGEST, "exit"
        session.step += 1
        session.state = state
        if state == "exit":
            self.later(later, 0, self.over, session)
        else:
            self.later(later, 2, self.step, session)

    def happen(self, time: int, session: Session, address: int) -> float:
        """The events of a step; what is paid."""
        state, user = session.state, session.user
        told = (user, session.flow, state, session.step, session.visits[state], session.items, self.balance[user])
        total = uniform(address, "paid.total", 5, 60)
        if state == "buy":
            self.seen.append(Seen(time, "paid", *told, total))
        self.seen.append(Seen(time, "viewed", *told, None))
        return total

    def onward(self, session: Session, drawn: float) -> str:
        """Which way on."""
        has = self.balance[session.user]
        ways: dict[str, list[tuple[str, float]]] = {
            "look": [("look", 3), ("buy", 9 * (has >= 20)), ("exit", 1 + session.items)],
            "buy": [("look", 1 * (has > 0)), ("exit", 1)],
            "top": [("top", 2 * (has < 80)), ("exit", 1)],
        }
        reached, height = 0.0, drawn * sum(weight for _, weight in ways[session.state])
        for way, weight in ways[session.state]:
            reached += weight
            if height < reached:
                return way
        raise AssertionError("a draw lies below 1")
