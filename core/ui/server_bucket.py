"""A token bucket per socket: one visitor's flood of clicks waits, everybody else's server stays awake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from starlette.types import Message, Receive

RATE = 10.0  # messages a second that a socket may send for long
BURST = 30.0  # messages it may send at once
PATIENCE = 300  # messages that may wait in a row before the socket is closed


class Bucket:
    """Counts what a socket may still send. Units: messages, seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tokens = BURST
        self._at = clock()

    def take(self) -> float:
        """Takes a message out and returns how long it has to wait."""
        now = self._clock()
        self._tokens = min(BURST, self._tokens + (now - self._at) * RATE) - 1
        self._at = now
        return max(0.0, -self._tokens / RATE)


def throttled(receive: Receive, on_message: Callable[[bytes], None]) -> Receive:
    """A socket's `receive` that lets its messages through at the bucket's pace.

    Messages wait where they are, in the order they came; who floods without end is disconnected.
    """
    bucket, waited = Bucket(), 0

    async def paced() -> Message:
        nonlocal waited
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        wait = bucket.take()
        waited = waited + 1 if wait else 0
        if waited > PATIENCE:
            return {"type": "websocket.disconnect", "code": 1008}
        if wait:
            await asyncio.sleep(min(wait, 1 / RATE))
        data = message.get("bytes")
        if data:
            on_message(data)
        return message

    return paced
