"""Kafka's brokers: how they are reached, their topics, and what their errors mean."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from logging import CRITICAL, Logger
from typing import TYPE_CHECKING, Any

from synthwb.errors import MissingExtra, SinkError
from synthwb.sinks.protocol import from_environment

if TYPE_CHECKING:
    from confluent_kafka import KafkaError, Producer
    from confluent_kafka.admin._metadata import ClusterMetadata

__all__ = [
    "Troubles",
    "configuration",
    "connect",
    "connection",
    "ensure_topics",
    "found",
    "heard",
    "limits",
    "reason",
    "returned",
]

_SLICE = 0.5  # seconds between two looks at what the client library reports
_TICK = 0.1  # seconds between two looks at a call
_ANSWER = 3.0  # seconds for a question that need not be answered
_BATCH = 1_000_000  # bytes of a batch, as the client library has it
_LEAST = 1_000  # bytes of a message, which the client library does not go below


class Troubles:
    """What the client library says of its connections. ``last``: in words; ``away``: no broker is reached.

    ``hopeless``: none will be, however often it is tried.
    """

    def __init__(self) -> None:
        self.last = ""
        self.away = self.hopeless = False

    def notice(self, error: KafkaError) -> None:
        """Callback of the client library, from whoever polls."""
        code = error.code()
        if code == error._ALL_BROKERS_DOWN:
            self.away = True
        else:
            self.last = error.str()
        self.hopeless = self.hopeless or code in (error._AUTHENTICATION, error._SSL, error._RESOLVE)

    def clear(self) -> None:
        """Forget what was said while it connected."""
        self.last, self.away, self.hopeless = "", False, False


def configuration(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Options as properties of librdkafka. Raises SinkError for a variable of the environment that is not set."""

    def text(name: str) -> str:
        return from_environment(chosen[name])

    strong = chosen["acks"] == "all"
    patience = max(1, round(1000 * chosen["patience"]))
    found: dict[str, Any] = {
        "bootstrap.servers": text("bootstrap"),
        "client.id": "synthwb",
        "logger": Logger("synthwb.kafka", CRITICAL + 1),  # else it writes to the terminal; its callback tells us
        "acks": chosen["acks"],
        "enable.idempotence": bool(chosen["idempotence"] and strong),
        "partitioner": chosen["partitioner"],
        "compression.type": chosen["compression"],
        "linger.ms": 1000 * chosen["linger"],
        "message.timeout.ms": patience,
        "delivery.report.only.error": True,
        "reconnect.backoff.max.ms": 2000,
        "security.protocol": _security(chosen),
        "enable.ssl.certificate.verification": chosen["verify"],
    }
    if chosen["user"]:
        found |= {"sasl.mechanism": chosen["mechanism"], "sasl.username": text("user")}
        found |= {"sasl.password": text("password")}
    files = {"ca": "ssl.ca.location", "certificate": "ssl.certificate.location", "certificate_key": "ssl.key.location"}
    found |= {known: text(name) for name, known in files.items() if chosen[name]}
    return found | {name: from_environment(value) for name, value in chosen["properties"].items()}


def _security(chosen: Mapping[str, Any]) -> str:
    if chosen["security"]:
        return str(chosen["security"])
    secure = bool(chosen["ca"] or chosen["certificate"])
    return ("sasl_ssl" if chosen["user"] else "ssl") if chosen["user"] or secure else "plaintext"


def connection(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the properties that every client needs. Raises SinkError."""
    needed = ("bootstrap.servers", "client.id", "logger", "security.", "ssl.", "sasl.", "enable.ssl")
    return {name: value for name, value in configuration(chosen).items() if name.startswith(needed)}


def connect(chosen: Mapping[str, Any], more: Mapping[str, Any], troubles: Troubles) -> tuple[Producer, ClusterMetadata]:
    """A producer and what its brokers say of themselves. Raises SinkError, or MissingExtra without the library."""
    try:
        from confluent_kafka import KafkaException, Producer
    except ImportError:
        raise MissingExtra("sending events to Kafka", "kafka") from None
    where = chosen["bootstrap"]
    try:
        producer = Producer({**configuration(chosen), **more, "error_cb": troubles.notice})
    except KafkaException as error:
        raise SinkError(f"{where}: {reason(error)}") from None
    end = time.monotonic() + chosen["timeout"]
    while True:
        try:
            return producer, producer.list_topics(timeout=_SLICE)
        except KafkaException as error:
            producer.poll(0)
            if troubles.hopeless or troubles.away or time.monotonic() > end:
                words = troubles.last or reason(error)
                raise SinkError(f"{where}: cannot be reached ({words}); is the broker running?") from None


def heard(listen: Callable[[float], object], seconds: float) -> str:
    """Poll or flush; the error, in words, after which the client library does nothing any more."""
    from confluent_kafka import KafkaException

    try:
        listen(seconds)
    except KafkaException as error:
        return reason(error)
    return ""


def returned(call: Callable[[], object], seconds: float, over: Callable[[], bool]) -> bool:
    """Whether a call of the client library came back within ``seconds``, and before it was ``over``.

    Some of them do not, whatever their time-out, when a broker is lost at the wrong moment: then they are left alone in
    a thread. Raises what the call raises.
    """
    from confluent_kafka import KafkaException

    ended: list[KafkaException | None] = []

    def run() -> None:
        try:
            call()
            ended.append(None)
        except KafkaException as error:
            ended.append(error)

    thread = threading.Thread(target=run, name="librdkafka", daemon=True)
    thread.start()
    end = time.monotonic() + seconds
    while thread.is_alive() and time.monotonic() < end and not over():
        thread.join(_TICK)
    if ended and ended[0] is not None:
        raise ended[0]
    return bool(ended)


def reason(error: Exception) -> str:
    """What an exception of the client library says."""
    inner = error.args[0] if error.args else error
    return inner.str() if hasattr(inner, "str") else str(inner)


def ensure_topics(producer: Producer, known: ClusterMetadata, topics: Iterable[str], chosen: Mapping[str, Any]) -> None:
    """See that all topics are there: create them if that was asked for, else let the brokers do so if they are used to.

    Raises SinkError.
    """
    missing = [topic for topic in dict.fromkeys(topics) if topic not in known.topics]
    if missing and chosen["create"]:
        _create(missing, chosen)
    end = time.monotonic() + chosen["timeout"]
    for topic in missing:
        while (problem := _unknown(producer, topic)) and time.monotonic() < end:
            producer.poll(0.1)
        if problem:
            hint = "" if chosen["create"] else "; create: true creates it"
            raise SinkError(f"{chosen['bootstrap']}: there is no topic {topic!r} ({problem}){hint}")


def _unknown(producer: Producer, topic: str) -> str:
    """Why a topic is not there (yet), or nothing. Brokers that create topics by themselves do so when asked."""
    from confluent_kafka import KafkaException

    try:
        error = producer.list_topics(topic, timeout=2).topics[topic].error
    except KafkaException as problem:
        return reason(problem)
    return "" if error is None else error.str()


def limits(topics: Iterable[str], chosen: Mapping[str, Any]) -> dict[str, int]:
    """Properties that keep batches as small as the topics want them; none where the brokers do not say.

    A batch that is larger than a topic takes is refused with all that is in it; a message alone only by itself.
    """
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.admin._config import ConfigResource

    asked = [ConfigResource(ConfigResource.Type.TOPIC, topic) for topic in dict.fromkeys(topics)]
    sizes = []
    admin = AdminClient(connection(chosen))  # must live until it has answered
    for answer in admin.describe_configs(asked, request_timeout=_ANSWER).values():
        try:
            sizes.append(int(answer.result()["max.message.bytes"].value))
        except (KafkaException, KeyError, TypeError, ValueError):
            return {}
    found = {"batch.size": min(_BATCH, *sizes), "message.max.bytes": max(_LEAST, *sizes)}
    return {name: size for name, size in found.items() if name not in chosen["properties"]}


def _create(topics: Iterable[str], chosen: Mapping[str, Any]) -> None:
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.cimpl import NewTopic

    admin = AdminClient(connection(chosen))
    partitions, copies = (chosen[name] or -1 for name in ("partitions", "replication"))
    asked = admin.create_topics(
        [NewTopic(topic, num_partitions=partitions, replication_factor=copies) for topic in topics],
        request_timeout=chosen["timeout"],
    )
    for topic, answer in asked.items():
        try:
            answer.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise SinkError(f"topic {topic!r} cannot be created: {reason(error)}") from None


def found(chosen: Mapping[str, Any]) -> str:
    """What is there, in words, for a connection test. Raises SinkError."""
    producer, known = connect(chosen, {}, Troubles())
    producer.flush(0)
    brokers = len(known.brokers)
    topic = from_environment(chosen["topic"])
    if "{event}" in topic:
        first, _, last = topic.partition("{event}")
        there = [name for name in known.topics if name.startswith(first) and name.endswith(last)]
        words = f"{len(there)} topics of this form are there"
    else:
        words = f"the topic {topic!r} is {'there' if topic in known.topics else 'not there yet'}"
    return f"{brokers} broker{'s' * (brokers != 1)}; {words}"
