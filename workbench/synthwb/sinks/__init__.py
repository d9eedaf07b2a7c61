"""Destinations: where encoded events go. They know bytes, frames and files, and nothing of scenarios or engines.

`ParquetSink` stands in `synthwb.sinks.parquet`, so that text sinks load without Polars. A destination of one's own is a
`DeclaredSink`: see CONTRIBUTING.
"""

from __future__ import annotations

from synthwb.sinks.file import FileSink
from synthwb.sinks.protocol import Mark, Sink, SinkInfo, from_environment
from synthwb.sinks.registry import REQUIRED, DeclaredSink, Option, OptionKind, Takes, register_sink
from synthwb.sinks.report import SinkReport
from synthwb.sinks.stdout import StdoutSink

__all__ = [
    "REQUIRED",
    "DeclaredSink",
    "FileSink",
    "Mark",
    "Option",
    "OptionKind",
    "Sink",
    "SinkInfo",
    "SinkReport",
    "StdoutSink",
    "Takes",
    "from_environment",
    "register_sink",
]
