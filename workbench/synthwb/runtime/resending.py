"""Dead letters sent once more, to the sink that did not take them or to another."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TYPE_CHECKING

from synthwb.errors import SinkError, UsageError
from synthwb.runtime.outputs import apart, format_of, sink_of
from synthwb.scenario.formats import FORMATS, Form
from synthwb.scenario.rolling import is_cut
from synthwb.sinks.dead import DeadLetter, read_dead_letters
from synthwb.sinks.protocol import SinkInfo
from synthwb.sinks.registry import DeclaredSink, Takes, sink_class

if TYPE_CHECKING:
    from synthwb.scenario.destinations import SinkSpec
    from synthwb.sinks.messages import Messages

__all__ = ["Resent", "resend"]

_AT_ONCE = 1000  # letters handed over together


@dataclass(frozen=True, slots=True)
class Resent:
    """How many letters there were, and how many of them were refused again (they are in the file now)."""

    letters: int
    refused: int


def resend(path: str, spec: SinkSpec, watch: Callable[[int], None] = lambda done: None) -> Resent:
    """Send the letters of a file to a sink; ``watch`` is told how many were handed over.

    Whatever happens, the file holds at least the letters that were not delivered: it is replaced only when all have
    been, or have been refused again. Raises UsageError for a sink that cannot take them, SinkError.
    """
    letters = [letter for _, letter in read_dead_letters(path)]
    again = f"{path}.again"
    form = spec.format or ("jsonl" if spec.kind == "stdout" else format_of(spec.path))
    declared = sink_class(spec.kind)
    takes = Takes.LINES if declared is None else declared.takes(spec.options, form)
    if declared is None and is_cut(spec.path, spec.options):
        raise UsageError(
            f"{spec.name}: dead letters do not say when they happened, and this is cut by time; name a file"
        )
    if takes is Takes.FRAMES or (takes is Takes.LINES and FORMATS[form].form is not Form.LINES):
        raise UsageError(f"{spec.name}: dead letters are encoded records, and this takes tables; choose another target")
    by_event = takes is not Takes.MESSAGES and apart(spec)
    if by_event and not all(letter.event for letter in letters):
        raise UsageError(f"{spec.name}: some letters of {path} do not say their event; name a target without {{event}}")
    names = tuple(dict.fromkeys(letter.event for letter in letters)) if by_event else ("",)
    if os.path.exists(again):
        os.unlink(again)
    sink = sink_of(spec, form)
    headers = dict.fromkeys(names, b"")
    sink.open(SinkInfo(bounded=False, headers=headers, name=spec.name, dead_letters=again, format=form))
    done = 0
    try:
        for some in _batches(letters):
            if takes is Takes.MESSAGES:
                sink.write("", _messages(some), len(some))
            else:
                for event, alike in groupby(some, key=lambda letter: letter.event if by_event else ""):
                    texts = [letter.value or b"" for letter in alike]
                    sink.write(event, b"\n".join(texts) + b"\n", len(texts))
            done += len(some)
            watch(done)
        sink.close(commit=True)
    except SinkError:
        sink.close(commit=False)
        if os.path.exists(again):
            os.unlink(again)
        raise
    refused = sink.report().dead if isinstance(sink, DeclaredSink) else 0
    if refused:
        os.replace(again, path)
    else:
        os.unlink(path)
    return Resent(len(letters), refused)


def _batches(letters: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    left = iter(letters)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _messages(letters: Sequence[DeadLetter]) -> Messages:
    """The letters as messages; when they happened is not known any more."""
    import numpy as np
    import polars as pl

    from synthwb.sinks.messages import Messages

    names = tuple(dict.fromkeys(letter.event for letter in letters))
    keys = pl.Series([letter.key for letter in letters], dtype=pl.String)
    return Messages(
        values=[letter.value for letter in letters],
        events=names,
        kinds=np.array([names.index(letter.event) for letter in letters], np.uint16),
        ids=pl.Series([letter.id for letter in letters], dtype=pl.String),
        times=np.zeros(len(letters), np.int64),
        keys=keys if keys.null_count() < len(keys) else None,
    )
