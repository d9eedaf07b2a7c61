"""Pictures of distributions: the right shape, the same bytes every time, fit for any ground."""

from __future__ import annotations

from xml.etree import ElementTree

from synthwb.reference import Entry, Topic, entries
from synthwb.reference.pictures import Look, Picture, pictures, sparkline, svg

SVG = "{http://www.w3.org/2000/svg}"


def law(field: str, family: str = "numbers") -> Picture:
    entry = Entry("law", Topic.GENERATOR, "A law.", fields=(field,), family=family)
    return pictures([entry])["law"]


def test_a_bell_is_highest_in_the_middle_and_symmetric() -> None:
    picture = law("{normal: {mean: 5, std: 1}, round: 0}")
    heights = picture.heights
    assert picture.look is Look.HISTOGRAM
    assert max(heights[:8] + heights[-8:]) < 0.3 < min(heights[18:22])
    assert abs(sum(heights[:20]) - sum(heights[20:])) < 0.1 * sum(heights)


def test_whole_numbers_have_a_bar_each() -> None:
    picture = law("{integer: {min: 1, max: 6}}")
    assert len(picture.heights) == 6
    assert picture.labels == ("1", "6")


def test_categories_are_shares_with_names() -> None:
    picture = law("{choice: {a: 60, b: 30, c: 10}}", "categories")
    assert picture.look is Look.SHARES
    assert picture.labels == ("a", "b", "c")
    assert [round(height, 1) for height in picture.heights] == [1.0, 0.5, 0.2]


def test_the_first_example_that_is_not_flat_is_shown() -> None:
    fields = ("{choice: [a, b]}", "{choice: {a: 3, b: 1}}")
    entry = Entry("law", Topic.GENERATOR, "A law.", fields=fields, family="categories")
    assert pictures([entry])["law"].field == fields[1]


def test_a_line_goes_through_time() -> None:
    picture = law('{expr: "minute(event.time)"}', "series")
    assert picture.look is Look.LINE
    assert len(picture.heights) == 240


def test_one_value_alone_is_no_picture() -> None:
    entry = Entry("law", Topic.GENERATOR, "A law.", fields=("{uniform: {min: 3, max: 3}}",), family="numbers")
    assert pictures([entry]) == {}


def test_what_is_no_law_has_no_picture() -> None:
    names = set(pictures([entry for entry in entries() if entry.family in ("identity", "people", "text")]))
    assert names == set()


def test_an_svg_is_well_formed_small_and_described() -> None:
    picture = law("{choice: {<a>: 3, '&': 1}}", "categories")
    text = svg("choice", picture)
    root = ElementTree.fromstring(text)
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == "choice: shares of {choice: {<a>: 3, '&': 1}}"
    assert len(root.findall(f".//{SVG}rect")) == 2
    assert len(svg("law", law("{normal: {mean: 5, std: 1}}"))) < 4_000


def test_every_bar_stays_inside_its_picture() -> None:
    for field, family in (("normal", "numbers"), ("{integer: {min: 0, max: 1}}", "numbers")):
        root = ElementTree.fromstring(svg("law", law(field, family)))
        for bar in root.iter(f"{SVG}rect"):
            x, y, width, height = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
            assert x >= 0
            assert y >= 0
            assert width > 0
            assert x + width <= 320
            assert y + height <= 96


def test_the_same_picture_has_the_same_bytes() -> None:
    assert svg("law", law("{gamma: {shape: 2, mean: 3}}")) == svg("law", law("{gamma: {shape: 2, mean: 3}}"))


def test_a_sparkline_is_one_line_with_both_ends() -> None:
    line = sparkline(law("{exponential: {mean: 1}}"))
    assert "\n" not in line
    assert line.split()[1].startswith("█")
    assert len(line) < 60
    assert sparkline(law("{choice: {a: 3, b: 1}}", "categories")) == "a █  b ▃"
