"""The record of ten columns in each format: by the library alone, from ready batches, and generated as well.

``python -m tests.benchmarks.formats WHO FORMAT ROWS FILE`` prints as JSON the rows per second of processor time. WHO is
``library`` (a finished frame, or for Avro finished dictionaries, which are not timed), ``ready`` (batches that are not
timed are encoded and written by a sink) or ``whole`` (the YAML text to the closed file).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = Path(__file__).with_name("record.yaml")


def library(form: str, rows: int, path: Path) -> Callable[[], None]:
    """Polars writes a frame; fastavro writes dictionaries by the schema that ours has."""
    import synthwb
    from synthwb.encode import Records, encoder
    from synthwb.encode.avro import avro_schema

    scenario = synthwb.load(RECORD)
    (frame,) = synthwb.preview(scenario, rows).values()
    frame = frame.drop("time", "id").rechunk()
    if form == "csv":
        return lambda: frame.write_csv(path)
    if form == "arrow":
        return lambda: frame.write_ipc(path)
    if form == "parquet":
        return lambda: frame.write_parquet(path, row_group_size=1 << 17)
    import fastavro

    from synthwb.engine import compile_plan

    plan = compile_plan(scenario)
    made = encoder("avro", scenario.envelope, plan.schemas)
    assert isinstance(made, Records)
    (record,) = made.records.values()
    schema: Any = fastavro.parse_schema(avro_schema(record))
    records = frame.to_dicts()

    def write() -> None:
        with path.open("wb") as file:
            fastavro.writer(file, schema, records)

    return write


def ready(form: str, rows: int, path: Path) -> Callable[[], None]:
    """Our encoder and sink, for batches that are there already."""
    import synthwb
    from synthwb.engine import compile_plan
    from synthwb.runtime.outputs import outputs
    from synthwb.scenario.model import SinkSpec

    plan = compile_plan(synthwb.load(RECORD))
    batches = list(synthwb.Stream(plan, limit=rows))

    def write() -> None:
        (output,) = outputs([SinkSpec("file", "file", str(path), format=form)], plan, bounded=True)
        output.open()
        for batch in batches:
            output.write(output.encode(batch))
        output.close(commit=True)

    return write


def whole(form: str, rows: int, path: Path) -> Callable[[], None]:
    """The public engine, from the text of the scenario to the closed file."""
    import synthwb

    text = RECORD.read_text()
    return lambda: synthwb.generate(synthwb.loads(text), path, count=rows)  # type: ignore[func-returns-value]


def main(who: str, form: str, rows: int, path: Path) -> None:
    write = {"library": library, "ready": ready, "whole": whole}[who](form, rows, path)
    write()  # imports and caches are not what is measured
    start = time.process_time()
    write()
    print(json.dumps({"rate": rows / (time.process_time() - start), "bytes": path.stat().st_size}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
