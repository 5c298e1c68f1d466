"""What item models are made of: goods, buyers and orders of a practice world, and how figures are written."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from assessments.prose import Prose, same
from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from core.context import Context
from core.db.world_tables import channel, sales_order, sku, warehouse
from core.domain.places import PROVINCES
from core.domain.review import address_faults, phone_is_plausible
from core.services import packing, picking, shipping
from core.services.carriers import carrier_policy
from core.services.intake import receive_order, reviewed
from core.services.parameters import warehouse_code_for
from core.services.shipment_rows import parcel_of

MEANS: tuple[tuple[str, Prose], ...] = (
    ("alipay", Prose("Alipay", "支付宝")),
    ("wechat", Prose("WeChat Pay", "微信支付")),
    ("card", Prose("bank card", "银行卡")),
    ("gift_card", Prose("gift card", "礼品卡")),
)


_LATIN_CITIES = {zh: en for province in PROVINCES for zh, en in province.cities}


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU of the world. Units: cents."""

    id: int
    code: str
    name: Prose
    list_price_cents: int
    currency: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who an order goes to, with an address the review has nothing against."""

    name: str
    phone: str
    region: str
    city: str
    district: str
    street: str
    postcode: str


def goods_of(
    world: Context, rng: random.Random, count: int, *, dated: bool = False, undated: bool = False
) -> list[Goods]:
    """Some SKUs of the world, of one currency, no two of the same name.

    Shape: `dated` ones carry an expiry date if they can; `undated` ones go out first in, first out.
    """
    rows = world.db.execute(select(sku).where(sku.c.list_price_cents.between(900, 90_000)).order_by(sku.c.id)).all()
    perishable = [row for row in rows if row.issue_rule == "fefo"]
    if dated and len({row.name_en for row in perishable}) >= count:
        rows = perishable
    if undated:
        rows = [row for row in rows if row.issue_rule == "fifo"]
    currency = rng.choice(rows).currency
    by_name = {row.name_en: row for row in rows if row.currency == currency}
    chosen = rng.sample(sorted(by_name.values(), key=lambda row: row.id), count)
    return [
        Goods(row.id, row.code, Prose(row.name_en, row.name_zh), row.list_price_cents, row.currency) for row in chosen
    ]


def buyer_of(world: Context, rng: random.Random) -> Buyer:
    """A buyer of the world whose address and phone are sound."""
    ids = world.db.execute(
        select(sales_order.c.id)
        .where(sales_order.c.country == "CN", sales_order.c.postcode != "", sales_order.c.district != "")
        .order_by(sales_order.c.id)
    ).scalars()
    candidates = list(ids)
    rng.shuffle(candidates)
    for order_id in candidates:
        row = world.db.execute(select(sales_order).where(sales_order.c.id == order_id)).one()
        sound = not address_faults(reviewed(world, row)) and phone_is_plausible(row.country, row.buyer_phone)
        if sound and "*" not in row.buyer_phone:
            return Buyer(
                row.buyer_name,
                fresh_phone(rng),
                row.region,
                row.city,
                row.district,
                row.street,
                row.postcode,
            )
    raise LookupError("the practice world has no buyer with a sound address")


def fresh_phone(rng: random.Random) -> str:
    """A plausible mobile number that no order of the world carries, so that nobody is taken for a duplicate."""
    return f"1{rng.choice('3578')}9{rng.randrange(10**8):08d}"


def order_from(
    world: Context,
    rng: random.Random,
    buyer: Buyer,
    lines: Sequence[IncomingLine],
    currency: str,
    *,
    shipping_cents: int = 0,
    discount_cents: int = 0,
) -> IncomingOrder:
    """An order as a channel of the world would send it, unpaid."""
    number = f"{rng.randrange(10**17, 10**18)}"
    code = world.db.execute(select(channel.c.code).order_by(channel.c.code).limit(1)).scalar_one()
    return IncomingOrder(
        channel=code,
        number=number,
        currency=currency,
        placed_at=world.now,
        status="received",
        outside_status="paid",
        rows=(SourceRow("item", 1, ("number",), (number,)),),
        buyer_name=buyer.name,
        buyer_phone=buyer.phone,
        country="CN",
        region=buyer.region,
        city=buyer.city,
        district=buyer.district,
        street=buyer.street,
        postcode=buyer.postcode,
        shipping_cents=shipping_cents,
        discount_cents=discount_cents,
        lines=tuple(lines),
    )


def paid(order: IncomingOrder, *payments: tuple[str, int]) -> IncomingOrder:
    """The order with its payments: means and cents."""
    return replace(order, payments=tuple(Payment(means, cents) for means, cents in payments))


def total_of(order: IncomingOrder) -> int:
    """What the channel would charge. Units: cents."""
    return order.items_cents + order.shipping_cents - order.discount_cents


def received(world: Context, order: IncomingOrder) -> Row[Any]:
    """The order's row after the product's own intake took it in, reviewed and routed it."""
    order_id = receive_order(world, order)
    return row_of(world, order_id)


def row_of(world: Context, order_id: int) -> Row[Any]:
    """An order's row as it stands now."""
    return world.db.execute(select(sales_order).where(sales_order.c.id == order_id)).one()


def warehouse_for(world: Context, region: str) -> int:
    """The warehouse that orders of a region are planned for."""
    code = warehouse_code_for(region)
    return world.db.execute(select(warehouse.c.id).where(warehouse.c.code == code)).scalar_one()


def warehouse_names(world: Context, warehouse_id: int) -> Prose:
    """What a warehouse is called."""
    row = world.db.execute(select(warehouse).where(warehouse.c.id == warehouse_id)).one()
    return Prose(row.name_en, row.name_zh)


def warehouses_of(world: Context) -> list[int]:
    """The world's own warehouses."""
    return list(world.db.execute(select(warehouse.c.id).where(warehouse.c.id > 0).order_by(warehouse.c.id)).scalars())


def amount(cents: int) -> str:
    """Money as a table shows it, without its currency."""
    return f"{cents / 100:,.2f}"


def signed(cents: int) -> str:
    """Money that may be below zero, with the minus of a sum instead of a hyphen."""
    return amount(cents).replace("-", "−")


def city_name(city: str) -> Prose:
    """A city as the address has it, for readers of English with its name in Latin letters."""
    return Prose(f"{city} ({_LATIN_CITIES[city]})" if city in _LATIN_CITIES else city, city)


def moment(world: Context, at: int, *, seconds: bool = False) -> str:
    """An instant on the world's calendar, written the same in both languages."""
    local = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(world.world.timezone))
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def _pick(world: Context, order_id: int) -> None:
    picking.pick_shipment(world, parcel_of(world, order_id))


def _pack(world: Context, order_id: int) -> None:
    packing.pack_shipment(world, parcel_of(world, order_id), carrier_code=carrier_policy().carriers[0].code)


def _hand_over(world: Context, order_id: int) -> None:
    shipping.hand_over(world, parcel_of(world, order_id))


def _deliver(world: Context, order_id: int) -> None:
    shipping.deliver_shipment(world, parcel_of(world, order_id))


# The way out of an order that goes in one parcel, step by step.
WAY: tuple[Callable[[Context, int], object], ...] = (shipping.release_order, _pick, _pack, _hand_over, _deliver)


def percent(number: str) -> Prose:
    """A share in a cell, with the space before the sign that English takes here and Chinese doesn't."""
    return same(f"{number}%")


def words(*texts: str) -> tuple[Prose, ...]:
    """Cells that read the same in both languages."""
    return tuple(same(text) for text in texts)
