"""An export: a bounded run into one target that a person has filled in, on any surface."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from synthwb.errors import UsageError
from synthwb.generators.plugins import chosen
from synthwb.runtime.words import size_text
from synthwb.scenario.delivery import address
from synthwb.scenario.destinations import Envelope
from synthwb.scenario.formats import FORMATS, format_of
from synthwb.sinks.registry import by_scheme, names, sink_class

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.runtime import Run, Stats
    from synthwb.scenario.destinations import SinkSpec
    from synthwb.scenario.model import Scenario

__all__ = [
    "Export",
    "Wish",
    "command_line",
    "forecast",
    "format_now",
    "formats",
    "in_document",
    "in_the_way",
    "parse_count",
    "sample",
    "spec_of",
    "standing",
    "start_export",
    "targets",
    "tested",
    "with_format",
]

_LOOKED_AT = 1000  # events from which the size of many is estimated
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://")

_UNITS = {"k": 1_000, "m": 1_000_000}
MOST = 10_000_000_000


def parse_count(text: str) -> int:
    """A number of events: ``1000``, ``10_000``, ``250k``, ``1M``. Raises UsageError with what may be typed."""
    words = text.strip().lower().replace("_", "").replace(",", "").replace(" ", "")
    factor = _UNITS.get(words[-1:], 1)
    digits = words[:-1] if factor > 1 else words
    try:
        count = round(float(digits) * factor) if "." in digits and factor > 1 else int(digits) * factor
    except ValueError:
        raise UsageError(f"{text.strip()!r} is not a number of events: type 1000, 250k or 1M") from None
    if not 0 < count <= MOST:
        raise UsageError("export at least one event, and ten thousand million at most")
    return count


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form says: a target as on the command line, how many events, and an envelope ("": the document's)."""

    to: str
    count: int
    envelope: str = ""

    @property
    def sink(self) -> str:
        """The name of the sink that the target means; ``file`` where it is no address that means another."""
        found = _SCHEME.match(self.to)
        declared = by_scheme(found[1]) if found else None
        return "file" if declared is None else declared.name


def command_line(source: str, wish: Wish, seed: int | None, begin: str = "") -> str:
    """The headless call that sends the same events; ``begin`` is the start in the place of the document's now."""
    words = ["synthwb", "run", source, "--to", wish.to, "--count", str(wish.count), "--rate", "max"]
    words += ["--set", f"envelope={wish.envelope}"] if wish.envelope else []
    if seed is not None:
        words += ["--seed", str(seed)]
    if begin:
        words += ["--from", begin]
    for plugin in chosen():
        words += ["--plugin", plugin]
    return shlex.join(words)


def in_the_way(wish: Wish, events: tuple[str, ...]) -> list[str]:
    """The files that an export would overwrite."""
    if wish.sink != "file":
        return []
    names = [wish.to.replace("{event}", event) for event in events] if "{event}" in wish.to else [wish.to]
    return [name for name in names if Path(name).expanduser().exists()]


def targets() -> tuple[str, ...]:
    """The kinds of targets that can be chosen."""
    return ("file", *names())


def sample(sink: str, name: str, *, several: bool) -> str:
    """A target of this kind to begin with, for a scenario of this name with one event type or ``several``."""
    declared = sink_class(sink)
    if declared is None:
        return f"{name}-{{event}}.jsonl" if several else f"{name}.jsonl"
    return declared.sample or f"{declared.schemes[0]}://" if declared.schemes else ""


def formats(sink: str) -> tuple[str, ...]:
    """The formats that a kind of target can carry."""
    declared = sink_class(sink)
    return declared.formats if declared is not None else tuple(name for name, form in FORMATS.items() if form.suffixes)


def format_now(to: str, sink: str) -> str:
    """The format that a target says, or its default."""
    declared = sink_class(sink)
    if declared is not None:
        said = dict(parse_qsl(urlsplit(to).query)).get("format", "")
        return said if said in declared.formats else declared.formats[0]
    return format_of(to) or "jsonl"


def with_format(to: str, sink: str, form: str) -> str:
    """The target, to be written in another format: a file by its suffix, an address by a parameter.

    >>> with_format("out/{event}.jsonl", "file", "csv")
    'out/{event}.csv'
    """
    declared = sink_class(sink)
    if declared is None:
        path = PurePath(to)
        return str(path.with_suffix(FORMATS[form].suffixes[0])) if path.name else to
    split = urlsplit(to)
    others = [each for each in split.query.split("&") if each and not each.startswith("format=")]
    said = [] if form == declared.formats[0] else [f"format={form}"]
    return split._replace(query="&".join([*others, *said])).geturl()


def spec_of(wish: Wish, scenario: Scenario) -> SinkSpec:
    """The sink that is wished for. Raises UsageError for a target that means nothing."""
    from synthwb.runtime import target

    spec = target(str(Path(wish.to).expanduser()) if wish.sink == "file" else wish.to, scenario)
    if spec.kind == "stdout":
        raise UsageError("standard output is this screen; name a file or an address")
    if not wish.envelope:
        return spec
    return replace(spec, envelope=Envelope(wish.envelope, zone=scenario.envelope.zone))


def in_document(wish: Wish) -> dict[str, Any]:
    """The same as an entry of ``sinks:``. Raises UsageError for an address that means no sink."""
    beside = {"envelope": wish.envelope} if wish.envelope else {}
    return {**(address(wish.to) or {"file": wish.to}), **beside}


@dataclass(frozen=True, slots=True)
class Export:
    """An export under way: the run, and where and how many clean events were asked for."""

    run: Run
    path: str
    count: int

    @property
    def share(self) -> float:
        """How much is done, in [0, 1]."""
        stats = self.run.stats()
        return min(1.0, stats.events / max(1, stats.expected or self.count))


def start_export(plan: Plan, wish: Wish) -> Export:
    """Begin to send ``count`` events flat out. Raises SynthwbError for a target that cannot take them."""
    from synthwb.runtime import Run, outputs

    spec = spec_of(wish, plan.scenario)
    run = Run(plan, outputs([spec], plan, bounded=True), limit=wish.count, watch=False)
    run.start()
    return Export(run, wish.to, wish.count)


def forecast(plan: Plan, wish: Wish) -> str:
    """What an export would send, without sending it. Raises SynthwbError for a target that cannot take it."""
    from synthwb.engine import sample as first
    from synthwb.runtime import outputs

    (output,) = outputs([spec_of(wish, plan.scenario)], plan, bounded=True)
    batch = first(plan, min(wish.count, _LOOKED_AT))
    size = sum(payload.size for payload in output.encode(batch))
    total = size * wish.count / max(1, len(batch))
    kinds = [f"{part.schema.event} {len(part) / max(1, len(batch)):.0%}" for part in batch.parts if len(part)]
    return f"{wish.count:,} events, about {size_text(round(total))}: {', '.join(kinds)}"


def tested(plan: Plan, wish: Wish) -> str:
    """Whether the target can be reached, in words. Raises SynthwbError where it cannot."""
    spec = spec_of(wish, plan.scenario)
    declared = sink_class(spec.kind)
    if declared is not None:
        return declared(spec.options).test()
    folder = Path(spec.path.replace("{event}", "event")).expanduser().resolve().parent
    if not os.access(folder, os.W_OK):
        missing = "does not exist" if not folder.exists() else "cannot be written to"
        raise UsageError(f"the folder {folder} {missing}")
    return f"{folder} can be written to"


def standing(stats: Stats) -> str:
    """How the destination stands, where it answers; what is wrong with it, if something is."""
    reports = [(sink, sink.report) for sink in stats.sinks if sink.report is not None]
    if not reports:
        return ""
    sink, report = reports[0]
    parts = [f"{sink.state}: {report.delivered:,} delivered"]
    counts = ((report.waiting, "waiting"), (report.dead, "dead letters"), (report.retries, "retries"))
    parts += [f"{number:,} {what}" for number, what in counts if number]
    parts += [report.trouble or report.error] if report.trouble or report.error else []
    return ", ".join(parts)
