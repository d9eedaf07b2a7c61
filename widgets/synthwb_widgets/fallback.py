"""What a saved notebook shows where no kernel runs: a table and a drawing, as HTML, Markdown and plain text.

The same frames that the panels draw are drawn here. Nothing is styled by a sheet: GitHub and printers have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from synthwb_widgets.drawing import Drawing, svg
from synthwb_widgets.tables import Cell

__all__ = ["Picture", "mimebundle"]

_ROWS = 8
_WIDTH, _HEIGHT, _ROW = 420, 120, 16
_INK, _BAR = "#767676", "#5b8def"  # both readable on white and on dark grey


@dataclass(frozen=True)
class Picture:
    """A still of a widget: ``columns`` and ``rows`` of the preview, the chart and the sentence that describes it.

    ``drawings`` stand where there is no chart.
    """

    title: str = ""
    columns: Sequence[Mapping[str, Any]] = ()
    rows: Sequence[Sequence[Cell]] = ()
    chart: Mapping[str, Any] | None = None
    summary: str = ""
    problems: Sequence[str] = field(default_factory=tuple)
    drawings: Sequence[Drawing] = ()

    @property
    def shown(self) -> Sequence[Sequence[Cell]]:
        """The rows that a still has room for."""
        return self.rows[-_ROWS:]


def mimebundle(picture: Picture) -> dict[str, str]:
    """The picture as ``text/html``, ``text/markdown`` and ``text/plain``."""
    return {"text/html": _html(picture), "text/markdown": _markdown(picture), "text/plain": _plain(picture)}


def _word(value: Cell) -> str:
    return "null" if value is None else "–" if value is False else str(value)


def _html(picture: Picture) -> str:
    found = [f"<p><b>{escape(picture.title)}</b></p>"]
    if picture.problems:
        found.append("<ul>" + "".join(f"<li>{escape(problem)}</li>" for problem in picture.problems) + "</ul>")
    if picture.columns:
        head = "".join(
            f"<th scope='col'>{escape(column['name'])}<br><small>{escape(column['type'])}</small></th>"
            for column in picture.columns
        )
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_word(value))}</td>" for value in row) + "</tr>" for row in picture.shown
        )
        found.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    if picture.chart is not None:
        found.append(f"<figure>{_svg(picture)}<figcaption>{escape(picture.summary)}</figcaption></figure>")
    elif picture.drawings:
        drawn = "<br>".join(map(svg, picture.drawings))
        found.append(f"<figure>{drawn}<figcaption>{escape(picture.summary)}</figcaption></figure>")
    elif picture.summary:
        found.append(f"<p>{escape(picture.summary)}</p>")
    return f"<div>{''.join(found)}</div>"


def _svg(picture: Picture) -> str:
    chart = picture.chart or {}
    counts: Sequence[int] = chart["counts"]
    most = max([1, *counts])
    marks = []
    if chart["kind"] == "number":
        height, step = _HEIGHT, _WIDTH / len(counts)
        for i, count in enumerate(counts):
            tall = (height - 20) * count / most
            marks.append(_rect(i * step, height - 18 - tall, max(1.0, step - 1), tall))
        marks.append(_text(0, height - 4, f"{chart['low']:g}", "start"))
        marks.append(_text(_WIDTH, height - 4, f"{chart['high']:g}", "end"))
    else:
        height = _ROW * len(counts)
        for i, (label, count) in enumerate(zip(chart["labels"], counts, strict=True)):
            marks.append(_text(150, i * _ROW + 12, label, "end"))
            marks.append(_rect(156, i * _ROW + 3, (_WIDTH - 200) * count / most, _ROW - 5))
    label = escape(picture.summary, quote=True)
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {_WIDTH} {height}' width='{_WIDTH}' height='{height}' "
        f'role="img" aria-label="{label}">{"".join(marks)}</svg>'
    )


def _rect(x: float, y: float, width: float, height: float) -> str:
    return f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' height='{height:.1f}' fill='{_BAR}'/>"


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return (
        f"<text x='{x:.0f}' y='{y:.0f}' text-anchor='{anchor}' font-size='11' font-family='sans-serif' "
        f"fill='{_INK}'>{escape(text)}</text>"
    )


def _markdown(picture: Picture) -> str:
    lines = [f"**{_cell_of_markdown(picture.title)}**", ""]
    lines += [f"- {_cell_of_markdown(problem)}" for problem in picture.problems]
    if picture.columns:
        lines.append("| " + " | ".join(_cell_of_markdown(column["name"]) for column in picture.columns) + " |")
        lines.append("|" + " --- |" * len(picture.columns))
        lines += ["| " + " | ".join(_cell_of_markdown(_word(value)) for value in row) + " |" for row in picture.shown]
    if picture.summary:
        lines += ["", _cell_of_markdown(picture.summary)]
    return "\n".join(lines)


def _cell_of_markdown(text: str) -> str:
    for sign in ("\\", "|", "`", "*", "_", "<", "[", "$"):
        text = text.replace(sign, "\\" + sign)
    return text.replace("\n", " ")


def _plain(picture: Picture) -> str:
    lines = [picture.title, *picture.problems]
    if picture.columns:
        table = [[column["name"] for column in picture.columns]]
        table += [[_word(value) for value in row] for row in picture.shown]
        widths = [max(len(row[i]) for row in table) for i in range(len(picture.columns))]
        lines += ["  ".join(v.ljust(w) for v, w in zip(row, widths, strict=True)).rstrip() for row in table]
    if picture.summary:
        lines.append(picture.summary)
    return "\n".join(lines)
