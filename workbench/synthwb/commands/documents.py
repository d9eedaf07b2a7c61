"""From a word on the command line to a scenario: a file, a preset, or stdin."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from synthwb.commands.talk import show_problems
from synthwb.errors import ScenarioError, UsageError

if TYPE_CHECKING:
    from synthwb.engine import Plan
    from synthwb.scenario import Parsed
    from synthwb.scenario.model import Clock, Scenario

__all__ = ["Source", "compiled", "overridden", "parsed", "read_source", "valid"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document and the name under which problems in it are reported. ``folder``: where the paths in it begin."""

    name: str
    data: bytes
    folder: Path = Path()

    @property
    def text(self) -> str:
        """The document for showing lines of it."""
        return self.data.decode("utf-8-sig", "replace")


def read_source(word: str) -> Source:
    """The file of this name, else the preset of this name; ``-`` is stdin.

    No more is read than shows that it is too large. Raises UsageError if there is neither, or the file cannot be read.
    """
    from synthwb.scenario import LARGEST

    if word == "-":
        return Source("<stdin>", sys.stdin.buffer.read(LARGEST + 1))
    try:
        path = Path(word).expanduser()
        with path.open("rb") as file:
            return Source(word, file.read(LARGEST + 1), path.parent)
    except FileNotFoundError:
        return _preset(word)
    except IsADirectoryError:
        raise UsageError(f"{word} is a folder; name a scenario file in it") from None
    except OSError as error:
        raise UsageError(f"{word}: cannot be read: {error.strerror}") from None


def _preset(word: str) -> Source:
    from synthwb.scenario import preset, presets
    from synthwb.scenario.diagnostics import nearest

    names = [item.name for item in presets()]
    if word in names:
        return Source(word, preset(word).text.encode())
    near = nearest(word, names)
    wish = f"did you mean the preset {near}?" if near else "synthwb presets lists what is ready"
    raise UsageError(f"there is no file {word} and no preset of this name; {wish}")


def overridden(words: Sequence[str]) -> dict[str, str]:
    """``--set path=value`` as a mapping. Raises UsageError for a word without ``=``."""
    overrides = {}
    for word in words:
        path, equals, value = word.partition("=")
        if not equals or not path.strip():
            raise UsageError(f"--set {word}: write --set path=value, such as --set order_placed.total.median=30")
        overrides[path.strip()] = value
    return overrides


def parsed(source: Source, overrides: Mapping[str, str] | None = None) -> Parsed:
    """The document, checked."""
    from synthwb.scenario import parse

    return parse(source.data, overrides=overrides or None, folder=source.folder)


def valid(
    source: Source,
    overrides: Mapping[str, str] | None = None,
    *,
    begin: Callable[[Clock], Mapping[str, str]] | None = None,
) -> Scenario:
    """The scenario; its warnings are said. Ends the command with exit code 2, all problems shown, if it has errors.

    ``begin`` gives the start to read it with in place of its own, if any; without, ``start: now`` is now.
    """
    result = parsed(source, overrides)
    start = {} if result.scenario is None else (begin or _now)(result.scenario.clock)
    if start:
        result = parsed(source, {**(overrides or {}), **start})
    show_problems(result.diagnostics, source.name, source.text, sys.stderr)
    if result.scenario is None:
        raise SystemExit(2)
    return result.scenario


def _now(clock: Clock) -> Mapping[str, str]:
    """The start of a clock that starts now."""
    from synthwb.scenario import fixed

    return fixed(clock, time.time())


def compiled(source: Source, scenario: Scenario) -> Plan:
    """The plan. Ends the command with exit code 2 if compiling shows what checking could not."""
    from synthwb.engine import compile_plan

    try:
        return compile_plan(scenario)
    except ScenarioError as error:
        show_problems(error.diagnostics, source.name, source.text, sys.stderr)
        raise SystemExit(error.exit_code) from None
