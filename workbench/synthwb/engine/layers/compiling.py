"""The layers of one event type that alter its values, compiled with its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from synthwb.engine.batch import Part
from synthwb.engine.block import Block
from synthwb.engine.changes import Damage
from synthwb.engine.draws import Bits, Floats, Ints, mix
from synthwb.engine.layers.altering import Alteration, Condition, Missing, Outlier, Record, Skew
from synthwb.engine.layers.chances import Chance, Copies, copy_fact, layer_key
from synthwb.engine.layers.corrupting import Corrupt
from synthwb.engine.layers.quantities import drawn
from synthwb.engine.program import FieldSite, Program, Workplace
from synthwb.engine.text.digests import xxh64
from synthwb.scenario.layers.model import BYTE_LEVEL, ROW_LEVEL, TIME_PATH, Layer
from synthwb.scenario.model import EventType, Field, Scenario

__all__ = ["Altered", "Made", "altered"]

_TIMED = ("timestamp", "datetime", "date")


@dataclass(frozen=True, slots=True)
class Altered:
    """What layers do to the parts of one event type. ``renamed``: the layers whose copies have ids of their own."""

    alterations: tuple[Alteration, ...]
    renamed: Copies

    def identities(self, block: Block) -> Bits:
        """The addresses from which ids are made."""
        return self.renamed.address(block.address, block.facts)

    def __call__(self, part: Part, block: Block) -> Part:
        """The part as it arrives, with what was done to it."""
        record = Record(block, dict(part.columns), part.time)
        for alter in self.alterations:
            alter(record)
        key = part.schema.key or ""
        altered_key = any(change.path.partition(".")[0] == key for change in record.changes)
        return replace(
            part,
            time=record.time,
            columns=record.columns,
            raw_time=record.raw_time,
            clean_key=part.columns[key] if altered_key else None,
            changes=tuple(record.changes),
            damage=_together(record.damages),
        )


def _together(damages: list[Damage]) -> Damage | None:
    """All damage in the order of the records."""
    if not damages:
        return None
    rows = np.concatenate([damage.rows for damage in damages])
    order = np.argsort(rows, kind="stable")
    return Damage(
        rows[order],
        np.concatenate([damage.how for damage in damages])[order],
        np.concatenate([damage.bits for damage in damages])[order],
        np.concatenate([damage.layer for damage in damages])[order],
    )


@dataclass(frozen=True, slots=True)
class Made:
    """An event type whose fields are compiled: where and to what.

    ``owner``: whose each event is, the row of its actor.
    """

    scenario: Scenario
    event: EventType
    place: Workplace
    program: Program
    owner: Callable[[Block], Ints]


def altered(made: Made) -> Altered | None:
    """The layers that alter an event's values; None if none does.

    Raises ScenarioError where the types of compiled fields show what cannot work.
    """
    seed, layers, name = made.scenario.seed, list(enumerate(made.scenario.layers)), made.event.name
    mine = [(place, layer) for place, layer in layers if layer.kind not in ROW_LEVEL and name in layer.events]
    found = tuple(_compiled(made, layer, place) for place, layer in mine)
    renaming = [(place, layer) for place, layer in layers if layer.kind == "duplicate" and layer.args["new"]]
    renamed = Copies(tuple((copy_fact(place), layer_key(seed, layer, "copy")) for place, layer in renaming))
    return Altered(found, renamed) if found or renaming else None


def _compiled(made: Made, layer: Layer, place: int) -> Alteration:
    scenario, event = made.scenario, made.event.name
    if layer.kind == "skew":
        return _skew(made, layer, place)
    condition = _condition(made, layer, Copies.before(scenario.seed, scenario.layers, place))
    if layer.kind == "corrupt":
        return _corrupt(made, layer, place, condition)
    chances = {path: Chance.of(scenario.seed, layer, event, path) for path in layer.fields.get(event, ())}
    if layer.kind == "missing":
        return Missing(place, condition, chances)
    quantity = partial(drawn, scenario, layer, signed=True)
    return Outlier(place, condition, chances, quantity("factor"), quantity("shift"), quantity("to"))


def _condition(made: Made, layer: Layer, copies: Copies) -> Condition:
    """Rate and condition of a layer, over the clean record."""
    event, site = made.event.name, FieldSite(made.place, made.event.name)
    rate: Callable[[Block], Floats] | None = None
    if not isinstance(layer.rate, float) and event in layer.rate:
        number = site.number(layer.rate[event])
        rate = lambda block: np.broadcast_to(np.asarray(number(block), np.float64), len(block))  # noqa: E731
    when: Callable[[Block], NDArray[np.bool_]] | None = None
    if event in layer.when:
        holds = site.expression(layer.when[event])
        when = lambda block: holds(block).series().cast(pl.Boolean).fill_null(value=False).to_numpy()  # noqa: E731
    return Condition(copies, rate, when)


def _corrupt(made: Made, layer: Layer, place: int, condition: Condition) -> Corrupt:
    seed, event = made.scenario.seed, made.event
    paths = layer.fields.get(event.name, ())
    clocks = {TIME_PATH, *(field.name for field in event.fields if field.call.generator in _TIMED)}

    def keys(wanted: Sequence[str], what: str) -> dict[str, int]:
        return {path: layer_key(seed, layer, what, event.name, path) for path in wanted}

    typed = keys([path for path in paths if path != TIME_PATH], "wrong_type")
    timed = keys([path for path in paths if path in clocks], "bad_timestamp")
    possible = {"wrong_type": typed, "bad_timestamp": timed}
    hows = [how for how in layer.args["how"] if how in BYTE_LEVEL or possible[how]]
    chance = Chance.of(seed, layer)
    if not hows:  # nothing of this event can be broken so
        chance = replace(chance, rate=0.0)
    ways = {how: layer_key(seed, layer, "how", how) for how in hows}
    return Corrupt(place, condition, chance, ways, typed, timed, layer_key(seed, layer, "where"))


def _skew(made: Made, layer: Layer, place: int) -> Skew:
    scenario, event = made.scenario, made.event
    key = layer_key(scenario.seed, layer, "clock")
    name = layer.args["by"][event.name]
    timed = {field.name for field in event.fields if _holds_time(field)}
    return Skew(
        place,
        Chance.of(scenario.seed, layer),
        _actor(made.owner, key) if name == "actor" else _value(name, key),
        scenario.clock.start,
        drawn(scenario, layer, "offset", signed=True),
        drawn(scenario, layer, "drift", signed=True),
        {name: draw for name, draw in made.program.steps if name in timed},
    )


def _holds_time(field: Field) -> bool:
    """Whether a field is sent that holds the event's own time, and not that of an earlier one."""
    copied = field.call.generator == "path" and field.call.args.get("path") == TIME_PATH
    timed = copied or field.call.generator == "timestamp"
    return timed and not field.modifiers.hidden and not field.modifiers.repeat


def _actor(owner: Callable[[Block], Ints], key: int) -> Callable[[Record], tuple[Bits, NDArray[np.bool_]]]:
    """Clocks of actors, by their row."""

    def source(record: Record) -> tuple[Bits, NDArray[np.bool_]]:
        rows = owner(record.block)
        return mix(mix(rows.astype(np.uint64)), key), np.ones(len(rows), np.bool_)

    return source


def _value(name: str, key: int) -> Callable[[Record], tuple[Bits, NDArray[np.bool_]]]:
    """Clocks by the clean value of a field; a null has none."""

    def source(record: Record) -> tuple[Bits, NDArray[np.bool_]]:
        values = record.block.columns[name].series()
        return mix(xxh64(values.cast(pl.String)), key), values.is_not_null().to_numpy()

    return source
