"""Places on the map, whose parts agree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["Location"]

_PARTS = ("city", "country", "country_code", "latitude", "longitude", "time_zone")


@register
class Location(Generator):
    """A real town: city, country, country code, latitude, longitude and time zone, which agree.

    Without `part` it is an object of all six; with it, one of them. All locations in one record are the same town, so
    `city: {location: city}` and `lat: {location: latitude}` agree; `name` tells a second town apart. Towns are those
    of Faker's list, all equally likely; names are in English or as the town itself has them.
    """

    name = "location"
    family = "geography"
    parameters = (
        Parameter("part", Kind.ENUM, "The part that is wanted; an object of all without.", None, choices=_PARTS),
        Parameter("country", Kind.TEXT, "Only towns of this country: its code of two letters, such as DE.", None),
        Parameter("name", Kind.TEXT, "The town that is meant, where a record has several.", ""),
    )
    shorthand = "part"
    examples = ("location", "{location: city}", "{location: {part: latitude, country: DE, name: destination}}")
    source = "Faker's geo provider, after GeoNames"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Text, a float, or an object, by the part."""
        part = args["part"]
        if part is None:
            return DType.OBJECT
        return DType.FLOAT if part in ("latitude", "longitude") else DType.STRING

    def bind(self, call: Call, site: Site) -> Draw:
        """One draw for the town of a record, whichever field asks."""
        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.draws import key_of
        from synthwb.engine.laws.discrete import below
        from synthwb.errors import ScenarioError
        from synthwb.scenario.diagnostics import Diagnostic, Severity

        towns, country = _towns(), call.args["country"]
        if country is not None:
            known = sorted(set(towns["country_code"]))
            towns = towns.filter(towns["country_code"] == country.upper())
            if not len(towns):
                message = f"there are no towns of {country!r}"
                hint = f"known: {', '.join(known)}"
                raise ScenarioError([Diagnostic(Severity.ERROR, "country", message, call.span, site.path, hint)])
        part, size = call.args["part"], len(towns)
        wanted = [part] if part is not None else list(_PARTS)
        pools = {name: Pool(towns[name]) for name in wanted}
        key = key_of(site.seed, site.path.partition(".")[0], "location", call.args["name"])

        def draw(block: Block) -> Column:
            bits = block.bits(key)
            codes = below(bits, size, bits.copy)
            columns = {name: Column.coded(pool, codes) for name, pool in pools.items()}
            return columns[part] if part is not None else Column.object(columns, len(block))

        return draw


@cache
def _towns() -> pl.DataFrame:
    """All towns: one column for each part."""
    import polars as pl
    from faker.providers.date_time import Provider as Dates
    from faker.providers.geo import Provider as Geo

    countries = {country.alpha_2_code: country.name for country in Dates.countries}
    rows = [
        (place, countries.get(code, code), code, float(latitude), float(longitude), zone)
        for latitude, longitude, place, code, zone in Geo.land_coords
    ]
    return pl.DataFrame(rows, schema=list(_PARTS), orient="row")
