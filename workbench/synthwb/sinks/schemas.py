"""A Schema Registry: the numbers of schemas, which stand before every record that refers to one.

The protocol is that of Confluent's registry, which Karapace, Apicurio and Redpanda speak as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from synthwb.errors import SinkError
from synthwb.sinks.protocol import from_environment
from synthwb.sinks.registry import Option, OptionKind

if TYPE_CHECKING:
    from urllib.error import HTTPError

__all__ = ["REGISTRY_OPTIONS", "SchemaRegistry", "registry_problems", "subject_of"]

_TYPE = "application/vnd.schemaregistry.v1+json"
_TIMEOUT = 10.0  # seconds for one answer
_TRIES = 5
_FIRST_WAIT = 0.2  # seconds before the second try; each wait is twice as long as the one before
_SHOWN = 300  # characters of an answer that are shown

REGISTRY_OPTIONS = (
    Option(
        "registry",
        OptionKind.TEXT,
        "The address of a Schema Registry: records stand behind the number of their schema",
        example='"http://127.0.0.1:8081"',
    ),
    Option(
        "subject",
        OptionKind.CHOICE,
        "What a schema is registered for: the topic, the event, or both",
        "topic",
        ("topic", "event", "topic_event"),
    ),
    Option("registry_user", OptionKind.TEXT, "The name for the registry", example="shop"),
    Option(
        "registry_password",
        OptionKind.TEXT,
        "The password beside registry_user",
        example="${REGISTRY_PASSWORD}",
        secret=True,
    ),
)
"""What a sink with messages says of a registry."""


def registry_problems(options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Contradictions between these options, as (option, message)."""
    beside = ("subject", "registry_user", "registry_password")
    words = "is for a Schema Registry: write registry: with its address"
    found = [(name, f"{name} {words}") for name in beside if name in options and "registry" not in options]
    one = ("registry_user" in options) != ("registry_password" in options)
    if one and not found:
        name = "registry_user" if "registry_user" in options else "registry_password"
        found.append((name, "registry_user and registry_password are written together"))
    address = urlsplit(str(options.get("registry", "http://x")))
    if "${" not in str(options.get("registry", "")) and (
        address.scheme not in ("http", "https") or not address.hostname
    ):
        found.append(("registry", "an address begins with http:// or https:// and a host"))
    if address.password and "${" not in address.password:
        found.append(("registry", "a password does not belong into a document; write registry_user and _password"))
    return found


def subject_of(naming: str, topic: str, record: str) -> str:
    """The subject of a schema of values: by topic, by record, or by both.

    >>> subject_of("topic_event", "shop", "synthwb.order_placed")
    'shop-synthwb.order_placed'
    """
    return {"topic": f"{topic}-value", "event": record, "topic_event": f"{topic}-{record}"}[naming]


class SchemaRegistry:
    """Registers schemas. ``options``: as `REGISTRY_OPTIONS` describe them; secrets are read when they are needed."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._shown = str(options["registry"]).rstrip("/")
        self._options = options

    def register(self, subject: str, schema: str, kind: str) -> int:
        """The number of a schema, which is registered if the registry does not know it. ``kind``: AVRO, JSON, PROTOBUF.

        A registry that is away or busy is asked again. Raises SinkError.
        """
        import json
        from urllib.parse import quote

        body = json.dumps({"schema": schema, **({} if kind == "AVRO" else {"schemaType": kind})}).encode()
        answer = self._asked(f"/subjects/{quote(subject, safe='')}/versions", body, subject)
        number = answer.get("id") if isinstance(answer, dict) else None
        if not isinstance(number, int) or not 0 <= number < 1 << 32:
            raise SinkError(f"{self._shown}: this is no Schema Registry: it answered {json.dumps(answer)[:_SHOWN]}")
        return number

    def _asked(self, path: str, body: bytes, subject: str) -> Any:
        import json
        import time
        from urllib.error import HTTPError, URLError
        from urllib.request import Request, urlopen

        headers = {"Content-Type": _TYPE, "Accept": _TYPE, **self._credentials()}
        real = from_environment(self._shown)
        if urlsplit(real).scheme not in ("http", "https"):
            raise SinkError(f"{self._shown}: an address begins with http:// or https://")
        request = Request(real + path, body, headers)  # noqa: S310 - its scheme was looked at
        trouble = ""
        for number in range(_TRIES):
            if number:
                time.sleep(_FIRST_WAIT * 2 ** (number - 1))
            try:
                with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                    return json.loads(answer.read())
            except HTTPError as error:
                trouble = self._refused(error, subject)
            except (URLError, OSError) as error:
                reason = error.reason if isinstance(error, URLError) else error
                trouble = f"cannot be reached ({getattr(reason, 'strerror', None) or reason}); is it running?"
            except ValueError:
                raise SinkError(f"{self._shown}: this is no Schema Registry: its answer is no JSON") from None
        raise SinkError(f"the Schema Registry at {self._shown}: {trouble}")

    def _refused(self, error: HTTPError, subject: str) -> str:
        """What to say after an answer that may be another one later. Raises SinkError for one that will not."""
        import json

        text = error.read().decode(errors="replace")
        try:
            said = str(json.loads(text)["message"])
        except (ValueError, KeyError, TypeError):
            said = " ".join(text.split())
        words = f"answered {error.code} for {subject}" + (f": {said[:_SHOWN]}" if said else "")
        if error.code == 429 or error.code >= 500:
            return words
        mend = {
            401: "; set registry_user and registry_password",
            403: "; set registry_user and registry_password",
            409: "; its schema does not go with the one before: with several events in a topic write "
            "subject: topic_event, else choose another topic",
        }.get(error.code, "")
        raise SinkError(f"the Schema Registry at {self._shown} {words}{mend}")

    def _credentials(self) -> dict[str, str]:
        import base64

        if not self._options.get("registry_user"):
            return {}
        pair = ":".join(from_environment(str(self._options[name])) for name in ("registry_user", "registry_password"))
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
