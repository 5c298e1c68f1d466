"""What goes wrong when lines are joined to orders: amounts of an order stand there once per line."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import ORDERS, number
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose
from assessments.questions import Numeric
from core.channels.incoming import IncomingLine
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Order:
    """An order as the join repeats it. Units: cents."""

    number: str
    lines: Sequence[tuple[str, int]]
    freight_cents: int

    @property
    def goods_cents(self) -> int:
        return sum(cents for _, cents in self.lines)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Three to five orders of one to three lines, joined; asked is a figure of the orders."""
    orders = _orders(world, rng)
    exhibit = Exhibit(
        Prose("Lines joined to their orders", "明细与订单合并后的表"),
        (
            Prose("Order", "订单"),
            Prose("Article", "商品"),
            Prose("Line amount (CNY)", "明细金额（元）"),
            Prose("Freight of the order (CNY)", "订单运费（元）"),
        ),
        tuple(
            m.words(order.number, code, m.amount(cents), m.amount(order.freight_cents))
            for order in orders
            for code, cents in order.lines
        ),
    )
    stem, answer = {"freight": _freight, "orders": _count, "mean": _mean}[params["ask"]](orders)
    return Built("numeric", stem, answer, exhibit)


def _orders(world: Context, rng: random.Random) -> list[_Order]:
    """Orders that the product's own intake took in, so that their freight is what it kept."""
    counts = [*rng.sample((1, 2, 3), 3), *rng.choices((1, 2), k=rng.randint(0, 2))]
    goods = m.goods_of(world, rng, sum(counts))
    freights = rng.sample(range(500, 2_100, 100), len(counts))
    found = []
    for count, freight in zip(counts, freights, strict=True):
        chosen, goods = goods[:count], goods[count:]
        lines = [IncomingLine(one.code, one.name.zh, rng.randint(1, 3), one.list_price_cents) for one in chosen]
        order = m.order_from(world, rng, m.buyer_of(world, rng), lines, chosen[0].currency, shipping_cents=freight)
        row = m.received(world, order)
        shown = [(line.sku_code, line.quantity * line.unit_price_cents) for line in lines]
        found.append(_Order(row.number[-6:], shown, row.shipping_cents))
    return found


def _freight(orders: Sequence[_Order]) -> tuple[Prose, Numeric]:
    key = sum(order.freight_cents for order in orders)
    doubled = sum(order.freight_cents * len(order.lines) for order in orders)
    sums = " + ".join(m.amount(order.freight_cents) for order in orders)
    stem = Prose("What is the total **freight** of the orders in the table?", "表中这些订单的**运费**合计是多少？")
    return stem, number(
        key / 100,
        YUAN,
        Prose(
            f"Freight belongs to the order and counts once per order: {sums} = {m.amount(key)}.",
            f"运费属于订单，每单只计一次：{sums} = {m.amount(key)}。",
        ),
        {
            doubled / 100: Prose(
                "The column was added up; orders of several lines were counted several times.",
                "直接加了整列，多行明细的订单被重复计算。",
            ),
            sum({order.freight_cents for order in orders[:-1]}) / 100: Prose(
                "An order is missing from the sum.", "漏了一张订单。"
            ),
        },
        tolerance=0.005,
    )


def _count(orders: Sequence[_Order]) -> tuple[Prose, Numeric]:
    lines = sum(len(order.lines) for order in orders)
    stem = Prose(
        f"A pivot table of these rows counts the column “Order” and shows {lines}. How many **orders** "
        "are there really?",
        f"用这些行做透视表，对“订单”列计数，显示 {lines}。实际有多少张**订单**？",
    )
    return stem, number(
        len(orders),
        ORDERS,
        Prose(
            f"It counted rows. Different order numbers: {len(orders)}.",
            f"它数的是行。不同的订单号有 {len(orders)} 个。",
        ),
        {
            lines: Prose("That is the number of lines.", "这是明细的行数。"),
            sum(len(order.lines) == 1 for order in orders): Prose(
                "Orders of several lines are orders, too.", "有多行明细的订单也是订单。"
            ),
        },
    )


def _mean(orders: Sequence[_Order]) -> tuple[Prose, Numeric]:
    total = sum(order.goods_cents for order in orders)
    lines = sum(len(order.lines) for order in orders)
    freight = sum(order.freight_cents for order in orders)
    key = round(total / len(orders) / 100, 2)
    stem = Prose(
        "What is the mean goods value of an **order**, freight not included (to two decimal places)?",
        "每张**订单**的平均商品金额（不含运费）是多少（保留两位小数）？",
    )
    return stem, number(
        key,
        YUAN,
        Prose(
            f"All line amounts by the number of orders: {m.amount(total)} / {len(orders)} = {key:,.2f}.",
            f"明细金额合计除以订单数：{m.amount(total)} / {len(orders)} = {key:,.2f}。",
        ),
        {
            round(total / lines / 100, 2): Prose(
                "Divided by the rows: that is the mean of a line.", "除以了行数，得到的是每行明细的平均。"
            ),
            round((total + freight) / len(orders) / 100, 2): Prose("Freight was added.", "把运费加进去了。"),
        },
        tolerance=0.011,
    )


MODEL = ItemModel("joined_rows", {"ask": ("freight", "orders", "mean")}, build)
