"""``synthwb reference``: the list, an entry, the schema; plain in a pipe."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft7Validator

from synthwb.generators import faker_index
from synthwb.guide import json_schema
from synthwb.reference import entries

Call = Callable[..., Any]


def test_the_list_has_everything(call: Call) -> None:
    outcome = call("reference")
    assert outcome.code == 0
    lines = outcome.out.splitlines()
    for entry in entries():
        assert any(line.startswith(f"  {entry.usage or entry.name} ") for line in lines), entry.name
    assert "…" not in outcome.out, "cut off in a pipe"
    assert "\x1b" not in outcome.out


def test_an_entry_says_all_and_shows_what_its_examples_give(call: Call) -> None:
    outcome = call("reference", "lognormal")
    assert outcome.code == 0
    words = " ".join(outcome.out.split())
    assert "Its logarithm is normal." in words
    assert "sigma * a number of at least 0" in words
    assert "Exactly one of median, mean, mu is written." in words
    assert "Johnson, Kotz, Balakrishnan 1994" in words
    assert "{lognormal: {median: 25, sigma: 0.7}, round: 2} -> " in words
    assert "▁▁▁" in outcome.out
    assert "`" not in outcome.out
    assert "\x1b" not in outcome.out


def test_the_same_word_gives_the_same_text(call: Call) -> None:
    assert call("reference", "zipf").out == call("reference", "zipf").out


@pytest.mark.parametrize("name", ["clock", "arrivals", "missing", "sigmoid", "cloudevents", "file", "rate"])
def test_other_things_than_generators(call: Call, name: str) -> None:
    outcome = call("reference", name)
    assert outcome.code == 0
    assert outcome.err == ""
    assert len(outcome.out) > 80


def test_an_unknown_name_gives_the_nearest(call: Call) -> None:
    outcome = call("reference", "lognrmal")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == "error: the reference has no entry 'lognrmal'; did you mean lognormal?\n"


def test_a_method_of_faker(call: Call) -> None:
    outcome = call("reference", "date_of_birth")
    assert outcome.code == 0
    words = " ".join(outcome.out.split())
    assert "generator (faker: date_time)" in words
    assert "minimum_age a whole number 0" in words
    assert "a pool of 16,384" in words
    assert 'date_of_birth -> "' in words


def test_the_list_names_the_families_of_faker_and_faker_lists_all(call: Call) -> None:
    assert "  ssn " in call("reference").out.partition("methods of Faker")[2]
    outcome = call("reference", "faker")
    assert outcome.code == 0
    assert "\x1b" not in outcome.out
    lines = {line.split()[0]: line for line in outcome.out.splitlines() if line.startswith("  ")}
    assert lines.keys() == set(faker_index.names()), "one line each in a pipe"
    assert lines["aadhaar_id"].endswith("India. Such as 460487647592 (pool; only en_IN)")


def test_the_schema_is_printed_as_it_is(call: Call) -> None:
    printed = json.loads(call("reference", "--json-schema").out)
    Draft7Validator.check_schema(printed)
    assert printed == json_schema()


def test_a_terminal_without_colours_gets_none(clean_environment: dict[str, str]) -> None:
    environment = {**clean_environment, "FORCE_COLOR": "1", "COLUMNS": "72"}
    command = [sys.executable, "-m", "synthwb", "reference", "uniform"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "\x1b[" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 72


def test_the_list_and_the_schema_need_no_engine() -> None:
    for words in (["reference"], ["reference", "faker"], ["reference", "--json-schema"]):
        script = (
            "import sys; from synthwb.cli import main; code = main(sys.argv[1:]);"
            "print([m for m in ('polars', 'numpy', 'faker', 'textual') if m in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
        assert done.stderr.strip() == "[]"
