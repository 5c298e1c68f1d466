"""The ground that reservations are measured on: confirmed orders of three lines, enough stock, and what a run left."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, create_engine, insert, make_url, text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, reader, transaction
from core.db.history import record
from core.db.migrate import migrate
from core.db.world_tables import channel, order_line, sales_order, sku, warehouse
from core.domain.facts import OrderDims, status_fact
from core.services import stock
from core.services.books import imbalances
from tests.postgres_server import find_binaries, running_server

NOW = 1_790_000_000
LIVE = World("live", "live")
LINES = 3
SKUS = 300
LOTS = 3
SHANGHAI = 1


@dataclass(frozen=True, slots=True)
class Left:
    """What the books say after a run. Units: units of stock."""

    allocated_orders: int
    reserved: int
    open_reservations: int
    lowest: int
    off_count: int

    @property
    def is_straight(self) -> bool:
        """Nothing oversold, nothing reserved that no order has, nothing off."""
        return self.lowest >= 0 and self.reserved == self.open_reservations and self.off_count == 0


def lay_ground(engine: Engine, orders_count: int, *, hot: bool, units: int) -> list[int]:
    """One warehouse, articles in three lots with so many units in all, and confirmed orders; gives the orders' ids.

    Each order wants one unit of three articles: always the same three (hot), or any of 300 (spread).
    """
    dice = random.Random(7)
    with transaction(engine) as db:
        ctx = Context(db, ENGINE, NOW, LIVE)
        db.execute(insert(channel).values(code="tmall", name_en="Tmall", name_zh="天猫", timezone="Asia/Shanghai"))
        names = {"name_en": "W", "name_zh": "W"}
        db.execute(insert(warehouse), [{"id": n, "code": f"W{n}", "region": "", **names} for n in (0, SHANGHAI)])
        goods = {"name_en": "A", "name_zh": "A", "category": "home", "list_price_cents": 1_000, "currency": "CNY"}
        rows = [{"id": n, "code": f"A{n}", "weight_g": 100, **goods} for n in range(1, SKUS + 1)]
        db.execute(insert(sku), rows)
        for sku_id in range(1, (LINES if hot else SKUS) + 1):
            for lot in range(LOTS):
                share = units // LOTS + (units % LOTS if lot == 0 else 0)
                if share:
                    stock.receive_stock(ctx.at(NOW - 9_000 + lot), sku_id, SHANGHAI, share, 500)
        ids = list(range(1, orders_count + 1))
        db.execute(insert(sales_order), [_order(order_id) for order_id in ids])
        db.execute(insert(order_line), [line for order_id in ids for line in _lines(order_id, dice, hot)])
        dims = OrderDims("tmall", "CN-SH", SHANGHAI, NOW - 600, LINES * 1_000, False)
        for order_id in ids:
            received = status_fact(dims, None, "received", {"units": LINES, "lines": LINES, "currency": "CNY",
                                                            "total_cents": LINES * 1_000})  # fmt: skip
            record(ctx.at(NOW - 600), "OrderReceived", f"order:{order_id}", received, order_id=order_id)
            confirmed = status_fact(dims, "received", "confirmed", {"paid_at": NOW - 500})
            record(ctx.at(NOW - 500), "OrderConfirmed", f"order:{order_id}", confirmed, order_id=order_id)
    with engine.connect() as analysed:
        analysed.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return ids


def _order(order_id: int) -> dict[str, object]:
    empty = dict.fromkeys(("buyer_email", "district", "note"), "")
    return {
        "id": order_id,
        "number": f"R-{order_id}",
        "channel": "tmall",
        "status": "confirmed",
        "is_open": 1,
        "warehouse_id": SHANGHAI,
        "received_at": NOW - 600,
        "confirmed_at": NOW - 500,
        "buyer_name": "陈思远",
        "buyer_phone": f"138{order_id:08d}",
        "country": "CN",
        "region": "CN-SH",
        "city": "上海市",
        "street": "南京东路 100 号",
        "postcode": "200001",
        "currency": "CNY",
        "items_cents": LINES * 1_000,
        "shipping_cents": 0,
        "discount_cents": 0,
        "total_cents": LINES * 1_000,
        "paid_cents": 0,
        **empty,
    }


def _lines(order_id: int, dice: random.Random, hot: bool) -> list[dict[str, object]]:
    chosen = dice.sample(range(1, LINES + 1), LINES) if hot else dice.sample(range(1, SKUS + 1), LINES)
    return [
        {
            "id": (order_id - 1) * LINES + position,
            "order_id": order_id,
            "position": position,
            "sku_id": sku_id,
            "sku_code": f"A{sku_id}",
            "name": "A",
            "quantity": 1,
            "unit_price_cents": 1_000,
        }
        for position, sku_id in enumerate(chosen, 1)
    ]


def left_after(engine: Engine) -> Left:
    """What the books say now."""
    with reader(engine) as db:
        count = "SELECT COUNT(*) FROM sales_order WHERE status = 'allocated'"
        reserved = "SELECT COALESCE(SUM(quantity), 0) FROM stock_balance WHERE account = 'reserved'"
        wanted = (
            "SELECT COALESCE(SUM(l.quantity), 0) FROM order_line l JOIN sales_order o ON o.id = l.order_id"
            " WHERE o.status = 'allocated'"
        )
        lowest = "SELECT MIN(quantity) FROM stock_balance WHERE account IN ('available', 'reserved')"
        orders, units, owned, least = (
            int(db.execute(text(query)).scalar_one()) for query in (count, reserved, wanted, lowest)
        )
        return Left(orders, units, owned, least, len(imbalances(Context(db, ENGINE, NOW, LIVE))))


@contextmanager
def opened(kind: str, server: str | None) -> Iterator[Databases]:
    """Fresh databases of a kind, `sqlite` or `postgresql`, gone afterwards; `server` is a PostgreSQL of one's own."""
    with TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        url, name = "", f"orderly_{Path(folder).name.replace('-', '_').lower()}"
        if kind == "postgresql":
            assert server is not None
            _administer(server, f'CREATE DATABASE "{name}"')
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
        databases = connect(url, Path(folder))
        try:
            migrate(databases)
            yield databases
        finally:
            databases.dispose()
            if kind == "postgresql" and server is not None:
                _administer(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(statement))
    engine.dispose()


@contextmanager
def postgres() -> Iterator[str | None]:
    """A PostgreSQL server of the benchmark's own, or None where its binaries are not installed."""
    binaries = find_binaries()
    with ExitStack() as closing:
        yield None if binaries is None else closing.enter_context(running_server(binaries))
