"""A hundred thousand damaged presets: every one gets diagnostics, none a traceback, and none takes long."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable

import pytest

from synthwb.scenario import Severity, parse, presets

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


CHUNKS, CHUNK = 20, 5_000
"""Twenty tests of five thousand, so that one that fails names its range and each ends well inside its time."""


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_mutation_raises(chunk: int) -> None:
    texts = [preset.text for preset in presets()]
    undamaged = 0
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
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
    assert 0 < undamaged < CHUNK, "the mutations are all harmless, or all deadly: they test little"


def test_time_grows_with_the_text_and_no_faster() -> None:
    def best(events: int) -> float:
        fields = "      f{i}: {{lognormal: {{median: 25, sigma: 0.7}}, round: 2, missing: 5%}}\n"
        text = "events:\n" + "".join(
            f"  e{k}:\n    fields:\n" + "".join(fields.format(i=i) for i in range(20)) for k in range(events)
        )
        times = []
        for _ in range(5):
            start = time.perf_counter()
            assert parse(text).scenario is not None
            times.append(time.perf_counter() - start)
        return min(times)

    best(1)
    assert best(80) / best(10) < 8 * 3


@pytest.mark.parametrize(
    "text",
    [
        'events: {e: {fields: {a: {expr: "' + "(" * 3_000 + '"}}}}',
        'events: {e: {fields: {a: {expr: "' + "not " * 900 + 'x"}}}}',
        "events: {e: {fields: {a: " + "{list: " * 30 + "uuid" + "}" * 30 + "}}}",
        "events: {e: {fields: {a: " + "{object: {a: " * 28 + "uuid" + "}}" * 28 + "}}}",
        "events: {e: {fields: {" + ", ".join(f"a{i}: {{expr: a{i + 1}}}" for i in range(3_000)) + ", a3000: uuid}}}",
        "events: {e: {fields: {" + ", ".join(f"zz{i}: lognormall" for i in range(5_000)) + "}}}",
        'events: {e: {fields: {a: {template: "' + "{" * 50_000 + '"}}}}',
        "events: {e: {fields: {a: {choice: [" + ", ".join(str(i) for i in range(50_000)) + "]}}}}",
        'events: {e: {fields: {a: uuid}}}\narrivals: {e: "1s' + " " * 300_000 + 'x"}',
        'events: {e: {fields: {a: {datetime: {min: "+1a' + " " * 300_000 + '", max: 1}}}}}',
        "params: {"
        + ", ".join(f'p{i}: "${{params.p{i - 1}}}${{params.p{i - 1}}}"' for i in range(60))
        + "}\nevents: {}",
    ],
    ids=["parens", "nots", "lists", "objects", "chain", "misspelt", "braces", "choice", "rate", "time", "params"],
)
def test_hard_texts_are_read_in_bounded_time(text: str) -> None:
    parsed = parse(text)
    assert all(problem.span.end <= len(text) for problem in parsed.diagnostics)
