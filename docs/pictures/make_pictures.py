"""Draw the pictures of the README: the real workbench, driven by Textual's pilot, rendered without a browser.

Run by ``make pictures``. Fonts: DejaVu Sans Mono, for it has the blocks and the lines that the workbench draws with.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING

import resvg_py

from synthwb.tui.app import Workbench
from synthwb.tui.paper import open_paper

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.app import App
    from textual.pilot import Pilot

FOLDER = Path(__file__).parent
FONT = "DejaVu Sans Mono"
_FONTS = Path("/usr/share/fonts/truetype/dejavu")


def rendered(svg: str) -> bytes:
    """The picture as PNG; web fonts are left out, for nobody fetches them."""
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code", FONT)
    svg = svg.replace("arial", "DejaVu Sans")
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=1.0, font_dirs=[str(_FONTS)], monospace_family=FONT)


async def taken(preset: str, size: tuple[int, int], drive: Callable[[Pilot[object]], Awaitable[None]]) -> str:
    """Open a preset on a screen of this size, do what ``drive`` does, and give the screen as SVG."""
    app: App[object] = Workbench(open_paper(preset))
    async with app.run_test(size=size) as pilot:
        await pilot.pause(2.0)
        await drive(pilot)
        return app.export_screenshot(title="synthwb")


async def streaming(pilot: Pilot[object]) -> None:
    """The cursor on a field worth looking at; the stream has been under way since the start."""
    text = pilot.app.query_one("TextArea")
    line = next(i for i, row in enumerate(text.text.splitlines()) if "total:" in row or "temperature:" in row)  # type: ignore[attr-defined]
    text.move_cursor((line, 8))  # type: ignore[attr-defined]
    await pilot.pause(12.0)


async def mistaken(pilot: Pilot[object]) -> None:
    """A typo: the underline, the sign, the sentence and the list."""
    text = pilot.app.query_one("TextArea")
    rows = text.text.splitlines()  # type: ignore[attr-defined]
    line = next(i for i, row in enumerate(rows) if "lognormal" in row)
    column = rows[line].index("lognormal")
    text.move_cursor((line, column + 4))  # type: ignore[attr-defined]
    await pilot.press("backspace")
    await pilot.pause(2.0)


async def walking(pilot: Pilot[object]) -> None:
    """The flow view beside the state under the cursor."""
    text = pilot.app.query_one("TextArea")
    rows = text.text.splitlines()  # type: ignore[attr-defined]
    text.move_cursor((next(i for i, row in enumerate(rows) if row.strip().startswith("cart:")), 8))  # type: ignore[attr-defined]
    await pilot.press("ctrl+backslash", "ctrl+backslash")
    await pilot.pause(12.0)


async def returning(pilot: Pilot[object]) -> None:
    """The cohort view, once all of the stream is counted."""
    await pilot.press("ctrl+backslash", "ctrl+backslash", "ctrl+backslash")
    while pilot.app.screen.counting:  # type: ignore[attr-defined]
        await pilot.pause(0.5)
    await pilot.pause(1.0)


PICTURES = {
    "workbench": ("web-shop", (152, 44), streaming),
    "problem": ("web-shop", (152, 44), mistaken),
    "flow": ("web-shop", (152, 44), walking),
    "cohorts": ("engaged-users", (152, 44), returning),
    "small": ("iot-sensors", (80, 24), streaming),
}


def main() -> None:
    """Write every picture beside this file."""
    for name, (preset, size, drive) in PICTURES.items():
        svg = asyncio.run(taken(preset, size, drive))
        (FOLDER / f"{name}.png").write_bytes(rendered(svg))
        print(f"{name}.png")  # noqa: T201


if __name__ == "__main__":
    main()
