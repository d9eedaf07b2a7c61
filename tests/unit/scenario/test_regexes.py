"""Regular expressions: what is read, what is refused and where, and how many texts there are."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from synthwb.scenario import parse
from synthwb.scenario.regexes import LONGEST, read_regex
from synthwb.scenario.regextree import Joined, count, lengths, texts


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("ab", ["ab"]),
        ("^[ab]c$", ["ac", "bc"]),
        (r"\Aa|b\Z", ["a", "b"]),
        ("a?", ["", "a"]),
        ("(?:x|yy){1,2}", ["x", "xx", "xyy", "yy", "yyx", "yyyy"]),
        ("a{2}", ["aa"]),
        ("a{,2}", ["", "a", "aa"]),
        ("a{0}", [""]),
        ("()*", [""]),
        ("a|", ["", "a"]),
        (r"[]\-a-c^]", ["-", "]", "^", "a", "b", "c"]),
        ("[a-]", ["-", "a"]),
        (r"[\d]", list("0123456789")),
        (r"\.\\\|", [".\\|"]),
        (r"a\tb", ["a\tb"]),
        (r"x\s", ["x "]),
        ("a+?", ["a" * n for n in range(1, 11)]),
        ("a*", ["a" * n for n in range(11)]),
        ("a{3,}", ["a" * n for n in range(3, 14)]),
        ("}]", ["}]"]),
    ],
)
def test_the_texts_of_an_expression(pattern: str, expected: list[str]) -> None:
    found = read_regex(pattern)
    assert found.flaws == ()
    listed = texts(found.tree)
    assert listed is not None
    assert sorted(listed) == expected
    assert sum(listed.values()) == 1
    assert all(re.fullmatch(pattern, text) for text in listed)


def test_chances_are_even_at_every_choice() -> None:
    law = texts(read_regex("a|b?|[cd]{1,2}").tree)
    assert law is not None
    assert (law["a"], law["b"], law[""]) == (Fraction(1, 3), Fraction(1, 6), Fraction(1, 6))
    assert (law["c"], law["dc"]) == (Fraction(1, 12), Fraction(1, 24))


@pytest.mark.parametrize("pattern", [".", r"\w", r"\W", r"\D", r"\S", "[^a-z,]", r"[^\s]"])
def test_classes_are_printable_ascii(pattern: str) -> None:
    listed = texts(read_regex(pattern).tree)
    assert listed is not None
    assert set(listed) == {chr(code) for code in range(32, 127) if re.fullmatch(pattern, chr(code))}


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        (r"[A-Z]{3}-\d{4}", 26**3 * 10**4),
        ("(a|ab)(c|bc)", 3),
        ("[a-z]{2,5}", sum(26**n for n in range(2, 6))),
        (r"(EU|US)-\d{6}", 2 * 10**6),
        (r"[a-z]{1,4}@\d{3}", sum(26**n for n in range(1, 5)) * 1000),
        (r"a\d{5}|b\d{6}|\d{9}", 10**5 + 10**6 + 10**9),
        (r"\w{40}", 2**62),
        (r"\w{20}|-\d{5}", 2**61 + 10**5),
        (r"[a-z]{1,4}\d{1,4}", None),
        (r"\d{5}|\d{3}\w\w", None),
        (r"(\d{1,9}){2}", None),
        (r"(\d{4}|\w{4}){1,9}", None),
    ],
)
def test_how_many_texts_there_are(pattern: str, size: int | None) -> None:
    assert read_regex(pattern).flaws == ()
    assert count(read_regex(pattern).tree) == size


@pytest.mark.parametrize(
    ("pattern", "marked", "words", "hint"),
    [
        ("a(?=b)", "(?=", "looks around", "remove it"),
        ("(?<!b)a", "(?<!", "looks around", "remove it"),
        (r"(a)\1", r"\1", "goes back to a group", "template of two fields"),
        ("(?P<x>a)", "(?P<", "names of groups", "write (...)"),
        ("(?P=x)", "(?P=", "goes back to a group", "template of two fields"),
        ("(?i)a", "(?i)", "is not taken", "[Aa]"),
        ("(?>a)", "(?>", "is not taken", "write (...)"),
        (r"a\q", r"\q", r"\q is not known", "or write q"),
        (r"\bword", r"\b", "edge of a word", "remove it"),
        ("a\\", "\\", "backslash at the end", "itself is written"),
        ("a^b", "^", "only at the beginning", r"written \^"),
        ("a$b", "$", "only at the end", r"written \$"),
        (r"a\Zb", r"\Z", "only at one end", "remove it"),
        ("*a", "*", "nothing that * could repeat", r"written \*"),
        ("a|+", "+", "nothing that + could repeat", r"written \+"),
        ("x{a}", "{", "nothing that { could repeat", r"written \{"),
        ("^*a", "*", "nothing that * could repeat", r"written \*"),
        ("a{5,2}", "{5,2}", "ends before it begins", "write {2,5}"),
        ("a++", "+", "a + behind it", "remove the +"),
        ("a{2}{3}", "{3}", "second number", "put the part into (?:...)"),
        ("(a", "(", "never closed", r"written \("),
        ("a)b", ")", "closes nothing", r"written \)"),
        ("[ab", "[", "never closed", r"written \["),
        ("[z-a]", "z-a", "ends before it begins", "write a-z"),
        (r"[\d-x]", r"\d-x", "no range", r"written \-"),
        (r"[^\s\S]", r"[^\s\S]", "no printable sign", "without ^"),
        (r"[\q]", r"\q", "is not known", "or write q"),
        ("[\x00-\U0010ffff]", "\x00-\U0010ffff", "1,114,112 signs", "narrow it"),
        ("(" * 21 + ")" * 21, "(", "more than 20 deep", "simpler"),
        ("(a{20}){20}", "(a{20}){20}", "up to 400 signs", "smaller number"),
        ("", "", "is empty", "{const:"),
        ("a" * 1001, "a", "1,001 signs", "shorter"),
    ],
)
def test_what_is_refused_and_where(pattern: str, marked: str, words: str, hint: str) -> None:
    (flaw,) = read_regex(pattern).flaws
    assert pattern[flaw.start : flaw.end] == marked
    assert words in flaw.message
    assert hint in flaw.hint


def test_everything_wrong_is_said_at_once_and_marked_in_the_document() -> None:
    text = r"events: {e: {fields: {x: {regex: 'a(?=b)\q[z-a]'}}}}"
    found = parse(text).diagnostics
    assert [text[each.span.start : each.span.end] for each in found] == ["(?=", r"\q", "z-a"]
    assert all("of the expression)" in each.message for each in found)
    (found_one,) = parse("events: {e: {fields: {x: {regex: [ab]}}}}").diagnostics
    assert 'quote it if it is text: "[ab]"' in found_one.hint


def test_the_longest_text_is_made_and_no_longer_one() -> None:
    assert lengths(read_regex(f"a{{{LONGEST}}}").tree) == (LONGEST, LONGEST)
    assert read_regex(f"a{{{LONGEST}}}").flaws == ()
    assert read_regex("^$").tree == Joined(())
