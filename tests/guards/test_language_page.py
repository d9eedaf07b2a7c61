"""``docs/language.md`` says what there is: every generator and function, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import synthwb
from synthwb.generators.registry import names
from synthwb.scenario.formats import FORMATS
from synthwb.scenario.functions import FUNCTIONS
from synthwb.scenario.keys import ENVELOPES

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text()


PAGE_OF_FORMATS = Path(__file__).parents[2] / "docs" / "formats.md"


def _section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_its_examples_check_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = '{"ts": "2026-03-02T10:00:00Z", "type": "order_placed", "total": 3, "customer": "Ann"}'
    (tmp_path / "orders.jsonl").write_text(f"{row}\n")
    monkeypatch.chdir(tmp_path)
    examples = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 2
    assert [synthwb.check(example) for example in examples] == [()] * len(examples)


def test_every_generator_is_listed() -> None:
    table = _section("Fields").split("| modifier |")[0]
    listed = set(re.findall(r"`(\w+)`", table))
    internal = {"path"}
    assert set(names()) - internal - listed == set(), "generators that the page does not name"


def test_every_function_is_listed_and_no_other() -> None:
    block = re.search(r"^`(abs .*?)`$", _section("Expressions"), re.MULTILINE | re.DOTALL)
    assert block
    assert block[1].split() == list(FUNCTIONS)


def test_every_format_is_on_its_page_and_its_examples_check_clean() -> None:
    page = PAGE_OF_FORMATS.read_text()
    table = page.split("\n## ", 1)[0]
    rows = {row[1]: row[2].split() for row in re.finditer(r"^\| `(\w+)` \| ([^|]*)\|", table, re.MULTILINE)}
    expected = {name: [f"`{suffix}`" for suffix in each.suffixes] for name, each in FORMATS.items()}
    assert {name: found for name, found in rows.items() if name in FORMATS} == expected
    examples = re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert examples
    assert [synthwb.check(example) for example in examples] == [()] * len(examples)


def test_every_envelope_is_on_the_page_of_formats() -> None:
    section = PAGE_OF_FORMATS.read_text().split("## Envelopes\n", 1)[1].split("\n## ", 1)[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(ENVELOPES)
