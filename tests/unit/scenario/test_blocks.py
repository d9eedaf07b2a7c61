"""The blocks of a scenario: what they mean, what they default to, what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from synthwb.errors import ScenarioError, UsageError
from synthwb.scenario import Scenario, load, loads, parse, preset, presets
from synthwb.scenario.literals import DAY, SECOND
from synthwb.scenario.model import Arrival, Envelope, Limit, Pacing
from synthwb.scenario.timing import DEFAULT_START

EVENT = "events: {e: {fields: {a: uuid}}}\n"


def read(text: str) -> Scenario:
    parsed = parse(EVENT + text)
    assert parsed.scenario is not None, parsed.diagnostics
    return parsed.scenario


def codes(text: str) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in parse(EVENT + text).diagnostics]


def test_the_smallest_scenario_has_constant_defaults() -> None:
    scenario = loads("events:\n  page_viewed:\n    fields: {user_id: uuid, url: url}\n")
    assert (scenario.seed, scenario.locales, scenario.name, scenario.entities) == (42, (("en_US", 1),), "", {})
    assert (scenario.clock.start, scenario.clock.end, scenario.clock.zone) == (DEFAULT_START, None, "UTC")
    (arrival,) = scenario.arrivals
    assert (arrival.event, arrival.process, arrival.rate) == ("page_viewed", "constant", Fraction(1))
    assert (scenario.limit, scenario.pacing, scenario.envelope, scenario.sinks) == (Limit(), None, Envelope(), ())


def test_the_clock_is_in_its_zone() -> None:
    clock = read("clock: {start: 2026-03-02T00:00, end: +7d, zone: Europe/Paris, speed: 60x}").clock
    assert clock.start == 1772406000 * SECOND
    assert clock.end == clock.start + 7 * DAY
    assert (clock.zone, clock.speed) == ("Europe/Paris", 60.0)


def test_arrivals_follow_the_events() -> None:
    text = "events: {a: {fields: {x: uuid}}, b: {fields: {x: uuid}}, c: {fields: {x: uuid}}}\n"
    scenario = loads(text + "arrivals: {c: {process: constant, rate: 40/day}, a: 120/min}\n")
    assert [(each.event, each.process, each.rate) for each in scenario.arrivals] == [
        ("a", "poisson", Fraction(2)),
        ("b", "constant", Fraction(1)),
        ("c", "constant", Fraction(1, 2160)),
    ]
    assert scenario.arrivals[1] == Arrival("b", "constant", Fraction(1), None)


def test_limits_and_pacing() -> None:
    assert read("limit: {events: 10, for: 10m}").limit == Limit(10, 600 * SECOND)
    assert read("pacing: 500/s").pacing == Pacing(500.0, 0)
    assert read("pacing: {rate: 60/min, ramp: 10s}").pacing == Pacing(1.0, 10 * SECOND)


def test_envelopes() -> None:
    assert read("envelope: nested").envelope == Envelope("nested")
    assert read("envelope: {flat: {time: ts, id: false, event: true}}").envelope == Envelope(
        "flat", {"time": "ts", "id": None}
    )


def test_sinks() -> None:
    sinks = read(
        """
sinks:
  - stdout
  - file: "out/{event}.parquet"
  - {file: {path: out/a, format: csv}, events: [e], envelope: nested, name: all}
  - {file: "${HOME}/b.ndjson"}
"""
    ).sinks
    assert [(each.name, each.kind, each.path, each.format, each.events) for each in sinks] == [
        ("stdout", "stdout", "", None, ()),
        ("file", "file", "out/{event}.parquet", None, ()),
        ("all", "file", "out/a", "csv", ("e",)),
        ("file-3", "file", "${HOME}/b.ndjson", None, ()),
    ]
    assert sinks[2].envelope == Envelope("nested")


def test_entities_events_and_refs() -> None:
    scenario = loads("""
entities:
  user: {count: 5, key: id, fields: {id: uuid}, activity: {zipf: {exponent: 1.2}}}
  product: {count: 7, fields: {sku: uuid, price: {uniform: {min: 1, max: 2}}}}
events:
  sold:
    version: 3
    doc: One sale
    actor: user
    key: user
    refs: {item: product, gift: {entity: product, pick: {zipf: {exponent: 2}}}}
    fields: {user: actor.id, sku: item.sku, free: gift.sku}
""")
    user, sold = scenario.entities["user"], scenario.events["sold"]
    assert (user.count, user.key, user.order) == (5, "id", ("id",))
    assert user.activity is not None
    assert (user.activity.generator, user.activity.args["exponent"]) == ("zipf", 1.2)
    assert (sold.version, sold.doc, sold.actor, sold.key) == (3, "One sale", "user", "user")
    assert [(ref.name, ref.entity, ref.pick is None) for ref in sold.refs] == [
        ("item", "product", True),
        ("gift", "product", False),
    ]


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ("seed: -1", "range", "seed"),
        ("seed: 99999999999999999999", "range", "seed"),
        ("synthwb: 2", "version", "synthwb"),
        ("clock: {end: 2025-01-01}", "contradiction", "clock.end"),
        ("clock: {end: +0s}", "contradiction", "clock.end"),
        ("clock: {start: +3d}", "type", "clock.start"),
        ("clock: 5", "type", "clock"),
        ("limit: {events: 0}", "contradiction", "limit.events"),
        ("limit: {for: 0s}", "contradiction", "limit.for"),
        ("pacing: 0/s", "contradiction", "pacing"),
        ("pacing: 5/s\nclock: {speed: 2x}", "contradiction", "pacing"),
        ("arrivals: {e: 0/s}", "contradiction", "arrivals"),
        ("arrivals: {f: 1/s}", "unknown-event", "arrivals.f"),
        ("arrivals: 5/s", "type", "arrivals"),
        ("arrivals: {e: 2000000/ms}", "range", "arrivals.e"),
        ("entities: {user: {count: 0, fields: {a: uuid}}}", "range", "user.count"),
        ("entities: {user: {fields: {a: uuid}}}", "missing-key", "user"),
        ("entities: {e: {count: 1, fields: {a: uuid}}}", "name-clash", "e"),
        ("entities: {user: {count: 5, fields: {}}}", "type", "user"),
        ("entities: [user]", "type", "entities"),
        ("sinks: stdout", "type", "sinks"),
        ("sinks: [{}]", "missing-key", "sinks.0"),
        ("sinks: [5]", "type", "sinks.0"),
        ("sinks: [a.csv]", "type", "sinks.0"),
        ("sinks: [{file: a.csv, events: []}]", "type", "sinks.0.events"),
        ("sinks: [{file: {path: a.csv, events: [e]}}]", "unknown-key", "sinks.0.file.events"),
        ("sinks: [{stdout: {format: parquet}}]", "unknown-format", "sinks.0.stdout.format"),
        ("sinks: [{file: a.csv, name: x}, {file: b.csv, name: x}]", "name-clash", "sinks.1"),
        ("envelope: {flat: {time: e}, nested: {}}", "type", "envelope"),
        ("locale: english", "type", "locale"),
        ("drift: []", "not-yet", "drift"),
        ("doc: [a]", "type", "doc"),
        ("clock:", "empty", "clock"),
    ],
)
def test_problems_of_blocks(text: str, code: str, path: str) -> None:
    assert (code, path) in codes(text)


@pytest.mark.parametrize(
    "text", ["", "seed: 1", "events:", "events: {}", "events: 5", "events: {e: {}}", "events: {e: }"]
)
def test_no_event_no_scenario(text: str) -> None:
    parsed = parse(text)
    assert parsed.scenario is None
    assert parsed.diagnostics


def test_free_blocks_are_left_alone() -> None:
    text = "x-anything: {no: such, keys: [1]}\ndefinitions: {a: &a {uuid: {}, missing: 5%}}\n"
    scenario = loads(text + "events: {e: {fields: {x: *a, y: {<<: *a, hidden: true}}}}\n")
    by_name = {each.name: each for each in scenario.events["e"].fields}
    assert by_name["x"].modifiers.missing == by_name["y"].modifiers.missing == 0.05
    assert by_name["y"].modifiers.hidden


def test_a_renamed_envelope_key_makes_room_for_a_field() -> None:
    text = "events: {e: {fields: {id: uuid, time: {uuid: {}, hidden: true}}}}\n"
    assert [each.code for each in parse(text).diagnostics] == ["name-clash"]
    for envelope in ("nested", "cloudevents", "{flat: {id: false}}", "{flat: {id: event_id}}"):
        assert parse(f"{text}envelope: {envelope}").scenario is not None, envelope
    assert parse(f"{text}envelope: nested\nsinks: [{{file: a.jsonl, envelope: flat}}]").scenario is None


def test_unique_counts_its_values_against_the_rows() -> None:
    entity = 'entities: {u: {count: %d, fields: {id: {pattern: "##", unique: true}}}}\n'
    assert parse(EVENT + entity % 100).scenario is not None
    (problem,) = parse(EVENT + entity % 101).diagnostics
    assert "100 values for 101 rows" in problem.message


def test_problems_come_in_document_order() -> None:
    lines = [each.line for each in parse("sede: 1\nevents: {e: {fields: {a: uudi}}}\nlimti: 3\nseed: x\n").diagnostics]
    assert lines == sorted(lines)
    assert len(lines) == 4


def test_loading(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("sede: 1\n" + EVENT)
    with pytest.raises(ScenarioError, match=r"a\.yaml:1:1: error: unknown key 'sede'"):
        load(path)
    path.write_text(EVENT)
    assert load(str(path)).events
    assert load(path, overrides={"seed": "7"}).seed == 7
    with pytest.raises(UsageError, match="no file"):
        load(tmp_path / "b.yaml")
    with pytest.raises(UsageError, match="folder"):
        load(tmp_path)


def test_presets_are_found_by_name() -> None:
    assert len(presets()) == 8
    assert preset("web-shop").title.startswith("Web shop")
    assert all(each.text.startswith(f"# {each.title}") for each in presets())
    with pytest.raises(UsageError, match="did you mean 'web-shop'"):
        preset("webshop")


@pytest.mark.parametrize("name", [each.name for each in presets()])
def test_presets_have_no_problems(name: str) -> None:
    assert parse(preset(name).text).diagnostics == ()
