"""Missing keys, outliers, wrong clocks and broken values of realised records."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

from synthwb.encode import encoder
from synthwb.engine import Batch, Part, compile_plan, sample
from synthwb.scenario import loads

HEAD = """
clock: {start: 2026-03-02T00:00, end: +1h}
entities: {user: {count: 30, fields: {user_id: uuid}}}
events:
  a:
    actor: user
    key: name
    fields:
      name: {pattern: "N-###"}
      at: timestamp
      at_ms: {timestamp: epoch_ms}
      born: {date: {min: 1960-01-01, max: 2000-01-01}}
      whole: {integer: {min: 10, max: 99}}
      part: {uniform: {min: 1, max: 2}, round: 3}
      exact: {uniform: {min: 1, max: 2}, as: {decimal: 2}}
      flag: {bernoulli: 50%}
      box: {object: {n: {integer: {min: 1, max: 9}}, word: {choice: [x, y]}}, nullable: 20%}
      many: {list: {choice: [p, q]}, length: 2}
arrivals: {a: {process: constant, rate: 1/s}}
"""
ROWS = 3000


def made(layer: str = "") -> Batch:
    return sample(compile_plan(loads(f"{HEAD}imperfections: [{layer}]\n")), ROWS)


def part(layer: str) -> Part:
    return made(layer).parts[0]


def lines(batch: Batch, layer: str = "") -> list[dict[str, object]]:
    plan = compile_plan(loads(f"{HEAD}imperfections: [{layer}]\n"))
    payloads = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(batch)
    return [json.loads(line) for each in payloads for line in bytes(each.data).splitlines()]  # type: ignore[arg-type]


CLEAN = made().parts[0]


def test_missing_keys_are_absent_and_nothing_else_changes() -> None:
    found = part("missing: {rate: 20%, fields: [whole]}")
    gone = found.columns["whole"].absent
    assert gone is not None
    assert 0.17 < gone.mean() < 0.23
    kept = np.flatnonzero(~gone)
    assert found.columns["whole"].series().gather(kept).equals(CLEAN.columns["whole"].series().gather(kept))
    assert found.frame.drop("whole").equals(CLEAN.frame.drop("whole"))


def test_a_key_inside_of_an_object_is_missing_where_there_is_an_object() -> None:
    records = lines(made("missing: {rate: 50%, fields: [box.n]}"))
    boxes = [record["box"] for record in records]
    assert {None if box is None else tuple(sorted(box)) for box in boxes} == {None, ("n", "word"), ("word",)}  # type: ignore[call-overload]


def test_missing_where_a_condition_holds() -> None:
    found = part('missing: {rate: 100%, fields: [part], when: "whole > 50"}')
    gone = found.columns["part"].absent
    assert gone is not None
    assert (gone == (CLEAN.columns["whole"].series() > 50).to_numpy()).all()


def test_a_condition_reads_the_clean_record() -> None:
    both = (
        '{outlier: {rate: 100%, to: 0, fields: [whole]}}, {missing: {rate: 100%, fields: [part], when: "whole > 50"}}'
    )
    gone = part(both).columns["part"].absent
    assert gone is not None
    assert 0.3 < gone.mean() < 0.7


@pytest.mark.parametrize(
    ("how", "field", "expected"),
    [
        ("factor: 10", "whole", lambda old: old * 10),
        ("shift: -5", "whole", lambda old: old - 5),
        ("factor: 2, shift: 0.5", "part", lambda old: old * 2 + 0.5),
        ("to: 9999", "whole", lambda old: old * 0 + 9999),
        ("factor: 0.25", "whole", lambda old: (old * 0.25).round(0, mode="half_to_even")),
    ],
)
def test_outliers_keep_their_type(how: str, field: str, expected: object) -> None:
    found = part(f"outlier: {{rate: 30%, {how}, fields: [{field}]}}")
    (change,) = found.changes
    old, new = CLEAN.columns[field].series(), found.columns[field].series()
    assert new.dtype == old.dtype
    assert 0.25 < len(change.rows) / ROWS < 0.35
    hit = np.zeros(ROWS, np.bool_)
    hit[change.rows] = True
    assert new.filter(~pl.Series(hit)).equals(old.filter(~pl.Series(hit)))
    assert np.allclose(new.filter(pl.Series(hit)).cast(float), expected(old.filter(pl.Series(hit))).cast(float))  # type: ignore[operator]


def test_decimals_stay_decimals_and_large_numbers_fit() -> None:
    exact = part("outlier: {rate: 100%, factor: 1.5, fields: [exact]}").columns["exact"].series()
    assert exact.dtype == CLEAN.columns["exact"].series().dtype
    whole = part("outlier: {rate: 100%, factor: 1.0e+18, fields: [whole]}").columns["whole"].series()
    assert whole.dtype == pl.Int64
    assert whole.min() > 2**62  # type: ignore[operator]


def test_a_skewed_clock_shifts_the_envelope_and_the_fields_that_hold_the_time() -> None:
    found = part("skew: {offset: {normal: {mean: 0s, std: 2s}}}")
    shift = found.time - CLEAN.time
    names = CLEAN.columns["name"].series()
    assert (shift != 0).all()
    assert (found.columns["at"].series().cast(pl.Int64).to_numpy() == found.time).all()
    assert (found.columns["at_ms"].series().to_numpy() == found.time // 1000).all()
    assert (found.arrival == CLEAN.time).all()
    assert len(set(shift.tolist())) == 30, "one clock for each actor"
    by_name = part("skew: {by: name, offset: {uniform: {min: 1s, max: 2s}}}")
    shifts = pl.DataFrame({"name": names, "shift": by_name.time - CLEAN.time}).group_by("name").n_unique()
    assert shifts["shift"].max() == 1


def test_drift_grows_with_the_time_since_the_start() -> None:
    found = part("skew: {drift: 1000ppm}")
    since = CLEAN.time - loads(HEAD).clock.start
    assert np.abs((found.time - CLEAN.time) - since * 1e-3).max() <= 0.5
    assert part("skew: {drift: 1000ppm, rate: 0.5}").changes[-1].path == "event.time"


def test_a_share_of_the_clocks() -> None:
    shift = part("skew: {offset: 1s, rate: 50%}").time - CLEAN.time
    assert set(shift.tolist()) == {0, 1_000_000}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("whole", str),
        ("part", str),
        ("exact", str),
        ("name", int),
        ("flag", str),
        ("at", int),
        ("box", str),
        ("many", str),
    ],
)
def test_values_of_a_wrong_type(field: str, kind: type) -> None:
    layer = f"corrupt: {{rate: 100%, how: [wrong_type], fields: [{field}]}}"
    batch = made(layer)
    clean = lines(made())
    for record, before in zip(lines(batch), clean, strict=True):
        if before[field] is not None:
            assert type(record[field]) is kind
        assert {k: v for k, v in record.items() if k != field} == {k: v for k, v in before.items() if k != field}
    assert batch.frames["a"][field].null_count() == ROWS, "no column holds it"


def test_one_field_of_each_record_gets_a_wrong_type() -> None:
    found = part("corrupt: {rate: 50%, how: [wrong_type]}")
    hit = np.concatenate([change.rows for change in found.changes])
    assert len(hit) == len(set(hit.tolist()))
    assert 0.46 < len(hit) / ROWS < 0.54
    assert len(found.changes) == 10, "every field"


def test_bad_timestamps() -> None:
    from datetime import datetime

    records = lines(made("corrupt: {rate: 100%, how: [bad_timestamp]}"))
    bad = dict.fromkeys(("time", "at", "at_ms", "born"), 0)
    for record in records:
        broken = [key for key in bad if _unreadable(record[key], datetime.fromisoformat)]
        assert len(broken) == 1
        bad[broken[0]] += 1
    assert all(count > ROWS / 8 for count in bad.values())


def _unreadable(value: object, read: object) -> bool:
    if isinstance(value, int):
        return False
    try:
        read(value)  # type: ignore[operator]
    except ValueError:
        return True
    return False


def test_the_subject_is_the_clean_key() -> None:
    text = f"{HEAD}envelope: cloudevents\nimperfections: [missing: {{rate: 100%, fields: [name]}}]\n"
    plan = compile_plan(loads(text))
    (payload,) = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode(sample(plan, 20))
    records = [json.loads(line) for line in bytes(payload.data).splitlines()]  # type: ignore[arg-type]
    assert [record["subject"] for record in records] == CLEAN.columns["name"].series().head(20).to_list()
    assert all("name" not in record["data"] for record in records)


def test_copies_are_altered_by_themselves_and_have_new_ids_if_wanted() -> None:
    layers = "{duplicate: {rate: 100%, id: new}}, {missing: {rate: 50%, fields: [whole]}}"
    plan = compile_plan(loads(f"{HEAD}imperfections: [{layers}]\n"))
    found = plan.realise(plan.spine().take(2000)).parts[0]
    gone = found.columns["whole"].absent
    assert gone is not None
    first, second = gone[0::2], gone[1::2]
    assert 0.4 < (first != second).mean() < 0.6
    assert found.id.series().n_unique() == 2000
    same = compile_plan(loads(f"{HEAD}imperfections: [{layers.replace(', id: new', '')}]\n"))
    assert same.realise(same.spine().take(2000)).parts[0].id.series().n_unique() == 1000


def test_screens_keep_what_is_broken() -> None:
    batch = made("corrupt: {rate: 100%, how: [wrong_type], fields: [whole]}")
    from synthwb.encode import record_json
    from synthwb.engine.batch import concat

    joined = concat([batch, batch]).tail(10)
    assert '"whole": "' in record_json(joined, 3, loads(HEAD).envelope)


def test_an_outlier_that_is_the_same_number_is_no_alteration() -> None:
    found = part("outlier: {rate: 100%, to: {integer: {min: 10, max: 12}}, fields: [whole]}")
    (change,) = found.changes
    assert change.after is not None
    assert not (change.before.series() == change.after.series()).any()
    same = np.isin(CLEAN.columns["whole"].series().to_numpy(), [10, 11, 12])
    assert ROWS - same.sum() < len(change.rows) < ROWS


@pytest.mark.parametrize(
    ("arrival", "population"),
    [
        ("10/s", ""),
        ("10/s", "population: {births: 20/h, max: 80, churn: 20%/day}, "),
        ("{process: per_actor, rate: 10/s}", ""),
        ("{process: per_actor, gap: {exponential: {mean: 5s}}}", "population: {churn: 1%/day}, "),
    ],
)
def test_a_clock_belongs_to_the_actor_whose_event_it_is_however_it_came(arrival: str, population: str) -> None:
    plan = compile_plan(
        loads(f"""
        entities: {{user: {{count: 50, {population}fields: {{n: sequence}}}}}}
        events: {{seen: {{actor: user, fields: {{who: {{path: actor.n}}}}}}}}
        arrivals: {{seen: {arrival}}}
        imperfections: [{{skew: {{rate: 0.5, by: actor, offset: 1h}}}}]
        """)
    )
    slab = plan.spine().take(2000)
    part = plan.realise(slab).parts[0]
    found: dict[int, set[bool]] = {}
    for who, wrong in zip(part.columns["who"].series().to_list(), (part.time != slab.time).tolist(), strict=True):
        found.setdefault(who, set()).add(wrong)
    assert {len(each) for each in found.values()} == {1}
    assert {wrong for each in found.values() for wrong in each} == {False, True}


@pytest.mark.parametrize(
    "wrong",
    [
        "offset: {normal: {mean: 0, std: 100000000000}}",
        "offset: {normal: {mean: 0, std: 1000000000000000000}}",
        "drift: {normal: {mean: 0, std: 1000000000000000000}}",
    ],
)
def test_however_wrong_a_clock_is_it_shows_a_year_of_the_calendar(wrong: str) -> None:
    found = part(f"skew: {{by: name, {wrong}}}")
    times = found.frame["time"]
    assert (times.dt.year().is_between(1, 9999)).all()
    early, late = times < CLEAN.frame["time"], times > CLEAN.frame["time"]
    assert early.sum() > ROWS / 4
    assert late.sum() > ROWS / 4
