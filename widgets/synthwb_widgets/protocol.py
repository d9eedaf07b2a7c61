"""What page and kernel say to each other: the only place that knows the names and shapes of messages.

Page to kernel: ``hello`` (a view appeared), ``poll`` (a frame is due), ``ack`` (a frame was drawn), ``edit``,
``complete``, ``select``, ``start``, ``pause``, ``stop``, ``set``. Kernel to page: ``frame``, a whole snapshot of one
panel, never a delta, so that losing one is harmless; ``completion``, the answer to ``complete`` of the same number.

Nothing from the page is believed: every value is checked for type and range before anything else sees it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

__all__ = [
    "LONGEST",
    "VERSION",
    "Ack",
    "Command",
    "Complete",
    "Edit",
    "Hello",
    "Pause",
    "Poll",
    "ProtocolError",
    "Select",
    "SetRate",
    "Start",
    "Stop",
    "completion",
    "frame",
    "read",
]

VERSION = 1
LONGEST = 2_000_000  # characters of a document that a page may send
_NAME = 512  # characters of any name
_WHOLE = 2**53  # JavaScript counts exactly up to here


class ProtocolError(ValueError):
    """A message of a known type whose content is out of order."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A view appeared and has drawn nothing yet."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A view waits for a frame that did not come: answer from the thread that reads this."""


@dataclass(frozen=True, slots=True)
class Ack:
    """The frame ``seq`` is on the screen."""

    seq: int


@dataclass(frozen=True, slots=True)
class Start:
    """Start, or go on after a pause."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the run."""


@dataclass(frozen=True, slots=True)
class Stop:
    """End the run."""


@dataclass(frozen=True, slots=True)
class SetRate:
    """Deliver so many events per second; None: as fast as it can."""

    rate: float | None


@dataclass(frozen=True, slots=True)
class Edit:
    """The document as the view ``client`` has it now; ``version`` counts the changes made there."""

    client: str
    version: int
    text: str


@dataclass(frozen=True, slots=True)
class Complete:
    """What may be written at ``offset`` (in characters) of this text? ``number`` comes back with the answer."""

    number: int
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Select:
    """Look at this event type, or at this field, or at what else a panel offers."""

    event: str | None = None
    field: str | None = None
    choice: str | None = None


Command: TypeAlias = Hello | Poll | Ack | Start | Pause | Stop | SetRate | Edit | Complete | Select


def read(content: object) -> Command | None:
    """The command in a message; None for a type that this version does not know.

    Raises ProtocolError for a known type with a missing value, or one of the wrong type or range.
    """
    if not isinstance(content, Mapping) or not isinstance(content.get("type"), str):
        raise ProtocolError("a message is a mapping with a type")
    reader = _READERS.get(content["type"])
    return None if reader is None else reader(content)


def frame(seq: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """A frame, ready to be sent: ``body`` with the protocol's version and its number."""
    return {"type": "frame", "v": VERSION, "seq": seq, **body}


def completion(number: int, body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to `Complete`, ready to be sent."""
    return {"type": "completion", "v": VERSION, "number": number, **body}


def _whole(content: Mapping[str, Any], name: str) -> int:
    value = content.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _WHOLE:
        raise ProtocolError(f"{name} is a whole number from 0, not {value!r:.80}")
    return value


def _text(content: Mapping[str, Any], name: str, longest: int) -> str:
    value = content.get(name)
    if not isinstance(value, str):
        raise ProtocolError(f"{name} is text, not {type(value).__name__}")
    if len(value) > longest:
        raise ProtocolError(f"{name} has {len(value):,} characters; at most {longest:,} are taken")
    return value


def _ack(content: Mapping[str, Any]) -> Ack:
    return Ack(_whole(content, "seq"))


def _edit(content: Mapping[str, Any]) -> Edit:
    return Edit(_text(content, "client", _NAME), _whole(content, "version"), _text(content, "text", LONGEST))


def _complete(content: Mapping[str, Any]) -> Complete:
    return Complete(_whole(content, "number"), _text(content, "text", LONGEST), _whole(content, "offset"))


def _select(content: Mapping[str, Any]) -> Select:
    event = _text(content, "event", _NAME) if "event" in content else None
    field = _text(content, "field", _NAME) if "field" in content else None
    choice = _text(content, "choice", _NAME) if "choice" in content else None
    if event is None and field is None and choice is None:
        raise ProtocolError("select names an event, a field or a choice")
    return Select(event, field, choice)


def _rate(content: Mapping[str, Any]) -> SetRate:
    if "rate" not in content:
        raise ProtocolError("set names a rate")
    rate = content["rate"]
    if rate is None:
        return SetRate(None)
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate) or not 0 < rate <= 1e9:
        raise ProtocolError(f"a rate is a positive number of events per second, not {rate!r:.80}")
    return SetRate(float(rate))


_READERS: dict[str, Callable[[Mapping[str, Any]], Command]] = {
    "hello": lambda _: Hello(),
    "poll": lambda _: Poll(),
    "ack": _ack,
    "start": lambda _: Start(),
    "pause": lambda _: Pause(),
    "stop": lambda _: Stop(),
    "set": _rate,
    "edit": _edit,
    "complete": _complete,
    "select": _select,
}
