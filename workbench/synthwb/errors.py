"""Every exception that synthwb raises on purpose, and the exit code each one means.

::

    SynthwbError                    the base; exit code 1
    ├── ScenarioError               the document is wrong; carries its diagnostics; exit code 2
    ├── UsageError                  the call is wrong (unknown preset, bad target); exit code 2
    │   ├── MissingExtra            an optional dependency is not installed; exit code 2
    │   ├── AlreadyFinished         a saved run has come to its end, so there is nothing to go on with; exit code 0
    │   └── PluginError             a plug-in cannot be loaded; exit code 2
    └── SinkError                   a destination failed; exit code 1
        └── SinkClosed              the reader went away (a closed pipe): the run ends without a word

An installed plug-in that nobody asked for by name, and that fails, is a `PluginWarning`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthwb.scenario.diagnostics import Diagnostic

__all__ = [
    "AlreadyFinished",
    "MissingExtra",
    "PluginError",
    "PluginWarning",
    "ScenarioError",
    "SinkClosed",
    "SinkError",
    "SynthwbError",
    "UsageError",
]


class SynthwbError(Exception):
    """Base of all errors that are meant to be read by a person.

    The message says what happened, where, and what to do; surfaces show it without a traceback.
    """

    exit_code = 1


class ScenarioError(SynthwbError):
    """A document with at least one error.

    ``diagnostics`` holds all of them, in document order.
    """

    exit_code = 2

    def __init__(self, diagnostics: Sequence[Diagnostic], *, source: str = "scenario") -> None:
        self.diagnostics = tuple(diagnostics)
        self.source = source
        super().__init__("\n".join(d.render(source) for d in self.diagnostics))


class UsageError(SynthwbError):
    """The caller asked for something that does not exist or does not fit together."""

    exit_code = 2


class MissingExtra(UsageError):
    """A feature needs an optional dependency.

    >>> str(MissingExtra("the notebook workbench", "notebook"))
    "the notebook workbench needs an extra: pip install 'synthwb[notebook]'"
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs an extra: pip install 'synthwb[{extra}]'")


class AlreadyFinished(UsageError):
    """A saved run has come to its end; there is nothing to go on with."""

    exit_code = 0


class PluginError(UsageError):
    """A plug-in is not there, cannot be imported, or registers nothing that can be used."""


class PluginWarning(UserWarning):
    """An installed plug-in was left out because it cannot be imported."""


class SinkError(SynthwbError):
    """A destination could not be opened, written or closed.

    ``retryable`` says whether the same write may succeed later.
    """

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.retryable = retryable


class SinkClosed(SinkError):
    """Whoever read the destination has gone: no failure, only the end of the run."""
