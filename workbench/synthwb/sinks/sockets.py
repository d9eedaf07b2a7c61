"""Lines on their way through a socket."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from synthwb.errors import SinkError
from synthwb.sinks.protocol import from_environment
from synthwb.sinks.retrying import Away, Refused, Unfit

if TYPE_CHECKING:
    from synthwb.sinks.dead import DeadLetter
    from synthwb.sinks.dispatch import Request

__all__ = ["DATAGRAM", "LineSender", "reachable"]

DATAGRAM = 65_507
"""Bytes that a UDP datagram over IPv4 holds at most."""


@dataclass(frozen=True, slots=True)
class _TooLong:
    """Records that no datagram holds."""

    records: Sequence[bytes]


class LineSender:
    """One socket: a TCP connection, which is made again when it broke, or a UDP socket."""

    def __init__(self, url: str, timeout: float) -> None:
        self._shown, self._timeout = url, timeout
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._datagrams: socket.socket | None = None

    async def connect(self) -> None:
        """Connect, or look the address up. Raises SinkError."""
        try:
            address = urlsplit(from_environment(self._shown))
            host, port = address.hostname, address.port
        except ValueError as error:
            raise SinkError(f"{self._shown}: {error}") from None
        if address.scheme not in ("tcp", "udp") or not host or not port:
            raise SinkError(f"{self._shown}: an address is tcp://host:port or udp://host:port")
        self._host, self._port = host, port
        try:
            if address.scheme == "tcp":
                await self._connected()
            else:
                await self._looked_up()
        except Away as away:
            raise SinkError(f"{self._shown}: {away}; is anybody listening?") from None

    async def send(self, request: Request) -> Request | None:
        """Write lines, once; those that no datagram holds are left."""
        if self._datagrams is not None:
            return await self._send_datagrams(self._datagrams, request)
        _, writer = await self._connected()
        try:
            writer.write(request.content.text)
            await asyncio.wait_for(writer.drain(), self._timeout)
        except (OSError, TimeoutError) as error:
            self._hang_up()
            reason = (
                f"nothing was taken within {self._timeout:g} s" if isinstance(error, TimeoutError) else _words(error)
            )
            raise Refused(f"the connection broke while they were written ({reason}); some may have arrived") from None
        return None

    async def disconnect(self) -> None:
        """Hang up, with all that was written sent."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._streams is not None:
            _, writer = self._streams
            self._streams = None
            writer.close()
            try:
                await asyncio.wait_for(writer.wait_closed(), self._timeout)
            except (OSError, TimeoutError):
                writer.transport.abort()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The connection, made again where the other side has hung up. Raises Away."""
        if self._streams is not None and (self._streams[0].at_eof() or self._streams[1].is_closing()):
            self._hang_up()
        if self._streams is None:
            try:
                opening = asyncio.open_connection(self._host, self._port)
                self._streams = await asyncio.wait_for(opening, self._timeout)
            except TimeoutError:
                raise Away(f"no connection within {self._timeout:g} s") from None
            except OSError as error:
                raise Away(f"cannot be reached ({_words(error)})") from None
        return self._streams

    def _hang_up(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None

    async def _looked_up(self) -> None:
        """The socket of an address. Raises Away."""
        loop = asyncio.get_running_loop()
        try:
            (family, _, _, _, address), *_ = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)
            self._datagrams = socket.socket(family, socket.SOCK_DGRAM)
            self._datagrams.setblocking(False)
            self._datagrams.connect(address)
        except OSError as error:
            raise Away(f"cannot be reached ({_words(error)})") from None

    async def _send_datagrams(self, datagrams: socket.socket, request: Request) -> Request | None:
        """A datagram for each line: one system call each, as there is none for many."""
        from synthwb.sinks.dispatch import Request

        if isinstance(request.content, _TooLong):
            raise Unfit(f"a datagram holds {DATAGRAM:,} bytes at most")
        loop = asyncio.get_running_loop()
        long = []
        for record in request.content.records():
            if len(record) > DATAGRAM:
                long.append(record)
                continue
            try:
                await loop.sock_sendall(datagrams, record)
            except ConnectionRefusedError:  # nobody listened when an earlier one arrived: at most once
                continue
            except OSError as error:
                if error.errno == errno.EMSGSIZE:
                    long.append(record)
                    continue
                raise Refused(f"the system does not send ({_words(error)})") from None
        return Request(_TooLong(long), len(long), partial(_letters, long)) if long else None


def reachable(url: str, timeout: float) -> str:
    """Connect once and hang up; what was found, in words. Raises SinkError."""
    sender = LineSender(url, timeout)

    async def once() -> None:
        await sender.connect()
        await sender.disconnect()

    asyncio.run(once())
    if url.startswith("udp"):
        return f"{url}: the address is known; whether anybody listens is not told over UDP"
    return f"{url}: connected; whether lines are read is not told"


def _letters(records: Iterable[bytes]) -> Iterator[DeadLetter]:
    from synthwb.sinks.dead import DeadLetter

    return (DeadLetter(record) for record in records)


def _words(error: OSError) -> str:
    known = error.errno is not None and error.errno > 0
    return os.strerror(error.errno or 0).lower() if known else error.strerror or str(error)
