"""The reference of the language: every generator, modifier, block, function, envelope and sink, from its declaration.

`entries` says what there is, without an engine; `trials` executes examples, `pictures` draws what they give. The
terminal (``synthwb reference``) and ``docs/reference.md`` show the same entries. `methods` lists what Faker
has, from its index.
"""

from __future__ import annotations

from synthwb.reference.entries import Entry, Row, Topic, entries, find

__all__ = ["Entry", "Row", "Topic", "entries", "find"]
