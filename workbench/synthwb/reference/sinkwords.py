"""What the reference says of a declared sink beside its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthwb.sinks.registry import DeclaredSink

__all__ = ["facts_of", "spoken"]


def facts_of(sink: type[DeclaredSink]) -> list[str]:
    """Its guarantee, its addresses, and what it needs, each in a sentence."""
    facts = [f"Guarantee: {sink.guarantee}"] if sink.guarantee else []
    schemes = [f"`{scheme}://`" for scheme in sink.schemes]
    facts += [f"On the command line: an address that begins with {' or '.join(schemes)}."] if schemes else []
    facts += [f"Needs `pip install 'synthwb[{sink.extra}]'`."] if sink.extra else []
    return facts


def spoken(sink: type[DeclaredSink], name: str) -> tuple[str, str]:
    """The default and an example of an option, as they are written; of the format as well."""
    option = next((each for each in sink.options if each.name == name), None)
    if option is None:
        return sink.formats[0], ""
    default = option.default
    if option.required or default is None or default == {}:
        return "", option.example
    if isinstance(default, bool):
        return str(default).lower(), option.example
    return (f"{default:g}" if isinstance(default, float) else str(default)), option.example
