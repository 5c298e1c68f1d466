"""How fast the history generator writes: drawn, laid out and committed to a fresh live world, the books in balance."""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.measures import machine, table
from core.context import ENGINE, Context, World
from core.db.engines import bulk_transaction, connect, reader
from core.db.migrate import migrate
from core.services.books import imbalances
from seed.base import lay_base
from seed.history import write_history
from seed.rhythm import DAY
from seed.scenario import Scenario

TARGET = 20_000  # orders per second
SIZES = ((20_000, 90), (100_000, 180))
TURNS = 3
NOW = 1_790_000_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One history. Units: seconds."""

    drawn_and_written: float
    committed: float
    processor: float
    rows_count: int
    off_count: int

    @property
    def seconds(self) -> float:
        return self.drawn_and_written + self.committed


def measure(orders: int, days: int, check: bool) -> Turn:
    """Writes one history into a world of its own."""
    scenario = Scenario("speed", orders=orders, days=days)
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        databases = connect("", Path(folder))
        migrate(databases)
        gc.collect()
        with bulk_transaction(databases.live) as db:
            ctx = Context(db, ENGINE, NOW, World("live", "live"))
            lay_base(ctx.at(NOW - days * DAY), scenario, 1)
            begun, processor = time.perf_counter(), time.process_time()
            write_history(ctx, scenario, 1)
            written = time.perf_counter()
        committed, processor = time.perf_counter(), time.process_time() - processor
        with reader(databases.live) as db:
            tables = ("sales_order", "order_line", "event", "stock_posting", "money_posting", "shipment")
            counts = [db.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in tables]
            off = len(imbalances(Context(db, ENGINE, NOW, World("live", "live")))) if check else 0
        databases.dispose()
        return Turn(written - begun, committed - written, processor, sum(counts), off)


def main() -> int:
    """Writes histories of two sizes, each a few times; prints the best turn of each, and how it spread."""
    print(f"History generator, SQLite with synchronous=FULL; {machine()}")
    measure(2_000, 10, check=False)  # imports, Faker and the compiler's caches
    rows, good = [], True
    for orders, days in SIZES:
        turns = [measure(orders, days, check=turn == 0) for turn in range(TURNS)]
        best = min(turns, key=lambda turn: turn.seconds)
        slowest = max(turn.seconds for turn in turns)
        speed = orders / best.seconds
        good = good and speed >= TARGET and not any(turn.off_count for turn in turns)
        rows.append(
            (
                f"{orders:,} orders over {days} days", best.rows_count, best.drawn_and_written, best.committed,
                best.processor, round(speed), round(orders / slowest), turns[0].off_count,
            )
        )  # fmt: skip
    heads = [
        "history",
        "rows",
        "written, s",
        "committed, s",
        "processor, s",
        "orders/s, best",
        "orders/s, worst",
        "imbalances",
    ]
    print(table(heads, rows))
    print(f"Target ≥ {TARGET:,} orders/s, no imbalance: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
