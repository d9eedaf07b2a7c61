"""What is built and shipped: a wheel in a clean environment does what the work tree does, byte for byte."""

from __future__ import annotations

import json
import subprocess
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import synthwb

ROOT = Path(__file__).parents[2]
PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _sources() -> set[str]:
    """What a wheel must hold: every source and data file of the packages."""
    kinds = {".py", ".typed", ".yaml", ".tcss", ".json"}
    homes = {ROOT / "workbench": "", ROOT / "widgets": "", ROOT / "presets": "synthwb/presets/"}
    found = set()
    for home, prefix in homes.items():
        for path in home.rglob("*"):
            inside = path.relative_to(home)
            wanted = path.suffix in kinds or "static" in inside.parts
            if path.is_file() and wanted and not {"__pycache__", "js", "node_modules"} & set(inside.parts):
                found.add(prefix + inside.as_posix())
    return found


def test_every_package_is_declared() -> None:
    declared = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    there = {
        ".".join(path.parent.relative_to(home).parts)
        for home in (ROOT / "workbench", ROOT / "widgets")
        for path in home.rglob("*.py")
    }
    assert declared == there | {"synthwb.presets"}


def test_the_wheel_holds_every_file_and_no_test(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert _sources() - names == set()
    assert not [name for name in names if name.startswith(("tests", "docs", "notebooks"))]
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_the_source_distribution_builds_and_has_the_licence(dist: Path) -> None:
    (archive,) = dist.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "presets/web-shop.yaml"} <= names


def test_the_clean_environment_has_no_surface_but_the_terminal(
    run: Callable[..., str], clean: Path, tmp_path: Path
) -> None:
    code = "import importlib.util as u; print(*[n for n in ('textual', 'ipywidgets', 'anywidget') if u.find_spec(n)])"
    assert run(clean / "python", "-c", code, cwd=tmp_path).split() == ["textual"]


def test_version_and_presets(run: Callable[..., str], clean: Path, tmp_path: Path) -> None:
    assert synthwb.__version__ in run(clean / "synthwb", "--version", cwd=tmp_path)
    listed = run(clean / "synthwb", "presets", cwd=tmp_path)
    assert [name for name in PRESETS if name not in listed] == []


@pytest.mark.parametrize("preset", PRESETS)
def test_the_wheel_writes_the_same_bytes(run: Callable[..., str], preset: str, clean: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.jsonl", tmp_path / "there.jsonl"
    scenario = synthwb.loads((ROOT / "presets" / f"{preset}.yaml").read_text())
    synthwb.generate(scenario, here, count=500)
    run(clean / "synthwb", "run", preset, "--count", "500", "--rate", "max", "--to", there, cwd=tmp_path)
    assert here.read_bytes() == there.read_bytes()
    if scenario.layers:  # of 500 clean events some come twice, some never, and some are broken
        assert len(there.read_bytes().splitlines()) > 400
    else:
        assert len([json.loads(line) for line in there.read_text().splitlines()]) == 500


def test_the_notebook_workbench_names_its_extra(clean: Path, tmp_path: Path) -> None:
    code = "import synthwb_widgets; synthwb_widgets.Workbench"
    done = subprocess.run([clean / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'synthwb[notebook]'" in done.stderr.splitlines()[-1]
