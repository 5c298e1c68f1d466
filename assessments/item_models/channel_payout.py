"""What a channel pays out for orders of which some were refunded in part."""

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
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose
from assessments.questions import Numeric
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.history import post_money, record
from core.db.world_tables import money_posting


@dataclass(frozen=True, slots=True)
class Settled:
    """An order as the ledger has it. Units: cents."""

    number: str
    paid_cents: int
    refunded_cents: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the channel keeps. Units: tenths of a per cent of payments less refunds; cents per paid order."""

    commission: int
    fee_cents: int

    def commission_on(self, cents: int) -> int:
        """The commission on an amount, rounded half up. Units: cents."""
        return (cents * self.commission + 500) // 1_000

    @property
    def rate(self) -> str:
        """The commission in per cent, without the sign."""
        return f"{self.commission / 10:g}"


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Paid orders of a channel, two refunded in part; asked is the payout or the commission by contract."""
    orders = settled_orders(world, rng, rng.randint(4, 5), refunds=2)
    terms = terms_of(rng)
    exhibit = Exhibit(
        Prose("Orders of the statement, by our ledger", "对账期内的订单（按我方账目）"),
        (
            Prose("Order", "订单"),
            Prose("Paid by the buyer (CNY)", "买家付款（元）"),
            Prose("Refunded (CNY)", "退款（元）"),
        ),
        tuple(m.words(one.number, m.amount(one.paid_cents), m.amount(one.refunded_cents)) for one in orders),
    )
    kept = Prose(
        f"By contract the channel keeps {terms.rate}% of payments less refunds, and {m.amount(terms.fee_cents)} yuan "
        "per paid order.",
        f"按合同，渠道收取付款减退款后金额的 {terms.rate}%，另按已付款订单每单收取 {m.amount(terms.fee_cents)} 元。",
    )
    if params["ask"] == "payout":
        stem = Prose(f"{kept.en} What should it pay out?", f"{kept.zh}渠道应回款多少？")
        return Built("numeric", stem, payout_answer(orders, terms), exhibit)
    stem = Prose(f"{kept.en} How much is the **commission**?", f"{kept.zh}**佣金**是多少？")
    return Built("numeric", stem, _commission(orders, terms), exhibit)


def terms_of(rng: random.Random) -> Terms:
    """Terms as channels have them: 3 to 8 per cent, and a fee of 0.40 to 0.90."""
    return Terms(rng.randrange(30, 81, 5), rng.randrange(40, 91, 10))


def settled_orders(world: Context, rng: random.Random, count: int, *, refunds: int) -> list[Settled]:
    """Orders that the product took in and was paid for, some refunded in part; amounts are read from the ledger."""
    goods = m.goods_of(world, rng, count)
    found = []
    for place, one in enumerate(goods):
        line = IncomingLine(one.code, one.name.zh, rng.randint(1, 3), one.list_price_cents)
        order = m.order_from(world, rng, m.buyer_of(world, rng), [line], one.currency, shipping_cents=800)
        row = m.received(world, m.paid(order, ("alipay", m.total_of(order))))
        if place < refunds:
            cents = row.paid_cents * rng.randint(15, 60) // 100
            event_id = record(world, "RefundPaid", f"order:{row.id}", {"amount_cents": cents}, order_id=row.id)
            post_money(world, event_id, row.id, "deposits", "buyer", cents, row.currency, "alipay")
        found.append(_from_ledger(world, row.id, row.number))
    rng.shuffle(found)
    return found


def _from_ledger(world: Context, order_id: int, order_number: str) -> Settled:
    p = money_posting.c
    rows = world.db.execute(select(money_posting).where(p.order_id == order_id)).all()
    paid = sum(row.amount_cents for row in rows if row.from_account == "buyer")
    refunded = sum(row.amount_cents for row in rows if row.to_account == "buyer")
    return Settled(order_number[-8:], paid, refunded)


def payout_answer(orders: Sequence[Settled], terms: Terms) -> Numeric:
    """The payout by contract, with the mistakes that are usual."""
    paid, refunded = sum(one.paid_cents for one in orders), sum(one.refunded_cents for one in orders)
    net, fees = paid - refunded, terms.fee_cents * len(orders)
    commission = terms.commission_on(net)
    key = net - commission - fees
    sums = (
        f"{m.amount(paid)} − {m.amount(refunded)} − {m.amount(commission)} − {len(orders)} × "
        f"{m.amount(terms.fee_cents)} = {m.amount(key)}"
    )
    return number(
        key / 100,
        YUAN,
        Prose(
            f"Payments − refunds − commission ({terms.rate}% of {m.amount(net)}) − fees: {sums}.",
            f"付款 − 退款 − 佣金（{m.amount(net)} 的 {terms.rate}%）− 手续费：{sums}。",
        ),
        {
            (net - terms.commission_on(paid) - fees) / 100: Prose(
                "The commission was taken on all payments; it is on payments less refunds.",
                "佣金按全部付款计算了，应按付款减退款计。",
            ),
            (paid - terms.commission_on(paid) - fees) / 100: Prose("The refunds were forgotten.", "漏减了退款。"),
            (net - commission) / 100: Prose("The fees per order were forgotten.", "漏减了逐单手续费。"),
            (net + commission - fees) / 100: Prose(
                "The commission was added; the channel keeps it.", "把佣金加上去了，那是渠道扣下的。"
            ),
        },
        tolerance=0.015,
    )


def _commission(orders: Sequence[Settled], terms: Terms) -> Numeric:
    paid, refunded = sum(one.paid_cents for one in orders), sum(one.refunded_cents for one in orders)
    key = terms.commission_on(paid - refunded)
    return number(
        key / 100,
        YUAN,
        Prose(
            f"{terms.rate}% of payments less refunds: ({m.amount(paid)} − {m.amount(refunded)}) × {terms.rate}% = "
            f"{m.amount(key)}.",
            f"付款减退款后的 {terms.rate}%：（{m.amount(paid)} − {m.amount(refunded)}）× {terms.rate}% = "
            f"{m.amount(key)}。",
        ),
        {
            terms.commission_on(paid) / 100: Prose(
                "Refunds come off before the commission is reckoned.", "计算佣金之前要先减去退款。"
            ),
            (key + terms.fee_cents * len(orders)) / 100: Prose(
                "The fees per order are no commission.", "逐单手续费不是佣金。"
            ),
            terms.commission_on(refunded) / 100: Prose(
                "That would be the commission on the refunds.", "这是退款部分对应的佣金。"
            ),
        },
        tolerance=0.015,
    )


MODEL = ItemModel("channel_payout", {"ask": ("payout", "commission")}, build)
