"""Holidays of an arrival: the calendars of the ``holidays`` library, loaded only where a scenario names a country."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from synthwb.scenario.arrivals.shape import Holidays
from synthwb.scenario.keys import HOLIDAYS
from synthwb.scenario.paths import join
from synthwb.scenario.tree import Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["Calendars"]

_EXAMPLE = "such as {country: FR, factor: 30%}"
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(slots=True)
class Calendars:
    """Reads ``holidays``; ``level`` reads a factor on the rate."""

    values: Values
    level: Callable[[Node, str], float | None]

    def read(self, node: Node, path: str) -> tuple[Holidays, ...]:
        """One calendar, or a list of them."""
        items = node.items if node.kind is NodeKind.SEQUENCE else [node]
        if not items or any(item.kind is not NodeKind.MAPPING for item in items):
            self.values.report.expected(node, "holidays", path, _EXAMPLE)
            return ()
        listed = node.kind is NodeKind.SEQUENCE
        found = [self._calendar(item, join(path, i) if listed else path) for i, item in enumerate(items)]
        return tuple(each for each in found if each is not None)

    def _calendar(self, node: Node, path: str) -> Holidays | None:
        report = self.values.report
        keys = report.keys(node, HOLIDAYS, path, "holidays")
        factor = self.level(keys["factor"].value, join(path, "factor")) if "factor" in keys else None
        country = subdivision = ""
        if "country" in keys:
            country = self._country(keys["country"].value, join(path, "country"))
        if "subdiv" in keys and "country" not in keys:
            message = "'subdiv' is a part of a country, and none is named"
            report.error("contradiction", message, keys["subdiv"].value, join(path, "subdiv"), "add country: DE")
        elif "subdiv" in keys and country:
            subdivision = self._subdivision(keys["subdiv"].value, country, join(path, "subdiv"))
        dates = self._dates(keys["dates"].value, join(path, "dates")) if "dates" in keys else ()
        if "country" not in keys and "dates" not in keys:
            report.error("missing-key", "holidays need a 'country' or 'dates'", node, path, _EXAMPLE)
            return None
        if factor is None or dates is None or ("country" in keys and not country):
            return None
        return Holidays(factor, country, subdivision, dates)

    def _country(self, node: Node, path: str) -> str:
        """The ISO 3166 code of a country that the library knows, or an empty text."""
        code = self.values.text(node, path, "the code of a country such as FR")
        if code is None:
            return ""
        from holidays import list_supported_countries

        known = list_supported_countries(include_aliases=True)
        if code not in known:
            self._unknown("country", node, code, tuple(known), path, "a code of ISO 3166 such as FR, DE or US")
            return ""
        return code

    def _subdivision(self, node: Node, country: str, path: str) -> str:
        """A state, province or region that the library knows in this country, or an empty text."""
        code = self.values.text(node, path, "the code of a state, province or region")
        if code is None:
            return ""
        from holidays import list_supported_countries

        known = list_supported_countries(include_aliases=True)[country]
        if code not in known:
            hint = f"known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
            if not known:
                hint = f"{country} has no holidays that differ from place to place; remove it"
            self._unknown("subdivision", node, code, tuple(known), path, hint)
            return ""
        return code

    def _unknown(self, what: str, node: Node, code: str, known: tuple[str, ...], path: str, hint: str) -> None:
        """A code that is not known; the one that differs only in its letters' case is offered."""
        meant = next((each for each in known if each.lower() == code.lower()), None)
        edit = self.values.report.replace(node, code, meant) if meant else None
        hint = f"did you mean {meant!r}?" if meant else hint
        self.values.report.error(f"unknown-{what}", f"unknown {what} {code!r}", node, path, hint, edit)

    def _dates(self, node: Node, path: str) -> tuple[int, ...] | None:
        """Day numbers of dates."""
        report = self.values.report
        if node.kind is not NodeKind.SEQUENCE or not node.items:
            report.expected(node, "a list of dates", path, "such as [2026-12-24, 2026-12-31]")
            return None
        found = []
        for i, item in enumerate(node.items):
            try:
                found.append(date.fromisoformat(str(item.value)).toordinal() - _EPOCH)
            except ValueError:
                report.expected(item, "a date such as 2026-12-24", join(path, i))
        return tuple(found) if len(found) == len(node.items) else None
