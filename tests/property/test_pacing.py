"""However fast it is delivered, and whatever becomes of what is late, the data are the same."""

from __future__ import annotations

import random
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from pace_driver import Simulated

from synthwb.engine import Plan, Stream, compile_plan
from synthwb.runtime import Burst, OnLag, Output, Pace, outputs, target
from synthwb.scenario import loads
from synthwb.sinks.timed import Timed

TEXT = """
events:
  viewed: {fields: {n: sequence, who: uuid, note: {choice: ["a, b", "line\\nbreak", "é"], missing: 20%}}}
  ordered: {fields: {n: sequence, total: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}
  quiet: {fields: {n: sequence}}
arrivals: {viewed: 600/s, ordered: 300/s, quiet: 1/s}
imperfections:
  - late: {rate: 5%, delay: {exponential: {mean: 2s}, max: 20s}}
  - duplicate: {rate: 3%}
  - drop: {rate: 3%}
"""
LIMIT = 3000
PLAN = compile_plan(loads(TEXT))

PACES = st.builds(
    Pace,
    rate=st.sampled_from([30.0, 400.0, 2500.0, 70_000.0]),
    ramp=st.sampled_from([0.0, 0.4]),
    on_lag=st.sampled_from(OnLag),
    max_lag=st.sampled_from([0.02, 0.3]),
    burst=st.sampled_from([None, Burst(9000.0, 0.7, 0.1)]),
) | st.sampled_from([Pace(), Pace(speed=0.7), Pace(speed=40.0, on_lag=OnLag.SKIP, max_lag=0.05)])


def _made(plan: Plan) -> list[Output]:
    """Outputs of all shapes of text, together and apart; nothing is opened."""
    names = ["all.jsonl", "{event}.csv", "{date}-{event}.jsonl"]
    return list(outputs([target(f"/nowhere/{name}") for name in names], plan, bounded=True))


def _texts(pieces: list[list[list[object]]], count: int) -> list[dict[str, bytes]]:
    """What each output was given, by event."""
    found: list[dict[str, bytes]] = [{} for _ in range(count)]
    for piece in pieces:
        for number, payloads in enumerate(piece):
            for payload in payloads:
                name, data = payload.event, payload.data  # type: ignore[attr-defined]
                text = bytes(data.data) if isinstance(data, Timed) else data
                found[number][name] = found[number].get(name, b"") + text
    return found


WHOLE = [_texts([[output.encode(batch)] for batch in Stream(PLAN, limit=LIMIT)], 1)[0] for output in _made(PLAN)]


@given(
    pace=PACES,
    changes=st.lists(st.tuples(st.floats(0.0, 3.0), PACES), max_size=4),
    seed=st.integers(0, 1000),
)
@settings(max_examples=30)
def test_pace_lag_and_bursts_change_no_byte(pace: Pace, changes: list[tuple[float, Pace]], seed: int) -> None:
    chance = random.Random(seed)
    made = _made(PLAN)
    run = Simulated(PLAN, made, pace, limit=LIMIT, costs=lambda handed: chance.choice([0, 0, 0, 0.05, 0.4]))
    for at, other in changes:
        run.change(at, other)
    handed = run.run(1e9)
    assert sum(each.count for each in handed) == sum(len(batch) for batch in Stream(PLAN, limit=LIMIT))
    assert _texts([list(each.piece.payloads) for each in handed], len(made)) == WHOLE


def test_what_is_skipped_is_kept_record_by_record(tmp_path: Path) -> None:
    """A destination that stalls: what was written and what stands in the dead letters are everything, in order."""
    from synthwb.runtime.fanout import Fanout
    from synthwb.sinks.dead import read_dead_letters

    specs = [target(str(tmp_path / name)) for name in ("all.jsonl", "{event}.csv", "{event}.parquet")]
    made = outputs(specs, PLAN, bounded=False)
    for output, name in zip(made, ("lines", "table", "frames"), strict=True):
        output._late.path = str(tmp_path / f"{name}.dead")
    fanout = Fanout(made)
    fanout.open()
    pace = Pace(rate=2000.0, on_lag=OnLag.SKIP, max_lag=0.1)
    run = Simulated(PLAN, made, pace, limit=LIMIT, costs=lambda handed: 0.0 if handed.too_late else 0.04)
    for each in run.run(1e9):
        fanout.hand_over(each.piece, each.too_late)
    fanout.close(commit=True)
    skipped = sum(each.count for each in run.handed if each.too_late)
    assert 0 < skipped == fanout.skipped < sum(each.count for each in run.handed)
    kept = [letter.value for _, letter in read_dead_letters(str(tmp_path / "lines.dead"))]
    written = (tmp_path / "all.jsonl").read_bytes().splitlines()
    assert sorted([*kept, *written]) == sorted(WHOLE[0][""].splitlines())
    for name in ("table", "frames"):
        assert len(list(read_dead_letters(str(tmp_path / f"{name}.dead")))) == skipped
    assert {output.stats().report.dead for output in made} == {skipped}  # type: ignore[union-attr]
