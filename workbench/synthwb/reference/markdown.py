"""``docs/reference.md``: every entry with its examples executed, and the pictures beside it; Faker's methods apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby

from synthwb.reference import methods
from synthwb.reference.cells import code, header, line
from synthwb.reference.entries import Entry, Row, Topic, entries
from synthwb.reference.pictures import Picture, pictures, svg
from synthwb.reference.trials import record, run

__all__ = ["FOLDER", "Pages", "pages"]

FOLDER = "pictures/reference"
"""Where the pictures are, seen from the page."""

_SHOWN = 3
_INTRO = """\
# Reference

Everything that a scenario may say. This page is made from the declarations of the code, and every example on it has
been executed: the values beside it are the first ones that it gives. `synthwb reference NAME` shows the same in a
terminal, `synthwb reference --json-schema` gives all of it to an [editor](editors.md). [The scenario
language](language.md) is the short guide.

An example may read what stands beside it in the record: `actor` (a user with `user_id`, `first_name`, `age` and
`tier`), `item` (a product with `sku` and `price`), the fields `price`, `quantity` and `status`, and `event.time`,
`event.ordinal` and `event.name`. `—` stands where a key is left out. Names of people and places were made with the
lists of Faker {faker}.

"""
_FIELDS = """\
A field is a mapping with one generator and any [modifiers](#modifiers) beside it; the name of a generator that needs no
parameters; a path such as `actor.tier`; or a constant: a number, true or false. A parameter for which `{expr: ...}` may
be written can be different in each record.

Values are *addressed* where nothing else is said: each depends on the seed, the path of its field and the identity of
its record alone, whatever else the scenario holds. A *carried* value needs those before it.
"""
_OF_FAKER = """\
Every method of Faker is a generator by its own name, with its arguments and a `locale`: `color_name`,
`{{date_of_birth: {{minimum_age: 18}}}}`. [All {count} are listed on a page of their own]({page}).
"""
_TITLES = {
    Topic.BLOCK: "Blocks",
    Topic.LITERAL: "Literals",
    Topic.GENERATOR: "Generators",
    Topic.MODIFIER: "Modifiers",
    Topic.FUNCTION: "Functions of expressions",
    Topic.ENVELOPE: "Envelopes",
    Topic.SINK: "Sinks",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """The page, that of Faker's methods, and the pictures by file name."""

    page: str
    methods: str
    pictures: Mapping[str, str]


def pages() -> Pages:
    """Make the page and its pictures.

    Raises ScenarioError if an example is wrong.
    """
    known = entries()
    drawn = pictures(known)
    page = "\n".join(_Writer(_executed(known), drawn).lines(known)).rstrip() + "\n"
    return Pages(page, methods.page(), {f"{name}.svg": svg(name, picture) for name, picture in drawn.items()})


def _executed(known: Sequence[Entry]) -> dict[tuple[Topic, str, int], tuple[str, ...]]:
    """The first values of every example, by topic, name and number."""
    fields = {(entry.topic, entry.name, i): field for entry in known for i, field in enumerate(entry.fields)}
    values = run({f"{topic}_{name}_{i}": field for (topic, name, i), field in fields.items()}, _SHOWN)
    return {(topic, name, i): values[f"{topic}_{name}_{i}"] for topic, name, i in fields}


def _kept(rows: Iterable[Row], empty: Sequence[str]) -> list[str]:
    """The names of the columns that have something to say."""
    return [name for name in empty if any(getattr(row, name) for row in rows)]


class _Writer:
    """Writes entries as Markdown, topic by topic."""

    def __init__(self, values: Mapping[tuple[Topic, str, int], tuple[str, ...]], drawn: Mapping[str, Picture]) -> None:
        self.values = values
        self.drawn = drawn

    def lines(self, known: Sequence[Entry]) -> Iterator[str]:
        """The whole page."""
        yield _INTRO.format(faker=version("faker"))
        topics = [(topic, list(group)) for topic, group in groupby(known, lambda entry: entry.topic)]
        yield from (f"- [{_TITLES[topic]}](#{_anchor(_TITLES[topic])})" for topic, _ in topics)
        writers = {
            Topic.BLOCK: self._sections,
            Topic.LITERAL: self._literals,
            Topic.GENERATOR: self._generators,
            Topic.MODIFIER: self._modifiers,
            Topic.FUNCTION: self._functions,
            Topic.ENVELOPE: self._envelopes,
            Topic.SINK: self._sections,
        }
        for topic, group in topics:
            yield f"\n## {_TITLES[topic]}\n"
            yield from writers[topic](group)

    def _gives(self, entry: Entry, i: int) -> str:
        """The first values of an example."""
        return ", ".join(code(value) for value in self.values[entry.topic, entry.name, i])

    # Blocks, sinks, literals

    def _sections(self, group: Sequence[Entry]) -> Iterator[str]:
        for entry in group:
            yield f"### {entry.name}\n\n{entry.text}\n"
            yield from header("key", "what may be written", "meaning", "example")
            for row in entry.rows:
                example = code(f"{row.name}: {row.example}".strip())
                name = f"**{code(row.name)}**" if row.required else code(row.name)
                yield line(name, row.value, row.doc, example)
            if any(row.required for row in entry.rows):
                yield "\nA key in bold letters must be there."
            yield ""

    def _literals(self, group: Sequence[Entry]) -> Iterator[str]:
        yield from header("literal", "written")
        for entry in group:
            yield line(entry.name, " ".join(entry.facts))

    # Generators

    def _generators(self, group: Sequence[Entry]) -> Iterator[str]:
        yield f"{_FIELDS}"
        for family, members in groupby(group, lambda entry: entry.family):
            yield f"### {family}\n"
            bare: list[Entry] = []
            for entry in members:
                if not entry.rows and entry.fields == (entry.name,):
                    bare.append(entry)
                    continue
                yield from self._flush(bare)
                yield from self._generator(entry)
            yield from self._flush(bare)
        yield from _of_faker()

    def _flush(self, bare: list[Entry]) -> Iterator[str]:
        """Generators without parameters, a line each."""
        if not bare:
            return
        yield from header("generator", "gives", "such as")
        for entry in bare:
            yield line(code(entry.name), entry.text, self._gives(entry, 0))
        for source in dict.fromkeys(entry.source for entry in bare if entry.source):
            yield f"\nSource: {source}."
        yield ""
        bare.clear()

    def _generator(self, entry: Entry) -> Iterator[str]:
        yield f"#### {entry.name}\n\n{entry.text}\n"
        if entry.name in self.drawn:
            picture = self.drawn[entry.name]
            yield f"![{picture.look} of {picture.field}]({FOLDER}/{entry.name}.svg)\n"
        if entry.rows:
            columns = _kept(entry.rows, ["default"])
            yield from header("parameter", "what may be written", *columns, "meaning")
            for row in entry.rows:
                name = f"**{code(row.name)}**" if row.required else code(row.name)
                default = [code(row.default) if row.default else ""] if columns else []
                yield line(name, row.value, *default, row.doc.replace("``", "`"))
            yield ""
        yield " ".join(entry.facts) + "\n"
        yield from header("example", "gives")
        for i, field in enumerate(entry.fields):
            yield line(code(field), self._gives(entry, i))
        if entry.source:
            yield f"\nSource: {entry.source}."
        yield ""

    # Modifiers, functions, envelopes

    def _modifiers(self, group: Sequence[Entry]) -> Iterator[str]:
        yield "A modifier stands beside the generator.\n"
        yield from header("modifier", "what may be written", "meaning", "example", "gives")
        for entry in group:
            (row,) = entry.rows
            words = (code(entry.name), row.value, entry.text)
            for i, field in enumerate(entry.fields):
                yield line(*(("", "", "") if i else words), code(field), self._gives(entry, i))

    def _functions(self, group: Sequence[Entry]) -> Iterator[str]:
        yield "Scalar functions of SQL, for `{expr: ...}`, `when` and every parameter that may be an expression.\n"
        yield from header("call", "gives", "such as")
        for entry in group:
            call = entry.fields[0].removeprefix('{expr: "').removesuffix('"}')
            value = self.values[entry.topic, entry.name, 0][0]
            yield line(code(entry.usage), entry.text, f"{code(call)} = {code(value)}")

    def _envelopes(self, group: Sequence[Entry]) -> Iterator[str]:
        yield "How a record is wrapped: `envelope: nested`, or with other names for its keys, or without some of them:"
        yield "`envelope: {flat: {time: ts, id: false}}`. [More of them](formats.md#envelopes).\n"
        for entry in group:
            fixed = [row.name for row in entry.rows if row.required]
            rest = f" {', '.join(map(code, fixed))} keep their names." if fixed else ""
            yield f"### {entry.name}\n\n{entry.text} {' '.join(entry.facts)}{rest}\n"
            yield f"```json\n{record(entry.name)}\n```\n"


def _of_faker() -> Iterator[str]:
    """Where Faker's methods are listed, and how many there are."""
    known = methods.families()
    count = sum(map(len, known.values()))
    yield f"### methods of Faker\n\n{_OF_FAKER.format(count=count, page=methods.PAGE)}"
    yield from header("family", "in every locale", "in some", "such as")
    for family, group in known.items():
        everywhere = [method for method in group if not method.only]
        few = ", ".join(code(method.name) for method in group[:3])
        yield line(f"[{family}]({methods.PAGE}#{family})", str(len(everywhere)), str(len(group) - len(everywhere)), few)


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")
