"""Runs that outlive their process: saved every few seconds to a database, and gone on with from there.

A saved state is all that a run holds on to: where it stands in the stream and what the stream carries there, how far
each output has come, the counts, the checks, and what the scenario said, so that another one is noticed.
"""

from synthwb.runtime.saving.keeper import EVERY, Keeper, Keeping

__all__ = ["EVERY", "Keeper", "Keeping"]
