"""Events to Apache Kafka, and to whatever speaks its protocol: a message each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult

from synthwb.sinks.registry import REQUIRED, DeclaredSink, Option, OptionKind, register_sink
from synthwb.sinks.report import SinkReport
from synthwb.sinks.schemas import REGISTRY_OPTIONS, registry_problems

if TYPE_CHECKING:
    from synthwb.sinks.messages import Messages
    from synthwb.sinks.producing import Production
    from synthwb.sinks.protocol import Mark, SinkInfo

__all__ = ["KafkaSink"]

_PARTITIONERS = ("murmur2_random", "consistent_random", "fnv1a_random", "murmur2", "consistent", "fnv1a", "random")
_COMPRESSIONS = ("none", "gzip", "snappy", "lz4", "zstd")
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
_SECURITIES = ("plaintext", "ssl", "sasl_plaintext", "sasl_ssl")
_OURS = frozenset(
    {
        "bootstrap.servers",
        "delivery.report.only.error",
        "enable.idempotence",
        "message.timeout.ms",
        "transaction.timeout.ms",
        "transactional.id",
    }
)
"""Properties of the client library that this sink sets itself."""


@register_sink
class KafkaSink(DeclaredSink):
    """Topics of Apache Kafka, or of a broker that speaks its protocol.

    Every event is a message; its key is the event's own (`key:`), or the field that is named here, and messages of one
    key stay in their order. While the brokers are away messages wait, and the run with them. A message that they refuse
    becomes a dead letter with their reason.
    """

    name = "kafka"
    schemes = ("kafka",)
    formats = ("jsonl", "avro", "protobuf", "template")
    attributes = "ce_"
    extra = "kafka"
    guarantee = (
        "At least once, in order by key; with transactional: true exactly once for consumers that read committed "
        "messages, also after a kill and a resume."
    )
    options = (
        Option("bootstrap", OptionKind.TEXT, "Brokers to begin with", REQUIRED, example="127.0.0.1:9092"),
        Option("topic", OptionKind.TEXT, "The topic; {event} stands for the event's name", REQUIRED, example="shop"),
        Option("key", OptionKind.TEXT, "The field whose value is the key of messages", example="user_id"),
        Option(
            "headers", OptionKind.TEXTS, "Headers; {event} and {id} stand for the event's", {}, example='{id: "{id}"}'
        ),
        Option("timestamp", OptionKind.CHOICE, "Of messages: when sent, or the event's", "sent", ("sent", "event")),
        Option("partitioner", OptionKind.CHOICE, "From key to partition", _PARTITIONERS[0], _PARTITIONERS),
        Option("acks", OptionKind.CHOICE, "Who must have a message: all replicas, one, none", "all", ("all", "1", "0")),
        Option("idempotence", OptionKind.BOOLEAN, "A message sent again is stored once", default=True),
        Option("transactional", OptionKind.BOOLEAN, "Messages are committed with the position", default=False),
        Option("commit_every", OptionKind.DURATION, "How long a transaction is open", 1.0, minimum=0.01, maximum=60),
        Option("compression", OptionKind.CHOICE, "How batches are compressed", "none", _COMPRESSIONS),
        Option("linger", OptionKind.DURATION, "How long a batch waits for more messages", 0.02, minimum=0, maximum=60),
        Option("create", OptionKind.BOOLEAN, "Topics that are missing are created", default=False),
        Option("partitions", OptionKind.INTEGER, "Of a topic that is created; else the brokers' default", minimum=1),
        Option("replication", OptionKind.INTEGER, "Copies of a topic that is created", minimum=1, example="3"),
        Option("security", OptionKind.CHOICE, "The brokers' protocol; follows user and ca", choices=_SECURITIES),
        Option("mechanism", OptionKind.CHOICE, "Of SASL", "PLAIN", _MECHANISMS),
        Option("user", OptionKind.TEXT, "The name for SASL", example="shop"),
        Option("password", OptionKind.TEXT, "The password beside user", example="${PASSWORD}", secret=True),
        Option("ca", OptionKind.TEXT, "A file of certificates to trust instead of the system's", example="ca.pem"),
        Option("certificate", OptionKind.TEXT, "A file with our own certificate", example="client.pem"),
        Option("certificate_key", OptionKind.TEXT, "The file of the key beside certificate", example="client.key"),
        Option("verify", OptionKind.BOOLEAN, "Whether the brokers' certificates are checked", default=True),
        Option("timeout", OptionKind.DURATION, "How long the brokers may take to be found", 10.0, minimum=0.1),
        Option("patience", OptionKind.DURATION, "How long the brokers may be away", 300.0, minimum=0.1, maximum=840),
        *REGISTRY_OPTIONS,
        Option("properties", OptionKind.TEXTS, "Further properties of librdkafka", {}, example="{client.rack: a}"),
    )
    examples = ('{kafka: {bootstrap: "127.0.0.1:9092", topic: "shop.{event}", key: user_id}}',)

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        self._production: Production | None = None
        self._last = SinkReport()

    @classmethod
    def problems(cls, options: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """Guarantees, credentials and names that do not go together."""
        yield from registry_problems(options)
        weak = options.get("acks", "all") != "all"
        if weak and options.get("idempotence", False):
            yield "idempotence", "a message is stored once only where all replicas must have it: acks: all"
        if options.get("transactional") and (weak or options.get("idempotence") is False):
            yield "transactional", "transactions need acks: all and idempotence: true"
        if "commit_every" in options and not options.get("transactional"):
            yield "commit_every", "without transactional: true nothing is committed"
        for name in ("partitions", "replication"):
            if name in options and not options.get("create"):
                yield name, f"{name} is for topics that are created: write create: true"
        for one, other in (("user", "password"), ("certificate", "certificate_key")):
            if (one in options) != (other in options):
                yield (one if one in options else other), f"{one} and {other} are written together"
        security = options.get("security", "")
        if security and security.startswith("sasl") != ("user" in options):
            yield "security", "SASL is written with user and password, and only SASL"
        shown = re.sub(r"\$\{\w+\}", "x", str(options["topic"])).replace("{event}", "x")
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", shown) or shown in (".", ".."):
            yield "topic", "the name of a topic has letters, digits, '.', '_' and '-' only, beside {event}"
        for name in options.get("properties", {}):
            if name in _OURS or any(word in name for word in ("password", "_cb", "sasl.username")):
                yield "properties", f"{name} is set by the options of this sink"

    @classmethod
    def from_address(cls, address: SplitResult, query: Mapping[str, str]) -> Mapping[str, str]:
        """``kafka://host:9092,other:9092/topic``; a name before the host is the user for SASL."""
        user, _, hosts = address.netloc.rpartition("@")
        found = {"bootstrap": hosts, "topic": address.path.strip("/")}
        name, _, password = user.partition(":")
        found |= {"user": name} if name else {}
        found |= {"password": password} if password else {}
        return {key: value for key, value in found.items() if value} | dict(query)

    def open(self, info: SinkInfo, mark: Mark | None = None) -> None:
        """Find the brokers and the topics, so that what is wrong is known before anything is generated."""
        from synthwb.sinks.dead import DeadLetters

        production: Production
        if self.chosen["transactional"]:
            from synthwb.sinks.transacting import Transactions

            production = Transactions(info.name, self.chosen, info.events, DeadLetters(info.dead_letters))
        else:
            from synthwb.sinks.producing import Production

            production = Production(info.name, self.chosen, info.events, DeadLetters(info.dead_letters))
        production.open(mark)
        self._production = production

    def write(self, event: str, data: Messages, count: int) -> None:
        """Hand messages to the client library; waits while its queue is full."""
        assert self._production is not None
        self._production.write(data)

    def position(self) -> str:
        """The brokers and the topic, without what is read from the environment."""
        return f"kafka://{self.chosen['bootstrap']}/{self.chosen['topic']}"

    def mark(self) -> Mark:
        """Wait until every message is stored or a dead letter."""
        assert self._production is not None
        return self._production.mark()

    def give_up(self) -> None:
        """Wait for the brokers no more."""
        if self._production is not None:
            self._production.give_up()

    def close(self, commit: bool = True) -> None:
        """Wait until every message is stored (``commit``), or give up."""
        production, self._production = self._production, None
        if production is None:
            return
        try:
            production.end(commit)
        finally:
            production.close()
            self._last = production.report()

    def report(self) -> SinkReport:
        """How it stands."""
        production = self._production
        return self._last if production is None else production.report()

    def test(self) -> str:
        """Find the brokers; which they are, and which topics are there already."""
        from synthwb.sinks.brokers import found

        return f"{self.position()}: {found(self.chosen)}"
