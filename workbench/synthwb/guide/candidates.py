"""The candidates of completion, by place: keys, generators, parameters, values, names, snippets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from synthwb.generators.faker_index import locales
from synthwb.generators.registry import Generator, generator, names
from synthwb.guide.candidate import Candidate, Kind
from synthwb.guide.envelopes import CHANGES
from synthwb.guide.fakers import arguments_in, field_methods, locales_at, methods
from synthwb.guide.grammar import Form, Shape, form_of, laws, modifier, of_parameter, table
from synthwb.guide.readable import field_names, names_of_types, owner_path, readable, sent_names
from synthwb.guide.samples import MODIFIER_EXAMPLES, SUGGESTED, VALUES
from synthwb.guide.snippets import SNIPPETS
from synthwb.guide.spots import Spot, owner_of
from synthwb.guide.twigs import Cursor, Twig, unquoted
from synthwb.guide.walks import emitted_at, settable, states
from synthwb.guide.wording import described, documentation, sentence, value_words
from synthwb.scenario.document import compose
from synthwb.scenario.keys import ENVELOPES, MODIFIERS

__all__ = ["item_candidates", "key_candidates", "value_candidates"]


_NESTED = (Shape.BLOCK, Shape.NAMED, Shape.FIELDS)


# Keys


def key_candidates(root: Twig, cursor: Cursor, spot: Spot, node: Twig | None) -> Iterator[Candidate]:
    """What may be a key of the mapping at the cursor; keys that are there already are left out."""
    entries = (node.entries or {}) if node is not None else {}
    typed = _typed(cursor)
    there = {key for key, twig in entries.items() if key != cursor.key and not (key == typed and twig.blank)}
    seen = set(there)
    for candidate in _keys(root, cursor, spot, node, there):
        if candidate.label not in seen:
            seen.add(candidate.label)
            yield _name_only(candidate) if cursor.key else candidate


def _typed(cursor: Cursor) -> str:
    """The key that the cursor is writing, as far as it goes."""
    return cursor.key or unquoted(cursor.word)


def _name_only(candidate: Candidate) -> Candidate:
    """A key whose value is written already: the name alone is changed."""
    return Candidate(candidate.label, candidate.kind, candidate.label, candidate.doc, candidate.example)


def _keys(root: Twig, cursor: Cursor, spot: Spot, node: Twig | None, there: set[str]) -> Iterator[Candidate]:
    form = spot.form
    if spot.call is not None:
        yield from _parameters(spot, there, locales_at(root, cursor.path))
        short = next((p for p in spot.call.parameters if p.name == spot.call.shorthand), None)
        if short is not None and spot.call.whole and not there:
            yield from _keys(root, cursor, Spot(of_parameter(short)), node, there)
    elif form.shape is Shape.BLOCK:
        yield from (_key(form.table, name, cursor) for name in table(form.table))
        yield from _snippets(form.table, cursor) if form.table == "scenario" else ()
        if form.inside is not None and form.inside.computed:
            yield Candidate("expr", Kind.KEY, 'expr: ""', "A weight that is computed.", caret=7)
    elif form.shape is Shape.NAMED and form.inside is not None:
        yield from _own_names(root, cursor, form.inside)
    elif form.shape is Shape.WAYS:
        for name, doc in states(root, cursor.path).items():
            yield Candidate(name, Kind.KEY, f"{name}: ", doc, f"{name}: 60")
    elif form.shape is Shape.SETTINGS:
        yield from _settings(root, cursor)
    elif form.shape is Shape.FIELDS and form.table:
        for event in emitted_at(root, cursor.path):
            for name in field_names(root.at(("events", event))):
                yield Candidate(name, Kind.KEY, f"{name}: ", f"In the place of this field of {event}.")
    elif form.shape is Shape.FIELDS:
        yield from _copies(root, cursor)
        yield from _snippets("field", cursor)
    elif form.shape is Shape.LAW:
        yield from (_generator_key(name) for name in laws())
    elif form.shape is Shape.ENVELOPE:
        known = ENVELOPES.get(form.table, ()) if form.table else tuple(ENVELOPES)
        text = "A new name for this key, or false to leave it out." if form.table else "Rename its keys, or drop some."
        changes = CHANGES if form.table == "changes" else {}
        yield from (Candidate(key, Kind.KEY, f"{key}: ", f"{changes[key][1]}." if changes else text) for key in known)
    elif form.shape is Shape.RECORDS:
        yield from (Candidate(part.name, Kind.PARAMETER, f"{part.name}: ", described(part)) for part in form.parts)
    else:
        yield from _field_keys(root, cursor, spot, node)


def _key(block: str, name: str, cursor: Cursor) -> Candidate:
    """A key of a block, with the beginning of its value."""
    key, form = table(block)[name], form_of(block, name)
    doc = f"{sentence(key.doc)} {value_words(form).capitalize()}." if form.shape not in _NESTED else sentence(key.doc)
    example = f"{name}: {VALUES.get(block, {}).get(name, '')}".strip()
    insert, caret = f"{name}: ", None
    if form.shape in _NESTED and (form.inside is None or form.shape is not Shape.BLOCK):
        insert = f"{name}: {{}}" if cursor.flow else f"{name}:\n{' ' * (cursor.column + 2)}"
        caret = len(insert) - 1 if cursor.flow else None
    elif form.shape is Shape.LIST:
        insert = f"{name}: []" if cursor.flow else f"{name}:\n{' ' * (cursor.column + 2)}- "
        caret = len(insert) - 1 if cursor.flow else None
    return Candidate(name, Kind.KEY, insert, doc, example, caret)


def _own_names(root: Twig, cursor: Cursor, inside: Form) -> Iterator[Candidate]:
    """Names of one's own: of events where rates are given, else whole pieces to begin with."""
    if inside.table == "arrival":
        for name, doc in names_of_types(root, "events").items():
            yield Candidate(name, Kind.KEY, f"{name}: 5/s", doc, f"{name}: {{process: poisson, rate: 120/min}}")
        for name, doc in names_of_types(root, "flows").items():
            yield Candidate(name, Kind.KEY, f"{name}: 120/min", doc, f"{name}: {{rate: 120/min, concurrency: 100}}")
    yield from _snippets(inside.table, cursor)


def _settings(root: Twig, cursor: Cursor) -> Iterator[Candidate]:
    """What may be set, with how it usually changes."""
    found = settable(root, cursor.path, field_names)
    if not found:
        text = "A variable of the session: its name after session., its first value behind the colon."
        yield Candidate("session.", Kind.KEY, "session.", text, "session.items: 0")
    for name, doc in found.items():
        insert = f'{name}: {{expr: "{name} + 1"}}'
        yield Candidate(name, Kind.KEY, insert, doc, insert)


def _copies(root: Twig, cursor: Cursor) -> Iterator[Candidate]:
    """Fields of the actor and of references, to be sent along under their own names."""
    for path, doc in readable(root, cursor.path).items():
        source, _, name = path.partition(".")
        if source in ("session", "state"):
            name = f"{source}_{name}"
        if "." in path and source != "event" and "beside" not in doc:
            yield Candidate(name, Kind.PATH, f"{name}: {path}", doc, f"{name}: {path}")


def _snippets(block: str, cursor: Cursor) -> Iterator[Candidate]:
    """Whole pieces, indented for the cursor; in flow style only those of one line."""
    for snippet in SNIPPETS.get(block, ()):
        if cursor.flow and "\n" in snippet.body:
            continue
        body = snippet.body.replace("\n", "\n" + " " * cursor.column)
        example = snippet.body.replace("$", "")
        caret = body.index("$")
        yield Candidate(snippet.label, Kind.SNIPPET, body.replace("$", ""), snippet.doc, example, caret)


# Fields and generators


def _field_keys(root: Twig, cursor: Cursor, spot: Spot, node: Twig | None) -> Iterator[Candidate]:
    """Generators if none is there, what stands beside the one that is, and modifiers."""
    form, owner = spot.form, owner_of(node, _typed(cursor))
    if form.computed:
        yield Candidate("expr", Kind.KEY, 'expr: ""', "An SQL expression over this record's fields.", caret=7)
    if form.shape is not Shape.FIELD and not form.drawn:
        return
    if spot.weighted:
        yield Candidate("weight", Kind.KEY, "weight: ", "How often it is drawn, relative to the others.")
    if owner is None:
        yield from (_generator_key(name) for name in names())
    else:
        yield from (
            Candidate(p.name, Kind.PARAMETER, f"{p.name}: ", described(p))
            for p in owner.parameters
            if p.name in owner.beside
        )
    for name, key in MODIFIERS.items():
        if not key.later:
            words = f"{sentence(key.doc)} {value_words(modifier(name)).capitalize()}."
            yield Candidate(name, Kind.MODIFIER, f"{name}: ", words, next(iter(MODIFIER_EXAMPLES.get(name, ())), ""))
    if owner is None:
        yield from field_methods(cursor.word, locales_at(root, cursor.path), key=True)


class _Card(NamedTuple):
    """What completion shows of a generator: its documentation, its first example, what stands below its key in that."""

    doc: str
    example: str
    inner: str


@cache
def _card(found: Generator) -> _Card:
    example = next(iter(found.examples), found.name)
    document, _ = compose(f"value: {example}\n")
    node = document.root.get("value") if document.root else None
    inner = None if node is None else node.get(found.name)
    return _Card(documentation(found), example, "" if inner is None else document.text[inner.start : inner.end])


def _found(name: str) -> Generator:
    found = generator(name)
    assert found is not None
    return found


def _generator_key(name: str) -> Candidate:
    card = _card(_found(name))
    return Candidate(name, Kind.GENERATOR, f"{name}: {card.inner}", card.doc, card.example)


def _parameters(spot: Spot, there: set[str], locales: Iterable[str]) -> Iterator[Candidate]:
    """Parameters that may still be written: of alternatives, none where one is there; of Faker's, its locales' own."""
    call = spot.call
    assert call is not None
    known = arguments_in(call, locales)
    taken = {name for group in call.alternatives for name in group if there & set(group)}
    for parameter in call.parameters:
        if (known is not None and parameter.name not in known) or (spot.bare and parameter.name in call.beside):
            continue
        if parameter.name not in taken and not (call.whole and parameter.name in (call.shorthand, *call.beside)):
            example = next((each for each in call.examples if f"{parameter.name}:" in each), "")
            yield Candidate(parameter.name, Kind.PARAMETER, f"{parameter.name}: ", described(parameter), example)


# Values


def value_candidates(root: Twig, cursor: Cursor, spot: Spot) -> Iterable[Candidate]:
    """What may stand behind a colon."""
    if spot.call is not None:
        short = next((p for p in spot.call.parameters if p.name == spot.call.shorthand), None)
        inner = _card(spot.call).inner
        whole = [Candidate(inner, Kind.VALUE, inner, documentation(spot.call))] if inner else []
        return [*whole, *(_values(root, cursor, of_parameter(short)) if short is not None else ())]
    return list(_values(root, cursor, spot.form))


def item_candidates(root: Twig, cursor: Cursor, spot: Spot, node: Twig | None) -> Iterable[Candidate]:
    """What may stand behind a dash or a comma: a value, or the first key of a mapping."""
    found = list(_values(root, cursor, spot.form))
    if not cursor.flow:
        values = {candidate.label for candidate in found}
        found += [each for each in key_candidates(root, cursor, spot, node) if each.label not in values]
        found += _snippets(spot.form.table, cursor)
    elif spot.form.shape is Shape.BLOCK:
        found += [
            Candidate(each.label, each.kind, f"{{{each.insert}}}", each.doc, each.example)
            for each in _snippets(spot.form.table, cursor)
            if ":" in each.insert
        ]
    return found


def _values(root: Twig, cursor: Cursor, form: Form) -> Iterator[Candidate]:
    shape = form.shape
    if shape is Shape.CHOICE:
        yield from (Candidate(word, Kind.VALUE, word) for word in form.choices)
    elif shape is Shape.BOOLEAN:
        yield from (Candidate(word, Kind.VALUE, word) for word in ("true", "false"))
    elif shape is Shape.METHOD:
        yield from methods(cursor.word, locales_at(root, cursor.path))
    elif shape is Shape.FIELD or form.drawn:
        yield from _field_values(root, cursor, numeric=shape is not Shape.FIELD)
    elif shape in (Shape.PATH, Shape.PATHS):
        yield from (Candidate(name, Kind.PATH, name, doc) for name, doc in readable(root, cursor.path).items())
    elif shape in (Shape.WAYS, Shape.STATE):
        yield from (Candidate(name, Kind.VALUE, name, doc) for name, doc in states(root, cursor.path).items())
    elif shape in (Shape.ENTITY, Shape.EVENT, Shape.EVENTS):
        block = "entities" if shape is Shape.ENTITY else "events"
        yield from (Candidate(name, Kind.VALUE, name, doc) for name, doc in names_of_types(root, block).items())
    elif shape is Shape.EVENT_FIELD:
        yield from (Candidate(name, Kind.PATH, name, doc) for name, doc in sent_names(root).items())
    elif shape is Shape.OWN_FIELD:
        own = field_names(root.at(owner_path(root, cursor.path)))
        yield from (
            Candidate(name, Kind.PATH, name, f"Made by {made}.") for name, made in own.items() if "." not in name
        )
    elif shape is Shape.LAW:
        yield from (Candidate(word, Kind.VALUE, word) for word in form.choices)
        yield from (
            Candidate(name, Kind.GENERATOR, f"{{{name}: {card.inner}}}", card.doc, card.example)
            for name in laws()
            if (card := _card(_found(name)))
        )
    elif shape is Shape.ENVELOPE:
        yield from (Candidate(name, Kind.VALUE, name) for name in ENVELOPES)
    elif shape is Shape.BLOCK and form.inside is not None:
        yield from _values(root, cursor, form.inside)
    else:
        yield from (Candidate(word, Kind.VALUE, word) for word in _literals(shape))
    if form.computed:
        doc = "Different in each record: an SQL expression over its fields."
        yield Candidate("{expr: ...}", Kind.VALUE, '{expr: ""}', doc, caret=8)


def _literals(shape: Shape) -> Iterable[str]:
    if shape is Shape.ZONE:
        return _zones()
    if shape is Shape.LOCALES:
        return locales()
    return SUGGESTED.get(shape, ())


@cache
def _zones() -> tuple[str, ...]:
    from zoneinfo import available_timezones

    return tuple(sorted(available_timezones()))


def _field_values(root: Twig, cursor: Cursor, *, numeric: bool) -> Iterator[Candidate]:
    """Names that can be read, and generators: by their name alone, or with the parameters of their example."""
    if not numeric:
        for name, doc in readable(root, cursor.path).items():
            yield Candidate(name, Kind.PATH, name, doc)
    for name in names():
        card = _card(_found(name))
        if card.example == name or card.inner:  # a path stands for itself
            yield Candidate(name, Kind.GENERATOR, card.example, card.doc, card.example)
    if not numeric:
        yield from field_methods(cursor.word, locales_at(root, cursor.path), key=False)
