"""Leaving a still behind: what was shown becomes a picture when its widget is closed.

A closed widget would leave a blank in the notebook, and an error where the notebook is opened again. So a widget
shows itself under a name that it remembers, and when it is closed by hand it puts a table and a drawing in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from synthwb_widgets.fallback import Picture, mimebundle

__all__ = ["Still"]

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Still:
    """Mixin of a widget that IPython shows: `_ipython_display_` shows it, `leave_still` replaces it."""

    _shown: tuple[Any, ...] = ()

    def picture(self) -> Picture:
        """What a page without a kernel shows instead."""
        return Picture()

    def bundle(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The live view and its stills by media type, and their metadata."""
        raise NotImplementedError

    def _ipython_display_(self) -> None:
        """Show the widget, or its picture if it is closed."""
        from IPython.display import display

        data, metadata = self.bundle()
        show: Callable[..., Any] = display
        handle = show(data, metadata=metadata, raw=True, display_id=True)
        if handle is not None and WIDGET_VIEW in data:
            self._shown = (*self._shown, handle)

    def leave_still(self) -> None:
        """Put a picture wherever the widget is shown. Only from the learner's own cell."""
        shown, self._shown = self._shown, ()
        if not shown:
            return
        still: Mapping[str, str] = mimebundle(self.picture())
        for handle in shown:
            handle.update(dict(still), raw=True)
