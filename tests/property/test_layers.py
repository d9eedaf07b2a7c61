"""Rule 6 of the language: layers over a clean stream, which the truth undoes and no cut of the stream changes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

import pytest

from synthwb.encode import encoder
from synthwb.encode.truth import Given, TruthLines
from synthwb.engine import Plan, Slab, compile_plan, in_order
from synthwb.engine.carrying import decoded, encoded
from synthwb.engine.spine import Spine
from synthwb.scenario import loads

SHOP = """\
seed: {seed}
clock: {{start: 2026-03-02T00:00, end: +7m}}
entities:
  user: {{count: 40, key: user_id, fields: {{user_id: uuid, age: {{integer: {{min: 18, max: 80}}}}}}}}
events:
  order_placed:
    actor: user
    key: user_id
    fields:
      order_id: uuid
      user_id: actor.user_id
      at: timestamp
      at_ms: {{timestamp: epoch_ms}}
      total: {{lognormal: {{median: 25, sigma: 0.7}}, round: 2}}
      price: {{uniform: {{min: 1, max: 9}}, as: {{decimal: 2}}}}
      qty: {{poisson: {{mean: 1.4}}}}
      paid: {{bernoulli: 50%}}
      coupon: {{pattern: "C-####", missing: 50%}}
      note: {{choice: ["a \\"b\\"", "é, ü", null]}}
      place: {{object: {{street: street_address, city: {{city: , nullable: 20%}}}}, missing: 10%}}
      tags: {{list: {{choice: [x, y]}}, length: {{integer: {{min: 0, max: 3}}}}}}
  ping: {{fields: {{n: {{integer: {{min: 1, max: 6}}}}, device: {{pattern: "D-#"}}}}}}
arrivals: {{order_placed: 2/s, ping: {{process: constant, rate: 1/s}}}}
envelope: {envelope}
imperfections:
"""
LAYERS = (
    "late: {rate: 5%, delay: {exponential: {mean: 40s}, max: 10m}}",
    "duplicate: {rate: 5%, after: {uniform: {min: 0s, max: 30s}}, times: {integer: {min: 1, max: 3}}}",
    "reorder: {rate: 10%, within: 5s}",
    "drop: {rate: 4%}",
    "duplicate: {rate: 3%, id: new, events: [ping]}",
    'missing: {rate: 10%, fields: [coupon, order_placed.place.city, qty], when: "total > 20"}',
    'missing: {rate: {expr: "actor.age / 200"}, fields: [order_placed.price]}',
    "outlier: {rate: 5%, factor: 100, shift: {normal: {mean: 0, std: 5}}}",
    "outlier: {rate: 5%, to: 9999, fields: [total, qty], at: +2m, for: 3m}",
    "skew: {offset: {normal: {mean: 0s, std: 2s}}, drift: {normal: {mean: 0, std: 50}}, rate: 50%}",
    "skew: {by: device, offset: 1500ms, events: [ping]}",
    "corrupt: {rate: 8%, how: [wrong_type, bad_timestamp]}",
    "corrupt: {rate: 8%, how: [truncate, bad_utf8, empty, duplicated_key, wrong_type]}",
    "missing: {rate: 3%}",
    "late: {rate: 3%, delay: 1m, from: +2m, until: +6m}",
)
ENVELOPES = ("flat", "nested", "cloudevents", "{flat: {time: {name: ts, format: epoch_us}, event: false}}")


def document(number: int) -> tuple[str, str]:
    """A scenario with all layers in an order of its own, and the same one without any."""
    order = [LAYERS[(number * 7 + i * (1 + number % 4 * 2)) % len(LAYERS)] for i in range(len(LAYERS))]
    head = SHOP.format(seed=number, envelope=ENVELOPES[number % len(ENVELOPES)])
    layers = dict.fromkeys(order) | dict.fromkeys(LAYERS)
    return head + "".join(f"  - {layer}\n" for layer in layers), head.replace("imperfections:\n", "")


def written(plan: Plan, slabs: Iterator[Slab]) -> tuple[bytes, bytes]:
    """JSON lines and truth of some slabs."""
    encode, truth = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode, TruthLines(plan)
    lines, answers = [], []
    for slab in slabs:
        batch = plan.realise(slab)
        payloads = encode(batch)
        lines += [bytes(payload.data) for payload in payloads]  # type: ignore[arg-type]
        answers += [bytes(payload.data) for payload in truth.encode(slab, batch, [Given("out", payloads)])]  # type: ignore[arg-type]
    return b"".join(lines), b"".join(answers)


def members(text: str) -> list[tuple[str, str]]:
    """The keys of a JSON object with the text of each value, exactly as written."""
    found, at, decoder = [], 1, json.JSONDecoder()
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at + (text[at] == ","))
        _, end = decoder.raw_decode(text, at + 1)
        found.append((key, text[at + 1 : end]))
        at = end
    return found


def object_of(found: list[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{value}" for key, value in found) + "}"


def put(text: str, path: list[str], order: list[str], value: str) -> str:
    """The object with another value at a path; a key that is not there goes in front of the next one in ``order``."""
    found = members(text)
    keys = [key for key, _ in found]
    if len(path) > 1:
        inner = [name.removeprefix(f"{path[0]}.") for name in order if name.startswith(f"{path[0]}.")]
        at = keys.index(path[0])
        found[at] = (path[0], put(found[at][1], path[1:], inner, value))
    elif path[0] in keys:
        found[keys.index(path[0])] = (path[0], value)
    else:
        later = order[order.index(path[0]) + 1 :] if path[0] in order else []
        at = next((i for i, key in enumerate(keys) if key in later), len(keys))
        found.insert(at, (path[0], value))
    return object_of(found)


def undone(
    line: bytes, changes: list[dict[str, str]], orders: dict[str, list[str]], time: str, body: str | None
) -> str:
    """A record without what layers did to it."""
    text = None
    for change in reversed(changes):
        if "sink" in change:
            line = json.loads(change["original"]).encode()
        elif "path" in change:
            path = json.loads(change["path"])
            text = line.decode() if text is None else text
            if path == "event.time":
                text = put(text, [time], [], change["original"])
                continue
            event, _, rest = path.partition(".")
            if body is None:
                text = put(text, rest.split("."), orders[event], change["original"])
            else:
                text = put(text, [body, *rest.split(".")], [f"{body}.{n}" for n in orders[event]], change["original"])
    return line.decode() if text is None else text


def rebuilt(dirty: bytes, truth: bytes, header: bytes, envelope: str) -> bytes:
    """The clean stream, from nothing but what was delivered and the truth."""
    time, body = (
        ("ts" if "name: ts" in envelope else "time"),
        {"nested": "properties", "cloudevents": "data"}.get(envelope),
    )
    orders = json.loads(header)["fields"]
    by_number: dict[int, list[dict[str, str]]] = defaultdict(list)
    placed: dict[int, str] = {}
    for text in truth.decode().splitlines():
        entry = dict(members(text))
        if "number" in entry:
            by_number[int(entry["number"])].append(entry)
        elif "record" in entry and "copy" not in entry:
            placed[int(entry["clean"])] = entry["record"]
    kept = []
    for number, line in enumerate(dirty.split(b"\n")[:-1]):
        changes = by_number.get(number, [])
        if any("copy" in change for change in changes):
            continue
        text = undone(line, changes, orders, time, body)
        if any("delay" in change for change in changes):
            placed[int(changes[0]["clean"])] = text
        else:
            kept.append(text)
    rest = iter(kept)
    lines = [placed[number] if number in placed else next(rest) for number in range(len(kept) + len(placed))]
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize("number", range(8))
def test_the_truth_gives_back_the_clean_stream_byte_for_byte(number: int) -> None:
    layered, clean = document(number)
    plan, plain = compile_plan(loads(layered)), compile_plan(loads(clean))
    dirty, truth = written(plan, plan.spine().slabs(1000))
    expected, nothing = written(plain, plain.spine().slabs(1000))
    assert nothing == b""
    assert dirty != expected
    envelope = ENVELOPES[number % len(ENVELOPES)]
    assert rebuilt(dirty, truth, TruthLines(plan).header(), envelope) == expected
    kinds = {json.loads(json.dumps(dict(members(line))["kind"])) for line in truth.decode().splitlines()}
    assert len(kinds) == 8, "every kind of layer did something"


def cut(plan: Plan, size: int, workers: int = 1) -> tuple[bytes, bytes]:
    """Lines and truth, realised by so many workers, in slabs of about so many events."""
    encode, truth = encoder("jsonl", plan.scenario.envelope, plan.schemas).encode, TruthLines(plan)

    def make(slab: Slab) -> tuple[bytes, bytes]:
        batch = plan.realise(slab)
        payloads = encode(batch)
        answers = truth.encode(slab, batch, [Given("out", payloads)])
        return b"".join(bytes(p.data) for p in payloads), b"".join(bytes(p.data) for p in answers)  # type: ignore[arg-type]

    made = list(in_order(make, plan.spine().slabs(size), workers))
    return b"".join(lines for lines, _ in made), b"".join(answers for _, answers in made)


@pytest.mark.parametrize("number", [6])
def test_no_batch_and_no_worker_changes_a_byte(number: int) -> None:
    plan = compile_plan(loads(document(number)[0]))
    expected = cut(plan, 65_536)
    for size, workers in ((7, 2), (1000, 2), (100, 1)):
        assert cut(plan, size, workers) == expected, f"{size} events, {workers} workers"
    head = written(plan, islice(plan.spine().slabs(1), 200))
    assert expected[0].startswith(head[0])
    assert expected[1].startswith(head[1])


@pytest.mark.parametrize("seconds", [0.5, 6, 60, 600])
def test_no_window_changes_a_byte(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = compile_plan(loads(document(3)[0]))
    expected = cut(plan, 1000)
    length = int(seconds * 1e6)
    monkeypatch.setattr(Spine, "_window", lambda spine, events: min(spine._next + length, spine._end))
    assert cut(plan, 1000) == expected


def test_from_behind_any_slab_it_goes_on_with_the_same_bytes() -> None:
    plan = compile_plan(loads(document(5)[0]))
    slabs = list(plan.spine().slabs(90))
    expected = [written(plan, iter([slab])) for slab in slabs]
    assert any(slab.events < len(slab) for slab in slabs), "some are dropped"
    for number in range(0, len(slabs) - 1, 5):
        position = decoded(encoded(slabs[number].after))
        assert position.events == slabs[number].first + slabs[number].events == slabs[number + 1].first
        assert position.events == sum(position.sent.values())
        rest = written(compile_plan(plan.scenario), plan.spine(position=position).slabs(333))
        for which in (0, 1):
            assert rest[which] == b"".join(made[which] for made in expected[number + 1 :]), f"behind slab {number}"


def test_slabs_by_due_time_hold_what_is_due() -> None:
    plan = compile_plan(loads(document(2)[0]))
    spine, end, slabs = plan.spine(), plan.scenario.clock.start, []
    while (following := spine.peek()) is not None:
        end = max(end, following) + 5_000_000
        slabs.append(spine.take(10_000, until=end))
        assert (slabs[-1].due < end).all()
    assert written(plan, iter(slabs)) == cut(plan, 1000)


def test_no_imperfections_are_no_layers() -> None:
    clean = document(4)[1]
    plain, empty = compile_plan(loads(clean)), compile_plan(loads(f"{clean}imperfections: []\n"))
    assert cut(plain, 1000) == cut(empty, 1000)
    assert empty.stack.stages() == ()


def test_another_layer_leaves_the_draws_of_the_others_alone() -> None:
    """A layer in front, of another kind or with other targets, changes nothing of what the others hit."""
    head = document(4)[1]
    few = "imperfections: [{missing: {rate: 20%, fields: [coupon]}}, {outlier: {rate: 10%, to: 7, fields: [total]}}]\n"
    more = few.replace("[{", "[{missing: {rate: 30%, fields: [qty]}}, {duplicate: {rate: 5%}}, {", 1)

    def hit(text: str) -> set[tuple[str, str]]:
        answers = [json.loads(line) for line in cut(compile_plan(loads(text)), 1000)[1].splitlines()]
        wanted = ("order_placed.coupon", "order_placed.total")
        return {(each["id"], each["path"]) for each in answers if each.get("path") in wanted and "copy" not in each}

    assert len(hit(head + few)) > 100
    assert hit(head + few) == hit(head + more)


def test_layers_over_flows_and_their_facts() -> None:
    text = """
clock: {start: 2026-03-02T00:00, end: +1h}
entities: {user: {count: 50, fields: {user_id: uuid}, activity: {zipf: {exponent: 1.1}}}}
events:
  page_viewed: {actor: user, fields: {user_id: actor.user_id, session_id: session.id, page: state.name, at: timestamp}}
flows:
  visit:
    actor: user
    set: {session.items: 0}
    states:
      landing:
        emit: page_viewed
        dwell: 12s
        set: {session.items: {expr: "session.items + 1"}}
        next: {landing: 1, exit: 1}
arrivals: {visit: 1/s}
imperfections:
  - late: {rate: 10%, delay: {uniform: {min: 0s, max: 5m}}}
  - drop: {rate: 5%}
  - duplicate: {rate: 5%}
  - missing: {rate: 30%, fields: [page], when: "session.items > 1"}
  - skew: {offset: {normal: {mean: 0s, std: 2s}}}
"""
    head, _, _ = text.partition("imperfections:")
    plan, plain = compile_plan(loads(text)), compile_plan(loads(head))
    dirty, truth = cut(plan, 1000)
    assert cut(plan, 77, 2) == (dirty, truth)
    assert rebuilt(dirty, truth, TruthLines(plan).header(), "flat") == cut(plain, 1000)[0]
    shifts: dict[str, set[int]] = defaultdict(set)
    for line in dirty.splitlines():
        record = json.loads(line)
        shifts[record["user_id"]].add(record["time"] == record["at"])
    assert set.union(*shifts.values()) == {True}, "a field that holds the time has the clock of the envelope"


def test_layers_over_populations_and_what_actors_did_before() -> None:
    text = """
clock: {start: 2026-03-02T00:00, end: +10m}
entities: {user: {count: 20, fields: {user_id: uuid}, population: {births: 60/h}}}
events:
  v:
    actor: user
    fields:
      user_id: actor.user_id
      page: {choice: [a, b, c]}
      n: {sequence: {per: actor}}
      last: {previous: {field: page}}
arrivals: {v: 2/s}
imperfections:
  - late: {rate: 20%, delay: {uniform: {min: 0s, max: 2m}}}
  - duplicate: {rate: 10%}
  - drop: {rate: 5%}
  - missing: {rate: 10%, fields: [page]}
"""
    plan, plain = compile_plan(loads(text)), compile_plan(loads(text.partition("imperfections:")[0]))
    dirty, truth = cut(plan, 1000)
    assert cut(plan, 77, 2) == (dirty, truth)
    assert rebuilt(dirty, truth, TruthLines(plan).header(), "flat") == cut(plain, 1000)[0]
