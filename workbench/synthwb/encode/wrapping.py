"""Records that are wrapped in more than names: as changes of rows, and as an envelope of one's own says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from synthwb._version import __version__
from synthwb.encode.fragments import Piece, joined
from synthwb.encode.holes import column_of, text_pieces, timed
from synthwb.encode.values import Member, json_text, object_pieces, overlaid, value_pieces
from synthwb.engine.columns import Column
from synthwb.engine.text.timetext import EPOCH_UNITS, moments
from synthwb.scenario.model import LineTemplate

if TYPE_CHECKING:
    from synthwb.encode.envelopes import Layout
    from synthwb.engine.batch import Part
    from synthwb.scenario.model import ChangeRecords, LineHole, Shell

__all__ = ["change_pieces", "fields_of", "operation", "shell_pieces"]


def fields_of(columns: Mapping[str, Column], rows: int) -> list[Piece]:
    """The fields as one object."""
    return object_pieces([_member(name, column) for name, column in columns.items()], rows)


def _member(name: str, column: Column) -> Member:
    absent = column.absent if column.absent is not None and column.absent.any() else None
    return Member(name, value_pieces(column), absent)


def operation(changes: ChangeRecords, event: str) -> str:
    """What an event does to its row: c, u or d."""
    return "u" if event in changes.update else "d" if event in changes.delete else "c"


def change_pieces(part: Part, form: Layout) -> list[Piece]:
    """Each event as Debezium says a change: the row before and after, where it comes from, what was done, and when."""
    assert form.changes is not None
    changes, rows = form.changes, len(part)
    op = operation(changes, part.schema.event)
    earlier = {field: old for field, old in changes.before.items() if field in part.columns and old in part.columns}
    now = {name: column for name, column in part.columns.items() if name not in earlier.values()}
    then = {name: part.columns[earlier.get(name, name)] for name in now}
    null: list[Piece] = ["null"]
    before = fields_of(now if op == "d" else then, rows) if op == "d" or (op == "u" and earlier) else null
    at = value_pieces(moments(part.time, "epoch_ms", "UTC"))
    about = {
        "version": __version__,
        "connector": "synthwb",
        "name": form.source,
        "table": changes.table or part.schema.event,
        "event": part.schema.event,
    }
    source = [Member(name, [json.dumps(value, ensure_ascii=False)]) for name, value in about.items()]
    members = [
        Member("before", before),
        Member("after", null if op == "d" else fields_of(now, rows)),
        Member("source", object_pieces([*source, Member("id", value_pieces(part.id)), Member("ts_ms", at)], rows)),
        Member("op", [f'"{op}"']),
        Member("ts_ms", at),
    ]
    return object_pieces(members, rows)


def shell_pieces(part: Part, form: Layout, shell: Shell) -> list[Piece]:
    """An envelope of one's own filled in. A text that is a hole alone is that value, not its text."""
    if isinstance(shell, str):
        return [shell]
    if isinstance(shell, Mapping):
        return object_pieces([Member(key, shell_pieces(part, form, value)) for key, value in shell.items()], len(part))
    if isinstance(shell, tuple):
        pieces: list[Piece] = ["["]
        for number, value in enumerate(shell):
            pieces += ["," if number else "", *shell_pieces(part, form, value)]
        return [*pieces, "]"]
    if len(shell.holes) == 1 and shell.literals == ("", ""):
        return _value(part, form, shell.holes[0])
    return [_text(part, form, shell)]


def _value(part: Part, form: Layout, hole: LineHole) -> list[Piece]:
    if hole.path == "fields":
        return fields_of(part.columns, len(part))
    if hole.path == "event.name":
        return [json.dumps(part.schema.event)]
    if hole.path == "event.version":
        return [str(part.schema.version)]
    if hole.path == "event.time":
        pieces = value_pieces(moments(part.time, hole.style or form.time, form.zone))
        return pieces if part.raw_time is None else [overlaid(pieces, part.raw_time)]
    column = column_of(part, hole.path)
    if hole.style in EPOCH_UNITS:
        times = column.series().cast(pl.Datetime("us", "UTC")).to_physical()
        return value_pieces(Column.of(times // EPOCH_UNITS[hole.style]))
    if hole.style not in (None, "iso"):
        return value_pieces(Column.of(timed(column.series(), hole.style, form.zone)))
    if column.absent is not None:
        return value_pieces(Column.of(column.series())) if column.raw is None else [json_text(column.series())]
    return value_pieces(column)


def _text(part: Part, form: Layout, template: LineTemplate) -> Piece:
    """Text with values in it, as a JSON string."""
    pieces: list[Piece] = [template.literals[0]]
    for hole, literal in zip(template.holes, template.literals[1:], strict=True):
        if hole.path == "fields":
            pieces += fields_of(part.columns, len(part))
        elif hole.path == "event.version":
            pieces.append(str(part.schema.version))
        else:
            pieces += text_pieces(part, hole, form)
        pieces.append(literal)
    return json_text(joined(pieces, len(part)))
