"""A sink from outside: one file, and everything that follows from its declaration."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from synthwb.errors import PluginError
from synthwb.generators.plugins import _CHOSEN, load_plugin
from synthwb.guide.grammar import table
from synthwb.reference import find
from synthwb.scenario import parse
from synthwb.sinks import registry

ROOT = Path(__file__).parents[3]
TALLY = ROOT / "tests" / "plugins" / "tally" / "synthwb_tally.py"
SALES = "events: {sale: {fields: {total: 5}}, visit: {fields: {path: uuid}}}\narrivals: {sale: 3/s, visit: 7/s}\n"


@pytest.fixture(autouse=True)
def _as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    registry.names()
    before, chosen = registry.snapshot(), dict(_CHOSEN)
    yield
    registry.restore(before)
    _CHOSEN.clear()
    _CHOSEN.update(chosen)


def says(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "synthwb", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=dict(os.environ))


def test_a_file_brings_its_sink_with_all_that_follows() -> None:
    assert parse(f"{SALES}sinks:\n  - tally: a.json\n").scenario is None
    load_plugin(str(TALLY))
    scenario = parse(f"{SALES}sinks:\n  - tally: a.json\n").scenario
    assert scenario is not None
    assert scenario.sinks[0].options == {"path": "a.json"}
    wrong = parse(f"{SALES}sinks:\n  - {{tally: {{path: a.json, indent: 9, idnent: 5}}}}\n").diagnostics
    assert [problem.message for problem in wrong if "must be at most 8" in problem.message]
    assert [problem.hint for problem in wrong if "indent" in problem.hint]
    assert set(table("tally")) == {"path", "indent"}
    (entry,) = find("tally")
    assert "as one object of JSON" in entry.text
    assert any("`tally://`" in fact for fact in entry.facts)


def test_a_run_goes_there_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "sales.yaml").write_text(SALES)
    done = says("run", "sales.yaml", "--count", 1000, "--to", f"tally://{tmp_path}/counts.json", "--plugin", TALLY)
    assert done.returncode == 0, done.stderr
    counts = json.loads((tmp_path / "counts.json").read_text())
    assert sum(counts.values()) == 1000
    assert 200 < counts["sale"] < 400


def test_a_name_or_scheme_that_is_taken_is_refused(tmp_path: Path) -> None:
    text = TALLY.read_text()
    for old, new, words in (
        ('name = "tally"', 'name = "http"', "there is a sink 'http' already"),
        ('name = "tally"', 'name = "file"', "there is a sink 'file' already"),
        ('schemes = ("tally",)', 'schemes = ("https",)', "https:// means the sink 'http' already"),
        ('shorthand = "path"', 'shorthand = "place"', "shorthand names 'place', which is no option"),
    ):
        path = tmp_path / f"mine{len(list(tmp_path.iterdir()))}.py"
        path.write_text(text.replace(old, new))
        before = registry.snapshot()
        with pytest.raises(PluginError, match=words):
            load_plugin(str(path))
        assert registry.snapshot() == before, "nothing of it stays"


def test_the_worked_example_of_the_documentation_is_this_plug_in() -> None:
    assert f"```python\n{TALLY.read_text()}```" in (ROOT / "CONTRIBUTING.md").read_text()
