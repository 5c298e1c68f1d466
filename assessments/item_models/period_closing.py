"""Whether a period can be closed, and up to which day: answered by the product's own closing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context
from core.domain.errors import RuleViolation
from core.services.book_closing import close_period
from core.services.book_reads import Look, keep_look

_MINUTE = 60

# What the finance clerk is told, by how the product's message begins; "" is the closing that goes through.
_VERDICTS: Mapping[str, tuple[Prose, Prose]] = {
    "": (
        Prose("It is closed", "关闭成功"),
        Prose(
            "The day is over, the books were looked through after it, and nothing was off.",
            "当日已结束，之后核对过账目，没有不符项。",
        ),
    ),
    "The books are closed up to a day that is over": (
        Prose("Refused: it is too early for this day", "被拒绝：关闭这一天还太早"),
        Prose("A day can be closed from five minutes past the midnight after it.", "最早要到次日零点五分才能关闭。"),
    ),
    "The books are closed up to {day} already": (
        Prose("Refused: it is closed already", "被拒绝：该日已关闭"),
        Prose("An earlier closing covers this day.", "之前的关闭已包含这一天。"),
    ),
    "Look the books through first": (
        Prose("Refused: look the books through first", "被拒绝：请先核对账目"),
        Prose("The last look was before the day's end.", "最近一次核对早于当日结束。"),
    ),
    "{count} things were off": (
        Prose("Refused: things were off", "被拒绝：有不符项"),
        Prose("What is off is mended first, then the books are looked through again.", "先处理不符项，再重新核对。"),
    ),
}
_MESSAGES = tuple(_VERDICTS)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A finance clerk wants to close; asked is what the system says, or up to which day it lets them."""
    return _verdict(world, rng) if params["ask"] == "verdict" else _latest(world, rng)


def _verdict(world: Context, rng: random.Random) -> Built:
    case = rng.choice(_MESSAGES)
    today = _today(world)
    wanted = today - timedelta(days=rng.randint(1, 3))
    closed = wanted - timedelta(days=rng.randint(2, 9))
    looked = _at(wanted + timedelta(days=1), world) + rng.randint(6, 50) * _MINUTE
    now = looked + rng.randint(2, 90) * _MINUTE
    off = 0
    if case == _MESSAGES[1]:
        now = _at(wanted + timedelta(days=1), world) + rng.randint(-50, 3) * _MINUTE
        looked = now - rng.randint(2, 40) * _MINUTE
    elif case == _MESSAGES[2]:
        closed = wanted + timedelta(days=rng.randint(0, 2))
        now = looked = _at(closed + timedelta(days=1), world) + rng.randint(6, 50) * _MINUTE
    elif case == _MESSAGES[3]:
        looked = _at(wanted + timedelta(days=1), world) - rng.randint(4, 300) * _MINUTE
    elif case == _MESSAGES[4]:
        off = rng.randint(1, 6)
    _close_up_to(world, closed)
    _look(world, looked, off)
    found = _said(world.at(now), wanted)
    exhibit = _shown(world, now, closed, looked, off, wanted)
    # Before the day's end the last look is too early as well: that answer would be half right.
    others = [one for one in _MESSAGES if one != found and not (found == _MESSAGES[1] and one == _MESSAGES[3])]
    rng.shuffle(others)
    wrong = tuple((_VERDICTS[message][0], _against(message, found)) for message in others[:3])
    stem = Prose("The finance clerk presses “Close the period”. What happens?", "财务人员点击“关闭账期”，结果是什么？")
    return Built("single", stem, one_of(_VERDICTS[found], wrong), exhibit)


def _latest(world: Context, rng: random.Random) -> Built:
    """Four days one after the other; the last look, and perhaps the clock, decides how far the closing reaches."""
    today = _today(world)
    key = today - timedelta(days=rng.randint(1, 3))
    minutes = rng.choice((rng.randint(6, 300), rng.randint(600, 1_400)))
    looked = _at(key + timedelta(days=1), world) + minutes * _MINUTE
    now = max(looked, _at(today, world) + rng.randint(6, 900) * _MINUTE)
    closed = key - timedelta(days=rng.randint(2, 6))
    _close_up_to(world, closed)
    _look(world, looked, 0)
    days = [key + timedelta(days=off) for off in (1, 0, -1, 2)]
    found = next(day for day in sorted(days, reverse=True) if _said(world.at(now), day) == "")
    wrong = []
    for day in days:
        if day == found:
            continue
        if day < found:
            why = Prose("It could be closed, but a later day can be as well.", "可以关闭，但还能关到更晚的一天。")
        elif day >= datetime.fromtimestamp(now, ZoneInfo(world.world.timezone)).date():
            why = Prose("This day isn't over yet.", "这一天还没有结束。")
        else:
            why = Prose("The books weren't looked through after this day.", "这一天结束之后还没有核对过账目。")
        wrong.append((same(day.isoformat()), why))
    right = Prose(
        "The last day that was over, by five minutes at least, when the books were looked through.",
        "最近一次核对时，已结束五分钟以上的最后一天。",
    )
    stem = Prose(
        "As things stand, what is the **latest** day up to which the books can be closed?",
        "按目前情况，账期**最晚**可以关闭到哪一天？",
    )
    return Built("single", stem, one_of((same(found.isoformat()), right), wrong), _shown(world, now, closed, looked, 0))


def _shown(world: Context, now: int, closed: date, looked: int, off: int, wanted: date | None = None) -> Exhibit:
    rows = [
        (Prose("Now", "现在"), same(m.moment(world, now))),
        (Prose("Closed so far, up to and including", "目前已关闭至（含当日）"), same(closed.isoformat())),
        (Prose("Books last looked through", "最近一次核对账目"), same(m.moment(world, looked))),
        (Prose("Found off at that look", "当时的不符项"), same(str(off))),
    ]
    if wanted is not None:
        rows.append((Prose("To be closed, up to and including", "准备关闭至（含当日）"), same(wanted.isoformat())))
    return Exhibit(Prose("The books", "账目"), (Prose("What", "项目"), Prose("Stands at", "内容")), tuple(rows))


_NOT_SO: Mapping[str, Prose] = {
    _MESSAGES[1]: Prose("The day has been over for more than five minutes.", "这一天结束已超过五分钟。"),
    _MESSAGES[2]: Prose("The books aren't closed as far as this day yet.", "账目还没有关闭到这一天。"),
    _MESSAGES[3]: Prose("The last look was after the day's end.", "最近一次核对是在当日结束之后。"),
    _MESSAGES[4]: Prose("The last look found nothing off.", "最近一次核对没有不符项。"),
}


def _against(message: str, found: str) -> Prose:
    """Why an answer is wrong; for the closing that doesn't go through, what stands in its way."""
    return _NOT_SO[message] if message else _VERDICTS[found][1]


def _said(world: Context, day: date) -> str:
    """How the product's answer begins; what a closing wrote is taken back, since several days are tried."""
    trial = world.db.begin_nested()
    try:
        close_period(world, day.isoformat())
    except RuleViolation as refusal:
        return next(message for message in _MESSAGES[1:] if refusal.template.startswith(message))
    finally:
        trial.rollback()
    return ""


def _close_up_to(world: Context, day: date) -> None:
    """An earlier closing, by the product itself."""
    after = _at(day + timedelta(days=1), world) + 20 * _MINUTE
    _look(world, after, 0)
    close_period(world.at(after), day.isoformat())


def _look(world: Context, at: int, off: int) -> None:
    keep_look(world.at(at), Look(at, 0, "engine", 1, off, (), (), ()))


def _today(world: Context) -> date:
    return datetime.fromtimestamp(world.now, ZoneInfo(world.world.timezone)).date()


def _at(day: date, world: Context) -> int:
    """The first second of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(world.world.timezone)).timestamp())


MODEL = ItemModel("period_closing", {"ask": ("verdict", "latest")}, build)
