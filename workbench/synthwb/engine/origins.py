"""Rows of a population from outside: the columns that are taken, checked against what the document says of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from synthwb.engine.absence import restored
from synthwb.engine.columns import Column
from synthwb.engine.tables import Table, origin_table
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity, Span
from synthwb.scenario.model import EntityType, EventType, Field
from synthwb.scenario.tables import missing_column

__all__ = ["check_reads", "origin_columns"]


def origin_columns(entity: EntityType) -> dict[str, Column]:
    """The attributes that come from the entity's origin, ``count`` rows of them or all.

    Raises ScenarioError for columns that are not there, too few rows, a key that does not identify rows, and fields
    that are called like a column or read what there is not.
    """
    assert entity.origin is not None
    path = f"{entity.name}.from"
    table = origin_table(entity.origin.table, path)
    taken = _taken(entity, table, path)
    problems = list(_problems(entity, taken, path))
    if problems:
        raise ScenarioError(problems)
    try:
        columns = {name: restored(values, values.name, table.absent) for name, values in taken.items()}
    except ValueError as error:
        raise ScenarioError([_problem(f"the origin cannot be read: {error}", entity.origin.span, path)]) from error
    first = np.arange(entity.count or table.frame.height)
    return {name: column.take(first) for name, column in columns.items()} if entity.count else columns


def check_reads(event: EventType, sources: Mapping[str, Sequence[str]]) -> None:
    """Raise ScenarioError for fields that read an attribute which the rows of an origin do not have.

    ``sources``: the attributes behind ``actor`` and each reference.
    """
    problems = []
    for field in event.fields:
        for name in field.reads:
            head, _, rest = name.partition(".")
            if rest and head in sources and rest not in sources[head]:
                message, hint = missing_column(rest, list(sources[head]))
                problems.append(_problem(f"{message} behind {head!r}", field.span, field.path, hint))
    if problems:
        raise ScenarioError(problems)


def _taken(entity: EntityType, table: Table, path: str) -> dict[str, pl.Series]:
    """Columns by the name of their attribute."""
    assert entity.origin is not None
    if not entity.origin.columns:
        return {name: table.frame[name] for name in table.frame.columns}
    found: dict[str, pl.Series] = {}
    problems: list[Diagnostic] = []
    for attribute, word in entity.origin.columns:
        try:
            found[attribute] = table.column(word, path)
        except ScenarioError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise ScenarioError(problems)
    return found


def _problems(entity: EntityType, taken: Mapping[str, pl.Series], path: str) -> Iterator[Diagnostic]:
    assert entity.origin is not None
    span = entity.origin.span
    height = len(next(iter(taken.values())))
    if entity.count > height:
        message = f"a count of {entity.count:,}, and the origin has {height:,} rows"
        yield _problem(message, span, path, f"lower it to {height} at most, or leave it out")
    if entity.population is not None and "born" in taken:
        hint = "name the columns that are taken, or leave population out"
        yield _problem("born is when a row began to live: its population says that, not a column", span, path, hint)
    known = [*taken, *entity.order]
    for field in entity.fields:
        if field.name in taken:
            hint = "call it otherwise, or take fewer columns"
            yield _problem(f"{field.name!r} is a column of the origin already", field.span, field.path, hint)
        yield from _unread(field, known)
    if entity.key is not None and entity.key not in known:
        message, hint = missing_column(entity.key, known)
        yield _problem(f"{message} that could be the key", entity.span, f"{entity.name}.key", hint)
    elif entity.key is not None and entity.key in taken:
        values = taken[entity.key]
        double = values.filter(values.is_duplicated())
        if len(double):
            message = f"the key {entity.key!r} does not identify a row: {double[0]!r} comes more than once"
            yield _problem(message, entity.span, f"{entity.name}.key", "name another column, or mend the rows")


def _unread(field: Field, known: Sequence[str]) -> Iterator[Diagnostic]:
    for name in field.reads:
        if name.partition(".")[0] not in known:
            message, hint = missing_column(name, known)
            yield _problem(message, field.span, field.path, hint)


def _problem(message: str, span: Span, path: str, hint: str = "") -> Diagnostic:
    return Diagnostic(Severity.ERROR, "origin", message, span, path, hint)
