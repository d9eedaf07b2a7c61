"""Plans: schemas, pools, context, and what only compiling can tell."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest

from synthwb.encode import encoder
from synthwb.engine import Stream, compile_plan, sample
from synthwb.errors import ScenarioError
from synthwb.scenario import loads

SHOP = """
entities:
  user:
    count: 1000
    key: id
    fields:
      id: uuid
      nick: {pattern: "u-####", unique: true}
      age: {integer: {min: 18, max: 80}, missing: 25%}
    activity: {zipf: {exponent: 1.1}}
  item:
    count: 20
    fields: {sku: {pattern: "S-###", unique: true}, price: {uniform: {min: 1, max: 9}, round: 2}}
events:
  bought:
    version: 3
    actor: user
    key: who
    refs: {it: item, extra: {entity: item, pick: {zipf: {exponent: 2}}}}
    fields:
      who: actor.id
      age: actor.age
      sku: it.sku
      price: it.price
      more: extra.sku
      at: event.time
      kind: event.name
      number: event.ordinal
arrivals: {bought: 100/s}
"""


def test_the_schema_is_known_before_the_run() -> None:
    schema = compile_plan(loads(SHOP)).schemas["bought"]
    assert (schema.event, schema.version, schema.key) == ("bought", 3, "who")
    assert dict(schema.fields) == {
        "who": pl.String(),
        "age": pl.Int64(),
        "sku": pl.String(),
        "price": pl.Float64(),
        "more": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        "kind": pl.String(),
        "number": pl.Int64(),
    }


def test_a_reference_picks_whole_rows() -> None:
    plan = compile_plan(loads(SHOP))
    frame = sample(plan, 5000).frames["bought"]
    assert frame.group_by("sku").agg(pl.col("price").n_unique())["price"].to_list() == [1] * 20
    assert frame.group_by("who").agg(pl.col("age").n_unique())["age"].max() == 1
    pool = plan.pools["item"].pools
    prices = dict(zip(pool["sku"].series, pool["price"].series, strict=True))
    assert all(prices[sku] == price for sku, price in frame.select("sku", "price").iter_rows())


def test_activity_and_pick_shape_who_is_picked() -> None:
    frame = sample(compile_plan(loads(SHOP)), 20_000).frames["bought"]
    users = frame["who"].value_counts(sort=True)["count"].to_list()
    weights = [1 / rank**1.1 for rank in range(1, 1001)]
    assert users[0] == pytest.approx(20_000 * weights[0] / sum(weights), rel=0.1)
    assert users[1] == pytest.approx(20_000 * weights[1] / sum(weights), rel=0.15)
    even = frame["sku"].value_counts()["count"]
    assert even.min() > 850  # 1000 expected each
    skewed = frame["more"].value_counts(sort=True)["count"].to_list()
    assert skewed[0] == pytest.approx(20_000 / sum(1 / rank**2 for rank in range(1, 21)), rel=0.05)


def test_an_attribute_that_an_entity_lacks_is_absent_in_its_events() -> None:
    batch = sample(compile_plan(loads(SHOP)), 2000)
    column = batch.parts[0].columns["age"]
    assert column.absent is not None
    assert column.series().null_count() == int(column.absent.sum()) > 0


def test_the_event_knows_its_own_time_name_and_number() -> None:
    frame = sample(compile_plan(loads(SHOP)), 100).frames["bought"]
    assert frame["at"].equals(frame["time"])
    assert set(frame["kind"]) == {"bought"}
    assert frame["number"].to_list() == list(range(100))


def test_memory_rate_and_expected_are_told_before_the_run() -> None:
    plan = compile_plan(loads(SHOP + "clock: {end: +1h}\n"))
    assert plan.rate == 100.0
    assert plan.expected() == 360_000
    assert plan.expected(5000) == 5000
    assert 50_000 < plan.memory < 200_000
    assert compile_plan(loads(SHOP)).expected() is None


def test_a_population_that_no_memory_holds_is_refused_with_the_arithmetic(monkeypatch: pytest.MonkeyPatch) -> None:
    fields = "{k: uuid, first: first_name, sku: {pattern: 'S-########', unique: true}}"
    crowd = f"entities: {{crowd: {{count: 40000000, fields: {fields}}}}}"
    text = f"{crowd}\nevents: {{e: {{actor: crowd, fields: {{k: actor.k}}}}}}"
    monkeypatch.setattr("synthwb.engine.entities.machine_memory", lambda: 4_000_000_000)
    with pytest.raises(ScenarioError) as refused:
        compile_plan(loads(text))
    (problem,) = refused.value.diagnostics
    assert re.match(r"40,000,000 rows of 'crowd' need about \d+\.\d GB .* has 4\.0 GB", problem.message)
    assert (problem.path, problem.line) == ("crowd.count", 1)
    assert "about " in problem.hint


def test_a_stream_ends_before_the_year_that_a_date_has_no_place_for() -> None:
    plan = compile_plan(loads("events: {e: {fields: {at: timestamp}}}\nclock: {start: 9999-12-31T23:59:57}\n"))
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode
    lines = [
        json.loads(line) for batch in Stream(plan) for payload in encode(batch) for line in payload.data.splitlines()
    ]
    assert [line["at"] for line in lines] == [f"9999-12-31T23:59:{second}.000Z" for second in (57, 58, 59)]


def test_every_rate_that_is_accepted_can_be_addressed() -> None:
    for rate, process in ((32_000_000, "poisson"), (1_000_000_000, "constant")):
        text = "events: {{e: {{fields: {{k: uuid}}}}}}\narrivals: {{e: {{process: {}, rate: {}/s}}}}"
        assert len(sample(compile_plan(loads(text.format(process, rate))), 10)) == 10
        with pytest.raises(ScenarioError, match=f"at most {rate:,} events per second"):
            loads(text.format(process, rate + 1))


def test_the_estimate_of_a_large_population_is_near_what_it_takes() -> None:
    entities = "entities: {{u: {{count: {}, fields: {{k: uuid, n: name}}}}}}"
    text = f"{entities}\nevents: {{{{e: {{{{actor: u, fields: {{{{k: actor.k}}}}}}}}}}}}"
    small, large = (compile_plan(loads(text.format(count))).memory for count in (1_000, 300_000))
    assert large / 300_000 == pytest.approx(small / 1_000, rel=0.1)


def test_pools_are_kept_while_their_entities_do_not_change() -> None:
    one = compile_plan(loads(SHOP))
    two = compile_plan(loads("# typed above\n" + SHOP.replace("arrivals: {bought: 100/s}", "arrivals: {bought: 7/s}")))
    three = compile_plan(loads(SHOP.replace("count: 20", "count: 21")))
    assert two.pools["user"] is one.pools["user"]
    assert three.pools["user"] is one.pools["user"]
    assert three.pools["item"] is not one.pools["item"]


def test_all_type_problems_of_expressions_are_reported_at_once_at_their_places() -> None:
    text = (
        "events:\n"
        "  a:\n    fields:\n      name: {choice: [x, y]}\n      one: {expr: 'name * 2'}\n      two: {expr: 'one + 1'}\n"
        "  b:\n    fields:\n      flag: {bernoulli: 0.5}\n      three: {expr: 'sqrt(flag)'}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        compile_plan(loads(text))
    assert [(d.path, d.line) for d in caught.value.diagnostics] == [("a.one", 5), ("b.three", 10)]


async def test_a_stream_can_be_awaited() -> None:
    stream = Stream(loads(SHOP), batch=100, limit=250)
    assert [len(batch) async for batch in stream] == [100, 100, 50]
    assert [batch.first for batch in stream] == [0, 100, 200]


def test_a_stream_without_arrivals_in_reach_ends() -> None:
    plan = compile_plan(loads("clock: {end: +10s}\nevents: {a: {fields: {n: sequence}}}\narrivals: {a: 1/day}\n"))
    assert list(Stream(plan)) == []
    assert len(sample(plan, 5)) == 0


def test_one_event_a_second_without_arrivals() -> None:
    plan = compile_plan(loads("events: {a: {fields: {n: sequence}}}"))
    time = sample(plan, 4).frames["a"]["time"].cast(pl.Int64) - plan.scenario.clock.start
    assert time.to_list() == [0, 1_000_000, 2_000_000, 3_000_000]


@pytest.mark.parametrize(("batch", "workers"), [(0, 1), (1, 0)])
def test_sizes_below_one_are_refused(batch: int, workers: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Stream(loads(SHOP), batch=batch, workers=workers)


def test_the_schema_tells_what_may_be_null_or_absent() -> None:
    text = """
events:
  e:
    fields:
      a: uuid
      b: {choice: [x, null]}
      c: {expr: "length(a)"}
      d: {integer: {min: 1, max: 5}, nullable: 10%}
      f: {const: null}
      g: {integer: {min: 1, max: 5}, missing: 10%}
"""
    schema = compile_plan(loads(text)).schemas["e"]
    assert schema.nullable == {"b", "c", "d", "f"}
    assert schema.optional == {"g"}


SHAPED = """
clock: {start: 2026-03-02T00:00, end: +14d}
events: {a: {fields: {n: sequence}}}
arrivals: {a: {rate: 60/min, daily: {0: 10%, 8: 100%, 20: 50%}, holidays: {country: FR, factor: 0%}}}
"""


def test_rate_and_expected_are_integrals_of_the_intensity() -> None:
    plan = compile_plan(loads(SHAPED))
    day = 86_400 * (8 * 0.1 + 12 * 1.0 + 4 * 0.5) / 24
    assert plan.rate == pytest.approx(day / 86_400)
    assert plan.expected() == pytest.approx(14 * day, abs=1)
    assert plan.rates == {"a": plan.rate}


def test_so_many_events_back_is_less_far_at_a_busy_hour() -> None:
    plan = compile_plan(loads(SHAPED))
    start, hour = plan.scenario.clock.start, 3_600_000_000
    night, noon = start + 29 * hour, start + 36 * hour
    assert (night - plan.back(night, 200)) / 1e6 == pytest.approx(2000, rel=0.3)
    assert (noon - plan.back(noon, 200)) / 1e6 == pytest.approx(200, rel=0.3)
    assert plan.back(start + 1_000_000, 200) == start


def test_the_calendar_of_holidays_is_part_of_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = compile_plan(loads(SHAPED)).fingerprint
    monkeypatch.setattr("importlib.metadata.version", lambda name: "another")
    assert compile_plan(loads(SHAPED)).fingerprint != before
    plain = SHAPED.replace(", holidays: {country: FR, factor: 0%}", "")
    assert compile_plan(loads(plain)).fingerprint != before
