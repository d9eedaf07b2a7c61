"""What a sink to files says of how they are cut and compressed."""

from __future__ import annotations

import pytest

from synthwb.engine import compile_plan
from synthwb.errors import ScenarioError, UsageError
from synthwb.runtime import outputs, target
from synthwb.scenario import loads
from synthwb.sinks import FileSink
from synthwb.sinks.cutfiles import CutFileSink
from synthwb.sinks.cutparquet import CutParquetSink

TEXT = "events: {ping: {fields: {n: sequence}}}\narrivals: {ping: 5/s}\n"
BROKEN = TEXT + "imperfections: [{corrupt: {rate: 5%, how: [truncate]}}]\n"


def test_options_of_a_file() -> None:
    sink = '{path: "a.jsonl.gz", roll_size: 20MB, roll_every: 1h, roll_count: 1000, compression: zstd}'
    (spec,) = loads(f"{TEXT}sinks: [{{file: {sink}}}]").sinks
    assert (spec.path, spec.format) == ("a.jsonl.gz", None)
    assert spec.options == {"roll_size": 20_000_000, "roll_every": 3600.0, "roll_count": 1000, "compression": "zstd"}


@pytest.mark.parametrize(
    ("sink", "words"),
    [
        ("{path: a.jsonl, roll_size: much}", "a size such as 64MB"),
        ("{path: a.jsonl, roll_count: 0}", "roll_count"),
        ("{path: a.jsonl, roll_every: 0s}", "roll_every"),
        ("{path: a.jsonl, compression: brotli}", "gzip"),
        ("{path: a.parquet, compression: gzip}", "only text is compressed, and Parquet is none"),
        ("{path: a.parquet.gz}", "only text is compressed, and Parquet is none"),
        ("{path: a.parquet, roll_size: 1MB}", "use roll_count or roll_every"),
        ('"{hour}.jsonl"', "{hour} without {date} would mix the hours of all days"),
        ('"{day}.jsonl"', "{day} has no meaning in a path"),
        ("{path: a.jsonl, roll_sise: 1MB}", "roll_size"),
    ],
)
def test_what_is_wrong_with_them(sink: str, words: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        loads(f"{TEXT}sinks: [{{file: {sink}}}]")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("a.jsonl.gz", FileSink),
        ("{event}.csv.zst", FileSink),
        ("{date}/a.jsonl", CutFileSink),
        ("{date}/{hour}.csv.gz", CutFileSink),
        ("{date}/{event}.parquet", CutParquetSink),
    ],
)
def test_a_target_of_the_command_line(typed: str, kind: type) -> None:
    (made,) = outputs([target(typed)], compile_plan(loads(TEXT)), bounded=True)
    assert type(made.sink) is kind


@pytest.mark.parametrize(
    ("text", "typed", "words"),
    [
        (TEXT, "{hour}.jsonl", "{hour} without {date} would mix"),
        (TEXT, "a.parquet.zst", "only text is compressed, and Parquet is none"),
        (BROKEN, "{date}.csv", "a CSV file is cut between its records, and the layer 'corrupt' breaks text"),
    ],
)
def test_a_target_that_cannot_be(text: str, typed: str, words: str) -> None:
    with pytest.raises(UsageError) as refused:
        outputs([target(typed)], compile_plan(loads(text)), bounded=True)
    assert words in str(refused.value)
