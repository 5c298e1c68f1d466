"""Coroutines in tests, whatever else runs in the test's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine to its end in a thread of its own.

    Why: Playwright's synchronous interface keeps an event loop running in the main thread for as long as its browser
    is open, and `asyncio.run` refuses to start a second one there.
    """
    return beside(asyncio.run, work)


def beside(work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Carries out something that starts event loops of its own, in a thread of its own; see `run_async`."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work, *args, **kwargs).result()
