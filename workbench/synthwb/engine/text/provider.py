"""The values of Faker's methods by the column: by their grammar, by all their outcomes, or from a pool.

- A method that puts texts together from lists and formats is read as a grammar (`tracing`): Faker's weights, and full
  variety.
- A method with few outcomes is taken through all of them (`outcomes`): exact weights.
- Any other is code: its values come from a pool (`pools`), drawn through Faker by a random state of their own, on the
  scenario's clock (`anchored`).

Faker's own random state is neither read nor changed; which value a row has depends on addressed bits alone.
"""

from __future__ import annotations

import datetime
import json
import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from faker.factory import Factory
from faker.generator import Generator
from faker.providers.internet import Provider as Internet

from synthwb.engine.draws import key_of
from synthwb.engine.text.anchored import REFUSALS, AsksForTime, anchored_faker
from synthwb.engine.text.grammar import TooWide
from synthwb.engine.text.outcomes import outcomes
from synthwb.engine.text.pools import Pooled
from synthwb.engine.text.tracing import Untraceable, grammar_of
from synthwb.engine.text.typed import series_of
from synthwb.engine.text.wording import Listed, Wording, compile_grammar

__all__ = ["POOL", "Refused", "Request", "ipv4_networks", "wording_of"]

POOL = 16_384
"""Values in a pool."""

_FIRST = np.zeros(1, np.uint64)
_ATTEMPTS = 4  # seeds tried for a value before a method is believed to refuse its arguments


class Refused(Exception):
    """Faker refuses the arguments of a method, or has no such method; the message is Faker's."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of Faker: a method in a locale with arguments, and the shape that its values have.

    ``args`` and ``shape`` are JSON, so that equal requests are equal. ``size``: how many values a pool holds, should
    one be needed (None: 16,384).
    """

    locale: str
    method: str
    args: str = "{}"
    shape: str = '"string"'
    size: int | None = None


@lru_cache(maxsize=512)
def wording_of(request: Request, seed: int, now: int, zone: str) -> Wording:
    """How to draw the values of a request, made once per process. ``now``: start of the clock in microseconds.

    Raises Refused.
    """
    found = _exact(request)
    if found is not None:
        return found
    pool = Pooled(_maker(request, seed, now, zone), request.size or POOL)
    pool.column([_FIRST])  # a refusal shows now, not when the stream runs
    return pool


@lru_cache(maxsize=512)
def _exact(request: Request) -> Wording | None:
    """What depends neither on the seed nor on the clock: a grammar, or all outcomes; None for what is code."""
    args, shape = json.loads(request.args), json.loads(request.shape)
    if shape == "string":
        try:
            return compile_grammar(grammar_of(request.locale, request.method, arguments(args)))
        except (Untraceable, TooWide):
            pass
    faker = anchored_faker(request.locale)

    def run(state: random.Random) -> Any:
        with faker.at(None, state) as generator:
            return _call(generator, request.method, args)

    try:
        found = outcomes(run)
    except (AsksForTime, Refused):
        return None
    if not found:
        return None
    values = series_of([value for value, _ in found], shape, "UTC")
    return Listed(values, [weight for _, weight in found])


def _maker(request: Request, seed: int, now: int, zone: str) -> Callable[[Sequence[int]], pl.Series]:
    """What makes the numbered values of a pool."""
    args, shape = json.loads(request.args), json.loads(request.shape)
    key = key_of(seed, "pool", request.locale, request.method, request.args)
    moment = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(microseconds=now)
    moment = moment.astimezone(ZoneInfo(zone))
    faker = anchored_faker(request.locale)

    def make(numbers: Sequence[int]) -> pl.Series:
        state = random.Random()  # noqa: S311
        with faker.at(moment, state) as generator:
            return series_of([_value(generator, request, args, key, number) for number in numbers], shape, zone)

    return make


def _value(generator: Generator, request: Request, args: dict[str, Any], key: int, number: int) -> Any:
    """Value ``number`` of a pool. A method that fails on a seed is tried with others: some fail on rare draws."""
    for attempt in range(_ATTEMPTS):
        generator.random.seed((key << 32) ^ (attempt << 28) ^ number)
        try:
            return _call(generator, request.method, args)
        except Refused:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _call(generator: Generator, method: str, args: dict[str, Any]) -> Any:
    try:
        return generator.get_formatter(method)(**arguments(args))
    except REFUSALS as error:
        raise Refused(str(error) or type(error).__name__) from error


def arguments(args: dict[str, Any]) -> dict[str, Any]:
    """Arguments as Faker takes them: dates, times and zones out of their text."""
    return {name: _argument(value) for name, value in args.items()}


def _argument(value: Any) -> Any:
    if isinstance(value, dict) and set(value) == {"date"}:
        text = value["date"]
        return datetime.date.fromisoformat(text) if len(text) == 10 else datetime.datetime.fromisoformat(text)
    if isinstance(value, dict) and set(value) == {"zone"}:
        return ZoneInfo(value["zone"])
    return OrderedDict(value) if isinstance(value, dict) else value  # elements with their weights


@cache
def ipv4_networks() -> list[tuple[int, int]]:
    """First address and size of the networks that Faker draws IPv4 addresses from, each by its size."""
    networks, _ = Internet(Factory.create("en_US", providers=[]))._get_all_networks_and_weights()
    return [(int(network.network_address), network.num_addresses) for network in networks]
