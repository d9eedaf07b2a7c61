"""Measuring: what is expected of a stream, held against what is delivered while it runs.

A `Monitor` is made from the schemas and the checks of a plan and sees every batch once, in the order of delivery. It
works on columns, keeps a bounded state that can be saved and restored, and gives the same results for any size of the
batches. Nothing here writes, paces or shows anything.
"""

from synthwb.measure.monitor import Monitor
from synthwb.measure.results import CheckResult, Failure, summary

__all__ = ["CheckResult", "Failure", "Monitor", "summary"]
