"""How long it takes to confirm and reserve 500 stopped orders in one go, committed, in a company with a history."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select, text

from benchmarks.measures import machine, table
from core.channels.incoming import IncomingLine, Payment
from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, reader, run, transaction
from core.db.migrate import migrate
from core.db.world_tables import sales_order, sku, warehouse
from core.services import intake, stock
from core.services.books import imbalances
from core.services.bulk_confirmation import MOST_AT_ONCE, Outcome, confirm_orders
from seed.base import lay_base
from seed.history import write_history
from seed.incoming import Draft, incoming_order
from seed.rhythm import DAY
from seed.scenario import Scenario

TARGET_S = 2.0
NOW = 1_790_000_000
LIVE = World("live", "live")
HISTORIES = ((0, 1), (100_000, 180))  # orders, days
TURNS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """One batch. Units: seconds."""

    seconds: float
    allocated_count: int
    off_count: int


def lay_queue(ctx: Context) -> list[int]:
    """Goods for everybody, and 500 paid orders of one to three lines that the review stopped for their prices."""
    goods = ctx.db.execute(select(sku.c.id, sku.c.code, sku.c.name_en, sku.c.list_price_cents).limit(60)).all()
    for place in ctx.db.execute(select(warehouse.c.id).where(warehouse.c.id != 0)).scalars().all():
        for article in goods:
            stock.receive_stock(ctx, article.id, place, 2_000, 100)
    dice = np.random.default_rng(7)
    ids = []
    for number in range(MOST_AT_ONCE):
        chosen = dice.choice(len(goods), size=1 + number % 3, replace=False)
        lines = tuple(
            IncomingLine(goods[i].code, goods[i].name_en, 1 + number % 2, goods[i].list_price_cents // 2)
            for i in chosen
        )
        draft = Draft(
            "tmall", f"B-{number}", ctx.now, "陈思远", f"138{number:08d}", "", "CN-SH", "上海市", "黄浦区",
            "南京东路 100 号", "200001", 0, 0, "", lines,
        )  # fmt: skip
        paid = Payment("alipay", sum(line.quantity * line.unit_price_cents for line in lines))
        ids.append(intake.receive_order(ctx, incoming_order(draft, (paid,))))
    return ids


def measure(databases: Databases) -> Turn:
    """Confirms one batch in one transaction, its commit included."""
    with transaction(databases.live) as db:
        ids = lay_queue(Context(db, ENGINE, NOW, LIVE))
    begun = time.perf_counter()
    outcomes: tuple[Outcome, ...] = run(
        databases.live,
        lambda db: confirm_orders(Context(db, ENGINE, NOW, LIVE), ids, approved={"price": "campaign"}),
    )
    seconds = time.perf_counter() - begun
    with reader(databases.live) as db:
        off = len(imbalances(Context(db, ENGINE, NOW, LIVE)))
        stood = db.execute(select(sales_order.c.status).where(sales_order.c.number.startswith("B-"))).scalars().all()
    assert len(stood) == len(outcomes)
    return Turn(seconds, stood.count("allocated"), off)


def world(orders: int, days: int, folder: Path) -> Databases:
    """A fresh live world with a history of so many orders."""
    databases = connect("", folder)
    migrate(databases)
    scenario = Scenario("confirm", orders=orders, days=days)
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, NOW, LIVE)
        lay_base(ctx.at(NOW - days * DAY), scenario, 1)
        if orders:
            write_history(ctx, scenario, 1)
    with transaction(databases.live) as db:
        db.execute(text("ANALYZE"))
    return databases


def main() -> int:
    """Confirms batches in companies of two sizes; prints the median turn of each, and the slowest."""
    print(f"{MOST_AT_ONCE} orders confirmed in one go, SQLite with synchronous=FULL; {machine()}")
    rows, good = [], True
    for orders, days in HISTORIES:
        turns = []
        for _ in range(TURNS):
            with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
                databases = world(orders, days, Path(folder))
                turns.append(measure(databases))
                databases.dispose()
        turns.sort(key=lambda one: one.seconds)
        median, slowest = turns[len(turns) // 2], turns[-1]
        straight = all(one.allocated_count == MOST_AT_ONCE and not one.off_count for one in turns)
        good = good and median.seconds <= TARGET_S and straight
        rows.append((f"{orders:,} orders before", median.seconds, slowest.seconds, straight))
    print(table(["company", "median, s", "slowest, s", "all reserved, books straight"], rows))
    print(f"Target: {MOST_AT_ONCE} orders within {TARGET_S:.0f} s: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
