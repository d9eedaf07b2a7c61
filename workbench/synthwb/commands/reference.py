"""``synthwb reference``: what there is, what one thing means, and the JSON Schema for editors."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from synthwb.commands.talk import coloured, say, styled
from synthwb.reference import Entry, Topic, entries, find
from synthwb.reference.methods import families, marks

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["FAKER", "list_entries", "list_methods", "print_schema", "show_entries"]

FAKER = "faker"
"""The name under which all methods of Faker are listed."""

_NARROWEST = 60  # columns


def print_schema() -> None:
    """The JSON Schema of a scenario, for an editor's language server."""
    from synthwb.guide import json_schema

    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))


def list_entries() -> None:
    """The names of everything there is, by topic and family, each with a sentence."""
    known = entries()
    width = max(len(_name(entry)) for entry in known)
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for i, (title, group) in enumerate(groupby(known, _heading)):
        print("\n" * bool(i) + styled(title, "bold", sys.stdout))
        for entry in group:
            name, words = f"{_name(entry):<{width}}", entry.title.replace("`", "")
            if room is not None and len(words) > room - width - 4:
                words = f"{words[: room - width - 5]}…"
            print(f"  {styled(name, 'good', sys.stdout)}  {words}")
    print("\n" + styled("methods of Faker", "bold", sys.stdout))
    for family, methods in families().items():
        few = ", ".join(method.name for method in methods[:3])
        print(f"  {styled(f'{family:<{width}}', 'good', sys.stdout)}  {len(methods)}, such as {few}")
    say(f"\nsynthwb reference NAME tells all about one of them; synthwb reference {FAKER} lists the methods of Faker")


def list_methods() -> None:
    """Every method of Faker, family by family: what it gives, a value, and what is special about it."""
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    for i, (family, methods) in enumerate(families().items()):
        print("\n" * bool(i) + styled(f"methods of Faker: {family}", "bold", sys.stdout))
        width = max(len(method.name) for method in methods)
        for method in methods:
            such = f" Such as {method.sample}" * bool(method.sample)
            noted = f" ({'; '.join(marks(method))})" * any(marks(method))
            words = textwrap.wrap(f"{method.doc}{such}{noted}", max(room - width - 5, 20))
            name = styled(f"{method.name:<{width}}", "good", sys.stdout)
            print(f"  {name}  " + f"\n{' ' * (width + 4)}".join(words))
    say("\nsynthwb reference NAME tells all about one of them")


def _name(entry: Entry) -> str:
    return entry.usage or entry.name


def _heading(entry: Entry) -> str:
    return f"{entry.topic}s: {entry.family}" if entry.family else f"{entry.topic}s"


def show_entries(name: str) -> None:
    """Everything about a name: several entries where it has several meanings; the list of methods for ``faker``.

    Raises UsageError, with the nearest name, if there is none.
    """
    if name == FAKER:
        list_methods()
        return
    found = find(name)
    console = _console()
    for i, entry in enumerate(found):
        if i:
            console.print()
        for part in _parts(entry):
            console.print(part)


def _console() -> Console:
    from rich.console import Console

    colours = coloured(sys.stdout)
    console = Console(
        force_terminal=colours, no_color=not colours, highlight=False, markup=False, emoji=False, soft_wrap=False
    )
    if console.width < _NARROWEST:
        console.width = _NARROWEST
    return console


def _prose(text: str) -> RenderableType:
    """Markdown's code marks as colour, links as their words."""
    from rich.text import Text

    plain = re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", text)
    made = Text()
    for i, part in enumerate(plain.split("`")):
        made.append(part, style="cyan" if i % 2 else "")
    return made


def _parts(entry: Entry) -> Iterator[RenderableType]:
    """An entry from top to bottom."""
    from rich.padding import Padding
    from rich.text import Text

    family = f" ({entry.family})" if entry.family else ""
    yield Text.assemble((_name(entry), "bold"), f"  {entry.topic}{family}")
    for paragraph in entry.text.split("\n\n"):
        yield Text()
        yield Padding(_prose(paragraph), (0, 0, 0, 2), expand=False)
    if entry.rows and entry.topic is not Topic.MODIFIER:
        yield Text()
        yield Padding(_table(entry), (0, 0, 0, 2), expand=False)
    if entry.facts:
        yield Text()
        yield Padding(_prose(" ".join(entry.facts)), (0, 0, 0, 2), expand=False)
    yield from _examples(entry)
    if entry.source:
        yield Text()
        yield Padding(Text(f"Source: {entry.source}"), (0, 0, 0, 2), expand=False)


def _table(entry: Entry) -> RenderableType:
    from rich.table import Table

    shown = [name for name in ("default", "doc", "example") if any(getattr(row, name) for row in entry.rows)]
    titles = {"default": "default", "doc": "meaning", "example": "example"}
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("key" if entry.topic is not Topic.GENERATOR else "parameter", no_wrap=True)
    table.add_column("value")
    for name in shown:
        table.add_column(titles[name])
    for row in entry.rows:
        cells = [_prose(getattr(row, name).replace("``", "`")) for name in shown]
        table.add_row(f"{row.name}{' *' if row.required else ''}", _prose(row.value), *cells)
    if any(row.required for row in entry.rows):
        table.caption, table.caption_justify = "* required", "left"
    return table


def _examples(entry: Entry) -> Iterator[RenderableType]:
    """Each example with what it gives, and a picture of the values where they have a shape."""
    if not entry.fields and entry.topic is not Topic.ENVELOPE:
        return
    from rich.padding import Padding
    from rich.text import Text

    from synthwb.reference.pictures import pictures, sparkline
    from synthwb.reference.trials import record, run

    if entry.topic is Topic.ENVELOPE:
        yield Text()
        yield Padding(Text(record(entry.name)), (0, 0, 0, 2), expand=False)
    values = run({f"{entry.topic}_{entry.name}_{i}": field for i, field in enumerate(entry.fields)})
    for field, shown in zip(entry.fields, values.values(), strict=True):
        yield Text()
        yield Padding(Text(field, style="cyan"), (0, 0, 0, 2), expand=False)
        yield Padding(Text(f"-> {_first(entry, shown)}"), (0, 0, 0, 4), expand=False)
    for picture in pictures([entry]).values():
        yield Text()
        yield Padding(Text(sparkline(picture), style="blue", no_wrap=True), (0, 0, 0, 2), expand=False)


def _first(entry: Entry, shown: Sequence[str]) -> str:
    return shown[0] if entry.topic is Topic.FUNCTION else ", ".join(shown)
