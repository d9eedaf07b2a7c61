"""The bytes of a record depend on its values alone: not on the form of its columns, nor on how the batch is cut."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from synthwb.encode import encoder
from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column, Pool
from synthwb.scenario.model import Envelope

# Text without lone surrogates, rich in what JSON must escape and in what it must leave alone.
SPICE = st.sampled_from(['"', "\\", "\n", "\t", "\x00", "\x1f", "\x7f", "é", "שלום", "😀", "\u2028", "/", ","])
TEXT = st.lists(st.one_of(SPICE, st.characters(codec="utf-8")), max_size=8).map("".join)
SAFE = st.text(st.sampled_from("abcXYZ019 _-/:.,{}[]'"), min_size=5, max_size=5)
INT = st.one_of(st.integers(-5, 20), st.integers(-(2**63), 2**63 - 1))
FLOAT = st.floats(allow_nan=False, allow_infinity=False)
LEAVES: list[tuple[pl.DataType, st.SearchStrategy[Any]]] = [
    (pl.String(), TEXT),
    (pl.Int64(), INT),
    (pl.Float64(), FLOAT),
    (pl.Boolean(), st.booleans()),
]


def _types() -> st.SearchStrategy[tuple[pl.DataType, st.SearchStrategy[Any]]]:
    """A dtype and a strategy for its values, nested up to a few levels."""

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        lists = inner.map(lambda t: (pl.List(t[0]), st.lists(st.none() | t[1], max_size=3)))
        structs = st.tuples(inner, inner).map(
            lambda t: (
                pl.Struct({"a": t[0][0], 'b"': t[1][0]}),
                st.fixed_dictionaries({"a": st.none() | t[0][1], 'b"': st.none() | t[1][1]}),
            )
        )
        return lists | structs

    return st.recursive(st.sampled_from(LEAVES), deeper, max_leaves=4)


@st.composite
def _columns(draw: st.DrawFn) -> dict[str, tuple[pl.Series, list[bool] | None]]:
    """Series of one length with nulls, some with rows where the key is absent."""
    rows = draw(st.integers(1, 6))
    columns = {}
    for i in range(draw(st.integers(1, 4))):
        dtype, values = draw(_types())
        series = pl.Series(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), dtype=dtype)
        absent = draw(st.none() | st.lists(st.booleans(), min_size=rows, max_size=rows))
        columns[draw(st.sampled_from(["a", "é", 'q"', "time of day"])) + str(i)] = (series, absent)
    return columns


def _with_absent(column: Column, absent: list[bool] | None) -> Column:
    return column if absent is None else column.without(np.array(absent))


def _part(columns: dict[str, Column], rows: int, event: str = "e", at: list[int] | None = None) -> Part:
    schema = EventSchema(event, 1, None, {n: c.dtype for n, c in columns.items()}, frozenset(), frozenset())
    ids = Column.fixed(np.frombuffer(b"%036d" * rows % tuple(range(rows)), np.uint8).reshape(rows, 36).copy())
    places = np.arange(rows) if at is None else np.array(at)
    return Part(schema, places, np.arange(rows) * 1_500_000, np.arange(rows), ids, columns)


def _bytes(*parts: Part, kind: str = "flat") -> bytes:
    batch = Batch(0, sum(map(len, parts)), parts)
    payloads = encoder("jsonl", Envelope(kind), {part.schema.event: part.schema for part in parts}).encode(batch)
    assert len(payloads) == 1
    assert isinstance(payloads[0].data, bytes)
    return payloads[0].data


@given(_columns())
def test_lines_are_what_json_dumps_would_say(columns: dict[str, tuple[pl.Series, list[bool] | None]]) -> None:
    rows = len(next(iter(columns.values()))[0])
    part = _part({name: _with_absent(Column.of(s), absent) for name, (s, absent) in columns.items()}, rows)
    lines = _bytes(part, kind="nested").decode().split("\n")
    assert lines.pop() == ""
    assert len(lines) == rows
    for row, line in enumerate(lines):
        expected = {
            name: series[row].to_list() if isinstance(series[row], pl.Series) else series[row]
            for name, (series, absent) in columns.items()
            if absent is None or not absent[row]
        }
        expected = json.loads(json.dumps(expected, default=lambda s: s.to_list()))
        assert json.loads(line)["properties"] == expected
        assert list(json.loads(line)["properties"]) == list(expected)


@given(st.lists(st.none() | TEXT, min_size=1, max_size=8))
def test_text_is_escaped_as_json_dumps_does(values: list[str | None]) -> None:
    part = _part({"t": Column.of(pl.Series(values, dtype=pl.String))}, len(values))
    lines = _bytes(part, kind="nested").decode().split("\n")[:-1]
    bodies = [json.dumps({"t": value}, ensure_ascii=False, separators=(",", ":")) for value in values]
    assert [line[line.index('"properties":') + 13 : -1] for line in lines] == bodies


@given(_columns(), st.sampled_from(["flat", "nested", "cloudevents"]))
def test_a_pool_gives_the_bytes_of_plain_values(
    columns: dict[str, tuple[pl.Series, list[bool] | None]], kind: str
) -> None:
    rows = len(next(iter(columns.values()))[0])
    plain = {name: _with_absent(Column.of(s), absent) for name, (s, absent) in columns.items()}
    coded = {
        name: _with_absent(Column.coded(Pool(s.reverse()), np.arange(rows)[::-1]), absent)
        for name, (s, absent) in columns.items()
    }
    mixed = {name: (plain if i % 2 else coded)[name] for i, name in enumerate(columns)}
    expected = _bytes(_part(plain, rows), kind=kind)
    assert _bytes(_part(coded, rows), kind=kind) == expected
    assert _bytes(_part(mixed, rows), kind=kind) == expected


@given(
    st.lists(st.tuples(SAFE, SAFE, SAFE, st.integers(0, 3)), min_size=1, max_size=8),
    st.sets(st.integers(0, 7)),
)
def test_fixed_width_text_gives_the_bytes_of_plain_values(
    rows: list[tuple[str, str, str, int]], gone: set[int]
) -> None:
    absent = np.array([i in gone for i in range(len(rows))])

    def column(i: int, form: str) -> Column:
        series = pl.Series([row[i] for row in rows])
        if form == "plain":
            return Column.of(series)
        if form == "safe":
            return Column.of(series, ascii_safe=True)
        if form == "coded":
            return Column.coded(Pool(series), np.arange(len(rows)), ascii_safe=True)
        return Column.fixed(np.frombuffer("".join(series).encode(), np.uint8).reshape(len(rows), 5))

    number = Column.of(pl.Series([row[3] for row in rows]))
    seen = set()
    for forms in (
        ("plain",) * 3,
        ("safe",) * 3,
        ("fixed",) * 3,
        ("fixed", "coded", "fixed"),
        ("coded", "fixed", "safe"),
    ):
        columns = {"x": column(0, forms[0]), "n": number, "y": column(1, forms[1]).without(absent)}
        columns |= {"z": column(2, forms[2]), "last": number}
        seen.add(_bytes(_part(columns, len(rows))))
    assert len(seen) == 1


@given(
    st.integers(-(10**6), 10**6),
    st.integers(0, 2_000),
    st.integers(0, 5),
    st.sampled_from([0.0, -0.0, 0.1, -1e-7, 1e16, 123456.789]),
)
def test_many_rounded_numbers_give_the_bytes_of_few(low: int, span: int, places: int, other: float) -> None:
    many = (low + np.arange(600) * 7919 % (span + 1)) / 10.0**places
    many[-1] = other
    lines = _bytes(_part({"x": Column.of(many)}, len(many))).decode().splitlines()
    assert [line.rpartition('"x":')[2] for line in lines] == [f"{text}}}" for text in pl.Series(many).cast(pl.String)]


@given(_columns(), st.data())
def test_cutting_a_batch_changes_no_byte(
    columns: dict[str, tuple[pl.Series, list[bool] | None]], data: st.DataObject
) -> None:
    rows = len(next(iter(columns.values()))[0])
    cut = data.draw(st.integers(0, rows))
    whole = _part({name: _with_absent(Column.of(s), absent) for name, (s, absent) in columns.items()}, rows)
    pieces = [whole.take(np.arange(cut), np.arange(cut)), whole.take(np.arange(cut, rows), np.arange(rows - cut))]
    assert b"".join(_bytes(piece) for piece in pieces if len(piece)) == _bytes(whole)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_event_types_are_interleaved_in_the_order_of_the_batch(kinds: list[bool]) -> None:
    parts = []
    for event in ("a", "b"):
        places = [i for i, kind in enumerate(kinds) if kind == (event == "b")]
        if places:
            parts.append(_part({"place": Column.of(pl.Series(places))}, len(places), event, places))
    lines = [json.loads(line) for line in _bytes(*parts).splitlines()]
    assert [line["place"] for line in lines] == list(range(len(kinds)))
    assert [line["event"] for line in lines] == ["b" if kind else "a" for kind in kinds]
