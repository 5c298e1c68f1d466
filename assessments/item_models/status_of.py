"""Which state an order is in, told from what happened to it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import FACT_NAMES, STATUS_NAMES
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Accept, Choice, Option, ShortText
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.world_tables import event
from core.domain.orders import STATELESS_FACTS, Fact, Status, status_after
from core.services.orders import cancel_order, hold_order, notify_buyer, release_hold
from core.services.stock import receive_stock

_OTHERS: Mapping[Status, tuple[Status, ...]] = {
    Status.ALLOCATED: (Status.CONFIRMED, Status.RELEASED, Status.BACKORDERED, Status.RECEIVED),
    Status.RELEASED: (Status.ALLOCATED, Status.PICKING, Status.CONFIRMED, Status.PACKED),
    Status.PICKING: (Status.RELEASED, Status.PACKED, Status.ALLOCATED, Status.CONFIRMED),
    Status.PACKED: (Status.PICKING, Status.SHIPPED, Status.RELEASED, Status.ALLOCATED),
    Status.SHIPPED: (Status.PACKED, Status.DELIVERED, Status.PICKING, Status.COMPLETED),
    Status.DELIVERED: (Status.SHIPPED, Status.COMPLETED, Status.PACKED, Status.RELEASED),
    Status.CANCELLED: (Status.EXPIRED, Status.EXCEPTION, Status.CONFIRMED, Status.ALLOCATED),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An order is taken in and worked on at random; asked is the status its log explains."""
    (goods,) = m.goods_of(world, rng, 1)
    line = IncomingLine(goods.code, goods.name.zh, 1, goods.list_price_cents)
    order = m.order_from(world, rng, m.buyer_of(world, rng), [line], goods.currency)
    start = world.at(world.now - rng.randint(30, 60) * 3_600)
    receive_stock(start, goods.id, m.warehouse_for(world, order.region), 5, goods.list_price_cents // 2)
    row = m.received(start, m.paid(order, ("alipay", m.total_of(order))))
    _work_on(start, row.id, rng)
    status = Status(m.row_of(world, row.id).status)
    facts = world.db.execute(
        select(event.c.at, event.c.kind).where(event.c.order_id == row.id).order_by(event.c.id)
    ).all()
    assert status_after(tuple(fact.kind for fact in facts)) is status
    exhibit = Exhibit(
        Prose(f"Log of order {row.number}", f"订单 {row.number} 的日志"),
        (Prose("Time", "时间"), Prose("What happened", "事件")),
        tuple((same(m.moment(world, fact.at)), FACT_NAMES[Fact(fact.kind)]) for fact in facts),
    )
    last_moves = Fact(facts[-1].kind) not in STATELESS_FACTS
    if params["ask"] == "text":
        stem = Prose(
            "In which state is the order now? Write the name of the state.",
            "该订单现在处于什么状态？请写出状态名称。",
        )
        return Built("short_text", stem, _text(status, last_moves), exhibit)
    stem = Prose("In which state is the order now?", "该订单现在处于什么状态？")
    kinds = tuple(fact.kind for fact in facts)
    passed = frozenset(found for n in range(1, len(kinds)) if (found := status_after(kinds[:n])) is not None)
    return Built("single", stem, _choice(status, last_moves, passed, rng), exhibit)


def _work_on(world: Context, order_id: int, rng: random.Random) -> None:
    """A stretch of the way with a hold in between, sometimes ended by a cancellation."""
    now = world.now
    length = rng.randint(0, len(m.WAY))
    held_at = rng.randint(0, length)
    for place, step in enumerate(m.WAY[:length]):
        now += rng.randint(12, 170) * 60
        if place == held_at:
            hold_order(world.at(now), order_id, "question to the buyer")
            now += rng.randint(10, 60) * 60
            release_hold(world.at(now), order_id)
            now += rng.randint(1, 10) * 60
        step(world.at(now), order_id)
    now += rng.randint(5, 100) * 60
    if length < 4 and rng.random() < 0.25:
        cancel_order(world.at(now), order_id, "buyer changed their mind")
    elif rng.random() < 0.5:
        notify_buyer(world.at(now), order_id, "…")
    elif length < 4 and rng.random() < 0.5:
        hold_order(world.at(now), order_id, "question to the buyer")


def _reason(status: Status, last_moves: bool) -> Prose:
    name = STATUS_NAMES[status]
    if last_moves:
        return Prose(f"The last entry moved the order to “{name.en}”.", f"最后一条记录使订单变为“{name.zh}”。")
    return Prose(
        f"A hold or a message doesn't change the state; the last entry that did led to “{name.en}”.",
        f"挂起或通知不改变状态；最后一条改变状态的记录使其变为“{name.zh}”。",
    )


def _why_not(state: Status, passed: frozenset[Status]) -> Prose:
    name = STATUS_NAMES[state]
    if state in passed:
        return Prose(
            f"The order was in “{name.en}” before; a later entry moved it on.",
            f"订单此前曾是“{name.zh}”，之后的记录已使状态改变。",
        )
    return Prose(f"No entry took the order to “{name.en}”.", f"没有任何记录使订单变为“{name.zh}”。")


def _choice(status: Status, last_moves: bool, passed: frozenset[Status], rng: random.Random) -> Choice:
    shown = [status, *rng.sample(_OTHERS[status], 3)]
    why = _reason(status, last_moves)
    options = tuple(
        Option(
            name,
            STATUS_NAMES[one],
            float(one is status),
            why if one is status else _why_not(one, passed),
        )
        for name, one in zip("abcd", shown, strict=True)
    )
    return Choice(options, several=False)


def _text(status: Status, last_moves: bool) -> ShortText:
    name, why = STATUS_NAMES[status], _reason(status, last_moves)
    patterns = {name.zh, name.zh.removeprefix("已"), *_SAME.get(status, ())}
    accepts = [Accept(pattern, 1.0, why) for pattern in (name.en, *sorted(patterns))]
    near = Prose(f"The idea is right; the state is called “{name.en}”.", f"意思对；状态名称是“{name.zh}”。")
    accepts += [Accept(pattern, 0.8, near) for pattern in _ALSO.get(status, ())]
    accepts += [Accept(pattern, 0.0, _HOLD) for pattern in ("*hold*", "*挂起*")]
    return ShortText(tuple(accepts), why)


_HOLD = Prose(
    "A hold is a flag, not a state: the order keeps the state it had.", "挂起只是标记，不是状态：订单保持原来的状态。"
)


_SAME: Mapping[Status, tuple[str, ...]] = {
    Status.PICKING: ("being picked", "in picking", "拣货", "正在拣货"),
    Status.CANCELLED: ("canceled", "订单取消"),
}
# What the log says, or everyday speech, instead of the name of the state.
_ALSO: Mapping[Status, tuple[str, ...]] = {
    Status.PICKING: ("picking started", "开始拣货"),
    Status.DELIVERED: ("已送达", "已交付"),
    Status.SHIPPED: ("handed over", "handed over to the carrier", "已发出", "已出库", "已交运", "已交承运商"),
    Status.ALLOCATED: ("reserved", "stock reserved", "已预留", "已分配库存", "已预留库存"),
    Status.PACKED: ("已包装", "打包完成"),
    Status.RELEASED: ("released to the warehouse", "已释放到仓库", "已下发仓库", "下发仓库"),
}


MODEL = ItemModel("status_of", {"ask": ("single", "text")}, build)
