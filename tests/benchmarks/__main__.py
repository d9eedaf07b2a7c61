"""``python -m tests.benchmarks [--short] [--only NAME] [--rounds N] [--write FILE]``: measure, show, judge."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.measures import FULL, MEASURES, QUIET, SHORT
from tests.benchmarks.report import Bar, Row, as_markdown, on_terminal


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    options.add_argument("--short", action="store_true", help="a few minutes, with gates that noise cannot fail")
    options.add_argument("--only", choices=MEASURES, action="append", help="measure only this (repeatable)")
    options.add_argument("--rounds", type=int, help="interleaved rounds")
    options.add_argument("--write", type=Path, metavar="FILE", help="keep the result as Markdown")
    chosen = options.parse_args()
    size = SHORT if chosen.short else FULL
    if chosen.rounds:
        size = replace(size, rounds=chosen.rounds)

    rows: list[Row] = []
    bars: list[Bar] = []
    for name in chosen.only or (name for name in MEASURES if not (chosen.short and name in QUIET)):
        more_rows, more_bars = MEASURES[name](size, lambda words: print(words, file=sys.stderr, flush=True))
        rows += more_rows
        bars += more_bars
    print(on_terminal(rows, bars, short=chosen.short))
    if chosen.write:
        chosen.write.write_text(as_markdown(rows, bars, rounds=size.rounds))
    missed = [bar.what for bar in bars if not bar.reaches(bar.gate if chosen.short else bar.goal)]
    if missed:
        print(f"\nmissed: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
