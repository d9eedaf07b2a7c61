"""Faker text per value: one type, by the engine or by the proxy. ``python -m tests.benchmarks.text WHO TYPE N``."""

from __future__ import annotations

import json
import sys
import time

TYPES = {
    "name": "name",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "company": "company",
    "job": "job",
    "city": "city",
    "country": "country",
    "street_address": "street_address",
    "phone": "phone_number",
    "ipv4": "ipv4",
    "url": "url",
    "address": "address",
    "user_name": "user_name",
    "free_email": "free_email",
    "catch_phrase": "catch_phrase",
    "color_name": "color_name",
    "currency_code": "currency_code",
}
"""The name in a scenario: the method of Faker. These have formats, or lists."""
POOLS = ("user_agent", "iban", "credit_card_number", "date_of_birth", "ssn", "profile", "latitude", "sentence")
"""Methods that are code: their values come from pools."""

_COPIES = 6


def by_proxy(kind: str, count: int) -> float:
    """Seconds per value of the `Faker()` proxy."""
    from faker import Faker

    call = getattr(Faker(), TYPES.get(kind, kind))
    for _ in range(50):
        call()
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def by_engine(kind: str, count: int) -> float:
    """Seconds per value of the engine: events with six such fields, less events with one constant."""
    import synthwb
    from synthwb.engine import compile_plan

    def seconds(fields: str, rows: int) -> float:
        plan = compile_plan(synthwb.loads(f"events: {{e: {{fields: {{{fields}}}}}}}"))
        start = time.process_time()
        for batch in synthwb.Stream(plan, limit=rows, batch=32768):
            for column in batch.parts[0].columns.values():
                column.series()
        return time.process_time() - start

    written = kind if kind in TYPES else f"{{fake: {kind}}}"
    fields = ", ".join(f"f{i}: {written}" for i in range(_COPIES))
    seconds(fields, 1000), seconds("c: 1", 1000)
    with_text = min(seconds(fields, count) for _ in range(3))
    without = min(seconds("c: 1", count) for _ in range(3))
    return (with_text - without) / count / _COPIES


if __name__ == "__main__":
    who, kind, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    per_value = (by_proxy if who == "proxy" else by_engine)(kind, count)
    print(json.dumps({"rate": 1 / per_value}))
