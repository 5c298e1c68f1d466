"""Garbage collection that nobody waits for: the young often, everything when it is quiet."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable

LOOK_EVERY = 5.0  # seconds
EVERYTHING_EVERY = 60.0  # seconds between two full collections when it is quiet
LATEST = 900.0  # seconds after which a full collection is due however busy it is
# Objects made since the last pass over the young; such passes until one over the middle-aged; no full one by itself.
THRESHOLDS = (5_000, 10, 1_000_000)


def settle() -> None:
    """Takes what was loaded at the start for lasting, and lets passes begin later. Call it once, when all is loaded.

    Why: a full collection walks everything that lives. With 300 people that stopped all of them for 200 to 500 ms, one
    or two times in ten seconds (measured); a third of what it walked were modules, which never go. Streamlit's own
    collection after each run must be off (`runner.postScriptGC`).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def unsettle() -> None:
    """Back to what Python does by itself."""
    gc.set_threshold(700, 10, 10)
    gc.unfreeze()


async def collect_when_quiet(is_quiet: Callable[[], bool]) -> None:
    """Frees what holds itself (closed pages, above all) while nobody waits for an answer, or when it is overdue."""
    since = 0.0
    while True:
        await asyncio.sleep(LOOK_EVERY)
        since += LOOK_EVERY
        if since >= LATEST or (since >= EVERYTHING_EVERY and is_quiet()):
            since = 0.0
            await asyncio.to_thread(gc.collect)
