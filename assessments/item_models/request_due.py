"""Buyers' requests about their data, and the days that are left to answer them by the house limit."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number, one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context

LIMIT_DAYS = 15  # the house limit, as the handbook says

_DAYS = Prose("days", "天")
_KINDS = (
    Prose("wants to know what we hold", "查阅我们掌握的信息"),
    Prose("wants an address corrected", "更正地址"),
    Prose("wants everything erased", "删除全部信息"),
    Prose("takes consent to advertising back", "撤回营销同意"),
    Prose("wants a copy of the orders", "复制订单记录"),
)
_OPEN = Prose("open", "未答复")


@dataclass(frozen=True, slots=True)
class _Request:
    """A buyer's request with the day on which it came in."""

    number: str
    kind: Prose
    received_on: date
    answered_on: date | None

    @property
    def due_on(self) -> date:
        return self.received_on + timedelta(days=LIMIT_DAYS)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Five requests, the oldest of them answered; asked is which comes first, or how many days one has left."""
    today = date.fromisoformat(m.moment(world, world.now)[:10]) - timedelta(days=rng.randint(0, 300))
    requests = _requests(rng, today)
    chosen = rng.choice([one for one in requests if one.answered_on is None])
    shown = rng.sample(requests, len(requests))
    exhibit = Exhibit(
        Prose(f"Register of requests, today {today.isoformat()}", f"个人信息请求登记，今天是 {today.isoformat()}"),
        (
            Prose("Request", "编号"),
            Prose("Received", "收到日期"),
            Prose("What the buyer wants", "买家要求"),
            Prose("Answered", "答复"),
        ),
        tuple(
            (
                same(one.number),
                same(one.received_on.isoformat()),
                one.kind,
                _OPEN if one.answered_on is None else same(one.answered_on.isoformat()),
            )
            for one in shown
        ),
    )
    if params["ask"] == "first":
        stem = Prose("The answer to which request falls due **first**?", "哪项请求的答复**最先**到期？")
        return Built("single", stem, _first(requests), exhibit)
    stem = Prose(
        f"How many days are left, today not counted, until the last day for answering request {chosen.number}?",
        f"请求 {chosen.number} 距最后答复日还有几天（今天不算）？",
    )
    return Built("numeric", stem, _left(chosen, today), exhibit)


def _requests(rng: random.Random, today: date) -> list[_Request]:
    ages = sorted(rng.sample(range(1, LIMIT_DAYS), 5), reverse=True)
    kinds = rng.sample(_KINDS, 5)
    numbers = rng.sample(range(100, 999), 5)
    found = []
    for place, (age, kind, serial) in enumerate(zip(ages, kinds, numbers, strict=True)):
        received = today - timedelta(days=age)
        answered = received + timedelta(days=rng.randint(0, age)) if place == 0 else None
        found.append(_Request(f"R-{serial}", kind, received, answered))
    return found


def _first(requests: Sequence[_Request]) -> Choice:
    still = sorted((one for one in requests if one.answered_on is None), key=lambda one: one.due_on)
    first, done = still[0], requests[0]
    right = Prose(
        f"Received first of those still open; its last day is {first.due_on.isoformat()}.",
        f"在未答复的请求中最早收到，最后答复日为 {first.due_on.isoformat()}。",
    )
    wrong = [(same(done.number), Prose("It is older, but answered already.", "它更早，但已经答复。"))]
    wrong += [
        (
            same(one.number),
            Prose(
                f"Its last day is {one.due_on.isoformat()}; what is asked for doesn't change the limit.",
                f"最后答复日为 {one.due_on.isoformat()}；要求的内容不影响时限。",
            ),
        )
        for one in still[1:3]
    ]
    return one_of((same(first.number), right), wrong)


def _left(request: _Request, today: date) -> Numeric:
    key = (request.due_on - today).days
    gone = (today - request.received_on).days
    return number(
        key,
        _DAYS,
        Prose(
            f"The day after receipt is day 1, so day {LIMIT_DAYS} is {request.due_on.isoformat()}: "
            f"{LIMIT_DAYS} − {gone} = {key}.",
            f"收到次日为第 1 天，第 {LIMIT_DAYS} 天是 {request.due_on.isoformat()}：{LIMIT_DAYS} − {gone} = {key}。",
        ),
        {
            key - 1: Prose(
                "The day of receipt isn't counted; day 1 is the day after.", "收到当天不计，次日才是第 1 天。"
            ),
            gone: Prose("So many days have passed.", "这是已经过去的天数。"),
            key + LIMIT_DAYS: Prose("The limit is 15 days, not 30.", "时限是 15 天，不是 30 天。"),
        },
    )


MODEL = ItemModel("request_due", {"ask": ("left", "first")}, build)
