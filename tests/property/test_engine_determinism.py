"""Rule 1 of the language: the same scenario and seed give the same bytes, however they are made."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from synthwb.encode import encoder
from synthwb.engine import Plan, Stream, compile_plan, sample
from synthwb.engine.carrying import decoded, encoded
from synthwb.scenario import loads, presets

PRESETS = {preset.name: preset.text for preset in presets()}
COUNT = 3000


def lines(plan: Plan, *, batch: int = 32_768, workers: int = 1, limit: int = COUNT, start: int | None = None) -> bytes:
    """The stream as JSON lines."""
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas, by_event=False, events=None).encode
    batches = Stream(plan, batch=batch, workers=workers, limit=limit, start=start)
    return b"".join(payload.data for each in batches for payload in encode(each) if isinstance(payload.data, bytes))


@pytest.mark.parametrize("name", sorted(PRESETS))
@pytest.mark.parametrize(("batch", "workers"), [(97, 1), (1000, 1), (65_536, 1), (97, 2), (1000, 2), (65_536, 2)])
def test_batches_and_workers_change_no_byte(name: str, batch: int, workers: int) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    expected = lines(plan)
    came = expected.count(b"\n")  # a limit counts clean events: doubles come on top, what is dropped does not come
    assert came == COUNT if not plan.scenario.layers else COUNT // 2 < came < 2 * COUNT
    assert lines(plan, batch=batch, workers=workers) == expected


@pytest.mark.parametrize("name", sorted(PRESETS))
@pytest.mark.parametrize(("batch", "limit"), [(1, 60), (7, 300)])
def test_small_batches_change_no_byte(name: str, batch: int, limit: int) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    assert lines(plan, batch=batch, limit=limit) == lines(plan, limit=limit)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_preview_is_the_beginning_of_the_export(name: str) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas, by_event=False, events=None).encode
    shown = b"".join(payload.data for payload in encode(sample(plan, 100)) if isinstance(payload.data, bytes))
    assert lines(plan).startswith(shown)
    assert shown.count(b"\n") == 100


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_plan_compiled_again_or_pickled_gives_the_same_bytes(name: str) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    expected = lines(plan)
    assert lines(compile_plan(loads(PRESETS[name]))) == expected
    assert lines(pickle.loads(pickle.dumps(plan))) == expected


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_a_stream_goes_on_from_a_position_that_was_saved(name: str) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    slab = plan.spine(limit=COUNT).take(COUNT // 2)
    rest = plan.spine(position=decoded(encoded(slab.after)), limit=COUNT)
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode
    found = b"".join(bytes(p.content) for each in (slab, *rest.slabs(500)) for p in encode(plan.realise(each)))
    assert found == lines(plan)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_another_seed_gives_other_bytes(name: str) -> None:
    plan = compile_plan(loads(PRESETS[name]))
    other = compile_plan(replace(plan.scenario, seed=plan.scenario.seed + 1))
    assert plan.fingerprint != other.fingerprint
    assert lines(plan) != lines(other)


def test_layout_and_comments_do_not_change_the_meaning() -> None:
    text = PRESETS["web-shop"]
    plan, moved = compile_plan(loads(text)), compile_plan(loads("# more words\n\n" + text))
    assert plan.fingerprint == moved.fingerprint
    assert lines(plan) == lines(moved)
