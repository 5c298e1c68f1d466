"""A parcel to a far region that has stopped moving: its history, its plan, and what is done now."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any

from sqlalchemy import select

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears, pick
from assessments.item_models.carrier_rules import HOUR, REMOTE, REMOTE_LOST_DAYS, REMOTE_SILENCE_HOURS, SILENCE_HOURS
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.db.shipping_tables import carrier
from core.domain.places import PROVINCE_BY_CODE
from core.domain.shipments import waybill_number

STANDARD_HOURS = 168  # hand-over to delivered in a remote region

_STRETCHES: tuple[Prose, ...] = (
    Prose("to the first hub", "到始发分拨中心"),
    Prose("in the first hub", "始发分拨中心内"),
    Prose("line haul", "干线运输"),
    Prose("in the last hub", "末端分拨中心内"),
)


@dataclass(frozen=True, slots=True)
class _Trail:
    """Hours by stretch. Shape: `taken` ends with the stretch it stands still on, `planned` holds the whole way."""

    region: str
    name: Prose
    waybill: str
    planned: Sequence[int]
    taken: Sequence[int]
    now: int

    @property
    def handed_over(self) -> int:
        return self.now - sum(self.taken) * HOUR

    @property
    def last_scan(self) -> int:
        return self.now - self.taken[-1] * HOUR

    @property
    def lost(self) -> list[int]:
        """Hours beyond the plan, stretch by stretch."""
        return [taken - planned for taken, planned in zip(self.taken, self.planned, strict=False)]


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Four stretches of a way, on one of them silence; asked is where time was lost and what is done."""
    trail = _drawn(world, rng)
    province = PROVINCE_BY_CODE[trail.region]
    situation = Prose(
        f"It is {m.moment(world, world.now)}. A buyer in {province.name_en} is waiting for parcel {trail.waybill}, "
        f"carried by {trail.name.en}. The shop named the buyer a date before the purchase; it is three days from now. "
        "The buyer hasn't written yet.",
        f"现在是 {m.moment(world, world.now)}。{province.name_zh}的一位买家在等包裹 {trail.waybill}，"
        f"由{trail.name.zh}承运。"
        "店铺在购买前告知的送达日期是三天之后。买家还没有来问。",
    )
    questions = {
        "left": Built("numeric", *_left(trail)),
        "warned": Built("single", *_warned(world, trail)),
        "stretch": Built("single", *_stretch(trail)),
        "act": Built("single", *_act()),
    }
    return BuiltCase(situation, (_history(world, trail), _plan(trail)), questions)


def _drawn(world: Context, rng: random.Random) -> _Trail:
    """Where it stands still it lost most; silence is beyond its limit, the standard isn't used up.

    Why: in the last hub it often lost most while the line haul took longest.
    """
    row = rng.choice(world.db.execute(select(carrier).order_by(carrier.c.code)).all())
    while True:
        planned = [rng.randint(5, 9), rng.randint(5, 9), rng.randint(56, 64), rng.randint(6, 12)]
        still = rng.choice((1, 2, 3))
        taken = [one + rng.randint(-1, 4) for one in planned[:still]]
        silent = REMOTE_SILENCE_HOURS + rng.randint(2, 9)
        if still == len(planned) - 1 and rng.random() < 0.6:
            taken[2] = silent + rng.randint(1, 3)
        taken.append(silent)
        trail = _Trail(
            rng.choice(sorted(REMOTE)),
            Prose(row.name_en, row.name_zh),
            waybill_number(row.waybill_prefix, rng.randint(1, 10**6)),
            planned,
            taken,
            world.now,
        )
        by_day = 14 <= int(m.moment(world, trail.handed_over)[11:13]) <= 19
        if by_day and sum(taken) <= STANDARD_HOURS - 3 and max(trail.lost[:-1]) < trail.lost[-1]:
            return trail


def _history(world: Context, trail: _Trail) -> Exhibit:
    said = (
        Prose("handed over at our dock", "在我方月台交运"),
        Prose("arrived at the first hub", "到达始发分拨中心"),
        Prose("left the first hub", "离开始发分拨中心"),
        Prose("arrived at the last hub", "到达末端分拨中心"),
    )
    at, rows = trail.handed_over, []
    for text, hours in zip(said, trail.taken, strict=False):
        rows.append((same(m.moment(world, at)), text))
        at += hours * HOUR
    return Exhibit(
        Prose(f"History of {trail.waybill}", f"{trail.waybill} 的轨迹"),
        (Prose("Time", "时间"), Prose("Scan", "扫描")),
        tuple(rows),
    )


def _plan(trail: _Trail) -> Exhibit:
    return Exhibit(
        Prose("Hours by stretch up to now", "各段小时数（截至现在）"),
        (Prose("Stretch", "路段"), Prose("Planned", "计划"), Prose("Taken", "实际")),
        tuple(
            (name, same(str(planned)), same(str(taken)))
            for name, planned, taken in zip(_STRETCHES, trail.planned, chain(trail.taken, repeat(0)), strict=False)
        ),
        chart=BARS,
    )


def _left(trail: _Trail) -> tuple[Prose, Numeric]:
    gone = sum(trail.taken)
    key = STANDARD_HOURS - gone
    mistakes = (
        (gone, 0.0, Prose("These are the hours since the hand-over.", "这是交运以来的小时数。")),
        (72 - gone, 0.0, Prose("72 hours are for ordinary regions.", "72 小时是普通地区的标准。")),
        (
            STANDARD_HOURS - trail.taken[-1],
            0.25,
            Prose(
                "The standard runs from the hand-over, not from the last scan.", "标准从交运算起，不是从最近一次扫描。"
            ),
        ),
        (
            STANDARD_HOURS - sum(trail.planned[: len(trail.taken)]),
            0.0,
            Prose("These are planned hours; what counts is the time taken.", "这是计划小时数，要看实际用时。"),
        ),
    )
    stem = Prose(
        "How many hours are left of our delivery standard for this parcel?", "按我方时效标准，这件包裹还剩多少小时？"
    )
    reason = Prose(
        f"Remote region: {STANDARD_HOURS} hours from the hand-over; {gone} have passed, {key} are left.",
        f"偏远地区：自交运起 {STANDARD_HOURS} 小时，已过 {gone} 小时，还剩 {key} 小时。",
    )
    return stem, Numeric(key, 0.5, Prose("hours", "小时"), reason, nears(key, 0.5, mistakes, places=0))


def _warned(world: Context, trail: _Trail) -> tuple[Prose, Choice]:
    key = trail.last_scan + REMOTE_SILENCE_HOURS * HOUR
    rule = Prose(
        f"In a remote region a parcel on its way warns {REMOTE_SILENCE_HOURS} hours after its last scan.",
        f"偏远地区的在途包裹，最近一次扫描后 {REMOTE_SILENCE_HOURS} 小时预警。",
    )
    texts = (
        key,
        trail.last_scan + SILENCE_HOURS * HOUR,
        trail.handed_over + REMOTE_SILENCE_HOURS * HOUR,
        trail.handed_over + STANDARD_HOURS * HOUR,
    )
    why = (
        Prose("Counted from the last line of the history.", "从轨迹的最后一行算起。"),
        Prose(f"{SILENCE_HOURS} hours are for ordinary regions.", f"{SILENCE_HOURS} 小时是普通地区的时限。"),
        Prose("It isn't counted from the hand-over.", "不是从交运算起。"),
        Prose("This is the end of the standard, not the warning.", "这是时效标准的截止，不是预警时刻。"),
    )
    pairs = [
        (same(m.moment(world, at)), Prose(f"{rule.en} {one.en}", f"{rule.zh}{one.zh}"))
        for at, one in zip(texts, why, strict=True)
    ]
    stem = Prose("When did the board begin to warn of silence?", "“在途无动静”是从哪个时刻开始预警的？")
    return stem, choice(pairs[0], *pairs[1:])


def _stretch(trail: _Trail) -> tuple[Prose, Choice]:
    reasons = [_lost(taken, planned) for taken, planned in zip(trail.taken, trail.planned, strict=False)]
    not_yet = Prose("It hasn't got that far yet.", "还没有走到这一段。")
    reasons += [not_yet] * (len(_STRETCHES) - len(reasons))
    stem = Prose(
        "On which stretch has the parcel lost the most time against its plan, so that you know whom to ask?",
        "与计划相比，包裹在哪一段耽误得最多（由此知道该问谁）？",
    )
    return stem, pick(_STRETCHES, len(trail.taken) - 1, reasons)


def _lost(taken: int, planned: int) -> Prose:
    if taken == planned:
        return Prose(f"{taken} h, as planned.", f"{taken} 小时，与计划相同。")
    more, hours = taken > planned, abs(taken - planned)
    return Prose(
        f"{taken} h against {planned} h planned: {hours} h {'more' if more else 'less'}.",
        f"{taken} 小时，计划 {planned} 小时：{'多' if more else '少'} {hours} 小时。",
    )


def _act() -> tuple[Prose, Choice]:
    return (
        Prose("What do you do now?", "您现在怎么做？"),
        choice(
            (
                Prose(
                    "Have the carrier search for it, and tell the buyer today when to expect an answer",
                    "请承运商查件，今天就告知买家何时有答复",
                ),
                Prose(
                    "Before the buyer asks, and while the date can still be kept.",
                    "赶在买家来问之前，也趁日期还来得及。",
                ),
            ),
            (
                Prose(
                    "Wait until the buyer's date has passed, since it isn't late yet",
                    "等过了买家的日期再说，毕竟还没有晚到",
                ),
                Prose("Then nothing can be done about it any more.", "那时就来不及补救了。"),
            ),
            (
                Prose(
                    "Reship today and open a claim for loss with the carrier at once",
                    "今天就补发，并立即向承运商按丢失索赔",
                ),
                Prose(
                    f"It counts as lost after {REMOTE_LOST_DAYS} days without a scan; it may still be found in an "
                    "hour.",
                    f"{REMOTE_LOST_DAYS} 天无扫描才视为丢失，也许一小时就找到了。",
                ),
            ),
            (
                Prose(
                    "Tell the buyer that the carrier is slow, and where to call it",
                    "告诉买家是承运商慢，并给出承运商电话",
                ),
                Prose(
                    "The buyer's contract is with us; the carrier is ours to ask.",
                    "买家是与我们交易，承运商由我方去问。",
                ),
            ),
        ),
    )


MODEL = CaseModel("parcel_trail", ("left", "warned", "stretch", "act"), {}, build)
