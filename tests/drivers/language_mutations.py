"""Damaged documents: what a hundred thousand accidents of the keyboard do to the presets."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from synthwb.scenario import Severity, parse, presets

__all__ = ["WALK", "mutated", "try_mutations"]

WALK = """\
entities:
  user: {count: 5, key: user_id, fields: {user_id: uuid, age: 30, balance: 5.5}}
  driver: {count: 4, fields: {driver_id: uuid, rides: 0}}
events:
  viewed: {actor: user, fields: {page: state.name, visit: session.id, items: session.items}}
  rated: {actor: driver, fields: {stars: {integer: {min: 1, max: 5}}}}
  paid: {fields: {total: {lognormal: {median: 25, sigma: 0.7}}, rides: driver.rides}}
flows:
  ride:
    actor: user
    with: {driver: driver}
    start: {landing: 3, cart: 1}
    session: {gap: 30m, max: 4h}
    one_at_a_time: true
    set: {session.items: 0}
    states:
      landing: {emit: viewed, dwell: {lognormal: {median: 12s, sigma: 0.8}}, next: {cart: 62%, exit: 38%}}
      cart:
        emit: [viewed, rated, paid]
        times: {poisson: {mean: 2}}
        dwell: 40s
        set: {session.items: {expr: "session.items + stars"}, actor.balance: {expr: "actor.balance - total"}}
        fields: {page: {const: cart}, viewed.extra: 3}
        next: {landing: {weight: 45, when: "actor.balance > total"}, cart: 5, exit: {expr: "30 * actor.age"}}
  chain:
    actor: user
    with: {driver: driver}
    set: {session.items: 1}
    steps: [viewed, {event: paid, exit: 30%}, rated]
arrivals:
  ride: {rate: 120/min, concurrency: {limit: 100, at_cap: poll, every: 5s}}
"""
"""A document with flows: every accident of the keyboard happens to it, too."""

_TOKENS = (
    *("{", "}", "[", "]", ":", "- ", '"', "'", "*", "&", "#", "|", ">", "!", "%", "@", "`", "?", ",", "<<: "),
    *("\t", "\n", "\r", "\x00", "\x85", "\u2028", "\ud800", "é", "  ", "---\n", "...\n", "\ufeff"),
    *("null", "true", "~", "0", "-1", "1e999", ".nan", "0x1F", "5%", "5/s", "+3d 18:00", "9" * 30, "x" * 300),
    *("${params.a}", "${A}", '{expr: "a"}', "{a}", "actor.", "event.time", "uuid", "expr", "choice", "object"),
    *(
        "fields",
        "events",
        "exit",
        "session.items",
        "state.name",
        "!!python/object:os.system",
        "*a",
        "&a ",
        "<<: *a",
        "(",
        ")",
        "case when",
        "sum(a)",
    ),
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
    texts = [WALK, *(preset.text for preset in presets())]
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
