"""People, places and addresses against Faker's real providers, in several locales.

Two samples, Faker's and ours, are compared by chi-square over the cells of several features: whole values, forms
(digits and letters masked), words at either end, lengths. Faker is seeded, so are we, and p must exceed 10^-6 for
about 400 comparisons: a failure is a fault, not chance.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from ipaddress import IPv4Address

import numpy as np
import polars as pl
import pytest
from faker.factory import Factory
from faker.providers.internet import Provider as Internet
from faker.providers.internet import _IPv4Constants
from generator_driver import SPAN, BareSite, block_of, named
from likeness import differences, real
from scipy import stats

from synthwb.scenario.model import Call

ALPHA = 1e-6
REAL, OURS = 10_000, 50_000
MILLION = 1_000_000  # draws of ours in English
METHODS = [
    "first_name",
    "last_name",
    "name",
    "email",
    "company",
    "job",
    "city",
    "country",
    "street_address",
    "phone_number",
    "url",
]


def ours(locale: str, method: str, rows: int = OURS) -> pl.Series:
    """Values of our generator."""
    site = BareSite(42, f"e.{method}", {})
    site.locales = ((locale, Fraction(1)),)
    return named(method).bind(Call(method, {}, SPAN), site)(block_of(rows)).series()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_FR", "ja_JP", "pt_BR"])
def test_values_forms_and_parts_come_as_often_as_fakers(locale: str, method: str) -> None:
    mine = ours(locale, method, MILLION if locale == "en_US" else OURS)
    assert differences(real(locale, method, REAL), mine, ALPHA) == {}


@pytest.mark.parametrize("method", ["first_name", "last_name", "country", "job"])
def test_every_word_of_a_list_occurs_and_no_other(method: str) -> None:
    faker = Factory.create("en_US")
    provider = next(p for p in faker.providers if hasattr(p, method))
    lists = {"first_name": "first_names", "last_name": "last_names", "country": "countries", "job": "jobs"}
    weights = getattr(provider, lists[method])
    found = Counter(ours("en_US", method, MILLION))
    words = list(weights)
    assert set(found) <= set(words)
    if not isinstance(weights, dict):
        assert set(found) == set(words)
    merged = Counter[str]()
    for word in words:
        merged[word] += weights[word] if isinstance(weights, dict) else 1
    expected = np.array([merged[word] for word in merged]) / merged.total() * 1_000_000
    observed = np.array([found[word] for word in merged])
    kept = expected >= 5
    p = stats.chisquare(observed[kept], expected[kept] * observed[kept].sum() / expected[kept].sum()).pvalue
    assert p > ALPHA


def test_variety_is_fakers() -> None:
    for method in ("name", "email", "company", "city", "street_address", "url"):
        theirs, mine = len(set(real("en_US", method, REAL))), len(set(ours("en_US", method, REAL)))
        assert abs(mine - theirs) < 6 * (REAL - theirs + 1) ** 0.5 + 60, method


def test_addresses_are_uniform_over_what_faker_allows() -> None:
    site = BareSite(42, "e.ip", {})
    values = named("ipv4").bind(Call("ipv4", {}, SPAN), site)(block_of(1_000_000)).series().to_list()
    numbers = np.array([int(IPv4Address(value)) for value in values])
    networks, sizes = Internet(Factory.create("en_US"))._get_all_networks_and_weights()
    for network in _IPv4Constants._excluded_networks:
        first = int(network.network_address)
        assert not ((numbers >= first) & (numbers < first + network.num_addresses)).any(), network
    observed = [
        int(((numbers >= int(n.network_address)) & (numbers <= int(n.broadcast_address))).sum()) for n in networks
    ]
    assert sum(observed) == len(numbers)
    expected = np.array(sizes) / sum(sizes) * len(numbers)
    kept = expected >= 5
    table, wanted = np.array(observed)[kept], expected[kept]
    assert stats.chisquare(table, wanted * table.sum() / wanted.sum()).pvalue > ALPHA
    for octet in range(1, 4):
        counts = np.bincount((numbers >> (24 - 8 * octet)) & 255, minlength=256)
        if octet > 1:
            assert stats.chisquare(counts).pvalue > ALPHA
