"""Calls that block, out of the way of an event loop, and left behind where nobody waits for them any more."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Any, TypeVar

__all__ = ["aside"]

Result = TypeVar("Result")


async def aside(work: Callable[..., Result], *arguments: Any) -> Result:
    """What a call gives that blocks, made in a thread of its own.

    Unlike that of `asyncio.to_thread` it holds up neither the end of the loop nor that of the process: a client may
    wait for its server for ever.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def tell(result: Any, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result, failed = None, None
        try:
            result = work(*arguments)
        except Exception as error:  # noqa: BLE001 - top of a thread: who waits for it is told
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, result, failed)

    threading.Thread(target=run, name="synthwb-aside", daemon=True).start()
    return await done
