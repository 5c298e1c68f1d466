"""A tiny practice world made through the product's own commands, for tests of item models."""

from __future__ import annotations

from pathlib import Path

from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from core.context import ENGINE, Context
from core.db.engines import transaction
from core.db.world_tables import channel, sku, warehouse
from core.db.worlds import create_world, pack_world, world_of
from core.services.intake import receive_order
from core.services.stock import receive_stock
from seed.base import write_carriers

NOW = 1_772_600_000  # 4 March 2026, 12:53 in Shanghai
_DAY = 86_400

_WAREHOUSES = (
    (0, "OUT", "Outside", "外部", ""),
    (1, "SH", "Shanghai warehouse", "上海仓", "CN-SH"),
    (2, "GZ", "Guangzhou warehouse", "广州仓", "CN-GD"),
    (3, "BJ", "Beijing warehouse", "北京仓", "CN-BJ"),
    (4, "CD", "Chengdu warehouse", "成都仓", "CN-SC"),
)

_BUYERS = (
    ("张伟", "13800138000", "CN-SH", "上海市", "浦东新区", "世纪大道100号", "200120"),
    ("李娜", "13912345678", "CN-GD", "深圳市", "南山区", "科技路8号", "518057"),
    ("王芳", "13700001111", "CN-SC", "成都市", "武侯区", "人民南路四段27号", "610041"),
)


def tiny_world(path: Path) -> Path:
    """Writes the world and gives its packed file."""
    engine = create_world(path, scenario="tiny", seed=1, clock_at=NOW)
    with transaction(engine) as db:
        db.execute(channel.insert().values(code="shop", name_en="Shop", name_zh="商城", timezone="Asia/Shanghai"))
        names = ("id", "code", "name_en", "name_zh", "region")
        db.execute(warehouse.insert(), [dict(zip(names, row, strict=True)) for row in _WAREHOUSES])
        db.execute(
            sku.insert(),
            [
                {
                    "id": number,
                    "code": f"SKU-{number:03d}",
                    "name_en": f"Article {number}",
                    "name_zh": f"商品{number}",
                    "category": "home",
                    "list_price_cents": 1_900 + 730 * number,
                    "currency": "CNY",
                    "weight_g": 200,
                }
                for number in range(1, 31)
            ],
        )
        past = Context(db, ENGINE, NOW - 30 * _DAY, world_of(db, "practice", "tiny"))
        write_carriers(past)
        for number in range(1, 31):
            receive_stock(past, number, 1 + number % 4, 20 + number, 900)
        for place, who in enumerate(_BUYERS):
            receive_order(past.at(NOW - place * _DAY), _order(place, who))
    pack_world(engine, path)
    return path


def _order(place: int, who: tuple[str, ...]) -> IncomingOrder:
    name, phone, region, city, district, street, postcode = who
    number = f"T{place}"
    line = IncomingLine(f"SKU-{4 + place:03d}", "商品", 1, 1_900 + 730 * (4 + place))
    return IncomingOrder(
        channel="shop",
        number=number,
        currency="CNY",
        placed_at=NOW,
        status="received",
        outside_status="paid",
        rows=(SourceRow("tiny", 1, ("number",), (number,)),),
        buyer_name=name,
        buyer_phone=phone,
        country="CN",
        region=region,
        city=city,
        district=district,
        street=street,
        postcode=postcode,
        payments=(Payment("alipay", line.unit_price_cents),),
        lines=(line,),
    )
