"""By which day the notice to end a contract must have arrived."""

from __future__ import annotations

import random
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice
from assessments.item_models.carrier_score import carriers_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice
from core.context import Context

REVIEW_DAYS = 30  # before the last day for the notice


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A contract that renews itself; asked is the last day for the notice, or whether one comes in time."""
    today = date.fromisoformat(m.moment(world, world.now)[:10])
    name = rng.choice(carriers_of(world))
    notice_days = rng.choice((30, 45, 60, 90, 120))
    ends = today + timedelta(days=notice_days + rng.randint(20, 140))
    key = last_notice_day(ends, notice_days)
    rows = [
        (Prose("Last day of the term", "合同末日"), same(ends.isoformat())),
        (Prose("Renews itself for", "自动续期"), Prose("one year", "一年")),
        (
            Prose("Notice must arrive before the last day by at least", "通知须在末日之前至少提前送达"),
            Prose(f"{notice_days} days", f"{notice_days} 天"),
        ),
    ]
    if params["ask"] == "last":
        stem = Prose("What is the last day on which our notice may arrive?", "我方通知最晚应在哪一天送达？")
        return Built("single", stem, _which(key, ends, notice_days), _table(name, rows))
    arrives = key + timedelta(days=rng.choice([-12, -7, -3, -1, 0, 1, 2, 4, 9]))
    rows.append((Prose("Our notice arrives on", "我方通知送达日"), same(arrives.isoformat())))
    stem = Prose("We want to end this contract. Where do we stand?", "我们想终止这份合同。情况如何？")
    return Built("single", stem, _verdict(key, arrives, ends), _table(name, rows))


def last_notice_day(ends: date, notice_days: int) -> date:
    """The last day on which the notice may arrive."""
    return ends - timedelta(days=notice_days)


def _by_months(ends: date, notice_days: int) -> date:
    """The day that counting back by months of 30 days leads to, as hurried people do."""
    months, days = divmod(notice_days, 30)
    year, month = divmod(12 * ends.year + ends.month - 1 - months, 12)
    back = date(year, month + 1, min(ends.day, monthrange(year, month + 1)[1]))
    return back - timedelta(days=days)


def _table(name: Prose, rows: list[tuple[Prose, Prose]]) -> Exhibit:
    title = Prose(f"Contract with {name.en}", f"与{name.zh}的合同")
    return Exhibit(title, (Prose("Term", "条款"), Prose("Content", "内容")), tuple(rows))


def _which(key: date, ends: date, notice_days: int) -> Choice:
    counted = Prose(
        f"{ends} less {notice_days} days is {key}.",
        f"{ends} 减 {notice_days} 天为 {key}。",
    )
    right = (
        same(key.isoformat()),
        Prose(f"{counted.en} What counts is the day it arrives.", f"{counted.zh}以送达日为准。"),
    )
    wrong = {
        ends: Prose("By its last day the contract has long renewed itself.", "到末日合同早已自动续期。"),
        key - timedelta(days=REVIEW_DAYS): Prose(
            f"{counted.en} This is the day of our own review, {REVIEW_DAYS} days earlier.",
            f"{counted.zh}这是我方评审日，要再早 {REVIEW_DAYS} 天。",
        ),
    }
    by_months = _by_months(ends, notice_days)
    if by_months == key:
        slip = Prose("The last day isn't one of the days to be counted.", "末日当天不计入提前的天数。")
        by_months += timedelta(days=1)
    else:
        slip = Prose("Months don't all have 30 days.", "并非每个月都是 30 天。")
    wrong[by_months] = Prose(f"{counted.en} {slip.en}", f"{counted.zh}{slip.zh}")
    return choice(right, *((same(day.isoformat()), why) for day, why in wrong.items()))


def _verdict(key: date, arrives: date, ends: date) -> Choice:
    in_time = arrives <= key
    gap = abs((arrives - key).days)
    found = Prose(f"The last day for it is {key}.", f"最晚送达日是 {key}。")
    texts = {
        "ends": Prose("It came in time: the contract ends on its last day", "及时送达，合同到末日终止"),
        "renews": Prose("It came too late: the contract has renewed itself", "送达太晚，合同已自动续期"),
        "sent": Prose("It counts from the day we sent it: in time in any case", "以寄出日为准，因此总归及时"),
        "at_once": Prose("The contract ends on the day the notice arrives", "合同在通知送达当天终止"),
    }
    before = Prose(f"It arrives {gap} {'day' if gap == 1 else 'days'} before that.", f"提前 {gap} 天送达。")
    same_day = Prose("It arrives on that very day, which is enough.", "正好当天送达，也算及时。")
    reasons = {
        "ends": (before if gap else same_day)
        if in_time
        else Prose("It has to arrive by then.", "须在这一天或之前送达。"),
        "renews": Prose(
            f"A notice after that day leaves us bound until {ends.year + 1}.",
            f"晚于这一天，就要被绑到 {ends.year + 1} 年。",
        ),
        "sent": Prose("What counts is the arrival, which we have to prove.", "以送达为准，而且要由我方证明。"),
        "at_once": Prose("Notice ends it at the end of the term, not before.", "通知使合同到期终止，不会提前终止。"),
    }
    pairs = {name: (texts[name], Prose(f"{found.en} {why.en}", f"{found.zh}{why.zh}")) for name, why in reasons.items()}
    return choice(pairs.pop("ends" if in_time else "renews"), *pairs.values())


MODEL = ItemModel("notice_day", {"ask": ("last", "verdict")}, build)
