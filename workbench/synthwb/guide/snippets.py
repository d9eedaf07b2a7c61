"""Whole pieces of a scenario to insert: an event, a population, a flow, a field. ``$`` marks where the cursor goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["SNIPPETS", "Snippet"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece: what it is called, what it does, and its lines, indented from column 0."""

    label: str
    doc: str
    body: str


_EVENT = """\
order_placed:$
  fields:
    order_id: uuid
    total: {lognormal: {median: 25, sigma: 0.7}, round: 2}"""
_EVENT_OF_ACTOR = """\
order_placed:$
  actor: user
  key: user_id
  fields:
    user_id: actor.user_id
    order_id: uuid
    total: {lognormal: {median: 25, sigma: 0.7}, round: 2}"""
_ENTITY = """\
user:$
  count: 1000
  key: user_id
  fields:
    user_id: {pattern: "U-####", unique: true}
    first_name: first_name
    tier: {choice: {free: 80, plus: 17, pro: 3}}
  activity: {zipf: {exponent: 1.1}}"""
_FLOW = """\
visit:$
  actor: user
  states:
    landing: {emit: page_viewed, dwell: {lognormal: {median: 12s, sigma: 0.8}}, next: {browse: 62, exit: 38}}
    browse: {emit: page_viewed, dwell: {lognormal: {median: 25s, sigma: 0.9}}, next: {browse: 55, exit: 45}}"""
_CHAIN = """\
signup:$
  actor: user
  steps: [{event: page_viewed, dwell: 2m, exit: 30%}, order_placed]"""
_STATE = "browse: {emit: page_viewed, dwell: {lognormal: {median: 25s, sigma: 0.9}}, next: {browse: 55, exit: 45}}$"
_CLOCK = "clock: {start: 2026-03-02T09:00, end: +7d, zone: Europe/Paris}$"
_CORRUPT = "corrupt: {rate: 0.2%, how: [truncate, wrong_type, bad_timestamp]}$"
_LATE = "late: {rate: 5%, delay: {exponential: {mean: 40s}, max: 10m}}$"

SNIPPETS: Mapping[str, tuple[Snippet, ...]] = {
    "scenario": (Snippet("clock of a week", "A week of event time, from a Monday morning on.", _CLOCK),),
    "event": (
        Snippet("event", "A record type with two fields.", _EVENT),
        Snippet("event of an actor", "A record type whose records belong to the rows of an entity.", _EVENT_OF_ACTOR),
    ),
    "entity": (Snippet("population", "A thousand rows with a key, of whom some are busier than others.", _ENTITY),),
    "flow": (
        Snippet("flow", "A machine of two states, with times between them.", _FLOW),
        Snippet("chain", "One step after the other; some leave between them.", _CHAIN),
    ),
    "state": (Snippet("state", "An event, a time until it is left, and where it goes on.", _STATE),),
    "sink": (
        Snippet("files of JSON lines", "One file for each event type.", 'file: "out/{event}.jsonl"$'),
        Snippet("files of Parquet", "One Parquet file for each event type.", 'file: "out/{event}.parquet"$'),
        Snippet("standard output", "JSON lines, for a pipe.", "stdout$"),
    ),
    "check": (
        Snippet(
            "value within limits", "No value outside of two limits.", "field: $order_placed.total\nbetween: [0, 5000]"
        ),
        Snippet("no value twice", "No value comes twice.", "unique: $order_placed.order_id"),
        Snippet(
            "so many a minute", "So many events in each minute.", "rate: $order_placed\nbetween: [20/s, 40/s]\nover: 1m"
        ),
    ),
    "imperfection": (
        Snippet("late records", "Some arrive later than they happened.", _LATE),
        Snippet("duplicates", "Some come twice.", "duplicate: {rate: 2%, after: {uniform: {min: 0s, max: 30s}}}$"),
        Snippet("missing values", "Keys that are not there.", "missing: {rate: 3%}$"),
        Snippet("broken records", "Text and values that no reader takes.", _CORRUPT),
    ),
    "field": (
        Snippet("identity", "A UUID: different in every record.", "record_id: uuid$"),
        Snippet("code", "Text of a fixed form.", 'sku: {pattern: "SKU-####"}$'),
        Snippet(
            "amount", "A positive number with a long tail.", "total: {lognormal: {median: 25, sigma: 0.7}, round: 2}$"
        ),
        Snippet("measurement", "A number around a mean.", "temperature: {normal: {mean: 21.5, std: 0.4}, round: 1}$"),
        Snippet("count", "A small whole number.", "quantity: {poisson: {mean: 1.4}, min: 1}$"),
        Snippet("category", "One of a few words, by weights.", "tier: {choice: {free: 80, plus: 17, pro: 3}}$"),
        Snippet("flag", "True with a probability.", "returned: {bernoulli: 3%}$"),
        Snippet("formula", "Computed from other fields.", 'total: {expr: "$"}'),
        Snippet("text with values", "A text with other fields in it.", 'label: {template: "$"}'),
        Snippet("object", "Fields inside of a field.", "address: {object: {street: street_address, city: city}}$"),
        Snippet(
            "list", "Several values.", "tags: {list: {choice: [new, sale, gift]}, length: {poisson: {mean: 1.2}}}$"
        ),
    ),
}
"""By the block in which they may stand."""
