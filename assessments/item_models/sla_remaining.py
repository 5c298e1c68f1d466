"""How much of the time to hand an order over is left."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice, Near, Numeric, Option
from core.channels.incoming import IncomingLine
from core.context import Context
from core.services.parameters import promises

_QUARTER = 900


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A paid order is taken in; asked is how long it may still stay in the house at a later moment."""
    (goods,) = m.goods_of(world, rng, 1)
    order = m.order_from(
        world,
        rng,
        m.buyer_of(world, rng),
        [IncomingLine(goods.code, goods.name.zh, 1, goods.list_price_cents)],
        goods.currency,
    )
    paid_at = world.now - world.now % _QUARTER - rng.randrange(60) * _QUARTER
    row = m.received(world.at(paid_at), m.paid(order, ("alipay", m.total_of(order))))
    limit = row.ship_by_at
    verdict = params["ask"] == "verdict"
    overdue = verdict and rng.random() < 0.5
    gap = rng.randint(2, 70) * _QUARTER
    now = limit + gap if overdue else limit - gap
    rows = [
        (Prose("Paid", "付款时间"), same(m.moment(world, row.paid_at))),
        (
            Prose("Promise: hand over within", "承诺：付款后几小时内交运"),
            Prose(f"{promises().ship_by_hours} h", f"{promises().ship_by_hours} 小时"),
        ),
        (Prose("Now", "现在"), same(m.moment(world, now))),
    ]
    exhibit = Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (Prose("Fact", "项目"), Prose("Value", "内容")),
        tuple(rows),
    )
    if verdict:
        stem = Prose("Is this order within its time to be handed over?", "该订单是否仍在交运时限内？")
        return Built("single", stem, _choice(gap, overdue, m.moment(world, limit), rng), exhibit)
    stem = Prose(
        "How many hours are left to hand this order over to the carrier? (15 minutes are 0.25 hours.)",
        "距离该订单的最晚交运时间，还剩多少小时？（15 分钟记作 0.25 小时）",
    )
    return Built("numeric", stem, _number(gap, row.paid_at, now, m.moment(world, limit)), exhibit)


def _number(gap: int, paid_at: int, now: int, limit: str) -> Numeric:
    key, elapsed = gap / 3_600, (now - paid_at) / 3_600
    near = []
    if elapsed != key:
        near.append(
            Near(
                elapsed,
                0.01,
                0.25,
                Prose("This is the time that has passed, not the time left.", "这是已经过去的时间，不是剩余时间。"),
            )
        )
    return Numeric(
        answer=key,
        tolerance=0.02,
        unit=Prose("hours", "小时"),
        reason=Prose(
            f"The clock starts with the payment and ends on {limit}; from now until then it is {key:g} "
            f"{'hour' if key == 1 else 'hours'}.",
            f"从付款开始计时，{limit} 截止；从现在到截止还有 {key:g} 小时。",
        ),
        near=tuple(near),
    )


def _span(seconds: int) -> Prose:
    hours, minutes = divmod(seconds // 60, 60)
    return Prose(f"{hours} h {minutes:02d} min", f"{hours} 小时 {minutes:02d} 分")


def _choice(gap: int, overdue: bool, limit: str, rng: random.Random) -> Choice:
    day = 24 * 3_600
    spans = [(overdue, gap), (not overdue, gap)]
    for late in (overdue, not overdue):
        other = gap
        while other == gap or other <= 0:
            other = rng.choice([day - gap, gap + 3_600, gap - 3_600, gap + 2 * 3_600])
        spans.append((late, other))
    said = Prose(f"The limit is {limit}.", f"截止时间是 {limit}。")
    options = []
    for name, (late, span) in zip("abcd", spans, strict=True):
        length = _span(span)
        right = (late, span) == (overdue, gap)
        text = (
            Prose(f"Overdue by {length.en}", f"已超时 {length.zh}")
            if late
            else Prose(f"In time, {length.en} left", f"未超时，还剩 {length.zh}")
        )
        why = (
            Prose("It is counted from the payment, by day and by night.", "从付款时刻起昼夜连续计算。")
            if right
            else Prose("Count again from the payment to now.", "请从付款时刻到现在重新计算。")
        )
        reason = Prose(f"{said.en} {why.en}", f"{said.zh}{why.zh}")
        options.append(Option(name, text, 1.0 if right else 0.0, reason))
    return Choice(tuple(options), several=False)


MODEL = ItemModel("sla_remaining", {"ask": ("hours", "verdict")}, build)
