"""Expressions of the language, compiled to Polars: scalar SQL over the columns of one block."""

from synthwb.engine.expressions.compiling import compile_expression, compile_number
from synthwb.engine.expressions.scalars import ExpressionError

__all__ = ["ExpressionError", "compile_expression", "compile_number"]
