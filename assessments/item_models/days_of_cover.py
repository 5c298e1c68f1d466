"""How long stock lasts: days of cover of an article, and which of several runs out before new goods could come."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.thresholds import Demand, days_of_cover

_MONTH = 30


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Stock and sales of articles; asked is how long they last."""
    return _gap(world, rng) if params["ask"] == "gap" else _days(world, rng)


def _days(world: Context, rng: random.Random) -> Built:
    (goods,) = m.goods_of(world, rng, 1)
    a_day = rng.randint(4, 25)
    available, reserved, coming = a_day * rng.randint(5, 20), a_day * rng.randint(2, 4), a_day * rng.randint(5, 9)
    key = days_of_cover(available, Demand(float(a_day), 0.0, _MONTH))
    assert key is not None
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code})", f"{goods.name.zh}（{goods.code}）"),
        (Prose("Figure", "项目"), Prose("Units", "件数")),
        (
            (Prose("Available", "可用"), same(str(available))),
            (Prose("Reserved", "已预留"), same(str(reserved))),
            (Prose("On its way from the supplier", "采购在途"), same(str(coming))),
            (Prose("Sold in the last 30 days", "最近 30 天销量"), same(str(a_day * _MONTH))),
        ),
    )
    mistakes = (
        ((available + reserved) / a_day, 0.0, Prose("Reserved units are sold already.", "已预留的等于卖出了。")),
        (
            (available + coming) / a_day,
            0.0,
            Prose("What is on its way can't be sold yet.", "在途的还不能卖。"),
        ),
        (
            available / (a_day * _MONTH),
            0.0,
            Prose("This is in months; the question asks for days.", "这是按月算的，问的是天数。"),
        ),
    )
    reason = Prose(
        f"{a_day * _MONTH} in {_MONTH} days is {a_day} a day; {available} / {a_day} = {key:g}.",
        f"{_MONTH} 天卖 {a_day * _MONTH} 件，即每天 {a_day} 件；{available} ÷ {a_day} = {key:g}。",
    )
    stem = Prose("What are the **days of cover** of this article?", "这款商品的**可售天数**是多少？")
    return Built("numeric", stem, Numeric(key, 0.1, Prose("days", "天"), reason, nears(key, 0.1, mistakes)), exhibit)


def _gap(world: Context, rng: random.Random) -> Built:
    """Four articles; the one that runs out is neither the one with the fewest units nor that with the least cover."""
    goods = m.goods_of(world, rng, 4)
    # (units a day, days of cover, lead time): short of goods; least cover; fewest units; long lead time and enough
    cover = rng.randint(6, 11)
    plans = [
        (rng.randint(12, 25), cover, cover + rng.randint(2, 5)),
        (rng.randint(10, 20), cover - rng.randint(2, 3), rng.randint(1, cover - 4)),
        (rng.randint(1, 2), cover + rng.randint(3, 6), cover),
        (rng.randint(8, 20), cover + rng.randint(12, 18), cover + rng.randint(5, 9)),
    ]
    places = rng.sample(range(4), 4)
    texts, reasons, rows = [], [], []
    for place in places:
        a_day, days, lead = plans[place]
        one = goods[place]
        rows.append((same(one.code), *m.words(str(a_day * days), str(a_day), str(lead))))
        texts.append(same(one.code))
        ends = Prose(f"{a_day * days} / {a_day} = {days} days of cover", f"可售 {a_day * days} ÷ {a_day} = {days} 天")
        if place == 0:
            reasons.append(
                Prose(
                    f"{ends.en}, but new goods need {lead}: it is sold out for {lead - days} days.",
                    f"{ends.zh}，而到货要 {lead} 天：会断货 {lead - days} 天。",
                )
            )
        else:
            reasons.append(
                Prose(f"{ends.en}, and new goods need only {lead}.", f"{ends.zh}，到货只要 {lead} 天，来得及。")
            )
    exhibit = Exhibit(
        Prose("Four articles; nothing is on its way for any of them", "四款商品，均无在途采购"),
        (
            Prose("Article", "商品"),
            Prose("Available", "可用"),
            Prose("Sold a day", "日均销量"),
            Prose("Lead time, days", "提前期（天）"),
        ),
        tuple(rows),
    )
    stem = Prose(
        "You may place only one order now. Which article will sell out before goods ordered today can come?",
        "您现在只能下一张采购单。哪款商品会在今天下单的货到达之前售罄？",
    )
    return Built("single", stem, pick(texts, places.index(0), reasons), exhibit)


MODEL = ItemModel("days_of_cover", {"ask": ("days", "gap")}, build)
