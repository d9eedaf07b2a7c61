"""Chains: categories that depend on the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.categories import plain_text, scalar_series, scalar_type
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.passes.seen import Memory
    from synthwb.scenario.model import Call

__all__ = ["Markov"]

_MOST = 100  # states: an event is a table of one entry for each

_State = tuple[type, Any]


@register
class Markov(Generator):
    """One of several states, by weights that depend on the state in this actor's previous event of the type.

    ``start`` says in which an actor begins, ``next`` where each state leads, itself among them. Without an actor all
    events of the type are one chain. Where states take time and have events of their own, a flow says more.
    """

    name = "markov"
    family = "categories"
    parameters = (
        Parameter("next", Kind.TRANSITIONS, "By state, the weights of what comes after it."),
        Parameter("start", Kind.WEIGHTS, "The weights of the first state of an actor; all alike without.", None),
    )
    carried = True
    examples = (
        "{markov: {start: {ok: 1}, next: {ok: {ok: 90, down: 10}, down: {down: 60, ok: 40}}}}",
        "{markov: {next: {1: {1: 8, 2: 2}, 2: {1: 1, 2: 9}}}}",
    )
    source = "Markov 1906, by composition of random maps: Propp and Wilson 1996, section 2"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Every state has a way on and a way to it."""
        rows = _rows(args)
        if len(rows) > _MOST:
            yield "next", f"has {len(rows):,} states; at most {_MOST} are taken"
        for state, targets in rows.items():
            for target in targets:
                if target not in rows:
                    name = _written(target)
                    yield (
                        "next",
                        f"leads from {_written(state)} to {name}, which has no row of its own; {name}: {{{name}: 1}} "
                        "stays there",
                    )
        start = [_state(value) for value, weight in args["start"] or () if weight > 0]
        for state in start:
            if state not in rows:
                yield "start", f"is {_written(state)}, which next has no row for"
        for state in rows.keys() - _reached(rows, start or list(rows)):
            yield "next", f"has {_written(state)}, which nothing leads to: give it a weight, or remove it"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The one type that holds all states."""
        return scalar_type([state for state, _ in args["next"]])

    def fact(self, call: Call) -> NDArray[Any]:
        """The first state."""
        import numpy as np

        return np.zeros(1, np.int32)

    def memory(self, call: Call, site: Site) -> Memory:
        """The last state of each actor."""
        from fractions import Fraction

        from synthwb.engine.laws.discrete import table_of
        from synthwb.engine.passes.memories import Chain

        states = list(_rows(call.args))

        def table(weights: tuple[tuple[Any, Fraction], ...]) -> Any:
            given = {_state(value): weight for value, weight in weights}
            return table_of(tuple(given.get(state, Fraction(0)) for state in states))

        alike = tuple((value, Fraction(1)) for _, value in states)
        start = table(call.args["start"] or alike)
        return Chain(site.key(), start, tuple(table(weights) for _, weights in call.args["next"]))

    def bind(self, call: Call, site: Site) -> Draw:
        """Codes into a pool of the states."""
        from synthwb.engine.columns import Column, Pool
        from synthwb.engine.passes.facts import memory_fact

        values = [state for state, _ in call.args["next"]]
        pool = Pool(scalar_series(values, scalar_type(values)))
        safe, fact = plain_text(pool.series), memory_fact(site.path)

        def draw(block: Block) -> Column:
            return Column.coded(pool, block.facts[fact], ascii_safe=safe)

        return draw


def _state(value: Any) -> _State:
    """1, 1.0 and true are different states."""
    return type(value), value


def _rows(args: Mapping[str, Any]) -> dict[_State, list[_State]]:
    """By state, where it may lead."""
    return {_state(value): [_state(to) for to, weight in weights if weight > 0] for value, weights in args["next"]}


def _reached(rows: Mapping[_State, list[_State]], start: Iterable[_State]) -> set[_State]:
    found: set[_State] = set()
    wanted = list(start)
    while wanted:
        state = wanted.pop()
        if state not in found:
            found.add(state)
            wanted += rows.get(state, ())
    return found


def _written(state: _State) -> str:
    value = state[1]
    return str(value).lower() if isinstance(value, bool) or value is None else repr(value)
