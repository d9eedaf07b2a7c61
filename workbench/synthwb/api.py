"""The public functions: what a script needs to check, look at and run a scenario.

>>> import synthwb
>>> [problem.message for problem in synthwb.check("events: {ping: {fields: {n: uuidd}}}")]
["unknown generator 'uuidd'"]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from synthwb.errors import ScenarioError
from synthwb.scenario import load, loads, parse
from synthwb.scenario.holding import needs_engine

if TYPE_CHECKING:
    import polars as pl

    from synthwb.runtime.stats import Stats
    from synthwb.scenario.diagnostics import Diagnostic
    from synthwb.scenario.model import Scenario

__all__ = ["check", "generate", "load", "loads", "preview", "schemas"]


def check(
    text: str | bytes, *, overrides: Mapping[str, str] | None = None, folder: str | Path | None = None
) -> tuple[Diagnostic, ...]:
    """All problems of a document, errors and warnings, in its own order. Never raises for a bad document.

    The types inside expressions and the columns of files are checked too; only then is the engine loaded. ``folder``:
    where the paths of files begin.
    """
    parsed = parse(text, overrides=overrides, folder=folder)
    if parsed.scenario is None or not needs_engine(parsed.scenario):
        return parsed.diagnostics
    from synthwb.engine import compile_plan

    try:
        compile_plan(parsed.scenario)
    except ScenarioError as error:
        return tuple(sorted((*parsed.diagnostics, *error.diagnostics), key=lambda found: found.span.start))
    return parsed.diagnostics


def preview(scenario: Scenario | str, count: int = 20) -> dict[str, pl.DataFrame]:
    """The first ``count`` events as Polars frames by event type: ``time``, ``id``, then the fields.

    Raises ScenarioError if ``scenario`` is text with errors.
    """
    from synthwb.engine import compile_plan, sample

    plan = compile_plan(loads(scenario) if isinstance(scenario, str) else scenario)
    return sample(plan, count).frames


def schemas(scenario: Scenario | str, format: str) -> dict[str, str]:  # noqa: A002
    """The schema of each event's records in the scenario's envelope, as text.

    ``format``: ``avro`` (the schema as JSON), ``protobuf`` (a ``.proto`` file), or ``jsonl`` (a JSON Schema).

    Raises ScenarioError for text with errors, UsageError for another format.
    """
    from synthwb.engine import compile_plan
    from synthwb.runtime.schemas import schema_texts

    return schema_texts(compile_plan(loads(scenario) if isinstance(scenario, str) else scenario), format)


def generate(
    scenario: Scenario | str,
    to: str | Path | Sequence[str | Path],
    *,
    count: int | None = None,
    workers: int = 1,
    batch: int | None = None,
    truth: str | Path | None = None,
) -> Stats:
    """Write the stream to one or more targets as fast as it can be made, and say what was done.

    ``to``: file paths such as ``out/{event}.jsonl`` (format by suffix), ``-`` for standard output, or ``@name`` of a
    sink in the document. ``count``: at most so many events, before imperfections copy or drop some. ``truth``: a file
    for what they did; the document's ``truth:`` without.

    Raises ScenarioError for text with errors, UsageError for a stream without an end (give ``count``) or a bad target,
    SinkError if a destination fails.
    """
    from synthwb.engine import compile_plan
    from synthwb.errors import SinkError, UsageError
    from synthwb.runtime import Run, State, TruthOutput, outputs, target

    plan = compile_plan(loads(scenario) if isinstance(scenario, str) else scenario)
    if plan.expected(count) is None:
        raise UsageError("this stream has no end: give count=, or limit: or clock: {end: ...} in the scenario")
    targets = [to] if isinstance(to, str | Path) else to
    specs = [target(str(item), plan.scenario) for item in targets]
    made = outputs(specs, plan, bounded=True)
    answers = TruthOutput.of(plan, made, truth, bounded=True)
    with Run(plan, made, limit=count, workers=workers, batch=batch, truth=answers, watch=False) as run:
        run.start()
        run.wait()
        stats = run.stats()
    if stats.state is State.FAILED:
        raise SinkError(stats.error)
    return stats
