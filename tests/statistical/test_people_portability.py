"""Text, times and expressions: the same bytes with and without the vector instructions of the processor."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import hashlib
from synthwb.engine import compile_plan, sample
from synthwb.scenario import loads

SCENARIO = '''
events:
  e:
    fields:
      first: first_name
      full: name
      mail: email
      firm: company
      town: city
      street: street_address
      phone: phone
      ip: ipv4
      page: url
      sku: {pattern: "??-#####-***"}
      seen: {datetime: {min: 1950-01-01, max: +0d, format: epoch_us}}
      x: {uniform: {min: -20, max: 20}}
      p: {expr: "sigmoid(x / 3) + exp(x) / 7 + round(x * 1.1, 2)"}
      q: {expr: "coalesce(ln(x), power(abs(x), 0.3), 0) % 3 + log10(x * x + 1) / sqrt(abs(x))"}
      kind: {expr: "case when p > 1 then upper(town) else substr(street, 2, 5) end"}
      text: {template: "{x}/{sku}/{first}"}
      tags: {list: {pattern: "#?"}, length: {poisson: {mean: 2}}}
'''
frame = sample(compile_plan(loads(SCENARIO)), 40_000).frames["e"]
for name in frame.columns:
    series = frame[name]
    text = "\\n".join(value.hex() if isinstance(value, float) else str(value) for value in series)
    print(name, hashlib.sha256(text.encode()).hexdigest())
"""


def digests(disabled: list[str]) -> list[str]:
    environment = dict(os.environ, NPY_DISABLE_CPU_FEATURES=" ".join(disabled))
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_field_has_the_same_bytes_without_vector_instructions() -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]
    assert features, "NumPy finds no feature to switch off here, so this test would prove nothing"
    usual = digests([])
    assert len(usual) == 19
    assert digests(features) == usual
