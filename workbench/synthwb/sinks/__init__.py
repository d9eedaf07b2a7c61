"""Destinations: where encoded events go. They know bytes, frames and files, and nothing of scenarios or engines.

`ParquetSink` stands in `synthwb.sinks.parquet`, so that text sinks load without Polars.
"""

from __future__ import annotations

from synthwb.sinks.file import FileSink
from synthwb.sinks.protocol import Mark, Sink, SinkInfo, from_environment
from synthwb.sinks.stdout import StdoutSink

__all__ = ["FileSink", "Mark", "Sink", "SinkInfo", "StdoutSink", "from_environment"]
