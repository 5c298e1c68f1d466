"""A small house for the tests of the services: two warehouses, three SKUs, and orders as channels send them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, select, text

from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from core.context import ENGINE, Actor, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.inbound_tables import supplier
from core.db.shipping_tables import carrier, carrier_rate
from core.db.warehouse_tables import bin_place
from core.db.world_tables import channel, event, message, sales_order, sku, warehouse, world
from core.domain.rights import rights_of
from core.services import intake, stock

KETTLE, CUP, LAMP = 1, 2, 3
SHANGHAI, GUANGZHOU = 1, 2
SUPPLIER = 1
FLOOR, BIN_A, BIN_B = 1, 2, 3  # Shanghai's bins; Guangzhou does without
LIVE = World("live", "live")
APPROVER = Actor(90, "Zheng", "employee", "P", rights_of("employee", "P"))


@dataclass
class Desk:
    """The databases of one test, with a clock that the test moves itself."""

    databases: Databases
    now: int

    @contextmanager
    def work(self, actor: Actor = ENGINE) -> Iterator[Context]:
        """One command's transaction."""
        with transaction(self.databases.live) as db:
            yield Context(db, actor, self.now, LIVE)

    @contextmanager
    def look(self, actor: Actor = ENGINE) -> Iterator[Context]:
        """A view for reading."""
        with reader(self.databases.live) as db:
            yield Context(db, actor, self.now, LIVE)

    def order(self, order_id: int) -> Row[Any]:
        """An order as it stands."""
        with self.look() as ctx:
            return ctx.db.execute(select(sales_order).where(sales_order.c.id == order_id)).one()

    def facts(self, order_id: int) -> list[str]:
        """What happened to an order, in order."""
        with self.look() as ctx:
            found = select(event.c.kind).where(event.c.order_id == order_id).order_by(event.c.id)
            return list(ctx.db.execute(found).scalars())

    def messages(self, order_id: int) -> list[str]:
        """What its buyer was written."""
        with self.look() as ctx:
            found = select(message.c.body).where(message.c.order_id == order_id).order_by(message.c.id)
            return list(ctx.db.execute(found).scalars())

    def units(self, account: str, sku_id: int = KETTLE) -> int:
        """Units of a SKU in an account, over all warehouses and lots."""
        total = text("SELECT COALESCE(SUM(quantity), 0) FROM stock_balance WHERE sku_id = :s AND account = :a")
        with self.look() as ctx:
            return int(ctx.db.execute(total, {"s": sku_id, "a": account}).scalar_one())

    def money(self, order_id: int) -> dict[str, int]:
        """What each money account holds for an order. Units: cents."""
        rows = text("SELECT from_account, to_account, amount_cents FROM money_posting WHERE order_id = :o")
        sums: dict[str, int] = {}
        with self.look() as ctx:
            for source, target, cents in ctx.db.execute(rows, {"o": order_id}):
                sums[source] = sums.get(source, 0) - cents
                sums[target] = sums.get(target, 0) + cents
        return {account: cents for account, cents in sums.items() if cents}

    def receive(self, incoming: IncomingOrder) -> int:
        """Takes an order in."""
        with self.work() as ctx:
            return intake.receive_order(ctx, incoming)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of the world, to show that a refused command wrote nothing."""
        with self.look() as ctx:
            return {table.name: _rows(ctx.db, table.name) for table in world.sorted_tables}


def _rows(db: Connection, name: str) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in db.execute(text(f'SELECT * FROM "{name}"'))), key=repr)


def lay_desk(databases: Databases, now: int, units: int = 10) -> Desk:
    """Warehouses, one of them with bins, SKUs, and `units` of each SKU in each warehouse, in two lots an hour apart."""
    desk = Desk(databases, now - 7_200)
    with desk.work() as ctx:
        ctx.db.execute(channel.insert().values(code="tmall", name_en="Tmall", name_zh="天猫", timezone="Asia/Shanghai"))
        for number, (code, region) in enumerate((("OUT", ""), ("SH", "CN-SH"), ("GZ", "CN-GD"))):
            names = {"name_en": code, "name_zh": code}
            ctx.db.execute(warehouse.insert().values(id=number, code=code, region=region, **names))
        ctx.db.execute(supplier.insert().values(id=SUPPLIER, code="ACME", name_en="Acme", name_zh="顶点", lead_days=3))
        _lay_carriers(ctx)
        for bin_id, code, kind in ((FLOOR, "FLOOR", "floor"), (BIN_A, "A-01", "pick"), (BIN_B, "B-01", "pick")):
            ctx.db.execute(bin_place.insert().values(warehouse_id=SHANGHAI, code=code, walk=10 - bin_id, kind=kind))
        for sku_id, code, price in ((KETTLE, "KETTLE", 19_900), (CUP, "CUP", 3_500), (LAMP, "LAMP", 8_800)):
            ctx.db.execute(
                sku.insert().values(
                    id=sku_id,
                    code=code,
                    name_en=code.title(),
                    name_zh=code.title(),
                    category="home",
                    list_price_cents=price,
                    currency="CNY",
                    weight_g=500,
                )
            )
            for place in (SHANGHAI, GUANGZHOU):
                if units:
                    stock.receive_stock(ctx, sku_id, place, units // 2, price // 2)
                    stock.receive_stock(ctx.at(ctx.now + 3_600), sku_id, place, units - units // 2, price // 2)
    desk.now = now
    return desk


def _lay_carriers(ctx: Context) -> None:
    """Two carriers; the slow one doesn't go to Guangdong."""
    for code, prefix, regions in (("swift", "SW", ("CN-SH", "CN-GD")), ("slow", "SL", ("CN-SH",))):
        names = {"name_en": code.title(), "name_zh": code.title(), "waybill_prefix": prefix}
        ctx.db.execute(carrier.insert().values(code=code, daily_parcels=1_000, max_weight_g=30_000, **names))
        for place in (SHANGHAI, GUANGZHOU):
            for region in regions:
                weights = {"first_weight_g": 1_000, "first_cents": 800, "step_weight_g": 500, "step_cents": 150}
                key = {"carrier": code, "warehouse_id": place, "region": region}
                ctx.db.execute(carrier_rate.insert().values(**key, **weights, transit_hours=24))


def incoming(number: str = "T-1001", **changes: Any) -> IncomingOrder:
    """A faultless, paid order of two kettles and one cup from Shanghai; `changes` make it another one."""
    lines = changes.pop("lines", (IncomingLine("KETTLE", "Kettle", 2, 19_900), IncomingLine("CUP", "Cup", 1, 3_500)))
    total = sum(line.quantity * line.unit_price_cents for line in lines)
    order = IncomingOrder(
        channel="tmall",
        number=number,
        currency="CNY",
        placed_at=0,
        status="received",
        outside_status="买家已付款",
        rows=(SourceRow("feed", 1, ("订单编号", "收货地址"), [number, "上海市 南京东路 100 号"]),),
        buyer_name="陈思远",
        buyer_phone="13812345678",
        country="CN",
        region="CN-SH",
        city="上海市",
        district="黄浦区",
        street="南京东路 100 号 8 楼",
        postcode="200001",
        payments=(Payment("alipay", total),) if total else (),
        lines=lines,
    )
    return replace(order, **changes)
