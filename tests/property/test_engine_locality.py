"""Rule 2 of the language: an edit leaves every other value as it was, except those computed from it."""

from __future__ import annotations

import polars as pl
import pytest

from synthwb.engine import Stream, compile_plan
from synthwb.scenario import loads

DOCUMENT = """
clock: {start: 2026-03-02T09:00}
entities:
  user:
    count: 300
    key: user_id
    fields:
      user_id: uuid
      age: {integer: {min: 18, max: 90}}
      email: email
    activity: {zipf: {exponent: 1.1}}
  product:
    count: 50
    fields:
      sku: {pattern: "SKU-####", unique: true}
      price: {lognormal: {median: 25, sigma: 0.7}, round: 2}
events:
  viewed:
    actor: user
    refs: {item: product}
    fields:
      user: actor.user_id
      sku: item.sku
      seconds: {lognormal: {median: 12, sigma: 0.8}, round: 1}
      bounced: {bernoulli: 0.3}
  ordered:
    actor: user
    refs: {item: product}
    fields:
      id_text: uuid
      user: actor.user_id
      age: actor.age
      qty: {poisson: {mean: 1.4}, min: 1}
      total: {expr: "round(item.price * qty, 2)"}
      coupon: {pattern: "C-####", missing: 70%}
      tags: {list: {choice: [red, green, blue]}, length: {integer: {min: 0, max: 3}}}
arrivals:
  viewed: 40/s
  ordered: {process: constant, rate: 10/s}
"""


def _frames(text: str, seconds: int = 60, start: int | None = None) -> dict[str, pl.DataFrame]:
    text = f"limit: {{for: {seconds}s}}\n{text}"
    batches = list(Stream(compile_plan(loads(text)), start=start))
    names = {name for batch in batches for name in batch.frames}
    return {name: pl.concat([batch.frames[name] for batch in batches if name in batch.frames]) for name in names}


def _edited(old: str, new: str) -> str:
    assert DOCUMENT.count(old) == 1, old
    return DOCUMENT.replace(old, new)


BEFORE = _frames(DOCUMENT)


def _same(after: dict[str, pl.DataFrame], *, but: frozenset[str] = frozenset()) -> None:
    for name, frame in BEFORE.items():
        if name not in after:
            assert name in but, name
            continue
        for column in frame.columns:
            if f"{name}.{column}" not in but:
                assert after[name][column].equals(frame[column], null_equal=True), f"{name}.{column}"


@pytest.mark.parametrize(
    ("old", "new", "but"),
    [
        ("      bounced: {bernoulli: 0.3}\n", "", {"viewed.bounced"}),
        ("      seconds: {", "      referrer: url\n      seconds: {", set()),
        ("      sku: item.sku\n      seconds", "      first: ipv4\n      sku: item.sku\n      seconds", set()),
        ("{bernoulli: 0.3}", "{bernoulli: 0.4}", {"viewed.bounced"}),
        ("{poisson: {mean: 1.4}, min: 1}", "{poisson: {mean: 3}, min: 1}", {"ordered.qty", "ordered.total"}),
        ("missing: 70%", "missing: 10%", {"ordered.coupon"}),
        ("      email: email\n", "", set()),
        ("      email: email\n", "      email: email\n      city: city\n", set()),
        ("      price: {lognormal: {median: 25", "      price: {lognormal: {median: 30", {"ordered.total"}),
        ("events:\n", "  shop:\n    count: 9\n    fields: {name: company}\nevents:\n", set()),
        ("events:\n", "events:\n  pinged:\n    fields: {ip: ipv4}\n", set()),
        ("    refs: {item: product}\n    fields:\n      user", "    fields:\n      user", {"viewed.sku"}),
    ],
)
def test_an_edit_is_local(old: str, new: str, but: set[str]) -> None:
    text = _edited(old, new)
    if "refs" in old:
        text = text.replace("      sku: item.sku\n      seconds", "      seconds")
    _same(_frames(text), but=frozenset(but))


def test_removing_an_event_type_changes_no_other() -> None:
    start, end = DOCUMENT.index("  viewed:\n    actor"), DOCUMENT.index("  ordered:\n    actor")
    after = _frames((DOCUMENT[:start] + DOCUMENT[end:]).replace("  viewed: 40/s\n", ""))
    _same(after, but=frozenset({"viewed"}))


@pytest.mark.parametrize("rate", ["25/s", "39/s", "41/s", "64/s", "65/s", "400/s"])
def test_a_change_of_rate_keeps_the_events_that_both_rates_have(rate: str) -> None:
    after = _frames(_edited("viewed: 40/s", f"viewed: {rate}"))
    few, many = sorted((BEFORE["viewed"], after["viewed"]), key=lambda frame: frame.height)
    assert many.filter(pl.col("id").is_in(few["id"].implode())).equals(few)
    assert after["ordered"].equals(BEFORE["ordered"])


def test_a_window_computed_alone_equals_the_window_in_sequence() -> None:
    start = 1_772_442_000_000_000 + 23_456_789  # the clock's start and a bit
    alone = _frames(DOCUMENT, start=start)
    for name, frame in BEFORE.items():
        assert alone[name].equals(frame.filter(pl.col("time").cast(pl.Int64) >= start))
