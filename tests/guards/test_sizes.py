"""Modules, classes and functions stay small. An exception is named here with its size, and may only shrink."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    [*(ROOT / "workbench").rglob("*.py"), *(ROOT / "widgets").rglob("*.py"), *(ROOT / "presets").glob("*.py")]
)

LINES_OF_A_MODULE = 400
METHODS_OF_A_CLASS = 25
LINES_OF_A_FUNCTION = 50

EXCEPTIONS: dict[str, int] = {}
"""``path``, ``path::Class`` or ``path::function``: the size it has today. Remove what is no longer too large."""


def _function_sizes(tree: ast.Module) -> dict[str, int]:
    """Lines of each function without its docstring, by qualified name."""
    sizes = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                assert child.end_lineno is not None
                length = child.end_lineno - child.lineno + 1
                if ast.get_docstring(child, clean=False) is not None:
                    words = child.body[0]
                    assert words.end_lineno is not None
                    length -= words.end_lineno - words.lineno + 1
                sizes[prefix + child.name] = length
                visit(child, f"{prefix}{child.name}.")
            elif isinstance(child, ast.ClassDef):
                visit(child, f"{prefix}{child.name}.")
            else:
                visit(child, prefix)

    visit(tree, "")
    return sizes


def _too_large() -> dict[str, int]:
    found = {}
    for path in SOURCES:
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text()
        tree = ast.parse(text)
        if (lines := len(text.splitlines())) > LINES_OF_A_MODULE:
            found[name] = lines
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                methods = sum(isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) for item in node.body)
                if methods > METHODS_OF_A_CLASS:
                    found[f"{name}::{node.name}"] = methods
        for function, length in _function_sizes(tree).items():
            if length > LINES_OF_A_FUNCTION:
                found[f"{name}::{function}"] = length
    return found


def test_nothing_grows_too_large() -> None:
    assert SOURCES, "no sources found"
    grown = {name: size for name, size in _too_large().items() if size > EXCEPTIONS.get(name, 0)}
    assert not grown, f"too large, split them: {grown}"


def test_the_list_of_exceptions_only_shrinks() -> None:
    found = _too_large()
    stale = {name: size for name, size in EXCEPTIONS.items() if found.get(name, 0) < size}
    assert not stale, f"these have shrunk, say so in EXCEPTIONS: { {name: found.get(name) for name in stale} }"
