"""A small world for tests of exercises and work pages: four warehouses, twelve articles, some orders of every kind."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, insert

from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from core.context import ENGINE, Context, World
from core.db.engines import transaction
from core.db.world_tables import channel, sku, warehouse
from core.db.worlds import create_world, pack_world
from core.services import intake, stock
from seed.base import write_carriers

WAREHOUSES = (
    (0, "OUT", "Outside", "外部", ""),
    (1, "SH", "Shanghai", "上海仓", "CN-SH"),
    (2, "GZ", "Guangzhou", "广州仓", "CN-GD"),
    (3, "BJ", "Beijing", "北京仓", "CN-BJ"),
    (4, "CD", "Chengdu", "成都仓", "CN-SC"),
)
ARTICLES = 12


def make_small_world(path: Path, clock_at: int) -> Path:
    """Makes the world in a packed file that can be copied."""
    engine = create_world(path, scenario="small", seed=1, clock_at=clock_at)
    fill(engine, clock_at)
    pack_world(engine, path)
    return path


def fill(engine: Engine, clock_at: int) -> None:
    """Puts warehouses, articles, stock and a few orders into an empty world."""
    with transaction(engine) as db:
        db.execute(
            insert(channel),
            [{"code": "tmall", "name_en": "Tmall", "name_zh": "天猫", "timezone": "Asia/Shanghai"}],
        )
        db.execute(
            insert(warehouse),
            [dict(zip(("id", "code", "name_en", "name_zh", "region"), row, strict=True)) for row in WAREHOUSES],
        )
        db.execute(insert(sku), [_article(number) for number in range(1, ARTICLES + 1)])
        ctx = Context(db, ENGINE, clock_at - 86_400, World("practice", "small"))
        write_carriers(ctx)
        for sku_id in range(1, ARTICLES + 1):
            stock.receive_stock(ctx, sku_id, 1, 5, 3_000)
        for number in range(4):
            intake.receive_order(ctx.at(ctx.now + number * 60), ordinary_order(number, ctx.now))


def _article(number: int) -> dict[str, object]:
    return {
        "id": number,
        "code": f"T-{number:02d}",
        "name_en": f"Article {number}",
        "name_zh": f"商品 {number}",
        "category": "Test",
        "list_price_cents": 6_000 + 1_700 * number,
        "currency": "CNY",
        "weight_g": 500,
    }


def ordinary_order(number: int, at: int) -> IncomingOrder:
    """An order with nothing wrong, of one unit of an article of its own."""
    price = 6_000 + 1_700 * (number + 1)
    columns = {"订单编号": f"90000000000000000{number}", "收货人姓名": "李 四"}
    return IncomingOrder(
        channel="tmall",
        number=f"90000000000000000{number}",
        currency="CNY",
        placed_at=at,
        status="received",
        outside_status="",
        rows=(SourceRow("t.csv", 2, tuple(columns), tuple(columns.values())),),
        buyer_name="李 四",
        buyer_phone=f"1380000000{number}",
        country="CN",
        region="CN-SH",
        city="上海市",
        district="静安区",
        street="南京西路 1 号",
        postcode="200040",
        payments=(Payment("alipay", price),),
        lines=(IncomingLine(f"T-{number + 1:02d}", f"商品 {number + 1}", 1, price),),
    )
