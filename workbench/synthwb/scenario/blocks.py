"""Entities and events: populations and record types, with the scopes in which their fields are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from synthwb.scenario.carrying import unkept, variants_of
from synthwb.scenario.earlier import EVENT_ONLY, Earlier, EarlierReader, in_turn, refers_to, with_entity
from synthwb.scenario.engagements import read_engagement
from synthwb.scenario.fields import FieldReader
from synthwb.scenario.finishing import Finisher
from synthwb.scenario.flows.scopes import Walk
from synthwb.scenario.keys import ENTITY, EVENT, ROOT
from synthwb.scenario.laws import read_law
from synthwb.scenario.model import Call, Clock, DType, EntityType, EventType, Field, Limit, Ref
from synthwb.scenario.origins import read_origin
from synthwb.scenario.paths import join
from synthwb.scenario.populations import Populations
from synthwb.scenario.refkeys import PARTNER, REF
from synthwb.scenario.report import Report
from synthwb.scenario.scanning import scan
from synthwb.scenario.scopes import Missing, Scope, Source
from synthwb.scenario.standard import STANDARD, standard_entity
from synthwb.scenario.tree import Entry, Node, NodeKind
from synthwb.scenario.values import Values

__all__ = ["NAME_PATTERN", "RESERVED", "Blocks", "type_entries"]

NAME_PATTERN = "[A-Za-z_][A-Za-z0-9_-]{0,99}"
_NAME = re.compile(NAME_PATTERN)
_MOST_ROWS = 100_000_000
RESERVED = ("actor", "event", "session", "state", "previous")


_EXAMPLES = {
    "entity": "user: {count: 100, fields: {user_id: uuid}}",
    "event": "page_viewed: {fields: {user_id: uuid}}",
    "flow": "visit: {states: {landing: {emit: page_viewed}}}",
}


def type_entries(report: Report, node: Node | None, what: str, block: str) -> dict[str, Entry]:
    """The entries of ``events``, ``entities`` or ``flows`` whose names can be used."""
    if node is None:
        return {}
    if node.kind is not NodeKind.MAPPING:
        types = "flows" if what == "flow" else f"{what} types"
        report.expected(node, f"{types} by name", block, f"such as {_EXAMPLES[what]}")
        return {}
    found = {}
    for entry in node.entries:
        if name_allowed(report, entry, what):
            found[entry.name] = entry
    return found


def name_allowed(report: Report, entry: Entry, what: str, path: str = "") -> bool:
    """Whether a key can name an event, an entity, a flow or a reference; reported if not."""
    path = path or entry.name
    if not _NAME.fullmatch(entry.name):
        message = f"{entry.name[:60]!r} cannot name {'an' if what[0] == 'e' else 'a'} {what}"
        report.error("name", message, entry.key, path, "use letters, digits, _ and -, and begin with a letter")
        return False
    if entry.name in RESERVED or (what != "reference" and entry.name in ROOT):
        message = f"{entry.name!r} has a meaning of its own and cannot name a{'n' if what[0] == 'e' else ''} {what}"
        report.error("name", message, entry.key, path, "choose another name")
        return False
    return True


class Blocks:
    """Reads all entities, then all events."""

    def __init__(
        self,
        values: Values,
        entities: Mapping[str, Entry],
        events: Mapping[str, Entry],
        flows: Mapping[str, Entry] | None = None,
    ) -> None:
        self.values = values
        self.report = values.report
        self._entities = entities
        self._events = events
        self.others = {
            **dict.fromkeys(flows or (), "flow"),
            **dict.fromkeys(entities, "entity"),
            **dict.fromkeys(events, "event"),
        }
        self.keys: dict[str, str] = {}  # of the entities that have one
        self._known: dict[str, Mapping[str, DType] | None] = {}
        self._finished: dict[str, EventType] = {}
        self.limit: int | None = None
        self.populations = Populations(values, Clock(values.start), Limit())
        self.standard: dict[str, EntityType] = {}  # populations that are used without being declared
        self.actors: dict[str, str | None] = {}  # of the events, with their references below
        self.references: dict[str, tuple[Ref, ...]] = {}
        self.scopes: dict[str, Scope] = {}  # of the events that were read, with the types of their fields
        self.given: dict[tuple[str, str], str] = {}  # what rows have besides their fields, by entity, and whence
        self.walks: Callable[[str], Walk] = lambda event: Walk()  # what flows let the fields of an event read

    def within(self, clock: Clock, limit: Limit) -> None:
        """Let what lives know the clock, and where the stream ends."""
        self.limit = limit.events
        self.populations = Populations(self.values, clock, limit)

    def entities(self) -> dict[str, EntityType]:
        """All entities that could be read."""
        found = {}
        for name, entry in self._entities.items():
            entity = self._entity(name, entry.value)
            if entity is not None:
                found[name] = entity
        return found

    def events(self) -> dict[str, EventType]:
        """All events that could be read."""
        found = self._finished
        for name, entry in in_turn(self.report, self._events):
            if name in self._entities:
                other = self.report.document.lines.place(self._entities[name].key.start)[0]
                message = f"{name!r} is an entity already (line {other}); an event needs a name of its own"
                self.report.error("name-clash", message, entry.key, name, "such as order_placed")
            event = self._event(name, entry.value)
            if event is not None:
                found[name] = event
        return {name: found[name] for name in self._events if name in found}

    def _entity(self, name: str, node: Node) -> EntityType | None:
        if name in STANDARD and node.entries and node.get("fields") is None and node.get("from") is None:
            return self._standard(name, node)
        keys = self.report.keys(node, ENTITY, name, f"entity {name!r}")
        fields_node = keys["fields"].value if "fields" in keys else None
        siblings = scan(fields_node)
        top = {field: DType.UNKNOWN for field in siblings if "." not in field}
        origin = read_origin(self.values, keys["from"].value, join(name, "from")) if "from" in keys else None
        own = {attribute: DType.UNKNOWN for attribute, _ in origin.columns} if origin is not None else {}
        whole = "from" in keys and not own  # its columns are known when it is read
        self._known[name] = None if whole else own | top
        if "from" not in keys:
            self._needs(node, name, keys)
        count = None
        if "count" in keys:
            count = self.values.integer(keys["count"].value, join(name, "count"), (1, _MOST_ROWS, None, None))
        siblings |= dict.fromkeys(own, "")
        scope = Scope(name, event=False, siblings=siblings, others=self.others, open=whole)
        fields, order = self._fields(fields_node, scope, name, None if "population" in keys else count)
        key = self._key(keys, name, None if whole else own | top)
        if key is not None:
            self.keys[name] = key
        activity = None
        if "activity" in keys:
            activity = self._law(keys["activity"].value, join(name, "activity"))
        if "from" in keys:
            made = fields_node is None or fields is not None
            if origin is None or not made or ("count" in keys and count is None):
                return None
            span = self.report.span(node)
            entity = EntityType(name, count or 0, key, fields or (), order, activity, span, origin)
            return self._living(entity, keys, scope)
        if fields is None or count is None:
            self._living(None, keys, scope)
            return None
        self._known[name] = {field: scope.types.get(field, DType.UNKNOWN) for field in top}
        entity = EntityType(name, count, key, fields, order, activity, self.report.span(node))
        return self._living(entity, keys, scope)

    def _living(self, entity: EntityType | None, keys: Mapping[str, Entry], scope: Scope) -> EntityType | None:
        """The entity with its population; what that lets be read is known then."""
        name = scope.owner
        if entity is not None and "engagement" in keys:
            entity = self._engaged(entity, keys["engagement"], scope)
        if "population" not in keys:
            return entity
        node, path = keys["population"].value, join(name, "population")
        count = None if entity is None else entity.count
        population = self.populations.read(node, path, scope, count)
        known = self._known[name]
        if "born" in scope.siblings:
            message = f"born is when a row of {name!r} began to live: its population says that"
            self.report.error("name-clash", message, keys["population"].key, path, "call the field otherwise")
        elif known is not None:
            self._known[name] = {**known, "born": DType.TIMESTAMP}
            self.given[name, "born"] = "its population says when a row begins to live"
        if population is not None and population.births is not None and entity is not None and entity.origin:
            message = f"the rows of {name!r} come from outside, so nobody can be born"
            self.report.error("contradiction", message, node, join(path, "births"), "churn and lifetime are possible")
        return None if entity is None or population is None else replace(entity, population=population)

    def _engaged(self, entity: EntityType, entry: Entry, scope: Scope) -> EntityType | None:
        """The entity with its engagement."""
        name, path = entity.name, join(entity.name, "engagement")
        known = self._known[name]
        if "engagement" in scope.siblings:
            message = f"the engagement of {name!r} is a block beside its fields, and a field of this name, too"
            self.report.error("name-clash", message, entry.key, path, "call the field otherwise")
        elif known is not None:
            self._known[name] = {**known, "engagement": DType.FLOAT}
            self.given[name, "engagement"] = "it goes by its start, decay, boost and noise"
        engagement = read_engagement(self.values, entry.value, path, scope)
        return None if engagement is None else replace(entity, engagement=engagement)

    def _needs(self, node: Node, name: str, keys: Mapping[str, Entry]) -> None:
        """What a population that is made must say."""
        for key in (ENTITY["count"], ENTITY["fields"]):
            if node.kind is NodeKind.MAPPING and node.get(key.name) is None:
                hint = f"{key.doc.partition(';')[0].lower()}, or from: a file"
                self.report.error("missing-key", f"entity {name!r} needs {key.name!r}, {key.kind}", node, name, hint)

    def _standard(self, name: str, node: Node | None) -> EntityType:
        """A standard population; ``node`` may say how many rows it has, and who is picked."""
        entity = standard_entity(name, self.values)
        self._known[name] = {field.name: field.dtype for field in entity.fields if not field.modifiers.hidden}
        if node is None:
            return entity
        table = {key: replace(ENTITY[key], required=False) for key in ("count", "activity", "population", "engagement")}
        keys = self.report.keys(node, table, name, f"entity {name!r}")
        if "count" in keys:
            count = self.values.integer(keys["count"].value, join(name, "count"), (1, _MOST_ROWS, None, None))
            entity = replace(entity, count=count or entity.count)
        if "activity" in keys:
            entity = replace(entity, activity=self._law(keys["activity"].value, join(name, "activity")))
        types = self._known[name] or {}
        scope = Scope(name, event=False, siblings=dict.fromkeys(types, ""), types=dict(types), others=self.others)
        return self._living(entity, keys, scope) or entity

    def _event(self, name: str, node: Node) -> EventType | None:
        keys = self.report.keys(node, EVENT, name, f"event {name!r}")
        fields_node = keys["fields"].value if "fields" in keys else None
        sources: dict[str, Source] = {}
        actor = None
        if "actor" in keys:
            actor = self.entity_name(keys["actor"].value, join(name, "actor"))
            sources["actor"] = self.source(actor)
        self.actors[name] = actor
        refs, earlier = self._references(name, keys["refs"].value, sources) if "refs" in keys else ((), ())
        self.references[name] = refs
        siblings = scan(fields_node)
        self._clashes(fields_node, siblings, sources, name)
        scope = Scope(name, event=True, siblings=siblings, sources=sources, others=self.others, carries=True)
        self.walks(name).into(scope)
        self.scopes[name] = scope
        fields, order = self._fields(fields_node, scope, name, self.limit)
        key = self._key(keys, name, {field: DType.UNKNOWN for field in siblings if "." not in field})
        version: int | None = 1
        if "version" in keys:
            version = self.values.integer(keys["version"].value, join(name, "version"), (1, 2**31, None, None))
        doc = self.values.text(keys["doc"].value, join(name, "doc")) if "doc" in keys else ""
        if fields is None or version is None:
            return None
        return EventType(name, version, actor, key, refs, fields, order, doc or "", self.report.span(node), earlier)

    def _references(
        self, name: str, node: Node, sources: dict[str, Source]
    ) -> tuple[tuple[Ref, ...], tuple[Earlier, ...]]:
        """Rows of entities, and earlier events."""
        emitting = {event: self.walks(event).flows for event in self._events}
        reader = EarlierReader(self.values, name, self.actors, emitting)
        earlier: list[Earlier] = []

        def other(entry: Entry, path: str) -> bool:
            target = refers_to(entry.value)
            if target is None:
                return False
            found = reader.read(entry, path)
            types, refused = self._remembered(found.event) if found is not None else (None, {})
            sources[entry.name] = reader.source(None if found is None else found.event, types, refused)
            earlier.extend([found] if found is not None else ())
            return True

        return self.rows(node, join(name, "refs"), sources, other), tuple(earlier)

    def _remembered(self, name: str) -> tuple[Mapping[str, DType] | None, Mapping[str, Missing]]:
        """The fields of an event that others refer to, with their types; and those that are not remembered."""
        event, scope = self._finished.get(name), self.scopes.get(name)
        if event is None or scope is None:
            return None, {}
        types = {local: scope.types.get(local, DType.UNKNOWN) for local, inside in scope.siblings.items() if not inside}
        fields = variants_of(event, {})
        problems = {local: unkept(fields, local, dtype) for local, dtype in types.items()}
        return types, {local: problem for local, problem in problems.items() if problem is not None}

    def _fields(
        self, node: Node | None, scope: Scope, name: str, rows: int | None
    ) -> tuple[tuple[Field, ...] | None, tuple[str, ...]]:
        """The fields of a type in evaluation order, and their names in document order."""
        if node is None:
            return None, ()
        if node.kind is not NodeKind.MAPPING or not node.entries:
            self.report.expected(node, "fields, by name", name, "such as {user_id: uuid, url: url}")
            return None, ()
        reader = FieldReader(self.values, scope)
        drafts, complete = reader.read_all(node, name)
        fields = Finisher(reader.names, rows).all(drafts)
        return fields if complete else None, tuple(draft.name for draft in drafts)

    def _key(self, keys: Mapping[str, Entry], name: str, fields: Mapping[str, DType] | None) -> str | None:
        """The name of the key field, which must exist (None: that is seen when the origin is read)."""
        if "key" not in keys:
            return None
        node, path = keys["key"].value, join(name, "key")
        key = self.values.text(node, path, "the name of a field")
        if key is None or fields is None or key in fields:
            return key
        hint = f"{name} has {', '.join(list(fields)[:12])}" if fields else ""
        self.report.unknown("field", node, key, fields, path, hint)
        return None

    def _law(self, node: Node, path: str) -> Call | None:
        """A law of who is picked."""
        return read_law(FieldReader(self.values, Scope("", event=False, siblings={})), node, path)

    def source(self, entity: str | None) -> Source:
        """What can be read of one row of an entity (None: of one that was reported)."""
        return Source(entity or "", self._known.get(entity) if entity else None)

    def entity_name(self, node: Node, path: str) -> str | None:
        """The name of an entity, which must exist."""
        name = self.values.text(node, path, "the name of an entity")
        if name is None or name in self._entities:
            return name
        if name in STANDARD and name not in self._events:
            if name not in self.standard:
                self.standard[name] = self._standard(name, None)
            return name
        hint = "" if self._entities else f"add entities: {{{name[:40]}: {{count: 100, fields: {{id: uuid}}}}}}"
        self.report.unknown("entity", node, name, [*self._entities, *STANDARD], path, hint)
        return None

    def rows(
        self,
        node: Node,
        path: str,
        sources: dict[str, Source],
        other: Callable[[Entry, str], bool] | None = None,
    ) -> tuple[Ref, ...]:
        """``refs: {item: product}``, or the partners of a flow; fills the sources.

        ``other`` reads what picks no row of an entity, and says whether it did.
        """
        if node.kind is not NodeKind.MAPPING:
            self.report.expected(node, "entities by a name of your own", path, "such as {item: product}")
            return ()
        found = []
        for entry in node.entries:
            here = join(path, entry.name)
            if not name_allowed(self.report, entry, "reference", here):
                continue
            entity, pick = None, None
            if other is not None and other(entry, here):
                continue
            if entry.value.kind is NodeKind.MAPPING:
                table = PARTNER if other is None else with_entity(REF)
                keys = self.report.keys(entry.value, table, here, f"reference {entry.name!r}")
                for name in EVENT_ONLY & keys.keys():
                    message = f"{name} is for references to earlier events, and this one picks a row"
                    self.report.error("contradiction", message, keys[name].key, join(here, name), "remove it")
                if "entity" in keys:
                    entity = self.entity_name(keys["entity"].value, join(here, "entity"))
                if "pick" in keys:
                    pick = self._law(keys["pick"].value, join(here, "pick"))
            else:
                entity = self.entity_name(entry.value, here)
            sources[entry.name] = self.source(entity)
            if entity is not None:
                found.append(Ref(entry.name, entity, pick, self.report.span(entry.key)))
        return tuple(found)

    def _clashes(
        self, node: Node | None, siblings: Mapping[str, str], sources: Mapping[str, Source], event: str
    ) -> None:
        """An object field called like the actor or a reference would make ``item.x`` ambiguous."""
        objects = {name.partition(".")[0] for name in siblings if "." in name}
        for entry in node.entries if node is not None else ():
            if entry.name in objects and (entry.name in sources or entry.name == "event"):
                message = f"{entry.name!r} is an object here and the name of a row, so {entry.name}.x is ambiguous"
                hint = f"call it {entry.name}_info"
                self.report.error("name-clash", message, entry.key, join(event, entry.name), hint)
