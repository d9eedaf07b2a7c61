"""The scalar functions of expressions, declared once.

The checker reads this table to accept or refuse a call and to know the type of its value, the engine to map it to
Polars, completion and the reference to describe it. A function that is not here does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass

from synthwb.scenario.model import DType

__all__ = ["CASTS", "FUNCTIONS", "INSTEAD", "REFUSED", "Argument", "Function"]

NUMERIC = frozenset({DType.INTEGER, DType.FLOAT, DType.DECIMAL})
TEXT = frozenset({DType.STRING})
TIME = frozenset({DType.TIMESTAMP})
TRUTH = frozenset({DType.BOOLEAN})
WHOLE = frozenset({DType.INTEGER})
ANY = frozenset({DType.STRING, DType.INTEGER, DType.FLOAT, DType.DECIMAL, DType.BOOLEAN, DType.TIMESTAMP})


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name in messages and the types it takes."""

    name: str
    types: frozenset[DType]


@dataclass(frozen=True, slots=True)
class Function:
    """A scalar function.

    ``arguments``: all of them, the last ``optional`` may be left out; ``variadic``: the last one may be repeated.
    ``example``: a call that the reference executes.
    ``returns``: a type; ``None`` means the common type of the arguments ``common`` (integer and float give float).
    """

    name: str
    arguments: tuple[Argument, ...]
    returns: DType | None
    doc: str
    example: str
    optional: int = 0
    variadic: bool = False
    common: tuple[int, ...] = (0,)

    @property
    def least(self) -> int:
        """The smallest number of arguments."""
        return len(self.arguments) - self.optional

    @property
    def most(self) -> int | None:
        """The largest number of arguments; None: any number."""
        return None if self.variadic else len(self.arguments)

    @property
    def signature(self) -> str:
        """How a call looks: ``round(x[, digits])``, ``least(a, b, ...)``."""
        names = [argument.name for argument in self.arguments]
        must, may = ", ".join(names[: self.least]), "".join(f"[, {name}]" for name in names[self.least :])
        return f"{self.name}({must}{may}{', ...' if self.variadic else ''})"


def _number(name: str) -> Argument:
    return Argument(name, NUMERIC)


def _text(name: str) -> Argument:
    return Argument(name, TEXT)


_X, _S, _T = _number("x"), _text("text"), Argument("time", TIME)
_A, _B = Argument("a", ANY), Argument("b", ANY)
_N = Argument("digits", WHOLE)

_TABLE = (
    Function("abs", (_X,), None, "x without its sign", "abs(-2.5)"),
    Function("sign", (_X,), None, "-1, 0 or 1, in the type of x", "sign(-2.5)"),
    Function(
        "round",
        (_X, _N),
        None,
        "x rounded to so many decimals (0 without), halves away from zero",
        "round(2.345, 2)",
        optional=1,
    ),
    Function("floor", (_X,), None, "the largest whole number that is not above x, in the type of x", "floor(-2.5)"),
    Function("ceil", (_X,), None, "the smallest whole number that is not below x, in the type of x", "ceil(-2.5)"),
    Function("sqrt", (_X,), DType.FLOAT, "square root; NULL below 0", "sqrt(2)"),
    Function("exp", (_X,), DType.FLOAT, "e to the power of x; NULL when it overflows", "exp(1)"),
    Function("ln", (_X,), DType.FLOAT, "natural logarithm; NULL at 0 and below", "ln(10)"),
    Function("log10", (_X,), DType.FLOAT, "logarithm to base 10; NULL at 0 and below", "log10(1000)"),
    Function(
        "power",
        (_X, _number("exponent")),
        DType.FLOAT,
        "x to the power of exponent; NULL where undefined",
        "power(2, 0.5)",
    ),
    Function(
        "mod",
        (_X, _number("divisor")),
        None,
        "remainder, the same as %; NULL for divisor 0",
        "mod(7, 3)",
        common=(0, 1),
    ),
    Function(
        "div",
        (_X, _number("divisor")),
        DType.INTEGER,
        "x / divisor cut to a whole number; NULL for divisor 0",
        "div(7, 2)",
    ),
    Function(
        "least", (_A, _B), None, "the smallest argument, NULLs left out", "least(3, 1, 2)", variadic=True, common=(0, 1)
    ),
    Function(
        "greatest",
        (_A, _B),
        None,
        "the largest argument, NULLs left out",
        "greatest(3, 1, 2)",
        variadic=True,
        common=(0, 1),
    ),
    Function(
        "clip",
        (_X, _number("low"), _number("high")),
        None,
        "x held between low and high",
        "clip(7, 0, 5)",
        common=(0, 1, 2),
    ),
    Function("sigmoid", (_X,), DType.FLOAT, "1 / (1 + exp(-x)): any number to a probability", "sigmoid(0.5)"),
    Function(
        "logit",
        (_number("p"),),
        DType.FLOAT,
        "ln(p / (1 - p)): the inverse of sigmoid; NULL outside (0, 1)",
        "logit(0.75)",
    ),
    Function(
        "coalesce",
        (_A, _B),
        None,
        "the first argument that is not NULL",
        "coalesce(NULL, 3)",
        variadic=True,
        common=(0, 1),
    ),
    Function("nullif", (_A, _B), None, "NULL when a = b, else a", "nullif(3, 3)"),
    Function(
        "if",
        (Argument("condition", TRUTH), Argument("then", ANY), Argument("else", ANY)),
        None,
        "then when the condition holds, else the other (NULL without)",
        "if(quantity > 1, 'many', 'one')",
        optional=1,
        common=(1, 2),
    ),
    Function("upper", (_S,), DType.STRING, "in capitals", "upper('Rosé')"),
    Function("lower", (_S,), DType.STRING, "in small letters", "lower('Rosé')"),
    Function("length", (_S,), DType.INTEGER, "number of characters", "length('Rosé')"),
    Function(
        "concat",
        (_A, _B),
        DType.STRING,
        "all arguments as one text, NULLs left out",
        "concat('a', 1, NULL, 'b')",
        variadic=True,
    ),
    Function(
        "substr",
        (_S, Argument("start", WHOLE), Argument("count", WHOLE)),
        DType.STRING,
        "count characters from start (the first is 1; the rest without count)",
        "substr('abcdef', 2, 3)",
        optional=1,
    ),
    Function("trim", (_S,), DType.STRING, "without blanks at both ends", "trim('  a b ')"),
    Function(
        "replace",
        (_S, _text("old"), _text("new")),
        DType.STRING,
        "every old replaced by new",
        "replace('a-b-c', '-', '.')",
    ),
    Function(
        "starts_with",
        (_S, _text("prefix")),
        DType.BOOLEAN,
        "whether the text starts with prefix",
        "starts_with('SKU-7', 'SKU')",
    ),
    Function(
        "ends_with",
        (_S, _text("suffix")),
        DType.BOOLEAN,
        "whether the text ends with suffix",
        "ends_with('SKU-7', '7')",
    ),
    Function(
        "contains", (_S, _text("part")), DType.BOOLEAN, "whether part occurs in the text", "contains('SKU-7', 'U-')"
    ),
    Function("year", (_T,), DType.INTEGER, "year, UTC", "year(event.time)"),
    Function("month", (_T,), DType.INTEGER, "month, 1 to 12, UTC", "month(event.time)"),
    Function("day", (_T,), DType.INTEGER, "day of the month, 1 to 31, UTC", "day(event.time)"),
    Function("hour", (_T,), DType.INTEGER, "hour, 0 to 23, UTC", "hour(event.time)"),
    Function("minute", (_T,), DType.INTEGER, "minute, 0 to 59", "minute(event.time)"),
    Function("second", (_T,), DType.INTEGER, "second, 0 to 59", "second(event.time)"),
    Function("dayofweek", (_T,), DType.INTEGER, "1 Monday to 7 Sunday, UTC", "dayofweek(event.time)"),
    Function("epoch", (_T,), DType.FLOAT, "seconds since 1970-01-01T00:00Z, with fractions", "epoch(event.time)"),
)

FUNCTIONS: dict[str, Function] = {function.name: function for function in _TABLE}
"""Every function by its name in small letters (calls are not case-sensitive)."""

CASTS: dict[str, DType] = {
    "integer": DType.INTEGER,
    "int": DType.INTEGER,
    "bigint": DType.INTEGER,
    "float": DType.FLOAT,
    "double": DType.FLOAT,
    "text": DType.STRING,
    "varchar": DType.STRING,
    "string": DType.STRING,
    "boolean": DType.BOOLEAN,
    "timestamp": DType.TIMESTAMP,
}
"""The types of ``cast(x as TYPE)``, by the name that is written."""

REFUSED: dict[str, str] = {
    **dict.fromkeys(
        ("avg", "count", "first", "last", "max", "mean", "median", "min", "stddev", "sum", "variance", "string_agg"),
        "{name} looks at many rows; an expression sees one event",
    ),
    **dict.fromkeys(
        ("dense_rank", "first_value", "lag", "last_value", "lead", "ntile", "rank", "row_number"),
        "{name} is a window function; an expression sees one event",
    ),
    **dict.fromkeys(
        ("current_date", "current_time", "current_timestamp", "getdate", "localtime", "now", "sysdate", "today"),
        "{name} reads the wall clock, and the same seed would not give the same stream",
    ),
    **dict.fromkeys(
        ("gen_random_uuid", "newid", "rand", "random", "uuid"),
        "{name} draws outside the seed, and the same seed would not give the same stream",
    ),
}
"""Functions that people reach for and that are refused, with the reason."""

INSTEAD: dict[str, str] = {
    "min": "use least(a, b)",
    "max": "use greatest(a, b)",
    "ceiling": "use ceil(x)",
    "char_length": "use length(text)",
    "len": "use length(text)",
    "log": "use ln(x) or log10(x)",
    "log2": "use ln(x) / ln(2)",
    "pow": "use power(x, exponent)",
    "ifnull": "use coalesce(a, b)",
    "iff": "use if(condition, then, else)",
    "nvl": "use coalesce(a, b)",
    "substring": "use substr(text, start, count)",
    "now": "use event.time",
    "current_timestamp": "use event.time",
    "current_date": "use event.time",
    "today": "use event.time",
    "random": "make a field of its own, such as {uniform: {min: 0, max: 1}}, and read it here",
    "rand": "make a field of its own, such as {uniform: {min: 0, max: 1}}, and read it here",
    "uuid": "make a field of its own: uuid",
    "count": "event.ordinal is the number of the event",
    "row_number": "event.ordinal is the number of the event",
}
"""What to write in place of a function that is not there."""
