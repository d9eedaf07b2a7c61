"""Types of what flows change in populations from outside, which are known only when their columns are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthwb.engine.entities import EntityPool
from synthwb.engine.program import logical_type
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity
from synthwb.scenario.flows.model import Flow, FlowState, Setting, Variable
from synthwb.scenario.model import DType, Scenario

__all__ = ["with_types"]

_CARRIED = (DType.INTEGER, DType.FLOAT, DType.BOOLEAN, DType.STRING, DType.TIMESTAMP)


def with_types(scenario: Scenario, pools: Mapping[str, EntityPool]) -> Scenario:
    """The scenario with the types of all variables.

    Raises ScenarioError for a column that is not there, or whose values cannot be carried.
    """
    unknown = (v for flow in scenario.flows.values() for v in flow.variables.values() if v.dtype is DType.UNKNOWN)
    if not any(unknown):
        return scenario
    problems: list[Diagnostic] = []
    flows = {name: _typed(flow, pools, problems) for name, flow in scenario.flows.items()}
    if problems:
        raise ScenarioError(problems)
    return replace(scenario, flows=flows)


def _typed(flow: Flow, pools: Mapping[str, EntityPool], problems: list[Diagnostic]) -> Flow:
    found = {name: _found(variable, flow, pools, problems) for name, variable in flow.variables.items()}

    def setting(each: Setting) -> Setting:
        return Setting(found.get(each.variable.name, each.variable), each.field)

    def state(each: FlowState) -> FlowState:
        return replace(each, settings=tuple(setting(one) for one in each.settings))

    states = {name: state(each) for name, each in flow.states.items()}
    return replace(flow, variables=found, states=states, settings=tuple(setting(each) for each in flow.settings))


def _found(variable: Variable, flow: Flow, pools: Mapping[str, EntityPool], problems: list[Diagnostic]) -> Variable:
    """The variable with the type of its column."""
    if variable.dtype is not DType.UNKNOWN or variable.entity is None:
        return variable
    attribute = variable.name.partition(".")[2]
    columns = pools[variable.entity].columns
    setting = next(s for state in flow.states.values() for s in state.settings if s.variable.name == variable.name)
    field = setting.field
    if attribute not in columns:
        message, hint = f"{variable.entity!r} has no column {attribute!r}", f"it has {', '.join(list(columns)[:12])}"
        problems.append(Diagnostic(Severity.ERROR, "unknown-name", message, field.span, field.path, hint))
        return variable
    dtype = logical_type(columns[attribute].dtype)
    if dtype not in _CARRIED:
        message = f"{variable.name!r} is a column of type {dtype.value}, which nobody can carry along"
        hint = "a number, a boolean, a text or a timestamp can be set"
        problems.append(Diagnostic(Severity.ERROR, "type", message, field.span, field.path, hint))
        return variable
    return replace(variable, dtype=dtype)
