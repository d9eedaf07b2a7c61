"""The sinks that write files, one or many, as a destination describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from synthwb.errors import UsageError
from synthwb.scenario.formats import FORMATS, Form
from synthwb.scenario.rolling import compression_of, contradictions, is_cut, path_problem

if TYPE_CHECKING:
    from synthwb.scenario.model import SinkSpec
    from synthwb.sinks import Sink

__all__ = ["check_file", "file_sink"]


def check_file(spec: SinkSpec, shape: str) -> None:
    """Raises UsageError for what a file of this format cannot be."""
    for option, message in contradictions(spec.path, shape, spec.options):
        raise UsageError(f"sink {spec.name!r}, {option}: {message}")
    if is_cut(spec.path, spec.options) and (problem := path_problem(spec.path)) is not None:
        raise UsageError(f"sink {spec.name!r}: {problem[1]}")


def file_sink(spec: SinkSpec, shape: str) -> Sink:
    """The sink, not yet opened."""
    from synthwb.sinks.cutting import Rolling

    options = spec.options
    cut = is_cut(spec.path, options)
    every = options.get("roll_every")
    rolling = Rolling(options.get("roll_size"), every and round(every * 1_000_000), options.get("roll_count"))
    form = FORMATS[shape]
    if form.form is Form.FRAMES:
        from synthwb.sinks.cutparquet import CutParquetSink
        from synthwb.sinks.parquet import ParquetSink

        return CutParquetSink(spec.path, rolling, shape) if cut else ParquetSink(spec.path, shape)
    from synthwb.sinks import FileSink
    from synthwb.sinks.cutfiles import CutFileSink

    compression = compression_of(spec.path, options)
    if cut:
        return CutFileSink(spec.path, rolling, compression, quoted=bool(form.separator))
    return FileSink(spec.path, compression)
