"""A plug-in as its users get it: built, installed with pip into a clean environment, and used."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

DICE = Path(__file__).parents[1] / "plugins" / "dice"
SCENARIO = "events: {throw: {fields: {sum: {dice: {count: 3}}}}}\n"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def with_dice(clean: Path, run: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The clean environment with the plug-in in it, for the tests of this module."""
    folder = tmp_path_factory.mktemp("dice")
    source = shutil.copytree(DICE, folder / "source")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, source, cwd=folder)
    (wheel,) = folder.glob("*.whl")
    pip = (sys.executable, "-m", "pip", "--python", clean / "python")
    run(*pip, "install", "--quiet", "--no-deps", wheel, cwd=folder)
    yield clean
    run(*pip, "uninstall", "--quiet", "--yes", "synthwb-dice", cwd=folder)


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "throw.yaml"
    path.write_text(SCENARIO)
    return path


def test_a_file_needs_no_installation(clean: Path, run: Callable[..., str], scenario: Path, tmp_path: Path) -> None:
    plugin = shutil.copy(DICE / "synthwb_dice.py", tmp_path / "dice_from_a_file.py")
    words = ("preview", scenario, "-n", "3", "--format", "json", "--plugin", plugin)
    assert "games" not in run(clean / "synthwb", "reference", cwd=tmp_path), "it must come from the file"
    assert len(run(clean / "synthwb", *words, cwd=tmp_path).splitlines()) == 3


def test_an_installed_plug_in_is_used_without_a_word(
    with_dice: Path, run: Callable[..., str], scenario: Path, tmp_path: Path
) -> None:
    run(with_dice / "synthwb", "check", scenario, cwd=tmp_path)
    lines = run(with_dice / "synthwb", "run", scenario, "--count", "500", cwd=tmp_path).splitlines()
    sums = [json.loads(line)["sum"] for line in lines]
    assert len(sums) == 500
    assert 3 <= min(sums) <= max(sums) <= 18
    assert abs(sum(sums) / 500 - 10.5) < 0.6


def test_it_is_in_the_reference_and_in_the_schema(with_dice: Path, run: Callable[..., str], tmp_path: Path) -> None:
    assert "How many dice are thrown." in run(with_dice / "synthwb", "reference", "dice", cwd=tmp_path)
    schema = json.loads(run(with_dice / "synthwb", "reference", "--json-schema", cwd=tmp_path))
    assert schema["definitions"]["generator-dice"]["properties"]["sides"]["maximum"] == 1000
