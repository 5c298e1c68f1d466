"""A rush on one article: an order every hour, until the shelf can't serve them all."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built
from assessments.item_models.stock_after import UNITS, units
from assessments.prose import Prose, same
from assessments.questions import Choice, Near, Numeric, Option
from core.channels.incoming import IncomingLine
from core.context import Context
from core.domain.orders import Status
from core.domain.stock import Account
from core.services.stock import receive_stock

_HOUR = 3_600
_HOURS = 7


@dataclass(frozen=True, slots=True)
class _Rush:
    """What happened. Shape: `hours`, `wanted` and `served` run in parallel, hour by hour."""

    goods: m.Goods
    hours: Sequence[str]
    wanted: Sequence[int]
    served: Sequence[bool]
    before: int
    after: int

    @property
    def first_stopped(self) -> int:
        """Place of the first order that couldn't be served."""
        return self.served.index(False)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Paid orders for one article go through intake hour by hour; asked is what stock could and couldn't serve."""
    rush = _run(world, rng)
    goods = rush.goods
    situation = Prose(
        f"A short video made an article popular overnight: {goods.name.en} ({goods.code}). The chart shows what was "
        "ordered: one order came in each hour, and each was paid at once and without fault. At the start "
        f"{rush.before} units were available in the warehouse that all of them are planned for; nothing was received "
        "in between.",
        f"一段短视频一夜之间带火了一款商品：{goods.name.zh}（{goods.code}）。图中为每小时的订购数量：每小时进来一张订单，均即时付款且信息无误。"
        f"开始时，负责这些订单的仓库有 {rush.before} 件可用库存，其间没有到货。",
    )
    chart = Exhibit(
        Prose("Units ordered, hour by hour", "每小时订购数量"),
        (Prose("Hour", "时间"), Prose("Units", "件数")),
        tuple((same(hour), same(str(count))) for hour, count in zip(rush.hours, rush.wanted, strict=True)),
        chart=BARS,
    )
    questions = {
        "hour": Built("single", *_hour(rush, rng)),
        "left": Built("numeric", *_left(rush)),
        "share": Built("numeric", *_share(rush)),
        "act": Built("single", *_act()),
    }
    return BuiltCase(situation, (chart,), questions)


def _run(world: Context, rng: random.Random) -> _Rush:
    buyer = m.buyer_of(world, rng)
    home = m.warehouse_for(world, buyer.region)
    goods = min(m.goods_of(world, rng, 6), key=lambda one: units(world, one.id, home, Account.AVAILABLE))
    start = world.now - world.now % _HOUR - _HOURS * _HOUR
    receive_stock(world.at(start - 86_400), goods.id, home, rng.randint(25, 45), goods.list_price_cents // 2)
    before = units(world, goods.id, home, Account.AVAILABLE)
    wanted = _wanted(rng, before)
    served = []
    for place, quantity in enumerate(wanted):
        at = world.at(start + place * _HOUR + rng.randint(1, 59) * 60)
        line = IncomingLine(goods.code, goods.name.zh, quantity, goods.list_price_cents)
        order = m.order_from(at, rng, m.buyer_of(at, rng), [line], goods.currency)
        order.region, order.city, order.district = buyer.region, buyer.city, buyer.district
        order.street, order.postcode = buyer.street, buyer.postcode
        row = m.received(at, m.paid(order, ("alipay", m.total_of(order))))
        served.append(m.row_of(at, row.id).status == Status.ALLOCATED)
    hours = [m.moment(world, start + place * _HOUR)[-5:] for place in range(_HOURS)]
    return _Rush(goods, hours, wanted, served, before, units(world, goods.id, home, Account.AVAILABLE))


def _wanted(rng: random.Random, available: int) -> list[int]:
    """Units per hour that rise: one order can't be served though a smaller one after it can."""
    while True:
        wanted = [max(1, round(available * rng.uniform(0.08, 0.16) * (1 + place / 4))) for place in range(_HOURS - 1)]
        wanted.insert(rng.randint(4, _HOURS - 1), max(1, available // 12))
        left, served = available, []
        for quantity in wanted:
            served.append(quantity <= left)
            left -= quantity if served[-1] else 0
        if False in served and True in served[served.index(False) :] and left > 0 and max(wanted) <= 45:
            return wanted


def _hour(rush: _Rush, rng: random.Random) -> tuple[Prose, Choice]:
    key = rush.first_stopped
    others = [place for place in range(_HOURS) if place != key]
    near = [place for place in others if abs(place - key) <= 2]
    shown = sorted([key, *rng.sample(near if len(near) >= 3 else others, 3)])
    options = []
    for name, place in zip("abcd", shown, strict=True):
        left = rush.before - sum(q for q, ok in zip(rush.wanted[:place], rush.served, strict=False) if ok)
        found = Prose(
            f"Available then: {left}. Ordered: {rush.wanted[place]}.",
            f"当时可用 {left} 件，订购 {rush.wanted[place]} 件。",
        )
        if place > key and not rush.served[place]:
            found = Prose(
                f"{found.en} This order stopped too, but it wasn't the first.", f"{found.zh}也被拦截，但不是第一张。"
            )
        options.append(Option(name, same(rush.hours[place]), float(place == key), found))
    return (
        Prose(
            "In which hour did the **first** order come in that the review stopped for lack of stock?",
            "**第一张**因库存不足被拦截的订单出现在哪个小时？",
        ),
        Choice(tuple(options), several=False),
    )


def _left(rush: _Rush) -> tuple[Prose, Numeric]:
    taken = [quantity for quantity, ok in zip(rush.wanted, rush.served, strict=True) if ok]
    up_to_first = rush.before - sum(rush.wanted[: rush.first_stopped])
    mistakes = {
        up_to_first: Prose(
            "A smaller order that came later could still be served.", "之后到达的较小订单仍然可以满足。"
        ),
        0: Prose("An order that can't be served in full reserves nothing.", "无法足额满足的订单一件也不预留。"),
        rush.before - sum(rush.wanted): Prose("Available never falls below zero.", "可用库存不会低于零。"),
    }
    sum_text = f"{rush.before}{''.join(f' − {one}' for one in taken)} = {rush.after}"
    return (
        Prose(
            "How many units are **available** after the last of these orders?",
            "最后一张订单之后，**可用**库存是多少件？",
        ),
        Numeric(
            rush.after,
            0,
            UNITS,
            Prose(
                f"Each order that can be served in full reserves its units, the others none: {sum_text}.",
                f"能足额满足的订单预留相应数量，其余一件也不预留：{sum_text}。",
            ),
            tuple(Near(value, 0, 0.0, why) for value, why in mistakes.items() if value != rush.after),
        ),
    )


def _share(rush: _Rush) -> tuple[Prose, Numeric]:
    served, every = sum(rush.served), len(rush.served)
    taken = sum(quantity for quantity, ok in zip(rush.wanted, rush.served, strict=True) if ok)
    key, by_units = 100 * served / every, 100 * taken / sum(rush.wanted)
    near = Near(
        round(by_units, 2),
        0.06,
        0.25,
        Prose(
            "This is the share of units; asked for is the share of orders.",
            "这是按件数计算的比例；题目问的是订单比例。",
        ),
    )
    return (
        Prose(
            "What share of the **orders** passed the review at once, in per cent to one decimal place?",
            "一次通过审核的**订单**占百分之多少（保留一位小数）？",
        ),
        Numeric(
            round(key, 2),
            0.06,
            same("%"),
            Prose(
                f"{served} of {every} orders passed: {key:.1f}%.", f"{every} 张订单中有 {served} 张通过：{key:.1f}%。"
            ),
            (near,) if abs(by_units - key) > 0.2 else (),
        ),
    )


def _act() -> tuple[Prose, Choice]:
    parts = (
        (
            Prose(
                "Have more bought in or moved in, tell the buyers by when, and go on with the orders once it is there",
                "请运营采购或调拨补货，告知买家什么时候能发，到货后继续处理这些订单",
            ),
            Prose(
                "Nobody is promised what isn't there, and every buyer hears from us before having to ask.",
                "不承诺没有的货，也赶在买家来问之前告知。",
            ),
        ),
        (
            Prose(
                "Take units away from smaller orders that passed earlier, and give them to the larger order instead",
                "从先前已通过的小订单中抽出库存，优先满足数量较大的订单",
            ),
            Prose(
                "Their units are reserved. That would only move the shortage to buyers who came first.",
                "这些库存已预留。这样只会把缺货转嫁给先下单的买家。",
            ),
        ),
        (
            Prose(
                "Correct the stock figure upwards by what is missing, so that the review lets these orders pass",
                "按缺口把库存数字调高，让自动审核放行这些订单",
            ),
            Prose(
                "An adjustment needs a reason found on the shelf; invented stock ends in orders nobody can pick.",
                "库存调整须有实物依据；虚增库存只会产生无法拣货的订单。",
            ),
        ),
        (
            Prose(
                "Cancel the orders that were stopped and refund the money at once, since more may never come in",
                "把被拦截的订单全部取消并立即退款，因为可能不会再到货",
            ),
            Prose(
                "Many buyers gladly wait if they are given a date; nobody's order is cancelled unasked.",
                "只要给出日期，许多买家愿意等待；不能不问就取消。",
            ),
        ),
    )
    options = tuple(
        Option(name, text, float(name == "a"), why) for name, (text, why) in zip("abcd", parts, strict=True)
    )
    return (
        Prose(
            "Not all of these orders could be served: at least one stopped for lack of stock. What is right?",
            "这些订单未能全部满足，有订单因库存不足被拦截。怎样处理才对？",
        ),
        Choice(options, several=False),
    )


MODEL = CaseModel("order_rush", ("hour", "left", "share", "act"), {}, build)
