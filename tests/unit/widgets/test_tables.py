"""What the preview and the charts say of a window."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from synthwb_widgets import distribution, tables
from synthwb_widgets.fallback import Picture, mimebundle
from synthwb_widgets.live import LiveScenario
from synthwb_widgets.window import Window, WindowKeeper

HOSTILE = "<script>alert('x')</script>|`[a](b)"


def test_columns_say_type_and_share_of_what_is_empty(shop: str) -> None:
    live = LiveScenario(shop)
    live.make(4000)
    window = live.snapshot().window
    found = {column["name"]: column for column in tables.columns(live.plan().schemas["bought"], window)}
    assert list(found) == ["time", "total", "tier", "coupon", "note", "gift", "to"]
    assert {name: column["type"] for name, column in found.items()} == {
        "time": "timestamp",
        "total": "float",
        "tier": "string",
        "coupon": "string",
        "note": "string",
        "gift": "boolean",
        "to": "object",
    }
    assert found["coupon"]["nulls"] == pytest.approx(0.5, abs=0.08)
    assert found["note"]["nulls"] == pytest.approx(0.3, abs=0.08)
    assert found["total"]["nulls"] == 0


def test_rows_are_the_newest_and_tell_absent_from_null(shop: str) -> None:
    live = LiveScenario(shop)
    live.make(1000)
    schema = live.plan().schemas["bought"]
    rows = tables.rows(schema, live.snapshot().window)
    frame = live.batches()[0].frames["bought"].tail(len(rows))
    assert len(rows) == 40
    assert [row[1] for row in rows] == [str(value) for value in frame["total"]]
    coupons, notes = [row[3] for row in rows], [row[4] for row in rows]
    assert {type(value) for value in coupons} == {str, bool}
    assert [value is False for value in coupons] == frame["coupon"].is_null().to_list()
    assert [value is None for value in notes] == frame["note"].is_null().to_list()
    assert rows[0][0] == "2026" + rows[0][0][4:]
    assert rows[-1][0] == frame["time"][-1].strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def test_wide_events_send_fewer_rows() -> None:
    fields = ", ".join(f"f{i}: uuid" for i in range(80))
    live = LiveScenario(f"events: {{wide: {{fields: {{{fields}}}}}}}")
    live.make(500)
    assert len(tables.rows(live.plan().schemas["wide"], live.snapshot().window)) == 8


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("a", "a"),
        (True, "true"),
        (23.0, "23.0"),
        (0.1, "0.1"),
        (-7, "-7"),
        (dt.datetime(2026, 1, 2, 3, 4, 5, 678_900, dt.UTC), "2026-01-02 03:04:05.678"),
        ({"a": [1, None]}, '{"a": [1, null]}'),
        ("x" * 500, "x" * 119 + "…"),
    ],
)
def test_cells(value: object, text: str | None) -> None:
    assert tables.cell(value) == text


def test_an_empty_window_gives_empty_answers(shop: str) -> None:
    schema = LiveScenario(shop).plan().schemas["bought"]
    assert tables.rows(schema, Window()) == []
    assert all(column["nulls"] == 0 for column in tables.columns(schema, Window()))
    assert Window().series("bought", "total").is_empty()


def test_looks_at_a_run_join_without_overlap_or_gap(shop: str) -> None:
    live = LiveScenario(shop)
    whole = live.make(3000)
    keeper = WindowKeeper(newest=1000)
    for end in (300, 450, 450, 800, 1250, 1700):
        keeper.add(_slice(whole, max(0, end - 500), end))
    window = keeper.window()
    assert window.batches[-1].first + len(window.batches[-1]) == 1700
    assert 1000 <= len(window) < 1500
    firsts = [batch.first for batch in window.batches]
    ends = [batch.first + len(batch) for batch in window.batches]
    assert firsts[1:] == ends[:-1]
    expected = _slice(whole, firsts[0], 1700).frames["bought"]["total"]
    assert window.series("bought", "total").to_list() == expected.to_list()


def _slice(batch, start, end):  # type: ignore[no-untyped-def]
    from synthwb.engine import Batch

    parts = []
    for part in batch.parts:
        kept = np.flatnonzero((part.rows >= start) & (part.rows < end))
        parts.append(part.take(kept, part.rows[kept] - start))
    return Batch(start, end - start, tuple(parts))


def test_every_leaf_that_can_be_drawn_is_offered(shop: str) -> None:
    fields = distribution.chartable(LiveScenario(shop).plan().schemas)
    assert fields == (
        "viewed.user_id",
        "viewed.seconds",
        "bought.total",
        "bought.tier",
        "bought.coupon",
        "bought.note",
        "bought.gift",
        "bought.to.floor",
    )
    live = LiveScenario(shop)
    assert live.snapshot().window.series("bought", "to.floor").drop_nulls().is_between(0, 3).all()


def test_a_histogram_counts_every_value() -> None:
    numbers = np.random.default_rng(1).lognormal(3, 1, 5000)
    chart = distribution.histogram(numbers)
    assert sum(chart["counts"]) == 5000
    assert chart["low"] <= np.quantile(numbers, 0.005)
    assert chart["high"] >= np.quantile(numbers, 0.995)
    assert chart["high"] < numbers.max(), "one outlier does not flatten the rest"


def test_few_whole_numbers_get_a_bar_each() -> None:
    chart = distribution.histogram(np.array([0.0, 1.0, 1.0, 3.0]))
    assert (chart["low"], chart["high"], chart["counts"]) == (-0.5, 3.5, [1, 2, 0, 1])


@pytest.mark.parametrize("value", [0.0, 7.3, -2.5])
def test_a_constant_has_a_histogram_too(value: float) -> None:
    chart = distribution.histogram(np.full(10, value))
    assert sum(chart["counts"]) == 10
    assert chart["low"] < chart["high"]


def test_categories_are_ordered_and_the_rest_is_counted() -> None:
    chart = distribution.categories(pl.Series(["b"] * 3 + ["a"] * 3 + list("cdefghijk")))
    assert chart["labels"][:2] == ["a", "b"]
    assert chart["labels"][-1] == "4 others"
    assert sum(chart["counts"]) == 15


def test_words_say_what_the_drawing_shows() -> None:
    chart, text = distribution.describe("a.x", pl.Series([1, 2, None, 3, 10]))
    assert chart is not None
    assert text == "a.x: 4 values, median 2.5, mean 4"
    assert distribution.describe("a.x", pl.Series([None, None])) == (None, "a.x: no values yet")


def test_a_still_escapes_what_is_hostile() -> None:
    picture = Picture(
        HOSTILE,
        columns=[{"name": HOSTILE, "type": "string"}],
        rows=[[HOSTILE], [None], [False]],
        chart={"kind": "category", "labels": [HOSTILE], "counts": [3]},
        summary=HOSTILE,
        problems=[HOSTILE],
    )
    bundle = mimebundle(picture)
    assert "<script" not in bundle["text/html"]
    assert bundle["text/html"].count("&lt;script&gt;") == 7
    assert "<script" not in bundle["text/markdown"].replace("\\<", "")
    assert "\\|" in bundle["text/markdown"]
    assert HOSTILE in bundle["text/plain"]
    assert "null" in bundle["text/html"]


@pytest.mark.parametrize(
    ("fields", "chosen"),
    [
        ("{id2: uuid, n: {integer: {min: 0, max: 999}}, x: {uniform: {min: 0, max: 1}}}", "a.x"),
        ("{who: uuid, n: {integer: {min: 0, max: 9999}}, tier: {choice: [p, q]}}", "a.tier"),
        ("{who: uuid, sign: {pattern: '????????'}}", "a.who"),
    ],
)
def test_a_chart_opens_on_a_telling_field(fields: str, chosen: str) -> None:
    from synthwb_widgets import Chart

    chart = Chart(f"events: {{a: {{fields: {fields}}}}}")
    assert chart.body(chart.feed.live.snapshot())["field"] == chosen
    chart.close()
