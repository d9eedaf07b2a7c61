"""Digests: the same short text, or the same number, for the same values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from synthwb.generators.registry import Generator, Kind, Parameter, register
from synthwb.scenario.model import DType

if TYPE_CHECKING:
    import polars as pl

    from synthwb.engine.block import Draw, Site
    from synthwb.scenario.model import Call

__all__ = ["Digest"]

_BITS = {"sha256": 256, "sha512": 512, "sha1": 160, "md5": 128, "xxh64": 64}  # as in the engine, which imports numpy
_MOST_BUCKETS = 1 << 31


@register
class Digest(Generator):
    """A digest of other values: pseudonyms, fingerprints, keys of a partition, the arm of an experiment.

    The text that is digested is the ``salt``, followed by the values with the ``separator`` between them, each written
    as a template writes it. Hexadecimal digits, or with ``buckets`` the number of a bucket, from 0: the first 64 bits
    of the digest modulo their count. Null where a value is null or absent. The cryptographic methods take about
    half a microsecond for each different value; ``xxh64`` is several times quicker, and easy to guess from.
    """

    name = "hash"
    family = "identity"
    parameters = (
        Parameter("of", Kind.PATHS, "What is digested: one field or several, in this order."),
        Parameter("method", Kind.ENUM, "How it is digested.", "sha256", choices=tuple(_BITS)),
        Parameter("length", Kind.INTEGER, "How many hexadecimal digits are kept; all unless written.", None, minimum=1),
        Parameter("salt", Kind.TEXT, "Text before the values, so that others cannot guess them.", ""),
        Parameter("separator", Kind.TEXT, "What stands between the values.", "|"),
        Parameter(
            "buckets",
            Kind.INTEGER,
            "Give the number of one of so many buckets instead of digits.",
            None,
            minimum=1,
            maximum=_MOST_BUCKETS,
        ),
    )
    shorthand = "of"
    examples = (
        "{hash: {of: event.ordinal, length: 16}}",
        "{hash: {of: [event.name, event.ordinal], method: md5, salt: pepper}}",
        "{hash: {of: event.ordinal, method: xxh64, buckets: 100}}",
    )
    source = "FIPS 180-4 (SHA), RFC 1321 (MD5), Collet's XXH64"

    def problems(self, args: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """A digest has only so many digits, and a bucket has none."""
        length, digits = args["length"], _BITS[args["method"]] // 4
        if length is not None and length > digits:
            yield "length", f"{length} is above {digits}, the {_BITS[args['method']]} bits of {args['method']}"
        if length is not None and args["buckets"] is not None:
            yield "length", "is for digits, and buckets are numbers; remove one of them"

    def dtype(self, args: Mapping[str, Any], dtype_of: Callable[[str], DType]) -> DType:
        """Text, or the number of a bucket."""
        return DType.STRING if args["buckets"] is None else DType.INTEGER

    def bind(self, call: Call, site: Site) -> Draw:
        """Join the values as a template does, then digest pools once and other columns by the row."""
        from synthwb.engine.text.digests import digested, hex_digests, numbers_of
        from synthwb.engine.text.templates import joined

        args = call.args
        paths, method, buckets = args["of"], args["method"], args["buckets"]
        text = joined([args["salt"], *[args["separator"]] * (len(paths) - 1), ""], paths)
        length = args["length"] or _BITS[method] // 4

        def change(texts: pl.Series) -> pl.Series:
            if buckets is None:
                return hex_digests(texts, method, length)
            return numbers_of(texts, method, buckets)

        return digested(text, change, ("hash", method, length, buckets), safe=buckets is None)
