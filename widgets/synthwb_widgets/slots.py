"""Who replaces whom: running a cell again ends what the same cell made before.

A notebook keeps every widget alive in a table of its own, so the old one would go on working unseen. A *slot* is one
cell (or one explicit name); what a later run of it makes ends what an earlier run left there. Widgets made by the
same run of the cell live side by side.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from threading import Lock

__all__ = ["Slots", "here"]

End = Callable[[], None]


class Slots:
    """The tenants of each slot, with the run of the cell that put them there."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tenants: dict[Hashable, tuple[object, list[End]]] = {}

    def claim(self, slot: Hashable, run: object, end: End) -> None:
        """Move in; tenants of an earlier run are ended first (outside the lock: ending may take a while)."""
        with self._lock:
            before, tenants = self._tenants.get(slot, (run, []))
            evicted = [] if before == run else tenants
            self._tenants[slot] = (run, [end] if before != run else [*tenants, end])
        for evict in evicted:
            evict()

    def leave(self, end: End) -> None:
        """Move out of whatever slot; without effect for who is in none."""
        with self._lock:
            for slot, (run, tenants) in list(self._tenants.items()):
                kept = [tenant for tenant in tenants if tenant != end]
                if kept:
                    self._tenants[slot] = (run, kept)
                elif tenants:
                    del self._tenants[slot]

    def __len__(self) -> int:
        with self._lock:
            return sum(len(tenants) for _, tenants in self._tenants.values())


def here(name: str | None = None) -> tuple[Hashable, object] | None:
    """The slot and the run of the code that calls: by ``name``, or the notebook's cell; None if neither is known.

    JupyterLab and VS Code send the cell's id with every request; one kernel serves one notebook, so the id is enough.
    """
    if name is not None:
        return ("name", name), object()
    shell = _shell()
    request = shell.get_parent() if shell is not None and hasattr(shell, "get_parent") else None
    if not isinstance(request, dict):
        return None
    cell = request.get("metadata", {}).get("cellId")
    message = request.get("header", {}).get("msg_id")
    return None if not cell else (("cell", cell), message)


def _shell() -> object | None:
    """The running IPython shell, asked for only if somebody has imported IPython."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()
