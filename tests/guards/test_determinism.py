"""Nothing that reaches output may use functions whose last bit depends on the processor or the C library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "workbench" / "synthwb"
SOURCES = sorted([*(PACKAGE / "engine").rglob("*.py"), *(PACKAGE / "generators").rglob("*.py")])

ELEMENTARY = {
    *("log", "log2", "log10", "log1p", "exp", "exp2", "expm1", "power", "pow", "float_power", "cbrt", "hypot"),
    *("sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "sinh", "cosh", "tanh", "erf", "gamma", "lgamma"),
}
# numpy adds in an order that depends on the width of its vectors; cumsum adds in sequence
REORDERED = {"sum", "nansum", "mean", "nanmean", "average", "std", "var", "dot", "vdot", "inner", "matmul", "einsum"}

ALLOWED = {
    ("generators/numbers.py", "math.log"): "only decides whether a parameter is refused",
    ("generators/shapes.py", "math.log"): "only decides whether a parameter is refused",
    ("generators/shapes.py", "math.lgamma"): "only decides whether a parameter is refused",
    ("engine/arrivals/poisson.py", "(...).exp"): "of a Decimal: correctly rounded",
}


def uses(path: Path) -> Iterator[tuple[str, int]]:
    """Elementary functions of numpy, math or a Polars expression, and sums of numpy."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == "special":
            continue
        if node.attr in ELEMENTARY or (owner == "np" and node.attr in REORDERED):
            yield f"{owner or '(...)'}.{node.attr}", node.lineno


def test_the_engine_uses_its_own_elementary_functions() -> None:
    found = []
    for path in SOURCES:
        name = path.relative_to(PACKAGE).as_posix()
        found += [f"{name}:{line} {use}" for use, line in uses(path) if (name, use) not in ALLOWED]
    assert len(SOURCES) > 20
    assert not found, f"use synthwb.engine.laws.special, or np.cumsum: {found}"
