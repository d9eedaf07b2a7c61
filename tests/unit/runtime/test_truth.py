"""The truth of a run: a file with the same guarantees as the data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import synthwb
from synthwb.engine import compile_plan
from synthwb.errors import SinkError, UsageError
from synthwb.runtime import Pace, Run, State, TruthOutput, outputs, target

HEAD = """
seed: 5
name: shop
clock: {start: 2026-03-02T00:00, end: +20m}
events:
  a: {fields: {x: {integer: {min: 1, max: 6}}}}
arrivals: {a: 2/s}
"""
TEXT = f"""{HEAD}
imperfections:
  - late: {{rate: 10%, delay: {{uniform: {{min: 1s, max: 60s}}}}}}
  - drop: {{rate: 5%}}
  - missing: {{rate: 5%, name: gaps}}
  - corrupt: {{rate: 5%, how: [truncate]}}
"""


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_for_every_alteration_after_a_line_that_says_what_made_the_stream(tmp_path: Path) -> None:
    data, truth = tmp_path / "a.jsonl", tmp_path / "truth.jsonl"
    stats = synthwb.generate(TEXT, data, truth=truth)
    head, *answers = lines(truth)
    plan = compile_plan(synthwb.loads(TEXT))
    assert head["plan"] == plan.fingerprint
    assert (head["seed"], head["scenario"], head["synthwb"]) == (5, "shop", synthwb.__version__)
    assert head["fields"] == {"a": ["x"]}
    assert [layer["layer"] for layer in head["layers"]] == ["late", "drop", "gaps", "corrupt"]  # type: ignore[attr-defined]
    assert [sink.name for sink in stats.sinks] == [str(data), "truth"]
    assert stats.sinks[1].events == len(answers) > 300
    records = data.read_bytes().split(b"\n")
    for answer in answers:
        if answer["kind"] == "drop":
            assert "number" not in answer
            assert answer["record"]["id"] == answer["id"]  # type: ignore[index]
        elif answer["kind"] == "corrupt":
            assert answer["sink"] == str(data)
            assert str(answer["original"]).encode().startswith(records[answer["number"]])  # type: ignore[index]
        elif answer["kind"] == "missing":
            assert (answer["layer"], answer["path"]) == ("gaps", "a.x")
            assert "value" not in answer
        else:
            assert 1 <= answer["delay"] <= 60  # type: ignore[operator]
    numbers = [answer["number"] for answer in answers if "number" in answer]
    assert numbers == sorted(numbers), "in the order of arrival"  # type: ignore[type-var]


def test_every_sink_has_a_line_for_what_was_broken_in_it(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    synthwb.generate(TEXT, [tmp_path / "a.jsonl", tmp_path / "a.csv"], truth=truth)
    broken = [answer for answer in lines(truth)[1:] if answer["kind"] == "corrupt"]
    assert {answer["sink"] for answer in broken} == {str(tmp_path / "a.jsonl"), str(tmp_path / "a.csv")}
    assert len(broken) == 2 * len({answer["number"] for answer in broken})


SPLIT = """
seed: 5
clock: {start: 2026-03-02T00:00, end: +20m}
events: {a: {fields: {x: 1}}, b: {fields: {x: 2}}, c: {fields: {x: 3}}}
arrivals: {a: 2/s, b: 1/s, c: 1/s}
imperfections:
  - late: {rate: 10%, delay: {uniform: {min: 1s, max: 60s}}}
  - duplicate: {rate: 5%}
  - drop: {rate: 5%}
  - missing: {rate: 5%, fields: [x]}
  - corrupt: {rate: 5%, how: [truncate, empty]}
sinks:
  - {name: apart, file: {path: "FOLDER/{event}.csv"}}
  - {name: few, file: {path: FOLDER/few.jsonl}, events: [c, a]}
  - {name: all, file: {path: FOLDER/all.jsonl}}
"""


def test_it_says_where_each_record_is_in_each_file(tmp_path: Path) -> None:
    """``row`` in a file of one event, ``number`` in a file of all, ``line`` for what is broken in whichever it is."""
    plan = compile_plan(synthwb.loads(SPLIT.replace("FOLDER", str(tmp_path))))
    made = outputs(plan.scenario.sinks, plan, bounded=True)
    truth = TruthOutput.of(plan, made, tmp_path / "t.jsonl", bounded=True)
    with Run(plan, made, truth=truth, batch=300) as run:
        run.start()
        assert run.wait(60)
    files = {path.stem: path.read_bytes().split(b"\n") for path in tmp_path.glob("*.*")}
    for event in "abc":
        del files[event][0]  # the top line of CSV
    missing = [answer for answer in lines(tmp_path / "t.jsonl")[1:] if answer["kind"] == "missing"]
    broken = [answer for answer in lines(tmp_path / "t.jsonl")[1:] if answer["kind"] == "corrupt"]
    damaged = {(answer["number"], answer["event"]) for answer in broken}
    assert {answer["event"] for answer in missing} == {"a", "b", "c"}
    for answer in missing:
        if (answer["number"], answer["event"]) not in damaged:
            found = files["all"][answer["number"]]  # type: ignore[index]
            assert json.loads(found)["id"] == answer["id"]
            assert str(answer["id"]).encode() in files[str(answer["event"])][answer["row"]]  # type: ignore[index]
    assert {answer["sink"] for answer in broken} == {"apart", "few", "all"}
    assert {answer["event"] for answer in broken if answer["sink"] == "few"} == {"a", "c"}
    for answer in broken:
        name = answer["event"] if answer["sink"] == "apart" else answer["sink"]
        found = files[str(name)][answer["line"]]  # type: ignore[index]
        assert found == b"" if answer["how"] == "empty" else str(answer["original"]).encode().startswith(found)
        assert answer["sink"] != "apart" or answer["line"] == answer["row"]
        assert answer["sink"] != "all" or answer["line"] == answer["number"]


def test_the_document_may_want_it(tmp_path: Path) -> None:
    synthwb.generate(f"{TEXT}truth: {{file: {tmp_path}/t.jsonl}}\n", tmp_path / "a.jsonl")
    assert len(lines(tmp_path / "t.jsonl")) > 300
    synthwb.generate(TEXT, tmp_path / "a.jsonl")
    assert {path.name for path in tmp_path.iterdir()} == {"a.jsonl", "t.jsonl"}


def test_without_imperfections_it_holds_its_first_line(tmp_path: Path) -> None:
    synthwb.generate(HEAD, tmp_path / "a.jsonl", truth=tmp_path / "t.jsonl")
    assert len(lines(tmp_path / "t.jsonl")) == 1


def test_batches_and_workers_change_no_byte(tmp_path: Path) -> None:
    made = set()
    for batch, workers in ((None, 1), (50, 2)):
        synthwb.generate(TEXT, tmp_path / "a.jsonl", truth=tmp_path / "t.jsonl", batch=batch, workers=workers)
        made.add(((tmp_path / "a.jsonl").read_bytes(), (tmp_path / "t.jsonl").read_bytes()))
    assert len(made) == 1


def test_a_run_that_is_stopped_leaves_neither(tmp_path: Path) -> None:
    plan = compile_plan(synthwb.loads(TEXT))
    made = outputs([target(str(tmp_path / "a.jsonl"))], plan, bounded=True)
    truth = TruthOutput.of(plan, made, tmp_path / "t.jsonl", bounded=True)
    with Run(plan, made, pace=Pace(rate=10.0), truth=truth) as run:
        run.step()
        while not run.stats().events:
            pass
        run.stop()
    assert run.stats().state is State.STOPPED
    assert list(tmp_path.iterdir()) == []


def test_speed_delivers_by_the_time_of_arrival(tmp_path: Path) -> None:
    """A change of pace in the middle of a run changes no byte of the data and of the truth."""
    expected = []
    for paced in (False, True):
        plan = compile_plan(synthwb.loads(TEXT))
        made = outputs([target(str(tmp_path / "a.jsonl"))], plan, bounded=True)
        truth = TruthOutput.of(plan, made, tmp_path / "t.jsonl", bounded=True)
        with Run(plan, made, pace=Pace(speed=3600.0) if paced else None, truth=truth) as run:
            run.start()
            run.set_pace(Pace(speed=4800.0) if paced else Pace())
            assert run.wait(60)
            assert run.stats().event_time is not None
        expected.append([(tmp_path / name).read_bytes() for name in ("a.jsonl", "t.jsonl")])
    assert expected[0] == expected[1]


def test_one_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with pytest.raises(UsageError, match=r"the truth and .* write to"):
        synthwb.generate(TEXT, path, truth=path)
    with pytest.raises(UsageError, match="it is one file for all events"):
        synthwb.generate(TEXT, path, truth=tmp_path / "{event}.jsonl")
    with pytest.raises(SinkError, match=r"the folder .* does not exist"):
        synthwb.generate(TEXT, path, truth=tmp_path / "no" / "t.jsonl")
    assert list(tmp_path.iterdir()) == []
