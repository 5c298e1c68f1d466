"""When to order again and how much: reorder point, safety stock, and the quantity that the system suggests."""

from __future__ import annotations

import random
from collections.abc import Mapping
from math import isqrt
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.thresholds import Demand, LeadTime, Levels, levels, suggested_quantity, z_of
from core.services.stock_policies import stock_policy

_DAYS = 90


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """An article with even lead times; asked is what the product's own formula makes of it."""
    (goods,) = m.goods_of(world, rng, 1)
    demand = Demand(float(rng.randint(6, 30)), float(rng.randint(3, 11)), _DAYS)
    lead = LeadTime(float(rng.choice((4, 9, 16))), 0.0)
    policy = stock_policy()
    found = levels(policy.service_level, demand, lead, policy.review_days)
    title = Prose(f"{goods.name.en} ({goods.code})", f"{goods.name.zh}（{goods.code}）")
    if params["ask"] == "order":
        return _order(rng, title, found)
    if params["ask"] == "safety":
        return _safety(title, demand, lead, found)
    return _point(title, demand, lead, found)


def _table(title: Prose, *rows: tuple[Prose, str]) -> Exhibit:
    return Exhibit(
        title, (Prose("Figure", "项目"), Prose("Value", "数值")), tuple((name, same(value)) for name, value in rows)
    )


_MEAN = Prose("Mean demand, units a day", "日均需求（件）")
_LEAD = Prose("Lead time, days", "提前期（天）")


def _point(title: Prose, demand: Demand, lead: LeadTime, found: Levels) -> Built:
    while_waiting = int(demand.mean * lead.mean)
    exhibit = _table(
        title,
        (_MEAN, f"{demand.mean:g}"),
        (_LEAD, f"{lead.mean:g}"),
        (Prose("Safety stock, units", "安全库存（件）"), str(found.safety)),
    )
    mistakes = (
        (while_waiting, 0.25, Prose("The safety stock is missing.", "漏了安全库存。")),
        (found.safety, 0.0, Prose("This is the safety stock alone.", "这只是安全库存。")),
        (
            demand.mean + found.safety,
            0.0,
            Prose("The demand of one day isn't that of the whole lead time.", "一天的需求不等于整个提前期的需求。"),
        ),
    )
    stem = Prose(
        "What is this article's reorder point by the formula?",
        "按公式，这款商品的补货点是多少件？",
    )
    reason = Prose(
        f"Demand while one waits plus safety stock: {demand.mean:g} × {lead.mean:g} + {found.safety} = "
        f"{found.reorder_point}.",
        f"等货期间的需求加安全库存：{demand.mean:g} × {lead.mean:g} + {found.safety} = {found.reorder_point}。",
    )
    content = Numeric(found.reorder_point, 0, UNITS, reason, nears(found.reorder_point, 0, mistakes))
    return Built("numeric", stem, content, exhibit)


def _safety(title: Prose, demand: Demand, lead: LeadTime, found: Levels) -> Built:
    z, root = z_of(stock_policy().service_level), isqrt(int(lead.mean))
    exhibit = _table(
        title,
        (_MEAN, f"{demand.mean:g}"),
        (Prose("Standard deviation of daily demand, units", "日需求的标准差（件）"), f"{demand.deviation:g}"),
        (Prose("Lead time, days (never varies)", "提前期（天，没有波动）"), f"{lead.mean:g}"),
        (Prose("z for a service level of 95%", "服务水平 95% 对应的 z"), f"{z:.3f}"),
    )
    mistakes = (
        (
            z * demand.deviation * lead.mean,
            0.25,
            Prose(
                "Deviations of independent days grow with the root of their number.",
                "各天独立，标准差按天数的平方根增长。",
            ),
        ),
        (demand.deviation * root, 0.0, Prose("The factor z is missing.", "漏了系数 z。")),
        (
            z * demand.mean * root,
            0.0,
            Prose("What varies counts, not the mean.", "要用波动（标准差），不是平均值。"),
        ),
    )
    stem = Prose(
        "How large is the safety stock by the formula, rounded up to whole units?",
        "按公式，安全库存是多少件（向上取整）？",
    )
    reason = Prose(
        f"The lead time doesn't vary, so z·σd·√L is left: {z:.3f} × {demand.deviation:g} × {root} = "
        f"{z * demand.deviation * root:.1f}, rounded up {found.safety}.",
        f"提前期没有波动，只剩 z·σd·√L：{z:.3f} × {demand.deviation:g} × {root} = "
        f"{z * demand.deviation * root:.1f}，向上取整为 {found.safety}。",
    )
    content = Numeric(found.safety, 1, UNITS, reason, nears(found.safety, 1, mistakes, places=0))
    return Built("numeric", stem, content, exhibit)


def _order(rng: random.Random, title: Prose, found: Levels) -> Built:
    low, up_to = found.reorder_point, found.order_up_to
    on_order = rng.choice((0, rng.randint(10, low // 2)))
    wanted = rng.random() < 0.7
    position = rng.randint(low // 2, low) if wanted else rng.randint(low + 1, low + max(2, (up_to - low) // 2))
    available, reserved = max(0, position - on_order), rng.randint(3, 20)
    key = suggested_quantity(available, on_order, low, up_to)
    exhibit = _table(
        title,
        (Prose("Available", "可用"), str(available)),
        (Prose("Reserved for orders", "已为订单预留"), str(reserved)),
        (Prose("On its way from suppliers", "采购在途"), str(on_order)),
        (Prose("Reorder point", "补货点"), str(low)),
        (Prose("Order-up-to level", "目标库存"), str(up_to)),
    )
    mistakes = (
        (
            up_to - available,
            0.25,
            Prose("What is on its way must be counted in, or it is ordered twice.", "要计入在途，否则就重复下单了。"),
        ),
        (
            up_to - available - on_order,
            0.0,
            Prose("Nothing is ordered above the reorder point.", "高于补货点时不下单。"),
        ),
        (
            up_to - available - reserved - on_order,
            0.0,
            Prose("Reserved units are sold; they don't help the next buyer.", "已预留的等于卖出，满足不了下一位买家。"),
        ),
        (low - available, 0.0, Prose("One orders up to the level, not to the point.", "补到目标库存，而不是补货点。")),
    )
    total = available + on_order
    if key:
        reason = Prose(
            f"Available and on its way are {total}, at or below {low}: order up to the level, {up_to} − {total} = "
            f"{key}.",
            f"可用加在途为 {total}，不高于补货点 {low}，补到目标库存：{up_to} − {total} = {key}。",
        )
    else:
        reason = Prose(
            f"Available and on its way are {total}, above {low}: nothing has to be ordered yet.",
            f"可用加在途为 {total}，高于补货点 {low}：还不用下单。",
        )
    stem = Prose(
        "How many units does the system suggest ordering now? (0 if none)",
        "系统现在建议补货多少件？（不需要则填 0）",
    )
    positive = tuple(one for one in mistakes[0 if on_order else 1 :] if one[0] >= 0)
    return Built("numeric", stem, Numeric(key, 0, UNITS, reason, nears(key, 0, positive)), exhibit)


MODEL = ItemModel("reorder_point", {"ask": ("point", "order", "safety")}, build)
