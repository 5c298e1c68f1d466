"""What an order comes to, or what is still unpaid of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Near, Numeric
from core.channels.incoming import IncomingLine
from core.context import Context

YUAN = Prose("CNY", "元")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An order with lines, freight and discount goes through intake; asked is what it then says."""
    goods = m.goods_of(world, rng, params["lines"])
    lines = [
        IncomingLine(one.code, one.name.zh, quantity, one.list_price_cents)
        for one, quantity in zip(goods, _quantities(rng, len(goods)), strict=True)
    ]
    shipping, discount = rng.randrange(600, 2_600, 100), rng.randrange(500, 900, 10)
    order = m.order_from(
        world,
        rng,
        m.buyer_of(world, rng),
        lines,
        goods[0].currency,
        shipping_cents=shipping,
        discount_cents=discount,
    )
    unpaid = params["ask"] == "open"
    if unpaid:
        order = m.paid(order, (rng.choice(m.MEANS)[0], round(m.total_of(order) * rng.uniform(0.3, 0.8))))
    row = m.received(world, order)
    rows = [
        (same(one.code), one.name, *m.words(str(line.quantity), m.amount(line.unit_price_cents)))
        for one, line in zip(goods, lines, strict=True)
    ]
    blank = same("")
    rows.append((blank, Prose("Freight", "运费"), blank, same(m.amount(row.shipping_cents))))
    rows.append((blank, Prose("Discount", "优惠"), blank, same("−" + m.amount(row.discount_cents))))
    if unpaid:
        rows.append((blank, Prose("Received so far", "已收款"), blank, same(m.amount(row.paid_cents))))
    exhibit = Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (
            same("SKU"),
            Prose("Article", "商品"),
            Prose("Quantity", "数量"),
            Prose("Unit price (CNY)", "单价（元）"),
        ),
        tuple(rows),
    )
    return Built("numeric", _stem(unpaid), _answer(row, unpaid), exhibit)


def _quantities(rng: random.Random, count: int) -> list[int]:
    """Quantities of 1 to 6, at least one above 1, so that forgetting to multiply shows."""
    quantities = [rng.randint(1, 6) for _ in range(count)]
    quantities[rng.randrange(count)] = rng.randint(2, 6)
    return quantities


def _stem(unpaid: bool) -> Prose:
    if unpaid:
        return Prose(
            "The order below was paid in part. How much is still to be paid before it can be confirmed?",
            "下面的订单只付了一部分款。还需付多少元，订单才能确认？",
        )
    return Prose(
        "An order comes in with these lines. What does the buyer have to pay in total?",
        "收到如下订单。买家一共应付多少元？",
    )


def _answer(row: Any, unpaid: bool) -> Numeric:
    goods, shipping, discount = row.items_cents, row.shipping_cents, row.discount_cents
    paid = row.paid_cents if unpaid else 0
    key = row.total_cents - paid
    less_paid = Prose(", less what was received", "，再减已收款") if unpaid else Prose("", "")
    minus_paid = f" − {m.amount(paid)}" if unpaid else ""
    sum_text = f"{m.amount(goods)} + {m.amount(shipping)} − {m.amount(discount)}{minus_paid} = {m.amount(key)}"
    mistakes = {
        key + discount: Prose("The discount was not taken off.", "没有减去优惠。"),
        key - shipping: Prose("The freight was left out.", "漏加了运费。"),
        key + 2 * discount: Prose("The discount was added instead of taken off.", "把优惠加了上去，应当减去。"),
    }
    if unpaid:
        mistakes[row.total_cents] = Prose(
            "This is the total of the whole order; what has been received comes off.", "这是订单总额，还应减去已收款。"
        )
    return Numeric(
        answer=key / 100,
        tolerance=0.005,
        unit=YUAN,
        reason=Prose(
            f"Quantity × unit price over all lines, plus freight, less discount{less_paid.en}: {sum_text}.",
            f"各行数量 × 单价之和，加运费，减优惠{less_paid.zh}：{sum_text}。",
        ),
        near=tuple(Near(value / 100, 0.005, 0.25, reason) for value, reason in mistakes.items() if value != key),
    )


MODEL = ItemModel("order_total", {"ask": ("total", "open"), "lines": (3, 2, 4, 5)}, build)
