"""Dice: the sum of several of them."""

from __future__ import annotations

from synthwb.generators import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType


@register
class Dice(Generator):
    """The sum of several dice: flat for one, a triangle for two, a bell from three on.

    The mean is count * (sides + 1) / 2.
    """

    name = "dice"
    family = "games"
    parameters = (
        Parameter("count", Kind.INTEGER, "How many dice are thrown.", 2, minimum=1, maximum=100),
        Parameter("sides", Kind.INTEGER, "How many sides each has.", 6, minimum=2, maximum=1000),
    )
    examples = ("{dice: {count: 3}}", "dice")

    def dtype(self, args, dtype_of):
        """Always whole numbers."""
        return DType.INTEGER

    def bind(self, call, site):
        """Every die has random bits of its own."""
        import numpy as np

        from synthwb.engine import Column
        from synthwb.engine.laws.discrete import below

        sides = call.args["sides"]
        keys = [site.key(str(number)) for number in range(call.args["count"])]

        def draw(block):
            total = np.full(len(block), len(keys), np.int64)
            for key in keys:
                bits = block.bits(key)
                total += below(bits, sides, bits.copy).astype(np.int64)
            return Column.of(total)

        return draw
