"""From a path of a document to what may stand there: the grammar, walked along what is written."""

from __future__ import annotations

from dataclasses import dataclass

from synthwb.generators.fakers import FromFaker, faker_method
from synthwb.generators.registry import Generator, Kind, Parameter, generator
from synthwb.guide.grammar import Form, Shape, form_of, laws, modifier, of_parameter, table
from synthwb.guide.twigs import Step, Twig, unquoted
from synthwb.scenario.keys import ENVELOPES, MODIFIERS

__all__ = ["ROOT", "Spot", "owner_of", "spot_at"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: its form, or the generator whose value stands there.

    ``weighted``: a weight may stand beside. ``bare``: what stands beside a generator does not belong there.
    """

    form: Form
    call: Generator | None = None
    weighted: bool = False
    bare: bool = False


ROOT = Spot(Form(Shape.BLOCK, table="scenario"))

_ANYTHING = Form(Shape.ANYTHING)
_FIELD = Form(Shape.FIELD)
_WEIGHT = Form(Shape.NUMBER, minimum=0)
_SINGLE = {Shape.PATHS: Shape.PATH, Shape.EVENTS: Shape.EVENT, Shape.WAYS: Shape.STATE}
_FIELDS_OF = {Shape.FIELD, Shape.NUMBER, Shape.WHOLE, Shape.PROBABILITY}


def spot_at(root: Twig, path: tuple[Step, ...]) -> Spot | None:
    """What may stand at a path; None where the language knows nothing of it."""
    spot: Spot | None = ROOT
    node: Twig | None = root
    for step in path:
        if spot is None:
            return None
        spot = _into(spot, step, node)
        node = node.at((step,)) if node is not None else None
    return spot


def owner_of(node: Twig | None, typed: str = "locale") -> Generator | None:
    """The generator that a field's mapping names, apart from the key that is ``typed``: one of ours before Faker's.

    A ``locale`` belongs to another.
    """
    entries = (node.entries or {}) if node is not None else {}
    keys = [key for key in entries if key not in MODIFIERS and key not in ("locale", typed)]
    found = [each for key in keys if (each := generator(key)) is not None]
    return min(found, key=lambda each: isinstance(each, FromFaker), default=None)


def _into(spot: Spot, step: Step, node: Twig | None) -> Spot | None:
    """One step further."""
    if spot.call is not None:
        return _into_call(spot.call, step, node)
    form = spot.form
    if isinstance(step, int):
        return _item(form)
    if form.shape is Shape.BLOCK:
        if step == "expr" and form.inside is not None and form.inside.computed:
            return Spot(Form(Shape.EXPRESSION))
        return Spot(form_of(form.table, step)) if step in table(form.table) else None
    if form.shape is Shape.NAMED:
        return Spot(form.inside or _ANYTHING)
    if form.shape in (Shape.FIELDS, Shape.SETTINGS):
        return Spot(_FIELD)
    if form.shape is Shape.WAYS:
        return Spot(Form(Shape.BLOCK, table=form.table, inside=form.inside))
    if form.shape is Shape.WEIGHTS:
        return Spot(_WEIGHT)
    if form.shape is Shape.LAW:
        found = generator(step) if step in laws() else None
        return Spot(_ANYTHING, found) if found else None
    if form.shape is Shape.ENVELOPE:
        known = ENVELOPES.get(form.table, ()) if form.table else tuple(ENVELOPES)
        return Spot(Form(Shape.TEXT) if form.table else Form(Shape.ENVELOPE, table=step)) if step in known else None
    if form.shape is Shape.RECORDS:
        return next((Spot(of_parameter(part)) for part in form.parts if part.name == step), None)
    if form.shape is Shape.LIST and form.inside is not None:
        return _into(Spot(form.inside), step, node)  # one by itself, where a list may stand
    return _into_field(spot, step, node) if form.shape in _FIELDS_OF else None


def _item(form: Form) -> Spot | None:
    """An item of a list."""
    if form.shape is Shape.COMPONENTS:
        return Spot(_FIELD, weighted=True)
    single = _SINGLE.get(form.shape)
    if single is not None:
        return Spot(Form(single))
    if form.shape is Shape.RECORDS:
        return Spot(form)
    if form.shape is Shape.BLOCK and form.inside is not None and form.inside.shape is Shape.LIST:
        form = form.inside
    return Spot(form.inside) if form.shape is Shape.LIST and form.inside is not None else None


def _into_field(spot: Spot, step: str, node: Twig | None) -> Spot | None:
    """A generator, a modifier, or a parameter beside the generator; ``expr`` in the place of a number."""
    form = spot.form
    if step == "expr" and form.computed:
        return Spot(Form(Shape.EXPRESSION))
    if form.shape is not Shape.FIELD and not form.drawn:
        return None
    if step == "weight" and spot.weighted:
        return Spot(_WEIGHT)
    if step in MODIFIERS:
        return None if MODIFIERS[step].later else Spot(modifier(step))
    owner = owner_of(node)
    if owner is not None and step in owner.beside:
        return Spot(of_parameter(_parameter(owner, step)))
    if owner is None and step == "locale":
        return Spot(Form(Shape.LOCALES))
    found = generator(step)
    return Spot(_ANYTHING, found) if found is not None else None


def _into_call(call: Generator, step: Step, node: Twig | None) -> Spot | None:
    """A parameter by its name, or a step into the value of the shorthand."""
    named = isinstance(step, str) and any(parameter.name == step for parameter in call.parameters)
    short = next((parameter for parameter in call.parameters if parameter.name == call.shorthand), None)
    if named and _parameter(call, str(step)).kind is Kind.ARGUMENTS:
        return Spot(_ANYTHING, _meant(call, node), bare=True)
    if named and not (short is not None and call.whole and _is_whole(call, node)):
        return Spot(of_parameter(_parameter(call, str(step))))
    return None if short is None else _into(Spot(of_parameter(short)), step, node)


def _meant(call: Generator, node: Twig | None) -> Generator | None:
    """The method of Faker whose arguments are written."""
    name = next(parameter.name for parameter in call.parameters if parameter.kind is Kind.METHOD)
    method = node.at((name,)) if node is not None else None
    return faker_method(unquoted(method.text)) if method is not None else None


def _is_whole(call: Generator, node: Twig | None) -> bool:
    """Whether a mapping is the value of the shorthand, for it does not name the shorthand among its parameters."""
    written = set((node.entries or {}) if node is not None else ())
    known = {parameter.name for parameter in call.parameters}
    spared = any(call.shorthand in group for group in call.alternatives)
    return not ((spared or call.shorthand in written) and written <= known)


def _parameter(call: Generator, name: str) -> Parameter:
    return next(parameter for parameter in call.parameters if parameter.name == name)
