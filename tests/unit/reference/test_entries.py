"""The reference's entries: complete, found by name, and every example of them works."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from synthwb.errors import UsageError
from synthwb.generators.registry import generator, names
from synthwb.guide.grammar import TABLES, table
from synthwb.guide.samples import MODIFIER_EXAMPLES, VALUES
from synthwb.reference import Entry, Topic, entries, find
from synthwb.reference.trials import record, run
from synthwb.scenario import parse
from synthwb.scenario.delivery import sink_names
from synthwb.scenario.functions import FUNCTIONS
from synthwb.scenario.keys import ENVELOPES, MODIFIERS
from synthwb.scenario.layers.keys import LAYER

KNOWN = entries()
EXAMPLES = [(entry, i) for entry in KNOWN for i in range(len(entry.fields))]


def of(topic: Topic) -> list[str]:
    return [entry.name for entry in KNOWN if entry.topic is topic]


def test_everything_has_an_entry() -> None:
    assert of(Topic.GENERATOR) == list(names())
    assert of(Topic.MODIFIER) == [name for name, key in MODIFIERS.items() if not key.later]
    assert of(Topic.FUNCTION) == list(FUNCTIONS)
    assert of(Topic.ENVELOPE) == list(ENVELOPES)
    assert of(Topic.SINK) == list(sink_names())
    assert set(TABLES) - set(of(Topic.BLOCK)) - set(sink_names()) == {"fixed set", "decimal", "arm"}, (
        "blocks inside of fields"
    )
    assert all(entry.text and entry.title for entry in KNOWN)


def test_families_stand_together() -> None:
    families = [entry.family for entry in KNOWN if entry.topic is Topic.GENERATOR]
    blocks = [family for i, family in enumerate(families) if i == 0 or families[i - 1] != family]
    assert len(blocks) == len(set(blocks)), f"a family is torn apart: {blocks}"


def test_every_generator_says_all_of_its_parameters() -> None:
    for name in names():
        (entry,) = (entry for entry in KNOWN if (entry.topic, entry.name) == (Topic.GENERATOR, name))
        found = generator(name)
        assert found is not None
        assert [row.name for row in entry.rows] == [parameter.name for parameter in found.parameters]
        assert entry.fields == found.examples
        assert any(fact.startswith(("Addressed", "Carried")) for fact in entry.facts)


@pytest.mark.parametrize(("entry", "i"), EXAMPLES, ids=lambda value: getattr(value, "name", str(value)))
def test_every_example_gives_values(entry: Entry, i: int) -> None:
    (shown,) = run({f"x_{entry.name}": entry.fields[i]}, 5).values()
    assert len(shown) == 5
    assert all(shown)


def test_every_function_and_modifier_has_an_example() -> None:
    silent = [entry.name for entry in KNOWN if entry.topic in (Topic.FUNCTION, Topic.MODIFIER) and not entry.fields]
    assert silent == []
    assert set(MODIFIER_EXAMPLES) == {name for name, key in MODIFIERS.items() if not key.later}
    stray = [(name, field) for name, fields in MODIFIER_EXAMPLES.items() for field in fields if f"{name}:" not in field]
    assert stray == []


EVENT = "page_viewed: {key: user_id, fields: {user_id: uuid, page: url}}"
USER = "user: {count: 9, fields: {user_id: uuid, first_name: first_name}}"
PRODUCT = "product: {count: 9, fields: {sku: uuid}}"
ARRIVAL = "events: {" + EVENT + "}\narrivals: {page_viewed: {rate: 5/s, #}}"
WALKED = ", ".join(f"{name}: {{actor: user, fields: {{user_id: uuid}}}}" for name in ("signed_up", "verified"))
ROWS = "driver: {count: 9, fields: {a: uuid}}, user: {count: 9, fields: {user_id: uuid, age: 30, balance: 5}}"
OTHER = "actor: user, states: {s: {emit: [page_viewed, signed_up, verified, driven]}}"
DRIVEN = "driven: {fields: {a: uuid}}"
WALK = f"entities: {{{ROWS}}}\nevents: {{{EVENT}, {WALKED}, {DRIVEN}}}\nflows: {{visit: {{#}}, other: {{{OTHER}}}}}"
COUNTING = "actor: user, set: {session.items: 0}, "
STATES = "states: {landing: {emit: page_viewed}}"
TWO = "{landing: {emit: page_viewed, next: search}, search: {}}"
LAYERED = (
    "events: {page_viewed: {fields: {user_id: uuid, page: url, total: {integer: {min: 1, max: 90}}}}}\n"
    "imperfections: [{#}]"
)
AROUND = {
    "clock": "clock: {@}\nevents: {" + EVENT + "}",
    "entity": "entities: {user: {@}}\nevents: {" + EVENT + "}",
    "population": "clock: {end: +90d}\nentities: {"
    + USER.replace("9, ", "9, population: {@}, ", 1)
    + "}\nevents: {"
    + EVENT
    + "}",
    "engagement": "entities: {" + USER.replace("9, ", "9, engagement: {@}, ", 1) + "}\nevents: {" + EVENT + "}",
    "births": "clock: {end: +90d}\nentities: {"
    + USER.replace("9, ", "9, population: {births: {@}}, ", 1)
    + "}\nevents: {"
    + EVENT
    + "}",
    "event": "entities: {" + USER + ", " + PRODUCT + "}\nevents: {e: {@}}",
    "ref": "entities: {" + PRODUCT + "}\nevents: {e: {refs: {item: {@}}, fields: {x: uuid}}, " + EVENT + "}",
    "partner": WALK.replace("#", "with: {driver: {@}}, " + STATES),
    "flow": WALK.replace("#", "@"),
    "session": WALK.replace("#", "actor: user, " + STATES + ", session: {@}"),
    "state": WALK.replace("#", "actor: user, set: {session.items: 0}, states: {landing: {@}, browse: {}}"),
    "step": WALK.replace("#", COUNTING + "steps: [{@}, driven]"),
    "branch": WALK.replace("#", "actor: user, states: {landing: {emit: [page_viewed, verified], next: {exit: {@}}}}"),
    "concurrency": WALK.replace("#", "actor: user, " + STATES) + "\narrivals: {visit: {rate: 5/s, concurrency: {@}}}",
    "arrival": WALK.replace("#", "actor: user, " + STATES) + "\narrivals: {visit: {@}}",
    "daily": ARRIVAL.replace("#", "daily: {@}"),
    "peak": ARRIVAL.replace("#", "daily: {peaks: [{@}]}"),
    "weekly": ARRIVAL.replace("#", "weekly: {@}"),
    "holidays": ARRIVAL.replace("#", "holidays: {@}"),
    "trend": ARRIVAL.replace("#", "trend: {@}"),
    "burst": ARRIVAL.replace("#", "bursts: [{@}]"),
    "limit": "events: {" + EVENT + "}\nlimit: {@}",
    "pacing": "events: {" + EVENT + "}\npacing: {@}",
    "pacing_burst": "events: {" + EVENT + "}\npacing: {rate: 5/s, burst: {@}}",
    "sink": "events: {" + EVENT + "}\nsinks: [{@}]",
    "file": "events: {" + EVENT + "}\nsinks: [{file: {@}}]",
    "stdout": "events: {" + EVENT + "}\nsinks: [{stdout: {@}}]",
    "fixed set": "events: {e: {fields: {x: {city: , cardinality: {@}}}}}",
    "decimal": "events: {e: {fields: {x: {uniform: , as: {@}}}}}",
    "origin": "entities: {user: {from: {@}}}\nevents: {" + EVENT + "}",
    "replay": "replay: {@}",
    "sql": "entities: {user: {from: {sql: {@}}}}\nevents: {" + EVENT + "}",
    "check": "events: {order_placed: {fields: {order_id: uuid, user_id: uuid, total: {integer: {min: 1, max: 9}}, "
    'sku: {pattern: "SKU-####"}, status: {choice: [new, paid]}, fraud: {bernoulli: 2%}}}}\nchecks: [{@}]',
    "imperfection": LAYERED.replace("#", "@"),
    **{kind: LAYERED.replace("#", f"{kind}: {{@}}") for kind in LAYER},
    "truth": "events: {" + EVENT + "}\ntruth: {@}",
    "arm": "events: {e: {fields: {total: {integer: {min: 1, max: 9}}, x: {switch: [{@}]}}}}",
}


CHECKS = {
    "not_null": {"field": "order_placed.total"},
    "in": {"field": "order_placed.status"},
    "matches": {"field": "order_placed.sku"},
    "share": {"of": "true", "between": "[0.1%, 5%]"},
    "of": {"share": "order_placed.fraud", "between": "[0.1%, 5%]"},
    "rate": {"between": "[20/s, 40/s]"},
    "over": {"rate": "order_placed", "between": "[20/s, 40/s]"},
    "key": {"order": "order_placed"},
    "within": {"unique": "order_placed.order_id"},
    "unique": {},
    "order": {},
}
"""What stands beside a key of a check, where it is not the limits of a field."""


def _beside(block: str, key: str) -> dict[str, str]:
    """What else must be there for an example to be a whole block."""
    needed = {each.name: VALUES[block][each.name] for each in table(block).values() if each.required}
    if block == "sink" and key not in sink_names():
        needed["file"] = VALUES["sink"]["file"]
    if block == "arrival" and key not in ("gap", "cron", "count", "jitter"):
        needed["rate"] = VALUES["arrival"]["rate"]
    if block == "arrival" and key in ("cron", "count", "jitter"):
        needed |= {"process": "schedule", "cron": VALUES["arrival"]["cron"]}
    if block == "arrival" and key in ("branching", "decay"):
        needed |= {"process": "hawkes"} | {name: VALUES["arrival"][name] for name in ("branching", "decay")}
    if block == "arrival" and key in ("every", "chance"):
        del needed["rate"]
        needed |= {"process": "per_actor", "count": VALUES["arrival"]["count"]}
    if block == "arrival" and key == "gap":
        needed["process"] = "renewal"
    if block == "pacing" and key == "max_lag":
        needed["on_lag"] = "skip"
    if block == "entity" and key != "from":
        needed |= {name: VALUES[block][name] for name in ("count", "fields")}
    if block == "origin" and key != "file":
        needed["sql"] = VALUES[block]["sql"]
    if block == "replay":
        needed |= {"time": "ms" if key == "format" else "ts"} | ({} if key == "by" else {"event": "order_placed"})
    if block == "sql" and key != "query":
        needed["table"] = VALUES[block]["table"]
    if key in ("nulls", "nested"):
        needed["format"] = "csv"
    if (block, key) == ("clock", "mode"):
        needed["start"] = "now"
    if block == "ref" and key in ("event", "within", "of", "none"):
        needed |= {name: VALUES["ref"][name] for name in ("event", "within")}
    elif block == "ref":
        needed["entity"] = VALUES["ref"]["entity"]
    if block == "holidays":
        needed["country"] = VALUES["holidays"]["country"]
    if block == "arm" and key != "else":
        needed |= {name: VALUES[block][name] for name in ("when", "then")}
    if block == "flow":
        needed |= {"actor": "user"} | ({} if key == "steps" else {"states": TWO})
    if block == "state":
        needed |= {"emit": "page_viewed", "next": "{browse: 60, exit: 40}"}
    if block == "concurrency" and key == "every":
        needed["at_cap"] = "poll"
    if block == "check":
        needed |= CHECKS.get(key, {"field": "order_placed.total", "between": "[0, 5000]"})
    if block == "engagement":
        needed["decay"] = "5%"
    if block == "population" and key == "max":
        needed["births"] = "40/day"
    if block in LAYER:
        together = {"at": "for", "for": "at"}.get(key)
        needed |= {together: VALUES[block][together]} if together else {}
    if block == "outlier" and key not in ("factor", "shift", "to"):
        needed["to"] = "9999"
    if block == "skew":
        needed |= {name: VALUES[block][name] for name in ("by", "offset")}
    if block == "event":
        needed |= {"actor": "user", "refs": "{item: product}"}
    return needed


@pytest.mark.parametrize(("block", "key"), [(block, key) for block in TABLES for key in table(block)])
def test_every_key_has_an_example_that_checks_clean(block: str, key: str, tmp_path: Path) -> None:
    (tmp_path / "users.csv").write_text("user_id,email\n1,a@example.com\n")
    row = '{"ts": "2026-03-02T10:00:00Z", "ms": 1772445600000, "type": "order_placed", "total": 3}'
    (tmp_path / "orders.jsonl").write_text(f"{row}\n")
    example = VALUES[block][key]
    if block == "scenario":
        needed = "" if key in ("events", "entities") else f"events: {{{EVENT}}}\n"
        needed += f"events: {{{EVENT}}}\n" if key == "entities" else ""
        text = f"{needed}{key}: {example}\n"
    else:
        written = {**_beside(block, key), key: example}
        text = AROUND[block].replace("@", ", ".join(f"{name}: {value}" for name, value in written.items()))
    assert [problem.render() for problem in parse(text, folder=tmp_path).diagnostics] == []


def test_no_example_is_of_a_key_that_is_not_there() -> None:
    assert [key for block, values in VALUES.items() for key in values if key not in table(block)] == []


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_an_envelope_shows_a_record(envelope: str) -> None:
    assert '"sku": "SKU-' in record(envelope)


def test_a_word_with_several_meanings_gives_all_of_them() -> None:
    assert [entry.topic for entry in find("round")] == [Topic.MODIFIER, Topic.FUNCTION]
    assert [entry.name for entry in find("arrivals")] == ["arrival"]
    assert [entry.name for entry in find("lognormal")] == ["lognormal"]


@pytest.mark.parametrize(("word", "near"), [("lognrmal", "lognormal"), ("enteties", "entities"), ("missin", "missing")])
def test_an_unknown_word_gives_the_nearest(word: str, near: str) -> None:
    with pytest.raises(UsageError, match=f"did you mean {near}?"):
        find(word)


def test_a_word_like_nothing_says_where_all_are_listed() -> None:
    with pytest.raises(UsageError, match="synthwb reference lists all"):
        find("qqqqqqqq")


def test_the_stage_is_what_the_page_says() -> None:
    read = ("actor.user_id", "actor.first_name", "actor.age", "actor.tier", "item.sku", "item.price", "price", "status")
    fields: dict[str, Any] = {f"read_{i}": path for i, path in enumerate(read)}
    assert all(len(set(shown)) > 0 and "—" not in shown for shown in run(fields, 20).values())
