"""Rule 1 on other processors: whole streams have the same bytes without vector instructions, in one thread."""

from __future__ import annotations

import os
import subprocess
import sys

import law_digests
import pytest

from synthwb.scenario import presets


def _stream(name: str, **environment: str) -> bytes:
    command = [sys.executable, "-m", "synthwb.cli", "run", name, "--rate", "max", "--count", "3000"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize("name", [preset.name for preset in presets()])
def test_a_stream_has_the_same_bytes_on_a_plainer_processor(name: str) -> None:
    features = law_digests.active_features()
    assert features, "NumPy finds no feature to switch off here, so this test would prove nothing"
    expected = _stream(name)
    assert 1500 < expected.count(b"\n") < 6000  # 3,000 clean events; layers double some and drop others
    assert _stream(name, NPY_DISABLE_CPU_FEATURES=" ".join(features), POLARS_MAX_THREADS="1") == expected
