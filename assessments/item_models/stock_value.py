"""What stock is worth by the cost of its lots, and what goods that went out had cost."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.oldest_first import lot_name
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose
from assessments.questions import Numeric
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.world_tables import sku
from core.services.book_reads import layers
from core.services.lots import lots_of
from core.services.stock import receive_stock

_DAY = 86_400


@dataclass(frozen=True, slots=True)
class _Lot:
    """A lot before the order. Units: units, cents per unit."""

    id: int
    received_at: int
    units: int
    cost_cents: int


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Three lots of rising or falling cost, and an order that leaves; asked is what stays or what it cost."""
    goods, warehouse_id, buyer = _stocked(world, rng)
    lots = _lots(world, goods, warehouse_id)
    before = _worth(world, goods.code)
    wanted = lots[0].units + rng.randint(1, lots[1].units - 1)
    line = IncomingLine(goods.code, goods.name.zh, wanted, goods.list_price_cents)
    order = m.order_from(world, rng, buyer, [line], goods.currency)
    row = m.received(world, m.paid(order, ("alipay", m.total_of(order))))
    for step in m.WAY:
        step(world, row.id)
    after = _worth(world, goods.code)
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code}), all lots", f"{goods.name.zh}（{goods.code}），全部批次"),
        (
            Prose("Lot", "批次"),
            Prose("Received", "入库时间"),
            Prose("Units", "数量"),
            Prose("Cost per unit (CNY)", "单位成本（元）"),
        ),
        tuple(
            m.words(lot_name(one.id), m.moment(world, one.received_at), str(one.units), m.amount(one.cost_cents))
            for one in sorted(lots, key=lambda one: one.id)
        ),
    )
    price = m.amount(goods.list_price_cents)
    told = Prose(
        f"An order for {wanted} units at {price} each leaves the house and is delivered.",
        f"一张 {wanted} 件、单价 {price} 的订单出库并已签收。",
    )
    if params["ask"] == "left":
        stem = Prose(
            f"{told.en} What is the stock of this article **worth** afterwards?",
            f"{told.zh}之后这款商品的库存**价值**是多少？",
        )
    else:
        stem = Prose(f"{told.en} What had these goods **cost**?", f"{told.zh}这批商品的**成本**是多少？")
    answer = _answer(params["ask"], lots, wanted, before - after, after, goods.list_price_cents)
    return Built("numeric", stem, answer, exhibit)


def _stocked(world: Context, rng: random.Random) -> tuple[m.Goods, int, m.Buyer]:
    """An article of its own with three lots of rising or falling cost, where a buyer's orders are planned for."""
    buyer = m.buyer_of(world, rng)
    warehouse_id = m.warehouse_for(world, buyer.region)
    goods = _new_goods(world, rng)
    start = goods.list_price_cents * rng.randint(30, 45) // 100
    step = start * rng.choice((-1, 1)) * rng.randint(6, 12) // 100
    ages = sorted(rng.sample(range(3, 100), 3), reverse=True)
    for place, age in enumerate(ages):
        received_at = world.now - age * _DAY - rng.randrange(2 * 3_600)
        receive_stock(world.at(received_at), goods.id, warehouse_id, rng.randint(4, 12), start + place * step)
    return goods, warehouse_id, buyer


def _new_goods(world: Context, rng: random.Random) -> m.Goods:
    """A new variant of an article.

    Why: the articles there are lie about in lots, accounts and warehouses of which a table for one question can't tell.
    """
    like = rng.choice(m.goods_of(world, rng, 3))
    row = world.db.execute(select(sku).where(sku.c.id == like.id)).one()
    code = f"{like.code}-{rng.choice('BCDEFG')}"
    values = {name: value for name, value in row._mapping.items() if name != "id"} | {"code": code}
    key = world.db.execute(sku.insert().values(**values)).inserted_primary_key
    assert key is not None
    return m.Goods(int(key[0]), code, like.name, like.list_price_cents, like.currency)


def _lots(world: Context, goods: m.Goods, warehouse_id: int) -> list[_Lot]:
    """The lots in the order of issue, as the books show them."""
    rows = {row.lot: row for row in layers(world) if row.sku == goods.code}
    return [
        _Lot(one.lot_id, rows[one.lot_id].received_at, one.available, rows[one.lot_id].unit_cost_cents)
        for one in lots_of(world, goods.id, warehouse_id)
    ]


def _worth(world: Context, code: str) -> int:
    """What the books say that the stock of a SKU is worth. Units: cents."""
    return sum(int(row.value_cents) for row in layers(world) if row.sku == code)


def _answer(ask: str, lots: Sequence[_Lot], wanted: int, cost: int, left: int, price: int) -> Numeric:
    first, second = lots[0], lots[1]
    taken = wanted - first.units
    total, units = sum(one.units * one.cost_cents for one in lots), sum(one.units for one in lots)
    newest_first = _issued(list(reversed(lots)), wanted)
    mean = round(total * wanted / units)
    out = f"{first.units} × {m.amount(first.cost_cents)} + {taken} × {m.amount(second.cost_cents)} = {m.amount(cost)}"
    why = Prose(f"The oldest lot leaves first: {out}.", f"最早的批次先出：{out}。")
    if ask == "left":
        rest = f"{m.amount(total)} − {m.amount(cost)} = {m.amount(left)}"
        why = Prose(f"{why.en} All lots less that: {rest}.", f"{why.zh}全部批次减去它：{rest}。")
    key = left if ask == "left" else cost

    def of(cents: int) -> float:
        return (total - cents if ask == "left" else cents) / 100

    sold = Prose("Goods are valued at what they cost, not at their price.", "库存按成本计价，不按售价。")
    priced = {of(wanted * price): sold} if of(wanted * price) > 0 else {units * price / 100: sold}
    return number(
        key / 100,
        YUAN,
        why,
        {
            of(newest_first): Prose("The newest lots were issued first.", "先出了最新的批次。"),
            of(mean): Prose("The mean cost was taken instead of the lots'.", "用了平均成本，应按批次成本。"),
            of(wanted * first.cost_cents): Prose(
                "The oldest lot doesn't have that many units; the next one gives the rest.",
                "最早的批次没有这么多，其余由下一批补足。",
            ),
            **priced,
            (cost if ask == "left" else left) / 100: Prose(
                "That is what left; asked was what stays."
                if ask == "left"
                else "That is what stays; asked was what left.",
                "这是出库的成本，题目问的是余下的价值。"
                if ask == "left"
                else "这是余下的价值，题目问的是出库商品的成本。",
            ),
        },
        tolerance=0.005,
    )


def _issued(lots: Sequence[_Lot], wanted: int) -> int:
    """What so many units cost when lots are issued in a given order. Units: cents."""
    cost = 0
    for one in lots:
        units = min(wanted, one.units)
        cost += units * one.cost_cents
        wanted -= units
    return cost


MODEL = ItemModel("stock_value", {"ask": ("left", "cost")}, build)
