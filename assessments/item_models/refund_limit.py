"""The most that may still be refunded of an order."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose, same
from assessments.questions import Near, Numeric
from core.channels.incoming import IncomingLine
from core.context import Context
from core.db.history import post_money, record
from core.db.world_tables import money_posting


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An order is paid by two means and refunded in part; asked is what the ledger still lets go back."""
    (goods,) = m.goods_of(world, rng, 1)
    line = IncomingLine(goods.code, goods.name.zh, rng.randint(2, 4), goods.list_price_cents)
    order = m.order_from(world, rng, m.buyer_of(world, rng), [line], goods.currency, shipping_cents=1_000)
    (first, first_name), (second, second_name) = rng.sample(m.MEANS, 2)
    total = m.total_of(order)
    part = round(total * rng.uniform(0.35, 0.75))
    row = m.received(world, m.paid(order, (first, part), (second, total - part)))
    refunded = round(part * rng.uniform(0.2, 0.6))
    event_id = record(world, "RefundPaid", f"order:{row.id}", {"amount_cents": refunded}, order_id=row.id)
    post_money(world, event_id, row.id, "deposits", "buyer", refunded, row.currency, first)
    by_means = params["ask"] == "means"
    left = _left(world, row.id, first if by_means else None)
    exhibit = Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (Prose("Posting", "款项"), Prose("Means", "方式"), Prose("Amount (CNY)", "金额（元）")),
        (
            (Prose("Payment", "付款"), first_name, same(m.amount(part))),
            (Prose("Payment", "付款"), second_name, same(m.amount(total - part))),
            (Prose("Refund", "退款"), first_name, same("−" + m.amount(refunded))),
        ),
    )
    stem = Prose(
        "The buyer asks for more money back. What is the most that may still be refunded for this order?",
        "买家要求继续退款。该订单最多还能退多少元？",
    )
    if by_means:
        stem = Prose(
            f"The buyer asks for more money back. What is the most that may still go back by {first_name.en}?",
            f"买家要求继续退款。原路退回{first_name.zh}的，最多还能退多少元？",
        )
    names = (first_name, second_name)
    return Built("numeric", stem, _answer(left, total, part, refunded, by_means, names), exhibit)


def _left(world: Context, order_id: int, means: str | None) -> int:
    """What the buyer's deposits for an order still hold, in all or of one means of payment. Units: cents."""
    p = money_posting.c
    rows = world.db.execute(select(money_posting).where(p.order_id == order_id))
    left = 0
    for row in rows:
        if means is None or row.means == means:
            left += row.amount_cents * ((row.to_account == "deposits") - (row.from_account == "deposits"))
    return left


def _mistakes(total: int, part: int, refunded: int, by_means: bool, first: Prose, second: Prose) -> dict[int, Prose]:
    """Typical wrong amounts and what is wrong with them. Units: cents."""
    base = part if by_means else total
    mistakes = {
        base: Prose("What was refunded already has to be taken off.", "已退的款项要扣除。"),
        base + refunded: Prose("The refund was added; it has to be taken off.", "把退款加了上去，应当减去。"),
    }
    if by_means:
        mistakes[total - refunded] = Prose(
            f"This is the limit of the whole order; by {first.en} no more goes back than came by it.",
            f"这是整张订单的上限；退回{first.zh}的，不能超过当初由它付的部分。",
        )
        mistakes[total] = Prose(
            f"This is all that was paid for the order; the question is about {first.en} alone, less what was refunded.",
            f"这是整张订单的已付金额；题目只问{first.zh}，而且要减去已退的款项。",
        )
    else:
        mistakes[part - refunded] = Prose(
            f"This much may go back by {first.en} alone; what was paid by {second.en} may go back as well.",
            f"这只是{first.zh}的上限；由{second.zh}付的部分也可以退。",
        )
        mistakes[part] = Prose(
            f"This is what was paid by {first.en} alone; add what came by {second.en} and take off the refund.",
            f"这只是{first.zh}的已付金额；还要加上由{second.zh}付的部分，再减去已退的款项。",
        )
    return mistakes


def _answer(left: int, total: int, part: int, refunded: int, by_means: bool, names: tuple[Prose, Prose]) -> Numeric:
    first, second = names
    mistakes = _mistakes(total, part, refunded, by_means, first, second)
    if by_means:
        reason = Prose(
            f"Money goes back the way it came: at most what was paid by {first.en}, less what was refunded to it: "
            f"{m.amount(part)} − {m.amount(refunded)} = {m.amount(left)}.",
            f"款项原路退回，不超过{first.zh}的已付减已退：{m.amount(part)} − {m.amount(refunded)} = {m.amount(left)}。",
        )
    else:
        reason = Prose(
            f"Never more than paid less refunded: {m.amount(total)} − {m.amount(refunded)} = {m.amount(left)}.",
            f"退款不超过已付减已退：{m.amount(total)} − {m.amount(refunded)} = {m.amount(left)}。",
        )
    return Numeric(
        answer=left / 100,
        tolerance=0.005,
        unit=YUAN,
        reason=reason,
        near=tuple(Near(value / 100, 0.005, 0.0, why) for value, why in mistakes.items() if value != left),
    )


MODEL = ItemModel("refund_limit", {"ask": ("limit", "means")}, build)
