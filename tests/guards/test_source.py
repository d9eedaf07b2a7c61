"""Rules of the house that a linter does not know."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*(ROOT / "workbench").rglob("*.py"), *(ROOT / "widgets").rglob("*.py")])

BORDERS = {
    "widgets/synthwb_widgets/feed.py",
    "workbench/synthwb/generators/plugins.py",
    "workbench/synthwb/runtime/run.py",
    "workbench/synthwb/sinks/aside.py",
    "workbench/synthwb/tui/desk.py",
}
"""Where an exception of any kind may be caught: where a plug-in comes in, and the top of a thread. Nowhere else."""

MEANINGLESS = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils", "tools", "stuff"}


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _broad_excepts(path: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            for kind in kinds:
                if kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}):
                    yield node.lineno


def test_no_except_is_broad() -> None:
    found = [f"{_named(p)}:{line}" for p in SOURCES if _named(p) not in BORDERS for line in _broad_excepts(p)]
    assert not found, f"catch what can be raised, by name: {found}"
    assert all(any(_broad_excepts(ROOT / name)) for name in BORDERS), "a border that is none: take it off the list"


def test_every_module_is_named_for_what_it_holds() -> None:
    found = [_named(path) for path in SOURCES if MEANINGLESS & {*path.stem.split("_"), path.parent.name}]
    assert not found


def test_every_source_postpones_annotations() -> None:
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        has_code = any(isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AnnAssign) for node in ast.walk(tree))
        imported = any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
        if has_code and not imported:
            found.append(_named(path))
    assert not found, f"from __future__ import annotations is missing in {found}"


def _modules() -> list[str]:
    names = []
    for package in ("synthwb", "synthwb_widgets"):
        module = importlib.import_module(package)
        names += [package, *(info.name for info in pkgutil.walk_packages(module.__path__, f"{package}."))]
    return [name for name in names if not name.endswith("__main__")]


@pytest.mark.parametrize("name", _modules())
def test_public_names_exist_and_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    assert (module.__doc__ or "").strip(". \n"), f"{name} has no docstring"
    for public in getattr(module, "__all__", ()):
        value = getattr(module, public)  # raises if __all__ lists what is not there
        ours = getattr(value, "__module__", "").startswith("synthwb")
        if ours and (inspect.isclass(value) or inspect.isfunction(value)):
            assert inspect.getdoc(value), f"{name}.{public} has no docstring"


def test_the_public_surface_is_small_and_known() -> None:
    import synthwb

    assert set(synthwb.__all__) == {
        "Diagnostic",
        "Run",
        "Scenario",
        "Stream",
        "SynthwbError",
        "__version__",
        "check",
        "generate",
        "load",
        "loads",
        "preview",
        "schemas",
    }
    for name in synthwb.__all__:
        assert getattr(synthwb, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = synthwb.nonsense  # type: ignore[attr-defined]


def test_nothing_in_the_project_names_a_private_place() -> None:
    """No absolute path of a machine and no registry host stands in a file that is shipped."""
    shipped = [
        *SOURCES,
        *(ROOT / "presets").glob("*"),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
    ]
    forbidden = ("/root/", "/work/", "/home/", "pypi.org/simple", "registry.npmjs")
    found = [
        f"{_named(path)}: {word}"
        for path in shipped
        if path.is_file()
        for word in forbidden
        if word in path.read_text(errors="replace")
    ]
    assert not found


def test_every_package_is_named_for_the_wheel() -> None:
    root = Path(__file__).parents[2]
    named = set(tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"])
    places = {"synthwb": root / "workbench" / "synthwb", "synthwb_widgets": root / "widgets" / "synthwb_widgets"}
    found = {"synthwb.presets"}
    for name, place in places.items():
        for init in place.rglob("__init__.py"):
            found.add(".".join((name, *init.parent.relative_to(place).parts)))
    assert named == found
