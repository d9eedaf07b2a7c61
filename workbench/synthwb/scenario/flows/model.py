"""Behaviour in time, validated: flows, their states, and what an actor carries along.

A flow is a state machine. One walk through it is a session; it belongs to an actor and emits events. All times are
microseconds, all dwells are quantities in seconds.

Names that are read. In the fields of an event that a flow emits, and in a state's `FlowState.fields`: ``session.id``,
``session.start``, ``session.step``, ``session.flow``, ``session.<variable>``, ``state.name``, ``state.visits``,
``actor.x``, ``<partner>.x``. Where the event comes by itself (`Arrival`), those of the session and the state are null,
and so are those of a partner that is no reference of the event. In ``when``, weights, ``times``, ``dwell`` and ``set``
of a state: the same, ``event.time``, and the fields of the state's own events, always in full (``order_placed.total``,
``order_placed.address.city``). In the first values of a flow: ``actor.x``, ``<partner>.x``, ``session.id``,
``session.start``, ``session.flow`` and the variables set before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthwb.scenario.diagnostics import Span
from synthwb.scenario.model import DType, Expression, Field, Ref

__all__ = ["EXIT", "Branch", "Concurrency", "Flow", "FlowState", "Setting", "Variable"]

EXIT = "exit"
"""The name that ends a session where a state could stand."""


@dataclass(frozen=True, slots=True)
class Branch:
    """One way on: to a state or `EXIT`, with a weight of at least 0, open where ``when`` holds (None: always).

    A weight that is computed counts as 0 where it is null or below. Where no way is open, the session ends.
    """

    to: str
    weight: float | Expression
    when: Expression | None
    span: Span


@dataclass(frozen=True, slots=True)
class Variable:
    """What a session or an actor carries: ``session.items``, ``actor.balance``, ``driver.rides``.

    ``name`` is the name it is read under in a flow. ``owner``: ``session``, ``actor`` or the name of a partner.
    ``entity``: whose rows carry it (None for a session's). ``dtype``: integer, float, boolean, string or timestamp;
    unknown for an attribute whose column is known only when a table from outside is read.
    """

    name: str
    owner: str
    entity: str | None
    dtype: DType


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable takes the value of ``field``, whose path is ``visit.paid.set.actor.balance``.

    Where the field gives nothing, absent or null, the variable keeps what it has.
    """

    variable: Variable
    field: Field


@dataclass(frozen=True, slots=True)
class FlowState:
    """A state: on entering it, ``emit`` happens ``times`` times, ``dwell`` apart; then a branch is taken.

    ``path`` is ``visit.cart``. The events of ``emit`` share one event time; there may be none. ``settings`` are
    evaluated after the events, in order, each time. Without branches the session ends.

    ``fields`` are the values that only this state gives, by event. One with the name of a field of the event takes its
    place, where that one stands in the event's order of evaluation; any other is an optional field of the event, after
    all of them. Their types are those of the field, or an integer for a float.
    """

    name: str
    path: str
    emit: tuple[str, ...]
    dwell: Field | None
    times: int | Field
    branches: tuple[Branch, ...]
    settings: tuple[Setting, ...]
    fields: Mapping[str, tuple[Field, ...]]
    span: Span
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A state machine. ``partners`` are rows of other entities that a session holds on to (``with: {driver: driver}``).

    ``start``: where a session begins, by weight; with ``parallel`` it begins in all of them, side by side.
    ``settings`` give the session's variables their first values. ``gap``: a longer dwell starts a new session id.
    ``longest``: after so long the session ends, wherever it is. ``one_at_a_time``: an actor who is in a session of
    this flow starts no other.
    """

    name: str
    actor: str | None
    partners: tuple[Ref, ...]
    start: tuple[Branch, ...]
    parallel: bool
    states: Mapping[str, FlowState]
    settings: tuple[Setting, ...]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    gap: int | None = None
    longest: int | None = None
    one_at_a_time: bool = False
    doc: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Concurrency:
    """At most ``limit`` sessions of a flow at once; ``at_cap`` is ``wait``, ``drop`` or ``poll``.

    A session that waits begins as soon as another ends, in the order of arrival. With ``poll`` every arrival that finds
    no room looks again each ``every`` microseconds.
    """

    limit: int
    at_cap: str = "wait"
    every: int = 5_000_000
