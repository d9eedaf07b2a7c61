"""All problems of documents, in four formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
BAD = "events:\n  a:\n    fields: {x: uuidd, y: {normal: {maen: 3}}}\n"


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad, 100%.yaml"
    path.write_text(BAD)
    return path


def test_text_is_one_line_per_problem(call: Call, bad: Path, shop: Path) -> None:
    outcome = call("check", shop, bad)
    assert outcome.code == 2
    first, second = outcome.out.splitlines()
    assert first.startswith(f"{bad}:3:17: error: ")
    assert "did you mean 'uuid'?" in first
    assert second.startswith(f"{bad}:3:")
    assert outcome.err == ""


def test_a_good_document_says_nothing(call: Call, shop: Path) -> None:
    assert call("check", shop, "web-shop") == type(call("check", shop))(0, "", "")


def test_json(call: Call, bad: Path) -> None:
    first, second = json.loads(call("check", bad, "--format", "json").out)
    assert first["file"] == str(bad)
    assert (first["severity"], first["line"], first["column"], first["end_column"]) == ("error", 3, 17, 22)
    assert first["path"] == "a.x"
    assert second["code"] == "unknown-parameter"
    assert BAD[second["edit"]["start"] : second["edit"]["end"]] == "maen"
    assert json.loads(call("check", "web-shop", "--format", "json").out) == []


def test_github_annotations_are_escaped(call: Call, bad: Path) -> None:
    first, _ = call("check", bad, "--format", "github").out.splitlines()
    properties, message = first.removeprefix("::error ").split("::", 1)
    place = dict(item.split("=", 1) for item in properties.split(","))
    assert place["file"] == str(bad).replace("%", "%25").replace(",", "%2C")
    assert (place["line"], place["col"]) == ("3", "17")
    assert "uuidd" in message


def test_sarif(call: Call, bad: Path) -> None:
    report = json.loads(call("check", bad, "--format", "sarif").out)
    assert report["version"] == "2.1.0"
    (run,) = report["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 17, "endLine": 3, "endColumn": 22}
    assert run["results"][0]["level"] == "error"


def test_a_run_of_a_bad_document_shows_its_problems_and_writes_nothing(call: Call, bad: Path, tmp_path: Path) -> None:
    for words in (("run", bad, "--to", tmp_path / "x.jsonl"), ("preview", bad)):
        outcome = call(*words)
        assert outcome.code == 2
        assert outcome.out == ""
        assert outcome.err.startswith(f"{bad}:3:17: error: ")
    assert not list(tmp_path.glob("x.jsonl*"))


def test_a_file_without_end_is_read_no_further_than_a_scenario_may_go(call: Call) -> None:
    outcome = call("check", "/dev/zero")
    assert outcome.code == 2
    assert "larger than the 1,048,576 bytes" in outcome.out


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"events: [", b"events: {a: {fields: {x: uuid}}}\n" * 2])
def test_what_is_no_document(call: Call, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(data)
    outcome = call("check", path)
    assert outcome.code == 2
    assert outcome.out.startswith(f"{path}:")
