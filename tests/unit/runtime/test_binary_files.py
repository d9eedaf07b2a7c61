"""Files of Avro and Protocol Buffers, read by their own libraries."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import fastavro
import polars as pl
import pytest
from protocols import message_class

from synthwb.encode import Records, encoder
from synthwb.encode.protobuf import proto_text
from synthwb.engine import compile_plan, sample
from synthwb.engine.plan import Plan
from synthwb.errors import SinkError, UsageError
from synthwb.runtime.outputs import outputs, target
from synthwb.scenario import loads
from synthwb.scenario.model import SinkSpec
from synthwb.sinks.stdout import StdoutSink

DOCUMENT = """
entities:
  user: {count: 30, fields: {home: {object: {zip: {pattern: "#####", missing: 50%}, at: {location: }}}}}
events:
  view:
    actor: user
    fields:
      path: {choice: [/a, /b]}
      n: {integer: {min: -9, max: 9}, nullable: 30%}
      home: actor.home
      since: {datetime: {min: 1960-01-01, max: 2021-01-01}}
      tags: {list: {choice: [a, b]}, length: {integer: {min: 0, max: 3}}}
      price: {uniform: {min: -1, max: 999}, as: {decimal: 2}}
  buy: {actor: user, fields: {total: {uniform: {min: 1, max: 9}, missing: 20%}}}
limit: {events: 5000}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return compile_plan(loads(DOCUMENT.replace("at: {location: }", "at: {const: 1.5}")))


def write(plan: Plan, to: str, *sizes: int, bounded: bool = True) -> dict[str, pl.DataFrame]:
    """Write events in batches of these sizes; the same as frames."""
    (output,) = outputs([target(to)], plan, bounded=bounded)
    output.open()
    whole, first = sample(plan, sum(sizes)), 0
    for size in sizes:
        batch = whole.tail(len(whole) - first) if first else whole
        parts = [part for part in batch.parts if (part.rows < size).any()]
        kept = tuple(part.take((part.rows < size).nonzero()[0], part.rows[part.rows < size]) for part in parts)
        from synthwb.engine.batch import Batch

        output.write(output.encode(Batch(first, size, kept)))
        first += size
    output.close(commit=True)
    return whole.frames


def test_an_avro_file_holds_the_events(plan: Plan, tmp_path: Path) -> None:
    frames = write(plan, str(tmp_path / "{event}.avro"), 3000)
    for event, frame in frames.items():
        with open(tmp_path / f"{event}.avro", "rb") as file:
            reader: Any = fastavro.reader(file)
            assert reader.writer_schema["name"] == f"synthwb.{event}"
            found = list(reader)
        assert [each["id"] for each in found] == frame["id"].to_list()
        for name in frame.columns:
            assert [each[name] for each in found] == frame[name].to_list(), name
        assert {each["event"] for each in found} == {event}


def test_an_avro_file_is_the_same_whatever_the_batches(plan: Plan, tmp_path: Path) -> None:
    write(plan, str(tmp_path / "{event}-a.avro"), 4500)
    write(plan, str(tmp_path / "{event}-b.avro"), 1, 999, 2500, 1000)
    for event in plan.schemas:
        assert (tmp_path / f"{event}-a.avro").read_bytes() == (tmp_path / f"{event}-b.avro").read_bytes()


def test_an_endless_run_goes_on_with_a_file_of_the_same_fields(plan: Plan, tmp_path: Path) -> None:
    to = str(tmp_path / "{event}.avro")
    for _ in range(2):
        frames = write(plan, to, 300, bounded=False)
    with open(tmp_path / "buy.avro", "rb") as file:
        found = [each["id"] for each in fastavro.reader(file)]  # type: ignore[call-overload,index]
    assert found == frames["buy"]["id"].to_list() * 2
    other = compile_plan(loads(DOCUMENT.replace("total:", "sum:")))
    with pytest.raises(SinkError, match="holds records of other fields, or is not whole"):
        write(other, to, 10, bounded=False)


def test_a_reader_of_an_endless_run_sees_what_was_written(plan: Plan, tmp_path: Path) -> None:
    (output,) = outputs([target(str(tmp_path / "{event}.avro"))], plan, bounded=False)
    output.open()
    batch = sample(plan, 10)
    output.write(output.encode(batch))
    with open(tmp_path / "view.avro", "rb") as file:
        assert len(list(fastavro.reader(file))) == batch.frames["view"].height
    output.close(commit=True)


def test_after_an_interruption_a_file_is_gone_on_with(plan: Plan, tmp_path: Path) -> None:
    def opened() -> Any:
        return outputs([target(str(tmp_path / "{event}.avro"))], plan, bounded=True)[0]

    batch = sample(plan, 1500)
    output = opened()
    output.open_kept(None)
    output.write(output.encode(batch))
    mark = output.mark()
    output.write(output.encode(batch))
    output.mark()
    output.close(commit=False)
    output = opened()
    output.open_kept(mark)
    output.write(output.encode(batch))
    output.close(commit=True)
    with open(tmp_path / "view.avro", "rb") as file:
        found = [each["id"] for each in fastavro.reader(file)]  # type: ignore[call-overload,index]
    assert found == batch.frames["view"]["id"].to_list() * 2


def test_a_file_of_protobuf_is_a_delimited_stream(plan: Plan, tmp_path: Path) -> None:
    from google.protobuf import proto

    frames = write(plan, str(tmp_path / "{event}.pb"), 700, 800)
    made = encoder("protobuf", plan.scenario.envelope, plan.schemas, by_event=True)
    assert isinstance(made, Records)
    for event, frame in frames.items():
        message = message_class(proto_text(made.records[event]), f"synthwb.{event.capitalize()}")
        with open(tmp_path / f"{event}.pb", "rb") as file:
            found = []
            while (each := proto.parse_length_prefixed(message, file)) is not None:  # type: ignore[arg-type]
                found.append(each)
        assert [each.id for each in found] == frame["id"].to_list()
        if event == "view":
            assert [each.n if each.HasField("n") else None for each in found] == frame["n"].to_list()
            assert [list(each.tags) for each in found] == frame["tags"].to_list()


def test_schemas_say_what_may_be_null(plan: Plan) -> None:
    from synthwb.encode.avro import avro_schema

    def optional(altered: bool) -> set[str]:
        made = encoder("avro", plan.scenario.envelope, plan.schemas, by_event=True, altered=altered)
        assert isinstance(made, Records)
        fields = avro_schema(made.records["view"])["fields"]
        return {each["name"] for each in fields if isinstance(each["type"], list) and each["type"][0] == "null"}

    assert optional(altered=False) == {"n", "home", "price"}  # a decimal may be too large for its type
    assert optional(altered=True) == {"time", "path", "n", "home", "since", "tags", "price"}


def test_what_layers_take_away_is_null(tmp_path: Path) -> None:
    layers = "imperfections:\n  - missing: {rate: 30%}\n  - corrupt: {rate: 30%, how: [wrong_type, bad_timestamp]}\n"
    broken = compile_plan(loads(DOCUMENT.replace("at: {location: }", "at: {const: 1.5}") + layers))
    frames = write(broken, str(tmp_path / "{event}.avro"), 2000)
    with open(tmp_path / "view.avro", "rb") as file:
        found = list(fastavro.reader(file))
    for name in ("path", "since", "price"):
        values = [each[name] for each in found]  # type: ignore[call-overload,index]
        assert values == frames["view"][name].to_list()
        assert None in values
    assert None in [each["time"] for each in found]  # type: ignore[call-overload,index]


@pytest.mark.parametrize("form", ["avro", "protobuf"])
def test_a_terminal_is_not_sent_what_is_no_text(plan: Plan, form: str) -> None:
    control, terminal = os.openpty()
    try:
        (output,) = outputs([SinkSpec("screen", "stdout", format=form, events=("buy",))], plan, bounded=True)
        sink = output.sink if form == "protobuf" else output.sink._inner  # type: ignore[attr-defined]
        assert isinstance(sink, StdoutSink)
        sink._descriptor = terminal
        with pytest.raises(SinkError, match=f"stdout is a terminal, which shows text, and {form.capitalize()} is none"):
            output.open()
    finally:
        os.close(control)
        os.close(terminal)


def test_names_that_the_format_cannot_write() -> None:
    plan = compile_plan(loads('events: {e: {fields: {"größe": {const: 1}, o: {object: {"a b": {const: 1}}}}}}'))
    with pytest.raises(UsageError, match="Avro has names of letters, digits and _ alone, and e has 'größe'; rename it"):
        outputs([target("e.avro")], plan, bounded=True)


def test_schemas_can_be_had() -> None:
    import synthwb

    text = DOCUMENT.replace("at: {location: }", "at: {const: 1.5}")
    assert message_class(synthwb.schemas(text, "protobuf")["view"], "synthwb.View")(n=3).n == 3
    assert fastavro.parse_schema(json.loads(synthwb.schemas(text, "avro")["buy"]))["name"] == "synthwb.buy"  # type: ignore[call-overload,index]
    assert json.loads(synthwb.schemas(text, "jsonl")["view"])["title"] == "view"
    with pytest.raises(UsageError, match="there are schemas of avro, protobuf, jsonl, not of 'csv'"):
        synthwb.schemas(text, "csv")
    with pytest.raises(UsageError, match="the envelope changes has no schema"):
        synthwb.schemas(text + "envelope: changes\n", "avro")
