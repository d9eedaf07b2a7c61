"""Expressions of the language, compiled to Polars: scalar SQL over the columns of one block.

`compile_arrays` compiles them to NumPy instead, for few rows many times, with the same meaning.
"""

from synthwb.engine.expressions.arrays import ArrayProgram, compile_arrays
from synthwb.engine.expressions.compiling import compile_expression, compile_number
from synthwb.engine.expressions.scalars import ExpressionError

__all__ = ["ArrayProgram", "ExpressionError", "compile_arrays", "compile_expression", "compile_number"]
