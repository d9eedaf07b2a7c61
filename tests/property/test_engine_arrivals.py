"""Rule 1 for every process and shape: batches, workers and the place where a stream begins change no byte."""

from __future__ import annotations

import pytest

from synthwb.encode import encoder
from synthwb.engine import Plan, Stream, compile_plan
from synthwb.scenario import loads

START = 1_774_134_000_000_000  # 2026-03-22, a week before the clocks of Paris change
SCENARIO = """
clock: {start: 2026-03-22T00:00, zone: Europe/Paris}
entities: {user: {count: 50, fields: {name: first_name}}}
events:
  shaped: {actor: user, fields: {name: actor.name, n: sequence, x: {normal: {mean: 0, std: 1}}}}
  beat: {fields: {n: sequence}}
  renewed: {actor: user, fields: {name: actor.name}}
  nightly: {fields: {n: sequence, size: {lognormal: {median: 5, sigma: 1}}}}
  rumoured: {actor: user, fields: {name: {path: actor.name, repeat: 20%}}}
arrivals:
  shaped:
    rate: 4/min
    daily: {floor: 10%, peaks: [{at: "12:30", width: 2h}, {at: "20:30", width: 3h, height: 80%}]}
    weekly: {sat: 70%, sun: 50%}
    holidays: {country: FR, factor: 30%}
    trend: 5%/week
    bursts: [{at: +1d 18:00, for: 20m, rate: x100, ramp: 2m}, {at: +3h, for: 1h, rate: x0, every: 1d}]
  beat: {process: constant, rate: 30/h, daily: {0: 0%, 8: 100%, 20: 10%}, bursts: [{at: +2d, for: 1h, rate: x40}]}
  renewed: {process: renewal, gap: {gamma: {shape: 0.3, mean: 2m}}}
  nightly: {process: schedule, cron: ["30 2 * * *", "0 */6 * * *"], count: {poisson: {mean: 40}}, jitter: 10m}
  rumoured: {process: hawkes, rate: 10/h, branching: 0.8, decay: 20m, daily: {0: 0%, 8: 100%, 20: 10%}}
"""
COUNT = 20_000


def _lines(plan: Plan, *, batch: int, workers: int = 1, limit: int = COUNT, start: int | None = None) -> bytes:
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas, by_event=False, events=None).encode
    batches = Stream(plan, batch=batch, workers=workers, limit=limit, start=start)
    return b"".join(payload.data for each in batches for payload in encode(each) if isinstance(payload.data, bytes))


@pytest.fixture(scope="module")
def whole() -> bytes:
    return _lines(compile_plan(loads(SCENARIO)), batch=32_768)


@pytest.mark.parametrize(("batch", "workers"), [(1000, 1), (1000, 2), (65_536, 1), (65_536, 2)])
def test_batches_and_workers_change_no_byte(whole: bytes, batch: int, workers: int) -> None:
    assert whole.count(b"\n") == COUNT
    assert all(f'"event":"{name}"'.encode() in whole for name in ("shaped", "beat", "renewed", "nightly", "rumoured"))
    assert _lines(compile_plan(loads(SCENARIO)), batch=batch, workers=workers) == whole


@pytest.mark.parametrize(("batch", "limit"), [(1, 300), (7, 3000)])
def test_small_batches_change_no_byte(whole: bytes, batch: int, limit: int) -> None:
    assert whole.startswith(_lines(compile_plan(loads(SCENARIO)), batch=batch, limit=limit))


@pytest.mark.parametrize("hours", [0.001, 7, 41.9, 66])
def test_a_stream_begun_in_the_middle_has_the_events_of_the_whole(hours: float) -> None:
    scenario = loads(SCENARIO + "limit: {for: 3d}\n")
    start = START + int(hours * 3_600_000_000)

    def events(**how: int) -> list[tuple[object, str]]:
        frames = [frame for batch in Stream(compile_plan(scenario), **how) for frame in batch.frames.values()]  # type: ignore[arg-type]
        return [row for frame in frames for row in frame.select("time", "id").rows()]

    late = [row for row in events() if row[0].timestamp() * 1e6 >= start]  # type: ignore[attr-defined]
    assert len(late) > 100
    assert sorted(events(start=start)) == sorted(late)
