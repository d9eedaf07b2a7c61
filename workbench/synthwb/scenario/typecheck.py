"""The type of an expression, found before the run without evaluating anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlglot import exp

from synthwb.scenario.expressions import Flaw, call_name, cast_name, column_path, place_of
from synthwb.scenario.functions import CASTS, FUNCTIONS
from synthwb.scenario.model import DType, common_type

__all__ = ["TypeFlaw", "infer"]

_MOST_DIGITS = 15
_NUMBERS = frozenset({DType.INTEGER, DType.FLOAT, DType.DECIMAL})
_OPEN = frozenset({DType.UNKNOWN, DType.NULL})
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_SIGNS = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


class TypeFlaw(ValueError):
    """Types that do not fit together; ``node`` is the operator or call."""

    def __init__(self, node: exp.Expression, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.node = node
        self.hint = hint

    def flaw(self, text: str) -> Flaw:
        """The same as a flaw of the text."""
        start, end = place_of(self.node) or (0, len(text))
        return Flaw("type", str(self), self.hint, start, end)


def infer(tree: exp.Expression, dtype_of: Callable[[str], DType]) -> DType:
    """The type of a checked expression, given the types of the names it reads.

    Raises TypeFlaw where an operator or a function is given what it cannot take.
    """
    path = column_path(tree)
    if path is not None:
        return dtype_of(path)
    return _Inference(dtype_of).of(tree)


class _Inference:
    """One walk; every method gives the type of one kind of node."""

    def __init__(self, dtype_of: Callable[[str], DType]) -> None:
        self._dtype_of = dtype_of

    def of(self, node: exp.Expression) -> DType:
        path = column_path(node)
        if path is not None:
            return self._column(node, path)
        if isinstance(node, exp.Literal):
            return DType.STRING if node.is_string else DType.INTEGER if node.name.isdecimal() else DType.FLOAT
        if isinstance(node, exp.Boolean):
            return DType.BOOLEAN
        if isinstance(node, exp.Null):
            return DType.NULL
        if isinstance(node, exp.Paren):
            return self.of(node.this)
        if isinstance(node, exp.Anonymous):
            return self._call(node)
        if isinstance(node, exp.Cast):
            return self._cast(node)
        if isinstance(node, exp.Case):
            return self._case(node)
        return self._operator(node)

    def _column(self, node: exp.Expression, path: str) -> DType:
        dtype = self._dtype_of(path)
        if dtype in (DType.OBJECT, DType.LIST):
            what = "an object" if dtype is DType.OBJECT else "a list"
            raise TypeFlaw(node, f"{path} is {what}; an expression reads single values", f"read {path}.<field>")
        return dtype

    def _operator(self, node: exp.Expression) -> DType:
        if isinstance(node, exp.Neg):
            return self._numeric(node, "-", self.of(node.this))
        for kind, sign in _SIGNS.items():
            if isinstance(node, kind):
                common = self._numeric(node, sign, self.of(node.this), self.of(node.expression))
                apart = kind is exp.Div or (kind is exp.Mod and common is DType.DECIMAL)
                return DType.FLOAT if apart else common
        if isinstance(node, exp.DPipe):
            self.of(node.this), self.of(node.expression)
            return DType.STRING
        if isinstance(node, exp.And | exp.Or):
            self._truth(node, node.this)
            self._truth(node, node.expression)
        elif isinstance(node, exp.Not):
            self._truth(node, node.this)
        elif isinstance(node, exp.Between):
            self._comparable(node, [node.this, node.args["low"], node.args["high"]])
        elif isinstance(node, exp.In):
            self._comparable(node, [node.this, *node.expressions])
        elif isinstance(node, _COMPARISONS):
            self._comparable(node, [node.this, node.expression])
        elif isinstance(node, exp.Like | exp.ILike):
            dtype = self.of(node.this)
            if dtype is not DType.STRING and dtype not in _OPEN:
                raise TypeFlaw(node, f"LIKE needs text, not {dtype.value}", "write cast(x as text)")
        elif isinstance(node, exp.Is):
            self.of(node.this)
        return DType.BOOLEAN

    def _numeric(self, node: exp.Expression, sign: str, *types: DType) -> DType:
        for dtype in types:
            if dtype not in _NUMBERS and dtype not in _OPEN:
                hint = {
                    DType.STRING: "use a || b to join text, cast(text as float) for numbers in text",
                    DType.BOOLEAN: "use cast(x as int) for 1 and 0",
                    DType.TIMESTAMP: "use epoch(time), in seconds",
                }.get(dtype, "")
                raise TypeFlaw(node, f"{sign} needs numbers, not {dtype.value}", hint)
        if all(dtype is DType.NULL for dtype in types):
            raise TypeFlaw(node, f"{sign} of NULL is always NULL", "write null")
        return common_type(types) or DType.UNKNOWN

    def _truth(self, node: exp.Expression, side: exp.Expression) -> None:
        dtype = self.of(side)
        if dtype is not DType.BOOLEAN and dtype not in _OPEN:
            word = type(node).__name__.upper()
            hint = "compare it, such as x > 0" if dtype in _NUMBERS else ""
            raise TypeFlaw(node, f"{word} needs true or false, not {dtype.value}", hint)

    def _comparable(self, node: exp.Expression, sides: Iterable[exp.Expression]) -> None:
        sides = list(sides)
        types = [self.of(side) for side in sides]
        if DType.TIMESTAMP in types:
            types = [self._moment(side, dtype) for side, dtype in zip(sides, types, strict=True)]
        if common_type(types) is None:
            names = " with ".join(dict.fromkeys(dtype.value for dtype in types if dtype not in _OPEN))
            raise TypeFlaw(node, f"cannot compare {names}", "text stands in single quotes, numbers without")

    def _moment(self, node: exp.Expression, dtype: DType) -> DType:
        """Text that is written out beside a time is a time."""
        if not isinstance(node, exp.Literal) or not node.is_string:
            return dtype
        try:
            datetime.fromisoformat(node.name)
        except ValueError:
            raise TypeFlaw(node, f"{node.name!r} is not a time", "such as '2026-01-31T18:00'") from None
        return DType.TIMESTAMP

    def _cast(self, node: exp.Cast) -> DType:
        source, target = self.of(node.this), CASTS[cast_name(node)]
        apart = (*_NUMBERS, DType.BOOLEAN)
        if (source is DType.TIMESTAMP and target in apart) or (target is DType.TIMESTAMP and source in apart):
            raise TypeFlaw(node, f"cannot cast {source.value} to {target.value}", "use epoch(time), in seconds")
        return target

    def _case(self, node: exp.Case) -> DType:
        subject = node.args.get("this")
        results = []
        for branch in node.args["ifs"]:
            if subject is None:
                self._truth(node, branch.this)
            else:
                self._comparable(node, [subject, branch.this])
            results.append(self.of(branch.args["true"]))
        if node.args.get("default") is not None:
            results.append(self.of(node.args["default"]))
        return self._same(node, "the results of case", results)

    def _digits(self, node: exp.Anonymous) -> None:
        """The digits of round are fixed, for the type of the result depends on them."""
        digits = node.expressions[1]
        digits = digits.this if isinstance(digits, exp.Neg) else digits
        if not isinstance(digits, exp.Literal) or not digits.name.isdecimal() or int(digits.name) > _MOST_DIGITS:
            raise TypeFlaw(node, f"the digits of round must be a number from -{_MOST_DIGITS} to {_MOST_DIGITS}")

    def _same(self, node: exp.Expression, what: str, types: list[DType]) -> DType:
        common = common_type(types)
        if common is None:
            names = " and ".join(dict.fromkeys(dtype.value for dtype in types if dtype not in _OPEN))
            raise TypeFlaw(node, f"{what} are of different types: {names}", "cast them to one type")
        return common

    def _call(self, node: exp.Anonymous) -> DType:
        name = call_name(node)
        function = FUNCTIONS[name]
        types = [self.of(argument) for argument in node.expressions]
        for i, dtype in enumerate(types):
            argument = function.arguments[min(i, len(function.arguments) - 1)]
            if dtype not in argument.types and dtype not in _OPEN:
                wanted = " or ".join(sorted(kind.value for kind in argument.types))
                raise TypeFlaw(node, f"{argument.name} of {function.signature} must be {wanted}, not {dtype.value}")
        if name == "round" and len(types) > 1:
            self._digits(node)
        if function.returns is not None:
            return function.returns
        if types[0] is DType.NULL and function.arguments[0].types <= _NUMBERS:
            raise TypeFlaw(node, f"{name} of NULL is always NULL", "write null")
        if name == "nullif":
            self._comparable(node, node.expressions)
        chosen = types if function.variadic else [types[i] for i in function.common if i < len(types)]
        return self._same(node, f"the arguments of {name}", chosen)
