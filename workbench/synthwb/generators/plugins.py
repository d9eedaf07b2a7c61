"""Generators and sinks from outside: modules that register some when they are imported.

An installed package names its module under the entry point ``synthwb.generators`` or ``synthwb.sinks``; ``--plugin``
names a module or a file. A plug-in is code that the user has chosen; a scenario never names one. What it raises, when
it is imported or later when its generators are asked, becomes a `PluginError` with the place in its own code.
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthwb.errors import PluginError, PluginWarning, SynthwbError
from synthwb.generators import registry
from synthwb.sinks import registry as sinks

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw
    from synthwb.engine.columns import Column

__all__ = ["GROUPS", "chosen", "guard", "load_installed", "load_plugin", "load_plugins"]

GROUPS = ("synthwb.generators", "synthwb.sinks")

_DECLARING = (registry.DeclarationError, sinks.SinkDeclarationError)
_ASKED = ("is_carried", "needs_actor", "fact", "memory", "domain", "nth", "ranks", "dtype")
_LISTED = ("problems", "mismatches", "remarks")

_CHOSEN: dict[str, str] = {}  # what was imported for a word of --plugin, by that word


def chosen() -> tuple[str, ...]:
    """The plug-ins that were asked for by name, as they were written."""
    return tuple(_CHOSEN)


def load_plugins(words: Sequence[str]) -> None:
    """Import the plug-ins that were asked for, and those that are installed if there are any.

    Raises PluginError as `load_plugin` does.
    """
    if words or _announced():
        registry.names()
    for word in words:
        load_plugin(word)


def load_plugin(word: str) -> None:
    """Import a plug-in: a file that ends in .py, or a module by its name. A second time is no harm.

    Raises PluginError if there is none, if it cannot be imported, or if it registers nothing that can be used.
    """
    if word in _CHOSEN:
        return
    registry.names()  # the built-in generators and the installed plug-ins have their names first
    is_file = word.endswith(".py") or os.sep in word
    key = str(Path(word).expanduser().resolve()) if is_file else word
    if key not in _CHOSEN.values():
        with _guarded(f"the plug-in {word}", word):
            if is_file:
                _import_file(Path(key), word)
            else:
                _import_module(word)
    _CHOSEN[word] = key


def load_installed() -> None:
    """Import what installed packages announce. One that fails is warned of and left out."""
    if not _announced():
        return
    from importlib.metadata import entry_points

    for point in (point for group in GROUPS for point in entry_points(group=group)):
        package = f" (package {point.dist.name} {point.dist.version})" if point.dist else ""
        try:
            with _guarded(f"the plug-in {point.name}{package}"):
                loaded = point.load()
                if isinstance(loaded, type) and issubclass(loaded, registry.Generator):
                    registry.register(loaded)
                elif isinstance(loaded, type) and issubclass(loaded, sinks.DeclaredSink):
                    sinks.register_sink(loaded)
        except PluginError as error:
            warnings.warn(f"{error}; it is left out", PluginWarning, stacklevel=2)


def _announced() -> bool:
    """Whether any installed package names the entry point.

    Only the small files that say so are read: the library that reads them in full takes longer to import than all
    other modules of a quick start together.
    """
    marks = [f"[{group}]".encode() for group in GROUPS]
    for folder in dict.fromkeys(sys.path):
        try:
            with os.scandir(folder or ".") as entries:
                homes = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for home in homes:
            try:
                with open(os.path.join(home, "entry_points.txt"), "rb") as file:
                    text = file.read()
                    if any(mark in text for mark in marks):
                        return True
            except OSError:
                continue
    return False


def _import_file(path: Path, word: str) -> None:
    """Import a file as a module of its own."""
    if not path.is_file():
        raise PluginError(f"--plugin {word}: there is no such file")
    from importlib.util import module_from_spec, spec_from_file_location

    name = f"synthwb_plugin_{path.stem}"
    spec = spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _import_module(word: str) -> None:
    try:
        importlib.import_module(word)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{word}.".startswith(f"{error.name}."):
            raise
        message = f"--plugin {word}: there is no module of this name; a file is written with its .py"
        raise PluginError(message) from None
    except (TypeError, ValueError):
        if word.strip(".") == word and all(part.isidentifier() for part in word.split(".")):
            raise
        raise PluginError(f"--plugin {word}: write FILE.py, or the name of a module") from None


@contextmanager
def _guarded(what: str, module: str = "") -> Iterator[None]:
    """Around the import of a plug-in: it registers something (or ``module`` has done so before), or nothing stays.

    Raises PluginError with what went wrong, and where in the plug-in.
    """
    sinks.names()  # the built-in sinks have their names first
    before, sinks_before = registry.snapshot(), sinks.snapshot()
    try:
        yield
    except (Exception, SystemExit) as error:
        registry.restore(before)
        sinks.restore(sinks_before)
        if isinstance(error, PluginError):
            raise
        raise PluginError(f"{what} cannot be loaded: {_in_words(error)}") from error
    known, destinations = registry.snapshot(), sinks.snapshot()
    homes = [type(each).__module__ for each in known.values()] + [each.__module__ for each in destinations.values()]
    news = known.keys() != before.keys() or destinations.keys() != sinks_before.keys()
    if not news and not any(f"{home}.".startswith(f"{module}.") for home in homes):
        raise PluginError(
            f"{what} registers no generator and no sink; write @register above a subclass of Generator, or "
            "@register_sink above one of DeclaredSink"
        )


def guard(made: registry.Generator) -> None:
    """Let what the methods of a generator from outside raise become PluginError, with its place in the plug-in."""
    for name in (*_ASKED, *_LISTED, "bind"):
        method = getattr(made, name)
        if not str(method.__module__).startswith("synthwb."):
            setattr(made, name, _told(made.name, name, method))


def _told(generator: str, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def call(*args: Any) -> Any:
        found: Any
        with _telling(f"{name} of the generator {generator}"):
            found = tuple(method(*args)) if name in _LISTED else method(*args)
        return _drawing(found, f"{args[1].path}: the generator {generator}") if name == "bind" else found

    return call


def _drawing(draw: Draw, what: str) -> Draw:
    """A draw of a plug-in: it gives a column with an entry for each row, or says why not."""
    if not callable(draw):
        raise PluginError(f"{what} binds to {_kind(draw)}, not to a function from a block to a column")
    from synthwb.engine.columns import Column

    def drawn(block: Block) -> Column:
        with _telling(what):
            column = draw(block)
        if not isinstance(column, Column):
            raise PluginError(f"{what} gives {_kind(column)}, not a Column; write Column.of(...)")
        if len(column) != len(block):
            raise PluginError(f"{what} gives {len(column):,} values for {len(block):,} rows")
        return column

    return drawn


def _kind(value: object) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Around code of a plug-in that is asked. What synthwb itself says inside goes through."""
    try:
        yield
    except SynthwbError:
        raise
    except Exception as error:
        raise PluginError(f"{what} fails: {_in_words(error)}") from error


def _in_words(error: BaseException) -> str:
    """An error of a plug-in on one line, with the place in its own code."""
    if isinstance(error, SyntaxError):
        return f"{error.msg} ({error.filename}, line {error.lineno})"
    said = " ".join(str(error).split())
    name = type(error).__name__
    words = said if isinstance(error, _DECLARING) else f"{name}: {said}" if said else name
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith("<frozen") and frame.filename != __file__]
    inside = [frame for frame in own if not _of_synthwb(frame.filename)] or own
    return f"{words} ({inside[-1].filename}, line {inside[-1].lineno})" if inside else words


def _of_synthwb(filename: str) -> bool:
    return filename.startswith(str(Path(__file__).parents[1]))
