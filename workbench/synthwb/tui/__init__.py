"""The terminal workbench: a scenario being edited beside the stream that it describes.

One name is public: `open_workbench`. Nothing in this room imports polars, numpy, faker or sqlglot at module level: the
first screen is painted before the engine is loaded, in a thread of its own (see `synthwb.tui.desk`).
"""

from __future__ import annotations

import gc

__all__ = ["open_workbench"]


def open_workbench(path: str | None = None) -> int:
    """Open the workbench on a file or a preset (None: the web shop) and return the exit code.

    Raises UsageError if there is no such file or preset, before the screen is touched.
    """
    gc.disable()  # nothing is garbage while modules load; the app collects again once its first screen is painted
    from synthwb.tui.app import Workbench
    from synthwb.tui.paper import open_paper

    paper = open_paper(path)
    app = Workbench(paper)
    app.run()
    return app.return_code or 0
