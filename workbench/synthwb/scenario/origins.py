"""Where the rows of a population come from, if they are not made: a file, or an SQL database."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from synthwb.scenario.keys import ORIGIN, SQL
from synthwb.scenario.model import Origin, SqlTable
from synthwb.scenario.paths import join
from synthwb.scenario.tables import Word, read_file, read_words
from synthwb.scenario.tree import Node, NodeKind

if TYPE_CHECKING:
    from synthwb.scenario.values import Values

__all__ = ["read_origin"]

_URL = re.compile(r"[a-z][a-z0-9+_]*://.*", re.DOTALL)
_PASSWORD = re.compile(r"://[^/@:]*:([^@]+)@")
_VARIABLE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


def read_origin(values: Values, node: Node, path: str) -> Origin | None:
    """``users.csv``, ``{file: users.csv, columns: [id, name]}`` or ``{sql: {...}}``; None after it was reported."""
    report = values.report
    if node.kind is NodeKind.SCALAR:
        file = read_file(values, node, path)
        return None if file is None else Origin(file, (), report.span(node))
    keys = report.keys(node, ORIGIN, path, "an origin")
    kinds = [name for name in ("file", "sql") if name in keys]
    if len(kinds) != 1:
        if node.kind is NodeKind.MAPPING:
            message = "an origin is a file or an sql database" + (", not both" if kinds else "")
            report.error("missing-key", message, node, path, "such as from: users.csv")
        return None
    where = keys[kinds[0]].value
    here = join(path, kinds[0])
    table = read_file(values, where, here) if kinds == ["file"] else _sql(values, where, here)
    columns: tuple[tuple[str, Word], ...] | None = ()
    if "columns" in keys:
        columns = _columns(values, keys["columns"].value, join(path, "columns"))
    return None if table is None or columns is None else Origin(table, columns, report.span(node))


def _columns(values: Values, node: Node, path: str) -> tuple[tuple[str, Word], ...] | None:
    """Attributes and the columns they come from."""
    if node.kind is not NodeKind.MAPPING:
        words = read_words(values, node, path, several=True)
        return None if words is None else tuple((word.text, word) for word in words)
    found = []
    for entry in node.entries:
        words = read_words(values, entry.value, join(path, entry.name), several=False)
        found += [(entry.name, word) for word in words or ()]
    return tuple(found) if len(found) == len(node.entries) else None


def _sql(values: Values, node: Node, path: str) -> SqlTable | None:
    """A table or a query of a database."""
    report = values.report
    keys = report.keys(node, SQL, path, "an sql origin")
    texts = {name: values.text(entry.value, join(path, name)) for name, entry in keys.items()}
    if None in texts.values() or "url" not in texts:
        return None
    kinds = [name for name in ("table", "query") if name in texts]
    if len(kinds) != 1:
        message = f"an sql origin names {'a table or a query' if not kinds else 'only one of table and query'}"
        report.error("missing-key", message, node, path, "such as {url: 'sqlite:///shop.db', table: users}")
        return None
    url = texts["url"] or ""
    where = keys["url"].value
    if not _URL.fullmatch(url) and not _VARIABLE.fullmatch(url):
        report.expected(where, "the URL of a database", join(path, "url"), "such as sqlite:///shop.db")
        return None
    password = _PASSWORD.search(url)
    if password and not _VARIABLE.fullmatch(password[1]):
        message = "a password stands in the document"
        report.error(
            "secret", message, where, join(path, "url"), "write ${DB_PASSWORD}, and set that in the environment"
        )
        return None
    return SqlTable(url, texts.get("table"), texts.get("query"), str(values.folder), report.span(where))
