"""What ties flows to events and to rows of entities: the roles of a session, and what of it is settled afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from synthwb.engine.expressions.arrays import ArrayProgram
from synthwb.engine.flows.facts import TOUCHED, WRITES, input_fact
from synthwb.engine.flows.values import nothing
from synthwb.engine.rows import Facts
from synthwb.scenario.flows.model import Flow, Setting
from synthwb.scenario.model import DType, Field

__all__ = ["Deferred", "Entry", "Given", "Tie", "roles"]


def roles(flow: Flow) -> dict[str, str]:
    """The names under which a session of the flow holds rows, with the entity of each."""
    actor = {} if flow.actor is None else {"actor": flow.actor}
    return actor | {partner.name: partner.entity for partner in flow.partners}


@dataclass(frozen=True, slots=True)
class Tie:
    """One flow's part in an event type: the role behind each source of the event, and the variable behind each value.

    ``values``: by the name that the event reads, the name under which the flow has it.
    """

    sources: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """What flows give to one event type.

    ``entities``: whose rows stand behind each source that a flow chooses. ``values``: types of variables by the name
    they are read under. ``replaced``: by field, the states that give a value of their own. ``wanted``: all
    names that its fields read. ``alone``: it also comes by itself.
    """

    ties: Mapping[str, Tie]
    entities: Mapping[str, str]
    values: Mapping[str, DType]
    replaced: Mapping[str, Mapping[int, Field]]
    wanted: frozenset[str]
    alone: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a variable.

    ``attribute``: of the entity. ``program`` None: it takes the value of the setting, which is an input by its path.
    ``reads``: by name in the program, the attribute that it is. ``inputs``: by name in the program, the input.
    """

    setting: Setting
    attribute: str
    program: ArrayProgram | None
    reads: Mapping[str, str]
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class Deferred:
    """What is settled in the ledger: the entity whose rows carry it, by flow the role that it has there.

    ``entries``: by path of the state, the changes in their order.
    ``inputs``: types of what entries read beside the variables.
    """

    entity: str
    roles: Mapping[str, str]
    entries: Mapping[str, tuple[Entry, ...]]
    inputs: Mapping[str, DType]

    @cached_property
    def groups(self) -> dict[str, int]:
        """The number of the entries of each path."""
        return {path: number for number, path in enumerate(self.entries)}

    @property
    def facts(self) -> Facts:
        """The facts that rows carry for the ledger, each with its value for a row that it does not concern."""
        none = np.full(1, -1, np.int32)
        return {TOUCHED: none, WRITES: none} | {
            input_fact(name): nothing(dtype, 1) for name, dtype in self.inputs.items()
        }
