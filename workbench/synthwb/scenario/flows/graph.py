"""What is wrong with a machine as a whole: states that nothing reaches, no way out, circles that take no time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthwb.scenario.flows.drafts import FlowDraft
from synthwb.scenario.flows.model import EXIT, Flow, FlowState
from synthwb.scenario.holding import has_expressions
from synthwb.scenario.quantities import support
from synthwb.scenario.report import Report

__all__ = ["check_ways"]

Ways = Mapping[str, list[str]]


def check_ways(report: Report, draft: FlowDraft, flow: Flow, *, lasting: bool) -> None:
    """Report what no walk can do. All ways of the flow must be known. ``lasting``: a session may go on for ever."""
    ways = {name: [way.to for way in state.branches if way.weight != 0] for name, state in flow.states.items()}
    reached = _from((way.to for way in flow.start if way.weight != 0), ways)
    for name, state in draft.states.items():
        if name not in reached:
            message = f"nothing leads to {name!r}{_closed(name, flow)}"
            hint = "name it in the next of a state that is reached, or in start"
            report.error("contradiction", message, state.key, state.path, hint)
    if not lasting:
        _trapped(report, draft, flow, {name: ways[name] for name in ways if name in reached})
    _timeless(report, draft, flow, ways)


def _from(starts: Iterable[str], ways: Ways) -> set[str]:
    """What can be reached, the starts among it."""
    found: set[str] = set()
    stack = list(starts)
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack.extend(ways.get(name, ()))
    return found


def _closed(name: str, flow: Flow) -> str:
    """The ways to a state that are written, and never taken."""
    written = [f"{state.name} with a weight of 0" for state in flow.states.values() if _at_nothing(name, state)]
    written += ["start with a weight of 0" for way in flow.start if way.to == name and way.weight == 0]
    others = [state.name for state in flow.states.values() if state.name != name and _open(name, state)]
    if others:
        return f": {' and '.join(others)} would, and nothing leads there either"
    return f": only {' and '.join(written)}" if written else ""


def _open(name: str, state: FlowState) -> bool:
    return any(way.to == name and way.weight != 0 for way in state.branches)


def _at_nothing(name: str, state: FlowState) -> bool:
    return any(way.to == name and way.weight == 0 for way in state.branches)


def _trapped(report: Report, draft: FlowDraft, flow: Flow, ways: Ways) -> None:
    """States from which no session finds an end."""
    if flow.longest is not None:
        return
    back: dict[str, list[str]] = {}
    for name, onward in ways.items():
        for to in onward if flow.states[name].branches else [EXIT]:
            back.setdefault(to, []).append(name)
    free = _from([EXIT], back)
    caught = [name for name in ways if name not in free]
    if caught:
        shown = "; ".join(f"{name} -> {', '.join(ways[name])}" for name in caught[:6])
        message = f"no way out of {', '.join(caught)} ({shown}{'; ...' if len(caught) > 6 else ''})"
        hint = f"add exit to the next of {caught[0]}, or session: {{max: 4h}} to the flow"
        report.error("contradiction", message, draft.states[caught[0]].key, draft.states[caught[0]].path, hint)


def _timeless(report: Report, draft: FlowDraft, flow: Flow, ways: Ways) -> None:
    """Circles of states without a dwell: a session could go round for ever at one and the same time."""
    quick = {name for name in ways if _takes_no_time(draft, flow.states[name])}
    around = {name: [to for to in ways[name] if to in quick] for name in quick}
    seen: set[str] = set()
    for name in (name for name in flow.states if name in quick):
        circle = _circle(name, around)
        if circle and seen.isdisjoint(circle):
            seen.update(circle)
            message = f"a circle that takes no time: {' -> '.join(circle)}, with a dwell of 0s in each"
            state = draft.states[name]
            report.error("contradiction", message, state.key, state.path, "give one of them a dwell, such as 10s")


def _takes_no_time(draft: FlowDraft, state: FlowState) -> bool:
    """Whether a state is left as soon as it is entered, always."""
    if state.dwell is None:
        return "dwell" not in draft.states[state.name].entries
    return not state.dwell.reads and not has_expressions(state.dwell) and support(state.dwell)[1] <= 0


def _circle(name: str, ways: Ways) -> list[str]:
    """The shortest way from a state back to itself; nothing if there is none."""
    paths = [[name]]
    seen: set[str] = set()
    for path in paths:
        for to in ways[path[-1]]:
            if to == name:
                return [*path, name]
            if to not in seen:
                seen.add(to)
                paths.append([*path, to])
    return []
