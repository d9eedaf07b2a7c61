r"""Reads regular expressions: the part of Python's syntax whose texts can be made rather than found.

Signs stand for themselves; ``.`` is any printable sign of ASCII, ``\d`` a digit, ``\w`` a letter, a digit or ``_``, all
of ASCII, ``\s`` a blank, and ``\D``, ``\W``, ``\S`` and ``[^...]`` are the printable signs of ASCII that are left.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from synthwb.scenario.regextree import Joined, Letters, Node, OneOf, Repeated, lengths

__all__ = ["LONGEST", "MORE", "Flaw", "Regex", "read_regex"]

MORE = 10
"""How often more than it must a part comes whose number has no end: ``*`` up to 10 times, ``{2,}`` up to 12."""

LONGEST = 256
"""Signs of the longest text."""

_PATTERN = 1000  # signs of an expression
_DEEPEST = 20
_WIDEST = 65_536  # signs of a range
_PRINTABLE = frozenset(map(chr, range(32, 127)))
_CLASSES = {
    "d": frozenset(string.digits),
    "w": frozenset(f"{string.ascii_letters}{string.digits}_"),
    "s": frozenset(" "),
}
_CLASSES |= {name.upper(): _PRINTABLE - signs for name, signs in _CLASSES.items()}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}
_TIMES = re.compile(r"\{(?:(\d+)(,?)(\d*)|(,)(\d+))\}")
_OPENING = re.compile(r"\(\?(?:P?<[=!]|[=!]|P<|P=|P>|[aiLmsux]*-?[imsx]*[:)]|.?)")


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong from sign ``start`` to ``end`` of the expression, from 0, and what to write."""

    message: str
    hint: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Regex:
    """An expression that was read; ``tree`` means something only where there is no flaw."""

    tree: Node
    flaws: tuple[Flaw, ...]


@lru_cache(maxsize=512)
def read_regex(text: str) -> Regex:
    """The tree of an expression, with all that is wrong with it."""
    if not text:
        return Regex(Joined(()), (Flaw("the expression is empty", 'empty text is written {const: ""}', 0, 0),))
    if len(text) > _PATTERN:
        message = f"an expression of {len(text):,} signs; at most {_PATTERN:,} are taken"
        return Regex(Joined(()), (Flaw(message, "make it shorter", _PATTERN, len(text)),))
    parser = _Parser(text)
    tree = parser.whole()
    longest = lengths(tree)[1]
    if not parser.flaws and longest > LONGEST:
        message = f"texts have up to {longest:,} signs; at most {LONGEST} are made"
        parser.flaws.append(Flaw(message, "say how often: {0,5} instead of *, or a smaller number", 0, len(text)))
    return Regex(tree, tuple(parser.flaws))


class _Parser:
    """Reads an expression from left to right, and goes on after what it does not take."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.flaws: list[Flaw] = []

    def whole(self) -> Node:
        """Everything. A parenthesis that closes nothing is noted and passed over."""
        found = self.options()
        while self.at < len(self.text):
            self.flaw("this ) closes nothing", r"a parenthesis itself is written \)", self.at, self.at + 1)
            self.at += 1
            found = Joined((found, self.options()))
        return found

    def flaw(self, message: str, hint: str, start: int, end: int) -> None:
        """Note what is wrong, and where."""
        self.flaws.append(Flaw(f"{message} (sign {start + 1} of the expression)", hint, start, end))

    def next_is(self, sign: str) -> bool:
        """Whether this sign comes next."""
        return self.text.startswith(sign, self.at)

    def options(self) -> Node:
        """What stands between parentheses, or everything."""
        options = [self.sequence()]
        while self.next_is("|"):
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else OneOf(tuple(options))

    def sequence(self) -> Node:
        """What stands between bars."""
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            part = self.atom()
            if part is not None:
                parts.append(self.times(part))
        return parts[0] if len(parts) == 1 else Joined(tuple(parts))

    def atom(self) -> Node | None:
        """One sign, class or group; None for an anchor, and for what was not taken."""
        start, sign = self.at, self.text[self.at]
        if sign == "(":
            return self.group()
        if sign == "[":
            return self.klass()
        if sign == "\\":
            return self.escape()
        self.at += 1
        if sign in "^$":
            self.anchor(sign, start)
            return None
        if sign in "*+?{":
            self.flaw(
                f"there is nothing that {sign} could repeat", rf"a {sign} itself is written \{sign}", start, self.at
            )
            return None
        return Letters("".join(sorted(_PRINTABLE))) if sign == "." else Letters(sign)

    def anchor(self, sign: str, start: int) -> None:
        """``^`` at the beginning and ``$`` at the end of everything change nothing."""
        if start != (0 if sign == "^" else len(self.text) - 1):
            where = "the beginning" if sign == "^" else "the end"
            self.flaw(
                f"{sign} is taken only at {where}", rf"remove it; a {sign} itself is written \{sign}", start, self.at
            )

    def times(self, part: Node) -> Node:
        """A part with the number that stands behind it, if there is one."""
        start = self.at
        found = self.number()
        if found is None:
            return part
        low, high = found
        if low > high:
            self.flaw(f"{{{low},{high}}} ends before it begins", f"write {{{high},{low}}}", start, self.at)
        if self.next_is("?"):  # as few as possible: the texts are the same
            self.at += 1
        elif self.next_is("+"):
            self.flaw("a number with a + behind it is not taken", "remove the +", self.at, self.at + 1)
            self.at += 1
        while (again := self.at) < len(self.text) and self.number() is not None:
            self.flaw("a second number for the same part", "put the part into (?:...)", again, self.at)
        if lengths(part)[1] == 0 or high == 0:
            return Joined(())
        return part if (low, high) == (1, 1) else Repeated(part, low, max(low, high))

    def number(self) -> tuple[int, int] | None:
        """How often, at the least and at the most; None where no number stands."""
        if self.at == len(self.text) or self.text[self.at] not in "*+?{":
            return None
        sign = self.text[self.at]
        if sign != "{":
            self.at += 1
            return {"*": (0, MORE), "+": (1, MORE), "?": (0, 1)}[sign]
        found = _TIMES.match(self.text, self.at)
        if found is None:
            return None
        self.at = found.end()
        if found[4]:
            return 0, int(found[5])
        low = int(found[1])
        return low, int(found[3]) if found[3] else low + MORE if found[2] else low

    def group(self) -> Node:
        """A group, numbered or not."""
        start = self.at
        if self.next_is("(?:"):
            self.at += 3
        elif self.next_is("(?"):
            self.foreign()
        else:
            self.at += 1
        self.depth += 1
        if self.depth > _DEEPEST:
            self.flaw(f"groups inside each other more than {_DEEPEST} deep", "make it simpler", start, self.at)
            self.at = len(self.text)
            return Joined(())
        inside = self.options()
        self.depth -= 1
        if self.next_is(")"):
            self.at += 1
        elif self.at == len(self.text) and not any("deep" in flaw.message for flaw in self.flaws):
            self.flaw("this ( is never closed", r"close it; a parenthesis itself is written \(", start, start + 1)
        return inside

    def foreign(self) -> None:
        """What begins with ``(?`` and is not taken; its inside is read as if it were a group."""
        found = _OPENING.match(self.text, self.at)
        assert found is not None
        opened = found[0]
        if opened in ("(?=", "(?!", "(?<=", "(?<!"):
            message = f"{opened} looks around, and text that is made has nothing around it"
            hint = "remove it, and write what the text shall be"
        elif opened in ("(?P=", "(?P>"):
            message, hint = f"{opened} goes back to a group", "write the part again, or use a template of two fields"
        elif opened == "(?P<":
            message, hint = "names of groups are not taken", "write (...) or (?:...)"
        else:
            message, hint = f"{opened} is not taken", "write (...) or (?:...), and the letters in both cases: [Aa]"
        self.flaw(message, hint, self.at, found.end())
        self.at = found.end() - (1 if opened.endswith(")") else 0)

    def escape(self) -> Node | None:
        """What a backslash stands for, outside of a class."""
        start = self.at
        sign = self.text[start + 1 : start + 2]
        if sign in ("A", "Z"):
            self.at += 2
            edge = 0 if sign == "A" else len(self.text) - 2
            if start != edge:
                self.flaw(rf"\{sign} is taken only at one end", "remove it", start, self.at)
            return None
        signs = self.escaped()
        return Letters("".join(sorted(signs))) if signs else None

    def escaped(self) -> frozenset[str]:
        """The signs that a backslash with the sign behind it stands for; none for what is not taken."""
        start = self.at
        sign = self.text[start + 1 : start + 2]
        self.at = min(start + 2, len(self.text))
        if sign in _CLASSES:
            return _CLASSES[sign]
        if sign in _CONTROLS:
            return frozenset(_CONTROLS[sign])
        if sign and not (sign.isascii() and sign.isalnum()):
            return frozenset(sign)
        if not sign:
            message, hint = "a backslash at the end", r"a backslash itself is written \\"
        elif sign.isdigit():
            message, hint = rf"\{sign} goes back to a group", "write the part again, or use a template of two fields"
        elif sign in "bB":
            message, hint = rf"\{sign} is the edge of a word, which is no text", "remove it"
        else:
            message, hint = (
                rf"\{sign} is not known",
                rf"there are \d \w \s, their opposites and \t \n \r; or write {sign}",
            )
        self.flaw(message, hint, start, self.at)
        return frozenset()

    def klass(self) -> Node:
        """A class such as ``[a-z_]`` or ``[^,;]``."""
        start = self.at
        self.at += 1
        negated = self.next_is("^")
        self.at += negated
        signs: set[str] = set()
        first = self.at
        while self.at < len(self.text) and (self.at == first or not self.next_is("]")):
            signs.update(self.range())
        if self.at == len(self.text):
            self.flaw("this [ is never closed", r"close it; a bracket itself is written \[", start, start + 1)
            return Joined(())
        self.at += 1
        found = _PRINTABLE - signs if negated else signs
        if not found and not self.flaws:
            self.flaw("this class holds no printable sign of ASCII", "name the signs without ^", start, self.at)
        return Letters("".join(sorted(found))) if found else Joined(())

    def range(self) -> Iterable[str]:
        """The signs of one member of a class: a sign, an escape, or all between two of them."""
        start = self.at
        low = self.member()
        if not self.next_is("-") or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        high = self.member()
        if not low or not high:
            return ()
        if len(low) != 1 or len(high) != 1:
            hint = r"a range goes from one sign to another; a hyphen itself is written \-"
            self.flaw(f"{self.text[start : self.at]} is no range", hint, start, self.at)
            return ()
        (first,), (last,) = low, high
        if first > last:
            self.flaw(f"{self.text[start : self.at]} ends before it begins", f"write {last}-{first}", start, self.at)
        if (size := ord(last) - ord(first) + 1) > _WIDEST:
            self.flaw(f"a range of {size:,} signs; at most {_WIDEST:,} are taken", "narrow it", start, self.at)
            return low
        return (chr(code) for code in range(ord(first), ord(last) + 1) if not 0xD800 <= code < 0xE000)

    def member(self) -> frozenset[str]:
        """One sign or escape inside a class."""
        if self.next_is("\\"):
            return self.escaped()
        self.at += 1
        return frozenset(self.text[self.at - 1])
