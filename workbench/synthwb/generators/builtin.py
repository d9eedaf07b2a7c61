"""Imports the built-in families, in the order in which the reference lists them."""

from __future__ import annotations

from synthwb.generators import (  # noqa: F401  # isort: skip
    identity,
    digests,
    numbers,
    shapes,
    counts,
    tabulated,
    seasons,
    walks,
    categories,
    chains,
    text,
    prose,
    people,
    fakers,
    handles,
    geography,
    moving,
    moments,
    durations,
    nesting,
    derived,
    branches,
    tables,
    recorded,
    carried,
)
