"""Options of the command line that stand at more than one verb, or belong together."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = [
    "CheckpointOption",
    "FromOption",
    "LagOption",
    "LiveOption",
    "PluginOption",
    "RateOption",
    "ResumeOption",
    "SaveOption",
    "SeedOption",
    "SetOption",
    "SpeedOption",
    "StateOption",
    "TargetOption",
]

SeedOption = Annotated[int | None, typer.Option("--seed", min=0, metavar="N", help="Instead of the document's seed.")]
SaveOption = Annotated[
    str | None,
    typer.Option(
        "--save-entities",
        metavar="DIR",
        help="Write each population to DIR/NAME.parquet first; `from: DIR/NAME.parquet` reads it back.",
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the document for this run. Repeatable."),
]
PluginOption = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin", metavar="FILE.py|MODULE", help="Load generators and sinks from a file or a module. Repeatable."
    ),
]
RateOption = Annotated[
    str | None,
    typer.Option("--rate", metavar="RATE", help="Deliver at 500/s, 120/min, or max (as fast as it can)."),
]
LagOption = Annotated[
    str | None,
    typer.Option("--on-lag", metavar="WORD", help="What becomes of events that are late: report, catch_up or skip."),
]
SpeedOption = Annotated[
    str | None, typer.Option("--speed", metavar="FACTOR", help="Deliver event time at 60x: an hour a minute.")
]
LiveOption = Annotated[
    bool,
    typer.Option("--live", help="Deliver each event at its time on the clock. Begins now; earlier ones come at once."),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from", metavar="TIME", help="Begin at 2026-03-02T09:00, at now, or at now-7d, instead of clock.start."
    ),
]
TargetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--to",
        metavar="TARGET",
        help="- (stdout), a file such as out/{event}.jsonl (.jsonl, .ndjson, .json, .csv, .parquet), an address such "
        "as https://host/path?batch=500, or @NAME of a sink in the document. Repeatable. Default: the document's "
        "sinks, else stdout.",
    ),
]
StateOption = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="PLACE",
        help="Save the run as it goes, in an SQLite file (run.db) or a URL of SQLAlchemy; PLACE#NAME tells runs apart.",
    ),
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the run that is saved in --state; where none is, begin.")
]
CheckpointOption = Annotated[
    str | None, typer.Option("--checkpoint", metavar="DURATION", help="Save every so often. Default: 5s.")
]
