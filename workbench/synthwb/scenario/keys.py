"""The keys of every block, declared once: what is allowed, what is required, what it means.

The reader refuses everything else; completion, hover and the reference read the same tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ARM",
    "ARRIVAL",
    "AT_CAP",
    "BIRTHS",
    "BOUNDS",
    "BRANCH",
    "BURST",
    "CASES",
    "CHECK",
    "CHECK_BESIDE",
    "CHECK_RULES",
    "CHECK_SUBJECTS",
    "CLOCK",
    "CLOCK_MODES",
    "CONCURRENCY",
    "CURVE",
    "DECIMAL",
    "ENGAGEMENT",
    "ENTITY",
    "ENVELOPES",
    "ENVELOPES_BY_NAME",
    "EVENT",
    "FILE",
    "FIXED_SET",
    "FLOW",
    "HOLIDAYS",
    "LIMIT",
    "MODIFIERS",
    "NESTED",
    "ORIGIN",
    "PEAK",
    "POPULATION",
    "PROCESSES",
    "REQUIRED_BY_CLOUDEVENTS",
    "ROOT",
    "SESSION",
    "SINK",
    "SQL",
    "STATE",
    "STDOUT",
    "STEP",
    "TEMPLATES",
    "TIME",
    "TREND",
    "TRENDS",
    "WEEK",
    "Key",
]


@dataclass(frozen=True, slots=True)
class Key:
    """A key: ``kind`` says in words what its value is. ``later``: it is known but comes with a later version."""

    name: str
    kind: str
    doc: str
    required: bool = False
    later: bool = False


def _table(*keys: Key) -> Mapping[str, Key]:
    return {key.name: key for key in keys}


def _later(name: str, doc: str) -> Key:
    return Key(name, "", doc, later=True)


ROOT = _table(
    Key("synthwb", "1", "The version of the language"),
    Key("name", "text", "What the scenario is called"),
    Key("doc", "text", "What it is about"),
    Key("seed", "a whole number", "The same seed gives the same stream; 42 without"),
    Key("locale", "a locale, or several", "The language and country of names, cities and the like; en_US without"),
    Key("clock", "a mapping", "The event-time line: start, end, zone, and whether it is the wall clock's"),
    Key("params", "a mapping", "Named values, used as ${params.name}"),
    Key("definitions", "anything", "A place for anchors; otherwise ignored"),
    Key("entities", "a mapping", "Populations with stable attributes: users, devices, products"),
    Key("events", "a mapping", "The record types; there must be some, or a replay"),
    Key("replay", "a mapping", "Events out of a file, at their times or at others"),
    Key("replay", "a mapping", "Events out of a file, at their times or at others"),
    Key("flows", "a mapping", "State machines: what actors do, one thing after the other"),
    Key("arrivals", "a mapping", "How often each event happens, or each flow begins, in event time"),
    Key("limit", "a mapping", "Where the stream ends: after so many events, or so much event time"),
    Key("pacing", "a rate", "How fast events are delivered, in wall-clock time; never changes the data"),
    Key("envelope", "a name or a mapping", "How a record is wrapped: flat, nested or cloudevents"),
    Key("sinks", "a list", "Where events go"),
    Key("imperfections", "a list", "What goes wrong on the way: late, duplicate, missing, corrupt ... in this order"),
    Key("truth", "a path", "The side file of answers: a line for every alteration"),
    Key("checks", "a list", "What is expected of the stream while it runs; a run that fails a check ends with code 3"),
    _later("drift", "Scheduled change of what is drawn"),
)
CLOCK = _table(
    Key("start", "a time, or now", "The event time of the beginning; 2026-01-01T00:00Z without"),
    Key("end", "a time", "The event time at which the stream ends; never without"),
    Key("zone", "a time zone", "The zone of times written without an offset; UTC without"),
    Key("mode", "simulated or live", "Whether event time is the wall clock's: what lies before now comes at once"),
    Key("speed", "a factor such as 60x", "Seconds of event time per second of wall time"),
)
ENTITY = _table(
    Key("count", "a whole number", "How many rows; of an origin: its first rows, all without"),
    Key("key", "a field", "The field that identifies a row"),
    Key("fields", "a mapping", "The attributes of a row; of an origin: those beside its columns"),
    Key("from", "an origin", "Rows from outside: a CSV, JSON, JSON lines or Parquet file, or an SQL database"),
    Key("activity", "a law", "Who is picked how often, such as {zipf: {exponent: 1.1}}; everybody alike without"),
    Key("population", "a mapping", "Rows that come and go: {births: 40/day, churn: 0.4%/day}"),
    Key("engagement", "a mapping", "A hidden factor of each row that decays and is boosted: {start: 80%, decay: 5%}"),
)
POPULATION = _table(
    Key("births", "a rate", "How many rows are born in event time, such as 40/day, by chance; none without"),
    Key(
        "churn", "a share over time", "How many of those who are there go, by chance, such as 0.4%/day; nobody without"
    ),
    Key("lifetime", "a duration or a law", "How long a row lives; it may read the fields of the row; for ever without"),
    Key("age", "a duration or a law", "How old the rows of the start are at the start of the clock; 0s without"),
    Key("max", "a whole number", "The most rows that there will ever be; needed where births have no end"),
)
_SHAPES = (
    Key("daily", "a mapping", "How the day goes: levels by hour, or a floor with peaks"),
    Key("weekly", "a mapping", "Levels by day of the week, such as {sat: 70%, sun: 50%}"),
    Key("holidays", "a mapping", "A level for public holidays and other dates: {country: FR, factor: 30%}"),
    Key("trend", "growth", "How the rate grows, such as 5%/week or -2%/day"),
    Key("bursts", "a list", "Times at which the rate is another: [{at: +4d 18:00, for: 20m, rate: x4}]"),
)
BIRTHS = _table(Key("rate", "a rate", "How many are born in event time, such as 40/day", required=True), *_SHAPES)
ENGAGEMENT = _table(
    Key("start", "a probability", "Where it begins, from 0 to 1, or a law of that; 100% without"),
    Key("every", "a duration", "How often it changes; 1d without"),
    Key("decay", "a probability", "Which share of it is lost in a change, or a law of that"),
    Key("boost", "a probability", "How much is added in a change, or a law of that"),
    Key("noise", "a probability", "How far it wanders in a change (a standard deviation), or a law of what is added"),
    Key("inactive_below", "a probability", "Below this it is 0, and the actor inactive; 0.01% without"),
    Key("resurrection", "a share over time", "How many of the inactive begin anew, by chance, such as 1%/day"),
)
ORIGIN = _table(
    Key("file", "the path of a table", "A CSV, JSON, JSON lines or Parquet file; its path begins at the scenario"),
    Key("sql", "a mapping", "A table or a query of a database"),
    Key("columns", "a list", "The columns to take, or {attribute: column} to call them otherwise; all without"),
)
SQL = _table(
    Key("url", "text", "The database, as SQLAlchemy writes it; ${NAME} reads the environment", required=True),
    Key("table", "text", "The table whose rows are taken, in the order of its key"),
    Key("query", "text", "A query in its place; without ORDER BY its rows are sorted"),
)
EVENT = _table(
    Key("version", "a whole number", "The version of the record type; above 1 it is sent along"),
    Key("actor", "an entity", "The entity whose row the event belongs to"),
    Key("key", "a field", "The field that identifies the record for sinks that partition"),
    Key("refs", "a mapping", "Rows of other entities or earlier events, each under a name: {item: product}"),
    Key("fields", "a mapping", "The fields of the record", required=True),
    Key("doc", "text", "What the event means"),
)
FLOW = _table(
    Key("actor", "an entity", "Whose row a session belongs to; without, sessions are anonymous"),
    Key("with", "a mapping", "Rows of other entities that a session holds on to: {driver: driver}"),
    Key(
        "start",
        "a state, or several",
        "Where a session begins: one state, by weights, or a list of states side by side",
    ),
    Key("session", "a mapping", "When a session ends, or gets a new id: {gap: 30m, max: 4h}"),
    Key("one_at_a_time", "true or false", "An actor who is in a session of this flow starts no other"),
    Key("set", "values, by variable", "The first values of the session's variables: {session.items: 0}"),
    Key("states", "a mapping", "The states by name; the first one is the start, if nothing else is said"),
    Key("steps", "a list", "A chain instead of states: [signed_up, {event: verified, dwell: 2m}]"),
    Key("doc", "text", "What the flow means"),
)
SESSION = _table(
    Key("gap", "a duration", "A longer dwell starts a new session id"),
    Key("max", "a duration", "After so long a session ends, wherever it is"),
)
_IN_STATES = (
    Key("dwell", "a duration or a law", "The time until the state is left; none without"),
    Key(
        "times",
        "a number or a law",
        "How often its events happen, a dwell apart, before it is left; once without",
    ),
    Key("set", "values, by variable", 'Variables that change: {actor.balance: {expr: "actor.balance - total"}}'),
    Key("fields", "a mapping", "Values for its events that only this state gives"),
)
STATE = _table(
    Key("emit", "an event, or several", "What happens when the state is entered; several share one event time"),
    *_IN_STATES,
    Key("next", "a state, or several", "Where it goes on, by weights: {browse: 55, exit: 45}; it ends without"),
    Key("doc", "text", "What the state means"),
)
STEP = _table(
    Key("event", "an event, or several", "What happens in this step; several share one event time", required=True),
    Key("state", "text", "What the step is called; by its event without"),
    *_IN_STATES,
    Key("exit", "a probability", "The session ends after this step with this probability"),
)
BRANCH = _table(
    Key("weight", "a number", "How often it is taken, relative to the others; 1 without"),
    Key("when", "an expression", "It can be taken only where this holds"),
)
ARRIVAL = _table(
    Key(
        "process",
        "a process",
        "How the times are spread: poisson, constant, renewal, schedule, hawkes, once, births or per_actor",
    ),
    Key(
        "rate",
        "a rate",
        "How many in event time, such as 5/s or 120/min; of hawkes: those that come by themselves",
    ),
    *_SHAPES,
    Key(
        "gap",
        "a duration or a law",
        "The gaps of a renewal, or of each actor, such as {lognormal: {median: 12s, sigma: 0.8}}",
    ),
    Key("cron", "a cron expression", "When a schedule comes, in the clock's zone, such as 0 9 * * mon-fri"),
    Key(
        "count", "a number or a law", "How many at each time of a schedule (1 without), or of each actor in each period"
    ),
    Key("jitter", "a duration", "Up to how much later each event of a schedule, of once and of births comes"),
    Key("every", "a duration", "How long a period is in which each actor has its count; 1d without"),
    Key("chance", "a probability", "How likely it is that an actor comes at all in a period; always without"),
    Key("branching", "a number", "How many more events each event of hawkes brings about on average; below 1"),
    Key("decay", "a duration", "How long it takes on average until one comes that another brought about"),
    Key("concurrency", "a cap", "Of a flow: the most sessions at once; without, there is no cap"),
)
CONCURRENCY = _table(
    Key("limit", "a whole number", "The most sessions at once", required=True),
    Key("at_cap", "wait, drop or poll", "What an arrival does that finds no room: wait for it, give up, or look again"),
    Key("every", "a duration", "How often one that polls looks again; 5s without"),
)
CLOCK_MODES = ("simulated", "live")
AT_CAP = ("wait", "drop", "poll")
CURVE = _table(
    Key("floor", "a level", "The level far from every peak; 0% without"),
    Key("peaks", "a list", 'When the day is at its best: [{at: "12:30", width: 2h}]', required=True),
)
PEAK = _table(
    Key("at", "a time of day", "When it is highest, in the clock's zone", required=True),
    Key("width", "a duration", "How wide it is at half its height over the floor", required=True),
    Key("height", "a level", "How high it is; 100% without"),
)
WEEK = _table(
    Key("mon", "a level", "Monday's level; 100% without"),
    Key("tue", "a level", "Tuesday's"),
    Key("wed", "a level", "Wednesday's"),
    Key("thu", "a level", "Thursday's"),
    Key("fri", "a level", "Friday's"),
    Key("sat", "a level", "Saturday's"),
    Key("sun", "a level", "Sunday's"),
)
HOLIDAYS = _table(
    Key("country", "a country", "Its public holidays, by a code of ISO 3166 such as FR"),
    Key("subdiv", "a subdivision", "A state, province or region of the country, such as BY"),
    Key("dates", "a list", "Dates of your own, such as [2026-12-24]"),
    Key("factor", "a level", "The level on these days, such as 30%", required=True),
)
TREND = _table(
    Key("growth", "growth", "How much in which time, such as 5%/week or -2%/day", required=True),
    Key("shape", "exponential or linear", "Compound growth, or a straight line; exponential without"),
    Key("from", "a time", "When it begins; at the start of the clock without"),
    Key("until", "a time", "When it ends; the rate then stays as it is"),
)
TRENDS = ("exponential", "linear")
BURST = _table(
    Key("at", "a time", "When it begins, such as +4d 18:00", required=True),
    Key("for", "a duration", "How long it lasts, such as 20m", required=True),
    Key("rate", "a factor", "How many times the rate, such as x4; x0 is an outage", required=True),
    Key("ramp", "a duration", "How long the rate takes to rise at the beginning and to fall at the end"),
    Key("every", "a duration", "It comes again after this time; days keep the time of day"),
    Key("until", "a time", "When the last one has begun"),
)
LIMIT = _table(
    Key("events", "a whole number", "End after so many events"),
    Key("for", "a duration", "End after so much event time"),
)
SINK = _table(
    Key("stdout", "nothing", "Write to standard output"),
    Key("file", "a path", "Write to a file, or to one per event with {event} in the path"),
    Key("events", "a list", "Only these events"),
    Key("envelope", "a name or a mapping", "How this sink wraps records"),
    Key("name", "text", "What the sink is called: --to @name"),
    Key("dead_letters", "a path", "Where events go that the sink does not take; NAME.dead.jsonl without"),
)
"""The keys of every sink; beside them stands one declared sink (see `synthwb.scenario.delivery.sink_keys`)."""
CHECK = _table(
    Key("field", "the field of an event", "The field that is looked at, with one of between, not_null, in, matches"),
    Key(
        "between",
        "two limits",
        "[lowest, highest]: numbers, times, or the shares or rates that are expected; null for none",
    ),
    Key("not_null", "true or false", "No value is null or absent"),
    Key("in", "a list", "Every value is one of these"),
    Key("matches", "text", "Every text matches this regular expression as a whole"),
    Key("unique", "the field of an event", "The field of which no value comes twice"),
    Key("within", "a duration", "Of unique: how long in event time a value does not come again; ever without"),
    Key("share", "the field of an event", "The field of which one value has a share of the records"),
    Key("of", "a value", "Of share: the value, such as true; null stands for absent values too"),
    Key("rate", "the name of an event", "The event of which so many come in event time"),
    Key("over", "a duration", "Of rate: the windows in which it is counted; 1m without"),
    Key("order", "the name of an event", "The event whose times do not go back from record to record"),
    Key("key", "the name of a field", "Of order: the records that have the same value of this field; all without"),
    Key("at_least", "a probability", "The share of records (of windows, for a rate) that must pass; 100% without"),
    Key("when", "an expression", "Only records for which this holds are looked at"),
    Key("name", "text", "What the check is called"),
)
CHECK_SUBJECTS = ("field", "unique", "share", "rate", "order")
CHECK_RULES = ("between", "not_null", "in", "matches")
CHECK_BESIDE: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(CHECK_RULES, ("at_least",)),
    "unique": ("within", "at_least"),
    "share": ("of", "between"),
    "rate": ("between", "over", "at_least"),
    "order": ("key", "at_least"),
}
"""What may stand beside what a check expects, besides ``when`` and ``name``."""
TIME = _table(
    Key("name", "text", "A new name for the key"),
    Key("format", "a time format", "How it is written: iso, epoch_s, epoch_ms, epoch_us or a strftime pattern"),
)
TEMPLATES = (
    Key("template", "text", "The line of a record: values in braces, times as in {event.time:%H:%M:%S}"),
    Key("templates", "texts by event", "The same for each event by itself"),
)
_STYLE = (
    Key("nulls", "text", "In CSV, TSV and templates: what stands for null and absent values; nothing without"),
    Key("nested", "json or columns", "In CSV and TSV: objects as JSON text, or a column for each child; json without"),
    *TEMPLATES,
)
NESTED = ("json", "columns")
FILE = _table(
    Key("path", "a path", "Where; {event} stands for the event's name", required=True),
    Key("format", "a word", "How records are written; by the suffix of the path without"),
    *_STYLE,
)
STDOUT = _table(Key("format", "a word", "How records are written; jsonl without"), *_STYLE)
PROCESSES = ("poisson", "constant", "renewal", "schedule", "hawkes", "once", "births", "per_actor")

ENVELOPES: Mapping[str, tuple[str, ...]] = {
    "flat": ("event", "id", "time", "schema_version"),
    "nested": ("event", "id", "time", "schema_version", "properties"),
    "cloudevents": ("specversion", "id", "source", "type", "time", "datacontenttype", "subject", "data"),
    "cloudevents_binary": (),
    "changes": ("update", "delete", "before", "table", "tombstones"),
    "template": (),
}
"""The keys of each envelope, in the order in which they are sent; of changes, what may be said of them."""

ENVELOPES_BY_NAME = tuple(name for name in ENVELOPES if name != "template")
REQUIRED_BY_CLOUDEVENTS = ("specversion", "id", "source", "type")

MODIFIERS = _table(
    Key("missing", "a probability", "The key is left out with this probability"),
    Key("nullable", "a probability", "The value is null with this probability"),
    Key("unique", "true or false", "No two rows have the same value"),
    Key("min", "a number", "No value below; see bounds"),
    Key("max", "a number", "No value above; see bounds"),
    Key(
        "bounds",
        "clip or redraw",
        "What happens to a value outside min and max; clip without. One that is outside 64 times is clipped",
    ),
    Key("round", "a whole number", "So many decimals"),
    Key("case", "upper, lower or title", "The case of a text"),
    Key("as", "a type", "string, integer, float, boolean or decimal; {decimal: 4} says how many decimals"),
    Key("cardinality", "a whole number", "Values from a fixed set of this size; {size: 50, pick: ...} says how often"),
    Key("repeat", "a probability", "With this probability, a value that the field had in one of the last records"),
    Key("when", "an expression", "The field is there only where this holds"),
    Key("hidden", "true or false", "Other fields may use it; it is not sent"),
    Key("doc", "text", "What the field means"),
)
FIXED_SET = _table(
    Key("size", "a whole number", "How many different values there are", required=True),
    Key("pick", "a law", "Which value is taken how often, such as {zipf: {exponent: 1.1}}; all alike without"),
)
DECIMAL = _table(Key("decimal", "a whole number", "How many decimals a decimal number has", required=True))
ARM = _table(
    Key("when", "an expression", "The condition"),
    Key("then", "any field", "The field where it holds"),
    Key("else", "any field", "The field where no condition before holds"),
)
CASES = ("upper", "lower", "title")
BOUNDS = ("clip", "redraw")
