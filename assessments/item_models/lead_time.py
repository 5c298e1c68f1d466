"""How long orders took from purchase to delivery: mean, median or 90th percentile."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Near, Numeric
from core.context import Context

_HOUR = 3_600

_ASKED: Mapping[str, Prose] = {
    "mean": Prose("the **mean**", "**平均值**"),
    "median": Prose("the **median**", "**中位数**"),
    "p90": Prose("the **90th percentile**", "**P90（第 90 百分位）**"),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Orders with purchase and delivery, one of them very slow; asked is one measure of their lead times."""
    measure = params["measure"]
    # Eleven orders put the 90th percentile on one of them, the tenth, so that nobody has to interpolate.
    count = 11 if measure == "p90" else params["orders"]
    hours = [rng.randint(20, 80) for _ in range(count - 1)]
    hours.append(rng.randint(150, 260))
    rng.shuffle(hours)
    rows = []
    for place, lead in enumerate(hours, start=1):
        bought = world.now - world.now % _HOUR - rng.randint(280, 400) * _HOUR
        cells = [m.moment(world, bought), m.moment(world, bought + lead * _HOUR), str(lead)]
        rows.append((same(str(place)), *m.words(*cells)))
    exhibit = Exhibit(
        Prose("Delivered orders of one lane", "同一线路的已签收订单"),
        (
            Prose("Order", "订单"),
            Prose("Purchased", "下单"),
            Prose("Delivered", "签收"),
            Prose("Hours", "小时"),
        ),
        tuple(rows),
    )
    asked = _ASKED[measure]
    stem = Prose(
        f"What is {asked.en} of the lead time from purchase to delivery, in hours?",
        f"从下单到签收的时长，{asked.zh}是多少小时？",
    )
    return Built("numeric", stem, _answer(measure, hours), exhibit)


def _measures(hours: list[int]) -> dict[str, float]:
    import numpy as np

    return {
        "mean": float(np.mean(hours)),
        "median": float(np.percentile(hours, 50)),
        "p90": float(np.percentile(hours, 90)),
    }


def _answer(measure: str, hours: list[int]) -> Numeric:
    found = _measures(hours)
    key = found[measure]
    ordered = sorted(hours)
    row_of_hours = ", ".join(str(hour) for hour in ordered)
    row_of_hours_zh = "、".join(str(hour) for hour in ordered)
    reasons = {
        "mean": Prose(
            f"The sum of all hours divided by the number of orders: {sum(hours)} ÷ {len(hours)} = {key:.2f}. "
            "One slow order pulls it up.",
            f"总小时数除以订单数：{sum(hours)} ÷ {len(hours)} = {key:.2f}。一张很慢的订单会把它拉高。",
        ),
        "median": Prose(
            f"In order: {row_of_hours}. The one in the middle is {key:g}; the slow order doesn't move it.",
            f"排序后：{row_of_hours_zh}。正中间是 {key:g}；很慢的那张订单不影响它。",
        ),
        "p90": Prose(
            f"In order: {row_of_hours}. Nine in ten orders took no longer than {key:g} hours.",
            f"排序后：{row_of_hours_zh}。十张订单里有九张不超过 {key:g} 小时。",
        ),
    }
    names = {
        "mean": Prose("This is the mean.", "这是平均值。"),
        "median": Prose("This is the median.", "这是中位数。"),
        "p90": Prose("This is the 90th percentile.", "这是 P90。"),
    }
    mistakes = {found[other]: names[other] for other in names if other != measure}
    mistakes[float(max(hours))] = Prose("This is the slowest order.", "这是最慢的一张订单。")
    tolerance = 0.06 if measure == "mean" else 0.0
    return Numeric(
        answer=round(key, 2),
        tolerance=tolerance,
        unit=Prose("hours", "小时"),
        reason=reasons[measure],
        near=tuple(
            Near(round(value, 2), 0.05, 0.0, why)
            for value, why in mistakes.items()
            if abs(value - key) > tolerance + 0.1
        ),
    )


MODEL = ItemModel("lead_time", {"measure": ("mean", "median", "p90"), "orders": (7, 5, 9)}, build)
