"""The keys of imperfections and of the truth, declared once, like those in `synthwb.scenario.keys`."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.keys import Key
from synthwb.scenario.layers.model import HOWS

__all__ = ["IDS", "LAYER", "LAYERS", "TRUTH"]


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


_WINDOW = (
    Key("name", "text", "What the layer is called in the truth file; its kind without"),
    Key("events", "a list", "Only these events; all without"),
    Key("from", "a time", "From this event time on"),
    Key("until", "a time", "Until this event time"),
    Key("at", "a time", "The event time at which it begins, with for"),
    Key("for", "a duration", "How long it lasts from at on"),
)
_FIELDS = Key("fields", "a list", "Only these fields, such as [order_placed.coupon]; all that can be without")
_WHEN = Key(
    "when", "an expression", "Only records for which this holds, such as total > 100; it reads the clean record"
)
_SHARE = Key("rate", "a share", "How many of the records, such as 5%", required=True)
_COMPUTED = Key(
    "rate", "a share", 'How many of the values: 3%, or {expr: "total / 1000"} over the clean record', required=True
)

LAYER = _table(
    Key("late", "a mapping", "Records arrive some time after they happened"),
    Key("reorder", "a mapping", "Records arrive out of order, at most so much later"),
    Key("duplicate", "a mapping", "Records arrive again"),
    Key("drop", "a mapping", "Records never arrive"),
    Key("missing", "a mapping", "Keys of fields are not there"),
    Key("outlier", "a mapping", "Numbers are far from where they should be"),
    Key("skew", "a mapping", "The clocks of sources are wrong"),
    Key("corrupt", "a mapping", "Records are broken: values of a wrong type, or text that no reader takes"),
)
LAYERS: Mapping[str, Mapping[str, Key]] = {
    "late": _table(
        _SHARE,
        Key(
            "delay",
            "a duration or a law",
            "How much later, such as {exponential: {mean: 40s}, max: 10m}",
            required=True,
        ),
        *_WINDOW,
    ),
    "reorder": _table(
        _SHARE,
        Key("within", "a duration", "Up to how much later each of them arrives, evenly, such as 5s", required=True),
        *_WINDOW,
    ),
    "duplicate": _table(
        _SHARE,
        Key("after", "a duration or a law", "How much later each copy arrives, such as {uniform: {min: 0s, max: 30s}}"),
        Key("times", "a number or a law", "How many copies; 1 without"),
        Key("id", "same or new", "Whether a copy has the id of its original; same without"),
        *_WINDOW,
    ),
    "drop": _table(_SHARE, *_WINDOW),
    "missing": _table(_COMPUTED, _FIELDS, _WHEN, *_WINDOW),
    "outlier": _table(
        _COMPUTED,
        Key("factor", "a number or a law", "The value is multiplied by it"),
        Key("shift", "a number or a law", "It is added to the value"),
        Key("to", "a number or a law", "It takes the place of the value"),
        _FIELDS,
        _WHEN,
        *_WINDOW,
    ),
    "skew": _table(
        Key(
            "by", "actor or a field", "What has a clock of its own: actor, or a field such as device_id; actor without"
        ),
        Key("offset", "a duration or a law", "By how much a clock is ahead; behind, where it is below zero"),
        Key("drift", "a rate such as 50ppm", "How much too fast a clock goes: 50ppm, or a law of such numbers"),
        Key("rate", "a share", "How many of the clocks are wrong; all without"),
        *_WINDOW,
    ),
    "corrupt": _table(
        _SHARE,
        Key("how", "a list", f"The ways to break a record, one of them each time: {', '.join(HOWS)}", required=True),
        Key("fields", "a list", "For wrong_type and bad_timestamp: only these fields; all that can be without"),
        *_WINDOW,
    ),
}
"""The keys of each kind of layer."""

IDS = ("same", "new")
TRUTH = _table(Key("file", "a path", "Where every alteration is written, a line of JSON each", required=True))
