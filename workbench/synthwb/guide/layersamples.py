"""An example of the value of each key of an imperfection, and of the truth."""

from __future__ import annotations

from collections.abc import Mapping

from synthwb.scenario.layers.keys import LAYER

__all__ = ["LAYER_VALUES"]

_WINDOW = {
    "name": "bad-network",
    "events": "[page_viewed]",
    "from": "+1d",
    "until": "+2d 12:00",
    "at": "+4d 18:00",
    "for": "20m",
}
_OWN: Mapping[str, Mapping[str, str]] = {
    "late": {"rate": "5%", "delay": "{exponential: {mean: 40s}, max: 10m}"},
    "reorder": {"rate": "10%", "within": "5s"},
    "duplicate": {"rate": "2%", "after": "{uniform: {min: 0s, max: 30s}}", "times": "2", "id": "new"},
    "drop": {"rate": "1%"},
    "missing": {"rate": '{expr: "total / 100"}', "fields": "[page_viewed.page]", "when": "total > 20"},
    "outlier": {
        "rate": "0.5%",
        "factor": "10",
        "shift": "{normal: {mean: 0, std: 100}}",
        "to": "9999",
        "fields": "[page_viewed.total]",
        "when": "total > 20",
    },
    "skew": {"by": "user_id", "offset": "{normal: {mean: 0s, std: 2s}}", "drift": "50ppm", "rate": "20%"},
    "corrupt": {"rate": "0.2%", "how": "[truncate, wrong_type, bad_timestamp]", "fields": "[page_viewed.total]"},
}

LAYER_VALUES: Mapping[str, Mapping[str, str]] = {
    "imperfection": {
        "late": "{rate: 5%, delay: {exponential: {mean: 40s}, max: 10m}}",
        "reorder": "{rate: 10%, within: 5s}",
        "duplicate": "{rate: 2%, after: {uniform: {min: 0s, max: 30s}}}",
        "drop": "{rate: 1%}",
        "missing": "{rate: 3%, fields: [page_viewed.page]}",
        "outlier": "{rate: 0.5%, factor: 10, fields: [page_viewed.total]}",
        "skew": "{by: user_id, offset: {normal: {mean: 0s, std: 2s}}, drift: 50ppm}",
        "corrupt": "{rate: 0.2%, how: [truncate, wrong_type, bad_timestamp]}",
    },
    **{kind: {**_OWN[kind], **_WINDOW} for kind in LAYER},
    "truth": {"file": "out/truth.jsonl"},
}
"""By block, then by key: what may stand after the colon."""
