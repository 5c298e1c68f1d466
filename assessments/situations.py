"""What the cases of exercises are laid with: goods of the world, stock for them, and orders as a channel sends them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from core.context import Context
from core.db.world_tables import channel, sku, warehouse
from core.domain.errors import ContentError
from core.domain.places import PROVINCE_BY_CODE
from core.services import intake, parameters, stock
from seed.incoming import order_number

CHANNEL = "tmall"
MINUTE = 60
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Goods:
    """An article that a case is about."""

    id: int
    code: str
    name: str
    list_price_cents: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who orders, and where the parcel should go according to the channel's fields."""

    name: str
    phone: str
    region: str
    city: str
    district: str
    street: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Bought:
    """One line: goods, how many, and at which price; None means the list price."""

    goods: Goods
    quantity: int
    price_cents: int | None = None


def pick_goods(ctx: Context, count: int, *, skip: int = 0) -> list[Goods]:
    """Articles of the world that cost neither pennies nor a fortune, always the same ones.

    Raises: ContentError when the scenario has too few.
    """
    s = sku.c
    rows = ctx.db.execute(
        select(s.id, s.code, s.name_zh, s.list_price_cents)
        .where(s.currency == "CNY", s.list_price_cents.between(5_000, 90_000))
        .order_by(s.code)
        .offset(skip)
        .limit(count)
    ).all()
    if len(rows) < count:
        raise ContentError("The scenario has too few articles for this exercise.")
    return [Goods(row.id, row.code, row.name_zh, row.list_price_cents) for row in rows]


def stock_up(ctx: Context, goods: Goods, region: str, units: int) -> None:
    """Sees to it that the warehouse which serves a region can promise at least so many units."""
    code = parameters.warehouse_code_for(region)
    warehouse_id = ctx.db.execute(select(warehouse.c.id).where(warehouse.c.code == code)).scalar_one()
    missing = units - stock.available_units(ctx, goods.id, warehouse_id)
    if missing > 0:
        stock.receive_stock(ctx, goods.id, warehouse_id, missing, goods.list_price_cents * 55 // 100)


def place_order(
    ctx: Context,
    serial: int,
    buyer: Buyer,
    bought: list[Bought],
    *,
    minutes_ago: int,
    note: str = "",
    says: dict[str, str] | None = None,
    gift_card_cents: int = 0,
) -> int:
    """Takes in an order the way the channel sends it, paid in full; gives its id.

    `serial` makes the order's number in the channel's own style; `says` adds to or replaces the columns of the
    channel's row; `gift_card_cents` of the total are paid by gift card.
    """
    lines = tuple(
        IncomingLine(
            one.goods.code,
            one.goods.name,
            one.quantity,
            one.goods.list_price_cents if one.price_cents is None else one.price_cents,
        )
        for one in bought
    )
    total = sum(line.quantity * line.unit_price_cents for line in lines)
    means = [("alipay", total - gift_card_cents), ("gift_card", gift_card_cents)]
    then = ctx.at(ctx.now - minutes_ago * MINUTE)
    number = order_number(CHANNEL, then.now, serial)
    row = _channel_row(then, number, buyer, lines, total, note) | (says or {})
    header, cells = tuple(row), tuple(row.values())
    order = IncomingOrder(
        channel=_channel(ctx),
        number=number,
        currency="CNY",
        placed_at=then.now,
        status="received",
        outside_status="买家已付款",
        rows=(SourceRow("api", 1, header, cells),),
        paid_at=then.now,
        buyer_name=buyer.name,
        buyer_phone=buyer.phone,
        country="CN",
        region=buyer.region,
        city=buyer.city,
        district=buyer.district,
        street=buyer.street,
        postcode=buyer.postcode,
        payments=tuple(Payment(name, cents) for name, cents in means if cents > 0),
        lines=lines,
        note=note,
    )
    return intake.receive_order(then, order)


def local_time(ctx: Context, at: int) -> datetime:
    """A moment on the world's wall clock."""
    return datetime.fromtimestamp(at, ZoneInfo(ctx.world.timezone))


def _channel(ctx: Context) -> str:
    codes = ctx.db.execute(select(channel.c.code).order_by(channel.c.code)).scalars().all()
    if CHANNEL not in codes:
        raise ContentError("The scenario has no channel {channel}.", channel=CHANNEL)
    return CHANNEL


def _channel_row(
    ctx: Context, number: str, buyer: Buyer, lines: tuple[IncomingLine, ...], total: int, note: str
) -> dict[str, str]:
    """The columns of the channel's report that a clerk compares with."""
    (line, *_) = lines
    return {
        "订单编号": number,
        "订单创建时间": local_time(ctx, ctx.now).strftime("%Y-%m-%d %H:%M:%S"),
        "收货人": buyer.name,
        "联系手机": buyer.phone,
        "省份": PROVINCE_BY_CODE[buyer.region].name_zh,
        "城市": buyer.city,
        "区县": buyer.district,
        "详细地址": buyer.street,
        "邮编": buyer.postcode,
        "商家编码": line.sku_code,
        "商品名称": line.name,
        "数量": str(line.quantity),
        "单价": f"{line.unit_price_cents / 100:.2f}",
        "买家实际支付金额": f"{total / 100:.2f}",
        "买家留言": note,
    }
