"""What a run counts: records by type, clean events, what layers altered and how flows went, also over interruptions."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import synthwb
from synthwb.engine import compile_plan
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.outlook import clean_events
from synthwb.runtime import Keeping, Run, State, Stats, TruthOutput, outputs, target
from synthwb.scenario import loads

TEXT = """
seed: 9
clock: {start: 2026-03-02T00:00, end: +30m}
entities: {user: {count: 50, fields: {user_id: uuid}}}
events:
  seen: {actor: user, fields: {user_id: actor.user_id, at: timestamp, page: state.name, n: {integer: {min: 1, max: 6}}}}
  beat: {fields: {n: {integer: {min: 1, max: 6}}, text: {pattern: "??"}}}
flows:
  visit:
    actor: user
    states:
      landing: {emit: seen, dwell: 12s, next: {landing: 1, cart: 1, exit: 1}}
      cart: {emit: seen}
arrivals: {visit: 1/s, beat: 2/s}
imperfections:
  - late: {rate: 10%, delay: {uniform: {min: 1s, max: 60s}}}
  - duplicate: {rate: 4%, times: {integer: {min: 1, max: 3}}}
  - reorder: {rate: 5%, within: 5s, at: +5m, for: 5m}
  - drop: {rate: 20%, events: [beat]}
  - drop: {rate: 100%, name: outage, at: +20m, for: 2m}
  - missing: {rate: 10%}
  - outlier: {rate: 3%, factor: 100}
  - skew: {offset: 3s, rate: 50%}
  - corrupt: {rate: 5%, how: [wrong_type, truncate, empty]}
"""
PLAN = compile_plan(loads(TEXT))


def _whole(folder: Path) -> Stats:
    made = outputs([target(str(folder / "a.jsonl"))], PLAN, bounded=True)
    truth = TruthOutput.of(PLAN, made, folder / "t.jsonl", bounded=True)
    with Run(PLAN, made, truth=truth, batch=500) as run:
        run.start()
        assert run.wait(60)
    return run.stats()


def test_the_counts_are_those_of_the_truth(tmp_path: Path) -> None:
    """Of each layer as many records as have lines in the truth."""
    stats = _whole(tmp_path)
    hit: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for line in (tmp_path / "t.jsonl").read_text().splitlines()[1:]:
        answer = json.loads(line)
        hit[answer["layer"]].add((answer["clean"], answer.get("copy"), answer.get("number")))
    assert stats.altered == {layer.name: len(hit[layer.name]) for layer in PLAN.scenario.layers}
    assert min(stats.altered.values()) > 20
    assert stats.altered_words.startswith(f"late {stats.altered['late']:,}, duplicate ")
    records = (tmp_path / "a.jsonl").read_bytes().count(b"\n")
    lost = stats.altered["drop"] + stats.altered["outage"]
    assert stats.events == records == stats.clean + stats.altered["duplicate"] - lost


def test_what_is_expected_counts_what_layers_add_and_take_away(tmp_path: Path) -> None:
    stats = _whole(tmp_path)
    assert stats.expected == pytest.approx(stats.events, rel=0.05)
    clean = clean_events(PLAN)
    assert clean == pytest.approx(stats.clean, rel=0.05)
    for count in (500, 3000):
        with Run(PLAN, limit=count) as run:
            run.start()
            run.wait(60)
        assert run.stats().clean == count
        assert run.stats().expected == pytest.approx(run.stats().events, rel=0.05)
    plain = compile_plan(loads(TEXT.partition("imperfections:")[0]))
    assert (plain.expected(500), plain.expected()) == (500, clean)


def test_they_outlive_their_process(tmp_path: Path) -> None:
    whole = _whole(tmp_path)
    lives = 0
    while lives < 100:
        made = outputs([target(str(tmp_path / "b.jsonl"))], PLAN, bounded=True)
        state = Keeping(str(tmp_path / "run.db"), resume=True)
        with Run(PLAN, made, batch=500, state=state) as run:
            lives += 1
            before = run.stats().events
            run.step(3)
            deadline = time.monotonic() + 30
            while run.stats().events == before and not run.stats().state.over and time.monotonic() < deadline:
                time.sleep(0.005)
            if lives > 3:
                run.start()
                assert run.wait(60)
        if run.stats().state is State.FINISHED:
            break
    stats = run.stats()
    assert lives == 4
    assert (stats.events, stats.clean, stats.by_event) == (whole.events, whole.clean, whole.by_event)
    assert stats.altered == whole.altered
    assert stats.steps is not None
    assert whole.steps is not None
    np.testing.assert_array_equal(stats.steps.moves, whole.steps.moves)
    np.testing.assert_array_equal(stats.steps.reached, whole.steps.reached)
    again = decoded(encoded(whole.steps))
    np.testing.assert_array_equal(again.moves, whole.steps.moves)


def test_no_layers_no_counts() -> None:
    stats = synthwb.generate("events: {a: {fields: {x: 1}}}\nlimit: {events: 20}\n", "/dev/null")
    assert (stats.altered, stats.altered_words, stats.clean) == ({}, "", 20)


RATE = """
clock: {start: 2026-03-02T00:00, end: +10m}
events: {a: {fields: {x: 1}}}
arrivals: {a: 2/s}
imperfections: [LAYER]
checks: [{rate: a, between: [10/min, null], over: 1m}]
"""


@pytest.mark.parametrize("layer", ["drop: {rate: 50%}", "duplicate: {rate: 100%}"])
@pytest.mark.parametrize(("limit", "windows"), [(600, "4"), (100_000, "10")])
def test_silent_windows_behind_a_limit_are_no_failure(layer: str, limit: int, windows: str) -> None:
    """A limit counts clean events; the windows after it are not looked at, those up to the end of the clock are."""
    with Run(loads(RATE.replace("LAYER", f"{{{layer}}}")), limit=limit) as run:
        run.start()
        assert run.wait(60)
    (check,) = run.stats().checks
    assert check.passed, check.words
    assert f"in {windows} windows" in check.words
