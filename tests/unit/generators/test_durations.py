"""Spans of time: their range and step, their formats, and quantities of seconds."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from documents import complaints, in_batches, values

from synthwb.engine.text.spans import clock_text, iso_text

SECOND, MINUTE, HOUR, DAY = 10**6, 60 * 10**6, 3600 * 10**6, 86_400 * 10**6
ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")


def microseconds(text: str) -> int:
    found = ISO.fullmatch(text)
    assert found, text
    days, hours, minutes = (int(part or 0) for part in found.groups()[:3])
    return days * DAY + hours * HOUR + minutes * MINUTE + round(float(found[4] or 0) * SECOND)


@pytest.mark.parametrize(
    ("span", "iso", "clock"),
    [
        (0, "PT0S", "00:00:00"),
        (SECOND, "PT1S", "00:00:01"),
        (61 * SECOND, "PT1M1S", "00:01:01"),
        (HOUR, "PT1H", "01:00:00"),
        (DAY, "P1D", "24:00:00"),
        (DAY + 1, "P1DT0.000001S", "24:00:00.000001"),
        (100 * DAY + 5 * MINUTE, "P100DT5M", "2400:05:00"),
        (1_250_000, "PT1.25S", "00:00:01.250"),
        (MINUTE + 500_000, "PT1M0.5S", "00:01:00.500"),
        (23 * HOUR + 59 * MINUTE + 59 * SECOND, "PT23H59M59S", "23:59:59"),
    ],
)
def test_formats(span: int, iso: str, clock: str) -> None:
    assert iso_text(np.array([span])).to_list() == [iso]
    assert clock_text(np.array([span])).to_list() == [clock]


def test_iso_text_holds_every_span() -> None:
    rng = np.random.default_rng(2)
    spans = np.concatenate([rng.integers(0, top, 500) for top in (5, 10**6, MINUTE, HOUR, DAY, 400 * DAY)])
    spans = np.concatenate([spans, spans // SECOND * SECOND, spans // HOUR * HOUR])
    assert [microseconds(text) for text in iso_text(spans)] == spans.tolist()
    alone = [iso_text(spans[at : at + 1]).item() for at in range(0, len(spans), 97)]
    assert iso_text(spans).to_list()[::97] == alone


def test_a_range_holds_both_its_ends() -> None:
    found = values("{duration: {min: 10s, max: 12s, format: seconds}}", 300)
    assert sorted(found.unique()) == [10.0, 11.0, 12.0]
    assert sorted(values("{duration: {min: 10s, max: 1m, step: 20s}}", 300).unique()) == ["PT1M", "PT20S", "PT40S"]
    assert values("{duration: {max: 2s, format: ms}}", 3000).n_unique() > 1500
    assert values("{duration: {max: 2s, format: us}}", 3000).n_unique() > 2990


@pytest.mark.parametrize(("style", "unit"), [("ms", 1000), ("us", 1)])
def test_numbers_are_whole_but_seconds(style: str, unit: int) -> None:
    field = "{{duration: {{min: 1s, max: 90s, step: 10ms, format: {}}}}}"
    seconds, numbers = values(field.format("seconds"), 500), values(field.format(style), 500)
    assert numbers.dtype == pl.Int64
    assert seconds.dtype == pl.Float64
    assert (seconds * SECOND).round().cast(pl.Int64).equals(numbers * unit)


def test_a_quantity_is_in_seconds_and_its_numbers_may_be_durations() -> None:
    plain = values("{duration: {lognormal: {median: 90, sigma: 0.5}}}", 500)
    assert plain.equals(values("{duration: {lognormal: {median: 1m 30s, sigma: 0.5}}}", 500))
    assert plain.equals(values("{duration: {of: {lognormal: {median: 90s, sigma: 0.5}}}}", 500))
    capped = values("{duration: {lognormal: {median: 90s, sigma: 2}, max: 2m}}", 500)
    assert max(map(microseconds, capped)) == 2 * MINUTE
    mixed = "{duration: {mixture: [{uniform: {min: 1m, max: 2m}}, {const: 3600}]}}"
    assert {microseconds(text) >= HOUR for text in values(mixed, 100)} == {True, False}


def test_a_quantity_may_be_a_number_or_negative_or_null() -> None:
    assert values("{duration: {of: 90s}}", 2).to_list() == ["PT1M30S"] * 2
    assert values("{duration: 90}", 2).to_list() == ["PT1M30S"] * 2
    assert "PT0S" in values("{duration: {normal: {mean: 0s, std: 5s}}}", 100)
    more = "      n: {choice: [1, null]}\n"
    found = values('{duration: {normal: {mean: {expr: "n * 100"}, std: 0}}}', 100, more)
    assert set(found) == {"PT1M40S", None}


@pytest.mark.parametrize(
    "field", ["{duration: {min: 1s, max: 3d, step: 1ms}}", "{duration: {exponential: {mean: 40s}}, nullable: 10%}"]
)
def test_values_do_not_depend_on_batches_or_workers(field: str) -> None:
    assert values(field, 700).equals(in_batches(field, 700, 31, workers=2))


def test_spans_that_can_be_counted_can_be_unique() -> None:
    found = values("{duration: {min: 1m, max: 100m, step: 1m}, unique: true}", 100)
    assert sorted(map(microseconds, found)) == [minutes * MINUTE for minutes in range(1, 101)]


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{duration: {min: 5m, max: 10s}}", "300 s is above max 10 s"),
        ("{duration: {min: 21s, max: 39s, step: 20s}}", "20 s has no multiple from 21 s to 39 s"),
        ("{duration: {max: 1s, step: 0s}}", "step is 0"),
        ("{duration: {max: 1s, step: 1us, format: ms}}", "1e-06 s is no whole number of ms"),
        ("{duration: {of: {poisson: 3}, max: 5s}}", "of and max together"),
        ("{duration: {of: {poisson: 3}, min: 5s}}", "belongs to max"),
        ("{duration: {min: 5s}}", "duration needs one of of, max"),
        ("{duration: {uuid: {}}}", "this gives string"),
        ("{duration: {max: 5}}", "expected a duration"),
        ("{duration: {exponential: {mean: 40z}}}", "expected a duration"),
        ("{duration: {exponential: {mean: 0s}}}", "must be above 0, not 0s"),
        ("{exponential: {mean: 40s}}", "expected a number"),
        ("{duration: {lognormal: {median: 40s, sigma: 2s}}}", "expected a number"),
        ("{duration: {max: 5s, format: minutes}}", "unknown format 'minutes'"),
    ],
)
def test_what_cannot_be_is_refused(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)
