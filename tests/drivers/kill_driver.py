"""Runs that are killed: real processes, ended by real signals at moments that a seed chooses.

A process begins where everything is imported already (a fork server), so that a life of half a second is mostly run.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

__all__ = ["SHOP", "begun", "ended", "killed", "live", "said"]

PRELOADED = ["synthwb.cli", "synthwb.commands.run", "synthwb.engine", "synthwb.runtime", "synthwb.encode"]
PRELOADED += ["synthwb.sinks.parquet", "faker", "sqlalchemy", "sqlalchemy.dialects.sqlite"]

SHOP = """
seed: 11
clock: {start: 2026-03-02T00:00, end: +40m}
entities:
  user:
    count: 60
    fields: {user_id: uuid, balance: {uniform: {min: 50, max: 500}, round: 2}}
    activity: {zipf: {exponent: 1.1}}
  product: {count: 40, fields: {sku: {pattern: "SKU-####"}, price: {lognormal: {median: 25, sigma: 0.7}, round: 2}}}
events:
  page_viewed:
    actor: user
    fields: {user_id: actor.user_id, session_id: session.id, page: state.name, items: session.items, note: {const: "é"}}
  order_placed:
    actor: user
    refs: {item: product}
    fields: {sku: item.sku, total: {expr: "round(item.price * 2, 2)"}, balance: actor.balance, n: sequence}
  beat: {fields: {n: {integer: {min: 1, max: 6}}}}
  spark: {fields: {n: {integer: {min: 1, max: 6}}}}
flows:
  visit:
    actor: user
    session: {gap: 2m, max: 15m}
    set: {session.items: 0}
    states:
      landing: {emit: page_viewed, dwell: {lognormal: {median: 12s, sigma: 0.8}}, next: {cart: 62, exit: 38}}
      cart:
        emit: page_viewed
        set: {session.items: {expr: "session.items + 1"}}
        dwell: {lognormal: {median: 40s, sigma: 0.7}}
        next: {paid: {weight: 45, when: "actor.balance > 60"}, cart: 25, exit: 30}
      paid:
        emit: [order_placed, page_viewed]
        set: {actor.balance: {expr: "actor.balance - order_placed.total"}}
        next: exit
arrivals:
  visit: {rate: 40/min, concurrency: 30}
  beat: {process: renewal, gap: {exponential: {mean: 4s}}}
  spark: {process: hawkes, rate: 5/min, branching: 0.5, decay: 20s}
imperfections:
  - late: {rate: 10%, delay: {exponential: {mean: 40s}, max: 10m}}
  - duplicate: {rate: 4%, after: {uniform: {min: 0s, max: 30s}}}
  - drop: {rate: 3%}
  - missing: {rate: 5%, fields: [order_placed.sku]}
truth: {file: truth.jsonl}
checks:
  - {unique: order_placed.n}
  - {field: beat.n, between: [1, 6]}
"""


def live(words: Sequence[str], folder: str, errors: str) -> None:
    """The whole life of one process: ``synthwb WORDS`` in a folder, what it says in a file."""
    os.chdir(folder)
    place = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(place, 2)
    from synthwb.cli import main

    sys.exit(main(list(words)))


def begun(folder: Path, *words: object) -> ForkServerProcess:
    """A process of its own that runs ``synthwb WORDS``."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    process = context.Process(target=live, args=([str(word) for word in words], str(folder), str(folder / "said.txt")))
    process.start()
    return process


def said(folder: Path) -> str:
    """What the last process said."""
    return (folder / "said.txt").read_text(encoding="utf-8")


def killed(folder: Path, times: int, seed: int, *words: object) -> None:
    """Run ``synthwb run WORDS`` again and again, and kill it so many times, each at another moment.

    Most die while they deliver, some of them before that.
    """
    chance = random.Random(seed)
    for _ in range(times):
        before = _sizes(folder)
        process = begun(folder, "run", *words, "--resume")
        if chance.random() < 0.8:
            deadline = time.monotonic() + 60
            while _sizes(folder) == before and process.is_alive() and time.monotonic() < deadline:
                time.sleep(0.005)
        time.sleep(chance.uniform(0.0, 0.4))
        assert process.is_alive(), said(folder)
        process.kill()
        process.join(30)
        assert process.exitcode == -signal.SIGKILL
        process.close()


def _sizes(folder: Path) -> dict[str, int]:
    """How large the files are that are written to."""
    found = {}
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            if path.is_file() and not path.name.startswith(("run.db", "said")):
                found[str(path)] = path.stat().st_size
    return found


def ended(folder: Path, *words: object) -> int:
    """The exit code of ``synthwb run WORDS``."""
    process = begun(folder, "run", *words)
    process.join(200)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join(30)
    assert code is not None, "it does not end"
    process.close()
    return code
