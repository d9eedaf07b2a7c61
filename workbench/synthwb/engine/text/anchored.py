"""Faker on the scenario's clock: private copies of its providers, for which now is when we say.

Faker's methods ask the wall clock (`datetime.now`, `date.today`) and a few draw from the global `random`. Here every
provider class of a locale is copied, base classes and all, with functions that see other globals: dates and times whose
now is the anchor, and the random state of this one Faker. Faker's own classes are neither changed nor used, and neither
is the zone of the machine.
"""

from __future__ import annotations

import datetime as real
import logging
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from locale import normalize
from threading import RLock
from types import CellType, FunctionType, ModuleType, SimpleNamespace
from typing import Any

from faker.config import PROVIDERS
from faker.factory import Factory
from faker.generator import Generator
from faker.providers import BaseProvider

__all__ = ["REFUSALS", "AnchoredFaker", "AsksForTime", "anchored_faker"]

REFUSALS = (Exception,)
"""What Faker's methods raise where they refuse: anything at all, and in one place `Exception` itself."""

_SILENT = logging.Logger("faker", logging.CRITICAL + 1)  # a few methods warn at every call


class AsksForTime(BaseException):
    """A method wants to know the time while there is none. No `Exception`: some of Faker's code catches them all."""


class _Anchor:
    """What time it is, in the scenario's zone."""

    def __init__(self) -> None:
        self.moment: real.datetime | None = None
        self.defaults: list[FunctionType] = []  # functions with a date among their defaults, which is meant as today

    def now(self) -> real.datetime:
        """The time. Raises AsksForTime where there is none."""
        if self.moment is None:
            raise AsksForTime
        return self.moment

    def move(self, moment: real.datetime | None) -> None:
        """Set the time; defaults that Faker took from the wall clock when it was imported follow."""
        if moment is None or moment == self.moment:
            self.moment = moment
            return
        self.moment = moment
        for function in self.defaults:
            old = function.__defaults__ or ()
            function.__defaults__ = tuple(moment.date() if isinstance(v, real.date) else v for v in old)


class AnchoredFaker:
    """Faker's providers of one locale on a clock and a random state of their own. Use it inside `at`, by one thread."""

    def __init__(self, locale: str) -> None:
        locale = normalize(locale).partition(".")[0]  # as Faker does: fr is fr_FR
        self._state = _State()
        settings: dict[str, Any] = {"locale": locale, "use_weighting": True}
        self.generator = Generator(**settings)
        self.generator.random = self._state  # type: ignore[assignment]
        self._anchor = _Anchor()
        self._lock = RLock()
        copier = _Copier(self._anchor, self._state)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of locales that Faker has under another name too
            for name in PROVIDERS:
                found, language, _ = Factory._find_provider_class(name, locale)
                provider = copier.copied(found)(self.generator)
                provider.__use_weighting__ = True
                provider.__provider__ = name
                provider.__lang__ = language
                self.generator.add_provider(provider)

    @contextmanager
    def at(self, moment: real.datetime | None, state: Any) -> Iterator[Generator]:
        """The providers while it is this time (None: there is none), drawing from this random state."""
        with self._lock:
            before = self._anchor.moment, self._state.now
            self._anchor.move(moment)
            self._state.now = state
            try:
                yield self.generator
            finally:
                self._anchor.move(before[0])
                self._state.now = before[1]


@lru_cache(maxsize=8)
def anchored_faker(locale: str) -> AnchoredFaker:
    """The providers of a locale, copied once for all who draw from them."""
    return AnchoredFaker(locale)


class _Copier:
    """Copies classes and what their functions see, each once."""

    def __init__(self, anchor: _Anchor, state: _State) -> None:
        self._anchor = anchor
        self._classes: dict[type, type] = {}
        self._globals: dict[int, dict[str, Any]] = {}
        moment, day = _types(anchor)
        self._stand_ins: dict[int, Any] = {id(real.datetime): moment, id(real.date): day}
        for name in dir(random):
            found = getattr(random, name)
            if getattr(found, "__self__", None) is random._inst:
                self._stand_ins[id(found)] = state.method(name)
        self._stand_ins[id(random)] = state
        self._stand_ins[id(real)] = SimpleNamespace(**{**vars(real), "datetime": moment, "date": day})

    def copied(self, cls: type) -> Any:
        """The copy of a provider class."""
        if not (isinstance(cls, type) and issubclass(cls, BaseProvider)):
            return cls
        if cls not in self._classes:
            bases = tuple(self.copied(base) for base in cls.__bases__)
            cell = CellType()
            members = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}
            members = {name: self._member(value, cell) for name, value in members.items()}
            kind: Any = type(cls)
            self._classes[cls] = kind(cls.__name__, bases, members)
            cell.cell_contents = self._classes[cls]
        return self._classes[cls]

    def _member(self, value: Any, cell: CellType) -> Any:
        if isinstance(value, FunctionType):
            return self._function(value, cell)
        if isinstance(value, staticmethod | classmethod):
            inner = value.__func__
            return type(value)(self._function(inner, cell)) if isinstance(inner, FunctionType) else value
        if isinstance(value, property) and isinstance(value.fget, FunctionType):
            return property(self._function(value.fget, cell))
        return value

    def _function(self, function: FunctionType, cell: CellType | None = None) -> FunctionType:
        """A copy that sees our globals; ``super()`` in it means the copied class."""
        names = function.__code__.co_freevars
        cells = zip(names, function.__closure__ or (), strict=True)
        closure = tuple(self._cell(name, old, cell) for name, old in cells)
        seen = self._seen(function.__globals__)
        made = FunctionType(function.__code__, seen, function.__name__, function.__defaults__, closure)
        made.__kwdefaults__ = function.__kwdefaults__
        made.__dict__.update(function.__dict__)
        made.__doc__, made.__annotations__ = function.__doc__, function.__annotations__
        if any(isinstance(value, real.date) for value in function.__defaults__ or ()):
            self._anchor.defaults.append(made)
        return made

    def _cell(self, name: str, old: CellType, own: CellType | None) -> CellType:
        """What a function closes over: the class it belongs to, or a function that it decorates."""
        if name == "__class__" and own is not None:
            return own
        inner = old.cell_contents
        return CellType(self._function(inner, own)) if isinstance(inner, FunctionType) else old

    def _seen(self, old: dict[str, Any]) -> dict[str, Any]:
        """The globals of a module, as our copies see them."""
        found = self._globals.get(id(old))
        if found is None:
            found = self._globals[id(old)] = dict(old)
            for name, value in old.items():
                if isinstance(value, FunctionType) and value.__globals__ is old:
                    found[name] = self._function(value)
                elif isinstance(value, logging.Logger):
                    found[name] = _SILENT
                elif isinstance(value, type | ModuleType) or callable(value):
                    found[name] = self._stand_ins.get(id(value), value)
        return found


class _State:
    """In place of a `random.Random` and of the module `random`: whatever state is drawn from at the moment.

    Some of Faker's classes keep the random state that they see first; so what they see is always this.
    """

    def __init__(self) -> None:
        self.now: Any = None

    def __getattr__(self, name: str) -> Any:
        return random.Random if name == "Random" else getattr(self.now, name)

    def method(self, name: str) -> Callable[..., Any]:
        """In place of a function imported from the module."""
        return lambda *args, **kwargs: getattr(self.now, name)(*args, **kwargs)


class _Any(type):
    """Real dates and times count as instances of those on the clock."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__mro__[1])


def _types(anchor: _Anchor) -> tuple[type[real.datetime], type[real.date]]:
    """`datetime` and `date` whose now is the anchor. A time without an offset is converted as if it were UTC."""

    class Moment(real.datetime, metaclass=_Any):
        @classmethod
        def now(cls, tz: real.tzinfo | None = None) -> Any:
            moment = anchor.now() if tz is None else anchor.now().astimezone(tz)
            return cls.combine(moment.date(), moment.time(), tz)

        @classmethod
        def today(cls) -> Any:
            return cls.now()

        @classmethod
        def utcnow(cls) -> Any:
            return cls.now()

        @classmethod
        def fromtimestamp(cls, timestamp: float, tz: real.tzinfo | None = None) -> Any:
            found = super().fromtimestamp(timestamp, tz or real.UTC)
            return found if tz is not None else found.replace(tzinfo=None)

        def astimezone(self, tz: real.tzinfo | None = None) -> Any:
            aware = self if self.tzinfo is not None else self.replace(tzinfo=real.UTC)
            return real.datetime.astimezone(aware, tz or real.UTC)

    class Day(real.date, metaclass=_Any):
        @classmethod
        def today(cls) -> Any:
            moment = anchor.now()
            return cls(moment.year, moment.month, moment.day)

    return Moment, Day
