"""Checking what a learner made: behaviour, never text.

`check` compiles the learner's document, makes events from it with a seed of its own, and tests what they do. The
answer is a `Verdict` that a notebook shows. It never raises for a learner; with ``SYNTHWB_STRICT=1`` in the
environment (as in CI) it raises for everything but a pass.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from html import escape
from typing import Any

import polars as pl

from synthwb.engine import Batch, Steps, compile_plan, sample, watched
from synthwb.errors import SynthwbError
from synthwb.scenario import Scenario, parse
from synthwb_widgets.log import log

__all__ = [
    "EVENTS",
    "Answer",
    "NotYet",
    "Outcome",
    "Verdict",
    "check",
    "chi_square",
    "chi_square_limit",
    "exercise",
    "number",
    "read",
]

SEED = 20_260_801  # of the checks: never the learner's own
EVENTS = 20_000
_Z = 3.0902  # the 99.9 % point of the normal law: one right answer in a thousand is sent back


class Outcome(StrEnum):
    """How it went: right, not right yet, or not readable at all."""

    PASS = "pass"  # noqa: S105 - no password
    NOT_YET = "not yet"
    ERROR = "error"


@dataclass(frozen=True)
class Verdict:
    """What `check` says of an answer. True if it is right; ``hints`` go from a nudge to nearly the solution."""

    exercise: str
    outcome: Outcome
    message: str
    hints: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.outcome is Outcome.PASS

    def __repr__(self) -> str:
        hint = f" Hint: {self.hints[0]}" if self.hints else ""
        return f"{self.exercise}: {self.outcome}. {self.message}{hint}"

    def _repr_markdown_(self) -> str:
        return "\n".join(
            [f"**{self.exercise}: {self.outcome}.** {self.message}", *(f"- {hint}" for hint in self.hints)]
        )

    def _repr_html_(self) -> str:
        sign = {"pass": "✓", "not yet": "…", "error": "✗"}[self.outcome]
        message = escape(self.message).replace("\n", "<br>")
        hints = "".join(
            f"<details><summary>Hint {number}</summary>{escape(hint)}</details>"
            for number, hint in enumerate(self.hints, start=1)
        )
        return f"<p><b>{sign} {escape(self.exercise)}: {self.outcome}.</b> {message}</p>{hints}"


@dataclass(frozen=True)
class Answer:
    """A learner's document, read with the seed of the checks, and the first 20,000 events of it.

    ``steps``: what the sessions of its flows did up to the last of them, None without flows.
    """

    text: str
    scenario: Scenario
    batch: Batch
    steps: Steps | None
    fields: Mapping[str, tuple[str, ...]]

    @property
    def frames(self) -> Mapping[str, pl.DataFrame]:
        """The events, one frame per event type that occurs."""
        return self.batch.frames

    @property
    def log(self) -> pl.DataFrame:
        """The events in the order of arrival: ``event``, ``time``, ``arrival``, ``id``."""
        return log((self.batch,))

    @property
    def clean(self) -> pl.DataFrame:
        """The same events without imperfections: ``event``, ``time``, ``arrival``, ``id``."""
        return log((sample(compile_plan(replace(self.scenario, layers=())), EVENTS),))

    def column(self, path: str) -> pl.Series:
        """The values of ``event.field``. Raises LookupError, with words for the learner, if there is no such field."""
        event, _, field = path.partition(".")
        if event not in self.fields:
            raise LookupError(f"There is no event called {event}; I see {_listed(self.fields)}.")
        if field not in self.fields[event]:
            raise LookupError(f"{event} has no field called {field}; I see {_listed(self.fields[event])}.")
        if event not in self.frames:
            raise LookupError(f"There is an event called {event}, but it never happened among {len(self.batch):,}.")
        return self.frames[event][field]


Judge = Callable[[Answer], str]
"""Judges an answer: returns praise, or raises LookupError or `NotYet` with what is missing."""


class NotYet(Exception):
    """The document works, but does not do what was asked."""


_EXERCISES: dict[str, tuple[Judge, tuple[str, ...]]] = {}
_NUMBERS: dict[str, tuple[Callable[[float], str], tuple[str, ...]]] = {}


def exercise(name: str, *hints: str) -> Callable[[Judge], Judge]:
    """Decorator: enter the judge of an exercise, with hints from a nudge to nearly the solution."""

    def enter(judge: Judge) -> Judge:
        _EXERCISES[name] = (judge, hints)
        return judge

    return enter


def number(name: str, *hints: str) -> Callable[[Callable[[float], str]], Callable[[float], str]]:
    """Decorator: the same for an exercise whose answer is a number."""

    def enter(judge: Callable[[float], str]) -> Callable[[float], str]:
        _NUMBERS[name] = (judge, hints)
        return judge

    return enter


def check(name: str, answer: Any) -> Verdict:
    """Judge ``answer`` (YAML text, anything with a ``document``, or a number where one is asked) to an exercise.

    Never raises, unless the environment holds ``SYNTHWB_STRICT=1``: then AssertionError for everything but a pass.
    """
    verdict = _verdict(name, answer)
    if os.environ.get("SYNTHWB_STRICT") == "1" and not verdict:
        raise AssertionError(repr(verdict))
    return verdict


def _verdict(name: str, answer: Any) -> Verdict:
    from synthwb_widgets import lesson_1, lesson_2, lesson_3, lesson_4  # noqa: F401 - they enter their exercises

    if name in _NUMBERS:
        return _number_verdict(name, answer)
    if name not in _EXERCISES:
        known = sorted({*_EXERCISES, *_NUMBERS})
        return Verdict(name, Outcome.ERROR, f"There is no such exercise; there are {_listed(known)}.")
    judge, hints = _EXERCISES[name]
    text = getattr(answer, "document", answer)
    if not isinstance(text, str):
        kind = type(answer).__name__
        return Verdict(name, Outcome.ERROR, f"Give me YAML text or a Workbench, not {kind}.", hints[:1])
    try:
        return Verdict(name, Outcome.PASS, judge(read(text)))
    except (NotYet, LookupError) as lack:
        return Verdict(name, Outcome.NOT_YET, str(lack.args[0]), hints)
    except SynthwbError as error:
        return Verdict(name, Outcome.ERROR, f"The document cannot run:\n{error}", hints[:1])


def _number_verdict(name: str, answer: Any) -> Verdict:
    judge, hints = _NUMBERS[name]
    if isinstance(answer, bool) or not isinstance(answer, int | float) or not math.isfinite(answer):
        return Verdict(name, Outcome.ERROR, f"Give me a number, not {type(answer).__name__}.", hints[:1])
    try:
        return Verdict(name, Outcome.PASS, judge(float(answer)))
    except NotYet as lack:
        return Verdict(name, Outcome.NOT_YET, str(lack.args[0]), hints)


def read(text: str) -> Answer:
    """Compile and run a document with the seed of the checks. Raises ScenarioError with the lines at fault."""
    from synthwb.errors import ScenarioError

    parsed = parse(text)
    if parsed.scenario is None:
        raise ScenarioError(parsed.diagnostics, source="line")
    scenario = replace(parsed.scenario, seed=SEED)
    plan = compile_plan(scenario)
    fields = {event: tuple(schema.fields) for event, schema in plan.schemas.items()}
    return Answer(text, scenario, *watched(plan, EVENTS), fields)


def chi_square(counts: Mapping[Any, int], weights: Mapping[Any, float]) -> float:
    """Pearson's statistic of observed ``counts`` against ``weights``; infinite for a value that has no weight."""
    total, whole = sum(counts.values()), sum(weights.values())
    if any(value not in weights for value in counts):
        return math.inf
    expected = {value: total * weight / whole for value, weight in weights.items()}
    return sum((counts.get(value, 0) - wanted) ** 2 / wanted for value, wanted in expected.items())


def chi_square_limit(freedom: int) -> float:
    """The 99.9 % point of chi-square, by the cube-root law of Wilson and Hilferty (1931).

    >>> round(chi_square_limit(2))
    14
    """
    spread = 2 / (9 * freedom)
    return freedom * (1 - spread + _Z * math.sqrt(spread)) ** 3


def _listed(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(names) or "nothing"
