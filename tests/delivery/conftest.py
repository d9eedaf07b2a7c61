"""Brokers for a module's tests: tansu, Apache Kafka, and one that the environment names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import kafka_driver
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMED = os.environ.get("SYNTHWB_TEST_KAFKA")
"""host:port of a broker of the tester's own, such as a cluster."""


@pytest.fixture(scope="session")
def apache() -> Iterator[kafka_driver.Broker]:
    with kafka_driver.apache() as broker:
        yield broker


@pytest.fixture(scope="session")
def tansu() -> Iterator[kafka_driver.Broker]:
    with kafka_driver.tansu() as broker:
        yield broker


@pytest.fixture(scope="session", params=["tansu", "apache", *(["named"] if NAMED else [])])
def address(request: pytest.FixtureRequest) -> str:
    """Where each of the brokers is."""
    return NAMED or "" if request.param == "named" else request.getfixturevalue(request.param).address
