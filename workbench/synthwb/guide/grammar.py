"""What may stand where in a scenario, as values: each place of a document has a form.

The forms come from the key tables and from the registry of generators, so that a new key or a new generator has one
as soon as it is declared. The JSON Schema, completion, hover and the reference are made from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from synthwb.generators import faker_index
from synthwb.generators.registry import Generator, Kind, Parameter, generator, names
from synthwb.guide.forms import Form, Shape
from synthwb.scenario import keys, pacekeys, refkeys
from synthwb.scenario.delivery import option_keys, sink_keys
from synthwb.scenario.fields import AS_TYPES
from synthwb.scenario.formats import FORMATS_OF_FILES, FORMATS_OF_STDOUT
from synthwb.scenario.keys import Key
from synthwb.scenario.layers import keys as layerkeys
from synthwb.scenario.layers.model import HOWS
from synthwb.scenario.replaying import REPLAY
from synthwb.scenario.rolling import FILE_KEYS, FILE_OPTIONS
from synthwb.sinks.registry import DeclaredSink, Option, OptionKind, sink_class

__all__ = ["LAWS", "TABLES", "Form", "Shape", "faker_names", "form_of", "laws", "modifier", "of_parameter", "table"]


TABLES: Mapping[str, Mapping[str, Key]] = {
    "scenario": keys.ROOT,
    "clock": keys.CLOCK,
    "entity": keys.ENTITY,
    "population": keys.POPULATION,
    "births": keys.BIRTHS,
    "engagement": keys.ENGAGEMENT,
    "event": keys.EVENT,
    "ref": refkeys.REF,
    "partner": refkeys.PARTNER,
    "flow": keys.FLOW,
    "session": keys.SESSION,
    "state": keys.STATE,
    "step": keys.STEP,
    "branch": keys.BRANCH,
    "arrival": keys.ARRIVAL,
    "concurrency": keys.CONCURRENCY,
    "daily": keys.CURVE,
    "peak": keys.PEAK,
    "weekly": keys.WEEK,
    "holidays": keys.HOLIDAYS,
    "trend": keys.TREND,
    "burst": keys.BURST,
    "limit": keys.LIMIT,
    "pacing": pacekeys.PACING,
    "pacing_burst": pacekeys.PACING_BURST,
    "sink": keys.SINK,
    "file": FILE_KEYS,
    "stdout": keys.STDOUT,
    "fixed set": keys.FIXED_SET,
    "decimal": keys.DECIMAL,
    "arm": keys.ARM,
    "origin": keys.ORIGIN,
    "sql": keys.SQL,
    "check": keys.CHECK,
    "imperfection": layerkeys.LAYER,
    **layerkeys.LAYERS,
    "truth": layerkeys.TRUTH,
    "replay": REPLAY,
}
"""The tables of keys by the name of their block."""

_PLAIN_TABLES = frozenset(TABLES) - {"sink"}
LAWS = ("activity", "pick")

_PLAIN = {shape.value: Form(shape) for shape in Shape}
_WORDS: Mapping[str, Form] = {
    **_PLAIN,
    "an expression": Form(Shape.EXPRESSION),
    "an entity": Form(Shape.ENTITY),
    "a field": Form(Shape.OWN_FIELD),
    "a law": Form(Shape.LAW),
    "a factor such as 60x": Form(Shape.SPEED),
    "a factor": Form(Shape.LEVEL),
    "a name or a mapping": Form(Shape.ENVELOPE),
    "a mapping": Form(Shape.ANYTHING),
    "a list": Form(Shape.ANYTHING),
}
"""The forms of the words with which a key's table says what its value is."""


def _block(name: str, short: Form | None = None) -> Form:
    return Form(Shape.BLOCK, table=name, inside=short)


def _named(inside: Form) -> Form:
    return Form(Shape.NAMED, inside=inside)


def _words(*choices: str) -> Form:
    return Form(Shape.CHOICE, choices=choices)


def _one_or_more(name: str) -> Form:
    """A block, or a list of such blocks."""
    return _block(name, Form(Shape.LIST, inside=_block(name), minimum_size=1))


_RATE, _FILE = Form(Shape.RATE), Form(Shape.FILE)
_FIELDS = Form(Shape.FIELDS, minimum_size=1)
_SET_SIZE = Form(Shape.WHOLE, minimum=1, maximum=1_000_000)
_COMPUTED_SHARE = Form(Shape.PROBABILITY, computed=True)
_DRAWN_SHARE = Form(Shape.PROBABILITY, drawn=True)
_WEIGHT = Form(Shape.NUMBER, minimum=0, computed=True)
_DWELL = Form(Shape.NUMBER, minimum=0, drawn=True, timed=True)
_TIMES = Form(Shape.NUMBER, minimum=0, drawn=True)
_WAYS = Form(Shape.WAYS, table="branch", inside=_WEIGHT, minimum_size=1)
_SETTINGS = Form(Shape.SETTINGS)
_LINES = Form(Shape.NAMED, inside=Form(Shape.TEXT), minimum_size=1)
_STATE_FIELDS = Form(Shape.FIELDS, table="state", minimum_size=1)
_COMPUTED_NUMBER = Form(Shape.NUMBER, computed=True, timed=True)

_SHAPES: Mapping[str, Form] = {
    "daily": _block("daily"),
    "weekly": _block("weekly"),
    "holidays": _one_or_more("holidays"),
    "trend": _block("trend", Form(Shape.GROWTH)),
    "bursts": _one_or_more("burst"),
}

_NESTED: Mapping[tuple[str, str], Form] = {
    ("scenario", "synthwb"): _words("1"),
    ("scenario", "seed"): Form(Shape.WHOLE, minimum=0),
    ("scenario", "clock"): _block("clock"),
    ("scenario", "params"): _named(Form(Shape.ANYTHING)),
    ("scenario", "entities"): _named(_block("entity")),
    ("scenario", "events"): replace(_named(_block("event")), minimum_size=1),
    ("scenario", "flows"): _named(_block("flow")),
    ("scenario", "arrivals"): _named(_block("arrival", _RATE)),
    ("scenario", "limit"): _block("limit"),
    ("scenario", "pacing"): _block("pacing", _RATE),
    ("pacing", "burst"): _block("pacing_burst"),
    ("pacing", "on_lag"): _words(*pacekeys.ON_LAG),
    ("scenario", "sinks"): Form(Shape.LIST, inside=_block("sink", _words("stdout"))),
    ("scenario", "checks"): Form(Shape.LIST, inside=_block("check")),
    ("check", "in"): Form(Shape.LIST, inside=Form(Shape.VALUE), minimum_size=1),
    ("scenario", "imperfections"): Form(Shape.LIST, inside=_block("imperfection")),
    ("scenario", "replay"): _block("replay"),
    ("replay", "scale"): Form(Shape.NUMBER, minimum=1e-9, maximum=1e9),
    ("replay", "loop"): Form(Shape.VALUE),
    ("scenario", "truth"): _block("truth", _FILE),
    **{("imperfection", kind): _block(kind) for kind in layerkeys.LAYER},
    **{(kind, "rate"): Form(Shape.PROBABILITY) for kind in layerkeys.LAYER},
    **{(kind, "events"): Form(Shape.LIST, inside=Form(Shape.EVENT), minimum_size=1) for kind in layerkeys.LAYER},
    **{(kind, "fields"): Form(Shape.LIST, inside=Form(Shape.PATH), minimum_size=1) for kind in layerkeys.LAYER},
    **{(kind, "rate"): _COMPUTED_SHARE for kind in ("missing", "outlier")},
    **{("outlier", key): Form(Shape.NUMBER, drawn=True) for key in ("factor", "shift", "to")},
    ("late", "delay"): Form(Shape.NUMBER, minimum=0, drawn=True, timed=True),
    ("duplicate", "after"): Form(Shape.NUMBER, minimum=0, drawn=True, timed=True),
    ("duplicate", "times"): Form(Shape.NUMBER, minimum=0, drawn=True),
    ("duplicate", "id"): _words(*layerkeys.IDS),
    ("skew", "by"): Form(Shape.TEXT),
    ("skew", "offset"): Form(Shape.NUMBER, drawn=True, timed=True),
    ("skew", "drift"): Form(Shape.NUMBER, drawn=True),
    ("corrupt", "how"): Form(Shape.LIST, inside=_words(*HOWS), minimum_size=1),
    ("clock", "mode"): _words(*keys.CLOCK_MODES),
    ("entity", "count"): Form(Shape.WHOLE, minimum=1, maximum=100_000_000),
    ("entity", "fields"): _FIELDS,
    ("entity", "from"): _block("origin", Form(Shape.TABLE_FILE)),
    ("entity", "population"): _block("population"),
    ("entity", "engagement"): _block("engagement"),
    **{("engagement", law): _DRAWN_SHARE for law in ("start", "decay", "boost", "noise")},
    ("population", "births"): _block("births", _RATE),
    **{("population", span): _DWELL for span in ("lifetime", "age")},
    ("population", "max"): Form(Shape.WHOLE, minimum=1, maximum=100_000_000),
    ("origin", "sql"): _block("sql"),
    ("origin", "columns"): Form(Shape.RENAMED, minimum_size=1),
    ("event", "version"): Form(Shape.WHOLE, minimum=1, maximum=2**31),
    ("event", "refs"): _named(_block("ref", Form(Shape.ENTITY))),
    ("event", "fields"): _FIELDS,
    ("flow", "with"): _named(_block("partner", Form(Shape.ENTITY))),
    ("ref", "event"): Form(Shape.EVENT),
    ("ref", "pick"): Form(Shape.LAW, choices=refkeys.PICKS_OF_EVENTS),
    ("ref", "of"): _words(*refkeys.WHOSE),
    ("ref", "none"): _words("skip", "null"),
    ("flow", "start"): _WAYS,
    ("flow", "session"): _block("session"),
    ("flow", "set"): _SETTINGS,
    ("flow", "states"): replace(_named(_block("state")), minimum_size=1),
    ("flow", "steps"): Form(Shape.LIST, inside=_block("step", Form(Shape.EVENT)), minimum_size=1),
    ("state", "next"): _WAYS,
    **{(of, "dwell"): _DWELL for of in ("state", "step")},
    **{(of, "times"): _TIMES for of in ("state", "step")},
    **{(of, "fields"): _STATE_FIELDS for of in ("state", "step")},
    ("branch", "weight"): _WEIGHT,
    ("arrival", "concurrency"): _block("concurrency", Form(Shape.WHOLE, minimum=1)),
    ("concurrency", "limit"): Form(Shape.WHOLE, minimum=1),
    ("concurrency", "at_cap"): _words(*keys.AT_CAP),
    **{(block, key): form for block in ("arrival", "births") for key, form in _SHAPES.items()},
    ("arrival", "process"): _words(*keys.PROCESSES),
    ("arrival", "gap"): Form(Shape.NUMBER, minimum=0, drawn=True, timed=True),
    ("arrival", "count"): Form(Shape.NUMBER, minimum=0, drawn=True),
    ("arrival", "cron"): Form(Shape.CRON),
    ("arrival", "chance"): _DRAWN_SHARE,
    ("arrival", "branching"): Form(Shape.NUMBER, minimum=0, below=1),
    ("daily", "peaks"): _one_or_more("peak"),
    ("holidays", "dates"): Form(Shape.LIST, inside=Form(Shape.TEXT), minimum_size=1),
    ("trend", "shape"): _words(*keys.TRENDS),
    ("limit", "events"): Form(Shape.WHOLE, minimum=1),
    ("sink", "stdout"): _block("stdout", Form(Shape.NOTHING)),
    ("sink", "file"): _block("file", _FILE),
    ("sink", "events"): Form(Shape.LIST, inside=Form(Shape.EVENT), minimum_size=1),
    ("file", "format"): _words(*FORMATS_OF_FILES),
    ("file", "nested"): _words(*keys.NESTED),
    ("stdout", "nested"): _words(*keys.NESTED),
    ("stdout", "format"): _words(*FORMATS_OF_STDOUT),
    **{(sink, "templates"): _LINES for sink in ("file", "stdout")},
    ("modifier", "missing"): _COMPUTED_SHARE,
    ("modifier", "nullable"): _COMPUTED_SHARE,
    ("modifier", "min"): _COMPUTED_NUMBER,
    ("modifier", "max"): _COMPUTED_NUMBER,
    ("modifier", "bounds"): _words(*keys.BOUNDS),
    ("modifier", "round"): Form(Shape.WHOLE, minimum=0, maximum=15),
    ("modifier", "case"): _words(*keys.CASES),
    ("modifier", "as"): _block("decimal", _words(*AS_TYPES)),
    ("modifier", "cardinality"): _block("fixed set", _SET_SIZE),
    ("fixed set", "size"): _SET_SIZE,
    ("decimal", "decimal"): Form(Shape.WHOLE, minimum=0, maximum=15),
    ("arm", "then"): Form(Shape.FIELD),
    ("arm", "else"): Form(Shape.FIELD),
}
"""The forms that a key's table does not say in words: what is nested, enumerated or limited."""

_KINDS: Mapping[Kind, Shape] = {
    Kind.NUMBER: Shape.NUMBER,
    Kind.INTEGER: Shape.WHOLE,
    Kind.PROBABILITY: Shape.PROBABILITY,
    Kind.BOOLEAN: Shape.BOOLEAN,
    Kind.TEXT: Shape.TEXT,
    Kind.PATTERN: Shape.TEXT,
    Kind.REGEX: Shape.TEXT,
    Kind.TEMPLATE: Shape.TEMPLATE,
    Kind.EXPRESSION: Shape.EXPRESSION,
    Kind.PATH: Shape.PATH,
    Kind.WEIGHTS: Shape.WEIGHTS,
    Kind.FIELD: Shape.FIELD,
    Kind.FIELDS: Shape.FIELDS,
    Kind.QUANTITY: Shape.NUMBER,
    Kind.TIME: Shape.TIME,
    Kind.DURATION: Shape.DURATION,
    Kind.SLOPE: Shape.SLOPE,
    Kind.ENUM: Shape.CHOICE,
    Kind.TIME_FORMAT: Shape.TIME_FORMAT,
    Kind.CONSTANT: Shape.ANYTHING,
    Kind.TRANSITIONS: Shape.NAMED,
    Kind.BINS: Shape.WEIGHTS,
    Kind.NUMBERS: Shape.LIST,
    Kind.PATHS: Shape.PATHS,
    Kind.RECORDS: Shape.RECORDS,
    Kind.COMPONENTS: Shape.COMPONENTS,
    Kind.CONDITION: Shape.EXPRESSION,
    Kind.ARMS: Shape.LIST,
    Kind.CASES: Shape.NAMED,
    Kind.FILE: Shape.TABLE_FILE,
    Kind.TABLE: Shape.TABLE,
    Kind.COLUMN: Shape.TEXT,
    Kind.COLUMNS: Shape.COLUMNS,
    Kind.LOCALES: Shape.LOCALES,
    Kind.METHOD: Shape.METHOD,
    Kind.ARGUMENTS: Shape.ARGUMENTS,
}


_OPTIONS: Mapping[OptionKind, Shape] = {
    OptionKind.TEXT: Shape.TEXT,
    OptionKind.INTEGER: Shape.WHOLE,
    OptionKind.NUMBER: Shape.NUMBER,
    OptionKind.BOOLEAN: Shape.BOOLEAN,
    OptionKind.DURATION: Shape.DURATION,
    OptionKind.SIZE: Shape.SIZE,
    OptionKind.CHOICE: Shape.CHOICE,
    OptionKind.TEXTS: Shape.NAMED,
}

_FILLED = (
    *(Kind.FIELDS, Kind.WEIGHTS, Kind.BINS, Kind.NUMBERS, Kind.PATHS, Kind.RECORDS, Kind.COMPONENTS),
    *(Kind.ARMS, Kind.CASES, Kind.TRANSITIONS, Kind.TABLE, Kind.COLUMNS),
)
_INSIDE = {
    Kind.ARMS: Form(Shape.BLOCK, table="arm"),
    Kind.CASES: Form(Shape.FIELD),
    Kind.TRANSITIONS: Form(Shape.WEIGHTS, minimum_size=1),
}


def table(name: str) -> Mapping[str, Key]:
    """The keys of a block that this version knows, by name: also of a declared sink, by its name."""
    if name == "sink":
        return sink_keys()
    declared = None if name in TABLES else sink_class(name)
    if declared is not None:
        return option_keys(declared)
    return {key.name: key for key in TABLES[name].values() if not key.later}


def form_of(block: str, key: str) -> Form:
    """The form of a key's value; anything where its words are not known."""
    found = _NESTED.get((block, key))
    declared = sink_class(key if block == "sink" else block) if found is None and block not in _PLAIN_TABLES else None
    if declared is not None:
        return _of_sink(declared) if block == "sink" else _of_option(declared, key)
    if block == "file" and (option := next((each for each in FILE_OPTIONS if each.name == key), None)) is not None:
        return _option_form(option)
    return found or _WORDS.get(TABLES[block][key].kind, Form(Shape.ANYTHING))


def _of_sink(declared: type[DeclaredSink]) -> Form:
    """A declared sink: its options, or the value of its shorthand."""
    short = _of_option(declared, declared.shorthand) if declared.shorthand else None
    return _block(declared.name, short)


def _of_option(declared: type[DeclaredSink], name: str) -> Form:
    if name == "format":
        return _words(*declared.formats)
    if name in ("template", "templates"):
        return Form(Shape.TEXT) if name == "template" else _LINES
    return _option_form(next(option for option in declared.options if option.name == name))


def _option_form(option: Option) -> Form:
    shape = _OPTIONS[option.kind]
    inside = Form(Shape.TEXT) if shape is Shape.NAMED else None
    low, high = (None, None) if shape is Shape.DURATION else (option.minimum, option.maximum)
    return Form(shape, inside=inside, choices=option.choices, minimum=low, maximum=high)


def modifier(name: str) -> Form:
    """The form of a modifier's value."""
    return _NESTED.get(("modifier", name)) or _WORDS.get(keys.MODIFIERS[name].kind, Form(Shape.ANYTHING))


def of_parameter(parameter: Parameter) -> Form:
    """The form of a generator's parameter."""
    item = Form(
        Shape.NUMBER,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        above=parameter.above,
        below=parameter.below,
    )
    return Form(
        _KINDS.get(parameter.kind, Shape.ANYTHING),
        inside=item if parameter.kind is Kind.NUMBERS else _INSIDE.get(parameter.kind),
        parts=parameter.parts,
        choices=parameter.choices,
        minimum=parameter.minimum,
        maximum=parameter.maximum,
        above=parameter.above,
        below=parameter.below,
        drawn=parameter.kind is Kind.QUANTITY,
        computed=parameter.expression,
        timed=parameter.measured or parameter.unit == "s",
        minimum_size=1 if parameter.kind in _FILLED else 0,
    )


def faker_names() -> list[str]:
    """Faker's methods that are no generators of the registry: any arguments are accepted, the language checks them."""
    known = set(names())
    return [name for name in faker_index.names() if name not in known]


def laws() -> tuple[str, ...]:
    """The generators that can say who is picked how often."""
    return tuple(name for name in names() if type(generator(name)).ranks is not Generator.ranks)  # type: ignore[union-attr]
