"""The keys of pacing."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.keys import Key

__all__ = ["ON_LAG", "PACING", "PACING_BURST"]


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


PACING = _table(
    Key("rate", "a rate", "How many per second of wall time, such as 500/s", required=True),
    Key("ramp", "a duration", "How long the rate takes to build up"),
    Key("burst", "a mapping", "Another rate that comes again and again for a while"),
    Key(
        "on_lag",
        "report, catch_up or skip",
        "What is late goes at no more than twice the rate (as without), or as fast as it can, or (later than max_lag) "
        "into the dead letters",
    ),
    Key("max_lag", "a duration", "on_lag: skip: how late an event may be and still be sent; 1s without"),
)
PACING_BURST = _table(
    Key("rate", "a rate", "How many per second of wall time while it lasts", required=True),
    Key("every", "a duration", "How long from the end of one to the end of the next, the ramp left out", required=True),
    Key("for", "a duration", "How long it lasts", required=True),
)
ON_LAG = ("report", "catch_up", "skip")
