"""Populations as they are written, and what cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthwb.engine import Plan, compile_plan
from synthwb.errors import ScenarioError
from synthwb.scenario import loads, parse
from synthwb.scenario.model import DType, EntityType

HEAD = "clock: {start: 2026-03-02T00:00, end: +30d}\n"
REST = "\nevents: {e: {actor: user, fields: {a: actor.born}}}\n"


def entity(population: str, head: str = HEAD) -> EntityType:
    return loads(f"{head}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {population}}}}}{REST}").entities[
        "user"
    ]


def test_a_population_is_read() -> None:
    population = entity(
        "{births: 40/day, churn: 0.4%/day, lifetime: 30d, age: {uniform: {max: 90d}}, max: 500}"
    ).population
    assert population is not None
    assert population.births is not None
    assert population.births.rate * 86_400 == 40
    assert (population.births.most, population.births.end) == (
        500,
        entity("{}").span and 1_774_915_200_000_000 + 86_400_000_000,
    )
    assert population.churn == (0.004, 86_400_000_000)
    assert population.lifetime is not None
    assert population.lifetime.path == "user.population.lifetime"
    assert population.lifetime.call.args == {"value": 30 * 86_400.0}


def test_births_end_with_the_clock_or_the_limit_and_have_a_shape() -> None:
    births = entity("{births: {rate: 1/h, weekly: {sat: 50%}}}", HEAD + "limit: {for: 2d}\n").population.births  # type: ignore[union-attr]
    assert births is not None
    assert births.shape is not None
    assert births.end == loads(f"{HEAD}events: {{e: {{fields: {{a: 1}}}}}}").clock.start + 2 * 86_400_000_000


def test_a_lifetime_reads_the_fields_of_the_row() -> None:
    field = entity("{lifetime: {exponential: {mean: {expr: 'a * 86400'}}}}").population.lifetime  # type: ignore[union-attr]
    assert field is not None
    assert field.reads == ("a",)


def test_the_time_of_birth_can_be_read() -> None:
    scenario = loads(f"{HEAD}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {{churn: 1%/day}}}}}}{REST}")
    assert scenario.events["e"].fields[0].dtype is DType.TIMESTAMP
    assert compile_plan(scenario).schemas["e"].fields["a"].base_type().__name__ == "Datetime"


def test_a_standard_population_lives_too() -> None:
    text = f"{HEAD}entities: {{person: {{count: 50, population: {{births: 5/day}}}}}}\n"
    text += "events: {e: {refs: {who: person}, fields: {n: who.name, since: who.born}}}"
    plan = compile_plan(loads(text))
    assert plan.pools["person"].count > 100


@pytest.mark.parametrize(
    ("population", "code", "path", "words"),
    [
        ("{birth: 4/day}", "unknown-key", "birth", "births"),
        ("5", "type", "", "mapping"),
        ("{}", "no-effect", "", "nobody is born"),
        ("{births: 40}", "type", "births", "40/s"),
        ("{births: 0/day}", "no-effect", "births", "nobody is born"),
        ("{births: 5000000/s}", "range", "births", "1,000,000 births"),
        ("{births: {rate: 4/day, weekly: {sut: 1%}}}", "unknown-key", "births.weekly.sut", "sun"),
        ("{births: {weekly: {sat: 1%}}}", "missing-key", "births", "rate"),
        ("{churn: 4%}", "type", "churn", "0.4%/day"),
        ("{churn: 100%/day}", "range", "churn", "below 100%"),
        ("{churn: -1%/day}", "range", "churn", "below 100%"),
        ("{churn: 0%/day}", "no-effect", "churn", "nobody ever goes"),
        ("{lifetime: 0s}", "contradiction", "lifetime", "nobody is ever there"),
        ("{lifetime: {normal: {mean: 3d, std: 2d}}}", "contradiction", "lifetime", "6.68%"),
        ("{lifetime: {exponential: {mean: {expr: b}}}}", "unknown-name", "lifetime.mean", "there are a"),
        ("{age: city}", "type", "age", "a duration"),
        ("{max: 50}", "contradiction", "max", "nobody is born"),
        ("{births: 4/day, max: 9}", "contradiction", "max", "9 at the start"),
    ],
)
def test_what_cannot_be_is_reported_where_it_stands(population: str, code: str, path: str, words: str) -> None:
    text = f"{HEAD}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {population}}}}}{REST}"
    problems = parse(text).diagnostics
    assert (problems[0].code, problems[0].path) == (code, f"user.population.{path}".rstrip("."))
    assert words in f"{problems[0].message} {problems[0].hint}"


def test_births_without_an_end_need_the_most_rows_there_will_ever_be() -> None:
    text = "entities: {user: {count: 9, fields: {a: 3}, population: {births: 4/day}}}" + REST
    (problem,) = parse(text).diagnostics
    assert "without end" in problem.message
    plan = compile_plan(loads(text.replace("4/day", "4/day, max: 100")))
    assert plan.pools["user"].count == 100


@pytest.mark.parametrize(
    ("entity", "code", "words"),
    [
        ("{count: 9, fields: {born: 3}, population: {churn: 1%/day}}", "name-clash", "call the field otherwise"),
        ("{from: users.csv, population: {births: 1/day}}", "contradiction", "from outside"),
    ],
)
def test_what_an_entity_cannot_be(entity: str, code: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("user_id\n1\n")
    problems = parse(f"{HEAD}entities: {{user: {entity}}}{REST}", folder=tmp_path).diagnostics
    found = next(problem for problem in problems if problem.code == code)
    assert words in f"{found.message} {found.hint}"


FLOW = "flows: {visit: {#steps: [e]}}\narrivals: {visit: {process: births}}\n"


@pytest.mark.parametrize(
    ("actor", "population", "code", "words"),
    [
        ("actor: user, ", "{churn: 1%/day}", "contradiction", "add population: {births"),
        ("", "{births: 1/day}", "contradiction", "add actor: to 'visit'"),
    ],
)
def test_births_start_sessions_where_somebody_is_born(actor: str, population: str, code: str, words: str) -> None:
    text = f"{HEAD}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {population}}}}}{REST}"
    problems = parse(text + FLOW.replace("#", actor)).diagnostics
    found = next(problem for problem in problems if problem.path == "arrivals.visit.process")
    assert found.code == code
    assert words in f"{found.message} {found.hint}"


def test_too_many_births_are_refused_with_their_number() -> None:
    text = f"{HEAD}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {{births: 1000/s}}}}}}{REST}"
    with pytest.raises(ScenarioError, match=r"about 2,592,000,009 rows of 'user' until the end"):
        compile_plan(loads(text))


def test_where_nobody_lives_nothing_happens_and_sessions_cannot_need_somebody() -> None:
    text = f"{HEAD}entities: {{user: {{count: 9, fields: {{a: 3}}, population: {{lifetime: 1d}}}}}}{REST}"
    plan = compile_plan(loads(f"{text}arrivals: {{e: 1/min}}\n"))
    times = [int(time) for slab in plan.spine().slabs(1000) for time in slab.time]
    assert 1000 < len(times) < 2000
    assert max(times) < plan.scenario.clock.start + 86_400_000_000
    refs = text.replace(
        "{e: {actor: user, fields: {a: actor.born}}}", "{e: {refs: {who: user}, fields: {a: who.born}}}"
    )
    with pytest.raises(ScenarioError, match=r"at 2026-03-03 00:00:00 \(UTC\) nobody of 'user' is left, and 'e' needs"):
        compile_plan(loads(f"{refs}flows: {{visit: {{steps: [e]}}}}\n"))


PEOPLED = "entities: {user: {count: 40, fields: {a: sequence}, population: {births: 5/day, lifetime: 10h}}}\n"
SEEN = "events: {e: {actor: user, fields: {row: actor.a}}}\n"
HOUR = 3_600_000_000


def _times(text: str) -> tuple[Plan, dict[int, list[int]]]:
    """By row of the entity, counted from the first, the times at which it is seen."""
    plan = compile_plan(loads(f"{HEAD}{PEOPLED}{SEEN}{text}"))
    first = plan.pools["user"].columns["a"].series().to_list()[0]
    seen: dict[int, list[int]] = {}
    for slab in plan.spine().slabs(1000):
        rows = plan.realise(slab).parts[0].columns["row"].series().to_list()
        for row, time in zip(rows, slab.time.tolist(), strict=True):
            seen.setdefault(row - first, []).append(time)
    return plan, seen


def test_a_session_ends_with_its_actor_and_begins_with_a_birth() -> None:
    flow = "flows: {live: {actor: user, states: {s: {emit: e, dwell: 1h, next: s}}}}\n"
    plan, seen = _times(f"{flow}arrivals: {{live: {{process: births}}}}\n")
    born, end = plan.pools["user"].lives.born, plan.scenario.clock.end  # type: ignore[union-attr]
    assert set(seen) == set(range(40, len(born))), "all but the rows of the start"
    for row, times in seen.items():
        hours = [int(born[row]) + k * HOUR for k in range(10)]
        assert times == [time for time in hours if time < end]


@pytest.mark.parametrize(("jitter", "most"), [("", 0), (", jitter: 2h", 2 * HOUR)])
def test_once_brings_everybody_at_the_start_or_at_birth(jitter: str, most: int) -> None:
    plan, seen = _times(f"arrivals: {{e: {{process: once{jitter}}}}}\n")
    born, end = plan.pools["user"].lives.born, plan.scenario.clock.end  # type: ignore[union-attr]
    late = [times[0] - int(born[row]) for row, times in seen.items()]
    assert all(len(times) == 1 for times in seen.values())
    assert set(range(len(born))) - set(seen) <= set(np.flatnonzero(born + most >= end).tolist())
    assert 0 <= min(late) <= max(late) <= most
    assert (max(late) > 0) == (most > 0)
