"""Random expressions: from parts that most of the time do not fit together, and of a wanted type."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from synthwb.scenario.functions import CASTS, FUNCTIONS

SIGNS = ("+", "-", "*", "/", "%", "||", "=", "<>", "<", ">=", "and", "or")
FORMS = (
    "case when {} then {} else {} end",
    "case {} when {} then {} end",
    "({} in ({}, 1))",
    "({} between {} and {})",
    "(not {})",
    "(- {})",
    "({} is not null)",
    "({} like 'a%')",
)


def expression(random_: Random, depth: int, leaves: Sequence[str]) -> str:
    """A random expression, most of the time one whose types do not fit."""
    if depth == 0 or random_.random() < 0.2:
        return random_.choice(leaves)
    kind = random_.randrange(4)
    if kind == 0:
        form = f"({{}} {random_.choice(SIGNS)} {{}})"
    elif kind == 1:
        form = f"cast({{}} as {random_.choice(sorted(CASTS))})"
    elif kind == 2:
        function = random_.choice(list(FUNCTIONS.values()))
        count = random_.randint(function.least, function.most or 3)
        form = f"{function.name}({', '.join(['{}'] * count)})"
    else:
        form = random_.choice(FORMS)
    return form.format(*(expression(random_, depth - 1, leaves) for _ in range(form.count("{}"))))


SAME = (
    *("case when {b} then {x} else {x} end", "case {n} when {n} then {x} when {n} then {x} end", "if({b}, {x})"),
    *("coalesce({x}, {x})", "coalesce({x}, {x}, {x})", "nullif({x}, {x})", "if({b}, {x}, {x})"),
    *("least({x}, {x})", "greatest({x}, {x}, {x})", "case {t} when {t} then {x} else null end"),
)
"""Forms that take the type of what they choose from."""

OF_TYPE: dict[str, tuple[str, ...]] = {
    "i": (
        *("({i} + {i})", "({i} - {i})", "({i} * {i})", "({i} % {i})", "(- {i})", "abs({i})", "sign({i})", "({i} - 1)"),
        *("div({n}, {n})", "mod({i}, {i})", "round({i})", "round({i}, -1)", "round({i}, -15)", "floor({i})"),
        *("clip({i}, {i}, {i})", "cast({n} as integer)", "cast({b} as bigint)", "round({i}, 2)", "ceil({i})"),
    ),
    "f": (
        *("({f} + {n})", "({n} - {f})", "({f} * {n})", "({n} / {n})", "({n} / 10)", "({f} % {n})", "(- {f})"),
        *("abs({f})", "sign({f})", "floor({f})", "ceil({f})", "round({f})", "round({f}, 2)", "round({f}, 15)"),
        *("round({f}, -2)", "sqrt({n})", "exp({n})", "ln({n})", "log10({n})", "power({n}, {n})", "sigmoid({n})"),
        *("logit({n})", "clip({f}, {n}, {n})", "mod({n}, {f})", "cast({n} as float)", "cast({b} as double)"),
        *("coalesce({i}, {f})", "least({i}, {f})", "case when {b} then {i} else {f} end", "({f} - {f} + {f})"),
    ),
    "b": (
        *("({n} = {n})", "({n} <> {n})", "({n} < {n})", "({n} >= {n})", "({n} > {n})", "({n} <= {n})", "({t} = {t})"),
        *("({b} and {b})", "({b} or {b})", "(not {b})", "({b} <> {b})", "({t} < {t})", "({x} is null)", "({x} = null)"),
        *("({n} in ({n}, {n}, null))", "({t} in ('a', {t}))", "({n} between {n} and {n})", "({b} in ({b}, {b}))"),
        *("({n} not in (1, 2))", "({n} is not null)", "({t} is null)", "cast({n} as boolean)", "({f} * {f} < {f})"),
    ),
    "t": ("({t} || {t})", "({t} || {i})", "concat({t}, {i}, {b})", "cast({i} as text)", "cast({b} as varchar)"),
}

NULLS = {kind: f"cast(null as {name})" for kind, name in zip("ifbt", ("int", "float", "boolean", "text"), strict=True)}


def fitting(random_: Random, depth: int, kind: str, leaves: dict[str, Sequence[str]]) -> str:
    """A random expression of a type: ``i`` integer, ``f`` float, ``b`` a condition, ``t`` text; ``n``: i or f.

    ``leaves``: what has each type without being put together. NULL stands for any of them, now and then.
    """
    if kind == "n":
        kind = random_.choice("if")
    if depth == 0 or random_.random() < 0.1:
        return NULLS[kind] if random_.random() < 0.03 else random_.choice(leaves[kind])
    form = random_.choice(random_.choice((OF_TYPE[kind], OF_TYPE[kind], SAME)))
    parts = form.replace("{x}", f"{{{kind}}}").split("{")
    text = parts[0]
    for part in parts[1:]:
        wanted, _, rest = part.partition("}")
        text += fitting(random_, depth - 1, wanted, leaves) + rest
    return text
