"""An example of each key's value and of each modifier: shown by completion and the reference, executed by its test."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.guide.grammar import Shape

__all__ = ["MODIFIER_EXAMPLES", "SUGGESTED", "VALUES"]

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
        "from": "{sql: {url: 'sqlite:///shop.db', table: users}}",
    },
    "origin": {"file": "users.csv", "sql": "{url: 'sqlite:///shop.db', table: users}", "columns": "[user_id, email]"},
    "sql": {
        "url": "sqlite:///shop.db",
        "table": "users",
        "query": "'SELECT user_id, email FROM users ORDER BY user_id'",
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
    "arrival": {
        "process": "constant",
        "rate": "120/min",
        "gap": "{lognormal: {median: 12s, sigma: 0.8}}",
        "cron": '["0 9 * * mon-fri", "@hourly"]',
        "count": "{poisson: {mean: 20}}",
        "jitter": "5m",
        "daily": "{0: 5%, 7: 40%, 9: 100%, 18: 60%, 22: 20%}",
        "weekly": "{sat: 70%, sun: 50%}",
        "holidays": "{country: FR, factor: 30%}",
        "trend": "5%/week",
        "bursts": "[{at: +4d 18:00, for: 20m, rate: x4}]",
    },
    "daily": {"floor": "10%", "peaks": '[{at: "12:30", width: 2h}, {at: "20:30", width: 3h, height: 80%}]'},
    "peak": {"at": '"12:30"', "width": "2h", "height": "80%"},
    "weekly": {"mon": "100%", "tue": "100%", "wed": "100%", "thu": "100%", "fri": "120%", "sat": "70%", "sun": "50%"},
    "holidays": {"country": "DE", "subdiv": "BY", "dates": "[2026-12-24, 2026-12-31]", "factor": "30%"},
    "trend": {"growth": "-2%/day", "shape": "linear", "from": "+7d", "until": "+30d"},
    "burst": {"at": "+4d 18:00", "for": "20m", "rate": "x4", "ramp": "2m", "every": "7d", "until": "+60d"},
    "limit": {"events": "100000", "for": "2h"},
    "pacing": {"rate": "500/s", "ramp": "10s"},
    "sink": {
        "stdout": "",
        "file": '"out/{event}.jsonl"',
        "events": "[page_viewed]",
        "envelope": "{flat: {time: ts, id: false}}",
        "name": "archive",
    },
    "file": {"path": '"out/{event}.csv"', "format": "parquet", "nulls": "'NULL'", "nested": "columns"},
    "stdout": {"format": "csv", "nulls": "'NULL'", "nested": "columns"},
    "fixed set": {"size": "50", "pick": "{zipf: {exponent: 1.1}}"},
    "decimal": {"decimal": "4"},
    "arm": {"when": "total > 5", "then": "{uniform: {min: 1, max: 2}}", "else": "0"},
}
"""By block, then by key: what may stand after the colon."""

MODIFIER_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "missing": ("{first_name: , missing: 40%}", '{first_name: , missing: {expr: "if(quantity > 1, 0.9, 0)"}}'),
    "nullable": ("{first_name: , nullable: 40%}",),
    "unique": ('{pattern: "##", unique: true}',),
    "min": ("{normal: {mean: 10, std: 5}, min: 9, round: 1}",),
    "max": ("{normal: {mean: 10, std: 5}, max: 11, round: 1}",),
    "bounds": (
        "{normal: {mean: 10, std: 5}, min: 9, max: 11, bounds: redraw, round: 1}",
        "{normal: {mean: 10, std: 5}, min: 9, max: 11, bounds: clip, round: 1}",
    ),
    "round": ("{lognormal: {median: 25, sigma: 0.7}, round: 2}",),
    "case": ("{city: , case: upper}", '{pattern: "??-##", case: lower}', "{catch_phrase: , case: title}"),
    "as": (
        "{lognormal: {median: 25, sigma: 0.7}, as: {decimal: 2}}",
        "{lognormal: {median: 25, sigma: 0.7}, as: decimal}",
        "{lognormal: {median: 25, sigma: 0.7}, as: integer}",
        "{integer: {min: 1, max: 6}, as: float}",
        "{integer: {min: 1, max: 6}, as: string}",
        "{integer: {min: 0, max: 1}, as: boolean}",
    ),
    "cardinality": (
        "{company: , cardinality: 3}",
        "{company: , cardinality: {size: 50, pick: {zipf: {exponent: 1.1}}}}",
    ),
    "repeat": ("{uniform: , round: 2, repeat: 50%}",),
    "when": ('{uniform: , round: 2, when: "quantity > 1"}',),
    "hidden": ("{uniform: , hidden: true}",),
    "doc": ("{uniform: , round: 2, doc: A share of the whole}",),
}
"""By modifier: fields that have it, the most telling one first."""

SUGGESTED: Mapping[Shape, list[str]] = {
    Shape.RATE: ["5/s", "120/min", "40/day"],
    Shape.DURATION: ["40s", "30m", "2h"],
    Shape.SLOPE: ["120/min", "-0.5/day"],
    Shape.TIME: ["2026-03-02T09:00", "+7d", "+3d 18:00"],
    Shape.TIME_FORMAT: ["iso", "epoch_s", "epoch_ms", "epoch_us", "%Y-%m-%d"],
    Shape.SPEED: ["60x"],
    Shape.LEVEL: ["70%", "x4"],
    Shape.CRON: ["0 9 * * mon-fri", "*/15 * * * *", "@daily"],
    Shape.GROWTH: ["5%/week", "-2%/day"],
    Shape.TIME_OF_DAY: ['"12:30"'],
    Shape.COUNTRY: ["FR", "DE", "US", "JP"],
    Shape.ZONE: ["UTC", "Europe/Paris", "America/New_York", "Asia/Tokyo"],
    Shape.FILE: ["out/{event}.jsonl"],
    Shape.TABLE_FILE: ["products.csv", "products.parquet"],
}
"""What completion offers for a literal."""
