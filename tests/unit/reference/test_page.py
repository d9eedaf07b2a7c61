"""The reference, its pictures and the page of Faker's methods are as ``make reference`` writes them."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest

from synthwb.reference.markdown import FOLDER, Pages, pages
from synthwb.reference.methods import PAGE as METHODS
from synthwb.reference.methods import families

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "reference.md").read_text(encoding="utf-8")
HINT = "the reference is not up to date: make reference, or python docs/make_reference.py"


@pytest.fixture(scope="module")
def made() -> Pages:
    return pages()


def _without_values(page: str) -> str:
    """The page without the values in its tables: another version of Faker has other names."""
    return re.sub(r"\| [^|]*\|$", "|", page, flags=re.MULTILINE).replace(f"Faker {version('faker')}", "Faker")


def test_the_page_is_up_to_date(made: Pages) -> None:
    written_with = re.search(r"Faker (\S+)\.\n", PAGE)
    assert written_with
    if written_with[1] == version("faker"):
        assert made.page == PAGE, HINT
    else:
        assert _without_values(made.page) == _without_values(PAGE).replace(written_with[0].strip(), "Faker"), HINT


def test_the_page_of_fakers_methods_is_up_to_date(made: Pages) -> None:
    assert made.methods == (DOCS / METHODS).read_text(encoding="utf-8"), HINT


def test_the_pictures_are_up_to_date(made: Pages) -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in (DOCS / FOLDER).glob("*.svg")}
    assert there.keys() == made.pictures.keys(), HINT
    assert there == made.pictures, HINT


def test_every_link_leads_somewhere() -> None:
    headings = {
        line.lstrip("#").strip().lower().replace(" ", "-") for line in PAGE.splitlines() if line.startswith("#")
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", PAGE)) <= headings
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (DOCS / target).exists(), target


def test_every_family_is_linked_to_where_its_methods_are() -> None:
    headings = re.findall(r"^## (\w+)$", (DOCS / METHODS).read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(families())
    assert re.findall(rf"\]\({METHODS}#(\w+)\)", PAGE) == headings
