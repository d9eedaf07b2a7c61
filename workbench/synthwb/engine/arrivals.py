"""When events happen: point processes in event time that can be entered anywhere.

Both processes here are random-access: the events of a window are a function of the window alone, so any stretch of the
stream can be made without what came before, and windows of any size give the same events.

**Poisson.** The plane of (time, intensity) is filled with a unit Poisson process and an event exists where its height
lies below the intensity (thinning: Lewis and Shedler 1979, "Simulation of nonhomogeneous Poisson processes by
thinning"). The plane is cut into layers whose heights are powers of two, each layer into cells of fixed length with 16
expected events. An event's identity is (layer, cell, index in the cell). Changing the rate moves the cut through the
plane: events below both rates stay, with their identity, time and every value drawn from it.

**Constant.** Event n comes at ``start + floor(n / rate)``; its identity is its time, so that the events which two
rates have in common are the same events.

Time is int64 microseconds. The layers use 2**20 microseconds as their unit, so that all cell lengths are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Protocol

import numpy as np

from synthwb.engine.draws import Bits, Ints, draw, key_of, mix

__all__ = ["ConstantArrivals", "PoissonArrivals", "Process"]

_UNIT = Fraction(2**20, 1_000_000)  # seconds per layer unit of time
_LOWEST = 20  # the bottom layer reaches up to 2**-20 events per unit: about one in twelve days
_CELL = 16  # expected events in a cell
_TOP = 45  # the highest layer: about 33 million events a second
_LAYER_BITS, _INDEX_BITS = np.uint64(6), np.uint64(7)


class Process(Protocol):
    """A random-access point process."""

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """Times and hashed identities of the events in ``[start, end)``, in the order of their identity."""
        ...


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
    """One layer of the plane: cells of ``2**shift`` microseconds; ``cut``: keep events whose height bits are below."""

    number: int
    shift: int
    cut: int  # 2**64 keeps all


def _layers(rate: Fraction) -> tuple[_Layer, ...]:
    """The layers below ``rate`` events per second, the topmost one cut where the rate ends."""
    height = rate * _UNIT
    layers: list[_Layer] = []
    base = Fraction(0)
    number = 0
    while base < height:
        if number > _TOP:
            raise ValueError(f"a rate of {float(rate):g} events per second is beyond what can be addressed")
        thickness = Fraction(1, 2**_LOWEST) if number == 0 else base
        shift = 44 if number == 0 else 45 - number
        share = min(Fraction(1), (height - base) / thickness)
        layers.append(_Layer(number, shift, int(share * 2**64)))
        base += thickness
        number += 1
    return tuple(layers)


class PoissonArrivals:
    """A Poisson process of constant ``rate`` (events per second of event time) under the name of its event type."""

    def __init__(self, seed: int, name: str, rate: Fraction) -> None:
        self._layers = _layers(rate)
        self._cell_key = key_of(seed, "arrivals", name, "cell")
        self._identity_key = key_of(seed, "arrivals", name, "identity")
        self._time_key = key_of(seed, "arrivals", name, "time")
        self._height_key = key_of(seed, "arrivals", name, "height")

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        if end <= start or not self._layers:
            return np.empty(0, np.int64), np.empty(0, np.uint64)
        cells, layers, shifts = self._cells(start, end)
        name = cells << (_LAYER_BITS + _INDEX_BITS) | layers
        counts = np.searchsorted(_COUNTS, draw(mix(name), self._cell_key), side="right")
        cell_of = np.repeat(np.arange(len(cells)), counts)
        index = np.arange(len(cell_of)) - np.repeat(np.cumsum(counts) - counts, counts)
        identity = name[cell_of] | index.astype(np.uint64) << _LAYER_BITS
        address = mix(identity, self._identity_key)
        shift = shifts[cell_of]
        offset = draw(address, self._time_key) >> (np.uint64(64) - shift)
        time = ((cells[cell_of] << shift) + offset).astype(np.int64)
        keep = (time >= start) & (time < end)
        top = self._layers[-1]
        if top.cut < 2**64:
            heights = draw(address, self._height_key)
            keep &= (layers[cell_of] != np.uint64(top.number)) | (heights < np.uint64(top.cut))
        return time[keep], address[keep]

    def _cells(self, start: int, end: int) -> tuple[Bits, Bits, Bits]:
        """Cell numbers, layer numbers and cell lengths (as shifts) of all cells that touch the window."""
        ranges = [(layer, start >> layer.shift, (end - 1 >> layer.shift) + 1) for layer in self._layers]
        sizes = [last - first for _, first, last in ranges]
        cells = np.concatenate([np.arange(first, last, dtype=np.int64) for _, first, last in ranges])
        layers = np.repeat(np.array([layer.number for layer in self._layers], np.uint64), sizes)
        shifts = np.repeat(np.array([layer.shift for layer in self._layers], np.uint64), sizes)
        return cells.astype(np.uint64), layers, shifts


class ConstantArrivals:
    """Events at equal distances from ``start`` on, ``rate`` per second of event time."""

    def __init__(self, seed: int, name: str, rate: Fraction, start: int) -> None:
        # 2**-40 microseconds finer than any rate that is written down, and its multiples stay within int64
        self._gap = (Fraction(1_000_000) / rate).limit_denominator(1 << 40) if rate else None
        self._start = start
        self._identity_key = key_of(seed, "arrivals", name, "identity")

    def between(self, start: int, end: int) -> tuple[Ints, Bits]:
        """See `Process.between`."""
        if self._gap is None or end <= max(start, self._start):
            return np.empty(0, np.int64), np.empty(0, np.uint64)
        step, parts = self._gap.numerator, self._gap.denominator
        first = -(-max(0, start - self._start) * parts // step)
        last = -(-(end - self._start) * parts // step)
        # time = floor(n * step / parts) without leaving int64: whole and fractional steps apart
        base, rest = divmod(first * step, parts)
        whole, fraction = divmod(step, parts)
        number = np.arange(last - first, dtype=np.int64)
        time = number * whole + (rest + number * fraction) // parts + (self._start + base)
        twin = number - np.searchsorted(time, time, side="left")
        identity = (time.astype(np.uint64) << np.uint64(12)) | twin.astype(np.uint64)
        return time, mix(identity, self._identity_key)
