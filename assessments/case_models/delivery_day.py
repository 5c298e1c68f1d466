"""A lorry at the door: five articles of one purchase, of which some don't agree with the papers."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.delivery_verdict import keeps_long_enough, most_taken
from assessments.item_models.model import Built
from assessments.item_models.stock_after import UNITS
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.db.inbound_tables import purchase_line, supplier
from core.domain.purchasing import LineProgress
from core.services.goods_policies import receiving_policy
from core.services.purchasing import Wanted, place_purchase
from core.services.receiving import Delivered, receive_goods
from core.services.stock import today_of


@dataclass(frozen=True, slots=True)
class _Line:
    """An article of the delivery. Units: `paper` is what the supplier's paper says, `life` days until it expires."""

    goods: m.Goods
    ordered: int
    paper: int
    counted: int
    life: int
    awaited: int
    booked: int

    @property
    def rest(self) -> int:
        """What is still waited for once the delivery is booked."""
        return LineProgress(self.ordered, 0, self.booked, 0, 0).rest


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """A delivery is booked as far as the rules of the door let it; asked is what is taken, missing, and urgent."""
    lines = _drawn(world, rng)
    _book(world, lines)
    situation = Prose(
        f"It is {m.moment(world, world.now)}. A lorry brings five articles of one purchase order, all of them with an "
        "expiry date. You have counted every article twice. Nobody who may keep over-deliveries can be reached, "
        "and the driver takes back what isn't booked. The chart shows how many units back-ordered buyers wait for.",
        f"现在是 {m.moment(world, world.now)}。一辆货车送来同一张采购单的五种商品，都有有效期，您已逐一清点两遍。"
        "有权留下超量到货的人联系不上，没有登记的货由司机带回。图中为缺货待补的买家在等的件数。",
    )
    questions = {
        "total": Built("numeric", *_total(lines)),
        "refused": Built("single", *_refused(lines, rng)),
        "waited": Built("numeric", *_waited(lines)),
        "first": Built("single", *_first(lines)),
    }
    return BuiltCase(situation, (_sheet(lines), _buyers(lines)), questions)


def _drawn(world: Context, rng: random.Random) -> list[_Line]:
    """Short against its paper, too much, too old, just right, and a little too much; in any order."""
    least = receiving_policy().least_shelf_life_days
    goods = m.goods_of(world, rng, 5, dated=True)
    awaited = sorted(rng.sample(range(4, 40), 5), reverse=True)
    # Most buyers wait for what can't be taken; of what can be, most wait for the article that came short.
    waiting = [awaited[1], awaited[3], awaited[0], awaited[4], awaited[2]]
    lines = []
    for place, one in enumerate(goods):
        ordered = rng.randrange(60, 260, 20)
        most = most_taken(LineProgress(ordered, 0, 0, 0, 0))
        life = rng.randint(least + 100, least + 400)
        paper = counted = ordered
        if place == 0:
            counted = ordered - rng.randint(4, 12)
        elif place == 1:
            paper = counted = most + rng.randint(5, 20)
        elif place == 2:
            life = least - rng.randint(2, 15)
        elif place == 4:
            paper = counted = most
        expires_on = (today_of(world) + timedelta(days=life)).isoformat()
        booked = min(counted, most) if keeps_long_enough(expires_on, today_of(world)) else 0
        lines.append(_Line(one, ordered, paper, counted, life, waiting[place], booked))
    rng.shuffle(lines)
    return lines


def _book(world: Context, lines: Sequence[_Line]) -> None:
    """Orders and books the delivery by the product's own commands, which refuse what the rules don't allow."""
    named = {"code": "PRACTICE", "name_en": "Practice supplier", "name_zh": "练习供应商", "lead_days": 5}
    key = world.db.execute(supplier.insert().values(named)).inserted_primary_key
    assert key is not None
    wanted = [Wanted(one.goods.id, one.ordered, one.goods.list_price_cents // 2) for one in lines]
    today = today_of(world)
    warehouse_id = m.warehouses_of(world)[0]
    purchase_id = place_purchase(world, int(key[0]), warehouse_id, (today + timedelta(days=5)).isoformat(), wanted)
    of_purchase = select(purchase_line.c.sku_id, purchase_line.c.id).where(
        purchase_line.c.purchase_order_id == purchase_id
    )
    ids: dict[int, int] = {row.sku_id: row.id for row in world.db.execute(of_purchase)}
    delivered = [
        Delivered(ids[one.goods.id], one.booked, (today + timedelta(days=one.life)).isoformat())
        for one in lines
        if one.booked
    ]
    receive_goods(world, purchase_id, delivered)
    received = select(purchase_line.c.sku_id, purchase_line.c.received_quantity).where(
        purchase_line.c.purchase_order_id == purchase_id
    )
    booked = {row.sku_id: row.received_quantity for row in world.db.execute(received)}
    assert [booked[one.goods.id] for one in lines] == [one.booked for one in lines]


# ---- what is shown ----------------------------------------------------------------------------------------------


def _sheet(lines: Sequence[_Line]) -> Exhibit:
    return Exhibit(
        Prose("The delivery", "到货清单"),
        (
            Prose("Article", "商品"),
            Prose("Name", "名称"),
            Prose("Ordered", "订购"),
            Prose("On the paper", "送货单"),
            Prose("Counted", "实点"),
            Prose("Days until it expires", "距到期天数"),
        ),
        tuple(
            (
                same(one.goods.code),
                one.goods.name,
                *m.words(str(one.ordered), str(one.paper), str(one.counted), str(one.life)),
            )
            for one in lines
        ),
    )


def _buyers(lines: Sequence[_Line]) -> Exhibit:
    return Exhibit(
        Prose("Units that back-ordered buyers wait for", "缺货待补的买家在等的件数"),
        (Prose("Article", "商品"), Prose("Units", "件数")),
        tuple((same(one.goods.code), same(str(one.awaited))) for one in lines),
        chart=BARS,
    )


# ---- what is asked ----------------------------------------------------------------------------------------------


def _total(lines: Sequence[_Line]) -> tuple[Prose, Numeric]:
    key = sum(one.booked for one in lines)
    mistakes = (
        (
            sum(one.counted for one in lines),
            0.0,
            Prose("Some of it may not be taken: look at tolerance and dates.", "有些不能收：请看允差和有效期。"),
        ),
        (
            sum(one.paper for one in lines),
            0.0,
            Prose("What is there is booked, not what the paper says.", "按实物登记，不按送货单。"),
        ),
        (
            sum(min(one.booked, one.ordered) for one in lines),
            0.25,
            Prose("5% of the ordered quantity may come too much.", "允许多收订购数量的 5%。"),
        ),
        (
            sum(min(one.counted, most_taken(LineProgress(one.ordered, 0, 0, 0, 0))) for one in lines),
            0.25,
            Prose("One article doesn't keep long enough to be taken.", "有一种商品的有效期太短，不能收。"),
        ),
    )
    said = " + ".join(str(one.booked) for one in lines)
    reason = Prose(
        f"In the order of the table: {said} = {key}. What came too much beyond 5% and what expires within "
        f"{receiving_policy().least_shelf_life_days} days goes back with the driver.",
        f"按表中顺序：{said} = {key}。超出 5% 的部分和距到期不足 {receiving_policy().least_shelf_life_days} 天的由"
        "司机带回。",
    )
    stem = Prose("How many units of this delivery do you book **in all**?", "这批货您**一共**登记多少件？")
    return stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes))


def _refused(lines: Sequence[_Line], rng: random.Random) -> tuple[Prose, Choice]:
    key = next(one for one in lines if not one.booked)
    shown = [key, *rng.sample([one for one in lines if one is not key], 3)]
    rng.shuffle(shown)
    least = receiving_policy().least_shelf_life_days
    reasons = []
    for one in shown:
        if one is key:
            why = Prose(
                f"It keeps for {one.life} days; at least {least} are wanted at the door, however many buyers wait.",
                f"距到期只剩 {one.life} 天，收货至少要 {least} 天，不管有多少买家在等。",
            )
        elif one.booked < one.counted:
            why = Prose(
                f"{one.booked} of it may be taken; only the rest goes back.", f"可收 {one.booked} 件，只有多出的带回。"
            )
        elif one.counted < one.ordered:
            why = Prose("Fewer came; what came is taken.", "只是少到，到了的照收。")
        else:
            why = Prose("It agrees, or is within the tolerance.", "数量相符，或在允差之内。")
        reasons.append(why)
    stem = Prose("Which article isn't taken in **at all**?", "哪种商品**一件也不能收**？")
    return stem, pick([same(one.goods.code) for one in shown], shown.index(key), reasons)


def _waited(lines: Sequence[_Line]) -> tuple[Prose, Numeric]:
    key = sum(one.rest for one in lines)
    short = [one for one in lines if one.rest]
    said = " + ".join(str(one.rest) for one in short)
    old = next(one for one in lines if not one.booked)
    mistakes = (
        (
            key - old.rest,
            0.25,
            Prose(
                "What wasn't taken for its date has not been received either; it stays waited for.",
                "因有效期没收的也不算到货，仍在等待。",
            ),
        ),
        (
            sum(one.ordered for one in lines) - sum(one.booked for one in lines),
            0.0,
            Prose("Surplus of one article doesn't make up for another.", "一种商品多到，抵不了另一种少到。"),
        ),
        (0, 0.0, Prose("Two articles haven't come in full.", "有两种商品还没有到齐。")),
    )
    reason = Prose(
        f"What was ordered and not booked, article by article: {said} = {key}. Surpluses don't count against it.",
        f"逐种计算已订未登记的件数：{said} = {key}。多到的不能抵减。",
    )
    stem = Prose(
        "How many units of the purchase order are still **waited for** after that?",
        "登记之后，这张采购单还有多少件**继续等待**？",
    )
    return stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes))


def _first(lines: Sequence[_Line]) -> tuple[Prose, Choice]:
    taken = [one for one in lines if one.booked]
    key = max(taken, key=lambda one: one.awaited)
    old = next(one for one in lines if not one.booked)
    largest = max((one for one in taken if one is not key), key=lambda one: one.booked)
    others = [one for one in taken if one not in (key, largest)]
    shown = sorted([key, old, largest, others[0]], key=lambda one: one.goods.code)
    reasons = []
    for one in shown:
        if one is key:
            why = Prose(
                f"Of all that was taken, buyers wait for most units of this article: {one.awaited}.",
                f"在已收的货里，等它的最多：{one.awaited} 件。",
            )
        elif one is old:
            why = Prose("It wasn't taken; there is nothing to put away.", "这种货没有收，没有可上架的。")
        else:
            why = Prose(
                f"{one.awaited} units of it are waited for, but {key.awaited} of another article.",
                f"在等的是 {one.awaited} 件，另一种有 {key.awaited} 件。",
            )
        reasons.append(why)
    stem = Prose(
        "All that was taken is accepted by the inspection. Which article is put away **first**?",
        "已收的货全部验收合格。**首先**上架哪种商品？",
    )
    return stem, pick([same(one.goods.code) for one in shown], shown.index(key), reasons)


MODEL = CaseModel("delivery_day", ("total", "refused", "waited", "first"), {}, build)
