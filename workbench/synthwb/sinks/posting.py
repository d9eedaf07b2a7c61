"""Requests to a web server, and what its answers mean."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import os
import ssl
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from synthwb.errors import MissingExtra, SinkError
from synthwb.sinks.protocol import from_environment
from synthwb.sinks.retrying import Again, Away, Refused

if TYPE_CHECKING:
    import aiohttp

    from synthwb.sinks.dispatch import Request
    from synthwb.sinks.lines import Lines

__all__ = ["HttpSender", "reachable"]

_TRANSIENT = frozenset({408, 425, 429})
_SHOWN = 200  # characters of an answer that are shown


class HttpSender:
    """One session with a server. ``events``: the names that an address with ``{event}`` will be asked for."""

    def __init__(
        self, url: str, events: tuple[str, ...], body: str, chosen: Mapping[str, Any], envelope: str = "flat"
    ) -> None:
        self._url, self._events, self._body, self._chosen = url, events, body, chosen
        cloud = envelope == "cloudevents" and body in _CLOUD
        self._content = _CLOUD[body] if cloud else _CONTENT[body]
        self._session: aiohttp.ClientSession | None = None
        self._urls: dict[str, str] = {}

    async def connect(self) -> None:
        """Read what comes from the environment, and connect to every address once. Raises SinkError."""
        try:
            import aiohttp
        except ImportError:
            raise MissingExtra("sending events over HTTP", "http") from None
        from synthwb._version import __version__

        real = from_environment(self._url)
        self._urls = {event: real.replace("{event}", event) for event in self._events or ("",)}
        headers = {"User-Agent": f"synthwb/{__version__}", "Content-Type": self._content}
        headers |= {name: from_environment(value) for name, value in self._chosen["headers"].items()}
        if self._chosen["gzip"]:
            headers["Content-Encoding"] = "gzip"
        if self._chosen["bearer"]:
            headers["Authorization"] = f"Bearer {from_environment(self._chosen['bearer'])}"
        if self._chosen["user"]:
            pair = ":".join(from_environment(self._chosen[each]) for each in ("user", "password"))
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        trust = self._trust()
        connector = aiohttp.TCPConnector(limit=self._chosen["concurrency"], ssl=trust)
        timeout = aiohttp.ClientTimeout(total=self._chosen["timeout"])
        for real in dict.fromkeys(self._urls.values()):
            await self._reach(real, trust)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers)

    async def _reach(self, real: str, trust: ssl.SSLContext) -> None:
        """Connect and hang up. Raises SinkError."""
        try:
            address = urlsplit(real)
            port = address.port or (443 if address.scheme == "https" else 80)
            if address.scheme not in ("http", "https") or not address.hostname:
                raise SinkError(f"{self._url}: an address begins with http:// or https:// and a host")
            secure = trust if address.scheme == "https" else None
            opening = asyncio.open_connection(address.hostname, port, ssl=secure)
            _, writer = await asyncio.wait_for(opening, self._chosen["timeout"])
            writer.close()
        except ssl.SSLCertVerificationError as error:
            hint = "name its authority with ca:, or check the address"
            raise SinkError(
                f"{self._url}: the server's certificate is not trusted ({error.verify_message}); {hint}"
            ) from None
        except ValueError as error:
            raise SinkError(f"{self._url}: {error}") from None
        except TimeoutError:
            raise SinkError(f"{self._url}: no connection within {self._chosen['timeout']:g} s") from None
        except OSError as error:
            reason = _words(error)
            raise SinkError(f"{self._url}: cannot be reached ({reason}); is the server running?") from None

    def _trust(self) -> ssl.SSLContext:
        path = self._chosen["ca"]
        try:
            context = ssl.create_default_context(cafile=from_environment(path) if path else None)
        except OSError as error:
            raise SinkError(f"{path}: the certificates cannot be read ({error.strerror or error})") from None
        if not self._chosen["verify"]:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context

    async def send(self, request: Request) -> None:
        """One request and its answer."""
        import aiohttp

        assert self._session is not None
        event, lines, attributes = request.content
        body = _body(lines, "object" if attributes else self._body)
        headers = {name: quote(text, safe=_PRINTED) for name, text in attributes.items()}
        if self._chosen["gzip"]:
            body = await asyncio.to_thread(gzip.compress, body, 1)
        try:
            sending = self._session.request(
                self._chosen["method"], self._urls[event], data=body, headers=headers, allow_redirects=False
            )
            async with sending as answer:
                if answer.status < 300:
                    with contextlib.suppress(aiohttp.ClientError, TimeoutError):  # it has taken them already
                        await answer.read()
                    return
                text = await answer.text(errors="replace")
                raise _problem(answer.status, answer.reason or "", answer.headers, text)
        except aiohttp.ClientConnectorError as error:
            raise Away(f"cannot be reached ({_words(error.os_error)})") from None
        except TimeoutError:
            raise Again(f"no answer within {self._chosen['timeout']:g} s") from None
        except aiohttp.ClientError as error:
            raise Again(f"the connection broke ({str(error) or type(error).__name__})") from None
        except OSError as error:
            raise Again(f"the connection broke ({_words(error)})") from None

    async def disconnect(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()


_PRINTED = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')
"""What stands for itself in a header of CloudEvents (HTTP binding, section 3.1.3.2)."""
_CLOUD = {"array": "application/cloudevents-batch+json", "object": "application/cloudevents+json"}
_CONTENT = {"array": "application/json", "object": "application/json", "lines": "application/x-ndjson"}


def _body(lines: Lines, form: str) -> bytes:
    """The lines as the body of a request."""
    if form == "array":
        return b"[" + bytes(lines.text)[:-1].replace(b"\n", b",") + b"]"
    return bytes(lines.text)[:-1] if form == "object" else bytes(lines.text)


def _words(error: OSError) -> str:
    """What a failed system call means; a name that is not known has words of its own."""
    known = error.errno is not None and error.errno > 0
    return os.strerror(error.errno or 0).lower() if known else error.strerror or str(error)


def _problem(status: int, reason: str, headers: Mapping[str, str], text: str) -> Again | Refused:
    """What an answer that is no success means."""
    shown = " ".join(text.split())[:_SHOWN]
    words = f"the server answered {status} {reason}".rstrip() + (f": {shown}" if shown else "")
    if status in _TRANSIENT or status >= 500:
        return Again(words, _after(headers.get("Retry-After")))
    if status < 400:
        return Refused(f"{words}; it redirects to {headers.get('Location', 'nowhere')}: write that address")
    return Refused(words)


def _after(written: str | None) -> float | None:
    """Seconds that a Retry-After asks for (RFC 9110, section 10.2.3), an hour at most."""
    if written is None:
        return None
    try:
        seconds = float(written) if written.strip().isdecimal() else parsedate_to_datetime(written).timestamp() - time()
    except ValueError:
        return None
    return min(3600.0, max(0.0, seconds))


def reachable(url: str, chosen: Mapping[str, Any]) -> str:
    """Connect once and hang up; what was found, in words. Raises SinkError."""
    sender = HttpSender(url, (), "array", chosen)

    async def once() -> None:
        await sender.connect()
        await sender.disconnect()

    asyncio.run(once())
    return f"{url}: connected; whether it takes events is known when one is sent"
