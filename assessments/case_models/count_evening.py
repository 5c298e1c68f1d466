"""An evening of counting: seven places with their differences, and what earlier counts have found."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears, pick
from assessments.item_models.count_verdict import most_off
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.domain.classes import Abc
from core.domain.counting import Cause
from core.services.bins import bin_code
from core.services.stock_policies import counting_policy


@dataclass(frozen=True, slots=True)
class _Place:
    """A counted place. Units: `cost` in whole yuan; `carton` holds so many pieces."""

    code: str
    goods: m.Goods
    abc: Abc
    book: int
    counted: int
    cost: int
    carton: int

    @property
    def off(self) -> int:
        """Count less book."""
        return self.counted - self.book

    @property
    def again(self) -> bool:
        """Whether it is beyond the tolerance of its class."""
        return not counting_policy().tolerance[self.abc].takes(self.off, self.book, self.cost * 100)


@dataclass(frozen=True, slots=True)
class _Found:
    """A cause that earlier counts named, in both languages, and what mends it."""

    cause: Cause
    name: Prose
    remedy: Prose
    why: Prose


_CAUSES: tuple[_Found, ...] = (
    _Found(
        Cause.UNITS,
        Prose("Cartons and pieces mixed up", "箱与件混淆"),
        Prose(
            "Print the pieces per carton on the label, and have receipts scanned by the carton",
            "标签上印装箱数，收货按箱扫码",
        ),
        Prose("It ends the guessing whether a number means cartons or pieces.", "免得猜填的是箱还是件。"),
    ),
    _Found(
        Cause.MISPICK,
        Prose("Picked wrongly", "拣错货"),
        Prose(
            "Keep look-alikes in bins far apart, and have every unit scanned before packing",
            "相似商品分开存放，打包前逐件扫码",
        ),
        Prose("Look-alikes side by side are picked for each other.", "相似商品挨着放，容易互相拿错。"),
    ),
    _Found(
        Cause.RETURN,
        Prose("Return not booked", "退货未入账"),
        Prose(
            "Book returned parcels on the day they come, before they touch a shelf", "退货到仓当天登记，登记前不上架"
        ),
        Prose("What lies on the shelf without a record is found too much later.", "没登记就上架，日后就成了盘盈。"),
    ),
    _Found(
        Cause.MISPLACED,
        Prose("Lies in another bin", "放错货位"),
        Prose("Scan the bin that was really used when putting away and when moving", "上架和移位都扫描实际放入的货位"),
        Prose("Then the record knows where the goods lie.", "这样账上才知道货在哪里。"),
    ),
)
_UNKNOWN = Prose("Unexplained after recount", "复盘后仍不明")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Places are counted by the product's tolerances; asked is what is counted again, why, and what to mend."""
    cause = rng.choice((Cause.UNITS, Cause.MISPICK, Cause.MISPLACED))
    drawn = _drawn(world, rng, cause)
    while not sum(one.off * one.cost for one in drawn):  # "nothing" would be right for the wrong reason
        drawn = _drawn(world, rng, cause)
    places = sorted(drawn, key=lambda one: one.code)
    found = _earlier(rng)
    situation = Prose(
        f"It is the evening of {m.moment(world, world.now)[:10]}. A cycle count of seven places is done; nothing moved "
        "meanwhile. The table shows book and count. The chart shows the units that were off in the last three "
        "months, by the reason that was given.",
        f"{m.moment(world, world.now)[:10]} 晚上，七个位置的循环盘点已完成，其间没有货物移动。表中为账面与实盘。"
        "图中为最近三个月按原因汇总的差异件数。",
    )
    sheet = Exhibit(
        Prose("Count sheet", "盘点表"),
        (
            Prose("Bin", "货位"),
            Prose("Article", "商品"),
            Prose("Class", "类别"),
            Prose("Pieces per carton", "装箱数"),
            Prose("Book", "账面"),
            Prose("Counted", "实盘"),
            Prose("Cost, CNY", "成本（元）"),
        ),
        tuple(
            (
                *m.words(one.code, one.goods.code, one.abc.value, str(one.carton)),
                *m.words(str(one.book), str(one.counted), str(one.cost)),
            )
            for one in places
        ),
    )
    chart = Exhibit(
        Prose("Units off in three months, by reason", "三个月差异件数（按原因）"),
        (Prose("Reason", "原因"), Prose("Units", "件数")),
        tuple((name, same(str(units))) for name, units in found),
        chart=BARS,
    )
    questions = {
        "recount": Built("numeric", *_recount(places)),
        "value": Built("numeric", *_value(places)),
        "cause": Built("single", *_cause(drawn[0], drawn[1], cause)),
        "mend": Built("single", *_mend(found)),
    }
    return BuiltCase(situation, (sheet, chart), questions)


def _drawn(world: Context, rng: random.Random, cause: Cause) -> list[_Place]:
    """Seven places whose first tells of a cause: short by a carton, or by what its partner, the second, has too much.

    Two others agree, one A is off by little, the rest lie within or beyond their tolerance.
    """
    goods = m.goods_of(world, rng, 7)
    if cause is Cause.MISPLACED:
        goods[1] = goods[0]
    classes = [Abc.C, Abc.C, Abc.A, Abc.A, Abc.B, Abc.B, Abc.C]
    rack = rng.randint(2, 20)
    racks = [rack, rack + (9 if cause is Cause.MISPLACED else 1), *rng.sample(range(30, 60), 5)]
    cartons = [rng.choice((18, 24)), rng.choice((18, 24, 36)), *(rng.choice((12, 18, 24, 36)) for _ in range(5))]
    costs = [rng.randint(5, 24) for _ in range(7)]
    if cause is Cause.MISPLACED:
        cartons[1], costs[1] = cartons[0], costs[0]
    missing = cartons[0] if cause is Cause.UNITS else rng.randint(11, 16)
    aisle = rng.randint(1, 4)
    places = []
    for nth, (one, abc) in enumerate(zip(goods, classes, strict=True)):
        book = rng.randint(60, 380)
        most = most_off(counting_policy().tolerance[abc], book, costs[nth] * 100)
        if nth == 0:
            off = -missing
        elif nth == 1:
            off = 0 if cause is Cause.UNITS else missing
        elif nth == 2:
            off = rng.choice((-1, 1)) * rng.randint(1, 2)
        elif nth in (3, 6):
            off = 0
        elif nth == 4 or rng.random() < 0.5:
            off = rng.choice((-1, 1)) * rng.randint(1, max(1, most))
        else:
            off = rng.choice((-1, 1)) * (most + rng.randint(1, 3))
        places.append(_Place(bin_code("B", aisle, racks[nth]), one, abc, book, book + off, costs[nth], cartons[nth]))
    return places


def _earlier(rng: random.Random) -> list[tuple[Prose, int]]:
    """Units by reason; "unexplained" is the longest bar, of the causes one can mend the first is the longest."""
    units = sorted(rng.sample(range(12, 90), 5), reverse=True)
    named = rng.sample(_CAUSES, 4)
    rows = [(_UNKNOWN, units[0]), *((one.name, count) for one, count in zip(named, units[1:], strict=True))]
    rng.shuffle(rows)
    return rows


def _recount(places: Sequence[_Place]) -> tuple[Prose, Numeric]:
    key = sum(one.again for one in places)
    beyond = ", ".join(one.code for one in places if one.again)
    beyond_zh = beyond.replace(", ", "、")
    mistakes = (
        (
            sum(one.off != 0 for one in places),
            0.0,
            Prose("Not every difference is beyond the tolerance of its class.", "并非每处差异都超出该类别的允差。"),
        ),
        (
            sum(one.again for one in places if one.abc is not Abc.A),
            0.25,
            Prose("Class A tolerates no difference at all.", "A 类不允许任何差异。"),
        ),
        (
            sum(abs(one.off) > 2 for one in places),
            0.0,
            Prose("The tolerance depends on the class and the book.", "允差取决于类别和账面数。"),
        ),
    )
    reason = Prose(
        f"Class A: no difference; B: 1 unit or 1%; C: 2 units or 2%; B and C at most 200 CNY. Beyond it: {beyond}.",
        f"A 类不允许差异；B 类 1 件或 1%；C 类 2 件或 2%；B、C 类金额不超过 200 元。超出的有：{beyond_zh}。",
    )
    stem = Prose("How many of the seven places have to be **counted again**?", "七个位置中，有几处必须**复盘**？")
    return stem, Numeric(key, 0, Prose("places", "处"), reason, nears(key, 0, mistakes))


def _value(places: Sequence[_Place]) -> tuple[Prose, Numeric]:
    off = [one for one in places if one.off]
    key = sum(one.off * one.cost for one in off)
    said = " ".join(f"{'+' if one.off > 0 else '−'} {abs(one.off)} × {one.cost}" for one in off)
    said = said.removeprefix("+ ") if off[0].off > 0 else said.replace("− ", "−", 1)
    shown = f"{key:,}".replace("-", "−")
    mistakes = (
        (
            sum(abs(one.off) * one.cost for one in off),
            0.0,
            Prose("Here signs count: a surplus adds.", "这里要看正负：盘盈是加。"),
        ),
        (
            sum(one.off for one in off),
            0.0,
            Prose("These are units; the question asks for their value.", "这是件数，问的是金额。"),
        ),
        (-key, 0.25, Prose("Count less book, not the other way round.", "是实盘减账面，方向反了。")),
    )
    reason = Prose(
        f"Difference × cost, place by place: {said} = {shown} CNY.", f"逐处计算差异 × 成本：{said} = {shown} 元。"
    )
    stem = Prose(
        "The recount confirms every count. What do all differences come to at cost, in CNY? Write a loss with a minus.",
        "复盘确认了全部实盘数。全部差异按成本合计多少元？损失用负数表示。",
    )
    return stem, Numeric(key, 0, Prose("CNY", "元"), reason, nears(key, 0, mistakes))


def _cause(odd: _Place, partner: _Place, cause: Cause) -> tuple[Prose, Choice]:
    missing = -odd.off
    stem = Prose(
        f"{odd.goods.code} is {missing} units short in {odd.code}, and the recount confirms it. Which cause is the "
        "most likely?",
        f"货位 {odd.code} 的 {odd.goods.code} 短少 {missing} 件，复盘后确认。最可能的原因是什么？",
    )
    right = {
        Cause.UNITS: Prose(
            f"{missing} pieces are exactly one carton of this article.", f"{missing} 件正好是这种商品的一箱。"
        ),
        Cause.MISPICK: Prose(
            f"The next bin, {partner.code}, shows a surplus of {missing} of another article.",
            f"相邻货位 {partner.code} 的另一种商品正好多出 {missing} 件。",
        ),
        Cause.MISPLACED: Prose(
            f"{partner.code} shows a surplus of {missing} of the same article.",
            f"同一商品在 {partner.code} 正好多出 {missing} 件。",
        ),
    }
    wrong = {
        Cause.UNITS: Prose(
            f"A carton of it holds {odd.carton}; {missing} units aren't a whole carton.",
            f"它一箱装 {odd.carton} 件，{missing} 件不是整箱。",
        ),
        Cause.MISPICK: Prose(
            "No neighbouring bin shows an equal surplus of another article.", "相邻货位没有别的商品多出同样的件数。"
        ),
        Cause.MISPLACED: Prose("No other place shows a surplus of this article.", "同一商品在别处并没有多出来。"),
        Cause.RETURN: Prose("A return that wasn't booked shows as a surplus.", "退货未入账会表现为盘盈。"),
    }
    said = [right[one.cause] if one.cause is cause else wrong[one.cause] for one in _CAUSES]
    key = [one.cause for one in _CAUSES].index(cause)
    return stem, pick([one.name for one in _CAUSES], key, said)


def _mend(found: Sequence[tuple[Prose, int]]) -> tuple[Prose, Choice]:
    units = dict(found)
    ranked = sorted(_CAUSES, key=lambda one: -units[one.name])
    first, *others = ranked
    right = (
        first.remedy,
        Prose(
            f"{first.why.en} With {units[first.name]} units it is the largest cause that one can mend.",
            f"{first.why.zh}它有 {units[first.name]} 件，是能改进的原因里最大的。",
        ),
    )
    wrong = [
        (
            one.remedy,
            Prose(
                f"It mends “{one.name.en}”: {units[one.name]} units; {units[first.name]} come from “{first.name.en}”.",
                f"它改进的是“{one.name.zh}”，{units[one.name]} 件；“{first.name.zh}”有 {units[first.name]} 件。",
            ),
        )
        for one in others[:2]
    ]
    nothing = (
        Prose(
            "Begin with “unexplained”, the longest bar: write those units off every month",
            "从最长的“仍不明”着手：每月固定核销这部分",
        ),
        Prose(
            "“Unexplained” says nothing about what to mend; writing off isn't mending.",
            "“仍不明”说明不了该改什么，核销也不是改进。",
        ),
    )
    stem = Prose(
        "You may change **one** thing next month. What do you change, by the chart?",
        "下个月您只能改进**一项**。根据图表，改哪一项？",
    )
    return stem, choice(right, *wrong, nothing)


MODEL = CaseModel("count_evening", ("recount", "value", "cause", "mend"), {}, build)
