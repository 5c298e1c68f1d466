"""Many people at once: opens their tabs, lets each act at a steady pace, and times every act."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from benchmarks.load_client import LoadClientError, Visitor
from benchmarks.measures import cpu_seconds, spread, table
from benchmarks.page_elements import ElementNotFound

MOST_PEOPLE = 1_000
LONGEST_SECONDS = 300.0

T = TypeVar("T")

# What one person does on their n-th turn; gives the seconds it took.
Act = Callable[[Visitor, int], Awaitable[float]]


@dataclass
class Outcome:
    """What a crowd lived through.

    Units: `seconds` per act, counted from when it was due: a late start counts against the server.
    """

    people: int
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    lasted: float = 0.0
    server_cpu: float = 0.0
    client_cpu: float = 0.0


async def few_at_a_time(work: Sequence[Coroutine[Any, Any, T]], at_once: int) -> list[T]:
    """Carries coroutines out, so many at a time, and gives their results in order; the first error ends it."""
    gate = asyncio.Semaphore(at_once)

    async def one(coroutine: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await coroutine

    return list(await asyncio.gather(*(one(coroutine) for coroutine in work)))


async def open_tabs(
    base_url: str, cookies: Sequence[str], path: str, query: str = "", at_once: int = 4
) -> list[Visitor]:
    """Opens one tab per cookie on a page, a few at a time as people come in, not all in one second."""

    async def one(cookie: str) -> Visitor:
        visitor = Visitor(base_url, cookie)
        await visitor.open(path, query)
        return visitor

    if len(cookies) > MOST_PEOPLE:
        raise LoadClientError(f"At most {MOST_PEOPLE} people, asked for {len(cookies)}")
    return await few_at_a_time([one(cookie) for cookie in cookies], at_once)


async def close_tabs(visitors: Sequence[Visitor]) -> None:
    """Closes every tab."""
    await asyncio.gather(*(visitor.close() for visitor in visitors))


async def let_act(
    visitors: Sequence[Visitor], act: Act, *, every: float, seconds: float, server_pid: int, seed: int = 1
) -> Outcome:
    """Each person acts once every so many seconds, from a moment of their own, until the time is over.

    Why: people don't wait for each other, so each act is due at a fixed time; one that starts late because the
    last one had not finished is counted from when it was due.
    """
    dice = random.Random(seed)
    outcome = Outcome(len(visitors))
    seconds = min(seconds, LONGEST_SECONDS)
    phases = [dice.uniform(0, every) for _ in visitors]
    server_before, client_before = cpu_seconds(server_pid), cpu_seconds(os.getpid())
    start = time.perf_counter()

    async def one(visitor: Visitor, phase: float) -> None:
        for turn in range(int((seconds - phase) / every) + 1):
            due = start + phase + turn * every
            await asyncio.sleep(max(due - time.perf_counter(), 0))
            late = time.perf_counter() - due
            try:
                took = await act(visitor, turn)
            except (LoadClientError, ElementNotFound) as error:
                outcome.failures.append(str(error))
                return
            # The client's own event loop wakes up a little late; that is not the server's doing.
            outcome.seconds.append(took + (late if late > 0.05 else 0))

    await asyncio.gather(*(one(visitor, phase) for visitor, phase in zip(visitors, phases, strict=True)))
    outcome.lasted = time.perf_counter() - start
    outcome.server_cpu = cpu_seconds(server_pid) - server_before
    outcome.client_cpu = cpu_seconds(os.getpid()) - client_before
    return outcome


HEADS = (
    "people", "acts", "acts/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "server CPU", "client CPU", "failed",
)  # fmt: skip


def outcome_row(outcome: Outcome) -> list[object]:
    """One line of the result's table."""
    times = spread(outcome.seconds)
    return [
        str(outcome.people),
        times.count,
        times.count / outcome.lasted,
        times.p50_ms,
        times.p95_ms,
        times.p99_ms,
        times.max_ms,
        f"{outcome.server_cpu / outcome.lasted:.0%}",
        f"{outcome.client_cpu / outcome.lasted:.0%}",
        len(outcome.failures),
    ]


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """The results of several crowds. 100% CPU is one core."""
    return table(HEADS, [outcome_row(outcome) for outcome in outcomes])
