"""How long one click takes on a warm server with nobody else on it: a test answer, work pages, the board.

Counted from sending the click to the last message of its answer, so with the socket and the server around the script.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from sqlalchemy import select

from benchmarks.board_reader import change_filter
from benchmarks.company import running_company
from benchmarks.load_client import LoadClientError, Run, Visitor
from benchmarks.measures import machine, spread, table
from benchmarks.test_taker import TestTaker
from core.db.engines import connect, reader
from core.db.world_tables import sales_order
from core.domain.orders import Status
from tests.app_server import AppServer, sign_in

WARM_UP = 8
PAUSE_SECONDS = 0.25  # a person is slower; the server allows ten messages a second for long

Click = Callable[[], Awaitable[Run]]


async def timed(click: Click, times: int) -> list[float]:
    """Does it some times to warm up, then times it."""
    seconds = []
    for turn in range(WARM_UP + times):
        await asyncio.sleep(PAUSE_SECONDS)
        run = await click()
        if turn >= WARM_UP:
            seconds.append(run.seconds)
    return seconds


async def _visit(server: AppServer, login: str, path: str, query: str = "") -> Visitor:
    visitor = Visitor(server.url, sign_in(server.url, login), follow_auto_reruns=False)
    await visitor.open(path, query)
    return visitor


async def test_answers(server: AppServer, times: int) -> tuple[list[float], list[float]]:
    """An answer, and the step to the next question."""
    visitor = await _visit(server, "clerk", "tests", "test=order_processing")
    taker = TestTaker(visitor, random.Random(1))
    await taker.begin()
    steps = []

    async def answer() -> Run:
        run = await taker.answer()
        await asyncio.sleep(PAUSE_SECONDS)
        steps.append((await taker.move_on()).seconds)
        return run

    seconds = await timed(answer, times)
    await visitor.close()
    return seconds, steps[WARM_UP:]


async def desk_clicks(server: AppServer, times: int) -> list[float]:
    """Another part of the order desk's list."""
    visitor = await _visit(server, "clerk", "orders")
    turn = 0

    async def click() -> Run:
        nonlocal turn
        turn += 1
        options = visitor.page.find("choice", key="show").options
        run = await visitor.choose(options[turn % len(options)], key="show")
        if run is None:
            raise LoadClientError("The order desk did not answer")
        return run

    seconds = await timed(click, times)
    await visitor.close()
    return seconds


async def sheet_clicks(server: AppServer, times: int, key: str) -> list[float]:
    """A button of an order that waits for a decision."""
    order_id = _stopped_order(server.var)
    visitor = await _visit(server, "clerk", "order", f"id={order_id}")

    async def click() -> Run:
        await asyncio.sleep(0.5)  # two clicks on one form within 0.6 s count as one
        return await visitor.click(key=key)

    seconds = await timed(click, times)
    await visitor.close()
    return seconds


def _stopped_order(var: Path) -> int:
    databases = connect("", var)
    with reader(databases.live) as db:
        found = db.execute(
            select(sales_order.c.id).where(sales_order.c.status == Status.EXCEPTION).order_by(sales_order.c.id).limit(1)
        ).scalar_one()
    databases.dispose()
    return int(found)


async def board_clicks(server: AppServer, times: int) -> list[float]:
    """Another filter on the live board."""
    visitor = await _visit(server, "manager", "board")
    dice = random.Random(1)
    seconds = await timed(lambda: change_filter(visitor, dice), times)
    await visitor.close()
    return seconds


async def measure(server: AppServer, times: int) -> list[tuple[str, list[float], float]]:
    """Every kind of click. Shape: what, seconds, target in ms."""
    answers, steps = await test_answers(server, times)
    return [
        ("test: an answer", answers, 25.0),
        ("test: the next question", steps, 25.0),
        ("order desk: another list", await desk_clicks(server, times), 50.0),
        ("order: open a form", await sheet_clicks(server, times, "do-hold"), 50.0),
        ("order: review it again", await sheet_clicks(server, times, "do-recheck"), 50.0),
        ("live board: another filter", await board_clicks(server, times), 80.0),
    ]


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints the table, and says whether every median meets its target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.script_run", description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument("--orders", type=int, default=20_000)
    options = parser.parse_args(arguments)
    print(f"One person on a warm server with {options.orders:,} orders; {machine()}")
    with running_company(orders_count=options.orders, days=90) as server:
        found = asyncio.run(measure(server, options.times))
    rows, good = [], True
    for what, seconds, target in found:
        times = spread(seconds)
        met = times.p50_ms <= target
        good = good and met
        rows.append([what, times.count, times.p50_ms, times.p95_ms, times.max_ms, f"{target:.0f}", met])
    print(table(["click", "times", "p50 ms", "p95 ms", "max ms", "target p50", "met"], rows))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
