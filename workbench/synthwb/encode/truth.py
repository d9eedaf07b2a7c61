"""The truth: a line of JSON for everything that layers did, enough to undo it.

The first line says what made the stream. Then the lines follow in the order in which records arrive (a dropped one
where it would have), and for one record in the order of the layers. To undo them, take each record's lines from the
last to the first. Keys that mean nothing for a line are left out:

- ``kind`` (late, reorder, duplicate, drop, missing, outlier, skew, corrupt), ``how`` (of corrupt), ``layer`` (its name)
- ``event``, ``id``, ``time``: of the clean record
- ``number``: of the record among all that arrive, ``row``: among those of its event, as in a file of their own, both
  from 0 (the top line of a CSV file is not counted); a dropped one has none
- ``clean``: its number in the clean stream; ``copy``: which copy it is, where it is one
- ``delay``: how many seconds later it arrives
- ``path``, ``original``, ``value``: the field (``event.time`` is the envelope's), what it was, and what it is (left
  out: the key is gone)
- ``record``: the whole clean record that was dropped, in the scenario's envelope
- ``sink``, ``line``, ``original``: whose text was broken, the record's number in the file of that sink which it is in,
  from 0, and the text that it was
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from synthwb.encode.envelopes import layout
from synthwb.encode.fragments import joined
from synthwb.encode.ndjson import record_lines
from synthwb.encode.payload import Payload
from synthwb.encode.values import json_text, overlaid, value_pieces
from synthwb.engine.columns import Column, text_of
from synthwb.engine.text.timetext import iso_matrix, moments
from synthwb.scenario.layers.model import TIME_PATH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.batch import Batch, Part
    from synthwb.engine.changes import Change
    from synthwb.engine.plan import Plan
    from synthwb.engine.spine import Slab

__all__ = ["Given", "TruthLines"]

_TEXTS = ("kind", "how", "layer", "event", "id", "time")
_JSON = dict.fromkeys(("kind", "how", "path", "original", "value", "delay", "record", "sink", "line"), pl.String)
_KEYS = (*_TEXTS, "number", "row", "clean", "copy", "delay", "path", "original", "value", "record", "sink", "line")
_NOTHING = pl.DataFrame(schema={"at": pl.Int64, "step": pl.Int64, **_JSON})


@dataclass(frozen=True, slots=True)
class Given:
    """What a sink, by its name, is given of a slab: the records of some ``events`` (none named: of all)."""

    sink: str
    payloads: Sequence[Payload]
    events: Sequence[str] = ()


class TruthLines:
    """Writes the truth of a plan's stream, slab by slab. Pure, like an encoder."""

    format = "jsonl"

    def __init__(self, plan: Plan, *, source: str = "/synthwb") -> None:
        self._plan = plan
        self._source = source
        self._layers = plan.scenario.layers

    def header(self) -> bytes:
        """The first line: versions, the plan's fingerprint, seed and layers, and the order of every event's fields."""
        import faker

        from synthwb._version import __version__

        scenario = self._plan.scenario
        head = {
            "synthwb": __version__,
            "faker": faker.VERSION,
            "plan": self._plan.fingerprint,
            "seed": scenario.seed,
            "scenario": scenario.name,
            "layers": [{"layer": layer.name, "kind": layer.kind} for layer in self._layers],
            "fields": {name: list(_paths(schema.fields, "")) for name, schema in self._plan.schemas.items()},
        }
        return json.dumps(head, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def encode(self, slab: Slab, batch: Batch, given: Sequence[Given]) -> list[Payload]:
        """The lines of a slab: ``batch`` is what became of it, ``given`` what the sinks are given of that."""
        sent = slab.rows.sent
        places = np.arange(len(slab)) if sent is None else np.flatnonzero(sent)
        found = [*self._arrivals(slab), *self._changes(batch, places)]
        for each in given:
            found += self._broken(each, slab, places)
        if not found:
            return []
        lines = pl.concat([_NOTHING, *found], how="diagonal").sort("at", "step", maintain_order=True)
        text = _lines(self._described(lines, slab, batch, places))
        return [Payload("", (text.str.join("").item() or "").encode(), len(text))]

    def _arrivals(self, slab: Slab) -> Iterator[pl.DataFrame]:
        """Late, reordered, duplicated and dropped records."""
        for trace in self._plan.stack.traces(slab.rows):
            if not len(trace.rows):
                continue
            seconds = pl.Series(trace.delay / 1e6).cast(pl.String)
            yield self._frame(trace.rows, trace.layer, kind=trace.kind, delay=seconds)
        lost = self._plan.lost(slab)
        sent = slab.rows.sent
        if not len(lost) or sent is None:
            return
        dropped = np.flatnonzero(~sent)
        envelope = self._plan.scenario.envelope
        for part in lost.parts:
            record = record_lines(part, layout(envelope, part.schema, self._source))
            layer = self._plan.stack.dropped_by(slab.rows)[dropped[part.rows]]
            yield self._frame(dropped[part.rows], layer, kind="drop", record=record)

    def _changes(self, batch: Batch, places: NDArray[np.int64]) -> Iterator[pl.DataFrame]:
        """Values that were altered."""
        for part in batch.parts:
            for change in part.changes:
                corrupt = self._layers[change.layer].kind == "corrupt"
                yield self._frame(
                    places[part.rows[change.rows]],
                    change.layer,
                    kind="corrupt" if corrupt else change.kind,
                    how=change.kind if corrupt else None,
                    path=json.dumps(_path(part, change), ensure_ascii=False),
                    original=self._value(change, change.before),
                    value=None if change.after is None else self._value(change, change.after),
                )

    def _broken(self, given: Given, slab: Slab, places: NDArray[np.int64]) -> Iterator[pl.DataFrame]:
        """Records whose text was broken, last of all."""
        sink = json.dumps(given.sink, ensure_ascii=False)
        mixed = [kind for kind, name in enumerate(self._plan.events) if not given.events or name in given.events]
        for payload in given.payloads:
            broken = payload.broken
            if broken is None:
                continue
            kinds = [list(self._plan.events).index(payload.event)] if payload.event else mixed
            mine = np.isin(slab.kind[places], kinds)
            line = pl.Series(slab.firsts[kinds].sum() + np.cumsum(mine)[broken.row] - 1).cast(pl.String)
            step = broken.layer.astype(np.int64) + len(self._layers)
            how, original = broken.how, json_text(broken.original)
            at = places[broken.row]
            yield self._frame(at, step, kind="corrupt", how=how, original=original, sink=sink, line=line)

    def _frame(
        self, rows: NDArray[np.int64], step: int | NDArray[np.int64], **values: str | pl.Series | None
    ) -> pl.DataFrame:
        """Some lines, a text or one per line for each key; what is not given is left out."""
        steps = np.broadcast_to(np.asarray(step, np.int64), len(rows)).copy()
        columns = {
            name: pl.Series([value]).new_from_index(0, len(rows)) if isinstance(value, str) else value
            for name, value in values.items()
            if value is not None
        }
        return pl.DataFrame({"at": rows, "step": steps, **columns})

    def _value(self, change: Change, values: Column) -> pl.Series:
        """Values as they are written in JSON; times of the envelope as the scenario's envelope writes them."""
        if change.path != TIME_PATH:
            return joined(value_pieces(values), len(values))
        envelope = self._plan.scenario.envelope
        assert values.plain is not None
        times = moments(values.plain.cast(pl.Int64).to_numpy(), envelope.time, envelope.zone)
        pieces = value_pieces(times)
        return joined(pieces, len(values)) if values.raw is None else overlaid(pieces, values.raw)

    def _described(self, lines: pl.DataFrame, slab: Slab, batch: Batch, places: NDArray[np.int64]) -> pl.DataFrame:
        """The lines with what is known of their records, all of it as JSON text."""
        at = lines["at"].to_numpy()
        number = _counted(slab, places, slab.first + np.arange(len(places)))[at]
        row = _counted(slab, places, _ranks(slab, places))[at]
        copy = pl.Series(self._plan.stack.copies(slab.rows)[at])
        step = (lines["step"] % max(len(self._layers), 1)).cast(pl.UInt32)
        return lines.with_columns(
            kind='"' + pl.col("kind") + '"',
            how='"' + pl.col("how") + '"',
            layer=json_text(pl.Series([layer.name for layer in self._layers])).gather(step),
            event=json_text(pl.Series(list(self._plan.events))).gather(slab.kind[at]),
            id='"' + self._ids(at, slab, batch, places) + '"',
            time='"' + text_of(iso_matrix(slab.time[at])) + '"',
            number=number.cast(pl.String),
            row=row.cast(pl.String),
            clean=pl.Series(self._plan.stack.numbers(slab)[at]).cast(pl.String),
            copy=copy.set(copy == 0, None).cast(pl.String),
        )

    def _ids(self, rows: NDArray[np.int64], slab: Slab, batch: Batch, places: NDArray[np.int64]) -> pl.Series:
        """The id of each line's record."""
        sent = slab.rows.sent
        dropped = np.empty(0, np.int64) if sent is None else np.flatnonzero(~sent)
        wanted = np.unique(rows)
        pieces = [pl.DataFrame({"row": np.empty(0, np.int64), "id": pl.Series([], dtype=pl.String)})]
        parts = [(part, places[part.rows]) for part in batch.parts]
        parts += [(part, dropped[part.rows]) for part in (self._plan.lost(slab).parts if len(dropped) else ())]
        for part, at in parts:
            mine = np.flatnonzero(np.isin(at, wanted))
            if len(mine):
                pieces.append(pl.DataFrame({"row": at[mine], "id": part.id.take(mine).series("id")}))
        return pl.DataFrame({"row": rows}).join(pl.concat(pieces), on="row", how="left", maintain_order="left")["id"]


def _counted(slab: Slab, places: NDArray[np.int64], counts: NDArray[np.int64]) -> pl.Series:
    """A number for each row of a slab, null for those that never arrive."""
    found = np.full(len(slab), -1, np.int64)
    found[places] = counts
    series = pl.Series(found)
    return series.set(series < 0, None)


def _ranks(slab: Slab, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number of each record that arrives among those of its event."""
    kinds = slab.kind[places]
    found = np.empty(len(places), np.int64)
    for kind, first in enumerate(slab.firsts):
        mine = np.flatnonzero(kinds == kind)
        found[mine] = first + np.arange(len(mine))
    return found


def _paths(fields: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """The paths of fields in the order in which they are written, those of an object behind it."""
    for name, dtype in fields.items():
        yield prefix + name
        if isinstance(dtype, pl.Struct):
            yield from _paths({field.name: field.dtype for field in dtype.fields}, f"{prefix}{name}.")


def _path(part: Part, change: Change) -> str:
    return change.path if change.path == TIME_PATH else f"{part.schema.event}.{change.path}"


def _lines(lines: pl.DataFrame) -> pl.Series:
    """One line of JSON each; keys without a value are left out."""
    members = [
        pl.when(pl.col(name).is_null()).then(pl.lit("")).otherwise(pl.lit(f',"{name}":') + pl.col(name))
        for name in _KEYS
        if name != "kind"
    ]
    whole = pl.concat_str([pl.lit('{"kind":'), pl.col("kind"), *members, pl.lit("}\n")])
    return lines.select(whole.alias("line")).to_series()
