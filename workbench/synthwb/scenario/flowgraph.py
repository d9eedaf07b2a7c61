"""What is wrong with a machine as a whole: states that nothing reaches, flows without an end, cycles without time."""

from __future__ import annotations

from synthwb.scenario.behaviour import Flow
from synthwb.scenario.flowdrafts import FlowDraft
from synthwb.scenario.report import Report

__all__ = ["check_ways"]


def check_ways(report: Report, draft: FlowDraft, flow: Flow) -> None:
    """Report what no walk through the states can do."""
