"""What is wrong with the declaration of a generator, said before anybody uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from synthwb.scenario.keys import MODIFIERS

if TYPE_CHECKING:
    from synthwb.generators.registry import Generator

__all__ = ["flaws"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_OWN = ("dtype", "bind")


def flaws(cls: type[Generator]) -> Iterator[str]:
    """Sentences about what a subclass of `Generator` leaves out or contradicts; none if it is fine."""
    name = getattr(cls, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield f"{cls.__name__} needs a name of small letters, digits and _, such as name = 'dice'"
        return
    if name in MODIFIERS:
        yield f"{name!r} is a modifier; choose another name"
    if not isinstance(getattr(cls, "family", None), str) or not cls.family:
        yield f"{name} needs a family, under which the reference lists it"
    if not (cls.__dict__.get("__doc__") or "").strip():
        yield f"{name} needs a docstring, which is its documentation"
    if not cls.examples:
        yield f"{name} needs an example, such as examples = ('{{{name}: {{}}}}',)"
    yield from (f"{name} does not define {method}" for method in _OWN if method in cls.__abstractmethods__)
    known = [parameter.name for parameter in cls.parameters]
    yield from (f"{name} declares {each!r} twice" for each in sorted({e for e in known if known.count(e) > 1}))
    yield from (f"{name}: the parameter {each.name!r} needs a doc" for each in cls.parameters if not each.doc)
    named = [("shorthand", cls.shorthand)] if cls.shorthand is not None else []
    named += [("beside", each) for each in cls.beside]
    named += [("alternatives", each) for group in cls.alternatives for each in group]
    yield from (f"{name}: {where} names {each!r}, which is no parameter" for where, each in named if each not in known)
