"""The formats of records: what each is called, how its files end, and what it can hold.

Encoders are entered by these names in `synthwb.encode`; what may be written in a document, completion, the reference
and the suffixes of the command line follow from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

__all__ = [
    "COMPRESSIONS",
    "FORMATS",
    "FORMATS_OF_FILES",
    "FORMATS_OF_STDOUT",
    "Form",
    "Format",
    "format_of",
    "without_compression",
]


class Form(Enum):
    """What an encoder of a format gives."""

    LINES = "lines"  # text, a line for each record
    FRAMES = "frames"  # a Polars frame, of which a writer makes the file
    RECORDS = "records"  # bytes that only a program reads, one record after the other


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``title``: its name in a sentence. ``suffixes``: of files that are in it, the usual one first.

    ``mixed``: records of several event types can stand in one file. ``separator``: what stands between columns of text.
    """

    name: str
    title: str
    doc: str
    suffixes: tuple[str, ...]
    form: Form
    mixed: bool
    separator: str = ""


_ALL = (
    Format("jsonl", "JSON lines", "A JSON object a line.", (".jsonl", ".ndjson", ".json"), Form.LINES, mixed=True),
    Format(
        "csv",
        "CSV",
        "A table with a line of column names (RFC 4180); times in ISO 8601, nested values as JSON.",
        (".csv",),
        Form.LINES,
        mixed=False,
        separator=",",
    ),
    Format(
        "tsv",
        "TSV",
        "The same with tabs between columns.",
        (".tsv", ".tab"),
        Form.LINES,
        mixed=False,
        separator="\t",
    ),
    Format(
        "template",
        "text by a template",
        "A line of text by `template`: access logs, syslog, key=value.",
        (),
        Form.LINES,
        mixed=True,
    ),
    Format(
        "parquet",
        "Parquet",
        "Typed columns, compressed (zstd); readable when the run has ended.",
        (".parquet",),
        Form.FRAMES,
        mixed=False,
    ),
    Format(
        "arrow",
        "Arrow",
        "Typed columns as they are in memory: an Arrow IPC file (Feather 2); readable when the run has ended.",
        (".arrow", ".feather", ".ipc"),
        Form.FRAMES,
        mixed=False,
    ),
    Format(
        "avro",
        "Avro",
        "Avro records: a container file, or messages by themselves.",
        (".avro",),
        Form.RECORDS,
        mixed=False,
    ),
    Format(
        "protobuf",
        "Protobuf",
        "Protocol Buffers (proto3): a file of messages behind their lengths, or messages by themselves.",
        (".pb", ".binpb"),
        Form.RECORDS,
        mixed=False,
    ),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in _ALL}
"""By name, the default first."""

FORMATS_OF_FILES = tuple(FORMATS)
FORMATS_OF_STDOUT = tuple(name for name, each in FORMATS.items() if each.form is not Form.FRAMES)

COMPRESSIONS: Mapping[str, str] = {".gz": "gzip", ".zst": "zstd"}
"""The compression that the last suffix of a path asks for."""

_SUFFIXES: Mapping[str, str] = {suffix: each.name for each in _ALL for suffix in each.suffixes}


def format_of(path: str) -> str | None:
    """The format that a file's suffix stands for, or None.

    >>> format_of("out/{event}.csv")
    'csv'
    """
    inner = without_compression(path).lower()
    return next((name for suffix, name in _SUFFIXES.items() if inner.endswith(suffix)), None)


def without_compression(path: str) -> str:
    """A path without the suffix of a compression.

    >>> without_compression("out/{event}.jsonl.gz")
    'out/{event}.jsonl'
    """
    suffix = next((each for each in COMPRESSIONS if path.lower().endswith(each)), "")
    return path[: len(path) - len(suffix)]
