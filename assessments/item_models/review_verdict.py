"""What the automatic review does with an order, and why."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import REASON_NAMES
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice, Option
from core.channels.incoming import IncomingLine, IncomingOrder
from core.context import Context
from core.domain.orders import Reason
from core.domain.places import PROVINCE_BY_CODE
from core.services.intake import reviewed
from core.services.order_rows import load_order
from core.services.parameters import review_policy
from core.services.stock import available_units, receive_stock

PASSES = "none"
_FAULTS = (Reason.ADDRESS, Reason.PHONE, Reason.PRICE, Reason.QUANTITY, Reason.STOCK, Reason.PAYMENT)

CHECKS: Mapping[Reason, Prose] = {
    Reason.ADDRESS: Prose(
        "Recipient, province, city and a street with a number have to be there and fit together.",
        "收件人、省份、城市和带门牌号的街道必须齐全且相互一致。",
    ),
    Reason.PHONE: Prose(
        "A mobile number has 11 digits and begins with 13 to 19.", "手机号应为 11 位，以 13 至 19 开头。"
    ),
    Reason.PRICE: Prose(
        "The unit price may differ from the list price only within the tolerance.",
        "单价与标价的差异只能在容差范围内。",
    ),
    Reason.QUANTITY: Prose(
        "An order may hold no more units of one article than the limit says.",
        "同一商品在一张订单中的数量不得超过规定上限。",
    ),
    Reason.STOCK: Prose(
        "Every line needs as many units available as were ordered.", "每一行的可用库存都不得少于订购数量。"
    ),
    Reason.PAYMENT: Prose(
        "What was paid has to equal the order's total, to the cent.", "付款金额必须与订单总额分毫不差。"
    ),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An order with one fault or none goes through intake; asked is what the review found."""
    wanted = params["reason"]
    if wanted == "any":
        wanted = rng.choice([*(reason.value for reason in _FAULTS), PASSES])
    buyer = m.buyer_of(world, rng)
    goods = _scarcest(world, m.goods_of(world, rng, 6), m.warehouse_for(world, buyer.region))
    tolerance = review_policy().price_tolerance
    price = round(goods.list_price_cents * (1 + rng.uniform(-0.6, 0.6) * tolerance) / 10) * 10
    line = IncomingLine(goods.code, goods.name.zh, rng.randint(1, 3), price)
    order = m.order_from(world, rng, buyer, [line], goods.currency, shipping_cents=rng.choice([0, 800, 1_200]))
    warehouse_id = m.warehouse_for(world, order.region)
    arrived = rng.randint(5, 20) + (_most_units() if wanted == Reason.QUANTITY else 0)
    receive_stock(world, goods.id, warehouse_id, arrived, goods.list_price_cents // 2)
    order = with_fault(world, rng, order, Reason(wanted) if wanted != PASSES else None, goods)
    row = m.received(world, order)
    found = tuple(Reason(reason) for reason in row.exceptions.split(",") if reason)
    return Built(
        "single",
        Prose(
            "The order below comes in; nothing else is known about it. What does the automatic review do?",
            "收到下面这张订单，没有其他相关信息。自动审核会如何处理？",
        ),
        _choice(found, rng),
        _exhibit(world, row.id, goods),
    )


def _most_units() -> int:
    return review_policy().most_units + 30


def _scarcest(world: Context, goods: list[m.Goods], warehouse_id: int) -> m.Goods:
    """The article of which least lies there: more than there is may be ordered without being unusually much."""
    return min(goods, key=lambda one: (available_units(world, one.id, warehouse_id), one.id))


def with_fault(
    world: Context, rng: random.Random, order: IncomingOrder, fault: Reason | None, goods: m.Goods
) -> IncomingOrder:
    """The order, paid, with one fault that the review finds, or none."""
    line = order.lines[0]
    if fault is Reason.ADDRESS:
        order = replace(order, street="".join(c for c in order.street if not c.isdigit())[:3])
    elif fault is Reason.PHONE:
        order = replace(order, buyer_phone=rng.choice([order.buyer_phone[:-1], "2" + order.buyer_phone[1:]]))
    elif fault is Reason.PRICE:
        factor = 1 + rng.choice([-1, 1]) * review_policy().price_tolerance * rng.uniform(2.5, 5)
        line = line._replace(unit_price_cents=round(goods.list_price_cents * factor / 10) * 10)
    elif fault is Reason.QUANTITY:
        line = line._replace(quantity=review_policy().most_units + rng.randint(1, 20))
    elif fault is Reason.STOCK:
        free = available_units(world, goods.id, m.warehouse_for(world, order.region))
        line = line._replace(quantity=free + rng.randint(1, 6))
    order = replace(order, lines=(line,))
    due = m.total_of(order)
    if fault is Reason.PAYMENT:
        due -= rng.randrange(100, min(due, 2_000), 10)
    return m.paid(order, (rng.choice(m.MEANS)[0], due))


def _exhibit(world: Context, order_id: int, goods: m.Goods) -> Exhibit:
    row = load_order(world, order_id)
    seen = reviewed(world, row).lines[0]
    province = PROVINCE_BY_CODE[row.region]
    # Units that this very order has reserved were available when it was reviewed.
    free = seen.available + (seen.quantity if row.status == "allocated" else 0)
    facts = (
        (Prose("Recipient", "收件人"), same(row.buyer_name)),
        (Prose("Phone", "电话"), same(row.buyer_phone)),
        (Prose("Province", "省份"), Prose(province.name_en, province.name_zh)),
        (
            Prose("City, district", "城市、区县"),
            Prose(f"{m.city_name(row.city).en}, {row.district}", f"{row.city} {row.district}"),
        ),
        (Prose("Street", "街道"), same(row.street)),
        (Prose("Postcode", "邮编"), same(row.postcode)),
        (Prose("Article", "商品"), goods.name),
        (Prose("Quantity", "数量"), same(str(seen.quantity))),
        (Prose("Available in the warehouse", "仓库可用库存"), same(str(free))),
        (Prose("Unit price (CNY)", "单价（元）"), same(m.amount(seen.unit_price_cents))),
        (Prose("List price (CNY)", "标价（元）"), same(m.amount(goods.list_price_cents))),
        (Prose("Limit of units per article", "同一商品数量上限"), same(str(review_policy().most_units))),
        (
            Prose("Price tolerance", "价格容差"),
            Prose(f"± {100 * review_policy().price_tolerance:.0f}%", f"± {review_policy().price_tolerance:.0%}"),
        ),
        (Prose("Total with freight (CNY)", "含运费总额（元）"), same(m.amount(row.total_cents))),
        (Prose("Paid (CNY)", "已付款（元）"), same(m.amount(row.paid_cents))),
    )
    return Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (Prose("Fact", "项目"), Prose("Value", "内容")),
        facts,
    )


def _choice(found: tuple[Reason, ...], rng: random.Random) -> Choice:
    key = found[0] if found else None
    others = [reason for reason in _FAULTS if reason not in found]
    shown: list[Reason | None] = [key, *rng.sample(others, 2 if key else 3)]
    if key is not None:
        shown.append(None)
    options = []
    for name, reason in zip("abcd", shown, strict=True):
        right = reason == key
        options.append(Option(name, _text(reason), 1.0 if right else 0.0, _why(reason, right, key)))
    return Choice(tuple(options), several=False)


def kept(check: Prose) -> Prose:
    """Why a check is not what stopped the order."""
    return Prose(f"{check.en} That is the case here.", f"{check.zh}本单符合。")


def broken(check: Prose) -> Prose:
    """Why a check is what stopped the order."""
    return Prose(f"{check.en} That isn't the case here.", f"{check.zh}本单不符合。")


def _text(reason: Reason | None) -> Prose:
    if reason is None:
        return Prose("It passes and is confirmed", "审核通过并确认")
    name = REASON_NAMES[reason]
    return Prose(f"It stops: {name.en}", f"拦截：{name.zh}")


def _why(reason: Reason | None, right: bool, key: Reason | None) -> Prose:
    if reason is None:
        if right:
            return Prose(
                "Address, phone, price, quantity, stock and payment are all in order.",
                "地址、电话、价格、数量、库存和付款均无问题。",
            )
        assert key is not None
        check = CHECKS[key]
        return Prose(f"Something stops it. {check.en}", f"有一项不符合要求。{check.zh}")
    check = CHECKS[reason]
    if right:
        return broken(check)
    return kept(check)


MODEL = ItemModel("review_verdict", {"reason": ("any", PASSES, *(reason.value for reason in _FAULTS))}, build)
