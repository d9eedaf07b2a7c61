"""Rules 1 and 2 of the language for random scenarios: fields out of the whole registry, with modifiers, nested.

Every generator leads its own series of scenarios; together they are more than 300 a run.
"""

from __future__ import annotations

import math
import re

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from synthwb.encode import encoder
from synthwb.engine import Plan, Stream, compile_plan
from synthwb.generators.registry import generator, names
from synthwb.reference.trials import document
from synthwb.scenario import loads, parse

NAMES = names()
SCENARIOS = max(4, math.ceil(330 / len(NAMES)))  # of each generator
ROWS = 150
MODIFIERS = (
    "missing: 20%",
    "nullable: 15%",
    "repeat: 30%",
    "cardinality: 6",
    "hidden: true",
    'when: "event.ordinal % 3 <> 0"',
    'when: "actor.age > 40"',
    "as: string",
)
ARRIVALS = ("{process: constant, rate: 1/min}", "{rate: 3/s}", "0.2/s")
_NUMBER = re.compile(r"(?<![\w.\"'#+-])\d+(?:\.\d+)?(?![\w.:\"'-])")
_NUMBERED = re.compile(r"ordinal|sequence|unique")
"""What follows the number of the row, which begins anew where a stream is begun in the middle."""


@st.composite
def fields(draw: st.DrawFn, name: str) -> str:
    """A use of this generator: one of its examples, perhaps with other numbers, perhaps with modifiers or nested."""
    found = generator(name)
    assert found is not None
    assert found.examples, f"{name} has no example"
    written = draw(st.sampled_from(found.examples))
    if draw(st.booleans()):
        factor = draw(st.sampled_from([0.5, 2, 3, 10]))
        written = _valid(_NUMBER.sub(lambda match: _scaled(match[0], factor), written), written)
    for modifier in draw(st.lists(st.sampled_from(MODIFIERS), max_size=2, unique_by=lambda text: text.split(":")[0])):
        written = _valid(_beside(written, modifier), written)
    if draw(st.integers(0, 5)) == 0:
        written = _valid(f"{{list: {written}, length: {{integer: {{min: 0, max: 3}}}}}}", written)
    elif draw(st.integers(0, 5)) == 0:
        written = _valid(f"{{object: {{inner: {written}, other: {{bernoulli: 0.5}}}}}}", written)
    return written


@st.composite
def scenarios(draw: st.DrawFn, name: str) -> tuple[str, dict[str, str]]:
    """The text before the fields, and the fields: the first uses this generator."""
    chosen = [name, *draw(st.lists(st.sampled_from(NAMES), max_size=3))]
    arrivals = draw(st.sampled_from(ARRIVALS))
    made = {f"f{number}": draw(fields(each)) for number, each in enumerate(chosen)}
    return f"seed: {draw(st.integers(0, 10**9))}\n", {"arrivals": arrivals, **made}


def _scaled(number: str, factor: float) -> str:
    value = float(number) * factor
    return f"{value:g}" if "." in number else str(round(value))


def _beside(written: str, modifier: str) -> str:
    return f"{written[:-1]}, {modifier}}}" if written.startswith("{") else f"{{{written}: {{}}, {modifier}}}"


def _valid(written: str, otherwise: str) -> str:
    """This text if the language takes it, and the engine too."""
    return written if _compiled(document({"f": written})) is not None else otherwise


def _compiled(text: str) -> Plan | None:
    from synthwb.errors import SynthwbError

    if parse(text).scenario is None:
        return None
    try:
        plan = compile_plan(loads(text))
        list(Stream(plan, limit=3))
    except SynthwbError:  # such as: a unique field whose few values are used up
        return None
    return plan


def _text(head: str, made: dict[str, str]) -> str:
    inner = {name: written for name, written in made.items() if name != "arrivals"}
    return head + document(inner).replace("{process: constant, rate: 1/min}", made["arrivals"])


def _lines(plan: Plan, batch: int, workers: int, limit: int = ROWS) -> bytes:
    encode = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode
    batches = Stream(plan, batch=batch, workers=workers, limit=limit)
    return b"".join(bytes(payload.data) for each in batches for payload in encode(each))  # type: ignore[arg-type]


def _frame(plan: Plan, start: int | None = None) -> pl.DataFrame:
    return pl.concat([batch.frames["record"] for batch in Stream(plan, limit=ROWS, start=start)])


@pytest.mark.parametrize("name", NAMES)
def test_a_random_scenario_keeps_its_bytes_and_its_fields(name: str) -> None:
    @settings(
        max_examples=SCENARIOS,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(scenarios(name))
    def holds(drawn: tuple[str, dict[str, str]]) -> None:
        head, made = drawn
        plan = _compiled(_text(head, made))
        assume(plan is not None)
        assert plan is not None
        expected = _lines(plan, 65_536, 1)
        for batch, workers in ((7, 1), (64, 2), (41, 1)):
            assert _lines(plan, batch, workers) == expected, f"batches of {batch}, {workers} workers\n{made}"
        assert expected.startswith(_lines(plan, 1, 1, limit=12)), f"batches of 1\n{made}"

        frame = _frame(plan)
        fewer = {key: written for key, written in made.items() if key != "f0"}
        rest = _frame(compile_plan(loads(_text(head, fewer))))
        for column in rest.columns:
            assert rest[column].equals(frame[column], null_equal=True), f"{column} without f0\n{made}"

        moment = frame["time"].cast(pl.Int64)[60]
        later = _frame(plan, start=moment)
        same = frame.filter(pl.col("time").cast(pl.Int64) >= moment)
        for column in frame.columns:
            if not _NUMBERED.search(made.get(column, "")):
                head_of = later[column].head(len(same))
                assert head_of.equals(same[column], null_equal=True), f"{column} from the middle\n{made}"

    holds()
