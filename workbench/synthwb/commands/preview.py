"""``synthwb preview``: the first events, as tables or as JSON lines."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from synthwb.commands.documents import compiled, overridden, read_source, valid
from synthwb.commands.run import Wishes, bounded_by
from synthwb.commands.talk import printable, styled

if TYPE_CHECKING:
    from synthwb.engine import Batch, Part

__all__ = ["preview", "table"]

_WIDEST = 36  # characters of a cell that are shown
_GAP = "  "


def preview(word: str, count: int, shape: str, *, seed: int | None = None, overrides: Sequence[str] = ()) -> int:
    """Print the first ``count`` events. Raises UsageError for options that cannot be met."""
    source = read_source(word)
    scenario = bounded_by(valid(source, overridden(overrides)), Wishes(seed=seed))
    plan = compiled(source, scenario)

    from synthwb.engine import sample

    batch = sample(plan, count)
    if shape == "json":
        from synthwb.encode import encoder

        for payload in encoder("jsonl", scenario.envelope, plan.schemas).encode(batch):
            assert isinstance(payload.data, bytes)
            sys.stdout.write(payload.data.decode())
        return 0
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    print("\n\n".join(_titled(part, batch, width) for part in batch.parts))
    return 0


def _titled(part: Part, batch: Batch, width: int | None) -> str:
    title = styled(part.schema.event, "bold", sys.stdout)
    return f"{title}  {len(part)} of {len(batch)} events\n{table(part, width)}"


def table(part: Part, width: int | None) -> str:
    """The events of one type, a line each: their time, then as many fields as fit into ``width`` (None: all).

    A null is ``null``, an absent key ``·``.
    """
    import numpy as np

    from synthwb.encode import json_text

    frame = part.frame.drop("id")
    columns = []
    for name, values in zip(frame.columns, frame.iter_columns(), strict=True):
        cells = [_cell(value) for value in (json_text(values) if values.dtype.is_nested() else values)]
        field = part.columns.get(name)
        if field is not None and field.absent is not None:
            for row in np.flatnonzero(field.absent):
                cells[row] = "·"
        columns.append(_padded(name, cells, numeric=values.dtype.is_numeric()))
    shown = len(columns) if width is None else _fitting(columns, width)
    lines = [_GAP.join(cells).rstrip() for cells in zip(*columns[:shown], strict=True)]
    lines[0] = styled(lines[0], "dim", sys.stdout)
    if shown < len(columns):
        lines.append(styled(f"and {len(columns) - shown} more: {', '.join(frame.columns[shown:])}", "dim", sys.stdout))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    text = str(value).lower() if isinstance(value, bool) else printable(str(value))
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _padded(name: str, cells: Sequence[str], *, numeric: bool) -> list[str]:
    width = max(map(len, (name, *cells)))
    return [cell.rjust(width) if numeric else cell.ljust(width) for cell in (name, *cells)]


def _fitting(columns: Sequence[Sequence[str]], width: int) -> int:
    """How many columns fit side by side; at least one."""
    used = -len(_GAP)
    for i, column in enumerate(columns):
        used += len(column[0]) + len(_GAP)
        if used > width and i:
            return i
    return len(columns)
