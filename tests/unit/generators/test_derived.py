"""Paths and expressions as fields."""

from __future__ import annotations

import polars as pl
from generator_driver import SPAN, BareSite, arguments, block_of, named

from synthwb.engine.block import Block
from synthwb.engine.columns import Column
from synthwb.scenario.model import Call, DType, Expression


def test_a_path_hands_over_the_column_itself() -> None:
    block = block_of(2)
    block.columns["actor.email"] = Column.of(pl.Series(["a", None]))
    args = {"path": "actor.email"}
    draw = named("path").bind(Call("path", args, SPAN), BareSite(1, "e.x", {}))
    assert draw(block) is block.columns["actor.email"]
    assert named("path").dtype(args, {"actor.email": DType.STRING}.__getitem__) is DType.STRING


def test_an_expression_is_compiled_by_its_site() -> None:
    class Site:
        def expression(self, expression: Expression) -> object:
            return lambda block: (expression.text, len(block))

    expression = Expression("a + 1", ("a",), SPAN)
    draw = named("expr").bind(type("C", (), {"args": {"expression": expression}})(), Site())  # type: ignore[arg-type]
    block: Block = block_of(3)
    assert draw(block) == ("a + 1", 3)


def test_the_type_of_an_expression_follows_from_what_it_reads() -> None:
    for kind, wanted in ((DType.INTEGER, DType.INTEGER), (DType.FLOAT, DType.FLOAT), (DType.UNKNOWN, DType.UNKNOWN)):
        args = arguments("expr", expression=Expression("a + 1", ("a",), SPAN))
        assert named("expr").dtype(args, lambda path, kind=kind: kind) is wanted
