"""Damaged documents: what a hundred thousand accidents of the keyboard do to the presets."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from synthwb.scenario import Severity, parse, presets

__all__ = ["mutated", "try_mutations"]

_TOKENS = (
    *("{", "}", "[", "]", ":", "- ", '"', "'", "*", "&", "#", "|", ">", "!", "%", "@", "`", "?", ",", "<<: "),
    *("\t", "\n", "\r", "\x00", "\x85", "\u2028", "\ud800", "é", "  ", "---\n", "...\n", "\ufeff"),
    *("null", "true", "~", "0", "-1", "1e999", ".nan", "0x1F", "5%", "5/s", "+3d 18:00", "9" * 30, "x" * 300),
    *("${params.a}", "${A}", '{expr: "a"}', "{a}", "actor.", "event.time", "uuid", "expr", "choice", "object"),
    *("fields", "events", "!!python/object:os.system", "*a", "&a ", "<<: *a", "(", ")", "case when", "sum(a)"),
)
_WORD = re.compile(r"[\w.]+")


def _delete(random_: random.Random, text: str) -> str:
    at = random_.randrange(len(text) + 1)
    return text[:at] + text[at + random_.randrange(1, 6) :]


def _insert(random_: random.Random, text: str) -> str:
    at = random_.randrange(len(text) + 1)
    return text[:at] + random_.choice(_TOKENS) + text[at:]


def _swap(random_: random.Random, text: str) -> str:
    at = random_.randrange(len(text) + 1)
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _move_line(random_: random.Random, text: str) -> str:
    lines = text.split("\n")
    line = lines.pop(random_.randrange(len(lines)))
    lines.insert(random_.randrange(len(lines) + 1), line)
    return "\n".join(lines)


def _replace_word(random_: random.Random, text: str) -> str:
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = random_.choice(words)
    new = random_.choice((random_.choice(_TOKENS), random_.choice(words)[0]))
    return text[: word.start()] + new + text[word.end() :]


def _cut(random_: random.Random, text: str) -> str:
    return text[: random_.randrange(len(text) + 1)]


def _indent(random_: random.Random, text: str) -> str:
    lines = text.split("\n")
    at = random_.randrange(len(lines))
    lines[at] = " " * random_.randrange(9) + lines[at].lstrip()
    return "\n".join(lines)


_KINDS: tuple[Callable[[random.Random, str], str], ...] = (
    _delete,
    _insert,
    _swap,
    _move_line,
    _replace_word,
    _replace_word,
    _cut,
    _indent,
)


def mutated(seed: int, text: str) -> str:
    """The text after one to three accidents, the same for the same seed."""
    random_ = random.Random(seed)
    for _ in range(random_.choice((1, 1, 1, 2, 3))):
        text = random_.choice(_KINDS)(random_, text)
    return text


def try_mutations(seeds: range) -> int:
    """Parse the mutations with these seeds; how many are still valid.

    Raises AssertionError for the first that raises, contradicts itself, or points outside the text.
    """
    texts = [preset.text for preset in presets()]
    undamaged = 0
    for seed in seeds:
        text = mutated(seed, texts[seed % len(texts)])
        try:
            parsed = parse(text)
        except Exception as error:
            raise AssertionError(f"mutation {seed} raised {error!r}:\n{text}") from error
        failed = any(problem.severity is Severity.ERROR for problem in parsed.diagnostics)
        assert (parsed.scenario is None) == failed, f"mutation {seed}: {parsed.diagnostics}"
        for problem in parsed.diagnostics:
            assert 0 <= problem.span.start <= problem.span.end <= len(text), f"mutation {seed}: {problem}"
            assert problem.message, f"mutation {seed}: {problem}"
            if problem.edit is not None:
                assert 0 <= problem.edit.start <= problem.edit.end <= len(text), f"mutation {seed}: {problem}"
        undamaged += not failed
    return undamaged
