"""How fast orders of three lines are reserved, against the bare driver with the same statements in the same run."""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count

from sqlalchemy import Engine

from benchmarks.measures import machine, table
from benchmarks.raw_reservations import Statement, postgres_worker, recorded, sqlite_worker
from benchmarks.reservation_ground import LINES, LIVE, NOW, Left, lay_ground, left_after, opened, postgres
from core.context import ENGINE, Context
from core.db.engines import Databases, run
from core.services.allocation import allocate_order

THREADS = (1, 8, 32)
TARGETS = {"sqlite": 0.45, "postgresql": 0.7}
ROUNDS = 15
PLENTY = 3_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the table. Units: orders per second."""

    kind: str
    goods: str
    threads: int
    house: float
    bare: float
    left: tuple[Left, Left]

    @property
    def ratio(self) -> float:
        return self.house / self.bare

    @property
    def is_good(self) -> bool:
        return self.ratio >= TARGETS[self.kind] and all(left.is_straight for left in self.left)


def house_worker(engine: Engine) -> Callable[[int], None]:
    """Reserves as the pages and the background do: the command, in a transaction of its own."""

    def reserve(order_id: int) -> None:
        run(engine, lambda db: allocate_order(Context(db, ENGINE, NOW, LIVE), order_id))

    return reserve


def bare_worker(
    databases: Databases, kind: str, turn: threading.Lock, statements: dict[int, list[Statement]]
) -> Callable[[int], None]:
    """Reserves the same orders with the bare driver."""
    url = databases.live.url
    if kind == "sqlite":
        send = sqlite_worker(str(url.database), True, turn)
    else:
        send = postgres_worker(url.render_as_string(hide_password=False), "live")
    return lambda order_id: send(statements[order_id])


def throughput(workers: Sequence[Callable[[int], None]], orders: Sequence[int]) -> float:
    """Orders per second when so many workers, each in a thread, take them off one pile; raises what any raised."""
    pile, start = count(), threading.Barrier(len(workers) + 1)
    raised: list[BaseException] = []

    def body(worker: Callable[[int], None]) -> None:
        start.wait()
        try:
            while (place := next(pile)) < len(orders):
                worker(orders[place])
        except BaseException as error:
            raised.append(error)
            raise

    threads = [threading.Thread(target=body, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if raised:
        raise raised[0]
    return len(orders) / seconds


def measure(kind: str, hot: bool, per_round: int, server: str | None) -> list[Turn]:
    """All numbers of threads on one kind of database; house and driver take turns, so that noise falls on both."""
    rounds = [(threads, number) for threads in THREADS for number in range(ROUNDS)]
    orders_count = per_round * len(rounds) + 50
    with opened(kind, server) as ours, opened(kind, server) as theirs, opened(kind, server) as model:
        worlds = (ours, theirs, model)
        for world in worlds:
            ids = lay_ground(world.live, orders_count, hot=hot, units=PLENTY)
        statements = recorded(model.live, ids)
        turn = threading.Lock()
        house, bare = house_worker(ours.live), partial(bare_worker, theirs, kind, turn, statements)
        bare_workers = [bare() for _ in range(max(THREADS))]
        piles = [ids[at : at + per_round] for at in range(50, len(ids), per_round)]
        for warm in (house, bare_workers[0]):  # compiled statements, the drivers' caches
            throughput([warm], ids[:50])
        found: list[Turn] = []
        for threads in THREADS:
            speeds: tuple[list[float], list[float]] = ([], [])
            for number in range(ROUNDS):
                pile = piles[rounds.index((threads, number))]
                speeds[0].append(throughput([house] * threads, pile))
                speeds[1].append(throughput(bare_workers[:threads], pile))
            left = left_after(ours.live), left_after(theirs.live)
            fastest = [statistics.median(speed) for speed in speeds]
            found.append(Turn(kind, "hot" if hot else "spread", threads, fastest[0], fastest[1], left))
        print(f"{kind}, {'hot' if hot else 'spread'}: {statement_count(statements[ids[60]])}", flush=True)
        return found


def statement_count(statements: list[Statement]) -> str:
    """What one order's reservation sends."""
    kinds = Counter(" ".join(one.sql.split()[: 3 if one.sql.startswith("INSERT") else 1]) for one in statements)
    listed = ", ".join(f"{n} {name}" for name, n in kinds.items())
    return f"{len(statements)} statements an order ({listed})"


def scarce(kind: str, server: str | None, orders_count: int) -> tuple[str, int, int, Left]:
    """Eight threads want twice what is there; gives how many orders were served and could be, and the books."""
    units = orders_count // 2
    with opened(kind, server) as databases:
        ids = lay_ground(databases.live, orders_count, hot=True, units=units)
        throughput([house_worker(databases.live)] * 8, ids)
        left = left_after(databases.live)
        return kind, left.allocated_orders, units, left


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; 1 when a target is missed or the books are off."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100, help="orders per round; there are 15 a line")
    parser.add_argument("--only", choices=list(TARGETS), help="one kind of database")
    asked = parser.parse_args(arguments)
    print(f"Reserving orders of {LINES} lines, each in its own transaction; {machine()}")
    turns: list[Turn] = []
    scarcities = []
    with postgres() as server:
        kinds = [kind for kind in TARGETS if asked.only in (None, kind) and (kind == "sqlite" or server)]
        for kind in kinds:
            for hot in (True, False):
                turns += measure(kind, hot, asked.orders, server)
            scarcities.append(scarce(kind, server, asked.orders))
        if server is None:
            print("PostgreSQL is not installed here: its lines are missing.")
    rows = [
        (
            f"{one.kind}, {one.goods} SKUs, {one.threads} threads", round(one.house), round(one.bare),
            f"{one.ratio:.2f}", f"{TARGETS[one.kind]:.2f}", min(left.lowest for left in one.left) < 0,
            one.left[0].reserved, one.left[0].open_reservations, one.left[0].off_count, one.is_good,
        )
        for one in turns
    ]  # fmt: skip
    heads = [
        "reservations", "orders/s", "bare driver", "ratio", "wanted", "oversold",
        "reserved", "in open orders", "imbalances", "good",
    ]  # fmt: skip
    print(table(heads, [[*row[:5], "0" if not row[5] else "YES", *row[6:]] for row in rows]))
    for kind, served, possible, left in scarcities:
        print(
            f"{kind}, stock for {possible:,} of twice as many orders, 8 threads: {served:,} reserved,"
            f" {left.reserved:,} units for {left.open_reservations:,} in open orders, lowest balance {left.lowest},"
            f" {left.off_count} imbalances"
        )
    good = all(one.is_good for one in turns) and all(
        served == possible and left.is_straight for _, served, possible, left in scarcities
    )
    print(f"At least {TARGETS['sqlite']} on SQLite and {TARGETS['postgresql']} on PostgreSQL, nothing oversold:"
          f" {'met' if good else 'MISSED'}")  # fmt: skip
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
