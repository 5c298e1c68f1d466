"""What goes back for a part of an order, and what an exchange costs or gives back."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.db.world_tables import sku
from core.domain.reductions import Sums, reduced, refund_due


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A paid order with a discount of which a part comes back; asked is the refund, or the difference to another."""
    goods = m.goods_of(world, rng, 3)
    quantities = [rng.randint(2, 4), rng.randint(1, 3)]
    items = sum(one.list_price_cents * count for one, count in zip(goods, quantities, strict=False))
    sums = Sums(items, rng.choice((0, 800, 1_000, 1_200)), items * rng.randint(5, 18) // 100 // 100 * 100)
    back = 1 if params["ask"] == "exchange" else rng.randint(1, quantities[0] - 1)
    after, _ = reduced(
        sums,
        quantity=quantities[0],
        cancelled=back,
        unit_price_cents=goods[0].list_price_cents,
        freight_cents=0,
    )
    refund = refund_due(sums.total_cents, sums.total_cents, after.total_cents)
    exhibit = _order(goods, quantities, sums)
    if params["ask"] == "exchange":
        goods[2] = _instead(world, rng, goods)
        old, new, price = goods[0].name, goods[2].name, m.amount(goods[2].list_price_cents)
        stem = Prose(
            f"The buyer changed their mind: one “{old.en}” comes back in exchange for one “{new.en}”, which costs "
            f"{price} yuan. How much does the buyer still have to pay, in yuan? (Type a negative number if "
            "money goes back.)",
            f"买家改变主意：退回一件“{old.zh}”，换一件“{new.zh}”（单价 {price} 元）。买家需补多少元？（若应退给买家，"
            "请填负数。）",
        )
        return Built("numeric", stem, _exchange(goods, refund), exhibit)
    stem = Prose(
        f"Of {quantities[0]} units of “{goods[0].name.en}”, {back} {'comes' if back == 1 else 'come'} back without a "
        "reason; everything else is kept. How much is refunded, in yuan?",
        f"“{goods[0].name.zh}”共 {quantities[0]} 件，无理由退回 {back} 件，其余保留。应退多少元？",
    )
    return Built("numeric", stem, _part(goods[0], back, sums, refund), exhibit)


def _instead(world: Context, rng: random.Random, goods: list[m.Goods]) -> m.Goods:
    """The first one in another make and at another price, else another article of its kind, else the third one."""
    kind = select(sku.c.category).where(sku.c.id == goods[0].id).scalar_subquery()
    rows = world.db.execute(
        select(sku)
        .where(
            sku.c.category == kind,
            sku.c.currency == goods[0].currency,
            sku.c.list_price_cents.between(900, 90_000),
            sku.c.list_price_cents != goods[0].list_price_cents,
            sku.c.name_en != goods[1].name.en,
        )
        .order_by(sku.c.id)
    ).all()
    if not rows:
        return goods[2]
    own = goods[0].name.en.split(",")[0]
    row = rng.choice([one for one in rows if one.name_en.split(",")[0] == own] or rows)
    return m.Goods(row.id, row.code, Prose(row.name_en, row.name_zh), row.list_price_cents, row.currency)


def _order(goods: list[m.Goods], quantities: list[int], sums: Sums) -> Exhibit:
    rows = [
        (one.name, same(str(count)), same(m.amount(one.list_price_cents)))
        for one, count in zip(goods, quantities, strict=False)
    ]
    rows += [
        (Prose("Freight of the whole order", "整单运费"), same(""), same(m.amount(sums.shipping_cents))),
        (Prose("Discount of the whole order", "整单优惠"), same(""), same("−" + m.amount(sums.discount_cents))),
        (Prose("Paid", "实付"), same(""), same(m.amount(sums.total_cents))),
    ]
    return Exhibit(
        Prose("Order (CNY)", "订单（元）"),
        (Prose("Line", "明细"), Prose("Quantity", "数量"), Prose("Unit price or amount", "单价/金额")),
        tuple(rows),
    )


def _part(goods: m.Goods, back: int, sums: Sums, refund: int) -> Numeric:
    worth = back * goods.list_price_cents
    share = worth - refund
    mistakes = (
        (worth, 0.25, Prose("Their share of the discount comes off.", "要扣除应分摊的优惠。")),
        (
            worth - sums.discount_cents,
            0.0,
            Prose("Only their share of the discount comes off.", "只扣应分摊的部分，而不是全部优惠。"),
        ),
        (
            refund + sums.shipping_cents,
            0.25,
            Prose("The rest is kept, and the parcel travelled: freight stays.", "其余保留，包裹已走过一趟，运费不退。"),
        ),
        (sums.total_cents, 0.0, Prose("Only a part comes back.", "只退回了一部分。")),
    )
    sum_text = f"{m.amount(worth)} − {m.amount(share)} = {m.amount(refund)}"
    ratio = f"{m.amount(sums.discount_cents)} × {m.amount(worth)} ÷ {m.amount(sums.items_cents)} = {m.amount(share)}"
    return Numeric(
        refund / 100,
        0.011,
        YUAN,
        Prose(f"Share of the discount: {ratio}. Refund: {sum_text}.", f"应分摊的优惠：{ratio}。退款：{sum_text}。"),
        nears(refund / 100, 0.011, [(value / 100, worth_, why) for value, worth_, why in mistakes]),
    )


def _exchange(goods: list[m.Goods], refund: int) -> Numeric:
    old, new = goods[0].list_price_cents, goods[2].list_price_cents
    key = new - refund
    mistakes = (
        (
            new - old,
            0.25,
            Prose(
                "Less than its price was paid for the old one: a share of the discount comes off.",
                "旧商品实付低于单价，其中有优惠分摊。",
            ),
        ),
        (refund - new, 0.0, Prose("Subtracted the wrong way round.", "减反了。")),
        (new, 0.0, Prose("What was paid for the old one comes off.", "旧商品已付的金额要抵扣。")),
        (
            0,
            0.0,
            Prose(
                "An exchange isn't a present: the new line has its own price.", "换货不是赠送，新明细按它自己的价格计。"
            ),
        ),
    )
    return Numeric(
        key / 100,
        0.011,
        YUAN,
        Prose(
            f"New price less what was paid for the old one: {m.amount(new)} − {m.amount(refund)} = {m.amount(key)}.",
            f"新商品价格减旧商品实付：{m.amount(new)} − {m.amount(refund)} = {m.amount(key)}。",
        ),
        nears(key / 100, 0.011, [(value / 100, worth, why) for value, worth, why in mistakes]),
    )


MODEL = ItemModel("part_refund", {"ask": ("part", "exchange")}, build)
