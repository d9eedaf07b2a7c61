"""Binds a method of Faker: in one locale, or in one of several that is drawn for each row."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from synthwb.engine.block import Block, Draw, Site
from synthwb.engine.columns import Column
from synthwb.engine.draws import key_of
from synthwb.engine.laws.discrete import Table, thresholds
from synthwb.engine.text.provider import Refused, Request, wording_of
from synthwb.engine.text.wording import Wording
from synthwb.errors import ScenarioError
from synthwb.scenario.diagnostics import Diagnostic, Severity

if TYPE_CHECKING:
    from synthwb.scenario.model import Call

__all__ = ["drawn"]


def drawn(
    locales: Sequence[tuple[str, Fraction]],
    method: str,
    args: str,
    shape: str,
    pool: int | None,
    call: Call,
    site: Site,
) -> Draw:
    """The values of a method in one of these locales, which have weights.

    ``args`` and ``shape`` are JSON. The locale of a row is the same for all fields of the row that draw from the same
    locales. Raises ScenarioError where Faker refuses the arguments.
    """
    try:
        wordings = [
            wording_of(Request(locale, method, args, shape, pool), site.seed, site.clock.start, site.clock.zone)
            for locale, _ in locales
        ]
    except Refused as error:
        message = f"Faker's {method} refuses: {error}"
        problem = Diagnostic(Severity.ERROR, "faker", message, call.span, site.path, "mend its arguments")
        raise ScenarioError([problem]) from error
    keys = [site.key(str(number) if number else "") for number in range(max(each.draws for each in wordings))]
    if len(wordings) == 1:
        (wording,) = wordings
        return lambda block: wording.column([block.bits(key) for key in keys])
    return _by_row(wordings, Table(thresholds([weight for _, weight in locales])), keys, site)


def _by_row(wordings: Sequence[Wording], law: Table, keys: Sequence[int], site: Site) -> Draw:
    owner = site.path.partition(".")[0]
    which = key_of(site.seed, owner, "locale")

    def draw(block: Block) -> Column:
        chosen = law(block.bits(which))
        bits = [block.bits(key) for key in keys]
        pieces, places = [], []
        for number, wording in enumerate(wordings):
            rows = np.flatnonzero(chosen == number)
            column = wording.column([array[rows] for array in bits[: wording.draws]])
            pieces.append(column)
            places.append(rows)
        back = np.empty(len(block), np.uint32)
        back[np.concatenate(places)] = np.arange(len(block), dtype=np.uint32)
        whole = pl.concat([piece.series() for piece in pieces])
        return Column.of(whole[pl.Series(back)], ascii_safe=all(piece.ascii_safe for piece in pieces))

    return draw
