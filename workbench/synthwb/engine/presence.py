"""Which keys of an event may be missing and which values may be null, known before any event is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from synthwb.engine.entities import EntityPool
from synthwb.scenario.holding import has_expressions
from synthwb.scenario.model import Arm, Field

__all__ = ["Presence"]


class Presence:
    """Looks at the fields of one event type; several of one name stand in each other's place.

    ``sources``: whose rows stand behind the actor, references and partners. ``optional``: fields that only some states
    give.
    """

    def __init__(
        self,
        fields: Mapping[str, Sequence[Field]],
        sources: Mapping[str, str],
        pools: Mapping[str, EntityPool],
        optional: frozenset[str] = frozenset(),
    ) -> None:
        self._fields = fields
        self._optional = optional
        found = {source: pools[entity].columns for source, entity in sources.items()}
        self._sparse = frozenset(
            f"{source}.{name}"
            for source, columns in found.items()
            for name in columns
            if columns[name].absent is not None
        )

    def can_be_absent(self, name: str) -> bool:
        """Whether the key may be missing."""
        return name in self._optional or any(self._absent(field) for field in self._fields[name])

    def can_be_null(self, name: str) -> bool:
        """Whether a null is possible: asked for, listed among the values, or from something computed."""
        return any(_null(field) for field in self._fields[name])

    def _absent(self, field: Field) -> bool:
        """By a modifier, in a branch, for an unknown key, or where what it copies is."""
        modifiers, args = field.modifiers, field.call.args
        if modifiers.missing or modifiers.when is not None or args.get("unknown") == "absent":
            return True
        copied = args.get("path") if field.call.generator == "path" else args.get("field")
        if isinstance(copied, str) and field.call.generator in ("path", "same_as"):
            if copied in self._sparse or (copied in self._fields and self.can_be_absent(copied)):
                return True
            if "." in copied and copied.partition(".")[0] in self._fields:
                return True  # a child of an object, which may be missing inside
        return any(self._absent(each) for each in _inner(field))


def _inner(field: Field) -> Iterator[Field]:
    args = field.call.args
    for arm in [*(args.get("branches") or ()), *(args.get("cases") or ())]:
        if isinstance(arm, Arm):
            yield arm.field
    for each in (args.get("else"), args.get("otherwise")):
        if isinstance(each, Field):
            yield each


def _null(field: Field) -> bool:
    modifiers = field.modifiers
    if (
        field.call.generator == "recorded"
        or modifiers.nullable
        or modifiers.as_type is not None
        or field.reads
        or has_expressions(field.call)
    ):
        return True
    options = field.call.args.get("values") or ()  # of a choice: pairs of value and weight
    listed = any(isinstance(option, tuple) and option[0] is None for option in options)
    return listed or field.call.args.get("value", ...) is None
