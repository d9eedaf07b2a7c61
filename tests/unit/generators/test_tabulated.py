"""Mixtures, histograms and samples: their forms, their edges, and what is refused."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from documents import complaints, in_batches, values

from synthwb.engine.laws.tabulated import Sample

FIELDS = [
    "{mixture: [{weight: 3, normal: {mean: 1, std: 2}}, {poisson: 4}]}",
    "{mixture: [{weight: 3, integer: {min: 1, max: 6}}, {weight: 0, const: 9}, {poisson: 400}]}",
    '{mixture: [{normal: {mean: {expr: "n * 2.0"}, std: 1}}, {const: -1.5}]}',
    "{histogram: {-5..-1: 1, 0..10: 5, 20..1e3: 2}}",
    "{histogram: {edges: [0, 1, 2.5], weights: [1, 2]}}",
    "{empirical: [1, 2, 2, 8]}",
    "{empirical: {values: [1, 2.5, 8], smooth: linear}}",
    "{empirical: {values: [1, 2.5, 8], smooth: kernel}}",
]
MORE = "      n: {integer: {min: 0, max: 9}}\n"


@pytest.mark.parametrize("field", FIELDS)
def test_values_do_not_depend_on_batches_or_workers(field: str) -> None:
    whole = values(field, 500, MORE)
    assert whole.null_count() == 0
    assert whole.equals(in_batches(field, 500, 7, MORE))
    assert whole.equals(in_batches(field, 500, 64, MORE, workers=3))


def test_a_mixture_is_whole_if_all_components_are() -> None:
    assert values(FIELDS[1], 50, MORE).dtype == pl.Int64
    assert values(FIELDS[0], 50, MORE).dtype == pl.Float64


def test_a_component_has_the_values_it_would_have_for_all_rows() -> None:
    """Which component a row takes changes nothing in the values of the others."""
    few = values("{mixture: [{weight: 1, uniform: {}}, {weight: 3, const: 7.0}]}", 1000)
    many = values("{mixture: [{weight: 3, uniform: {}}, {weight: 1, const: 7.0}]}", 1000)
    both = (few != 7.0) & (many != 7.0)
    assert 200 < both.sum() < 300
    assert few.filter(both).equals(many.filter(both))


def test_components_read_the_fields_of_their_row() -> None:
    x = values(FIELDS[2], 400, MORE)
    n = values("n", 400, MORE)
    drawn = x != -1.5
    assert np.abs(x.filter(drawn).to_numpy() - 2.0 * n.filter(drawn).to_numpy()).max() < 6.0
    assert 150 < drawn.sum() < 250


def test_bounds_and_rounding_stand_in_a_component() -> None:
    x = values("{mixture: [{normal: {mean: 0, std: 50}, min: 10, max: 20, round: 0}, {const: 15.0}]}", 500)
    assert set(x.unique()) <= set(map(float, range(10, 21)))


def test_a_histogram_stays_in_its_bins() -> None:
    x = values("{histogram: {-5..-1: 1, 0..10: 0, 20..30: 2}}", 2000).to_numpy()
    assert (((x >= -5) & (x <= -1)) | ((x >= 20) & (x <= 30))).all()
    assert x.min() < -4.9
    assert x.max() > 29.9


def test_a_sample_gives_its_own_values_each_as_often_as_it_stands_there() -> None:
    x = values("{empirical: [1, 2, 2, 8]}", 4000)
    assert x.dtype == pl.Int64
    counts = dict(x.value_counts().iter_rows())
    assert counts.keys() == {1, 2, 8}
    assert 1900 < counts[2] < 2100
    assert values("{empirical: [1, 2.5]}", 5).dtype == pl.Float64


def test_what_a_sample_has_can_be_unique() -> None:
    x = values("{empirical: [5, 1, 5, 3], unique: true}", 3)
    assert sorted(x) == [1, 3, 5]


def test_the_line_through_a_sample_has_its_quantiles() -> None:
    sample = Sample(np.array([3.0, 1.0, 10.0]))
    bits = np.array([0, 2**62, 2**63, 3 * 2**62, 2**64 - 1], np.uint64)
    assert sample.linear(bits) == pytest.approx([1.0, 2.0, 3.0, 6.5, 10.0])
    assert Sample(np.array([4.0])).linear(bits).tolist() == [4.0] * 5


def test_the_rule_of_thumb_is_silvermans() -> None:
    x = np.random.default_rng(1).normal(5.0, 3.0, 777)
    inner = np.subtract(*np.percentile(x, [75, 25])) / 1.349
    assert Sample(x).bandwidth == pytest.approx(0.9 * min(x.std(ddof=1), inner) * 777**-0.2)
    assert Sample(np.array([4.0])).bandwidth == 0.0
    assert Sample(np.array([0.0] * 9 + [1.0])).bandwidth > 0.0


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("{mixture: [{poisson: 3}, {weight: 2, uuid: {}}]}", "{weight: 2, uuid: {}}: expected a number or a numeric"),
        ("{mixture: [{weight: 0, poisson: 3}, {weight: 0, const: 1}]}", "the weights sum to nothing (0 + 0 = 0)"),
        ("{mixture: [{weight: -1, poisson: 3}]}", "-1: must be at least 0, not -1"),
        ("{mixture: []}", "[]: the list is empty"),
        ("{mixture: {poisson: 3}}", "poisson: unknown parameter 'poisson'"),
        ("{mixture: 5}", "5: expected a list of numeric generators, not 5"),
        ("{mixture: [{weihgt: 2, poisson: 3}]}", "weihgt: unknown"),
        ("{mixture: [{poisson: 3, missing: 5%}]}", "missing, nullable and when stand beside the mixture"),
        ("{histogram: {0..10: 5, 5..20: 1}}", "0..10 and 5..20 overlap"),
        ("{histogram: {10..0: 5}}", "10..0: a bin from 10 to 0 has no width"),
        ("{histogram: {0-10: 5}}", "0-10: expected a bin such as 0..10"),
        ("{histogram: {0..10: 0}}", "the weights sum to nothing"),
        ("{histogram: {edges: [0, 1, 2], weights: [1]}}", "weights are 1, and 3 edges make 2 bins"),
        ("{histogram: {edges: [0, 1, 2]}}", "need weights: 2 of them"),
        ("{histogram: {edges: [0, 2, 1], weights: [1, 1]}}", "must rise, and 1 follows 2"),
        ("{histogram: {edges: [0, 1], weights: [0]}}", "sum to nothing"),
        ("{histogram: {edges: [0], weights: [1]}}", "are one; a bin lies between two of them"),
        ("{histogram: {edges: [0, a], weights: [1]}}", "a: expected a number"),
        ("{histogram: {edges: [0, 1], weights: [-1]}}", "-1: must be at least 0"),
        ("{empirical: []}", "the list is empty"),
        ("{empirical: [a, b]}", "a: expected a number, not the text 'a'"),
        ("{empirical: {values: [1, 2], bandwidth: 3}}", "bandwidth is for smooth: kernel, and smooth is none"),
        ("{empirical: {values: [1, 2], smooth: lines}}", "unknown smooth 'lines'"),
        ("{empirical: {values: [1, 2], smooth: linear}, unique: true}", "cannot be counted"),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(field: str, words: str) -> None:
    assert any(words in complaint for complaint in complaints(field)), complaints(field)


def test_every_problem_of_a_list_is_found_at_once() -> None:
    assert len(complaints("{mixture: [{weight: x, poisson: -3}, {normal: {}, weight: -1}, {nromal: 3}]}")) == 4
    assert len(complaints("{histogram: {edges: [a, b], weights: [c]}}")) == 3
