"""Cohorts counted slice by slice: what is kept, what is begun anew, and what is said where nobody can be followed."""

from __future__ import annotations

from synthwb.engine import Plan, compile_plan
from synthwb.scenario import loads
from synthwb.tui.counting import Counted, Counting, Wanted
from synthwb.views import PERIODS, CohortWatch

APP = """
seed: 3
clock: {start: 2026-03-02T00:00, end: +35d}
entities:
  user: {count: 300, key: user_id, fields: {user_id: uuid}, population: {births: 20/day, churn: 5%/day}}
  door: {count: 9, key: door_id, fields: {door_id: uuid}}
events:
  entered: {actor: door, fields: {door: actor.door_id}}
  opened: {actor: user, fields: {user_id: actor.user_id}}
arrivals: {entered: 2/h, opened: 1/min}
"""


def counted(counting: Counting, made: list[Counted], plan: Plan, wanted: Wanted) -> list[Counted]:
    """What one call after the other tells until all is counted."""
    made.clear()
    while not made or made[-1].more:
        counting.advance(plan, wanted)
    return list(made)


def test_slices_come_to_what_is_counted_at_once() -> None:
    made: list[Counted] = []
    plan = compile_plan(loads(APP))
    told = counted(Counting(made.append), made, plan, Wanted())
    assert len(told) > 3
    assert [each.view.until for each in told] == sorted(each.view.until for each in told)
    watch = CohortWatch(plan, "user", PERIODS["week"])
    while watch.advance(None, 1000):
        pass
    assert told[-1].view == watch.view
    assert len(told[-1].view.cohorts) == 5


def test_the_same_stream_is_not_counted_again_but_another_is() -> None:
    made: list[Counted] = []
    counting = Counting(made.append)
    first = counted(counting, made, compile_plan(loads(APP)), Wanted())
    (again,) = counted(counting, made, compile_plan(loads(f"# said anew\n{APP}")), Wanted())
    assert again.view == first[-1].view
    other = counted(counting, made, compile_plan(loads(APP.replace("churn: 5%", "churn: 50%"))), Wanted())
    assert len(other) > 3
    assert other[-1].view.curve[1] < first[-1].view.curve[1]


def test_the_entity_and_the_period_are_those_wanted() -> None:
    made: list[Counted] = []
    counting, plan = Counting(made.append), compile_plan(loads(APP))
    doors = counted(counting, made, plan, Wanted("door", "day"))[-1].view
    assert (doors.entity, doors.name, doors.actors) == ("door", "day", 9)
    assert counted(counting, made, plan, Wanted("nobody"))[-1].view.entity == "user"


def test_a_stream_of_days_or_without_an_end_is_told_by_day() -> None:
    made: list[Counted] = []
    counting = Counting(made.append)
    endless = APP.replace(", end: +35d", "").replace("births: 20/day, ", "")
    for text in (APP.replace("+35d", "+27d"), endless):
        counting.advance(compile_plan(loads(text)), Wanted())
        assert made[-1].view.name == "day"


def test_why_nobody_can_be_followed() -> None:
    made: list[Counted] = []
    counting = Counting(made.append)
    for text in (
        "events: {ping: {fields: {n: uuid}}}\narrivals: {ping: 4/s}\n",
        APP.replace("key: user_id, ", "").replace("key: door_id, ", ""),
        APP.replace("user_id: actor.user_id", "n: uuid").replace("door: actor.door_id", "n: uuid"),
    ):
        counting.advance(compile_plan(loads(text)), Wanted())
    assert [each.why for each in made] == [
        "no event has an actor",
        "door has no key",
        "no event of a door sends its key, actor.door_id",
    ]
    assert all(each.view is None and not each.more for each in made)
