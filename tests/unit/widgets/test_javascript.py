"""The page's side: its own tests, and the committed bundles, rebuilt and compared byte by byte."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

WIDGETS = Path(__file__).parents[3] / "widgets"
SOURCE = WIDGETS / "js"
STATIC = WIDGETS / "synthwb_widgets" / "static"
BUILT = ("editor.js", "panels.js", "THIRD-PARTY.txt")


def tool(name: str) -> str:
    """The path of a program, or a failure that says what to install."""
    found = shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is missing: on Debian, apt-get install nodejs npm (Node 18 or later)")
    return found


def test_pure_functions_in_node() -> None:
    done = subprocess.run(
        [tool("node"), "--test"], cwd=SOURCE, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"^# pass (\d+)", done.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) >= 15


@pytest.mark.slow
def test_the_committed_bundles_are_what_the_lock_file_gives(tmp_path: Path) -> None:
    work, out = tmp_path / "js", tmp_path / "out"
    shutil.copytree(SOURCE, work, ignore=shutil.ignore_patterns("node_modules"))
    out.mkdir()
    subprocess.run(
        [tool("npm"), "ci", "--no-audit", "--no-fund"], cwd=work, check=True, capture_output=True, timeout=240
    )
    subprocess.run([tool("node"), "build.mjs", str(out)], cwd=work, check=True, capture_output=True, timeout=120)
    digests = {name: [hashlib.sha256((at / name).read_bytes()).hexdigest() for at in (out, STATIC)] for name in BUILT}
    assert all(rebuilt == committed for rebuilt, committed in digests.values()), digests


def test_bundles_stay_small() -> None:
    assert (STATIC / "editor.js").stat().st_size <= 420_000
    assert (STATIC / "panels.js").stat().st_size <= 40_000
    assert (STATIC / "synthwb.css").stat().st_size <= 16_000


def test_nothing_is_fetched_from_anywhere() -> None:
    style = (STATIC / "synthwb.css").read_text()
    assert "@import" not in style
    assert "url(" not in style
    for name in ("editor.js", "panels.js"):
        text = (STATIC / name).read_text()
        assert not re.search(r"""\bimport\s*\(|\bfrom\s*["']https?:|importScripts|fetch\(""", text), name


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((SOURCE / "package-lock.json").read_text())
    assert not [name for name, entry in lock["packages"].items() if "resolved" in entry]
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_every_bundled_package_has_its_licence() -> None:
    notice = (STATIC / "THIRD-PARTY.txt").read_text()
    for package in json.loads((SOURCE / "package.json").read_text())["dependencies"]:
        assert re.search(rf"^{re.escape(package)} [\d.]+ \(MIT\)$", notice, re.MULTILINE), package
    assert notice.count("Permission is hereby granted") == notice.count(" (MIT)\n")


def test_data_never_becomes_markup() -> None:
    """Generated strings may be hostile on purpose: no source of ours parses text as HTML."""
    for path in [*SOURCE.glob("*.js"), *SOURCE.glob("lib/*.js"), *SOURCE.glob("panels/*.js")]:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text()), path.name


def test_every_colour_of_a_widget_comes_from_the_one_list() -> None:
    """Colours stand once, as variables with a light fallback, so that every theme is right or wrong as a whole."""
    rules = (STATIC / "synthwb.css").read_text().split("box-sizing: border-box;", 1)[1]
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(", rules)
    for path in SOURCE.glob("panels/*.js"):
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b", path.read_text()), path.name
