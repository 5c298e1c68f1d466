"""Whether two carriers really differ, or whether chance explains it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice
from assessments.item_models.carrier_rules import Share, chance_limit
from assessments.item_models.carrier_score import carriers_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose
from assessments.questions import Choice
from core.context import Context

# Parcels are many and mostly in time; answers of a survey are few and mixed.
_RANGES: Mapping[str, tuple[int, int, float, float]] = {
    "on_time": (60, 1_500, 0.78, 0.97),
    "satisfied": (12, 90, 0.40, 0.90),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Two carriers on one lane, or in one survey; asked is what their two shares allow to say."""
    of = params["of"]
    one, other = rng.sample(carriers_of(world), 2)
    first, second = drawn_shares(rng, of, rng.random() < 0.5)
    on_time = of == "on_time"
    exhibit = Exhibit(
        Prose("One lane, last quarter", "同一线路，上季度") if on_time else Prose("In-house survey", "内部满意度调查"),
        (
            Prose("Carrier", "承运商"),
            Prose("Parcels", "包裹数") if on_time else Prose("Answers", "答卷数"),
            Prose("On time", "准时件数") if on_time else Prose("4 or 5 of 5", "打 4 分或 5 分"),
        ),
        tuple((name, *m.words(f"{share.n:,}", f"{share.hits:,}")) for name, share in ((one, first), (other, second))),
    )
    stem = Prose(
        f"What do these figures tell us about {one.en} and {other.en}?",
        f"关于{one.zh}和{other.zh}，这些数字可以说明什么？",
    )
    return Built("single", stem, difference_choice(one, first, other, second), exhibit)


def drawn_shares(rng: random.Random, of: str, real: bool) -> tuple[Share, Share]:
    """Two shares whose difference is clearly beyond chance, or clearly within it; never equal."""
    least, most, low, high = _RANGES[of]
    while True:
        first, second = (_share(rng.randint(least, most), rng.uniform(low, high)) for _ in range(2))
        ratio = abs(first.rate - second.rate) / chance_limit(first, second)
        if abs(first.rate - second.rate) >= 0.015 and (1.25 <= ratio <= 4 if real else ratio <= 0.75):
            return first, second


def _share(n: int, rate: float) -> Share:
    return Share(min(n - 1, max(1, round(n * rate))), n)


def difference_choice(one: Prose, first: Share, other: Prose, second: Share) -> Choice:
    """What may be said of two shares, with the sum in each reason."""
    gap, limit = abs(first.rate - second.rate), chance_limit(first, second)
    shown = abs(round(100 * first.rate, 1) - round(100 * second.rate, 1))  # as whoever subtracts the two finds it
    found = Prose(
        f"{100 * first.rate:.1f}% against {100 * second.rate:.1f}%: {shown:.1f} points apart; chance explains up "
        f"to {100 * limit:.1f}.",
        f"{100 * first.rate:.1f}% 对 {100 * second.rate:.1f}%，相差 {shown:.1f} 个百分点；偶然可以解释 "
        f"{100 * limit:.1f} 个百分点以内的差异。",
    )
    better, worse = (one, other) if first.rate > second.rate else (other, one)
    said = {
        "better": Prose(
            f"{better.en} is really better: the gap is more than chance explains",
            f"{better.zh}确实更好，差异超出偶然范围",
        ),
        "worse": Prose(
            f"{worse.en} is really better: the gap is more than chance explains",
            f"{worse.zh}确实更好，差异超出偶然范围",
        ),
        "chance": Prose(
            "The difference may be chance: collect more before deciding",
            "差异可能出于偶然，积累更多数据再决定",
        ),
        "equal": Prose(
            "Both have been shown to be equally good",
            "已经证明两家一样好",
        ),
    }
    more = {
        "better": Prose("Its share is the higher one.", "它的比例较高。"),
        "worse": Prose("Its share is the lower one.", "它的比例较低。"),
        "chance": Prose(
            "That is said when the difference is within what chance explains.", "差异在偶然范围之内时才这样说。"
        ),
        "equal": Prose(
            "Not having found a difference doesn't prove that there is none.", "没看出差异，不等于证明没有差异。"
        ),
    }
    pairs = {key: (said[key], Prose(f"{found.en} {more[key].en}", f"{found.zh}{more[key].zh}")) for key in said}
    return choice(pairs.pop("better" if gap > limit else "chance"), *pairs.values())


MODEL = ItemModel("rate_difference", {"of": ("on_time", "satisfied")}, build)
