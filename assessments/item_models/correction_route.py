"""Corrections of stock: which of several waits for a second person, and which one its reason can't explain."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context
from core.domain.adjusting import AdjustmentReason
from core.domain.errors import RuleViolation
from core.services.goods_policies import adjusting_policy

_OTHER_WAY = {"down": 1, "up": -1}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Four corrections as they are entered; the product's own policy says what becomes of them."""
    return _impossible(world, rng) if params["ask"] == "impossible" else _waits(world, rng)


def _signed(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}"


def _change(rng: random.Random, reason: AdjustmentReason, units: int) -> int:
    return units if reason.way == "up" or (reason.way == "both" and rng.random() < 0.5) else -units


def _named(reason: AdjustmentReason) -> Prose:
    return Prose(reason.name_en, reason.name_zh)


def _waits(world: Context, rng: random.Random) -> Built:
    """Exactly one is above the limit: not the one with most units, and not necessarily a loss."""
    policy = adjusting_policy()
    limit = policy.approval_above_cents // 100
    goods = m.goods_of(world, rng, 4, dated=True)
    reasons = rng.sample(policy.reasons, 4)
    odd_cost, exact_units = rng.randint(90, 240), rng.choice((10, 20, 25, 40))
    odd_units = limit // odd_cost + rng.randint(1, 3)
    small = rng.randint(6, 15)
    # Above the limit; exactly at it; most units, little value; dear, but a single unit.
    figures = [
        (odd_units, odd_cost),
        (exact_units, limit // exact_units),
        (limit // small - rng.randint(5, 30), small),
        (1, rng.randint(limit // 2, limit - 50)),
    ]
    places = rng.sample(range(4), 4)
    rows, texts, whys = [], [], []
    for place in places:
        units, cost = figures[place]
        value = units * cost
        assert policy.needs_approval(value * 100) == (place == 0)
        change = _change(rng, reasons[place], units)
        rows.append((same(goods[place].code), same(_signed(change)), _named(reasons[place]), same(f"{cost:,}")))
        texts.append(same(goods[place].code))
        how = "above" if place == 0 else "not above"
        how_zh = "超过" if place == 0 else "未超过"
        whys.append(
            Prose(
                f"{units} × {cost:,} = {value:,} CNY, {how} {limit:,}.",
                f"{units} × {cost:,} = {value:,} 元，{how_zh} {limit:,} 元。",
            )
        )
    stem = Prose(
        "Which of these corrections waits until **somebody else** approves it?",
        "哪一笔调整须由**他人**审批后才能过账？",
    )
    return Built("single", stem, pick(texts, places.index(0), whys), _table(rows))


def _impossible(world: Context, rng: random.Random) -> Built:
    """Exactly one goes a way that its reason doesn't explain; signs differ among the others, too."""
    policy = adjusting_policy()
    goods = m.goods_of(world, rng, 4, dated=True)
    one_way = [reason for reason in policy.reasons if reason.way in _OTHER_WAY]
    odd = rng.choice(one_way)
    ways = {way: [one for one in policy.reasons if one.way == way and one is not odd] for way in ("up", "both", "down")}
    adding = [*ways["up"], *ways["both"]]
    picked = [odd, *adding[:2], *rng.sample(ways["down"], 3 - len(adding[:2]))]
    places = rng.sample(range(4), 4)
    rows, texts, whys = [], [], []
    for place in places:
        reason, units = picked[place], rng.randint(1, 9)
        if place == 0 or reason.way == "both":
            change = _OTHER_WAY[odd.way] * (units if place == 0 else -units)
        else:
            change = _change(rng, reason, units)
        assert _explains(reason, change) == (place != 0)
        cost = rng.randint(10, 150)
        rows.append((same(goods[place].code), same(_signed(change)), _named(reason), same(str(cost))))
        texts.append(same(goods[place].code))
        whys.append(_way(reason, place == 0))
    stem = Prose(
        "The system refuses one of these corrections, since its reason doesn't explain the change. Which one?",
        "其中一笔调整的原因解释不了这样的变动，会被系统拒绝。是哪一笔？",
    )
    return Built("single", stem, pick(texts, places.index(0), whys), _table(rows))


def _explains(reason: AdjustmentReason, change: int) -> bool:
    try:
        adjusting_policy().reason(reason.code, change)
    except RuleViolation:
        return False
    return True


def _way(reason: AdjustmentReason, refused: bool) -> Prose:
    name = _named(reason)
    if refused and reason.way == "down":
        return Prose(f"“{name.en}” can only take units off.", f"“{name.zh}”只能减少库存。")
    if refused:
        return Prose(f"“{name.en}” can only add units.", f"“{name.zh}”只能增加库存。")
    if reason.way == "both":
        return Prose(f"“{name.en}” may go either way.", f"“{name.zh}”可增可减。")
    if reason.way == "up":
        return Prose(f"“{name.en}” adds units, as it did here.", f"“{name.zh}”只能增加库存，这里正是增加。")
    return Prose(f"“{name.en}” takes units off, as it did here.", f"“{name.zh}”只能减少库存，这里正是减少。")


def _table(rows: Sequence[tuple[Prose, ...]]) -> Exhibit:
    return Exhibit(
        Prose("Corrections entered this afternoon", "今天下午录入的调整"),
        (
            Prose("Article", "商品"),
            Prose("Change", "变动"),
            Prose("Reason", "原因"),
            Prose("Cost of a unit, CNY", "单位成本（元）"),
        ),
        tuple(rows),
    )


MODEL = ItemModel("correction_route", {"ask": ("waits", "impossible")}, build)
