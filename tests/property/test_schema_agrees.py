"""The JSON Schema never refuses a document that the language accepts."""

from __future__ import annotations

import pytest
from language_mutations import mutated
from schema_driver import refusals

from synthwb.scenario import parse, presets

ACCIDENTS = 1_000


@pytest.mark.slow
def test_a_damaged_preset_that_still_checks_clean_is_accepted() -> None:
    texts = [preset.text for preset in presets()]
    clean = 0
    for seed in range(ACCIDENTS):
        text = mutated(seed, texts[seed % len(texts)])
        if not parse(text).diagnostics:
            clean += 1
            assert refusals(text) == [], f"accident {seed}:\n{text}"
    assert clean > ACCIDENTS / 20
