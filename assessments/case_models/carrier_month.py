"""A month of deliveries by carrier and week, and what a report may say of it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import LINE, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import PER_CENT, POINTS, number, one_of, per_cent
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from core.context import Context
from core.services.carriers import carrier_policy

_TO_ONE_PLACE = 0.06


@dataclass(frozen=True, slots=True)
class _Carrier:
    """What a carrier did with the parcels that were due in the month."""

    name: Prose
    due: int
    on_time: int
    unscanned: int

    @property
    def late(self) -> int:
        return self.due - self.on_time - self.unscanned

    @property
    def failed(self) -> int:
        return self.due - self.on_time


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Four carriers: a big one of middling rate, a small one of poor rate, a good one, a tiny one without a fault."""
    carriers = _carriers(rng)
    weeks = _weeks(carriers, rng)
    situation = Prose(
        "You write the delivery report of the month. By it the head of logistics decides with which carrier to talk "
        "first. “On time” has every parcel that was due in its denominator; one without a delivery scan isn't "
        "on time.",
        "您在写本月配送报告。物流负责人将据此决定先与哪家承运商谈。准时率以全部应送达包裹为分母，没有签收扫描的不算准时。",
    )
    questions = {
        "overall": _overall(carriers),
        "weight": _weight(carriers),
        "claim": _claim(carriers, weeks),
        "unscanned": _unscanned(carriers),
    }
    return BuiltCase(situation, (_by_carrier(carriers, rng), _by_week(weeks)), questions)


def _carriers(rng: random.Random) -> list[_Carrier]:
    names = [Prose(one.name_en, one.name_zh) for one in rng.sample(carrier_policy().carriers, 4)]
    big = rng.randint(38, 46) * 100
    poor = rng.randint(3, 5) * 100
    good = rng.randint(18, 26) * 100
    tiny = rng.randint(9, 14)
    return [
        _Carrier(names[0], big, big * rng.randint(855, 875) // 1_000, big * rng.randint(40, 60) // 1_000),
        _Carrier(names[1], poor, poor * rng.randint(700, 760) // 1_000, poor * rng.randint(20, 50) // 1_000),
        _Carrier(names[2], good, good * rng.randint(945, 965) // 1_000, good * rng.randint(8, 15) // 1_000),
        _Carrier(names[3], tiny, tiny, 0),
    ]


def _weeks(carriers: Sequence[_Carrier], rng: random.Random) -> list[int]:
    """On-time rates of the four weeks in whole per cent, around that of the month: lowest in the third."""
    month = round(per_cent(sum(one.on_time for one in carriers), sum(one.due for one in carriers)))
    return [month + off for off in rng.choice(((3, 2, -4, -1), (2, 3, -4, -1), (4, 1, -4, -1)))]


def _by_carrier(carriers: Sequence[_Carrier], rng: random.Random) -> Exhibit:
    shown = rng.sample(carriers, len(carriers))
    return Exhibit(
        Prose("Parcels due this month, by carrier", "本月应送达包裹（按承运商）"),
        (
            Prose("Carrier", "承运商"),
            Prose("Due", "应送达"),
            Prose("Delivered on time", "准时签收"),
            Prose("Delivered late", "晚到签收"),
            Prose("No delivery scan", "无签收扫描"),
        ),
        tuple(
            (one.name, *m.words(*(f"{count:,}" for count in (one.due, one.on_time, one.late, one.unscanned))))
            for one in shown
        ),
    )


def _by_week(weeks: Sequence[int]) -> Exhibit:
    return Exhibit(
        Prose("On-time rate by week, all carriers together", "每周准时率（全部承运商合计）"),
        (Prose("Week", "周"), Prose("On-time rate", "准时率")),
        tuple(
            (Prose(f"Week {place}", f"第 {place} 周"), same(f"{rate}%")) for place, rate in enumerate(weeks, start=1)
        ),
        LINE,
    )


def _overall(carriers: Sequence[_Carrier]) -> Built:
    due, on_time = sum(one.due for one in carriers), sum(one.on_time for one in carriers)
    delivered = due - sum(one.unscanned for one in carriers)
    key = per_cent(on_time, due)
    mean = round(sum(per_cent(one.on_time, one.due) for one in carriers) / len(carriers), 2)
    answer = number(
        key,
        PER_CENT,
        Prose(
            f"All on time by all due: {on_time:,} / {due:,} = {key:.2f}%.",
            f"准时总件数除以应送达总件数：{on_time:,} / {due:,} = {key:.2f}%。",
        ),
        {
            mean: Prose("That is the mean of the carriers' rates.", "这是各承运商准时率的平均值。"),
            per_cent(on_time, delivered): Prose(
                "Parcels without a scan were left out of the denominator.", "分母漏掉了没有签收扫描的包裹。"
            ),
        },
        tolerance=_TO_ONE_PLACE,
    )
    stem = Prose(
        "What is the on-time rate of the month over all carriers, in per cent (to one decimal place)?",
        "本月全部承运商合计的准时率是百分之多少（保留一位小数）？",
    )
    return Built("numeric", stem, answer)


def _unscanned(carriers: Sequence[_Carrier]) -> Built:
    due, on_time = sum(one.due for one in carriers), sum(one.on_time for one in carriers)
    without = sum(one.unscanned for one in carriers)
    right, wrong = per_cent(on_time, due), per_cent(on_time, due - without)
    key = round(wrong - right, 2)
    answer = number(
        key,
        POINTS,
        Prose(
            f"{on_time:,} / {due - without:,} = {wrong:.2f}% instead of {on_time:,} / {due:,} = {right:.2f}%: "
            f"{key:.2f} points better on paper, and not one parcel came sooner.",
            f"{on_time:,} / {due - without:,} = {wrong:.2f}%，而不是 {on_time:,} / {due:,} = {right:.2f}%："
            f"账面上高了 {key:.2f} 个百分点，却没有一件包裹到得更早。",
        ),
        {
            round(100 * without / due, 2): Prose(
                "That is the share of parcels without a scan.", "这是没有扫描的包裹所占比例。"
            ),
            round(100 * (wrong - right) / right, 2): Prose(
                "That is the rise in per cent of the right rate.", "这是相对于正确比率的增幅。"
            ),
        },
        tolerance=_TO_ONE_PLACE,
    )
    stem = Prose(
        "A colleague joins parcels with scans and loses those without one. By how many **percentage points** does the "
        "rate of all carriers come out too high (to one decimal place)?",
        "同事把包裹与扫描关联时，丢掉了没有扫描的包裹。全部承运商合计的准时率因此虚高多少个**百分点**（保留一位小数）？",
    )
    return Built("numeric", stem, answer)


def _weight(carriers: Sequence[_Carrier]) -> Built:
    big, poor, good, tiny = carriers
    options = (
        (
            poor.name,
            Prose(
                f"The lowest rate, but of {poor.due} parcels only {poor.failed:,} weren't on time.",
                f"准时率最低，但 {poor.due} 件中只有 {poor.failed} 件不准时。",
            ),
        ),
        (
            good.name,
            Prose(
                f"Only {good.failed:,} of {good.due:,} weren't on time.",
                f"{good.due:,} 件中只有 {good.failed} 件不准时。",
            ),
        ),
        (
            tiny.name,
            Prose(
                f"{tiny.due} parcels without a fault: nothing to gain, and too few to judge.",
                f"{tiny.due} 件全部准时：没有提升空间，样本也太小。",
            ),
        ),
    )
    why = Prose(
        f"{big.failed} of its parcels weren't on time, more than of all others together: here most buyers wait.",
        f"它有 {big.failed} 件不准时，比其余几家加起来还多：多数等货的买家都在这里。",
    )
    stem = Prose(
        "One talk can halve the number of parcels that a carrier doesn't deliver on time. With which carrier does it "
        "help **most buyers**?",
        "谈一次能让一家承运商的不准时件数减半。与哪家谈，受益的**买家最多**？",
    )
    return Built("single", stem, one_of((big.name, why), options))


def _claim(carriers: Sequence[_Carrier], weeks: Sequence[int]) -> Built:
    _, poor, _, tiny = carriers
    fall = weeks[0] - weeks[-1]
    right = (
        Prose(
            f"In week 4 the rate was {fall} points below week 1; it was lowest in week 3",
            f"第 4 周准时率比第 1 周低 {fall} 个百分点，第 3 周最低",
        ),
        Prose(
            f"{weeks[0]}% − {weeks[-1]}% = {fall} points; week 3 stood at {weeks[2]}%. It says what was, no more.",
            f"{weeks[0]}% − {weeks[-1]}% = {fall} 个百分点，第 3 周为 {weeks[2]}%。只说事实，不多说。",
        ),
    )
    wrong = (
        (
            Prose(
                f"The rate has fallen by {fall} per cent since week 1 and keeps falling",
                f"准时率自第 1 周以来下降了 {fall}%，并且还在下降",
            ),
            Prose(
                "The difference of two rates is in points, and from week 3 to week 4 it rose.",
                "两个比率之差是百分点；而且第 3 周到第 4 周是上升的。",
            ),
        ),
        (
            Prose(
                f"{tiny.name.en} is the most reliable carrier at 100%, and should get more parcels",
                f"{tiny.name.zh}准时率 100%，最可靠，应多分给它",
            ),
            Prose(
                f"{tiny.due} parcels are too few to say so: one late one would make it "
                f"{per_cent(tiny.due - 1, tiny.due):.0f}%.",
                f"只有 {tiny.due} 件，说明不了问题：只要晚一件就是 {per_cent(tiny.due - 1, tiny.due):.0f}%。",
            ),
        ),
        (
            Prose(
                f"The fall comes from {poor.name.en}, whose rate is the lowest of all four",
                f"下降是{poor.name.zh}造成的，它的准时率在四家中最低",
            ),
            Prose(
                "The table shows no carrier's rate by week; being lowest isn't the same as causing the change.",
                "表中没有各承运商的分周数据；最低不等于就是变化的原因。",
            ),
        ),
    )
    stem = Prose("Which sentence do the figures **bear out**?", "下列哪句话**有数据支持**？")
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("carrier_month", ("overall", "weight", "claim", "unscanned"), {}, build)
