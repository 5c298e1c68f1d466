"""What goes first: the oldest lot of a SKU, the order whose time to hand over ends soonest."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import STATUS_NAMES
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS
from assessments.prose import Prose, same
from assessments.questions import Choice, Content, Near, Numeric, Option, Ordering, Step
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.world_tables import lot
from core.domain.orders import Status, refusal
from core.domain.stock import LotStock, take_first_in
from core.services.lots import lots_of
from core.services.order_rows import state_of
from core.services.orders import hold_order
from core.services.stock import receive_stock

_DAY = 86_400


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A SKU has lots of different age; asked is how the product issues them."""
    if params["ask"] == "orders":
        return _orders(world, rng)
    goods, lots = _stocked(world, rng)
    of_lots = lot.c.id.in_([one.lot_id for one in lots])
    received = {row.id: row.received_at for row in world.db.execute(select(lot).where(of_lots))}
    shown = sorted(lots, key=lambda one: one.lot_id)
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code}), one warehouse", f"{goods.name.zh}（{goods.code}），同一仓库"),
        (Prose("Lot", "批次"), Prose("Received", "入库时间"), Prose("Available", "可用")),
        tuple(
            m.words(lot_name(one.lot_id), m.moment(world, received[one.lot_id]), str(one.available)) for one in shown
        ),
    )
    if params["ask"] == "lot":
        stem = Prose(
            "An order for 1 unit comes in. Which lot is the unit taken from?", "来了一张 1 件的订单。应从哪个批次出库？"
        )
        return Built("single", stem, _which(lots, received), exhibit)
    if params["ask"] == "order":
        stem = Prose("Put the lots in the order in which they go out.", "请按出库先后顺序排列这些批次。")
        return Built("ordering", stem, _in_order(world, lots, received), exhibit)
    wanted = lots[0].available + rng.randint(1, lots[1].available - 1)
    stem = Prose(
        f"An order for {wanted} units comes in. How many of them are taken from the lot that is **second** in turn?",
        f"来了一张 {wanted} 件的订单。其中多少件取自**第二个**出库的批次？",
    )
    return Built("numeric", stem, _units(lots, wanted), exhibit)


def lot_name(lot_id: int) -> str:
    """A lot's number as labels print it."""
    return f"L{lot_id:06d}"


def _stocked(world: Context, rng: random.Random) -> tuple[m.Goods, list[LotStock]]:
    """A SKU with at most one lot in some warehouse, and as many more of odd ages as make four.

    Why: the table shows when lots came in; articles that go out by their expiry date would not follow it.
    """
    for goods in m.goods_of(world, rng, 12, undated=True):
        warehouse_id = rng.choice(m.warehouses_of(world))
        there = lots_of(world, goods.id, warehouse_id)
        if len(there) > 1 or any(one.available < 2 for one in there):
            continue
        ages = rng.sample(range(3, 120), 4 - len(there))
        for age in ages:
            received_at = world.now - age * _DAY - rng.randrange(8 * 3_600)
            receive_stock(
                world.at(received_at), goods.id, warehouse_id, rng.randint(4, 30), goods.list_price_cents // 2
            )
        return goods, lots_of(world, goods.id, warehouse_id)
    raise LookupError("the practice world has no SKU with few lots")


def _which(lots: list[LotStock], received: Mapping[int, int]) -> Content:
    first = take_first_in(lots, 1)[0][0]
    newest = max(lots, key=lambda one: received[one.lot_id]).lot_id
    smallest = min(lots, key=lambda one: one.available).lot_id
    options = []
    for name, one in zip("abcd", sorted(lots, key=lambda one: one.lot_id), strict=True):
        if one.lot_id == first:
            why = Prose("It was received first, so it goes out first.", "它最早入库，因此最先出库。")
        elif one.lot_id == newest:
            why = Prose("It came in last and goes out last.", "它最晚入库，最后出库。")
        elif one.lot_id == smallest:
            why = Prose("How little is left doesn't matter; age does.", "剩余多少无关紧要，看的是入库先后。")
        else:
            why = Prose("Another lot was received before it.", "有更早入库的批次。")
        options.append(Option(name, same(lot_name(one.lot_id)), float(one.lot_id == first), why))
    return Choice(tuple(options), several=False)


def _in_order(world: Context, lots: list[LotStock], received: Mapping[int, int]) -> Content:
    return Ordering(
        tuple(
            Step(
                name,
                same(lot_name(one.lot_id)),
                Prose(
                    f"Received {m.moment(world, received[one.lot_id])}.",
                    f"入库时间 {m.moment(world, received[one.lot_id])}。",
                ),
            )
            for name, one in zip("abcdef", lots, strict=False)
        )
    )


def _units(lots: list[LotStock], wanted: int) -> Content:
    taken = take_first_in(lots, wanted)
    key = taken[1][1]
    first, second = lots[0], lots[1]
    mistakes = {
        first.available: Prose("That many come from the first lot.", "这是第一个批次的数量。"),
        second.available: Prose(
            "That many are in the second lot; the order doesn't need them all.",
            "这是第二个批次的全部数量，订单用不了这么多。",
        ),
        wanted: Prose("The first lot is used up first.", "要先用完第一个批次。"),
    }
    return Numeric(
        answer=key,
        tolerance=0,
        unit=UNITS,
        reason=Prose(
            f"{lot_name(first.lot_id)} came first and gives all its {first.available} units; "
            f"{lot_name(second.lot_id)} gives the rest: {wanted} − {first.available} = {key}.",
            f"{lot_name(first.lot_id)} 最早入库，出完 {first.available} 件；"
            f"其余由 {lot_name(second.lot_id)} 补足：{wanted} − {first.available} = {key}。",
        ),
        near=tuple(Near(value, 0, 0.0, why) for value, why in mistakes.items() if value != key),
    )


def _orders(world: Context, rng: random.Random) -> Built:
    """Four paid orders of different age, the oldest of them on hold; asked is which is worked on next."""
    (goods,) = m.goods_of(world, rng, 1)
    line = IncomingLine(goods.code, goods.name.zh, 1, goods.list_price_cents)
    rows: list[Any] = []
    for age in sorted(rng.sample(range(4, 80), 4), reverse=True):
        start = world.at(world.now - age * 15 * 60)
        order = m.order_from(start, rng, m.buyer_of(start, rng), [line], goods.currency)
        receive_stock(start, goods.id, m.warehouse_for(start, order.region), 2, goods.list_price_cents // 2)
        rows.append(m.received(start, m.paid(order, ("wechat", m.total_of(order)))))
    hold_order(world, rows[0].id, "question to the buyer")
    rows = [m.row_of(world, row.id) for row in rows]
    workable = [row for row in rows if refusal("release", state_of(world, row)) is None]
    first = min(workable, key=lambda row: row.ship_by_at)
    rng.shuffle(rows)
    held = Prose("Allocated, on hold", "已分配，已挂起")
    exhibit = Exhibit(
        Prose(f"Open orders, now {m.moment(world, world.now)}", f"待处理订单，现在是 {m.moment(world, world.now)}"),
        (Prose("Order", "订单"), Prose("Paid", "付款时间"), Prose("Hand over by", "最晚交运"), Prose("Status", "状态")),
        tuple(
            (
                *m.words(row.number, m.moment(world, row.paid_at), m.moment(world, row.ship_by_at)),
                held if row.hold_reason else STATUS_NAMES[Status(row.status)],
            )
            for row in rows
        ),
    )
    options = tuple(
        Option(name, same(row.number), float(row.id == first.id), _turn(row, first.id))
        for name, row in zip("abcd", rows, strict=True)
    )
    stem = Prose("Which order is released to the warehouse first?", "应最先把哪张订单下发到仓库？")
    return Built("single", stem, Choice(options, several=False), exhibit)


def _turn(row: Any, first_id: int) -> Prose:
    if row.hold_reason:
        return Prose(
            "It is the oldest, but a held order isn't worked on until the hold is released.",
            "它最早，但已挂起的订单在解除挂起之前不能处理。",
        )
    if row.id == first_id:
        return Prose(
            "Of those that may be worked on, its time to hand over ends soonest.",
            "在可处理的订单中，它的交运时限最早到期。",
        )
    return Prose("Another order has less time left.", "另有订单剩余时间更少。")


MODEL = ItemModel("oldest_first", {"ask": ("lot", "order", "units", "orders")}, build)
