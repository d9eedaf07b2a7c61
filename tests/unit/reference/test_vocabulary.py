"""Every word that the language is to have for one record has an example in the reference, and it gives values."""

from __future__ import annotations

import pytest

import synthwb
from synthwb.guide.samples import VALUES
from synthwb.reference import Entry, Topic, find
from synthwb.reference.trials import run

GENERATORS = {
    "identity": "uuid, uuid version: 7, ulid, sequence, sequence start:, sequence step:, sequence per: actor, hash",
    "numbers": "uniform, integer, normal, lognormal, exponential, gamma, beta, weibull, pareto, poisson, binomial, "
    "geometric, zipf, triangular, mixture, histogram, empirical",
    "series over event time": "series, series trend:, series seasonal:, series noise:, random_walk, random_walk min:, "
    "random_walk half_life:, counter",
    "categories": "choice, choice [, choice free: 80, bernoulli, markov",
    "text": "pattern, pattern #, pattern ?, pattern *, regex, template, words, sentence, paragraph",
    "people, places, net, money": "first_name, company, ipv4, iban, color_name, date_of_birth, fake, fake args:",
    "time": "timestamp, timestamp epoch_ms, timestamp epoch_us, timestamp %, datetime, datetime min:, datetime max:, "
    "datetime epoch_s, datetime %, date, date min:, date %, duration",
    "geography": "location, geo_point, geo_point radius:, geo_point north:, geo_path",
    "derived": "expr, template, lookup, lookup table:, switch, switch when:, switch on:",
    "relation": "previous, same_as",
    "nesting, paths and constants": "path, const, object, list, list length:",
}
"""By family: a name, or a name and what stands in one of its examples."""

MODIFIERS = (
    "missing, missing expr:, nullable, repeat, cardinality, cardinality size:, cardinality pick:, unique, min, max, "
    "bounds, bounds clip, bounds redraw, round, case, case upper, case lower, case title, as, as as: string, "
    "as as: integer, as as: float, as as: boolean, as as: decimal, as decimal: 2, when, hidden, doc"
)
FUNCTIONS = "sigmoid, clip, logit"

RECORD = "events: {{e: {{refs: {{item: {ref}}}, fields: {{sku: item.sku}}}}}}\nentities: {{product: {entity}}}"


def words(listed: str) -> list[str]:
    return listed.split(", ")


def examples(word: str, topic: Topic) -> list[str]:
    """The examples of the entry of that topic in which the rest of the word stands."""
    name, _, part = word.partition(" ")
    (entry,) = (each for each in find(name) if each.topic is topic)
    return [field for field in entry.fields if part in _inner(entry, field)]


def _inner(entry: Entry, field: str) -> str:
    return field if entry.topic is Topic.MODIFIER else field.partition(entry.name)[2]


def gives_values(fields: list[str]) -> bool:
    shown = run({f"x_{i}": field for i, field in enumerate(fields)}, 5)
    return bool(fields) and all(len(values) == 5 and all(values) for values in shown.values())


@pytest.mark.parametrize("word", [word for row in GENERATORS.values() for word in words(row)])
def test_every_generator_has_an_executed_example(word: str) -> None:
    assert gives_values(examples(word, Topic.GENERATOR))


@pytest.mark.parametrize("word", words(MODIFIERS))
def test_every_modifier_has_an_executed_example(word: str) -> None:
    assert gives_values(examples(word, Topic.MODIFIER))


@pytest.mark.parametrize("word", words(FUNCTIONS))
def test_own_functions_have_an_executed_example(word: str) -> None:
    assert gives_values(examples(word, Topic.FUNCTION))


@pytest.mark.parametrize("ref", ["product", f"{{entity: product, pick: {VALUES['ref']['pick']}}}"])
def test_references_pick_whole_rows_in_the_two_forms_of_the_reference(ref: str) -> None:
    assert VALUES["event"]["refs"] == "{item: product}"
    frame = synthwb.preview(RECORD.format(ref=ref, entity="{count: 9, fields: {sku: uuid}}"), 20)["e"]
    assert frame["sku"].null_count() == 0


def test_references_to_earlier_events_read_what_was() -> None:
    text = RECORD.format(ref="{event: o, within: 1h}", entity="{count: 9, fields: {sku: uuid}}")
    frames = synthwb.preview(text.replace("events: {", "events: {o: {fields: {sku: uuid}}, "), 20)
    assert set(frames["e"]["sku"]) <= set(frames["o"]["sku"])
