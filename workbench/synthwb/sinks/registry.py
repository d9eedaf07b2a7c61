"""One declaration per destination: its options, formats, guarantee and addresses, and the class that serves it.

What a scenario may say of a sink, completion, the reference, the JSON Schema and the targets of the command line are
derived from here. Declaring is cheap: no module of a sink imports its client library at its top; `open` does.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from synthwb.sinks.report import SinkReport

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = [
    "REQUIRED",
    "DeclaredSink",
    "Option",
    "OptionKind",
    "SinkDeclarationError",
    "Takes",
    "by_scheme",
    "names",
    "register_sink",
    "restore",
    "sink_class",
    "snapshot",
]

_BUILT_IN = ("http", "kafka", "database", "socket", "kinesis")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")


class Takes(Enum):
    """What a sink is given to write."""

    LINES = "lines"  # text that ends in a newline, many events at once
    MESSAGES = "messages"  # `synthwb.sinks.messages.Messages`
    FRAMES = "frames"  # a Polars frame of typed columns, one event type at a time


class OptionKind(StrEnum):
    """What an option accepts, and the Python value that it becomes."""

    TEXT = "text"  # str
    INTEGER = "a whole number"  # int
    NUMBER = "a number"  # float
    BOOLEAN = "true or false"  # bool
    DURATION = "a duration"  # float, seconds
    SIZE = "a size"  # int, bytes: 500 kB, 10 MB, 1 GiB
    CHOICE = "a word"  # str, one of ``choices``
    TEXTS = "texts by name"  # Mapping[str, str]


class _Required:
    """The default of an option that must be written."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = _Required()


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a sink. ``minimum`` and ``maximum`` are inclusive. ``example``: a value as it is written.

    ``secret``: what is written is shown nowhere unless it comes from the environment (``${NAME}``).
    """

    name: str
    kind: OptionKind
    doc: str
    default: Any = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    example: str = ""
    secret: bool = False

    @property
    def required(self) -> bool:
        """Whether it must be written."""
        return self.default is REQUIRED


class DeclaredSink(ABC):
    """A destination. A subclass is one entry of the registry; its docstring is its documentation.

    ``shorthand``: the option that takes a value written without its name (``http: "https://…"``). ``schemes``: of the
    addresses that mean this sink on the command line; ``sample``: one to begin with. ``formats``: what it can carry,
    the default first. ``extra``: the optional dependencies it needs. ``guarantee``: what becomes of an event, in a
    sentence. ``resumes``: a run into it can go on after it was interrupted. ``attributes``: what stands before
    the attributes of CloudEvents in the headers of its messages (none: they have no headers).

    One thread at a time calls an instance; `report` and `position` may be called from any. See `protocol.Sink` for what
    the methods promise.
    """

    name: ClassVar[str]
    options: ClassVar[tuple[Option, ...]] = ()
    shorthand: ClassVar[str] = ""
    schemes: ClassVar[tuple[str, ...]] = ()
    sample: ClassVar[str] = ""
    formats: ClassVar[tuple[str, ...]] = ("jsonl",)
    attributes: ClassVar[str] = ""
    extra: ClassVar[str] = ""
    guarantee: ClassVar[str] = ""
    resumes: ClassVar[bool] = True
    examples: ClassVar[tuple[str, ...]] = ()

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.chosen: Mapping[str, Any] = {
            **{each.name: each.default for each in self.options if not each.required},
            **options,
        }

    @property
    def together(self) -> int:
        """How many events it sends together: a paced run hands it no smaller pieces where it has more at hand."""
        return 1

    @classmethod
    def takes(cls, options: Mapping[str, Any], form: str) -> Takes:
        """What `write` wants for a format."""
        return Takes.MESSAGES

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Contradictions between valid options, as (option, message)."""
        return ()

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """The options that an address means, as they would be written in a document.

        ``query`` are its parameters; those that are options of the sink are added by the caller.
        """
        return {cls.shorthand: address._replace(query="", fragment="").geturl()}

    @abstractmethod
    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """See `protocol.Sink.open`."""

    @abstractmethod
    def write(self, event: str, data: Any, count: int) -> None:
        """See `protocol.Sink.write`. Waits while the destination is behind."""

    def flush(self) -> None:  # noqa: B027 - most have nothing to do
        """Let readers see what was written so far; need not wait for it."""

    @abstractmethod
    def position(self) -> str:
        """Where it is, for people."""

    @abstractmethod
    def mark(self) -> Mark:
        """See `protocol.Sink.mark`: returns when every event written so far is delivered or in the dead letters."""

    def settle(self) -> None:  # noqa: B027 - most have nothing to do
        """The last mark is saved."""

    @abstractmethod
    def close(self, commit: bool = True) -> None:
        """See `protocol.Sink.close`."""

    def give_up(self) -> None:  # noqa: B027 - most never wait
        """Wait for nothing any more: what is on its way becomes dead letters. From any thread."""

    @abstractmethod
    def report(self) -> SinkReport:
        """How it stands."""

    def test(self) -> str:
        """Reach the destination without sending an event; what was found, in words. Raises SinkError."""
        from synthwb.errors import SinkError

        raise SinkError(f"{self.name}: a connection test is not possible here")


SinkClass = TypeVar("SinkClass", bound=type[DeclaredSink])

_REGISTRY: dict[str, type[DeclaredSink]] = {}


class SinkDeclarationError(ValueError):
    """A sink that is declared wrongly, in words for its author."""


def register_sink(cls: SinkClass) -> SinkClass:
    """Class decorator: enter a sink under its name.

    Raises SinkDeclarationError if the name or a scheme is taken, or if something is missing.
    """
    name = getattr(cls, "name", "")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SinkDeclarationError(
            f"{cls.__name__} needs a name of small letters, digits and _, such as name = 'queue'"
        )
    there = _REGISTRY.get(name)
    if name in ("stdout", "file") or (there is not None and there.__module__ != cls.__module__):
        raise SinkDeclarationError(f"there is a sink {name!r} already; choose another name")
    for scheme in cls.schemes:
        other = _of_scheme(scheme)
        if other is not None and other is not there:
            raise SinkDeclarationError(f"{name}: {scheme}:// means the sink {other.name!r} already")
    if not (cls.__dict__.get("__doc__") or "").strip():
        raise SinkDeclarationError(f"{name} needs a docstring, which is its documentation")
    known = [option.name for option in cls.options]
    if cls.shorthand and cls.shorthand not in known:
        raise SinkDeclarationError(f"{name}: shorthand names {cls.shorthand!r}, which is no option")
    for option in cls.options:
        if not option.doc or known.count(option.name) > 1:
            raise SinkDeclarationError(f"{name}: the option {option.name!r} needs a doc, and a name of its own")
    _REGISTRY[name] = cls
    return cls


def snapshot() -> Mapping[str, type[DeclaredSink]]:
    """What is registered now."""
    return dict(_REGISTRY)


def restore(before: Mapping[str, type[DeclaredSink]]) -> None:
    """Go back to what was registered then."""
    _REGISTRY.clear()
    _REGISTRY.update(before)


def sink_class(name: str) -> type[DeclaredSink] | None:
    """The sink of this name, or None."""
    _load()
    return _REGISTRY.get(name)


def names() -> tuple[str, ...]:
    """The names of all declared sinks, built-in ones first."""
    _load()
    return (*_BUILT_IN, *(name for name in _REGISTRY if name not in _BUILT_IN))


def by_scheme(scheme: str) -> type[DeclaredSink] | None:
    """The sink that addresses with this scheme mean, or None."""
    _load()
    return _of_scheme(scheme)


def _of_scheme(scheme: str) -> type[DeclaredSink] | None:
    return next((each for each in _REGISTRY.values() if scheme in each.schemes), None)


def _load() -> None:
    """Import the built-in sinks, once."""
    for module in _BUILT_IN:
        import_module(f"synthwb.sinks.{module}")
