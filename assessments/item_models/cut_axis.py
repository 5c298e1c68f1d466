"""Charts of the same figures, and how much taller a bar looks when its axis is cut off."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number, one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose
from core.context import Context

_TIMES = Prose("times", "倍")
_WEEKS = Prose("Week", "周"), Prose("Orders", "订单数")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Weekly orders; asked is what a cut axis makes of two of them, or which chart of all misleads."""
    return _looks(rng) if params["ask"] == "looks" else _chart(rng)


def _looks(rng: random.Random) -> Built:
    start = rng.randint(12, 60) * 50
    low = start + rng.randint(4, 30) * 5
    times = rng.randint(3, 9)
    high = start + times * (low - start)
    exhibit = Exhibit(
        Prose("A bar chart of two weeks", "两周的条形图"),
        _WEEKS,
        (
            (Prose("Week 1", "第 1 周"), *m.words(f"{low:,}")),
            (Prose("Week 2", "第 2 周"), *m.words(f"{high:,}")),
            (Prose("The axis begins at", "坐标轴起点"), *m.words(f"{start:,}")),
        ),
    )
    true = round(high / low, 2)
    answer = number(
        times,
        _TIMES,
        Prose(
            f"Above the axis stand {high:,} − {start:,} = {high - start:,} and {low:,} − {start:,} = {low - start:,}: "
            f"{times} times. In truth it is {true:.2f} times as much.",
            f"轴线以上分别是 {high:,} − {start:,} = {high - start:,} 和 {low:,} − {start:,} = {low - start:,}："
            f"{times} 倍。"
            f"实际只有 {true:.2f} 倍。",
        ),
        {
            true: Prose(
                "That is the true ratio; asked was what the eye sees.", "这是真实的倍数，题目问的是看上去多少倍。"
            ),
            times - 1: Prose(
                "That is how many times **taller** it looks; asked was how many times as tall.",
                "这是高出的倍数，题目问的是几倍高。",
            ),
        },
        tolerance=0.05,
    )
    stem = Prose(
        "How many times as tall as the bar of week 1 does the bar of week 2 **look**?",
        "第 2 周的条**看上去**是第 1 周的几倍高？",
    )
    return Built("numeric", stem, answer, exhibit)


def _chart(rng: random.Random) -> Built:
    values = [rng.randint(90, 110) * 10 for _ in range(5)]
    start = min(values) // 100 * 100 - 50
    exhibit = Exhibit(
        Prose("Orders of five weeks", "五周订单"),
        _WEEKS,
        tuple(
            (Prose(f"Week {place}", f"第 {place} 周"), *m.words(f"{value:,}"))
            for place, value in enumerate(values, start=1)
        ),
    )
    bad = [
        (
            Prose(f"Bars on an axis from {start}", f"条形图，坐标轴从 {start} 起"),
            Prose(
                "The length of a bar is the figure; cut off, a small difference looks many times as large.",
                "条的长度就是数值，截断后小差异看上去大了许多倍。",
            ),
        ),
        (
            Prose("A pie, one slice per week", "饼图，每周一块"),
            Prose(
                "Weeks aren't parts of a whole, and five nearly equal slices can't be told apart.",
                "各周不是一个整体的组成部分，五块差不多大也分辨不出。",
            ),
        ),
        (
            Prose("Bars in three dimensions, in perspective", "三维透视条形图"),
            Prose("Bars at the front look taller than those behind.", "靠前的条看上去比后面的高。"),
        ),
    ]
    good = [
        (
            Prose(f"A line, its axis marked from {start}", f"折线图，坐标轴标明从 {start} 起"),
            Prose(
                "With a line the slope counts, and the axis says where it begins.", "折线看斜率，坐标轴也标明了起点。"
            ),
        ),
        (
            Prose("Bars on an axis from 0", "条形图，坐标轴从 0 起"),
            Prose("Length and figure agree.", "长度与数值一致。"),
        ),
        (
            Prose("A line on an axis from 0", "折线图，坐标轴从 0 起"),
            Prose(
                "Nothing is cut off, and the ups and downs keep their true size.", "没有截断，起伏的大小与实际一致。"
            ),
        ),
        (
            Prose("Dots with their values written beside them", "散点，旁边标出数值"),
            Prose("Nothing is cut off, and the figures can be read.", "没有截断，数值也能读到。"),
        ),
    ]
    stem = Prose("Which chart of these figures **misleads** the eye?", "用这些数字画的图，哪一种会**误导**读者？")
    return Built("single", stem, one_of(rng.choice(bad), rng.sample(good, 3)), exhibit)


MODEL = ItemModel("cut_axis", {"ask": ("looks", "chart")}, build)
