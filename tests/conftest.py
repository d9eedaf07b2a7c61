"""What holds for every test: a home of its own, no thread left behind, and (with ``--no-skips``) nothing left out."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

settings.register_profile(
    "synthwb",
    deadline=None,  # a busy neighbour is not a failure
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    print_blob=True,
)
settings.load_profile("synthwb")

_TESTS = Path(__file__).parent
_GRACE = 5.0  # seconds that a thread of ours may still need to end after its test


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--no-skips", action="store_true", help="a skipped test fails the session")
    parser.addoption("--update-goldens", action="store_true", help="write golden files anew instead of comparing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first; the browser last, for Playwright keeps the event loop of the main thread to itself."""
    late = {"benchmarks": 1, "packaging": 2, "terminal": 3, "browser": 4}
    items.sort(key=lambda item: late.get(item.path.relative_to(_TESTS).parts[0], 0))


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if session.config.getoption("--no-skips") and skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"{len(skipped)} skipped, and --no-skips was asked for: failing", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """State, settings and caches of a user who has never run synthwb before."""
    folder = tmp_path_factory.mktemp("home")
    for kind in ("STATE", "CONFIG", "CACHE", "DATA"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Every thread that synthwb starts has ended when the test has."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE
    while left := [t for t in threading.enumerate() if t not in before and t.name.startswith("synthwb-")]:
        if time.monotonic() > deadline:
            pytest.fail(f"threads left behind: {', '.join(sorted(t.name for t in left))}")
        time.sleep(0.01)


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """The environment for a subprocess whose output is read: no colours, a fixed width."""
    return {**os.environ, "NO_COLOR": "1", "COLUMNS": "120"}
