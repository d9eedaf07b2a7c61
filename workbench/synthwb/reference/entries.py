"""What there is to look up: one entry for each generator, modifier, block, function, envelope, sink and literal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from inspect import cleandoc

from synthwb.errors import UsageError
from synthwb.generators import faker_index
from synthwb.generators.fakers import faker_method
from synthwb.generators.registry import Generator, generator, names
from synthwb.guide.envelopes import CHANGES
from synthwb.guide.grammar import Form, Shape, form_of, modifier, of_parameter, table
from synthwb.guide.samples import MODIFIER_EXAMPLES, VALUES
from synthwb.guide.wording import default_of, documentation, sentence, value_words
from synthwb.reference.layerblocks import LAYER_BLOCKS
from synthwb.reference.sinkwords import facts_of, spoken
from synthwb.scenario import keys, literals
from synthwb.scenario.delivery import sink_names
from synthwb.scenario.diagnostics import nearest
from synthwb.scenario.functions import FUNCTIONS, Function
from synthwb.scenario.keys import Key
from synthwb.sinks.registry import sink_class

__all__ = ["Entry", "Row", "Topic", "entries", "find"]


_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z`])")


class Topic(StrEnum):
    """What kind of thing an entry is about, in the order of the reference."""

    BLOCK = "block"
    LITERAL = "literal"
    GENERATOR = "generator"
    MODIFIER = "modifier"
    FUNCTION = "function"
    ENVELOPE = "envelope"
    SINK = "sink"


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter or a key: what may be written, the default as it would be written, what it means, an example."""

    name: str
    value: str
    default: str
    doc: str
    required: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look up.

    ``text`` and ``facts`` are Markdown. ``fields`` are examples that can be put into a record as they stand;
    ``family`` groups generators; ``usage`` shows the form of a call.
    """

    name: str
    topic: Topic
    text: str
    rows: tuple[Row, ...] = ()
    facts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    family: str = ""
    source: str = ""
    usage: str = ""

    @property
    def title(self) -> str:
        """The first sentence of its text."""
        return _SENTENCE.split(self.text.partition("\n\n")[0], maxsplit=1)[0]


def entries() -> tuple[Entry, ...]:
    """Everything, topic by topic."""
    return (
        *map(_block, _BLOCKS),
        *map(_literal, _LITERALS),
        *(_generator(_found(name)) for name in names()),
        *(_modifier(key) for key in keys.MODIFIERS.values() if not key.later),
        *map(_function, FUNCTIONS.values()),
        *map(_envelope, keys.ENVELOPES),
        *map(_sink, sink_names()),
    )


def find(name: str) -> tuple[Entry, ...]:
    """The entries of this name, several where a word has several meanings; a block is also found by its key.

    A method of Faker's is found as well, although `entries` does not have it.

    Raises UsageError, with the nearest name, if there is none.
    """
    known: dict[str, list[Entry]] = {}
    for entry in entries():
        words = (entry.name, *(_BLOCKS[entry.name][0] if entry.topic is Topic.BLOCK else ()))
        for word in dict.fromkeys(words):
            known.setdefault(word, []).append(entry)
    method = faker_method(name) if name not in names() else None
    if method is not None:
        known.setdefault(name, []).append(_generator(method))
    if name in known:
        return tuple(known[name])
    near = nearest(name, known, faker_index.names())
    hint = f"did you mean {near}?" if near else "synthwb reference lists all there is"
    raise UsageError(f"the reference has no entry {name!r}; {hint}")


# Generators


def _found(name: str) -> Generator:
    found = generator(name)
    assert found is not None
    return found


def _generator(found: Generator) -> Entry:
    return Entry(
        found.name,
        Topic.GENERATOR,
        documentation(found),
        rows=tuple(
            Row(p.name, _with_unit(value_words(of_parameter(p)), p.unit), default_of(p), p.doc, p.required)
            for p in found.parameters
        ),
        facts=tuple(_facts(found)),
        fields=found.examples,
        family=found.family,
        source=found.source,
    )


def _with_unit(words: str, unit: str) -> str:
    return f"{words}, in {unit}" if unit else words


def _facts(found: Generator) -> Iterable[str]:
    """What a declaration promises, in sentences."""
    for group in found.alternatives:
        yield f"Exactly one of {_listed(group)} is written."
    if found.beside:
        yield f"Beside `{found.name}`, not in it, stands {_listed(found.beside)}."
    elif found.shorthand and found.parameters:
        yield f"`{{{found.name}: X}}` is short for `{{{found.name}: {{{found.shorthand}: X}}}}`."
    if found.carried:
        yield "Carried: a value needs those before it; the state belongs to the stream."
    elif found.timed:
        yield "Addressed; follows the time of the event."
    else:
        yield "Addressed."
    if found.distinct:
        yield "No value comes twice, so `unique` is free."
    elif type(found).nth is not Generator.nth:
        yield "Its values can be counted, so they can be `unique`."
    if type(found).ranks is not Generator.ranks:
        yield "Can say who is picked how often, in `activity` and `pick`."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# Modifiers, blocks


def _modifier(key: Key) -> Entry:
    return Entry(
        key.name,
        Topic.MODIFIER,
        sentence(key.doc),
        rows=(Row(key.name, _form_words(modifier(key.name)), "", key.doc),),
        fields=MODIFIER_EXAMPLES.get(key.name, ()),
    )


def _form_words(form: Form) -> str:
    """What may be written at a place, with what is inside of it."""
    inside = form.inside
    if form.shape is Shape.BLOCK:
        block = f"[{form.table}](#{form.table.replace(' ', '-')})" if form.table in _BLOCKS else _keys(form.table)
        return f"{_form_words(inside)}, or {block}" if inside else block
    if form.shape is Shape.NAMED and inside is not None:
        return f"names of your own, each with {_form_words(inside)}"
    if form.shape is Shape.LIST and inside is not None:
        return f"a list of: {_form_words(inside)}"
    if form.shape is Shape.ENVELOPE:
        return f"{_listed(keys.ENVELOPES)}, or one of them with new names for its keys"
    return value_words(form)


def _keys(name: str) -> str:
    return "`{" + ", ".join(f"{key}: ..." for key in table(name)) + "}`"


_BLOCKS: dict[str, tuple[tuple[str, ...], str]] = {
    "scenario": ((), "The whole document. Only `events` is required; keys that begin with `x-` are ignored."),
    "clock": (("clock",), "The line of event time."),
    "entity": (
        ("entities",),
        "A population: rows with a key and stable attributes, which events belong to and refer to.",
    ),
    "population": (
        ("population",),
        "Rows that come and go. `count` is how many there are at the start of the clock; births add rows, by chance, "
        "and each row lives until churn or the end of its lifetime. Only those who live at the time are picked, by "
        "their `activity`; who is born gets a rank by chance. A session ends with its actor. `actor.born` is when a "
        "row began to live. All rows until the end of the clock are kept in memory. Where nobody lives, what needs "
        "somebody does not happen.",
    ),
    "engagement": (
        ("engagement",),
        "A hidden factor of each row, from 0 to 1, that changes once a period, at a time of its own: a share is lost "
        "by `decay`, `boost` and `noise` are added. `actor.engagement` is what it is at the time of an event. It "
        "drives `process: per_actor`: a rate is multiplied by it, counts and chances may read it, and an inactive "
        "actor does not come, until it begins anew by `resurrection`. All laws may read the fields of the row.",
    ),
    "births": (("births",), "How many rows are born: a rate, with what shapes it."),
    "origin": (
        ("from",),
        "Rows of a population that come from outside, read once: a file by its path alone, or a file or a database "
        "with the columns to take. Their order is kept, and `fields` may add attributes that read the columns. "
        "`synthwb run --save-entities DIR` writes populations that can be read back so.",
    ),
    "replay": (
        ("replay",),
        "Rows of a file as events, each at its own time, or from another time on, with other gaps, again and again. "
        "Each column is a field, as it stands in the file; the column of the time, that of `by`, and columns called "
        "`event`, `id` and `time` are none, for the envelope says that. What `events` says of the same event is added: "
        "a field of the same name takes the column's place. Checks, imperfections, envelopes, formats and sinks work "
        "as for all events, and other events may come beside. Without a `start`, the clock starts with the first "
        "row; rows before the start of the clock do not come.",
    ),
    "sql": (
        ("sql",),
        "A table or a query of a database that SQLAlchemy knows (`pip install 'synthwb[sql]'`). A password is written "
        "`${NAME}` and read from the environment; it is shown nowhere. The path of an SQLite file begins at the "
        "folder of the scenario.",
    ),
    "event": (("events",), "A record type."),
    "ref": (
        ("refs",),
        "A whole row of an entity, picked for each event: its fields agree with one another. Or an earlier event: "
        "`{order: {event: order_placed, within: 30d, pick: once}}` lets a refund read `order.total`, `order.time` and "
        "`order.id`, the id that the envelope gave it. What is read of an event is remembered for as long as `within` "
        "says.",
    ),
    "partner": (("with",), "A row that a session holds on to, picked when it begins."),
    "flow": (
        ("flows",),
        "A state machine. One walk through it is a session: it begins as `arrivals` says, once a second where nothing "
        "is said, belongs to a row of `actor`, and emits events until it leaves by `exit`. An event that a flow emits "
        "has no arrivals of its own unless they are written. Its fields may read `session.id`, `session.start`, "
        "`session.step`, `session.flow`, `state.name`, `state.visits`, the variables that `set` gives a first value, "
        "and the partners of `with`.",
    ),
    "session": (("session",), "When a session ends by itself, and when it gets a new id."),
    "state": (
        ("states",),
        "Where a session is. On entering it, its events happen, `times` times and a `dwell` apart, each followed by "
        "what `set` changes; then one of the ways of `next` is taken, by their weights. Inside of a state, expressions "
        "read the fields of its events, the actor, the partners, the session and the state.",
    ),
    "step": (("steps",), "A state of a chain, which goes on to the next one; an event alone is a step, too."),
    "branch": (
        ("next", "start"),
        "A way on: its weight by itself, or with a guard. A weight that is computed counts as 0 where it is null or "
        "below 0; where no way is open, the session ends.",
    ),
    "concurrency": (("concurrency",), "A cap on the sessions of a flow: a number alone lets the others wait."),
    "arrival": (
        ("arrivals",),
        "How often an event happens or a flow begins, in event time; once a second where nothing is said. A rate "
        "written alone is that of a Poisson process. Poisson and constant arrivals have a `rate`, which daily, weekly, "
        "holidays, trend and bursts shape: their factors are multiplied. A renewal process has a `gap`, a schedule has "
        "`cron`, a Hawkes process has `branching` and `decay` beside its rate. With `once` every row of the actor's "
        "entity comes once, at the start of the clock or when it is born; with `births`, those that are born. With "
        "`per_actor` each actor comes by itself, at a `rate` that is its own by its `activity`, after each `gap`, or "
        "with a `count` in every period; a gap, a count and a chance may read the actor and `event.time`.",
    ),
    "daily": (
        ("daily",),
        "How the day goes, in the clock's zone: a floor with peaks, or levels by the time of day from which they hold, "
        'such as `{0: 5%, 9: 100%, "17:30": 40%}`. A level is a share of the rate (`70%`) or a multiple (`x4`).',
    ),
    "peak": (("peaks",), "A peak of the day: a smooth bump; where peaks overlap the higher one counts."),
    "weekly": (("weekly",), "Levels by day of the week, in the clock's zone."),
    "holidays": (("holidays",), "A level for days of the calendar: public holidays of a country, dates of your own."),
    "trend": (("trend",), "Growth of the rate, from the start of the clock on where nothing else is said."),
    "burst": (
        ("bursts",),
        "A time at which the rate is another: a sale, an outage. Bursts that overlap multiply; what happens outside of "
        "them stays the same, event by event.",
    ),
    "limit": (("limit",), "Where the stream ends."),
    "pacing": (
        ("pacing",),
        "How fast events are delivered, in wall-clock time; it never changes the data. The schedule is absolute: every "
        "event has its moment, however long others took. `on_lag` says what becomes of events that are late.",
    ),
    "pacing_burst": (("pacing",), "A rate that takes the place of the other for a while, again and again."),
    "check": (
        ("checks",),
        "What is expected of the stream, evaluated on what is sent while it runs: `field` with one of `between`, "
        "`not_null`, `in` and `matches`; `unique`; `share` `of` a value; `rate`; `order`. Null and absent values are "
        "looked at only by `not_null`, and by `share`. `unique` and `order` remember the last 2,000,000 records: "
        "what comes again after more is not noticed, and the result says so. `synthwb run` ends with exit code 3 where "
        "a check has failed.",
    ),
    "sink": (
        ("sinks",),
        "A destination: `stdout`, `file` or one of the other sinks, with what else is said beside it.",
    ),
    **LAYER_BLOCKS,
}
"""The blocks by name: the keys under which they stand, and what they are."""


def _block(name: str) -> Entry:
    rows = [
        Row(key.name, _form_words(form_of(name, key.name)), "", key.doc, key.required, VALUES[name].get(key.name, ""))
        for key in table(name).values()
    ]
    return Entry(name, Topic.BLOCK, _BLOCKS[name][1], rows=tuple(rows))


# Literals, functions, envelopes, sinks

_LITERALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "duration": (literals.DURATION, ("250ms", "40s", "30m", "2h", "3d", "1w", "1h 30m")),
    "rate": (literals.RATE, ("5/s", "120/min", "40/h", "40/day")),
    "percentage": (literals.PERCENTAGE, ("5%", "0.05")),
    "level": (literals.LEVEL, ("70%", "0.7", "x4", "150%")),
    "growth": (literals.GROWTH, ("5%/week", "-2%/day")),
    "time": (
        literals.TIME,
        ("2026-03-02", "2026-03-02T09:00", "2026-03-02T09:00:00+01:00", "+7d", "-365d", "+3d 18:00"),
    ),
}


def _literal(name: str) -> Entry:
    words, written = _LITERALS[name]
    text = sentence(f"{words[:1].upper()}{words[1:]}")
    return Entry(name, Topic.LITERAL, text, facts=(f"Written {_listed(written)}.",))


def _function(function: Function) -> Entry:
    return Entry(
        function.name,
        Topic.FUNCTION,
        sentence(function.doc),
        fields=(f'{{expr: "{function.example}"}}',),
        usage=function.signature,
    )


def _envelope(name: str) -> Entry:
    texts = {
        "flat": "The fields beside what the event is, its id and its time.",
        "nested": "The fields in a mapping of their own, below `properties`.",
        "cloudevents": "CloudEvents 1.0, structured: the fields below `data`, the rest as its attributes.",
        "cloudevents_binary": "CloudEvents 1.0, binary: the fields alone, its attributes as headers of HTTP or Kafka.",
        "changes": "Change records as Debezium has them: the row before and after, its source, `op` and `ts_ms`.",
        "template": "A JSON object of your own, with `{fields}`, values of fields and of the event in its texts.",
    }
    if name == "changes":
        said = tuple(Row(key, kind, "", text, example=example) for key, (kind, text, example) in CHANGES.items())
        facts = tuple(f"`{key}`: {text[:1].lower()}{text[1:]}." for key, (_, text, _) in CHANGES.items())
        return Entry(name, Topic.ENVELOPE, texts[name], rows=said, facts=facts)
    fixed = keys.REQUIRED_BY_CLOUDEVENTS if name == "cloudevents" else ()
    rows = tuple(
        Row(key, "its own name" if key in fixed else "a new name, or `false`", "", "", required=key in fixed)
        for key in keys.ENVELOPES[name]
    )
    facts = (f"Its keys: {_listed(keys.ENVELOPES[name])}.",) if rows else ()
    return Entry(name, Topic.ENVELOPE, texts[name], rows=rows, facts=facts)


def _sink(name: str) -> Entry:
    declared = sink_class(name)
    rows, facts = [], [] if declared is None else facts_of(declared)
    for key in table(name).values():
        words = _form_words(form_of(name, key.name))
        default, example = ("", VALUES[name].get(key.name, "")) if declared is None else spoken(declared, key.name)
        rows.append(Row(key.name, words, default, key.doc, key.required, example))
    text = sentence(keys.SINK[name].doc) if declared is None else cleandoc(declared.__doc__ or "")
    return Entry(name, Topic.SINK, text, rows=tuple(rows), facts=tuple(facts))
