"""Names as they stand in addresses of the net."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["Handle"]


@register
class Handle(Generator):
    """Other fields as one lower-case word of ASCII letters and digits, for user names and e-mail addresses.

    Letters of any script are written in Latin (Müller is muller, Иванов is ivanov), signs and
    blanks are left out. Null where a part is null or absent.
    """

    name = "handle"
    family = "people"
    parameters = (
        Parameter("of", Kind.PATHS, "The field, or a list of them, in this order."),
        Parameter("separator", Kind.TEXT, "What stands between them.", "."),
    )
    shorthand = "of"
    examples = ("{handle: event.name}", '{handle: {of: [event.name, event.ordinal], separator: "-"}}')
    source = "Faker's transliteration, after Text::Unidecode"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """Each different value of a part is written once for a block."""
        import polars as pl

        from synthwb.engine.columns import Column
        from synthwb.engine.text.templates import written

        paths, separator = call.args["of"], call.args["separator"]

        def draw(block: Block) -> Column:
            parts = [_latin(written(block.column(path).series())) for path in paths]
            return Column.of(pl.select(pl.concat_str(parts, separator=separator)).to_series())

        return draw


def _latin(texts: pl.Series) -> pl.Series:
    """Lower-case ASCII letters and digits of each text."""
    import polars as pl
    from faker.decode import unidecode

    different = texts.unique().drop_nulls()
    words = ["".join(filter(str.isalnum, unidecode(text).lower())) for text in different.to_list()]
    return texts.replace_strict(different, pl.Series(words, dtype=pl.String), default=None, return_dtype=pl.String)
