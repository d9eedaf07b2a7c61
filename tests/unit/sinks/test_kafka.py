"""What may be said of Kafka, in a document and as an address."""

from __future__ import annotations

import pytest

import synthwb
from synthwb.errors import ScenarioError, UsageError
from synthwb.runtime.outputs import target

DOCUMENT = """
events: {{order: {{fields: {{user: uuid}}}}}}
arrivals: {{order: 1/s}}
sinks:
  - kafka: {options}
"""


def options_of(written: str) -> dict[str, object]:
    return dict(synthwb.loads(DOCUMENT.format(options=written)).sinks[0].options)


def test_an_address_says_brokers_topic_and_options() -> None:
    spec = target("kafka://a:9092,b:9092/shop.{event}?key=user&acks=1&linger=50ms&create=true&dead_letters=d.jsonl")
    assert spec.kind == "kafka"
    assert spec.options == {
        "bootstrap": "a:9092,b:9092",
        "topic": "shop.{event}",
        "key": "user",
        "acks": "1",
        "linger": 0.05,
        "create": True,
    }
    assert spec.dead_letters == "d.jsonl"


def test_a_user_in_an_address_needs_a_password_from_the_environment() -> None:
    spec = target("kafka://shop@a:9092/t?password=${SECRET}")
    assert (spec.options["user"], spec.options["password"]) == ("shop", "${SECRET}")
    with pytest.raises(UsageError, match="password is a secret, which does not belong into a document"):
        target("kafka://shop:open@a:9092/t")


def test_an_address_without_a_topic_is_told() -> None:
    with pytest.raises(UsageError, match="kafka needs 'topic'"):
        target("kafka://a:9092")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("acks: 1, idempotence: true", "acks: all"),
        ("acks: 0, transactional: true", "transactions need acks: all"),
        ("commit_every: 2s", "without transactional: true nothing is committed"),
        ("partitions: 3", "write create: true"),
        ("user: me", "user and password are written together"),
        ("certificate: a.pem", "certificate and certificate_key are written together"),
        ("security: sasl_ssl", "SASL is written with user and password"),
        ("properties: {enable.idempotence: 'false'}", "enable.idempotence is set by the options of this sink"),
        ("properties: {sasl.password: 'x'}", "secret|set by the options"),
        ("patience: 2h", "840"),
    ],
)
def test_what_does_not_go_together_is_told(options: str, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        options_of(f'{{bootstrap: "a:9092", topic: t, {options}}}')


@pytest.mark.parametrize("topic", ["a b", "a/b", "..", "x" * 250, "{time}"])
def test_names_that_no_topic_has(topic: str) -> None:
    with pytest.raises(ScenarioError, match="the name of a topic has letters"):
        options_of(f'{{bootstrap: "a:9092", topic: "{topic}"}}')


def test_names_of_topics() -> None:
    for topic in ("shop", "shop.{event}", "${STAGE}-{event}_v1"):
        assert options_of(f'{{bootstrap: "a:9092", topic: "{topic}"}}')["topic"] == topic
