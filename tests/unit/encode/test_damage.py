"""Text that is broken on purpose, in JSON lines and in CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest

from synthwb.encode import encoder
from synthwb.engine import Plan, compile_plan, sample
from synthwb.errors import UsageError
from synthwb.runtime import outputs, target
from synthwb.scenario import loads

HEAD = """
clock: {start: 2026-03-02T00:00, end: +1h}
events:
  a: {fields: {x: {integer: {min: 1, max: 6}}, text: {choice: ["one\\nline, \\"two\\"", "é, ü", plain]}}}
  b: {fields: {y: uuid}}
"""
ROWS = 2000


def plan(how: str, rate: str = "20%") -> Plan:
    return compile_plan(loads(f"{HEAD}imperfections: [corrupt: {{rate: {rate}, how: [{how}]}}]\n"))


CLEAN = compile_plan(loads(HEAD))


def text(made: Plan, form: str = "jsonl", only: str | None = None) -> bytes:
    events = None if only is None else frozenset([only])
    encode = encoder(form, made.scenario.envelope, made.schemas, events=events).encode
    return b"".join(bytes(payload.data) for payload in encode(sample(made, ROWS)))  # type: ignore[arg-type]


def broken(how: str) -> list[tuple[bytes, bytes]]:
    """The lines that differ, as they are and as they were."""
    pairs = list(zip(text(plan(how)).split(b"\n"), text(CLEAN).split(b"\n"), strict=True))
    changed = [(new, old) for new, old in pairs if new != old]
    assert 0.16 * ROWS < len(changed) < 0.24 * ROWS
    return changed


def test_truncated_lines_are_a_beginning() -> None:
    assert all(old.startswith(new) and 0 < len(new) < len(old) for new, old in broken("truncate"))
    assert all(new.decode() for new, _ in broken("truncate")), "a letter is never cut in two"


def test_a_byte_that_is_no_utf8() -> None:
    for new, old in broken("bad_utf8"):
        assert new.count(b"\xff") == 1
        assert new.replace(b"\xff", b"") == old
        with pytest.raises(UnicodeDecodeError):
            new.decode()


def test_empty_lines() -> None:
    assert {new for new, _ in broken("empty")} == {b""}


def test_a_key_that_comes_twice() -> None:
    for new, old in broken("duplicated_key"):
        pairs = json.loads(new, object_pairs_hook=list)
        assert pairs[0] == ["event", None] or tuple(pairs[0]) == ("event", None)
        assert dict(pairs) == json.loads(old)


def test_the_truth_gets_what_the_lines_were() -> None:
    made = plan("truncate, empty")
    (payload,) = encoder("jsonl", made.scenario.envelope, made.schemas).encode(sample(made, ROWS))
    assert payload.broken is not None
    lines = text(CLEAN).decode().split("\n")
    assert [lines[row] for row in payload.broken.row] == payload.broken.original.to_list()
    assert set(payload.broken.how) == {"truncate", "empty"}


def test_one_file_for_each_event_breaks_the_same_records() -> None:
    made = plan("empty")
    batch = sample(made, ROWS)
    apart = encoder("jsonl", made.scenario.envelope, made.schemas, by_event=True).encode(batch)
    (mixed,) = encoder("jsonl", made.scenario.envelope, made.schemas).encode(batch)
    assert mixed.broken is not None
    rows = sorted(row for each in apart if each.broken is not None for row in each.broken.row)
    assert rows == mixed.broken.row.tolist()


def test_csv_counts_records_not_lines() -> None:
    new, old = text(plan("empty"), "csv", "a"), text(CLEAN, "csv", "a")
    clean = list(csv.reader(io.StringIO(old.decode(), newline="")))
    dirty = list(csv.reader(io.StringIO(new.decode(), newline="")))
    assert len(dirty) == len(clean)
    gone = [row for row in dirty if row in ([], [""])]
    assert 0.14 * len(clean) < len(gone) < 0.26 * len(clean)
    assert [row for row in dirty if row not in ([], [""])] == [c for c, d in zip(clean, dirty, strict=True) if c == d]


def test_csv_has_a_cell_too_many_where_a_key_would_come_twice() -> None:
    rows = list(csv.reader(io.StringIO(text(plan("duplicated_key"), "csv", "a").decode(), newline="")))
    width = min(map(len, rows))
    assert {len(row) for row in rows} == {width, width + 1}
    assert all(row[0] == row[1] for row in rows if len(row) > width)


def test_wrong_types_in_csv_and_parquet() -> None:
    made = compile_plan(loads(f"{HEAD}imperfections: [corrupt: {{rate: 100%, how: [wrong_type], fields: [a.text]}}]\n"))
    rows = list(csv.reader(io.StringIO(text(made, "csv", "a").decode(), newline="")))
    assert all(row[-1].isdecimal() for row in rows)
    (payload,) = encoder("parquet", made.scenario.envelope, made.schemas, events=frozenset("a")).encode(
        sample(made, 50)
    )
    frame = payload.content
    assert frame["text"].null_count() == frame.height > 0  # type: ignore[index,union-attr]


def test_parquet_is_refused_where_text_is_broken() -> None:
    with pytest.raises(UsageError, match="Parquet is no text, and the layer 'corrupt' breaks text \\(truncate\\)"):
        outputs([target("{event}.parquet")], plan("truncate, wrong_type"), bounded=True)
    outputs([target("{event}.parquet")], plan("wrong_type"), bounded=True)
