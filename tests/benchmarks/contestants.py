"""The same record of ten columns, written as JSON lines by everybody: one contestant per function.

Each runs in a process of its own: ``python -m tests.benchmarks.contestants NAME ROWS FILE`` warms up (imports, caches),
then times ``ROWS`` rows into ``FILE`` and prints as JSON the rows per second of wall time (``rate``) and of processor
time (``rate_busy``: the same on a quiet core, and steady on a busy one). What a contestant needs before it can start
is made in the outer function; what is timed is the function that it returns.
"""

from __future__ import annotations

import json
import math
import random
import sys
import time
from collections import OrderedDict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

    Write = Callable[[int, Path], None]

RECORD = Path(__file__).with_name("record.yaml")
WIDE = Path(__file__).with_name("wide.yaml")
COUNTRIES = {"US": 40, "GB": 15, "DE": 10, "FR": 8, "ES": 7, "IT": 6, "NL": 5, "PL": 4, "SE": 3, "AT": 2}
START = datetime(2026, 1, 1, tzinfo=UTC)
MEDIAN, SIGMA = 25.0, 0.7


def faker_proxy(*, joined: bool = False) -> Write:
    """What everybody writes first: the `Faker()` proxy, its own email, json.dumps.

    ``joined``: the email is joined from the names, which is less work than `Faker.email`.
    """
    from faker import Faker

    fake = Faker()
    weights = OrderedDict((name, weight / 100) for name, weight in COUNTRIES.items())

    def write(rows: int, path: Path) -> None:
        with path.open("w") as file:
            for i in range(rows):
                first, last = fake.first_name(), fake.last_name()
                row = {
                    "user_id": fake.uuid4(),
                    "first_name": first,
                    "last_name": last,
                    "email": f"{first}.{last}@example.com".lower() if joined else fake.email(),
                    "country": fake.random_element(weights),
                    "age": fake.random_int(18, 90),
                    "amount": round(random.lognormvariate(math.log(MEDIAN), SIGMA), 2),
                    "active": fake.boolean(),
                    "ts": (START + timedelta(milliseconds=i)).isoformat(timespec="milliseconds"),
                    "url": fake.numerify("/products/#####"),
                }
                file.write(json.dumps(row) + "\n")

    return write


def faker_tuned(*, joined: bool = False) -> Write:
    """Faker by hand: one locale's generator, no weights, bound methods, orjson; ``joined`` as above."""
    import orjson
    from faker import Faker

    fake: Any = Faker("en_US", use_weighting=False)["en_US"]
    uuid4, first_name, last_name, email = fake.uuid4, fake.first_name, fake.last_name, fake.email
    uniform, integer, lognormal = random.random, random.randrange, random.lognormvariate
    names, choices = list(COUNTRIES), random.choices
    heap = [sum(list(COUNTRIES.values())[: i + 1]) for i in range(len(COUNTRIES))]
    dumps, newline, mu, tick = orjson.dumps, orjson.OPT_APPEND_NEWLINE, math.log(MEDIAN), timedelta(milliseconds=1)

    def write(rows: int, path: Path) -> None:
        now = START
        with path.open("wb") as file:
            put = file.write
            for _ in range(rows):
                now += tick
                first, last = first_name(), last_name()
                row = {
                    "user_id": uuid4(),
                    "first_name": first,
                    "last_name": last,
                    "email": f"{first}.{last}@example.com".lower() if joined else email(),
                    "country": choices(names, cum_weights=heap)[0],
                    "age": integer(18, 91),
                    "amount": round(lognormal(mu, SIGMA), 2),
                    "active": uniform() < 0.5,
                    "ts": now,
                    "url": f"/products/{integer(100_000):05}",
                }
                put(dumps(row, None, newline))

    return write


def mimesis_schema() -> Write:
    """Mimesis as its documentation shows it: Field, Schema, json.dumps."""
    from mimesis import Field, Schema
    from mimesis.locales import Locale

    field = Field(Locale.EN)
    names, weights = list(COUNTRIES), list(COUNTRIES.values())

    def row() -> dict[str, Any]:
        return {
            "user_id": field("uuid"),
            "first_name": field("person.first_name"),
            "last_name": field("person.last_name"),
            "email": field("person.email"),
            "country": random.choices(names, weights)[0],
            "age": field("numeric.integer_number", start=18, end=90),
            "amount": round(random.lognormvariate(math.log(MEDIAN), SIGMA), 2),
            "active": field("development.boolean"),
            "ts": START.isoformat(timespec="milliseconds"),
            "url": field("code.pin", mask="/products/#####"),
        }

    def write(rows: int, path: Path) -> None:
        with path.open("w") as file:
            for made in Schema(schema=row, iterations=rows).create():
                file.write(json.dumps(made) + "\n")

    return write


def duckdb_sql() -> Write:
    """DuckDB's own range(), random() and COPY ... (FORMAT json), one thread; names from Faker's lists, unweighted."""
    import duckdb
    from faker.providers.person.en_US import Provider

    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    lists = {
        "first": list(Provider.first_names),
        "last": list(Provider.last_names),
        "country": [name for name, weight in COUNTRIES.items() for _ in range(weight)],
    }
    for name, values in lists.items():
        connection.execute(f"SET VARIABLE {name} = ?", [values])

    def picked(name: str) -> str:
        return f"getvariable('{name}')[1 + (random() * {len(lists[name]) - 1})::INT]"

    columns = f"""
        SELECT uuid()::VARCHAR AS user_id, {picked("first")} AS first_name, {picked("last")} AS last_name,
               {picked("country")} AS country, 18 + (random() * 72)::INT AS age,
               round(exp({math.log(MEDIAN)} + {SIGMA} * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())), 2)
                   AS amount,
               random() < 0.5 AS active,
               strftime(TIMESTAMP '2026-01-01' + to_milliseconds(i), '%Y-%m-%dT%H:%M:%S.%gZ') AS ts
        FROM range(?) AS numbers(i)"""
    record = f"""
        SELECT user_id, first_name, last_name, lower(first_name) || '.' || lower(last_name) || '@example.com' AS email,
               country, age, amount, active, ts, printf('/products/%05d', (random() * 99999)::INT) AS url
        FROM ({columns})"""

    def write(rows: int, path: Path) -> None:
        connection.execute(f"COPY ({record}) TO '{path}' (FORMAT json)", [rows])

    return write


def polars_frame(document: Path = RECORD) -> Write:
    """Polars alone writes a finished frame of the same values: no draws, no ISO 8601 text. The frame is not timed."""
    import synthwb

    scenario = synthwb.load(document)
    frames: dict[int, pl.DataFrame] = {}

    def write(rows: int, path: Path) -> None:
        if rows not in frames:
            (frame,) = synthwb.preview(scenario, rows).values()
            frames[rows] = frame.drop("time", "id").rechunk()
            write(rows, path)  # the first write of a frame is not what is measured
            _restart()
        frames[rows].write_ndjson(path)

    return write


def synthwb_engine(workers: int = 1, document: Path = RECORD) -> Write:
    """The YAML text, checked, compiled, drawn, encoded and written by the public engine, to the closed file."""
    import synthwb

    text = document.read_text()

    def write(rows: int, path: Path) -> None:
        synthwb.generate(synthwb.loads(text), path, count=rows, workers=workers)

    return write


def synthwb_two() -> Write:
    """The same with two workers."""
    return synthwb_engine(workers=2)


CONTESTANTS: dict[str, Callable[[], Write]] = {
    "faker_proxy": faker_proxy,
    "faker_proxy_joined": lambda: faker_proxy(joined=True),
    "faker_tuned": faker_tuned,
    "faker_tuned_joined": lambda: faker_tuned(joined=True),
    "mimesis_schema": mimesis_schema,
    "duckdb_sql": duckdb_sql,
    "polars_frame": polars_frame,
    "synthwb": synthwb_engine,
    "synthwb_two": synthwb_two,
    "polars_wide": lambda: polars_frame(WIDE),
    "synthwb_wide": lambda: synthwb_engine(document=WIDE),
}

_clock = [0.0, 0.0]


def _restart() -> None:
    _clock[:] = time.perf_counter(), time.process_time()


def measure(name: str, rows: int, path: Path) -> dict[str, float]:
    """Time one contestant in this process, after a warm-up of one row in fifty."""
    write = CONTESTANTS[name]()
    write(max(100, rows // 50), path)
    _restart()
    write(rows, path)
    seconds, busy = time.perf_counter() - _clock[0], time.process_time() - _clock[1]
    size = path.stat().st_size
    with path.open("rb") as file:
        lines = sum(1 for _ in file)
    if lines != rows:
        raise SystemExit(f"{name} wrote {lines} lines instead of {rows}")
    return {"rate": rows / seconds, "rate_busy": rows / busy, "bytes": size / rows}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
