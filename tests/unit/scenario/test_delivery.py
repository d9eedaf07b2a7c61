"""Declared sinks in a document, and the sinks that addresses mean."""

from __future__ import annotations

import pytest

from synthwb.errors import UsageError
from synthwb.scenario import parse
from synthwb.scenario.delivery import address
from synthwb.scenario.destinations import SinkSpec
from synthwb.scenario.outputs import read_sink

EVENTS = "events: {order_placed: {fields: {total: 5}}, page_viewed: {fields: {path: uuid}}}\n"


def sinks(text: str) -> tuple[SinkSpec, ...]:
    result = parse(f"{EVENTS}sinks:\n{text}")
    assert result.scenario is not None, [problem.message for problem in result.diagnostics]
    return result.scenario.sinks


def problems(text: str) -> list[tuple[int, int, str, str, str]]:
    result = parse(f"{EVENTS}sinks:\n{text}")
    return [(p.span.line, p.span.column, p.path, p.message, p.hint) for p in result.diagnostics]


def test_an_address_alone_is_a_sink() -> None:
    (sink,) = sinks('  - http: "http://127.0.0.1:8000/events"\n')
    assert (sink.name, sink.kind, sink.format) == ("http", "http", "jsonl")
    assert sink.options == {"url": "http://127.0.0.1:8000/events"}


def test_the_example_of_the_language_page() -> None:
    text = (
        '  - {http: {url: "http://127.0.0.1:8000/events", batch: 100, retries: 5, '
        'headers: {Authorization: "Bearer ${API_TOKEN}"}}, events: [order_placed]}\n'
    )
    (sink,) = sinks(text)
    assert sink.options == {
        "url": "http://127.0.0.1:8000/events",
        "batch": 100,
        "retries": 5,
        "headers": {"Authorization": "Bearer ${API_TOKEN}"},
    }
    assert sink.events == ("order_placed",)


def test_durations_are_seconds_and_switches_are_switches() -> None:
    (sink,) = sinks(
        '  - {http: {url: "http://h/", timeout: 2m, patience: 500ms, gzip: true}, dead_letters: lost.jsonl}\n'
    )
    assert (sink.options["timeout"], sink.options["patience"], sink.options["gzip"]) == (120.0, 0.5, True)
    assert sink.dead_letters == "lost.jsonl"


def test_all_problems_come_at_once_each_where_it_stands() -> None:
    found = problems(
        '  - http:\n      url: "http://h/"\n      batsh: 5\n      retries: -1\n      timeout: 5\n      body: xml\n'
    )
    words = {line: message for line, _, _, message, _ in found}
    assert set(words) == {5, 6, 7, 8}
    assert "batsh" in words[5]
    assert words[6] == "must be at least 0, not -1"
    assert "duration" in words[7]
    assert "xml" in words[8]
    assert any("batch" in hint for line, *_, hint in found if line == 5), "the nearest name"
    assert all(path.startswith("sinks.0.http.") for _, _, path, _, _ in found)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{http: {batch: 5}}", "http needs 'url', text"),
        ('{http: "127.0.0.1:8000"}', "an address begins with http:// or https:// and a host"),
        ('{http: "ftp://host/"}', "an address begins with http:// or https:// and a host"),
        ('{http: "http://shop:secret@host/"}', "a password does not belong into a document"),
        ('{http: {url: "http://h/", body: object}}', "one object is one event, and batch is 100"),
        ('{http: {url: "http://h/", user: shop}}', "user and password are written together"),
        ('{http: {url: "http://h/", bearer: abc}}', "bearer is a secret, which does not belong into a document"),
        ('{http: {url: "http://h/", headers: {X-Api-Key: abc}}}', "X-Api-Key is a secret"),
        ("{http: [1]}", "expected http: a mapping"),
        ("{http: }", "expected http: a mapping"),
        ('{http: "http://h/", file: a.jsonl}', "one sink, two destinations"),
        ("{httpx: 5}", "httpx"),
    ],
)
def test_what_a_sink_cannot_be(written: str, words: str) -> None:
    found = problems(f"  - {written}\n")
    assert any(words in message for *_, message, _ in found), found
    assert all(line == 3 and column >= 5 for line, column, *_ in found)


def test_two_declared_sinks_have_names_of_their_own() -> None:
    names = [sink.name for sink in sinks('  - {http: "http://a/"}\n  - {http: "http://b/"}\n')]
    assert names == ["http", "http-2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("http://h:8000/events", {"http": {"url": "http://h:8000/events"}}),
        ("https://h/e?batch=1&tenant=7", {"http": {"url": "https://h/e?tenant=7", "batch": 1}}),
        ("http://h/e?gzip=true&timeout=5s", {"http": {"url": "http://h/e", "gzip": True, "timeout": "5s"}}),
        ("http://h/{event}?name=hook", {"http": {"url": "http://h/{event}"}, "name": "hook"}),
        ("out/events.jsonl", None),
        ("c:/events.jsonl", None),
    ],
)
def test_what_an_address_means(written: str, meant: object) -> None:
    assert address(written) == meant


def test_an_address_is_checked_like_a_document() -> None:
    word = "http://h/e?batch=x&retries=-1"
    written = address(word) or {}
    with pytest.raises(UsageError) as raised:
        read_sink(written, (), word)
    assert str(raised.value).startswith("target 'http://h/e?batch=x&retries=-1': expected a whole number")
    assert "must be at least 0, not -1" in str(raised.value)


def test_the_sink_of_an_address_is_called_by_it() -> None:
    assert read_sink({"http": {"url": "http://h/e"}}, (), "http://h/e?batch=5").name == "http://h/e"
    assert read_sink({"http": {"url": "http://h/e"}, "name": "hook"}, (), "http://h/e?name=hook").name == "hook"


def test_a_key_that_is_not_known_hides_no_contradiction() -> None:
    found = [message for *_, message, _ in problems('  - {http: {url: "ftp://x/", batsh: 3}}\n')]
    assert any("batsh" in message for message in found)
    assert "an address begins with http:// or https:// and a host" in found
