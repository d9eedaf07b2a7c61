"""Whole screens as text, frozen, at the sizes that are promised. ``pytest --update-goldens`` writes them anew."""

from __future__ import annotations

import pytest
from workbench_driver import opened

from synthwb.tui.paper import Paper

SHOP = """\
# A small shop: two event types, one of them with a field that is sometimes missing
synthwb: 1
name: shop
entities:
  user:
    count: 200
    key: user_id
    fields:
      user_id: {pattern: "U-####", unique: true}
      tier: {choice: {free: 80, plus: 17, pro: 3}}
    activity: {zipf: {exponent: 1.1}}
events:
  page_viewed:
    actor: user
    fields:
      user_id: actor.user_id
      page: {choice: {/: 5, /cart: 2, /help: 1}}
      seconds: {lognormal: {median: 12, sigma: 0.8}, round: 1}
  order_placed:
    actor: user
    fields:
      user_id: actor.user_id
      total: {lognormal: {median: 25, sigma: 0.7}, round: 2}
      coupon: {pattern: "C-####", missing: 70%}
      note: {const: "[b]日本[/b]"}
arrivals: {page_viewed: 4/s, order_placed: 1/s}
pacing: 40/s
"""
PAPER = Paper("shop.yaml", SHOP)


SIZES = [(160, 50), (100, 30), (80, 24), (60, 16)]


@pytest.mark.parametrize("size", SIZES, ids=lambda s: f"{s[0]}x{s[1]}")
async def test_the_field_under_the_cursor(golden: object, size: tuple[int, int]) -> None:
    async with opened(PAPER, size=size, frozen=True) as wb:
        await wb.editor.at("lognormal: {median: 25")
        golden(wb, f"total-{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES[:3], ids=lambda s: f"{s[0]}x{s[1]}")
async def test_an_error(golden: object, size: tuple[int, int]) -> None:
    async with opened(PAPER, size=size, frozen=True) as wb:
        await wb.editor.put(SHOP.replace("choice: {/:", "chioce: {/:").replace("70%", "170%"))
        await wb.editor.at("chioce")
        golden(wb, f"error-{size[0]}x{size[1]}")


@pytest.mark.parametrize("pane", ["preview", "run", "problems"])
async def test_one_pane_at_a_time(golden: object, pane: str) -> None:
    async with opened(PAPER, size=(80, 24), frozen=True) as wb:
        await wb.editor.at("page: {choice")
        wb.app.workbench.action_pane(pane)
        await wb.settle()
        golden(wb, f"{pane}-80x24")


async def test_a_zoomed_editor(golden: object) -> None:
    async with opened(PAPER, size=(120, 40), frozen=True) as wb:
        await wb.press("ctrl+t")
        golden(wb, "zoomed-120x40")
        await wb.press("ctrl+t")
        assert "Preview F3" in wb.text


async def test_charts_in_ascii(golden: object) -> None:
    async with opened(PAPER, size=(100, 30), frozen=True, ascii_only=True) as wb:
        await wb.editor.at("lognormal: {median: 12")
        golden(wb, "ascii-100x30")


async def test_too_small_says_what_is_needed_and_comes_back(golden: object) -> None:
    async with opened(PAPER, size=(59, 15), frozen=True) as wb:
        golden(wb, "small-59x15")
        await wb.resize(80, 24)
        assert "F2 Scenario" in wb.text


@pytest.mark.parametrize(
    ("key", "name"),
    [("f1", "help"), ("f9", "export"), ("ctrl+l", "presets"), ("ctrl+o", "open"), ("ctrl+p", "palette")],
)
async def test_dialogs(golden: object, key: str, name: str) -> None:
    async with opened(PAPER, size=(80, 24), frozen=True) as wb:
        await wb.press(key)
        golden(wb, f"{name}-80x24")
