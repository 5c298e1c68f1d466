"""What is available and reserved of a SKU after orders were taken in."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import STATUS_NAMES
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Near, Numeric
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.world_tables import stock_balance
from core.domain.orders import Status
from core.domain.stock import Account
from core.services.stock import receive_stock

UNITS = Prose("units", "件")


def units(world: Context, sku_id: int, warehouse_id: int, account: Account) -> int:
    """Units of a SKU in an account of a warehouse."""
    b = stock_balance.c
    held = select(func.coalesce(func.sum(b.quantity), 0)).where(
        b.sku_id == sku_id, b.warehouse_id == warehouse_id, b.account == account.value
    )
    return int(world.db.execute(held).scalar_one())


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Paid orders for one SKU go through intake one after the other; asked is the stock afterwards."""
    (goods,) = m.goods_of(world, rng, 1)
    buyer = m.buyer_of(world, rng)
    warehouse_id = m.warehouse_for(world, buyer.region)
    receive_stock(world, goods.id, warehouse_id, rng.randint(9, 40), goods.list_price_cents // 2)
    before = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    wanted = [rng.randint(2, 8) for _ in range(rng.randint(2, 3))]
    if params["short"]:
        wanted.insert(rng.randrange(len(wanted)), before[Account.AVAILABLE] + rng.randint(1, 9))
    rows = []
    for quantity in wanted:
        line = IncomingLine(goods.code, goods.name.zh, quantity, goods.list_price_cents)
        order = m.order_from(world, rng, m.buyer_of(world, rng), [line], goods.currency)
        order.region, order.city, order.street, order.postcode = (
            buyer.region,
            buyer.city,
            buyer.street,
            buyer.postcode,
        )
        row = m.received(world, m.paid(order, ("wechat", m.total_of(order))))
        rows.append((row.number, quantity, Status(row.status)))
    after = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    asked = Account(params["ask"])
    return Built(
        "numeric",
        _stem(asked, goods, m.warehouse_names(world, warehouse_id)),
        _answer(asked, before, after, rows),
        _exhibit(before, rows, goods),
    )


_SHOWN = (Account.AVAILABLE, Account.RESERVED)


def _exhibit(before: Mapping[Account, int], rows: list[tuple[str, int, Status]], goods: m.Goods) -> Exhibit:
    table = [
        (Prose("Available before", "之前可用"), same(str(before[Account.AVAILABLE]))),
        (Prose("Reserved before", "之前已预留"), same(str(before[Account.RESERVED]))),
    ]
    for place, (number, quantity, _) in enumerate(rows, start=1):
        table.append(
            (
                Prose(f"{place}. Order {number}, paid", f"第 {place} 单 {number}，已付款"),
                Prose(f"{quantity} units", f"{quantity} 件"),
            )
        )
    return Exhibit(
        Prose(f"{goods.name.en} ({goods.code})", f"{goods.name.zh}（{goods.code}）"),
        (Prose("Fact", "项目"), Prose("Units", "数量")),
        tuple(table),
    )


def _stem(asked: Account, goods: m.Goods, where: Prose) -> Prose:
    word = Prose("available", "可用") if asked is Account.AVAILABLE else Prose("reserved", "已预留")
    return Prose(
        f"The orders below come in one after the other; apart from the quantities nothing is wrong with them. "
        f"How many units of {goods.code} are **{word.en}** in the {where.en} afterwards?",
        f"以下订单依次进入系统，除数量需要核对外均无问题。之后{where.zh} {goods.code} 的**{word.zh}**库存是多少件？",
    )


def _answer(
    asked: Account,
    before: Mapping[Account, int],
    after: Mapping[Account, int],
    rows: list[tuple[str, int, Status]],
) -> Numeric:
    served = [quantity for _, quantity, status in rows if status is Status.ALLOCATED]
    stopped = [(quantity, status) for _, quantity, status in rows if status is not Status.ALLOCATED]
    sign = -1 if asked is Account.AVAILABLE else 1
    mark = "−" if sign < 0 else "+"
    sum_text = f"{before[asked]}{''.join(f' {mark} {quantity}' for quantity in served)} = {after[asked]}"
    extra = Prose("", "")
    if stopped:
        quantity, status = stopped[0]
        name = STATUS_NAMES[status]
        extra = Prose(
            f" The order for {quantity} units can't be served in full and reserves nothing: it becomes “{name.en}”.",
            f"订购 {quantity} 件的那张订单无法足额满足，因此一件也不预留，状态变为“{name.zh}”。",
        )
    mistakes = {
        before[asked]: Prose(
            "A confirmed order reserves its units at once, not only when it ships.",
            "订单一经确认即预留库存，不必等到发货。",
        ),
        before[asked] + sign * sum(quantity for _, quantity, _ in rows): Prose(
            "An order that can't be served in full reserves nothing.", "无法足额满足的订单一件也不预留。"
        ),
        sum(before.values()): Prose(
            "Available and reserved together stay the same; the question asks for one of them.",
            "可用与已预留之和不变；题目只问其中之一。",
        ),
    }
    return Numeric(
        answer=after[asked],
        tolerance=0,
        unit=UNITS,
        reason=Prose(
            f"Each order that can be served in full moves its units from available to reserved: {sum_text}.{extra.en}",
            f"每张能足额满足的订单把相应数量从“可用”转为“已预留”：{sum_text}。{extra.zh}",
        ),
        near=tuple(Near(v, 0, 0.0, reason) for v, reason in mistakes.items() if v != after[asked]),
    )


MODEL = ItemModel("stock_after", {"ask": ("available", "reserved"), "short": (False, True)}, build)
