"""One field out of several: by a condition, by another field's value, or the value of another field itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import Arm, DType, Expression, Field, common_type

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.branching import Chosen
    from synthwb.scenario.model import Call

__all__ = ["SameAs", "Switch"]


@register
class Switch(Generator):
    """One of several fields: the first whose condition holds, or the one of another field's value.

    Conditions are SQL, tried in order; what is NULL does not hold. With `on` and `cases`, a case is found by equality,
    and a case named null stands for null and absent values. Where nothing fits and there is no `else`, the value is
    null. Each branch may be any field, with modifiers of its own, and is made only for the rows that take it.
    """

    name = "switch"
    family = "derived"
    parameters = (
        Parameter("branches", Kind.ARMS, "A list of {when: condition, then: field}, at the end {else: field}.", None),
        Parameter("on", Kind.PATH, "The field whose value decides.", None),
        Parameter("cases", Kind.CASES, "A field for each value.", None),
        Parameter("else", Kind.FIELD, "The field for every other value.", None),
    )
    shorthand = "branches"
    alternatives = (("branches", "cases"),)
    examples = (
        '{switch: [{when: "event.ordinal % 10 = 0", then: {uniform: {min: 50, max: 90}}}, {else: 4.5}]}',
        '{switch: {on: event.ordinal, cases: {0: {const: first}, 1: {pattern: "A-##"}}, else: {const: later}}}',
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Cases need something to decide, and all branches one type."""
        if args["cases"] is not None and args["on"] is None:
            yield "cases", "stand without on, the field whose value decides"
        if args["branches"] is not None:
            for name in ("on", "else"):
                if args[name] is not None:
                    yield name, "belongs to cases; a list of conditions ends with {else: field}"
        if common_type(field.dtype for field in _fields(args)) is None:
            kinds = " and ".join(dict.fromkeys(field.dtype.value for field in _fields(args)))
            name = "branches" if args["branches"] is not None else "cases"
            yield name, f"give {kinds}, which no one type can hold; write as: string in each branch"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The type that holds the values of all branches."""
        return common_type(field.dtype for field in _fields(args)) or DType.UNKNOWN

    def bind(self, call: Call, site: Site) -> Draw:
        """Decide for all rows, then make each branch for its rows."""
        from synthwb.engine.branching import Way, first_true, switched

        arms: tuple[Arm, ...] = call.args["branches"] or call.args["cases"]
        ways = [Way.of(field, site) for field in _fields(call.args)]
        if call.args["branches"] is None:
            return switched(_cases(call.args["on"], arms, site), ways, site, call)
        conditions = [site.expression(arm.test) if isinstance(arm.test, Expression) else None for arm in arms]
        return switched(first_true(conditions), ways, site, call)


def _fields(args: Mapping[str, Any]) -> list[Field]:
    """The fields of all branches, that of else last."""
    arms: tuple[Arm, ...] = args["branches"] or args["cases"] or ()
    return [arm.field for arm in arms] + ([] if args["else"] is None else [args["else"]])


def _cases(on: str, arms: tuple[Arm, ...], site: Site) -> Chosen:
    """By the value of a field: the number of its case, or the one after the last."""
    from synthwb.engine.matching import matching, series_of

    match = matching(series_of([arm.test for arm in arms]), site.dtype(lambda block: block.column(on)))
    return lambda block: match(block.column(on))


@register
class SameAs(Generator):
    """The value of another field; in some rows, by chance or by a condition, a field of its own instead.

    So a billing address is the shipping address in four of five orders.
    """

    name = "same_as"
    family = "derived"
    parameters = (
        Parameter("field", Kind.PATH, "The field whose value is taken."),
        Parameter("share", Kind.PROBABILITY, "How often it is taken.", 1.0, expression=True),
        Parameter("unless", Kind.CONDITION, "Where this holds it is not taken.", None),
        Parameter("otherwise", Kind.FIELD, "What stands in the other rows; null without.", None),
    )
    shorthand = "field"
    examples = (
        "{same_as: event.name}",
        "{same_as: {field: event.name, share: 80%, otherwise: {choice: [a, b]}}}",
        '{same_as: {field: event.ordinal, unless: "event.ordinal > 5", otherwise: {integer: {min: 100, max: 999}}}}',
    )

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Something else is only there for rows that do not take the value."""
        if args["otherwise"] is not None and args["unless"] is None and args["share"] == 1:
            yield "otherwise", "never counts, for the value is always taken; add share: 80% or unless: ..."

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """The type that holds both."""
        found = [dtype_of(args["field"])] + ([] if args["otherwise"] is None else [args["otherwise"].dtype])
        return common_type(found) or DType.UNKNOWN

    def bind(self, call: Call, site: Site) -> Draw:
        """The column itself in some rows."""
        import numpy as np

        from synthwb.engine.branching import Way, first_true, switched
        from synthwb.engine.laws.discrete import happens

        field, otherwise, unless = call.args["field"], call.args["otherwise"], call.args["unless"]
        ways = [Way(lambda block: block.column(field), (field,))]
        ways += [] if otherwise is None else [Way.of(otherwise, site)]
        share, key = site.number(call.args["share"]), site.key()
        excepted = None if unless is None else first_true([site.expression(unless)])

        def chosen(block: Block) -> Any:
            taken = happens(block.bits(key), share(block))
            if excepted is not None:
                taken &= excepted(block) != 0
            return np.where(taken, np.uint32(0), np.uint32(1))

        return switched(chosen, ways, site, call)
