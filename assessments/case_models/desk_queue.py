"""A morning at the order desk: six orders of the night, some of which the automatic review stopped."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.labels import REASON_NAMES
from assessments.item_models.model import Built
from assessments.item_models.review_verdict import CHECKS, broken, kept, with_fault
from assessments.item_models.stock_after import UNITS, units
from assessments.prose import Prose, same
from assessments.questions import Choice, Near, Numeric, Option
from core.channels.incoming import IncomingLine, IncomingOrder
from core.context import Context
from core.domain.orders import Reason, Status
from core.domain.places import PROVINCE_BY_CODE
from core.domain.stock import Account
from core.services.stock import receive_stock

_FAULTS = (Reason.ADDRESS, Reason.PHONE, Reason.PRICE, Reason.PAYMENT)
_QUARTER = 900
_MOST = 45  # units in an order that nobody takes for a slip of the finger

# What the clerk does with an order that stopped, by the reason of the review.
_REMEDY: Mapping[Reason, Prose] = {
    Reason.ADDRESS: Prose(
        "Ask the buyer for what is missing in the address, correct it in the order, and then confirm it",
        "向买家问清地址缺少的部分，在订单中更正后再确认",
    ),
    Reason.PHONE: Prose(
        "Ask the buyer in the shop's chat for the right number, correct it in the order, and then confirm",
        "通过店铺聊天向买家核实正确号码，在订单中更正后再确认",
    ),
    Reason.PRICE: Prose(
        "Leave it stopped, compare it with the promotions, and if none fits have shop and buyer clear it up",
        "保持拦截，对照促销活动核实价格；没有相符的活动，就与店铺和买家核清",
    ),
    Reason.PAYMENT: Prose(
        "Leave it unconfirmed, explain the amount to the buyer, and let the buyer pay what is still open",
        "暂不确认，向买家说明金额，请买家补足差额",
    ),
}

_ASKED_FIRST = Prose("Verify with the buyer, correct, confirm: in this order.", "先向买家核实，再更正，最后确认。")
_RIGHT_WAY: Mapping[Reason, Prose] = {
    Reason.ADDRESS: _ASKED_FIRST,
    Reason.PHONE: _ASKED_FIRST,
    Reason.PRICE: Prose(
        "The review compares with the list only. A promotion price is let pass with a note; any other is cleared up.",
        "审核只对照价目表。与活动价相符的写明理由放行，否则要先核清。",
    ),
    Reason.PAYMENT: Prose(
        "Payment can't be let pass: it has to agree with the total before the order goes on.",
        "付款问题不能放行：实付与应付相符之后，订单才能往下走。",
    ),
}


@dataclass(frozen=True, slots=True)
class _Night:
    """What came in. Shape: `rows` and `goods` in the order of arrival; the article in short supply came twice."""

    rows: Sequence[Row[Any]]
    goods: Sequence[m.Goods]
    lines: Sequence[IncomingLine]
    before: Mapping[int, int]
    left: int
    short: m.Goods

    @property
    def stopped(self) -> list[int]:
        """Places of the orders that the review stopped."""
        return [place for place, row in enumerate(self.rows) if row.exceptions]


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Six orders go through intake, three with a fault; asked is what stopped, why, and what is done first."""
    night = _received(world, rng, params["faults"])
    situation = Prose(
        f"It is {m.moment(world, world.now)}. Overnight six orders came in, one after the other, and went through the "
        "automatic review. You sit down at the order desk. Freight is free for all of them.",
        f"现在是 {m.moment(world, world.now)}。昨夜先后进来六张订单，都已经过自动审核。您刚到订单处理岗。"
        "六张订单均免运费。",
    )
    exhibits = (_orders(world, night), _receivers(night), _articles(night))
    odd = [place for place in night.stopped if _reason(night, place) is not Reason.STOCK]
    rng.shuffle(odd)  # where there are two, one question gives nothing away about the other
    questions = {
        "stopped": Built("numeric", *_count(night)),
        "why": Built("single", *_why(night, odd[0], rng)),
        "first": Built("single", *_first(world, night, rng)),
        "available": Built("numeric", *_left(night)),
        "next": Built("single", *_next(night, odd[-1])),
    }
    return BuiltCase(situation, exhibits, questions)


def _received(world: Context, rng: random.Random, faults_count: int) -> _Night:
    buyer = m.buyer_of(world, rng)
    home = m.warehouse_for(world, buyer.region)
    short, *others = sorted(m.goods_of(world, rng, 5), key=lambda one: units(world, one.id, home, Account.AVAILABLE))
    receive_stock(world.at(world.now - 86_400), short.id, home, rng.randint(4, 12), short.list_price_cents // 2)
    before = {short.id: units(world, short.id, home, Account.AVAILABLE)}
    first = rng.randint(max(2, before[short.id] - _MOST), min(before[short.id] - 1, _MOST))
    quantities = iter((first, before[short.id] - first + rng.randint(1, 4)))
    # The first order is stopped, so that the oldest one is not simply the one to hand over first.
    faults = rng.sample(_FAULTS, faults_count)
    wanted = iter((faults[0], *rng.sample([*faults[1:], None, None, None][:3], 3)))
    places = rng.sample(range(1, 6), 2)
    rows, shown, lines = [], [], []
    for place, age in enumerate(sorted(rng.sample(range(6, 48), 6), reverse=True)):
        at = world.at(world.now - age * _QUARTER)
        goods = short if place in places else others.pop()
        if place in places:
            order = _sound(at, rng, _neighbour(buyer, rng), goods, next(quantities))
            order = m.paid(order, ("alipay", m.total_of(order)))
        else:
            order = with_fault(at, rng, _stocked(at, rng, goods, before), next(wanted), goods)
        rows.append(m.received(at, order))
        shown.append(goods)
        lines.append(order.lines[0])
    left = units(world, short.id, home, Account.AVAILABLE)
    return _Night([m.row_of(world, row.id) for row in rows], shown, lines, before, left, short)


def _stocked(world: Context, rng: random.Random, goods: m.Goods, before: dict[int, int]) -> IncomingOrder:
    """A sound order for an article of which there is enough where it goes."""
    order = _sound(world, rng, m.buyer_of(world, rng), goods, rng.randint(1, 4))
    warehouse_id = m.warehouse_for(world, order.region)
    receive_stock(world, goods.id, warehouse_id, rng.randint(12, 40), goods.list_price_cents // 2)
    before[goods.id] = units(world, goods.id, warehouse_id, Account.AVAILABLE)
    return order


def _sound(world: Context, rng: random.Random, buyer: m.Buyer, goods: m.Goods, quantity: int) -> IncomingOrder:
    line = IncomingLine(goods.code, goods.name.zh, quantity, goods.list_price_cents)
    return m.order_from(world, rng, buyer, [line], goods.currency)


def _neighbour(buyer: m.Buyer, rng: random.Random) -> m.Buyer:
    """Somebody else in the same street."""
    street = re.sub(r"\d+", str(rng.randint(2, 180)), buyer.street, count=1)
    name = rng.choice("陈刘黄周吴徐孙胡朱高") + rng.choice(["静", "磊", "洋", "艳", "勇", "娟", "涛", "明", "超", "霞"])
    return replace(buyer, name=name, phone=m.fresh_phone(rng), street=street)


def _reason(night: _Night, place: int) -> Reason:
    return Reason(night.rows[place].exceptions.split(",")[0])


# ---- what is shown --------------------------------------------------------------------------------------------


def _named(place: int) -> Prose:
    return Prose(f"Order {place + 1}", f"{place + 1} 号订单")


def _orders(world: Context, night: _Night) -> Exhibit:
    rows = zip(night.rows, night.goods, night.lines, strict=True)
    return Exhibit(
        Prose("Orders of the night", "昨夜订单"),
        (
            Prose("Order", "订单"),
            Prose("Came in, paid", "到达并付款"),
            Prose("Article", "商品"),
            Prose("Units", "数量"),
            Prose("Unit price", "单价"),
            Prose("Paid", "已付款"),
        ),
        tuple(
            (
                _named(place),
                same(m.moment(world, row.received_at)),
                same(goods.code),
                *m.words(str(line.quantity), m.amount(line.unit_price_cents), m.amount(row.paid_cents)),
            )
            for place, (row, goods, line) in enumerate(rows)
        ),
    )


def _receivers(night: _Night) -> Exhibit:
    provinces = [PROVINCE_BY_CODE[row.region] for row in night.rows]
    return Exhibit(
        Prose("Where they go", "收件信息"),
        (
            Prose("Order", "订单"),
            Prose("Recipient", "收件人"),
            Prose("Phone", "电话"),
            Prose("Province, city", "省份、城市"),
            Prose("District, street", "区县、街道"),
        ),
        tuple(
            (
                _named(place),
                *m.words(row.buyer_name, row.buyer_phone),
                Prose(f"{province.name_en}, {m.city_name(row.city).en}", f"{province.name_zh}，{row.city}"),
                same(f"{row.district} {row.street}"),
            )
            for place, (row, province) in enumerate(zip(night.rows, provinces, strict=True))
        ),
    )


def _articles(night: _Night) -> Exhibit:
    goods = sorted({one.id: one for one in night.goods}.values(), key=lambda one: one.code)
    return Exhibit(
        Prose("Articles, with what was available before the night", "商品及昨夜之前的可用库存"),
        (
            Prose("Article", "商品"),
            Prose("Name", "名称"),
            Prose("List price", "标价"),
            Prose("Available", "可用"),
        ),
        tuple(
            (same(one.code), one.name, same(m.amount(one.list_price_cents)), same(str(night.before[one.id])))
            for one in goods
        ),
    )


# ---- what is asked --------------------------------------------------------------------------------------------


def _count(night: _Night) -> tuple[Prose, Numeric]:
    stopped = night.stopped
    named = Prose(
        "; ".join(f"Order {place + 1}: {REASON_NAMES[_reason(night, place)].en}" for place in stopped),
        "；".join(f"{place + 1} 号订单：{REASON_NAMES[_reason(night, place)].zh}" for place in stopped),
    )
    near = Near(
        len(stopped) - 1,
        0,
        0.0,
        Prose(
            "One is missing. Check stock in the order of arrival, and phone, street, price and payment of each order.",
            "少了一张。请按到达顺序核对库存，并逐一核对电话、街道、价格和付款。",
        ),
    )
    return (
        Prose(
            "How many of the six orders did the automatic review **stop**?", "六张订单中，有几张被自动审核**拦截**？"
        ),
        Numeric(len(stopped), 0, Prose("orders", "张"), Prose(f"{named.en}.", f"{named.zh}。"), (near,)),
    )


def _why(night: _Night, odd: int, rng: random.Random) -> tuple[Prose, Choice]:
    key = _reason(night, odd)
    others = [reason for reason in (*_FAULTS, Reason.STOCK) if reason is not key]
    options = []
    for name, reason in zip("abcd", [key, *rng.sample(others, 3)], strict=True):
        right = reason is key
        check = CHECKS[reason]
        why = broken(check) if right else kept(check)
        options.append(Option(name, REASON_NAMES[reason], float(right), why))
    return (
        Prose(f"Why did the review stop order {odd + 1}?", f"{odd + 1} 号订单为什么被审核拦截？"),
        Choice(tuple(options), several=False),
    )


def _first(world: Context, night: _Night, rng: random.Random) -> tuple[Prose, Choice]:
    going = [place for place, row in enumerate(night.rows) if row.status == Status.ALLOCATED]
    key = min(going, key=lambda place: night.rows[place].ship_by_at)
    rest = [place for place in range(1, len(night.rows)) if place != key]
    shown = sorted([key, 0, *rng.sample(rest, 2)])
    options = []
    for name, place in zip("abcd", shown, strict=True):
        stopped = place in night.stopped
        limit = "" if stopped else m.moment(world, night.rows[place].ship_by_at)
        if place == key:
            why = Prose(
                f"It passed, and of those that passed its time to hand over ends soonest: {limit}.",
                f"它已通过审核，且在已通过的订单中交运时限最早：{limit}。",
            )
        elif stopped:
            why = Prose(
                "It stopped at the review; nothing is released before that is settled.",
                "它被审核拦截，处理完之前不能下发。",
            )
        else:
            why = Prose(f"It passed, but has time until {limit}.", f"它已通过审核，但时限较晚：{limit}。")
        options.append(Option(name, _named(place), float(place == key), why))
    return (
        Prose(
            "As things stand, which order should be released to the warehouse first?",
            "按目前情况，应最先把哪张订单下发到仓库？",
        ),
        Choice(tuple(options), several=False),
    )


def _left(night: _Night) -> tuple[Prose, Numeric]:
    first, second = (
        line.quantity for line, goods in zip(night.lines, night.goods, strict=True) if goods.id == night.short.id
    )
    start = night.before[night.short.id]
    code = night.short.code
    mistakes = {
        start: Prose("A passed order reserves its units at once.", "订单通过审核后立即预留库存。"),
        0: Prose(
            "An order that can't be served in full stops; it reserves nothing.",
            "无法全部满足的订单会被拦截，不预留任何库存。",
        ),
        start - first - second: Prose("Nothing is sold that isn't there.", "不会卖出没有的库存。"),
    }
    return (
        Prose(
            f"How many units of {code} are **available** once all six orders have gone through the review?",
            f"六张订单全部审核之后，{code} 的**可用**库存是多少件？",
        ),
        Numeric(
            night.left,
            0,
            UNITS,
            Prose(
                f"The first of its two orders reserves {first}: {start} − {first} = {night.left}. The second wants "
                f"{second}, more than that; it stops and reserves nothing.",
                f"两张订单中先到的预留 {first} 件：{start} − {first} = {night.left}。后到的需要 {second} 件，库存不足，"
                "被拦截且不预留。",
            ),
            tuple(Near(value, 0, 0.0, why) for value, why in mistakes.items() if value != night.left),
        ),
    )


def _next(night: _Night, odd: int) -> tuple[Prose, Choice]:
    key = _reason(night, odd)
    wrong = (
        (
            Prose(
                "Confirm it as it is, since the buyer has paid in good faith and waits for the goods",
                "既然买家已付款并在等货，就按现状直接确认订单",
            ),
            Prose(
                "Confirming passes the fault on; it comes back as a failed delivery, a loss or a complaint.",
                "直接确认会把问题带到下游，最终变成派送失败、损失或投诉。",
            ),
        ),
        (
            Prose(
                "Cancel it and refund the buyer at once, so that nothing else can go wrong with it later",
                "立即取消订单并退款给买家，以免之后再出问题",
            ),
            Prose(
                "The buyer wants the goods, and a fault that can be settled is no ground for cancelling unasked.",
                "买家想要的是商品；能解决的问题，不能不问就取消。",
            ),
        ),
        (
            Prose(
                "Leave it in the queue until the buyer writes in and says what was really meant",
                "先留在队列里，等买家主动来信说明情况再处理",
            ),
            Prose(
                "The clock to hand over is running. Exceptions are settled at once, and the buyer is told.",
                "交运时限正在计时。异常应立即处理并告知买家。",
            ),
        ),
    )
    right = Option(
        "a",
        _REMEDY[key],
        1.0,
        _RIGHT_WAY[key],
    )
    options = [Option(name, text, 0.0, why) for name, (text, why) in zip("bcd", wrong, strict=True)]
    return (
        Prose(f"What do you do with order {odd + 1}?", f"您如何处理 {odd + 1} 号订单？"),
        Choice((right, *options), several=False),
    )


MODEL = CaseModel("desk_queue", ("stopped", "why", "first", "available", "next"), {"faults": (2, 1)}, build)
