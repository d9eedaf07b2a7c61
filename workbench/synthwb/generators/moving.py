"""Places that move with event time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.geography import POINT, degrees
from synthwb.generators.registry import REQUIRED, Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.scenario.model import Call

__all__ = ["GeoPath"]

_HOUR = 3.6e9  # microseconds
_FARTHEST = 1000.0  # kilometres: further from home a plane is no map


@register
class GeoPath(Generator):
    """Where somebody who moves is at the time of the event: a vehicle, a courier, a phone.

    Around a home, `latitude` and `longitude`, a path goes straight from one point within `radius` to the next, which is
    chosen evenly by area, at `speed` on average: every leg takes the same time, so that long ones are quicker. Each
    actor has a path of its own, or each value of `by`; without an actor there is one. An object of latitude and
    longitude in degrees, or with `part` one of them: parts of one `name` in a record are of the same path. Home, radius
    and speed may be expressions over the actor (`actor.home_latitude`); null where one of them is null or out of range.

    It is defined over all of event time, so that it does not depend on which other events there are.
    """

    name = "geo_path"
    family = "geography"
    parameters = (
        degrees("latitude", "The latitude of home, north is positive.", 90, REQUIRED, expression=True),
        degrees("longitude", "The longitude of home, east is positive.", 180, REQUIRED, expression=True),
        Parameter(
            "radius",
            Kind.NUMBER,
            "How far from home the path goes, in kilometres.",
            REQUIRED,
            "km",
            above=0,
            maximum=_FARTHEST,
            expression=True,
        ),
        Parameter(
            "speed",
            Kind.NUMBER,
            "How fast on average, in kilometres an hour.",
            30.0,
            "km/h",
            above=0,
            maximum=100_000,
            expression=True,
        ),
        Parameter("by", Kind.PATH, "A path of its own for each value of this field; for each actor without.", None),
        Parameter("part", Kind.ENUM, "The part that is wanted; an object of both without.", None, choices=POINT),
        Parameter("name", Kind.TEXT, "The path that is meant; one of its own for each field without.", None),
        Parameter("round", Kind.INTEGER, "How many decimals; six are 11 centimetres.", 6, minimum=0, maximum=15),
    )
    timed = True
    personal = "by"
    examples = (
        "{geo_path: {latitude: 48.8566, longitude: 2.3522, radius: 5}}",
        "{geo_path: {latitude: 40.71, longitude: -74.01, radius: 12, speed: 18, part: latitude, name: cab}}",
    )
    source = "Camp, Boleng, Davies 2002: the random waypoint model, with legs that take the same time"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """An object, or a float for a part."""
        return DType.OBJECT if args["part"] is None else DType.FLOAT

    def bind(self, call: Call, site: Site) -> Draw:
        """The two waypoints between which each row is, and the place on the way."""
        import numpy as np

        from synthwb.engine.columns import Column
        from synthwb.engine.draws import key_of
        from synthwb.engine.laws.results import floats
        from synthwb.engine.laws.sphere import shifted
        from synthwb.engine.series.trees import trees_by
        from synthwb.engine.series.waypoints import LEG, waypoints

        args, part = call.args, call.args["part"]
        latitude, longitude, radius, speed = (
            site.number(args[name]) for name in ("latitude", "longitude", "radius", "speed")
        )
        trees, start = trees_by(args["by"]), site.clock.start
        key = site.key()
        if args["name"] is not None:
            key = key_of(site.seed, site.path.partition(".")[0], "path", args["name"])

        def draw(block: Block) -> Column:
            reach, fast = radius(block), speed(block)
            with np.errstate(all="ignore"):
                valid = (np.asarray(reach) > 0) & (np.asarray(reach) <= _FARTHEST) & (np.asarray(fast) > 0)
                leg = np.where(valid, LEG * _HOUR * np.divide(reach, fast), _HOUR)
            tree, seeds = trees(block)
            north, east = waypoints(block.time - start, seeds[tree], leg, key)
            far = np.where(valid, reach, np.nan)
            found = shifted(latitude(block), longitude(block), north * far, east * far)
            columns = {}
            for name, values in zip(POINT, found, strict=True):
                rounded = floats(values).series().round(args["round"], mode="half_away_from_zero")
                columns[name] = Column.of(rounded)
            return Column.object(columns, len(block)) if part is None else columns[part]

        return draw
