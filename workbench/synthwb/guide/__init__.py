"""What may be written in a scenario and what it means, derived from the key tables and the registry of generators.

`grammar` gives the form of every place; the JSON Schema is made from it. Nothing here knows a screen, and nothing
loads numpy, polars or faker before an example is executed.
"""

from __future__ import annotations

from synthwb.guide.schema import json_schema

__all__ = ["json_schema"]
