"""What may be written in a scenario and what it means, derived from the key tables and the registry of generators.

`grammar` gives the form of every place; `json_schema` and `complete` are made from it. `complete` reads a document
with tolerance (`sketch`), finds the place of the cursor (`spots`) and says what may stand there (`candidates`).
Nothing here knows a screen or loads an engine.
"""

from __future__ import annotations

from synthwb.guide.completion import Completion, complete
from synthwb.guide.schema import json_schema

__all__ = ["Completion", "complete", "json_schema"]
