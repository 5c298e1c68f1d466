"""Which lot goes out first where lots also carry a date: first in first out, or first expired first out."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.oldest_first import lot_name
from assessments.prose import Prose, same
from assessments.questions import NAMES, Ordering, Step
from core.context import Context
from core.db.world_tables import lot, sku, warehouse
from core.domain.stock import LotStock
from core.services.lots import lots_of
from core.services.stock import receive_stock, today_of

_DAY = 86_400
_RULES: Mapping[str, tuple[Prose, Prose]] = {
    "fefo": (
        Prose("goes out by its expiry date", "按有效期出库"),
        Prose("The lot that expires first goes first, whenever it came.", "最早到期的先出，不论何时入库。"),
    ),
    "fifo": (
        Prose("goes out in the order of receipt", "按入库先后出库"),
        Prose(
            "The lot that was received first goes first; expiry dates only matter for articles that go by them.",
            "最早入库的先出；只有按有效期管理的商品才看到期日。",
        ),
    ),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An article gets four lots whose ages and dates run against each other; the product says which goes first."""
    rule = params["rule"]
    goods, lots = _stocked(world, rng, rule)
    rows = {row.id: row for row in world.db.execute(select(lot).where(lot.c.id.in_([one.lot_id for one in lots])))}
    said, why = _RULES[rule]
    shown = sorted(lots, key=lambda one: one.lot_id)
    exhibit = Exhibit(
        Prose(
            f"{goods.name.en} ({goods.code}), which {said.en}; one warehouse",
            f"{goods.name.zh}（{goods.code}），{said.zh}；同一仓库",
        ),
        (Prose("Lot", "批次"), Prose("Received", "入库时间"), Prose("Expires", "到期日"), Prose("Available", "可用")),
        tuple(
            m.words(
                lot_name(one.lot_id),
                m.moment(world, rows[one.lot_id].received_at),
                rows[one.lot_id].expires_on,
                str(one.available),
            )
            for one in shown
        ),
    )
    if params["ask"] == "order":
        stem = Prose("Put the lots in the order in which they go out.", "请按出库先后顺序排列这些批次。")
        steps = tuple(
            Step(
                name,
                same(lot_name(one.lot_id)),
                Prose(
                    f"{why.en} Expires {rows[one.lot_id].expires_on}, received "
                    f"{m.moment(world, rows[one.lot_id].received_at)[:10]}.",
                    f"{why.zh}到期 {rows[one.lot_id].expires_on}，"
                    f"入库 {m.moment(world, rows[one.lot_id].received_at)[:10]}。",
                ),
            )
            for name, one in zip(NAMES, lots, strict=False)
        )
        return Built("ordering", stem, Ordering(steps), exhibit)
    stem = Prose("From which lot is the next unit taken?", "下一件应从哪个批次出库？")
    first = lots[0].lot_id
    reasons = [why if one.lot_id == first else _not_first(rule) for one in shown]
    key = [one.lot_id for one in shown].index(first)
    return Built("single", stem, pick([same(lot_name(one.lot_id)) for one in shown], key, reasons), exhibit)


def _not_first(rule: str) -> Prose:
    if rule == "fefo":
        return Prose("Another lot expires sooner.", "有更早到期的批次。")
    return Prose("Another lot was received earlier.", "有更早入库的批次。")


def _stocked(world: Context, rng: random.Random, rule: str) -> tuple[m.Goods, list[LotStock]]:
    """An article gets four lots in a warehouse just opened; gives them in the order of issue."""
    (goods,) = m.goods_of(world, rng, 1, dated=True)
    named = {"code": "NEW", "name_en": "New warehouse", "name_zh": "新仓", "region": "CN-ZJ"}
    key = world.db.execute(warehouse.insert().values(named)).inserted_primary_key
    assert key is not None
    world.db.execute(sku.update().where(sku.c.id == goods.id).values(issue_rule=rule))
    ages = sorted(rng.sample(range(5, 120), 4), reverse=True)
    lives = sorted(rng.sample(range(40, 400), 4))
    # The oldest lot never expires first, so that the two rules give different answers.
    order = rng.choice([(1, 0, 2, 3), (2, 0, 1, 3), (1, 2, 0, 3), (3, 1, 0, 2), (2, 3, 0, 1), (3, 0, 2, 1)])
    arrivals = [
        (world.now - age * _DAY - rng.randrange(8 * 3_600), lives[at]) for age, at in zip(ages, order, strict=True)
    ]
    rng.shuffle(arrivals)  # so that lots aren't numbered in the order in which they came
    for received_at, life in arrivals:
        expires_on = (today_of(world) + timedelta(days=life)).isoformat()
        cost = goods.list_price_cents // 2
        receive_stock(world.at(received_at), goods.id, int(key[0]), rng.randint(4, 40), cost, expires_on)
    return goods, lots_of(world, goods.id, int(key[0]))


MODEL = ItemModel("expiry_order", {"rule": ("fefo", "fifo"), "ask": ("lot", "order")}, build)
