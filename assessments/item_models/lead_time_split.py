"""Where the time went: ours from confirmation to hand-over, the carrier's from hand-over to delivery."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose
from assessments.questions import Numeric
from core.context import Context

_HOUR = 3_600
_ORDERS = 5
HOURS = Prose("hours", "小时")


@dataclass(frozen=True, slots=True)
class _Trip:
    """One delivered order. Units: epoch seconds."""

    confirmed_at: int
    handed_over_at: int
    delivered_at: int

    @property
    def ours(self) -> int:
        """Hours until the hand-over."""
        return (self.handed_over_at - self.confirmed_at) // _HOUR

    @property
    def carriers(self) -> int:
        """Hours on the way."""
        return (self.delivered_at - self.handed_over_at) // _HOUR


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Delivered orders with three instants each; asked is one mean lead time, or on whose side the promise broke."""
    ours_most, carriers_most = rng.randrange(18, 31, 2), rng.randrange(44, 73, 4)
    slow = (rng.random() < 0.5, rng.random() < 0.5)
    trips = _drawn(world, rng, (ours_most, carriers_most), slow)
    exhibit = Exhibit(
        Prose("Delivered orders of one warehouse and carrier", "同一仓库、同一承运商的已签收订单"),
        (
            Prose("Order", "订单"),
            Prose("Confirmed", "确认"),
            Prose("Handed over", "交运"),
            Prose("Delivered", "签收"),
        ),
        tuple(
            m.words(
                f"{rng.randrange(10**17, 10**18)}",
                *(m.moment(world, at) for at in (one.confirmed_at, one.handed_over_at, one.delivered_at)),
            )
            for one in trips
        ),
    )
    if params["ask"] == "whose":
        return _whose(trips, ours_most, carriers_most, exhibit)
    return _mean(trips, params["ask"], exhibit)


def _drawn(world: Context, rng: random.Random, most: tuple[int, int], slow: tuple[bool, bool]) -> list[_Trip]:
    """Orders whose mean hours lie clearly below or above what was agreed, in whole hours."""
    parts = []
    for target, is_slow in zip(most, slow, strict=True):
        mean = target + rng.randint(4, 10) * (1 if is_slow else -1)
        spread = [rng.randint(1, min(8, mean - 2)) for _ in range(_ORDERS // 2)]
        hours = [mean, *(mean + one for one in spread), *(mean - one for one in spread)]
        rng.shuffle(hours)
        parts.append(hours)
    trips = []
    for ours, carriers in zip(*parts, strict=True):
        confirmed_at = world.now - world.now % _HOUR - rng.randint(140, 400) * _HOUR + rng.randrange(0, 60, 5) * 60
        handed_over_at = confirmed_at + ours * _HOUR
        trips.append(_Trip(confirmed_at, handed_over_at, handed_over_at + carriers * _HOUR))
    return trips


def _means(trips: Sequence[_Trip]) -> tuple[float, float]:
    return (sum(one.ours for one in trips) / len(trips), sum(one.carriers for one in trips) / len(trips))


def _mean(trips: Sequence[_Trip], ask: str, exhibit: Exhibit) -> Built:
    ours, carriers = _means(trips)
    key, other = (ours, carriers) if ask == "ours" else (carriers, ours)
    hours = [one.ours if ask == "ours" else one.carriers for one in trips]
    stem = {
        "ours": Prose(
            "How many hours did **we** need on average, from confirmation to hand-over?",
            "**我方**从确认到交运平均用了多少小时？",
        ),
        "carrier": Prose(
            "How many hours did the **carrier** need on average, from hand-over to delivery?",
            "**承运商**从交运到签收平均用了多少小时？",
        ),
    }[ask]
    mistakes = (
        (other, 0.0, Prose("That is the time of the other part.", "这是另一段的时间。")),
        (
            key + other,
            0.0,
            Prose("That is the whole time; the question asks for one part of it.", "这是全程，问的是其中一段。"),
        ),
        (float(max(hours)), 0.0, Prose("That is the slowest order.", "这是最慢的一单。")),
    )
    listed = " + ".join(str(one) for one in hours)
    reason = Prose(
        f"({listed}) / {len(hours)} = {key:g}.",
        f"（{listed}）÷ {len(hours)} = {key:g}。",
    )
    return Built("numeric", stem, Numeric(key, 0.1, HOURS, reason, nears(key, 0.1, mistakes)), exhibit)


def _whose(trips: Sequence[_Trip], ours_most: int, carriers_most: int, exhibit: Exhibit) -> Built:
    ours, carriers = _means(trips)
    verdict = (ours > ours_most, carriers > carriers_most)
    texts = {
        (True, False): Prose("Only ours", "只有我方"),
        (False, True): Prose("Only the carrier's", "只有承运商"),
        (True, True): Prose("Ours and the carrier's", "双方都超过"),
        (False, False): Prose("Neither of the two", "双方都没超过"),
    }
    why = Prose(
        f"Confirmed to handed over: {ours:g} hours on average, target {ours_most}. Handed over to delivered: "
        f"{carriers:g} hours, target {carriers_most}.",
        f"确认→交运平均 {ours:g} 小时，目标 {ours_most}；交运→签收平均 {carriers:g} 小时，目标 {carriers_most}。",
    )
    stem = Prose(
        f"On average at most {ours_most} hours are allowed from confirmation to hand-over, and at most {carriers_most} "
        "from hand-over to delivery. Whose part took longer than its target?",
        f"目标是：确认到交运平均不超过 {ours_most} 小时，交运到签收平均不超过 {carriers_most} 小时。"
        "谁负责的一段超过了目标？",
    )
    return Built("single", stem, pick(list(texts.values()), list(texts).index(verdict), [why] * len(texts)), exhibit)


MODEL = ItemModel("lead_time_split", {"ask": ("ours", "carrier", "whose")}, build)
