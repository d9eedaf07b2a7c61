"""synthwb: an interactive workbench for synthetic event streams.

One YAML document, a *scenario*, describes the stream; the same document gives the same bytes in the terminal
workbench, in a notebook, on the command line and here.

>>> import synthwb
>>> scenario = synthwb.loads("events: {page_viewed: {fields: {user_id: uuid, price: {uniform: {min: 1, max: 9}}}}}")
>>> synthwb.preview(scenario, 3)["page_viewed"].columns
['time', 'id', 'user_id', 'price']

Importing this package is quick: every name below loads what it needs when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from synthwb._version import __version__

if TYPE_CHECKING:
    from synthwb.api import check, generate, load, loads, preview, schemas
    from synthwb.engine.stream import Stream
    from synthwb.errors import SynthwbError
    from synthwb.runtime.run import Run
    from synthwb.scenario.diagnostics import Diagnostic
    from synthwb.scenario.model import Scenario

__all__ = [
    "Diagnostic",
    "Run",
    "Scenario",
    "Stream",
    "SynthwbError",
    "__version__",
    "check",
    "generate",
    "load",
    "loads",
    "preview",
    "schemas",
]

_HOMES = {
    "Diagnostic": "synthwb.scenario.diagnostics",
    "Run": "synthwb.runtime.run",
    "Scenario": "synthwb.scenario.model",
    "Stream": "synthwb.engine.stream",
    "SynthwbError": "synthwb.errors",
    "check": "synthwb.api",
    "generate": "synthwb.api",
    "load": "synthwb.api",
    "loads": "synthwb.api",
    "preview": "synthwb.api",
    "schemas": "synthwb.api",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'synthwb' has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
