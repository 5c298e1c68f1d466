"""What cancelling an order does to stock and money."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import STATUS_NAMES
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS, units
from assessments.prose import Prose, same
from assessments.questions import Choice, Near, Numeric, Option
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.world_tables import money_posting
from core.domain.orders import Status
from core.domain.stock import Account
from core.services.orders import cancel_order
from core.services.stock import receive_stock

_STEPS = 3  # release, pick, pack


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A paid order is worked on for a while and cancelled; asked is what that changed."""
    (goods,) = m.goods_of(world, rng, 1)
    means, means_name = rng.choice(m.MEANS)
    line = IncomingLine(goods.code, goods.name.zh, rng.randint(2, 6), goods.list_price_cents)
    order = m.order_from(
        world, rng, m.buyer_of(world, rng), [line], goods.currency, shipping_cents=rng.choice([0, 800, 1_500])
    )
    warehouse_id = m.warehouse_for(world, order.region)
    receive_stock(world, goods.id, warehouse_id, rng.randint(10, 40), goods.list_price_cents // 2)
    row = m.received(world, m.paid(order, (means, m.total_of(order))))
    for step in m.WAY[: rng.randrange(_STEPS + 1)]:
        step(world, row.id)
    row = m.row_of(world, row.id)
    before = {account: units(world, goods.id, warehouse_id, account) for account in _ACCOUNTS}
    freed = cancel_order(world, row.id, "buyer changed their mind")
    after = {account: units(world, goods.id, warehouse_id, account) for account in _ACCOUNTS}
    status = STATUS_NAMES[Status(row.status)]
    exhibit = Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (Prose("Fact", "项目"), Prose("Value", "内容")),
        (
            (Prose("Article", "商品"), goods.name),
            (Prose("Quantity", "数量"), same(str(line.quantity))),
            (Prose("Status", "状态"), status),
            (
                Prose("Paid", "已付款"),
                Prose(
                    f"{m.amount(row.paid_cents)} CNY, {means_name.en}",
                    f"{m.amount(row.paid_cents)} 元，{means_name.zh}",
                ),
            ),
            (Prose("Available now", "当前可用"), same(str(before[Account.AVAILABLE]))),
            (Prose("Reserved now", "当前已预留"), same(str(before[Account.RESERVED]))),
            (Prose("Picked now", "当前已拣出"), same(str(before[Account.PICKED]))),
        ),
    )
    if params["ask"] == "units":
        stem = Prose(
            "The buyer has changed their mind, and you cancel this order. How many units are **available** afterwards?",
            "买家不想要了，您取消了该订单。之后**可用**库存是多少件？",
        )
        return Built("numeric", stem, _number(before, after, freed), exhibit)
    stem = Prose(
        "The buyer has changed their mind, and you cancel this order. What does the system do with goods and money?",
        "买家不想要了，您取消了该订单。系统会如何处理货物和货款？",
    )
    refund = _refund(world, row.id, means)
    return Built("single", stem, _choice(freed, refund, row.paid_cents, means_name), exhibit)


_ACCOUNTS = (Account.AVAILABLE, Account.RESERVED, Account.PICKED)


def _refund(world: Context, order_id: int, means: str) -> int:
    """What went back to the buyer by a means of payment. Units: cents."""
    p = money_posting.c
    back = select(p.amount_cents).where(
        p.order_id == order_id, p.from_account == "deposits", p.to_account == "buyer", p.means == means
    )
    return sum(world.db.execute(back).scalars())


def _number(before: Mapping[Account, int], after: Mapping[Account, int], freed: int) -> Numeric:
    key = after[Account.AVAILABLE]
    mistakes = {
        before[Account.AVAILABLE]: Prose(
            "The order's units become free again and are available at once.",
            "该订单占用的库存会释放，立即变为可用。",
        ),
        before[Account.AVAILABLE] - freed: Prose(
            "Cancelling gives units back; it doesn't take any.", "取消是释放库存，而不是占用库存。"
        ),
        sum(before.values()): Prose(
            "Only this order's units become free; those of other orders stay reserved.",
            "只释放本订单的库存；其他订单的预留不变。",
        ),
    }
    return Numeric(
        answer=key,
        tolerance=0,
        unit=UNITS,
        reason=Prose(
            f"The {freed} units of this order go back to available: {before[Account.AVAILABLE]} + {freed} = {key}.",
            f"本订单占用的 {freed} 件回到可用：{before[Account.AVAILABLE]} + {freed} = {key}。",
        ),
        near=tuple(Near(value, 0, 0.0, why) for value, why in mistakes.items() if value != key),
    )


def _choice(freed: int, refund: int, paid: int, means: Prose) -> Choice:
    money = Prose(f"{m.amount(refund)} CNY", f"{m.amount(refund)} 元")
    less = m.amount(refund - refund // 10)
    assert refund == paid
    options = (
        Option(
            "a",
            Prose(
                f"{freed} units become available; {money.en} is refunded by {means.en}",
                f"{freed} 件变为可用；{money.zh}原路退回{means.zh}",
            ),
            1.0,
            Prose(
                "Nothing has been handed over: all units are free again, and all the money goes back the way it came.",
                "货物尚未交运：全部数量释放，全部款项原路退回。",
            ),
        ),
        Option(
            "b",
            Prose(
                f"{freed} units become available; {money.en} is turned into a voucher",
                f"{freed} 件变为可用；{money.zh}转为代金券",
            ),
            0.0,
            Prose(
                "Money goes back to the original means of payment, never into something else.",
                "退款必须退回原支付方式，不得转为其他形式。",
            ),
        ),
        Option(
            "c",
            Prose(
                f"{freed} units stay reserved for a day; {money.en} is refunded by {means.en}",
                f"{freed} 件继续预留一天；{money.zh}原路退回{means.zh}",
            ),
            0.0,
            Prose(
                "A cancelled order holds nothing back; the next order may take the units at once.",
                "已取消的订单不再占用库存，下一张订单可立即使用。",
            ),
        ),
        Option(
            "d",
            Prose(
                f"{freed} units become available; {less} CNY is refunded by {means.en}",
                f"{freed} 件变为可用；{less} 元原路退回{means.zh}",
            ),
            0.0,
            Prose("Before the hand-over nothing of what was paid is kept back.", "交运之前取消，已付款项分文不扣。"),
        ),
    )
    return Choice(options, several=False)


MODEL = ItemModel("cancel_effect", {"ask": ("units", "effect")}, build)
