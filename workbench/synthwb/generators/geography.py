"""Places on the map, whose parts agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from synthwb.generators.numbers import fixed
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["POINT", "GeoPoint", "Location", "degrees"]

_PARTS = ("city", "country", "country_code", "latitude", "longitude", "time_zone")
_CIRCLE = ("latitude", "longitude", "radius")
_BOX = ("south", "west", "north", "east")
POINT = ("latitude", "longitude")
_FARTHEST = 20_015.0  # km: half of the way round the Earth


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


def degrees(name: str, doc: str, most: int, default: object = None, *, expression: bool = False) -> Parameter:
    """A latitude or a longitude."""
    return Parameter(name, Kind.NUMBER, doc, default, "degrees", minimum=-most, maximum=most, expression=expression)


@register
class GeoPoint(Generator):
    """A point on the Earth: around a centre, or in a box. Every square metre there is equally likely.

    Around a centre: `latitude` and `longitude` with a `radius`, each a number or an expression. In a box: `south`,
    `west`, `north` and `east`; where west is above east it crosses the date line. An object of latitude and longitude
    in degrees, or with `part` one of them: parts of one `name` in a record are those of the same point, if they say
    the same area. Null where an expression is null or outside of the map.
    """

    name = "geo_point"
    family = "geography"
    parameters = (
        degrees("latitude", "The latitude of the centre, north is positive.", 90, expression=True),
        degrees("longitude", "The longitude of the centre, east is positive.", 180, expression=True),
        Parameter(
            "radius",
            Kind.NUMBER,
            "How far from the centre a point may be, in kilometres.",
            None,
            "km",
            minimum=0,
            maximum=_FARTHEST,
            expression=True,
        ),
        degrees("south", "The southern edge of the box.", 90),
        degrees("west", "Its western edge.", 180),
        degrees("north", "Its northern edge.", 90),
        degrees("east", "Its eastern edge.", 180),
        Parameter("part", Kind.ENUM, "The part that is wanted; an object of both without.", None, choices=POINT),
        Parameter("name", Kind.TEXT, "The point that is meant; one of its own for each field without.", None),
        Parameter("round", Kind.INTEGER, "How many decimals; six are 11 centimetres.", 6, minimum=0, maximum=15),
    )
    alternatives = (("latitude", "south"),)
    examples = (
        "{geo_point: {latitude: 48.8566, longitude: 2.3522, radius: 5}}",
        "{geo_point: {south: 47.27, west: 5.87, north: 55.06, east: 15.04, round: 3}}",
        "{geo_point: {latitude: 40.71, longitude: -74.01, radius: 12, part: latitude, name: pickup}}",
    )
    source = "a sphere of 6371.0088 km, the mean radius of the IUGG (Moritz 2000, Journal of Geodesy 74)"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """All of a centre or all of a box, and a box that holds something."""
        wanted, other = (_CIRCLE, _BOX) if args["latitude"] is not None else (_BOX, _CIRCLE)
        lacking = [name for name in wanted if args[name] is None]
        if lacking:
            yield lacking[0], f"is missing: {wanted[0]} stands with {', '.join(wanted[1:])}"
        for name in other:
            if args[name] is not None:
                yield (
                    name,
                    f"does not go with {wanted[0]}, which stands with {', '.join(wanted[1:])}; remove one of them",
                )
        edges = fixed(args, "south", "north")
        if edges is not None and edges[0] > edges[1]:
            yield "south", f"{edges[0]} is above north {edges[1]}, so there is nothing between them; swap the two"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """An object, or a float for a part."""
        return DType.OBJECT if args["part"] is None else DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """Two draws, for how far and in which direction, or how far up and how far to the right."""
        from synthwb.engine.columns import Column
        from synthwb.engine.draws import key_of
        from synthwb.engine.laws.results import floats
        from synthwb.engine.laws.sphere import around, boxed

        args, part = call.args, call.args["part"]
        keys = site.key("along"), site.key("across")
        if args["name"] is not None:
            owner = site.path.partition(".")[0]
            keys = key_of(site.seed, owner, "along", args["name"]), key_of(site.seed, owner, "across", args["name"])
        if args["latitude"] is None:
            south, west, north, east = (float(args[name]) for name in _BOX)
        else:
            latitude, longitude, radius = (site.number(args[name]) for name in _CIRCLE)

        def points(block: Block) -> tuple[Any, Any]:
            along, across = (block.bits(key) for key in keys)
            if args["latitude"] is None:
                return boxed(along, across, (south, west, north, east))
            return around(along, across, latitude(block), longitude(block), radius(block))

        def draw(block: Block) -> Column:
            columns = {}
            for name, values in zip(POINT, points(block), strict=True):
                rounded: pl.Series = floats(values).series().round(args["round"], mode="half_away_from_zero")
                columns[name] = Column.of(rounded)
            return Column.object(columns, len(block)) if part is None else columns[part]

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
