"""Poisson arrivals that can be entered anywhere.

The plane of (time, intensity) is filled with a unit Poisson process and an event exists where its height lies below
the intensity (thinning: Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson processes by thinning"). The
plane is cut into layers whose heights are powers of two, each layer into cells of fixed length with 16 expected
events. An event's identity is (layer, cell, index in the cell). Changing the rate, or what shapes it, moves the cut
through the plane: events below both intensities stay, with their identity, time and every value drawn from it.

A cell of one layer is two of the next, which is twice as high. So the cells that the intensity reaches are found from
the bottom up, and a burst of a thousand times the rate costs what its own events cost.

Time is int64 microseconds. The layers use 2**20 microseconds as their unit, so that all cell lengths are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from synthwb.engine.arrivals.intensity import Intensity
from synthwb.engine.arrivals.staircase import Staircase
from synthwb.engine.draws import Bits, Floats, Ints, draw, key_of, mix, unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PoissonArrivals"]

_UNIT = Fraction(2**20, 1_000_000)  # seconds per layer unit of time
_LOWEST = 20  # the bottom layer reaches up to 2**-20 events per unit: about one in twelve days
_CELL = 16  # expected events in a cell
_TOP = 45  # the highest layer: about 33 million events a second
_LAYER_BITS, _INDEX_BITS = np.uint64(6), np.uint64(7)


def _poisson_thresholds(mean: int) -> Bits:
    """Thresholds on 64 random bits: the count is how many thresholds the bits reach. Exact to 2**-64."""
    with localcontext() as context:
        context.prec = 60
        term = (-Decimal(mean)).exp()
        total, found = Decimal(0), []
        for count in range(1, 2 ** int(_INDEX_BITS)):
            total += term
            threshold = int(total * 2**64)
            if threshold >= 2**64 - 1:
                break
            found.append(threshold)
            term = term * mean / count
    return np.array(found, np.uint64)


_COUNTS = _poisson_thresholds(_CELL)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One layer of the plane, from ``base`` to ``top`` events per unit: cells of ``2**shift`` microseconds."""

    number: int
    shift: int
    base: float
    top: float


_LAYERS = tuple(
    _Layer(n, 45 - max(n, 1), 0.0 if n == 0 else 2.0 ** (n - 1 - _LOWEST), 2.0 ** (n - _LOWEST))
    for n in range(_TOP + 1)
)
_HIGHEST = _LAYERS[-1].top
_BASES = np.array([layer.base for layer in _LAYERS])
_SCALES = np.array([1.0 / (layer.top - layer.base) for layer in _LAYERS])  # powers of two: multiplying is exact
_SHIFTS = np.array([layer.shift for layer in _LAYERS], np.uint64)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells that the intensity reaches, layer by layer: ``number`` and ``layer`` of each.

    The last ``len(low)`` of them may stand out above the intensity, whose bounds over each are ``low`` and ``high``.
    """

    number: Ints
    layer: Ints
    low: Floats
    high: Floats


class PoissonArrivals:
    """A Poisson process of this intensity (or of a constant rate per second) under the name of its event type.

    Raises ValueError for a rate beyond what can be addressed. Where a shape goes beyond, the intensity is cut off.
    """

    def __init__(self, seed: int, name: str, intensity: Intensity | Fraction) -> None:
        self._intensity = intensity if isinstance(intensity, Intensity) else Intensity(intensity)
        self._height = float(self._intensity.rate * _UNIT)
        if self._height > _HIGHEST:
            rate = float(self._intensity.rate)
            raise ValueError(f"a rate of {rate:g} events per second is beyond what can be addressed")
        self._cell_key = key_of(seed, "arrivals", name, "cell")
        self._identity_key = key_of(seed, "arrivals", name, "identity")
        self._time_key = key_of(seed, "arrivals", name, "time")
        self._height_key = key_of(seed, "arrivals", name, "height")

    @property
    def end(self) -> int | None:
        """See `Process.end`."""
        return self._intensity.end

    def expected(self, start: int, end: int) -> float:
        """See `Process.expected`."""
        return self._intensity.expected(start, end)

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        found = [self._piece(a, b) for a, b in self._intensity.pieces(start, end)] if start < end else []
        if len(found) == 1:
            return found[0]
        times = [np.empty(0, np.int64), *(time for time, _ in found)]
        return np.concatenate(times), np.concatenate([np.empty(0, np.uint64), *(address for _, address in found)])

    def _piece(self, start: int, end: int) -> tuple[Ints, Bits]:
        """The events of one piece of the intensity."""
        stairs = self._intensity.stairs(start, end).scaled(self._height)
        if not stairs.values.any():
            return np.empty(0, np.int64), np.empty(0, np.uint64)
        cells = _cells(stairs, start, end)
        name = cells.number.astype(np.uint64) << (_LAYER_BITS + _INDEX_BITS) | cells.layer.astype(np.uint64)
        counts = np.searchsorted(_COUNTS, draw(mix(name), self._cell_key), side="right")
        cell_of = np.repeat(np.arange(len(counts)), counts)
        index = np.arange(len(cell_of)) - np.repeat(np.cumsum(counts) - counts, counts)
        identity = name[cell_of] | index.astype(np.uint64) << _LAYER_BITS
        address = mix(identity, self._identity_key)
        shift = _SHIFTS[cells.layer]
        offset = draw(address, self._time_key) >> (np.uint64(64) - shift)[cell_of]
        time = (cells.number << shift.astype(np.int64))[cell_of] + offset.astype(np.int64)
        keep = (time >= start) & (time < end)
        self._thin(keep, cells, cell_of, stairs, time, address)
        return time[keep], address[keep]

    def _thin(
        self, keep: NDArray[np.bool_], cells: _Cells, cell_of: Ints, stairs: Staircase, time: Ints, address: Bits
    ) -> None:
        """Drop what lies above the intensity."""
        firm = len(cells.number) - len(cells.low)
        row = int(np.searchsorted(cell_of, firm, side="left"))  # of the first event that may lie above
        cell = cell_of[row:] - firm
        base, scale = _BASES[cells.layer[firm:]], _SCALES[cells.layer[firm:]]
        height = unit(draw(address[row:], self._height_key))
        below = height < ((cells.low - base) * scale)[cell]
        # only what lies between the least and the greatest intensity of its cell needs the intensity at its time
        between = np.flatnonzero(keep[row:] & ~below & (height < ((cells.high - base) * scale)[cell]))
        if len(between):
            there = cell[between]
            share = (stairs.at(time[row:][between]) - base[there]) * scale[there]
            below[between] = height[between] < share
        keep[row:] &= below


def _cells(stairs: Staircase, start: int, end: int) -> _Cells:
    """The cells of all layers that the intensity reaches in ``[start, end)``."""
    low, high = float(stairs.values.min()), float(stairs.values.max())
    numbers: list[Ints] = []
    layers: list[int] = []
    lows, highs = [np.empty(0)], [np.empty(0)]
    for layer in _LAYERS:
        if layer.base >= high:
            break
        first, last = start >> layer.shift, (end - 1) >> layer.shift
        if layer.base <= low:
            cells = np.arange(first, last + 1, dtype=np.int64)
        else:
            cells = _children(numbers[-1], _LAYERS[layer.number - 1].shift - layer.shift, first, last)
        if layer.top > low:
            begin = np.maximum(cells << layer.shift, start)
            least, most = stairs.bounds(begin, np.minimum(cells + 1 << layer.shift, end))
            reached = most > layer.base
            cells = cells[reached]
            lows.append(least[reached])
            highs.append(most[reached])
        numbers.append(cells)
        layers.append(layer.number)
    layer_of = np.repeat(np.array(layers, np.int64), [len(each) for each in numbers])
    return _Cells(np.concatenate(numbers), layer_of, np.concatenate(lows), np.concatenate(highs))


def _children(cells: Ints, halvings: int, first: int, last: int) -> Ints:
    """The cells of the next layer, from ``first`` to ``last``, that lie in these cells."""
    if halvings == 0:
        return cells
    both = np.repeat(cells << 1, 2)
    both[1::2] += 1
    return both[(both >= first) & (both <= last)]
