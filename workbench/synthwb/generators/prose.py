"""Running text: words, sentences and paragraphs from the word lists of a locale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from synthwb.generators.fakers import LOCALE
from synthwb.generators.lengths import counts_of, not_whole
from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    from synthwb.engine.block import Block, Draw, Site
    from synthwb.engine.columns import Column
    from synthwb.engine.draws import Ints
    from synthwb.scenario.model import Call

__all__ = ["Paragraph", "Sentence", "WordsText"]

_MOST_WORDS, _MOST_SENTENCES = 1000, 100
_SIDE_BY_SIDE = 8  # words of a fixed number up to which each is a part of its own
_WORDS, _SENTENCES = 6, 3  # of Faker's sentence and paragraph, give or take 40%


class _Prose(Generator):
    """What texts of words share."""

    family = "text"
    beside: ClassVar[tuple[str, ...]] = ("locale",)
    source = "Faker's lorem provider"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A fixed count must be a whole number."""
        for parameter in self.parameters:
            if parameter.kind is Kind.QUANTITY:
                yield from not_whole(parameter.name, args[parameter.name], "it is a count, and that is a whole number")

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Always text."""
        return DType.STRING


def _words_of_a_sentence(default: Any) -> Parameter:
    return Parameter(
        "words",
        Kind.QUANTITY,
        "How many words a sentence has; 3 to 8 without.",
        default,
        minimum=0,
        maximum=_MOST_WORDS,
    )


@register
class WordsText(_Prose):
    """Words of the locale as one text, each drawn from all with equal chances.

    The count is a whole number or any numeric generator, rounded down. Words are those of the locale, pseudo-Latin
    where Faker has none. A list of words is ``{list: word, length: 3}``; ``{fake: words}`` is Faker's own.
    """

    name = "words"
    parameters = (
        Parameter("count", Kind.QUANTITY, "How many words.", 3, minimum=0, maximum=_MOST_WORDS),
        Parameter("separator", Kind.TEXT, "What stands between them; what the locale writes without.", None),
        LOCALE,
    )
    shorthand = "count"
    examples = (
        "{words: 2}",
        '{words: {count: {integer: {min: 1, max: 4}}, separator: "-"}}',
        "{words: 3, locale: fr_FR}",
    )

    def bind(self, call: Call, site: Site) -> Draw:
        """One sentence without a capital and a full stop."""
        return _drawn(call, site, call.args["count"], sentences=False)


@register
class Sentence(_Prose):
    """A sentence of words of the locale: a capital at the beginning, a full stop at the end, no sense in between.

    It has 3 to 8 words as Faker draws them, six give or take 40%, or as many as ``words`` says: a number or any numeric
    generator, rounded down; none is empty text. ``{fake: sentence}`` is Faker's own.
    """

    name = "sentence"
    parameters = (_words_of_a_sentence(None), LOCALE)
    shorthand = "words"
    examples = ("sentence", "{sentence: 4}", "{sentence: {words: {poisson: {mean: 9}, min: 2}}, locale: de_DE}")

    def bind(self, call: Call, site: Site) -> Draw:
        """One sentence a row."""
        return _drawn(call, site, call.args["words"])


@register
class Paragraph(_Prose):
    """Several sentences, one after the other: see ``sentence``.

    There are 1 to 4 of them as Faker draws them, three give or take 40%, or as many as ``sentences`` says; each has a
    number of words of its own. ``{fake: paragraph}`` is Faker's own.
    """

    name = "paragraph"
    parameters = (
        Parameter(
            "sentences",
            Kind.QUANTITY,
            "How many sentences there are; 1 to 4 without.",
            None,
            minimum=0,
            maximum=_MOST_SENTENCES,
        ),
        _words_of_a_sentence(None),
        LOCALE,
    )
    shorthand = "sentences"
    examples = ("paragraph", "{paragraph: {sentences: 2, words: {integer: {min: 3, max: 5}}}}")

    def bind(self, call: Call, site: Site) -> Draw:
        """All sentences of all rows as one block."""
        from synthwb.engine.text.prose import about

        wanted = call.args["sentences"]
        sentences = about(_SENTENCES, site.key("sentences"))
        if wanted is not None:
            sentences = counts_of(wanted, _MOST_SENTENCES, site)
        return _drawn(call, site, call.args["words"], sentences)


def _drawn(
    call: Call, site: Site, words: Any, several: Callable[[Block], Ints] | None = None, *, sentences: bool = True
) -> Draw:
    """Texts of ``several`` sentences a row, or of one; ``words``: how many each has, as it is written."""
    import numpy as np

    from synthwb.engine.text.prose import about, locale_of_row, side_by_side, vocabulary, written

    locales = call.args["locale"] or site.locales
    pieces = vocabulary(tuple(locale for locale, _ in locales), call.args.get("separator"), sentences=sentences)
    which, key = locale_of_row(locales, site), site.key()
    if several is None and isinstance(words, int | float) and words <= _SIDE_BY_SIDE:
        return lambda block: side_by_side(pieces, block.bits(key), int(words), which and which(block))
    lengths = about(_WORDS, site.key("words")) if words is None else counts_of(words, _MOST_WORDS, site)

    def draw(block: Block) -> Column:
        locale = which and which(block)
        if several is None:
            return written(pieces, block.bits(key), lengths(block), None, locale)
        counts = several(block)
        parent = np.repeat(np.arange(len(block)), counts)
        index = np.arange(len(parent)) - np.repeat(np.cumsum(counts) - counts, counts)
        inner = block.children(parent, index)
        return written(pieces, inner.bits(key), lengths(inner), counts, None if locale is None else locale[parent])

    return draw
