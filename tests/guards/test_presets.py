"""Every preset is short, teaches, checks clean, previews and runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import synthwb
from synthwb.scenario import parse, presets

FOLDER = Path(__file__).parents[2] / "presets"
OPENING = 200  # rows
FILES = sorted(FOLDER.glob("*.yaml"))


def test_the_eight_are_there_and_listed_once() -> None:
    expected = {
        "web-shop",
        "engaged-users",
        "iot-sensors",
        "payments",
        "ride-hailing",
        "server-logs",
        "game-telemetry",
        "late-and-broken",
    }
    assert {path.stem for path in FILES} >= expected
    assert sorted(preset.name for preset in presets()) == [path.stem for path in FILES]
    assert all(preset.title and preset.doc for preset in presets())


def _broken(line: bytes) -> bool:
    """Whether it is no JSON, or has a key twice."""
    try:
        pairs = json.loads(line, object_pairs_hook=list)
    except ValueError:  # no UTF-8, or no JSON
        return True
    return len(dict(pairs)) < len(pairs)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
class TestPreset:
    def test_is_short_and_opens_with_a_lesson(self, path: Path) -> None:
        lines = path.read_text().splitlines()
        comment = lines[: next(i for i, line in enumerate(lines) if not line.startswith("#"))]
        assert len(lines) < 80
        assert re.match(r"# [A-Z][\w ]+: \S", comment[0]), "the first line is '# Title: what it shows'"
        assert 3 <= len(comment) <= 9
        assert any("Look at:" in line for line in comment), "says what to look at"
        assert any("Try:" in line for line in comment), "says what to try"
        assert max(map(len, lines)) <= 100

    def test_checks_clean(self, path: Path) -> None:
        assert parse(path.read_text()).diagnostics == ()

    def test_is_named_like_its_file(self, path: Path) -> None:
        assert synthwb.loads(path.read_text()).name == path.stem

    def test_previews_every_event_type(self, path: Path) -> None:
        scenario = synthwb.loads(path.read_text())
        frames = synthwb.preview(scenario, 3000)
        assert sum(frame.height for frame in frames.values()) == 3000
        assert set(frames) == set(scenario.events)
        for name, frame in frames.items():
            empty = [column for column in frame.columns if frame[column].null_count() == frame.height]
            assert not empty, f"{name}: nothing but nulls in {empty}"

    def test_opens_with_some_of_everything(self, path: Path) -> None:
        """What the workbench shows at once, before the run has gone on."""
        scenario = synthwb.loads(path.read_text())
        frames = synthwb.preview(scenario, OPENING)
        assert [name for name in scenario.events if not len(frames.get(name, ()))] == []

    def test_runs(self, path: Path, tmp_path: Path) -> None:
        target = tmp_path / "events.jsonl"
        scenario = synthwb.loads(path.read_text())
        stats = synthwb.generate(scenario, target, count=2000)
        lines = target.read_bytes().split(b"\n")[:-1]
        assert stats.events == len(lines)
        kinds = {layer.kind for layer in scenario.layers}
        assert (len(lines) != 2000) is bool(kinds & {"duplicate", "drop"})
        assert (5 < sum(_broken(line) for line in lines) < 100) is ("corrupt" in kinds)

    def test_streams_visibly(self, path: Path) -> None:
        pacing = synthwb.loads(path.read_text()).pacing
        assert pacing is not None
        assert 10 <= pacing.rate <= 500
