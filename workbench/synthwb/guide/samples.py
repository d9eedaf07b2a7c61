"""An example of each key's value and of each modifier: shown by completion and the reference, executed by its test."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MODIFIER_EXAMPLES", "VALUES"]

VALUES: Mapping[str, Mapping[str, str]] = {
    "scenario": {
        "synthwb": "1",
        "name": "web-shop",
        "doc": "A web shop in a busy week",
        "seed": "7",
        "locale": "de_DE",
        "clock": "{start: 2026-03-02T09:00, end: +7d, zone: Europe/Paris}",
        "params": "{median: 25}",
        "definitions": "{often: &often {missing: 5%}}",
        "entities": "{user: {count: 5000, fields: {user_id: uuid}}}",
        "events": "{page_viewed: {fields: {page: url}}}",
        "arrivals": "{page_viewed: 120/min}",
        "limit": "{events: 100000}",
        "pacing": "500/s",
        "envelope": "cloudevents",
        "sinks": '[{file: "out/{event}.jsonl"}]',
    },
    "clock": {
        "start": "2026-03-02T09:00",
        "end": "+7d",
        "zone": "Europe/Paris",
        "mode": "simulated",
        "speed": "60x",
    },
    "entity": {
        "count": "5000",
        "key": "user_id",
        "fields": "{user_id: uuid, first_name: first_name}",
        "activity": "{zipf: {exponent: 1.1}}",
    },
    "event": {
        "version": "2",
        "actor": "user",
        "key": "user_id",
        "refs": "{item: product}",
        "fields": "{user_id: actor.user_id, sku: item.sku, quantity: {poisson: {mean: 1.4}, min: 1}}",
        "doc": "An order that was paid",
    },
    "ref": {"entity": "product", "pick": "{zipf: {exponent: 1.2}}"},
    "arrival": {"process": "constant", "rate": "120/min"},
    "limit": {"events": "100000", "for": "2h"},
    "pacing": {"rate": "500/s", "ramp": "10s"},
    "sink": {
        "stdout": "",
        "file": '"out/{event}.jsonl"',
        "events": "[page_viewed]",
        "envelope": "{flat: {time: ts, id: false}}",
        "name": "archive",
    },
    "file": {"path": '"out/{event}.csv"', "format": "parquet"},
    "stdout": {"format": "csv"},
    "fixed set": {"size": "50", "pick": "{zipf: {exponent: 1.1}}"},
    "decimal": {"decimal": "4"},
}
"""By block, then by key: what may stand after the colon."""

MODIFIER_EXAMPLES: Mapping[str, str] = {
    "missing": "{first_name: , missing: 40%}",
    "nullable": "{first_name: , nullable: 40%}",
    "unique": '{pattern: "##", unique: true}',
    "min": "{normal: {mean: 10, std: 5}, min: 9, round: 1}",
    "max": "{normal: {mean: 10, std: 5}, max: 11, round: 1}",
    "bounds": "{normal: {mean: 10, std: 5}, min: 9, max: 11, bounds: redraw, round: 1}",
    "round": "{lognormal: {median: 25, sigma: 0.7}, round: 2}",
    "case": "{city: , case: upper}",
    "as": "{lognormal: {median: 25, sigma: 0.7}, as: {decimal: 2}}",
    "cardinality": "{company: , cardinality: 3}",
    "repeat": "{uniform: , round: 2, repeat: 50%}",
    "when": '{uniform: , round: 2, when: "quantity > 1"}',
    "hidden": "{uniform: , hidden: true}",
    "doc": "{uniform: , round: 2, doc: A share of the whole}",
}
"""By modifier: a field that has it."""
