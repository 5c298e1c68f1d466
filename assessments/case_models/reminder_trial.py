"""A trial of a message before delivery: two groups of another mix, and what may be said of the difference."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import PER_CENT, POINTS, number, one_of, per_cent
from assessments.item_models.model import Built
from assessments.prose import Prose
from core.context import Context

_TO_TWO_PLACES = 0.011


@dataclass(frozen=True, slots=True)
class _Group:
    """Orders and complaints of a group, near and far."""

    orders: tuple[int, int]
    complaints: tuple[int, int]

    @property
    def rates(self) -> tuple[float, float]:
        """Complaints in per cent of orders, near and far."""
        return per_cent(self.complaints[0], self.orders[0]), per_cent(self.complaints[1], self.orders[1])

    @property
    def rate(self) -> float:
        return per_cent(sum(self.complaints), sum(self.orders))


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """The group with the message got most of the near orders, so that its rate is low for two reasons."""
    told, others = _groups(rng)
    situation = Prose(
        "For a month some buyers got a message on the day before delivery, others didn't; the warehouse of their order "
        "decided which. Now it is to be decided whether all get it. A message costs 0.05 yuan.",
        "一个月来，部分买家在送达前一天收到提醒消息，其余没有；由哪个仓发货决定是否发送。现在要决定是否对全部买家发送。"
        "每条消息 0.05 元。",
    )
    questions = {
        "points": _points(told, others),
        "same_mix": _same_mix(told, others),
        "claim": _claim(told, others),
        "next": _next(),
    }
    return BuiltCase(situation, (_table(told, others), _chart(told, others)), questions)


def _groups(rng: random.Random) -> tuple[_Group, _Group]:
    near, far = rng.randint(14, 22) * 100, rng.randint(3, 5) * 100
    few, many = rng.randint(6, 9) * 100, rng.randint(12, 18) * 100
    low, high = rng.randint(18, 26), rng.randint(48, 66)  # complaints in a thousand orders without a message
    gain = rng.randint(2, 3), rng.randint(4, 7)  # small beside what the mix makes
    told = _Group((near, far), (near * (low - gain[0]) // 1_000, far * (high - gain[1]) // 1_000))
    return told, _Group((few, many), (few * low // 1_000, many * high // 1_000))


_NAMES = Prose("With the message", "收到提醒"), Prose("Without it", "未收到提醒")
_REGIONS = Prose("near provinces", "近省"), Prose("far provinces", "远省")


def _table(told: _Group, others: _Group) -> Exhibit:
    return Exhibit(
        Prose("Orders and complaints of the month", "当月订单与投诉"),
        (Prose("Group", "组别"), Prose("Region", "区域"), Prose("Orders", "订单"), Prose("Complaints", "投诉")),
        tuple(
            (name, region, *m.words(f"{group.orders[at]:,}", f"{group.complaints[at]:,}"))
            for name, group in zip(_NAMES, (told, others), strict=True)
            for at, region in enumerate(_REGIONS)
        ),
    )


def _chart(told: _Group, others: _Group) -> Exhibit:
    def share(group: _Group) -> str:
        return f"{100 * group.orders[1] / sum(group.orders):.1f}"

    return Exhibit(
        Prose("Share of far provinces in a group's orders, in per cent", "各组订单中远省所占百分比"),
        (Prose("Group", "组别"), Prose("Per cent", "百分比")),
        tuple((name, *m.words(share(group))) for name, group in zip(_NAMES, (told, others), strict=True)),
        BARS,
    )


def _points(told: _Group, others: _Group) -> Built:
    key = round(others.rate - told.rate, 2)
    answer = number(
        key,
        POINTS,
        Prose(
            f"All complaints by all orders of each group: {others.rate:.2f}% − {told.rate:.2f}% = {key:.2f}.",
            f"各组投诉合计除以订单合计：{others.rate:.2f}% − {told.rate:.2f}% = {key:.2f}。",
        ),
        {
            round(sum(others.rates) / 2 - sum(told.rates) / 2, 2): Prose(
                "The mean of the two regions' rates isn't the rate of the group.", "两个区域比率的平均不是该组的比率。"
            ),
            round(100 * key / others.rate, 2): Prose(
                "That is the difference in per cent of the other group's rate.", "这是相对于另一组投诉率的降幅。"
            ),
        },
        tolerance=_TO_TWO_PLACES,
    )
    stem = Prose(
        "By how many **percentage points** is the complaint rate of the whole group with the message below that of "
        "the group without (to two decimal places)?",
        "“收到提醒”组整体的投诉率比“未收到提醒”组低多少个**百分点**（保留两位小数）？",
    )
    return Built("numeric", stem, answer)


def _same_mix(told: _Group, others: _Group) -> Built:
    expected = [rate * orders / 100 for rate, orders in zip(told.rates, others.orders, strict=True)]
    key = per_cent(sum(expected), sum(others.orders))
    parts = " + ".join(f"{orders:,} × {rate:.2f}%" for rate, orders in zip(told.rates, others.orders, strict=True))
    answer = number(
        key,
        PER_CENT,
        Prose(
            f"The rates of the group with the message, on the orders of the other: ({parts}) / "
            f"{sum(others.orders):,} = {key:.2f}%. Like with like it gains {others.rate - key:.2f} "
            f"points, not {others.rate - told.rate:.2f}.",
            "用“收到提醒”组的分区投诉率乘以另一组的订单："
            f"（{parts.replace(' %', '%')}）/ {sum(others.orders):,} = {key:.2f}%。"
            f"同等条件下只降低 {others.rate - key:.2f} 个百分点，而不是 {others.rate - told.rate:.2f}。",
        ),
        {
            told.rate: Prose("That is its rate with its own mix.", "这是按它自己的结构算出的投诉率。"),
            round(sum(told.rates) / 2, 2): Prose(
                "The regions don't weigh alike; weigh them by the other group's orders.",
                "两个区域权重不同，应按另一组的订单加权。",
            ),
            others.rate: Prose("That is the other group's own rate.", "这是另一组自己的投诉率。"),
        },
        tolerance=_TO_TWO_PLACES,
    )
    stem = Prose(
        "What would the complaint rate of the group with the message be if it had **the other group's mix** of "
        "regions, in per cent (to two decimal places)?",
        "如果“收到提醒”组的区域结构**与另一组相同**，其投诉率会是百分之多少（保留两位小数）？",
    )
    return Built("numeric", stem, answer)


def _claim(told: _Group, others: _Group) -> Built:
    gap = others.rate - told.rate
    right = (
        Prose(
            "In both regions the rate was somewhat lower with it; most of the whole gap is mix",
            "两个区域收到提醒的投诉率都略低；总差距主要来自结构不同",
        ),
        Prose(
            f"Near {told.rates[0]:.2f} against {others.rates[0]:.2f}%, far {told.rates[1]:.2f} against "
            f"{others.rates[1]:.2f}%: small gains, while the groups differ in far orders.",
            f"近省 {told.rates[0]:.2f}% 对 {others.rates[0]:.2f}%，"
            f"远省 {told.rates[1]:.2f}% 对 {others.rates[1]:.2f}%："
            "改善不大，而两组的远省占比相差很多。",
        ),
    )
    wrong = (
        (
            Prose(
                f"The message lowers the complaint rate by {gap:.1f} points", f"提醒消息使投诉率降低 {gap:.1f} 个百分点"
            ),
            Prose(
                "Far orders, which bring complaints anyway, are mostly in the other group.",
                "本来投诉就多的远省订单多在另一组。",
            ),
        ),
        (
            Prose("The message has no effect, since all of it is mix", "提醒消息没有作用，差距全部来自结构"),
            Prose("Within each region the group with the message is lower.", "在每个区域内，收到提醒的一组都更低。"),
        ),
        (
            Prose(
                "The message works in near provinces and does harm in far ones",
                "提醒消息在近省有效，在远省反而有害",
            ),
            Prose("In the far provinces, too, the rate was lower with it.", "远省收到提醒的投诉率同样更低。"),
        ),
    )
    return Built(
        "single",
        Prose("Which sentence do the figures **bear out**?", "下列哪句话**有数据支持**？"),
        one_of(right, wrong),
    )


def _next() -> Built:
    right = (
        Prose(
            "Go on with groups drawn by lot within each region, for a number of orders set beforehand",
            "在每个区域内随机分组继续试验，事先定好订单数",
        ),
        Prose(
            "Then the groups differ in nothing but the message, and knowing for sure costs little.",
            "这样两组只差是否收到消息；花不了多少就能确定。",
        ),
    )
    wrong = (
        (
            Prose(
                "Send it to all and compare next month's complaints with those of the month before",
                "全部发送，再用下月投诉与上月比较",
            ),
            Prose(
                "Seasons, sales and carriers change between two months as well.",
                "两个月之间，季节、促销和承运商也会变。",
            ),
        ),
        (
            Prose(
                "Take the region out of the report, so that the result is easier to see", "报告里不提区域，结果更清楚"
            ),
            Prose("That hides what explains most of the difference.", "这等于隐藏了差距的主要原因。"),
        ),
        (
            Prose("Drop it, as a trial with unequal groups tells nothing at all", "放弃，分组不均的试验什么也说明不了"),
            Prose(
                "Within the regions it hints at a gain; that is worth a fair trial.",
                "分区域看有改善迹象，值得公平地再试。",
            ),
        ),
    )
    stem = Prose("What do you recommend as the **next step**?", "您建议**下一步**怎么做？")
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("reminder_trial", ("points", "same_mix", "claim", "next"), {}, build)
