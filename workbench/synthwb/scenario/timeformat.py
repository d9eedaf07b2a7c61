"""How a time is written: ISO 8601, a number of seconds or parts of them, or a pattern."""

from __future__ import annotations

import re

from synthwb.scenario.names import Names
from synthwb.scenario.tree import Node
from synthwb.scenario.values import Values

__all__ = ["read_time_format"]

_FORMATS = ("iso", "epoch_s", "epoch_ms", "epoch_us")
_DIRECTIVE = re.compile(r"%[-_0:#^]*\d*(.?)", re.DOTALL)
_DIRECTIVES = "YyCmdeHIklMSfpPaAbBhjwuUWVGgzZsDFTRrcxX+vtn%"


def read_time_format(values: Values, names: Names, node: Node, path: str) -> str | None:
    """``iso``, ``epoch_s``, ``epoch_ms``, ``epoch_us`` or a strftime pattern; None after a problem was reported."""
    report = values.report
    text = values.text(node, path, "iso, epoch_s, epoch_ms, epoch_us or a pattern such as %Y-%m-%d")
    if text is None or text in _FORMATS:
        return text
    if "%" not in text:
        hint = "or write a pattern such as %Y-%m-%d"
        report.unknown("format", node, text, _FORMATS, path, f"known: {', '.join(_FORMATS)}; {hint}")
        return None
    for found in _DIRECTIVE.finditer(text):
        if not found[1] or found[1] not in _DIRECTIVES:
            message = f"{found[0]!r} is not a part of a time format"
            hint = "such as %Y-%m-%d %H:%M:%S; a percent sign is %%"
            report.error("format", message, names.inside(node, *found.span()), path, hint)
            return None
    return text
