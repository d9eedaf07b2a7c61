"""The registry of generators, and the built-in families, one file each.

A generator is declared once, as a class with its parameters, documentation and examples; `synthwb.generators.registry`
says how. Nothing here imports numpy, polars or faker until a plan binds a generator.
"""

from __future__ import annotations

from synthwb.generators.registry import REQUIRED, Generator, Kind, Parameter, generator, names, register

__all__ = ["REQUIRED", "Generator", "Kind", "Parameter", "generator", "names", "register"]
