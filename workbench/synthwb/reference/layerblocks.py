"""What the reference says of imperfections and of the truth, by block."""

from __future__ import annotations

__all__ = ["LAYER_BLOCKS"]

LAYER_BLOCKS: dict[str, tuple[tuple[str, ...], str]] = {
    "imperfection": (
        ("imperfections",),
        "A layer over the clean stream; layers work in the order of the document. Each hits records, or values, by "
        "draws "
        "of its own: a layer more or less changes nothing of what the others do. What they read is the clean record. "
        "A layer is known by its `name`, or by its kind with the events and fields that are written in it; give names "
        "to layers that are alike.",
    ),
    "late": (
        ("late",),
        "Records that arrive late: when they happened stays as it is, when they are delivered is `delay` later. The "
        "delay must have an end, for all that waits is held in memory. Late records that are due after the end of the "
        "stream still come.",
    ),
    "reorder": (("reorder",), "Records that others overtake: each that is hit comes evenly up to `within` later."),
    "duplicate": (
        ("duplicate",),
        "Records that come again, `after` the original arrived: the same fields, and the same id unless `id: new`. "
        "Layers that follow treat each copy by itself.",
    ),
    "drop": (("drop",), "Records that never arrive; the truth keeps them whole."),
    "missing": (
        ("missing",),
        "Keys of fields that are not there. At a fixed `rate` they are missing completely at random; where `rate` or "
        "`when` read other fields, at random; where they read the field itself, not at random.",
    ),
    "outlier": (
        ("outlier",),
        "Numbers that are far off: multiplied by `factor`, moved by `shift`, or replaced by `to`. Whole numbers stay "
        "whole.",
    ),
    "skew": (
        ("skew",),
        "Clocks that are wrong, one for each value of `by`: a clock shows t + offset + drift * (t - start). It alters "
        "the time in the envelope and fields that hold it (`timestamp`, `event.time`), but not when a record arrives.",
    ),
    "corrupt": (
        ("corrupt",),
        "Records that are broken, each in one of the ways of `how`. `wrong_type`: one value has another type (12.5 as "
        '`"12.5"`, a text as a number, an object as `"[object Object]"`); in Parquet, which cannot hold it, it is '
        "null. `bad_timestamp`: a time that no calendar has. `truncate`, `bad_utf8`, `empty` and `duplicated_key` "
        "break the text of the whole record, after all other layers, and are refused where Parquet is written; in CSV, "
        "which has no keys, the first cell comes twice.",
    ),
    "truth": (
        ("truth",),
        "The file of answers: a line of JSON for everything that imperfections did, enough to undo it. The first line "
        "says what made the stream. A line has the `kind` and the name of the `layer`, the `event`, `id` and `time` of "
        "the clean record, its `number` in the output and its number in the `clean` stream (both from 0), and `delay` "
        "(seconds), or `path`, `original` and `value`, or the whole `record` that was dropped. Without it, `synthwb "
        "run --truth FILE` writes one.",
    ),
}
"""The blocks by name: the keys under which they stand, and what they are."""
