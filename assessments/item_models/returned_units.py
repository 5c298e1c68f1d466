"""What the stock accounts show after a buyer's parcel came back and was judged in part."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.inbound_accounts import set_aside
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS, units
from assessments.item_models.warehouse_labels import ACCOUNT_NAMES
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.inbound_tables import returned_line
from core.db.world_tables import order_line
from core.domain.stock import Account
from core.services.returned_goods import inspect_return, take_in_return
from core.services.stock import receive_stock

_SHOWN = (Account.AVAILABLE, Account.RETURN_INSPECTION, Account.DAMAGED)
_DAY = 86_400

Mistake = tuple[float, float, Prose]


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What was bought, what came back and what was found. Units: of one article."""

    bought: int
    came: int
    as_new: int
    broken: int


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An order is delivered and partly sent back, by the product's own commands; asked is one account afterwards."""
    (goods,) = m.goods_of(world, rng, 1)
    parcel = _drawn(rng)
    warehouse_id, before, after = worked_through(world, rng, goods, parcel)
    asked = Account(params["ask"])
    name, where = ACCOUNT_NAMES[asked], m.warehouse_names(world, warehouse_id)
    stem = Prose(
        "A buyer sends part of an order back; the parcel is handled as shown in the table. How many units of "
        f"{goods.code} are in “{name.en}” in the {where.en} afterwards?",
        f"买家退回订单中的一部分商品，按下表处理。之后{where.zh}的 {goods.code} 在“{name.zh}”账户中有多少件？",
    )
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code})", f"{goods.name.zh}（{goods.code}）"),
        (Prose("Fact", "项目"), Prose("Units", "件数")),
        (
            *(
                (
                    Prose(f"Before: {ACCOUNT_NAMES[one].en}", f"之前：{ACCOUNT_NAMES[one].zh}"),
                    same(str(before[one])),
                )
                for one in _SHOWN
            ),
            (Prose("Bought and delivered", "已购并签收"), same(str(parcel.bought))),
            (Prose("In the returned parcel", "退货包裹内"), same(str(parcel.came))),
            (Prose("Judged: as new, back on the shelf", "判定：如新，重新上架"), same(str(parcel.as_new))),
            (Prose("Judged: damaged", "判定：残损"), same(str(parcel.broken))),
        ),
    )
    key = after[asked]
    reason, mistakes = _SAY[asked](before[asked], key, parcel)
    return Built("numeric", stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes)), exhibit)


def _drawn(rng: random.Random) -> _Parcel:
    """A parcel whose three parts, as new, damaged and not judged yet, are of different sizes."""
    while True:
        bought = rng.randint(8, 14)
        came = rng.randint(6, bought - 1)
        as_new, broken = rng.randint(1, came - 3), rng.randint(1, 4)
        if came - as_new - broken > 0 and len({as_new, broken, came - as_new - broken}) == 3:
            return _Parcel(bought, came, as_new, broken)


def worked_through(
    world: Context, rng: random.Random, goods: m.Goods, parcel: _Parcel
) -> tuple[int, Mapping[Account, int], Mapping[Account, int]]:
    """Sells, delivers, takes back and judges as drawn; gives the warehouse and its accounts before and after."""
    start = world.at(world.now - 6 * _DAY)
    line = IncomingLine(goods.code, goods.name.zh, parcel.bought, goods.list_price_cents)
    order = m.order_from(start, rng, m.buyer_of(start, rng), [line], goods.currency)
    warehouse_id = m.warehouse_for(world, order.region)
    receive_stock(start, goods.id, warehouse_id, parcel.bought + rng.randint(12, 40), goods.list_price_cents // 2)
    row = m.received(start, m.paid(order, ("alipay", m.total_of(order))))
    for nth, step in enumerate(m.WAY):
        step(start.at(start.now + (nth + 1) * 6 * 3_600), row.id)
    told = (parcel.bought, parcel.came, parcel.as_new)  # what is damaged in the end is none of these
    earlier = [count for count in range(2, 6) if count + parcel.broken not in told]
    set_aside(world, goods, warehouse_id, Account.DAMAGED, rng.choice(earlier))
    before = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    line_id = world.db.execute(select(order_line.c.id).where(order_line.c.order_id == row.id)).scalar_one()
    parcel_id = take_in_return(world, row.id, warehouse_id, {line_id: parcel.came})
    of_parcel = select(returned_line).where(returned_line.c.parcel_id == parcel_id).order_by(returned_line.c.id)
    as_new, broken = parcel.as_new, parcel.broken
    for part in world.db.execute(of_parcel).all():
        back = min(as_new, part.quantity)
        bad = min(broken, part.quantity - back)
        if back or bad:
            inspect_return(world, part.id, back, bad, "as in the table")
        as_new, broken = as_new - back, broken - bad
    after = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    return warehouse_id, before, after


def _of_available(start: int, key: int, parcel: _Parcel) -> tuple[Prose, tuple[Mistake, ...]]:
    reason = Prose(
        f"Only what was judged as new and shelved can be sold again: {start} + {parcel.as_new} = {key}.",
        f"只有判定如新并上架的才能再卖：{start} + {parcel.as_new} = {key}。",
    )
    return reason, (
        (
            start + parcel.came,
            0.0,
            Prose(
                "What came back isn't available before it is judged.",
                "退回的货判定之前不算可用。",
            ),
        ),
        (
            start + parcel.came - parcel.broken,
            0.0,
            Prose("What nobody has judged yet is in return inspection.", "还没判定的在退货待检。"),
        ),
        (start, 0.0, Prose("What was put back on the shelf is missing.", "漏了重新上架的件数。")),
    )


def _of_inspection(start: int, key: int, parcel: _Parcel) -> tuple[Prose, tuple[Mistake, ...]]:
    reason = Prose(
        f"What came back and isn't judged yet: {start} + {parcel.came} − {parcel.as_new} − {parcel.broken} = {key}.",
        f"已退回、尚未判定的：{start} + {parcel.came} − {parcel.as_new} − {parcel.broken} = {key}。",
    )
    return reason, (
        (start + parcel.came, 0.0, Prose("What was judged has left this account.", "已判定的已离开该账户。")),
        (
            start + parcel.came - parcel.as_new,
            0.25,
            Prose("Damaged units have left it as well.", "判定残损的也已离开。"),
        ),
        (
            start + parcel.bought - parcel.as_new - parcel.broken,
            0.0,
            Prose("The buyer has kept some; only what came back counts.", "买家还留着一部分，只算退回的。"),
        ),
    )


def _of_damaged(start: int, key: int, parcel: _Parcel) -> tuple[Prose, tuple[Mistake, ...]]:
    reason = Prose(
        f"What was judged damaged is added: {start} + {parcel.broken} = {key}.",
        f"加上判定残损的件数：{start} + {parcel.broken} = {key}。",
    )
    return reason, (
        (
            start + parcel.came - parcel.as_new,
            0.0,
            Prose("What nobody has judged yet isn't damaged.", "还没判定的不算残损。"),
        ),
        (parcel.broken, 0.25, Prose("What was damaged before is missing.", "漏了原有的残损件数。")),
        (start, 0.0, Prose("What was judged damaged is missing.", "漏了判定残损的件数。")),
    )


_SAY = {
    Account.AVAILABLE: _of_available,
    Account.RETURN_INSPECTION: _of_inspection,
    Account.DAMAGED: _of_damaged,
}

MODEL = ItemModel("returned_units", {"ask": ("available", "return_inspection", "damaged")}, build)
