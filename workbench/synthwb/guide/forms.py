"""What the value of a place of a document looks like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from synthwb.generators.registry import Parameter

__all__ = ["Form", "Shape"]


class Shape(StrEnum):
    """What the value of a place looks like."""

    ANYTHING = "anything"
    NOTHING = "nothing"
    TEXT = "text"
    WHOLE = "a whole number"
    NUMBER = "a number"
    PROBABILITY = "a probability"
    BOOLEAN = "true or false"
    RATE = "a rate"
    DURATION = "a duration"
    SIZE = "a size"
    SLOPE = "a change over time"
    TIME = "a time"
    START = "a time, or now"
    SPEED = "a factor"
    LEVEL = "a level"
    GROWTH = "growth"
    SHARE = "a share over time"
    TIME_OF_DAY = "a time of day"
    COUNTRY = "a country"
    SUBDIVISION = "a subdivision"
    CRON = "a cron expression, or a list of them"
    ZONE = "a time zone"
    LOCALES = "a locale, or several"
    METHOD = "a method of Faker"
    ARGUMENTS = "arguments, by name"
    TIME_FORMAT = "a time format"
    CHOICE = "one of several words"
    EXPRESSION = "an SQL expression"
    TEMPLATE = "a template"
    PATH = "the path of a field"
    FILE = "a path"
    TABLE_FILE = "the path of a table"
    TABLE = "a table: values by key, or a list of rows"
    RENAMED = "names of columns, or a mapping of attributes to columns"
    COLUMNS = "the name of a column, or a list of names"
    OWN_FIELD = "the name of a field"
    EVENT_FIELD = "the field of an event"
    VALUE = "a value"
    LIMITS = "two limits"
    ENTITY = "the name of an entity"
    EVENT = "the name of an event"
    EVENTS = "an event, or several"
    STATE = "the name of a state"
    WAYS = "a state, or several"
    SETTINGS = "values, by variable"
    FIELD = "a field"
    FIELDS = "fields, by name"
    WEIGHTS = "a list of values, or value: weight"
    COMPONENTS = "numeric generators, each with its weight"
    PATHS = "paths of fields"
    RECORDS = "a list of mappings"
    LAW = "a law of who is picked"
    ENVELOPE = "an envelope"
    BLOCK = "a mapping"
    NAMED = "a mapping by names of your own"
    LIST = "a list"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a place.

    ``table`` names the keys of a block; ``inside`` is the form of the items of a list, of the values of a mapping by
    names of one's own, or of what may be written in short in the place of a block. Limits are inclusive; ``above``
    and ``below`` are exclusive. ``drawn``: a numeric generator may stand there; ``computed``: ``{expr: ...}`` may.
    ``timed``: a duration may, where a quantity of seconds is meant. ``minimum_size``: so many entries or items at
    least. ``parts``: the parameters of each record of a list.
    """

    shape: Shape
    table: str = ""
    inside: Form | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    drawn: bool = False
    computed: bool = False
    timed: bool = False
    minimum_size: int = 0
    parts: tuple[Parameter, ...] = ()
