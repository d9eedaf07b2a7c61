"""Lines by a template: values as text, times in their style, nulls, and what would break a line."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from synthwb.encode import check_holes, encoder
from synthwb.encode.holes import line_text
from synthwb.engine import compile_plan, sample
from synthwb.engine.batch import Batch, Part
from synthwb.errors import UsageError
from synthwb.runtime.outputs import outputs
from synthwb.scenario import loads
from synthwb.scenario.linetemplates import read_line_template
from synthwb.scenario.model import CsvStyle, Envelope, LineTemplate


def template(text: str) -> LineTemplate:
    """As it would be read from a document."""
    found = read_line_template(*_values(text), "sinks.0.file.template")
    assert found is not None
    return found


def _values(text: str) -> tuple[Any, Any]:
    from synthwb.scenario.document import compose
    from synthwb.scenario.report import Report
    from synthwb.scenario.values import Values

    document, _ = compose(f"x: {text!r}" if "'" not in text else f'x: "{text}"')
    assert document.root is not None
    node = document.root.get("x")
    assert node is not None
    return Values(Report(document)), node


def lines(batch: Batch, null: str = "", **templates: str) -> list[str]:
    """What is written, without the newlines."""
    made = encoder(
        "template",
        Envelope(),
        {part.schema.event: part.schema for part in batch.parts},
        style=CsvStyle(null=null),
        templates={name.replace("others", ""): template(text) for name, text in templates.items()},
    )
    (payload,) = made.encode(batch)
    assert isinstance(payload.data, bytes)
    text = payload.data.decode()
    assert text.endswith("\n")
    return text[:-1].split("\n")


def test_events_are_interleaved_each_by_its_own_template(batch: Batch) -> None:
    found = lines(batch, order_placed="{event.name} {order_id} {qty}", others="GET {page}")
    assert found == ["order_placed A-1 2", "GET /a?b=1", "order_placed A-2 0", "order_placed A-3 -7"]


def test_values_are_text_and_nulls_what_is_chosen(orders: Part) -> None:
    (first, second, third) = lines(
        Batch(0, 3, (_at_the_top(orders),)),
        "-",
        others="{tier}|{price}|{gift}|{coupon}|{address.city}|{address}|{{{event.ordinal}}}",
    )
    assert first == 'p"ro|12.50|true|-|Paris|{"city":"Paris","geo":[2.5,null]}|{0}'
    assert second == "free|-|-|C-2|-|-|{1}"
    assert third == '-|-0.05|false|-|-|{"city":null,"geo":[]}|{2}'


def test_what_would_end_a_line_does_not(orders: Part) -> None:
    found = lines(Batch(0, 3, (_at_the_top(orders),)), others="<{note}>")
    assert found == ['<Zoë, said "hi"\\n>', "<>", "<\\>"]


def test_times_in_their_styles(orders: Part) -> None:
    styles = ["%d/%b/%Y:%H:%M:%S %z", "epoch_ms", "iso", "%s"]
    text = "|".join(f"{{event.time:{style}}}" for style in styles) + "|{event.time}|{paid_at:%Y-%m-%d}|{paid_at}"
    found = lines(Batch(0, 3, (_at_the_top(orders),)), "?", others=text)
    for line, time, day in zip(found, orders.time.tolist(), ["2026-01-02", "?", "1969-12-31"], strict=True):
        log, ms, iso, seconds, plain, paid, whole = line.split("|")
        assert datetime.strptime(log, "%d/%b/%Y:%H:%M:%S %z").timestamp() == time // 1_000_000
        assert int(ms) == time // 1000
        assert int(seconds) == time // 1_000_000
        assert iso == plain
        assert datetime.fromisoformat(iso).timestamp() == time / 1_000_000
        assert paid == day
        assert whole.startswith(day)


def _at_the_top(part: Part) -> Part:
    """The same events as a batch of their own."""
    import numpy as np

    rows = np.arange(len(part))
    return part.take(rows, rows)


ACCESS = """
entities: {client: {count: 20, fields: {address: ipv4, agent: user_agent, login: user_name}}}
events:
  request:
    actor: client
    fields:
      address: actor.address
      login: {user_name: , nullable: 50%}
      path: {choice: [/, "/a?q=1", /img/x.png]}
      status: {choice: {200: 90, 404: 10}}
      size: {integer: {min: 0, max: 90000}, missing: 20%}
      agent: actor.agent
limit: {events: 300}
sinks:
  - file:
      path: access.log
      template: >-
        {address} - {login} [{event.time:%d/%b/%Y:%H:%M:%S %z}] "GET {path} HTTP/1.1" {status} {size} "-" "{agent}"
      nulls: "-"
"""
COMBINED = re.compile(
    r'(?P<address>\S+) - (?P<login>\S+) \[(?P<time>[^\]]+)\] "GET (?P<path>\S+) HTTP/1\.1" (?P<status>\d{3}) '
    r'(?P<size>\d+|-) "-" "(?P<agent>[^"]*)"'
)


def test_an_access_log_is_read_back_as_what_happened() -> None:
    plan = compile_plan(loads(ACCESS))
    (output,) = outputs(plan.scenario.sinks, plan, bounded=True)
    batch = sample(plan, 300)
    (payload,) = output.encode(batch)
    (frame,) = batch.frames.values()
    read = payload.data.decode().splitlines()  # type: ignore[union-attr]
    assert len(read) == frame.height == 300
    for line, row in zip(read, frame.iter_rows(named=True), strict=True):
        found = COMBINED.fullmatch(line)
        assert found is not None, line
        for name in ("address", "login", "path", "agent", "size", "status"):
            assert found[name] == ("-" if row[name] is None else str(row[name]))
        assert datetime.strptime(found["time"], "%d/%b/%Y:%H:%M:%S %z") == row["time"].replace(microsecond=0)
    assert frame["login"].null_count()
    assert frame["size"].null_count()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ordr_id}", "order_placed has no field 'ordr_id' for its template; did you mean 'order_id'"),
        ("{address.town}", r"no field 'address\.town'"),
        ("{qty:%Y}", r"\{qty:%Y\} writes a time, and qty of order_placed is none; write \{qty\}"),
    ],
)
def test_holes_that_mean_nothing(orders: Part, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        check_holes("log", {"": template(text)}, {"order_placed": orders.schema})


def test_every_event_has_a_template(orders: Part) -> None:
    with pytest.raises(UsageError, match="order_placed has no template; add order_placed under templates:"):
        check_holes("log", {"page_viewed": template("x")}, {"order_placed": orders.schema})


def test_a_series_of_null_alone_is_written() -> None:
    assert line_text(pl.Series([None, None], dtype=pl.Int64), "-").to_list() == ["-", "-"]
