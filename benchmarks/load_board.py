"""Many people have the live board open, and each changes a filter every few seconds.

The boards refresh themselves meanwhile as they do in a browser, and the demo feed brings orders in.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys

from benchmarks.board_reader import change_filter
from benchmarks.company import add_people, cookies_of, running_company
from benchmarks.crowd import HEADS, Outcome, close_tabs, let_act, open_tabs, outcome_row
from benchmarks.load_client import Visitor
from benchmarks.measures import machine, spread, table
from core.domain.rights import Role
from tests.app_server import AppServer

TARGET_P95_MS = 350.0


async def measure(server: AppServer, people: int, every: float, seconds: float) -> tuple[Outcome, int]:
    """Opens the boards and times the clicks; gives also how often boards refreshed themselves."""
    cookies = cookies_of(server, add_people(server.var, people, Role.MANAGER))
    visitors = await open_tabs(server.url, cookies, "board")
    dice = {id(visitor): random.Random(number) for number, visitor in enumerate(visitors)}

    async def click(visitor: Visitor, turn: int) -> float:
        return (await change_filter(visitor, dice[id(visitor)])).seconds

    try:
        before = sum(visitor.auto_runs for visitor in visitors)
        outcome = await let_act(visitors, click, every=every, seconds=seconds, server_pid=server.process.pid)
        refreshed = sum(visitor.auto_runs for visitor in visitors) - before
    finally:
        await close_tabs(visitors)
    return outcome, refreshed


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints the table, and says whether the target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load_board", description=__doc__)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two clicks of one person")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--orders", type=int, default=20_000)
    options = parser.parse_args(arguments)
    print(f"{options.people} boards of {options.orders:,} orders, a click every {options.every:g} s each; {machine()}")
    with running_company(orders_count=options.orders, days=90) as server:
        outcome, refreshed = asyncio.run(measure(server, options.people, options.every, options.seconds))
    print(table(HEADS, [outcome_row(outcome)]))
    print(f"Boards refreshed themselves {refreshed} times meanwhile")
    for line in outcome.failures[:5]:
        print(f"  {line}")
    good = spread(outcome.seconds).p95_ms <= TARGET_P95_MS and not outcome.failures
    print(f"Target p95 ≤ {TARGET_P95_MS:.0f} ms: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
