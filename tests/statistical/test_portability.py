"""The same bytes with and without the vector instructions of the processor, and as in every release."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import law_digests

GOLDEN = Path(__file__).parents[1] / "golden" / "laws.txt"


def test_every_law_gives_the_bytes_it_always_gave() -> None:
    """A change here changes every stream that users have made: make it only with a new version of the language."""
    assert law_digests.lines() == GOLDEN.read_text().splitlines()


def test_every_law_gives_the_same_bytes_without_vector_instructions() -> None:
    features = law_digests.active_features()
    assert features, "NumPy finds no feature to switch off here, so this test would prove nothing"
    environment = dict(os.environ, NPY_DISABLE_CPU_FEATURES=" ".join(features))
    command = [sys.executable, "-W", "error", str(law_digests.__file__)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    still_active, *lines = done.stdout.splitlines()
    assert still_active == "[]", "the features were not switched off"
    assert lines == GOLDEN.read_text().splitlines()
