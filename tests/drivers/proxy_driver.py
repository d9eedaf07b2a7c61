"""A bad network: a TCP proxy in front of a real peer that refuses, cuts, slows down and throttles connections."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self

__all__ = ["BadNetwork", "Weather"]

_CHUNK = 1 << 16


@dataclass(frozen=True)
class Weather:
    """How connections fare. ``refuse``: no new ones; ``half``: one half of the new ones, at random, is cut at once.

    ``cut_after``: a connection ends when the client has sent so many bytes, ``cuts`` times. ``delay``: seconds by which
    every piece is held back. ``rate``: bytes a second that a client may send.
    """

    refuse: bool = False
    half: bool = False
    cut_after: int | None = None
    cuts: int = 0
    delay: float = 0.0
    rate: float | None = None


class BadNetwork:
    """Listens on ``port`` (0: a free one) of the loopback address and passes on to ``peer``.

    That is a host and a port, or the path of a socket.
    """

    def __init__(self, peer: tuple[str, int] | str, port: int = 0) -> None:
        self.peer = peer
        self.port = port
        self._weather = Weather()
        self._cuts = 0
        self._count = 0
        self._dice = random.Random(port)
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def weather(self, weather: Weather = Weather()) -> None:
        """Change how connections fare; ``refuse`` also ends those that are open."""
        self._call(self._change(weather))

    @property
    def connections(self) -> int:
        """How many have been tried so far."""
        return self._count

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._call(self._change(Weather(refuse=True)))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, what: object) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _change(self, weather: Weather) -> None:
        self._weather, self._cuts = weather, weather.cuts
        if weather.refuse and self._server is not None:
            self._server.close()
            self._server = None
            for writer in list(self._open):
                writer.transport.abort()
            await asyncio.sleep(0)
        elif not weather.refuse and self._server is None:
            await self._listen()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        if self._weather.half and self._dice.random() < 0.5:
            writer.transport.abort()
            return
        try:
            if isinstance(self.peer, str):
                there, back = await asyncio.open_unix_connection(self.peer)
            else:
                there, back = await asyncio.open_connection(*self.peer)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, back}
        ways = [asyncio.ensure_future(self._out(reader, back)), asyncio.ensure_future(self._in(there, writer))]
        with contextlib.suppress(OSError):
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (writer, back):
            end.transport.abort()
            self._open.discard(end)

    async def _out(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """From the client to the peer."""
        sent = 0
        while data := await reader.read(_CHUNK):
            weather = self._weather
            if weather.cut_after is not None and self._cuts > 0 and sent + len(data) > weather.cut_after:
                self._cuts -= 1
                writer.write(data[: max(0, weather.cut_after - sent)])
                with contextlib.suppress(OSError):
                    await writer.drain()
                return
            wait = weather.delay + (len(data) / weather.rate if weather.rate else 0.0)
            if wait:
                await asyncio.sleep(wait)
            sent += len(data)
            writer.write(data)
            await writer.drain()

    async def _in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """From the peer to the client."""
        while data := await reader.read(_CHUNK):
            if self._weather.delay:
                await asyncio.sleep(self._weather.delay)
            writer.write(data)
            await writer.drain()
