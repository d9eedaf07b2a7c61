"""Cron expressions of a schedule, read by the ``cronsim`` library, which is loaded only where there are some."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from synthwb.scenario.model import Clock
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Crons"]

_EXPECTED = 'a cron expression such as "0 9 * * mon-fri": minute, hour, day, month, day of the week'
_NAMED = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Crons:
    """Reads ``cron``: one expression, or a list of them."""

    values: Values
    clock: Clock

    def read(self, node: Node, path: str) -> tuple[str, ...] | None:
        """The expressions, with names such as ``@daily`` written out."""
        listed = node.kind is NodeKind.SEQUENCE
        items = node.items if listed else [node]
        if not items:
            self.values.report.expected(node, _EXPECTED, path)
            return None
        found = [self._expression(item, join(path, i) if listed else path) for i, item in enumerate(items)]
        return tuple(each for each in found if each) if all(found) else None

    def _expression(self, node: Node, path: str) -> str:
        """One expression that can be read and that fires at some time; an empty text after a problem was reported."""
        report = self.values.report
        text = self.values.text(node, path, _EXPECTED)
        if text is None:
            return ""
        text = _NAMED.get(text.strip().lower(), text)
        from cronsim import CronSim, CronSimError

        start = (_EPOCH + timedelta(microseconds=self.clock.start)).astimezone(self.values.zone)
        try:
            cron = CronSim(text, start - timedelta(seconds=1))
            first = next(cron, None)
        except CronSimError as error:
            what = str(error)
            report.error("cron", f"{what[:1].lower()}{what[1:]} in {node.text!r}", node, path, f"expected {_EXPECTED}")
            return ""
        except OverflowError:
            first = None
        if first is None:
            report.error("contradiction", f"{node.text!r} never comes", node, path, "no such day is in any calendar")
            return ""
        end = self.clock.end
        if end is not None and first.timestamp() * 1e6 >= end:
            message = f"{node.text!r} comes first on {first:%Y-%m-%d %H:%M}, after the end of the clock"
            report.warning("no-effect", message, node, path)
        return " ".join(text.split())
