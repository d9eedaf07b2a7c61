"""Notebooks of the course in a real JupyterLab: they run from top to bottom, and what they draw is on the page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = Path(__file__).parents[2] / "notebooks" / "solved"
SHOW = "index => { __nb.content.activeCellIndex = index; __nb.content.scrollToItem(index, 'start'); }"
INDEX = "text => __nb.content.widgets.findIndex(cell => cell.model.sharedModel.getSource().split('\\n').includes(text))"
ERRORS = ".jp-RenderedText[data-mime-type*=stderr], .jp-RenderedText[data-mime-type*=error]"
AXE = """async () => {
  const found = await axe.run('.swb-cohorts', {resultTypes: ['violations']});
  return found.violations.map(rule => [rule.id, rule.impact]);
}"""


def cell(lab: Any, line: str) -> int:
    """The number of the cell that has this line."""
    found = int(lab.evaluate(INDEX, line))
    assert found >= 0, f"no cell has the line {line}"
    return found


def test_the_notebook_on_retention_draws_who_comes_back(lab: Any) -> None:
    shutil.copy(COURSE / "04-retention.ipynb", lab.root / "retention.ipynb")
    lab.open("retention")
    last = cell(lab, "wb.close()")
    shown = cell(lab, "chart")
    for index in range(shown + 1):
        lab.run_cell(index)
    chart = lab.find("cohorts")
    rows = chart.locator("svg.swb-sheet-cohorts text.swb-i-name")
    lab.wait(lambda: rows.count() == 12, "twelve weeks are counted")
    assert rows.all_text_contents()[:2] == ["02 Mar", "09 Mar"]
    assert chart.locator("svg.swb-sheet-curve path.swb-i-line").count() == 1
    assert "79% after 1 week" in chart.locator("figcaption").inner_text()
    table, curve = (chart.locator(f"svg.swb-sheet-{name}").bounding_box() for name in ("cohorts", "curve"))
    assert table["x"] + table["width"] <= curve["x"], "side by side"
    lab.evaluate(SHOW, shown)
    lab.page.wait_for_timeout(300)
    lab.picture("retention-light")
    lab.theme("JupyterLab Dark")
    lab.page.wait_for_timeout(300)
    lab.picture("retention-dark")
    lab.theme("JupyterLab Light")

    chart.get_by_role("combobox", name="Periods").select_option("day")
    lab.wait(lambda: "after 1 day" in chart.locator("figcaption").inner_text(), "days are counted")
    chart.get_by_role("combobox", name="Periods").select_option("week")
    lab.wait(lambda: rows.count() == 12 and rows.first.text_content() == "02 Mar", "and weeks again")
    for index in range(shown + 1, last + 1):
        lab.run_cell(index)
    assert lab.page.locator(ERRORS).all_inner_texts() == []
    assert lab.page.locator(".swb").count() == 0
    assert lab.kernel("import threading; print([t.name for t in threading.enumerate() if 'synthwb' in t.name])") == "[]"


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_nothing_of_the_cohorts_is_seriously_inaccessible(lab: Any, axe: str, theme: str) -> None:
    lab.theme(theme)
    try:
        code = 'from synthwb_widgets import CohortChart\nchart = CohortChart("engaged-users")\nchart'
        lab.notebook(f"cohorts-axe-{theme[-4:].strip().lower()}", code)
        lab.run_all()
        rows = lab.find("cohorts").locator("svg.swb-sheet-cohorts text.swb-i-name")
        lab.wait(lambda: rows.count() == 12, "twelve weeks are counted")
        lab.evaluate(f"() => {{ {axe}; return 1 }}")
        assert [name for name, impact in lab.evaluate(AXE) if impact in ("serious", "critical")] == []
    finally:
        lab.theme("JupyterLab Light")
