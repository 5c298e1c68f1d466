"""The rate of a whole out of its parts, and a change told in percentage points."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import PER_CENT, POINTS, number, per_cent
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context
from core.services.carriers import carrier_policy

_TO_ONE_PLACE = 0.06


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Carriers with their parcels due and on time, or two months of one; asked is the rate or its change."""
    return _overall(rng) if params["ask"] == "overall" else _change(rng)


def _overall(rng: random.Random) -> Built:
    carriers = rng.sample(carrier_policy().carriers, 3)
    rates = rng.sample((60, 65, 70, 75), 1) + rng.sample((86, 88, 90, 92, 94, 96), 2)
    due = [rng.randint(1, 3) * 100, rng.randint(8, 20) * 50, rng.randint(8, 20) * 50]
    on_time = [rate * count // 100 for rate, count in zip(rates, due, strict=True)]
    rows = [
        (Prose(one.name_en, one.name_zh), same(f"{count:,}"), same(f"{rate}%"))
        for one, count, rate in zip(carriers, due, rates, strict=True)
    ]
    rng.shuffle(rows)
    exhibit = Exhibit(
        Prose("Parcels due last month", "上月应送达包裹"),
        (Prose("Carrier", "承运商"), Prose("Due", "应送达件数"), Prose("On-time rate", "准时率")),
        tuple(rows),
    )
    key = per_cent(sum(on_time), sum(due))
    mean = round(sum(rates) / 3, 2)
    parts, wholes = (" + ".join(f"{one:,}" for one in counts) for counts in (on_time, due))
    answer = number(
        key,
        PER_CENT,
        Prose(
            f"All on time by all due: ({parts}) / ({wholes}) = {sum(on_time):,} / {sum(due):,} = {key:.2f}%.",
            f"准时总件数除以应送达总件数：({parts}) / ({wholes}) = {sum(on_time):,} / {sum(due):,} = {key:.2f}%。",
        ),
        {
            mean: Prose(
                "That is the mean of the three rates; in it a carrier with few parcels weighs as much as a big one.",
                "这是三个比率的平均，件数少的承运商和件数多的占了同样的权重。",
            ),
            round(100 - key, 2): Prose("That share wasn't on time.", "这是不准时的比例。"),
        },
        tolerance=_TO_ONE_PLACE,
    )
    stem = Prose(
        "What is the on-time rate of **all** parcels together, in per cent (to one decimal place)?",
        "**全部**包裹合计的准时率是百分之多少（保留一位小数）？",
    )
    return Built("numeric", stem, answer, exhibit)


def _change(rng: random.Random) -> Built:
    due = [rng.randint(8, 20) * 100, rng.randint(8, 20) * 100]
    before, after = rng.randint(640, 780), rng.randint(820, 940)  # tenths of a per cent
    on_time = [before * due[0] // 1_000, after * due[1] // 1_000]
    rates = [per_cent(part, whole) for part, whole in zip(on_time, due, strict=True)]
    exhibit = Exhibit(
        Prose("Parcels of two months", "两个月的包裹"),
        (Prose("Month", "月份"), Prose("Due", "应送达"), Prose("On time", "准时")),
        (
            (Prose("Before the change", "改进前"), *m.words(f"{due[0]:,}", f"{on_time[0]:,}")),
            (Prose("After the change", "改进后"), *m.words(f"{due[1]:,}", f"{on_time[1]:,}")),
        ),
    )
    key = round(rates[1] - rates[0], 2)
    answer = number(
        key,
        POINTS,
        Prose(
            f"The difference of the rates: {rates[1]:.2f}% − {rates[0]:.2f}% = {key:.2f} percentage points.",
            f"两个比率之差：{rates[1]:.2f}% − {rates[0]:.2f}% = {key:.2f} 个百分点。",
        ),
        {
            round(100 * key / rates[0], 2): Prose(
                "That is the rise in per cent of the old rate.", "这是相对于原比率的增幅（百分比）。"
            ),
            per_cent(on_time[1] - on_time[0], on_time[0]): Prose(
                "The numbers of parcels were compared instead of the rates.", "比的是件数，不是比率。"
            ),
        },
        tolerance=_TO_ONE_PLACE,
    )
    stem = Prose(
        "By how many **percentage points** did the on-time rate rise (to one decimal place)?",
        "准时率提高了多少个**百分点**（保留一位小数）？",
    )
    return Built("numeric", stem, answer, exhibit)


MODEL = ItemModel("whole_rate", {"ask": ("overall", "points")}, build)
