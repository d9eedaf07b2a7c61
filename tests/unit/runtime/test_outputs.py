"""What targets mean, and which destinations can take what."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import polars as pl
import pytest

from synthwb.engine.batch import Batch, EventSchema, Part
from synthwb.engine.columns import Column
from synthwb.errors import SinkError, UsageError
from synthwb.runtime.outputs import outputs, target
from synthwb.scenario.model import Envelope, SinkSpec

SINKS = (SinkSpec("archive", "file", "out/{event}.csv"), SinkSpec("screen", "stdout"))


def _plan(*events: str) -> Any:
    """What `outputs` looks at of a plan."""
    schemas = {
        name: EventSchema(name, 1, None, {"n": pl.Int64()}, frozenset(), frozenset()) for name in events or ("a", "b")
    }
    scenario = SimpleNamespace(name="shop", sinks=SINKS, envelope=Envelope(), layers=())
    return SimpleNamespace(schemas=schemas, scenario=scenario)


def _batch(schema: EventSchema) -> Batch:
    ids = Column.of(pl.Series(["i", "j"]))
    zero = np.zeros(2, np.int64)
    part = Part(schema, np.arange(2), zero, zero, ids, {"n": Column.of(pl.Series([1, 2]))})
    return Batch(0, 2, (part,))


@pytest.mark.parametrize(
    ("text", "kind", "shape"),
    [
        ("-", "stdout", "jsonl"),
        ("a.jsonl", "file", "jsonl"),
        ("out/{event}.ndjson", "file", "jsonl"),
        ("a.JSON", "file", "jsonl"),
        ("${DIR}/{event}.csv", "file", "csv"),
        ("a.b.parquet", "file", "parquet"),
        ("/dev/null", "file", "jsonl"),
    ],
)
def test_a_target_by_its_suffix(text: str, kind: str, shape: str) -> None:
    spec = target(text)
    assert (spec.kind, spec.format) == (kind, shape)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.xlsx", r"suffix \.xlsx names no format; use one of \.jsonl, \.ndjson, \.json, \.csv, \.tsv"),
        ("", "an empty target"),
        ("gopher://localhost/topic", r"gopher:// means no destination; targets are -, a file, @name, http://"),
        ("@archiv", "did you mean @archive"),
        ("@zzz", "it has @archive, @screen"),
    ],
)
def test_a_target_that_means_nothing(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        target(text, _plan().scenario)


def test_a_sink_of_the_document_by_its_name() -> None:
    assert target("@archive", _plan().scenario) is SINKS[0]
    with pytest.raises(UsageError, match="the scenario has no sinks; add one under sinks:"):
        target("@archive")


@pytest.mark.parametrize("shape", ["csv", "parquet"])
def test_one_table_cannot_hold_several_event_types(shape: str) -> None:
    with pytest.raises(UsageError, match=r"2 event types .*\(a, b\); write one file per event type: out/\{event\}\."):
        outputs([target(f"out/all.{shape}")], _plan(), bounded=True)
    assert outputs([target(f"all.{shape}")], _plan("a"), bounded=True)
    assert outputs([SinkSpec("x", "file", f"all.{shape}", events=("b",))], _plan(), bounded=True)
    assert outputs([target(f"{{event}}.{shape}")], _plan(), bounded=True)


def test_stdout_takes_no_parquet_and_no_mixed_csv() -> None:
    with pytest.raises(UsageError, match="Parquet cannot be written to stdout"):
        outputs([SinkSpec("x", "stdout", format="parquet")], _plan("a"), bounded=True)
    with pytest.raises(UsageError, match="use JSON lines"):
        outputs([SinkSpec("x", "stdout", format="csv")], _plan(), bounded=True)


def test_two_targets_may_not_be_the_same_file() -> None:
    with pytest.raises(UsageError, match=r"two targets write to \./a\.jsonl"):
        outputs([target("a.jsonl"), target("./a.jsonl")], _plan(), bounded=True)
    assert len(outputs([target("a.jsonl"), target("b.jsonl"), target("-")], _plan(), bounded=True)) == 3


def test_an_event_type_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="no event type 'orders_placed'; did you mean 'order_placed'"):
        outputs([SinkSpec("x", "file", "a.csv", events=("orders_placed",))], _plan("order_placed"), bounded=True)


@pytest.mark.parametrize(("suffix", "text"), [("csv", "event,id,time,n\na,i,"), ("jsonl", '{"event":"a","id":"i",')])
def test_from_batch_to_file(tmp_path: Path, suffix: str, text: str) -> None:
    plan = _plan("a", "b")
    (output,) = outputs([target(str(tmp_path / f"{{event}}.{suffix}"))], plan, bounded=True)
    output.open()
    output.write(output.encode(_batch(plan.schemas["a"])))
    stats = output.stats()
    assert (stats.state, stats.events) == ("ok", 2)
    output.close(commit=True)
    written = (tmp_path / f"a.{suffix}").read_text()
    assert written.startswith(text)
    assert output.stats().state == "closed"
    assert (tmp_path / f"b.{suffix}").exists()
    header = len("event,id,time,n\n") if suffix == "csv" else 0
    assert stats.bytes == len(written) - header


def test_from_batch_to_parquet(tmp_path: Path) -> None:
    plan = _plan("a")
    (output,) = outputs([target(str(tmp_path / "x.parquet"))], plan, bounded=False)
    output.open()
    output.write(output.encode(_batch(plan.schemas["a"])))
    output.close(commit=True)
    frame = pl.read_parquet(tmp_path / "x.parquet")
    assert frame.schema == {"event": pl.String, "id": pl.String, "time": pl.Datetime("us", "UTC"), "n": pl.Int64}
    assert frame["n"].to_list() == [1, 2]


def test_a_failure_shows_in_the_snapshot(tmp_path: Path) -> None:
    (output,) = outputs([target(str(tmp_path / "missing" / "x.jsonl"))], _plan(), bounded=True)
    with pytest.raises(SinkError):
        output.open()
    stats = output.stats()
    assert stats.state == "failed"
    assert "does not exist" in stats.error
    output.close(commit=False)
    assert output.stats().state == "failed"


def test_cloudevents_name_the_scenario_as_their_source() -> None:
    spec = SinkSpec("x", "stdout", envelope=Envelope("cloudevents"))
    plan = _plan("a")
    (output,) = outputs([spec], plan, bounded=False)
    (payload,) = output.encode(_batch(plan.schemas["a"]))
    assert isinstance(payload.data, bytes)
    assert b'"source":"/synthwb/shop"' in payload.data
