"""Values that come again are functions of their address too: no batch, worker, window or edit elsewhere moves them."""

from __future__ import annotations

import polars as pl
import pytest

from synthwb.engine import Stream, compile_plan
from synthwb.scenario import loads

DOCUMENT = """
clock: {start: 2026-03-02T09:00}
entities:
  user:
    count: 300
    fields:
      name: {uuid: {}, repeat: 20%}
      city: {city: {}, cardinality: 12}
events:
  often:
    actor: user
    fields:
      token: {uuid: {}, repeat: 5%}
      user: actor.name
      n: {integer: {min: 0, max: 1000000}, repeat: 30%}
      m: {expr: "n + 0.5", repeat: 10%, nullable: 10%, missing: 20%}
      some: {template: "{user}/{m}", repeat: 60%, when: "n > 400000"}
      deep: {object: {a: {uuid: {}, repeat: 50%}, b: {expr: "a || '!'", repeat: 50%}}}
      mail: {email: {}, cardinality: {size: 30, pick: {zipf: {exponent: 1.1}}}}
  steady:
    fields: {token: {uuid: {}, repeat: 40%}, at: {timestamp: {}, repeat: 40%}}
  seldom:
    fields: {token: {uuid: {}, repeat: 40%}}
  gaps:
    fields: {token: {uuid: {}, repeat: 40%}}
  timed:
    fields: {token: {uuid: {}, repeat: 40%}}
arrivals:
  gaps: {process: renewal, gap: {exponential: {mean: 300ms}}}
  timed: {process: schedule, cron: "* * * * *", count: 3}
  often: 60/s
  steady: {process: constant, rate: 10/s}
  seldom: 20/min
"""


def _frames(text: str, *, seconds: int = 60, start: int | None = None, **how: int) -> dict[str, pl.DataFrame]:
    batches = list(Stream(compile_plan(loads(f"limit: {{for: {seconds}s}}\n{text}")), start=start, **how))
    names = {name for batch in batches for name in batch.frames}
    return {name: pl.concat([batch.frames[name] for batch in batches if name in batch.frames]) for name in names}


WHOLE = _frames(DOCUMENT)


@pytest.mark.parametrize("how", [{"batch": 7}, {"batch": 97}, {"batch": 1000, "workers": 2}, {"batch": 65_536}])
def test_batches_and_workers_change_nothing(how: dict[str, int]) -> None:
    made = _frames(DOCUMENT, **how)
    assert all(made[name].equals(frame) for name, frame in WHOLE.items())


def test_single_events_change_nothing() -> None:
    made = _frames(DOCUMENT, seconds=5, batch=1)
    assert all(made[name].equals(frame.head(made[name].height)) for name, frame in WHOLE.items() if name in made)
    assert made["often"].height > 200


@pytest.mark.parametrize("offset", [1, 1_234_567, 23_456_789, 50_000_000])
def test_a_window_computed_alone_equals_the_window_in_sequence(offset: int) -> None:
    start = 1_772_442_000_000_000 + offset
    alone = _frames(DOCUMENT, start=start, batch=50)
    for name, frame in WHOLE.items():
        later = frame.filter(pl.col("time").cast(pl.Int64) >= start)
        assert alone[name].equals(later) if later.height else name not in alone, name


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("token: {uuid: {}, repeat: 5%}", "token: {uuid: {}, repeat: 6%}", {"often.token"}),
        ("      token: {uuid: {}, repeat: 5%}\n", "", {"often.token"}),
        ("city: {city: {}, cardinality: 12}", "city: city", set()),
        ("size: 30", "size: 31", {"often.mail"}),
        ("seldom: 20/min", "seldom: 40/min", {"seldom"}),
        ("repeat: 60%, when", "when", {"often.some"}),
    ],
)
def test_an_edit_is_local(old: str, new: str, changed: set[str]) -> None:
    assert DOCUMENT.count(old) == 1
    after = _frames(DOCUMENT.replace(old, new))
    for name, frame in WHOLE.items():
        for column in frame.columns:
            if not {name, f"{name}.{column}"} & changed:
                assert after[name][column].equals(frame[column], null_equal=True), f"{name}.{column}"
