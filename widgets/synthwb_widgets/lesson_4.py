"""The exercises of the fourth notebook: a curve to shape, days and weeks, and users who leave for ever."""

from __future__ import annotations

from synthwb.engine import compile_plan
from synthwb.views import MOST, PERIODS, CohortView, CohortWatch, returning
from synthwb_widgets.lesson import Answer, NotYet, exercise, number

__all__ = ["days_and_weeks", "half_life", "half_stay"]

_STAY = (0.44, 0.56)  # half of some 500 users, and what luck may do
_WEEKLY = 100 * (1 - 0.9**7)  # per cent
_LEFT = (0.48, 0.60)  # of those of day 1, on day 10: half in ten days is 0.5 ** 0.9 in nine


@exercise(
    "4a",
    "Engagement is the chance of a visit on a day, and decay is what it loses each day.",
    "A smaller decay keeps them longer. After four weeks about a tenth of a chance a day should be left.",
    "With engagement: {start: 0.8, decay: 0.075} half of them are active in the fourth week.",
)
def half_stay(answer: Answer) -> str:
    """Half of the users are active four weeks after the first."""
    view = _cohorts(answer, "week", 5)
    told = f"Of {view.actors:,} users {view.curve[1]:.0%} are active after one week and {view.curve[4]:.0%} after four"
    if not _STAY[0] <= view.curve[4] <= _STAY[1]:
        raise NotYet(f"{told}: it should be half.")
    return f"{told}."


@number(
    "4b",
    "Active in a week is: at least one visit on seven days. Think of the opposite.",
    "On no day of seven: 0.9 times 0.9 times ...",
    "100 * (1 - 0.9 ** 7)",
)
def days_and_weeks(percent: float) -> str:
    """The share that is active in a week, if a tenth is active on each day."""
    if abs(percent - _WEEKLY) > 0.6:
        hint = " That is a share; I asked for per cent." if abs(100 * percent - _WEEKLY) <= 0.6 else ""
        raise NotYet(f"{percent:g} % is not it.{hint}")
    return f"{_WEEKLY:.1f} %: the same users, the same visits, and five times the retention."


@exercise(
    "4c",
    "Who leaves for ever is no matter of engagement, but of the population.",
    "churn is the share of users that is lost in a day: after ten days (1 - churn) ** 10 are left.",
    "population: {births: 20/day, churn: 6.7%/day}",
)
def half_life(answer: Answer) -> str:
    """Of those who are active on the day after the first, half are gone ten days after the first."""
    view = _cohorts(answer, "day", 11)
    one, ten = view.curve[1], view.curve[10]
    told = f"On the day after the first {one:.0%} are active, on the tenth {ten:.0%}"
    if one < 0.7:
        raise NotYet(f"{told}: leave the engagement as it is.")
    if not _LEFT[0] <= ten / one <= _LEFT[1]:
        raise NotYet(f"{told}: it should be about half as many.")
    return f"{told}."


def _cohorts(answer: Answer, period: str, least: int) -> CohortView:
    """The cohorts of a document's users, with at least so many periods."""
    if "user" not in returning(answer.scenario):
        raise NotYet("I cannot recognise the users: keep the key of user, and user_id in the event.")
    watch = CohortWatch(compile_plan(answer.scenario), "user", PERIODS[period])
    watch.advance(None, MOST)
    if len(watch.view.curve) < least:
        raise NotYet(f"I need {least} {period}s at least; the stream is shorter, or too full.")
    return watch.view
