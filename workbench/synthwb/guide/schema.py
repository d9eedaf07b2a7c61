"""The language as a JSON Schema (draft-07), for editors with a YAML language server.

It is wider than the language, for it knows no names, and never refuses what the language accepts. Alternatives are told
apart by ``type`` and ``if``: then the server shows the best message, at the best place.
"""

from __future__ import annotations

import json
from dataclasses import replace

from synthwb.generators.registry import Generator, Kind, generator, names
from synthwb.guide.envelopes import kinds_of_envelopes
from synthwb.guide.grammar import Form, Shape, faker_names, form_of, laws, modifier, of_parameter, table
from synthwb.guide.holes import HOLE, JsonSchema, allow_parameters, pattern_of
from synthwb.guide.locales import of_locales
from synthwb.guide.naming import names_of_fields, names_of_types
from synthwb.guide.samples import SUGGESTED
from synthwb.guide.tabular import tabular
from synthwb.guide.together import together
from synthwb.guide.walking import WALKING, walking
from synthwb.guide.wording import described, documentation, inner_example, sentence, summary
from synthwb.scenario import literals
from synthwb.scenario.document import compose
from synthwb.scenario.keys import MODIFIERS, Key

__all__ = ["json_schema"]

_COMPUTED: JsonSchema = {
    "properties": {
        "expr": {"type": ["string", "number", "boolean"], "description": "An SQL expression over this record's fields."}
    },
    "additionalProperties": False,
    "required": ["expr"],
}
_LITERALS = {
    Shape.RATE: literals.PATTERNS["rate"],
    Shape.DURATION: literals.PATTERNS["duration"],
    Shape.TIME: literals.PATTERNS["time"],
    Shape.START: literals.PATTERNS["start"],
    Shape.TIME_FORMAT: "iso|epoch_s|epoch_ms|epoch_us|.*%.*",
    Shape.GROWTH: literals.PATTERNS["growth"],
    Shape.SHARE: literals.PATTERNS["growth"],
    Shape.SLOPE: literals.PATTERNS["slope"],
    Shape.SIZE: literals.PATTERNS["size"],
}
_EXPECTED = {
    Shape.RATE: literals.RATE,
    Shape.DURATION: literals.DURATION,
    Shape.TIME: literals.TIME,
    Shape.START: literals.START,
    Shape.GROWTH: literals.GROWTH,
    Shape.SLOPE: literals.SLOPE,
    Shape.SIZE: literals.SIZE,
}


def json_schema() -> JsonSchema:
    """The schema of a scenario, with every generator that is registered."""
    definitions = {"field": _field(), "mapping": _mapping(), "component": _component(), "law": _law()}
    definitions |= {"faker": {}, **{f"generator-{name}": _generator(name) for name in names()}}
    root = _block("scenario")
    for schema in (definitions, root["properties"]):
        allow_parameters(schema)
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "synthwb scenario",
        "description": "A living stream of events: record types, populations, times and sinks in one document.",
        **root,
        "patternProperties": {"^x-": {"description": "Ignored, except as a place for anchors."}},
        "definitions": definitions,
    }


def _described(schema: JsonSchema, text: str, title: str) -> JsonSchema:
    """The schema with a title and a description; beside a ``$ref`` they are for editors only."""
    words = {"title": title, "description": sentence(text).replace("`", "")}
    return {**schema, **words, **({"markdownDescription": sentence(text)} if "`" in text else {})}


def _of(form: Form) -> JsonSchema:
    """The schema of a form."""
    shape = form.shape
    if shape in (Shape.ANYTHING, Shape.ARGUMENTS):
        return {}
    if shape in (Shape.FIELD, Shape.LAW):
        found = {"$ref": "#/definitions/field" if shape is Shape.FIELD else "#/definitions/law"}
        word = replace(form, shape=Shape.CHOICE)
        return {"if": {"type": "object"}, "then": found, "else": _of(word)} if form.choices else found
    if shape is Shape.CHOICE:
        words = [_word(choice) for choice in form.choices] + [None] * ("null" in form.choices)
        return {"anyOf": [{"enum": words}, {"type": "string", "pattern": HOLE}]}
    if shape is Shape.ENVELOPE:
        return _envelope()
    if shape is Shape.BLOCK:
        return _with_short(_block(form.table), form.inside)
    if shape in (Shape.NAMED, Shape.FIELDS, Shape.LIST, Shape.WEIGHTS):
        return _container(form)
    if shape is Shape.LOCALES:
        return of_locales(_number(Form(Shape.NUMBER, minimum=0)))
    if shape in (Shape.COLUMNS, Shape.RENAMED, Shape.TABLE):
        return tabular(form)
    if shape in WALKING:
        return walking(form, _block("branch"))
    if shape in (Shape.COMPONENTS, Shape.RECORDS, Shape.PATHS):
        return _listed(form)
    return _with_suggestions(_scalar(form), shape)


def _word(choice: str) -> str | int:
    return int(choice) if choice.isdecimal() else choice


def _with_suggestions(schema: JsonSchema, shape: Shape) -> JsonSchema:
    suggested = SUGGESTED.get(shape)
    return {**schema, "defaultSnippets": [{"label": each, "body": each} for each in suggested]} if suggested else schema


def _scalar(form: Form) -> JsonSchema:
    """A single value: types that exclude one another, each with its limits."""
    shape = form.shape
    if shape in _LITERALS:
        return {"type": "string", **pattern_of(_LITERALS[shape], _EXPECTED.get(shape, shape.value))}
    if shape in (Shape.NUMBER, Shape.WHOLE, Shape.PROBABILITY):
        return _number(form)
    if shape is Shape.LEVEL:
        written = pattern_of(f"{literals.PATTERNS['percentage']}|{literals.PATTERNS['factor']}", literals.LEVEL)
        return {"type": ["number", "string"], "minimum": 0, "maximum": 1, **written}
    if shape is Shape.CRON:
        return {"type": ["string", "array"], "items": {"type": "string"}, "minItems": 1}
    if shape is Shape.NOTHING:
        return {"type": "null"}
    if shape is Shape.VALUE:
        return {"type": ["string", "number", "boolean", "null"]}
    if shape is Shape.LIMITS:
        return {"type": "array", "items": _scalar(Form(Shape.VALUE)), "minItems": 2, "maxItems": 2}
    if shape is Shape.BOOLEAN:
        return {"type": ["boolean", "string"], "pattern": HOLE, "patternErrorMessage": "expected true or false"}
    if shape is Shape.EXPRESSION:
        return {"type": ["string", "number", "boolean"]}
    return {"type": "string" if shape is Shape.ZONE else ["string", "number"]}


def _number(form: Form) -> JsonSchema:
    """A number within limits, a percentage, a numeric generator, or an expression."""
    low, high = (0, 1) if form.shape is Shape.PROBABILITY else (form.minimum, form.maximum)
    kind = "integer" if form.shape is Shape.WHOLE else "number"
    expected = literals.PERCENTAGE if form.shape is Shape.PROBABILITY else form.shape.value
    expected += " or {expr: ...}" if form.computed else ""
    written = [literals.PATTERNS["percentage"], *([literals.PATTERNS["duration"]] if form.timed else [])]
    schema: JsonSchema = {"type": [kind, "string"], **pattern_of("|".join(written), expected)}
    bounds = {"minimum": low, "maximum": high, "exclusiveMinimum": form.above, "exclusiveMaximum": form.below}
    schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    if form.drawn:
        del schema["pattern"]  # the bare name of a generator, or a path
        return {"anyOf": [{"$ref": "#/definitions/mapping"}, schema]}
    if form.computed:
        schema["type"].append("object")
        schema |= {"if": {"type": "object"}, "then": _COMPUTED}
    return schema


def _container(form: Form) -> JsonSchema:
    """Lists, mappings by names of one's own, fields, weights."""
    hole = {"type": "string", "pattern": HOLE}
    size = form.minimum_size
    if form.shape is Shape.LIST:
        items = {} if form.inside is None else _of(form.inside)
        return {**hole, "type": ["array", "string"], "items": items, **({"minItems": size} if size else {})}
    more = {"minProperties": size} if size else {}
    if form.shape is Shape.FIELDS:
        fields = {"$ref": "#/definitions/field"}
        return {"type": "object", "additionalProperties": fields, "propertyNames": names_of_fields(form), **more}
    if form.shape is Shape.WEIGHTS:
        weight = _described(_number(Form(Shape.NUMBER, minimum=0)), "The weight of this value", "weight")
        items = {"type": ["string", "number", "boolean", "null"]}
        least = {"minItems": size, **more} if size else {}
        return {**hole, "type": ["array", "object", "string"], "items": items, "additionalProperties": weight, **least}
    inside = form.inside or Form(Shape.ANYTHING)
    schema: JsonSchema = {"type": "object", "additionalProperties": _of(inside), **more}
    return schema | names_of_types(inside.table)


def _listed(form: Form) -> JsonSchema:
    """Lists of what belongs together; a single record or path may stand without its list."""
    schema: JsonSchema = {"type": ["array", "string"], "minItems": form.minimum_size}
    if form.shape is Shape.PATHS:
        return {**schema, "items": {"type": "string"}}
    if form.shape is Shape.COMPONENTS:
        return {**schema, "pattern": HOLE, "items": {"$ref": "#/definitions/component"}}
    parts = {part.name: _described(_of(of_parameter(part)), described(part), part.name) for part in form.parts}
    record: JsonSchema = {"type": "object", "properties": parts, "additionalProperties": False}
    required = [part.name for part in form.parts if part.required]
    record |= {"required": required} if required else {}
    single = {name: record[name] for name in record if name != "type"}
    return {**schema, "type": ["array", "object", "string"], "pattern": HOLE, "items": record, **single}


def _with_short(schema: JsonSchema, short: Form | None) -> JsonSchema:
    """A block in whose place something shorter may be written."""
    if short is None:
        return schema
    if short.shape is Shape.CHOICE:
        written = pattern_of("|".join(short.choices), f"{' or '.join(short.choices)}, or a mapping")
        return {**schema, "type": ["object", "string"], **written, **_snippets(short.choices)}
    written = _of(short)
    types = written["type"] if isinstance(written["type"], list) else [written["type"]]
    return {**schema, **written, "type": ["object", *types]}


def _snippets(words: tuple[str, ...]) -> JsonSchema:
    return {"defaultSnippets": [{"label": word, "body": word} for word in words]}


def _block(name: str) -> JsonSchema:
    """A mapping with the keys of a table, and no others."""
    known = table(name)
    schema: JsonSchema = {
        "type": "object",
        "properties": {key.name: _key(name, key) for key in known.values()},
        "additionalProperties": False,
    }
    required = [key.name for key in known.values() if key.required]
    if required:
        schema["required"] = required
    if name == "daily":
        del schema["required"]  # levels by hour have no peaks
        schema["patternProperties"] = {f"^(?:{literals.PATTERNS['time of day']})$": _of(Form(Shape.LEVEL))}
    return schema | together(name)


def _key(block: str, key: Key) -> JsonSchema:
    return _described(_of(form_of(block, key.name)), key.doc, key.name)


def _envelope() -> JsonSchema:
    """The name of an envelope, or the envelope with keys renamed or left out."""
    kinds = kinds_of_envelopes(_described)
    one: JsonSchema = {"properties": kinds, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
    return {"if": {"type": "object"}, "then": one, "else": _of(Form(Shape.CHOICE, choices=tuple(kinds)))}


def _field() -> JsonSchema:
    """A field: a mapping with one generator, the name of a generator, a path, or a constant."""
    bare = [
        {"label": name, "body": name, "description": summary(found)}
        for name in names()
        if (found := _found(name)) and not found.alternatives and not any(p.required for p in found.parameters)
    ]
    return {
        "description": "A generator with its parameters, a generator's name, a path, a number, true or false.",
        "anyOf": [
            {"$ref": "#/definitions/mapping"},
            {"type": ["string", "number", "boolean"], "defaultSnippets": bare},
        ],
    }


def _mapping() -> JsonSchema:
    """One generator key, parameters that stand beside it, and modifiers."""
    generators = {name: {"$ref": f"#/definitions/generator-{name}"} for name in names()}
    faker = {"$ref": "#/definitions/faker"}
    generators |= {
        n: _described(faker, summary(_found(n)), n) for n in faker_names() if n not in ("locale", *MODIFIERS)
    }
    beside: JsonSchema = {}
    owners: dict[str, list[str]] = {}
    for name in generators:
        for parameter in _found(name).parameters:
            if parameter.name in _found(name).beside and parameter.name not in MODIFIERS:
                written = _described(_of(of_parameter(parameter)), described(parameter), parameter.name)
                beside[parameter.name] = {} if beside.get(parameter.name, written) != written else written
                owners.setdefault(parameter.name, []).append(name)
    one = [{"required": [name], "errorMessage": "a field names one generator"} for name in generators]
    known = {"type": "object", "propertyNames": {"enum": [*generators, *beside, *MODIFIERS]}}
    conditions: list[JsonSchema] = [{"if": known, "then": {"oneOf": one}}]
    for name, its in owners.items():
        owned = {"anyOf": [{"required": [each]} for each in its]}
        conditions.append({"if": {"type": "object", "not": owned}, "then": {"properties": {name: False}}})
    return {
        "title": "field",
        "type": "object",
        "properties": {**generators, **beside, **_modifiers()},
        "additionalProperties": False,
        "minProperties": 1,
        "allOf": conditions,
    }


def _modifiers() -> JsonSchema:
    known = {name: key for name, key in MODIFIERS.items() if not key.later}
    return {name: _described(_of(modifier(name)), key.doc, name) for name, key in known.items()}


def _component() -> JsonSchema:
    """A component of a mixture: a mapping of a field, with a weight beside the generator."""
    mapping = _mapping()
    weight = _described(_number(Form(Shape.NUMBER, minimum=0)), "How often, relative to the others", "weight")
    mapping["properties"]["weight"] = weight
    mapping["allOf"][0]["if"]["propertyNames"]["enum"].append("weight")
    return {**mapping, "title": "component"}


def _law() -> JsonSchema:
    """A generator that says who is picked how often."""
    return {
        "type": "object",
        "properties": {name: {"$ref": f"#/definitions/generator-{name}"} for name in laws()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }


def _found(name: str) -> Generator:
    found = generator(name)
    assert found is not None
    return found


def _generator(name: str) -> JsonSchema:
    """What stands below a generator's key."""
    found = _found(name)
    schema = _call(found)
    examples = []
    for example in found.examples:
        document, _ = compose(f"value: {example}\n")
        node = document.root.get("value") if document.root else None
        inner = None if node is None else inner_example(found, node)
        if inner is not None:
            examples.append(inner)
    text = documentation(found)
    source = f"\n\nSource: {found.source}" if found.source else ""
    schema = _described(schema, f"{text}{source}", name)
    return {**schema, "examples": json.loads(json.dumps(examples))} if examples else schema


def _call(found: Generator) -> JsonSchema:
    """The parameters by name, or the value of the shorthand."""
    named = _named(found)
    short = next((p for p in found.parameters if p.name == found.shorthand), None)
    if short is None:
        return named
    form = of_parameter(short)
    if not found.whole:
        return _scalar_or_named(named, form)
    spared = any(short.name in group for group in found.alternatives)
    own = {
        "required": [] if spared else [short.name],
        "propertyNames": {"enum": [parameter.name for parameter in found.parameters]},
    }
    if short.kind is Kind.CONSTANT:
        return {}
    return {"if": {"type": "object", **own}, "then": named, "else": _of(form)}


def _named(found: Generator) -> JsonSchema:
    """The parameters by name."""
    parameters = {p.name: _described(_of(of_parameter(p)), described(p), p.name) for p in found.parameters}
    required = [p.name for p in found.parameters if p.required and p.name not in found.beside]
    schema: JsonSchema = {"type": "object", "properties": parameters, "additionalProperties": False}
    if required:
        schema["required"] = required
    if found.alternatives:
        groups = [{"oneOf": _alternatives(found, group)} for group in found.alternatives]
        schema |= {"if": {"type": "object"}, "then": {"allOf": groups}}
    if not required and not found.alternatives:
        schema["type"] = ["object", "null"]
    return schema


def _alternatives(found: Generator, group: tuple[str, ...]) -> list[JsonSchema]:
    """Exactly one of these parameters."""
    message = f"{found.name} needs one of {', '.join(group)}"
    return [{"required": [name], "errorMessage": message} for name in group]


def _scalar_or_named(named: JsonSchema, form: Form) -> JsonSchema:
    """The value of the shorthand alone, or the parameters by name."""
    short = _of(form)
    scalar = {key: value for key, value in short.items() if key not in ("if", "then")}
    computed = {"type": "object", "required": ["expr"]}
    if "then" in short:  # {expr: ...} is the value of the shorthand, other mappings name the parameters
        return {**scalar, "if": computed, "then": short["then"], "else": {"if": {"type": "object"}, "then": named}}
    nothing = ["null"] if "null" in named["type"] else []
    if "type" not in short:  # the shorthand is one of several words, or a quantity
        other = {"anyOf": [short, {"type": "null"}]} if nothing else short
        by_kind = {"if": {"type": "object"}, "then": named, "else": other}
        return {"if": computed, "then": short, "else": by_kind} if form.drawn else by_kind
    types = [short["type"]] if isinstance(short["type"], str) else short["type"]
    return {**scalar, "type": [*types, "object", *nothing], "if": {"type": "object"}, "then": named}
