"""How long a ticket's clocks have run: in working time, paused while we wait for the customer, not for the carrier."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.working_time import CLOSES, OPENS, WEEKDAYS, Calendar, drawn_calendar
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context

# Working hours to the first answer and to the solution. Source: the handbook's section 24.3.
TARGETS: Mapping[str, tuple[int, int]] = {"enquiry": (4, 9), "complaint": (2, 27)}
_KINDS: Mapping[str, Prose] = {"enquiry": Prose("enquiry", "咨询"), "complaint": Prose("complaint", "投诉")}
HOURS = Prose("working hours", "工作小时")
_QUARTER = 15


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket's moments in turn: it came, was answered, waited for the customer, then the carrier, was solved."""

    kind: str
    came: datetime
    answered: datetime
    asked: datetime
    replied: datetime
    carrier_asked: datetime
    carrier_answered: datetime
    solved: datetime


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A ticket over a holiday or a make-up day; asked is one of its clocks, or whether it was in time."""
    ask = params["ask"]
    calendar, ticket = _drawn(world, rng, ask)
    kind = _KINDS[ticket.kind]
    exhibit = _table(calendar, ticket)
    hours = Prose(f"{OPENS}:00 to {CLOSES}:00", f"{OPENS}:00–{CLOSES}:00")
    if ask == "first":
        stem = Prose(
            f"Working hours are {hours.en} on working days. After how many working hours did this {kind.en} get its "
            "first answer? (15 minutes = 0.25)",
            f"工作时间为工作日 {hours.zh}。该{kind.zh}用了多少工作小时得到首次答复？（15 分钟记作 0.25）",
        )
        return Built("numeric", stem, _first(calendar, ticket), exhibit)
    if ask == "solved":
        stem = Prose(
            f"Working hours are {hours.en} on working days. How many working hours ran on the clock “solved” of this "
            f"{kind.en}? (15 minutes = 0.25)",
            f"工作时间为工作日 {hours.zh}。该{kind.zh}的“解决”计时共走了多少工作小时？（15 分钟记作 0.25）",
        )
        return Built("numeric", stem, _solved(calendar, ticket), exhibit)
    stem = Prose(
        f"Working hours are {hours.en} on working days. Was this {kind.en} answered and solved in time?",
        f"工作时间为工作日 {hours.zh}。该{kind.zh}的首次答复和解决是否及时？",
    )
    return Built("single", stem, _verdict(calendar, ticket), exhibit)


def first_minutes(calendar: Calendar, ticket: Ticket) -> int:
    """What the clock of the first answer shows; nothing pauses it."""
    return calendar.working_minutes(ticket.came, ticket.answered)


def solved_minutes(calendar: Calendar, ticket: Ticket) -> int:
    """What the clock of the solution shows: without the time in which we waited for the customer."""
    waited = calendar.working_minutes(ticket.asked, ticket.replied)
    return calendar.working_minutes(ticket.came, ticket.solved) - waited


def _drawn(world: Context, rng: random.Random, ask: str) -> tuple[Calendar, Ticket]:
    """A ticket that crosses a night and a day of another kind, with figures that tell mistakes apart."""
    near = date.fromisoformat(m.moment(world, world.now)[:10])
    while True:
        calendar = drawn_calendar(rng, near)
        ticket = _ticket(rng, calendar)
        if ticket.solved.date() > calendar.days[-1]:
            continue
        first, solved = first_minutes(calendar, ticket), solved_minutes(calendar, ticket)
        paused = calendar.working_minutes(ticket.asked, ticket.replied)
        by_carrier = calendar.working_minutes(ticket.carrier_asked, ticket.carrier_answered)
        targets = [60 * hours for hours in TARGETS[ticket.kind]]
        near_target = abs(first - targets[0]) < 30 or abs(solved - targets[1]) < 30
        telling = first >= 30 and paused >= 60 and by_carrier >= 60 and paused != by_carrier and not near_target
        if telling and (ask != "verdict" or solved + paused > targets[1]):
            return calendar, ticket


def _ticket(rng: random.Random, calendar: Calendar) -> Ticket:
    def after(moment: datetime, least: int, most: int) -> datetime:
        """The next moment within working hours, so many quarters of working time later."""
        left = rng.randint(least, most) * _QUARTER
        while left:
            moment += timedelta(minutes=_QUARTER)
            left -= calendar.working_minutes(moment - timedelta(minutes=_QUARTER), moment)
        return moment

    day = rng.choice(calendar.days[:4])
    hour, minute = rng.choice((8, 14, 15, 16, 17, 20, 22)), rng.choice((0, 15, 30, 45))
    came = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
    answered = after(came, 3, 22)
    asked = after(answered, 1, 6)
    replied = asked + timedelta(minutes=_QUARTER * rng.randint(20, 110))
    carrier_asked = after(replied, 1, 5)
    carrier_answered = after(carrier_asked, 6, 30)
    return Ticket(
        rng.choice(sorted(TARGETS)),
        came,
        answered,
        asked,
        replied,
        carrier_asked,
        carrier_answered,
        after(carrier_answered, 1, 8),
    )


def _table(calendar: Calendar, ticket: Ticket) -> Exhibit:
    events = (
        (ticket.came, Prose("message arrives, automatic confirmation", "收到消息，系统自动确认")),
        (ticket.answered, Prose("agent answers", "客服答复")),
        (ticket.asked, Prose("waiting for the customer from here", "从此刻起等客户")),
        (ticket.replied, Prose("customer replies", "客户回复")),
        (ticket.carrier_asked, Prose("waiting for the carrier from here", "从此刻起等承运商")),
        (ticket.carrier_answered, Prose("carrier answers", "承运商答复")),
        (ticket.solved, Prose("solved", "已解决")),
    )
    off = [
        day for day in calendar.days if ticket.came.date() <= day <= ticket.solved.date() and not calendar.worked(day)
    ]
    days = [day.strftime("%m-%d") for day in off]
    return Exhibit(
        Prose(
            f"Ticket; days not worked in this time: {', '.join(days) or 'none'}",
            f"工单；期间不上班的日子：{'、'.join(days) or '无'}",
        ),
        (Prose("Time", "时间"), Prose("Weekday", "星期"), Prose("What happened", "事件")),
        tuple((same(at.strftime("%Y-%m-%d %H:%M")), WEEKDAYS[at.weekday()], said) for at, said in events),
    )


def _hours(minutes: int) -> float:
    return minutes / 60


def _whole(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3_600


def hours_in(hours: float) -> str:
    """The English word after a number of working hours."""
    return "working hour" if hours == 1 else "working hours"


def summed(calendar: Calendar, start: datetime, end: datetime) -> str:
    """The working hours between two moments as somebody adds them up, day by day.

    Shape: "1.25 + 9 + 0.5 = 10.75", or the figure alone where one day holds all of it.
    """
    midnights = [
        datetime(day.year, day.month, day.day, tzinfo=UTC) for day in calendar.days if start.date() < day <= end.date()
    ]
    moments = [start, *midnights, end]
    parts = [calendar.working_minutes(one, other) for one, other in pairwise(moments)]
    shown = [f"{_hours(part):g}" for part in parts if part]
    whole = f"{_hours(sum(parts)):g}"
    return f"{' + '.join(shown)} = {whole}" if len(shown) > 1 else whole


def _plain(calendar: Calendar) -> Calendar:
    """The same days without holidays and make-up days, as somebody counts who forgets them."""
    return Calendar(calendar.first, calendar.days_count, frozenset(), frozenset())


def _first(calendar: Calendar, ticket: Ticket) -> Numeric:
    key, counted = _hours(first_minutes(calendar, ticket)), summed(calendar, ticket.came, ticket.answered)
    mistakes = (
        (
            _whole(ticket.came, ticket.answered),
            0.0,
            Prose("This is clock time; nights and days off don't count.", "这是自然时间，夜间和休息日不计。"),
        ),
        (
            _hours(_plain(calendar).working_minutes(ticket.came, ticket.answered)),
            0.25,
            Prose("Look at the holiday and the make-up day.", "请注意节假日和调休上班日。"),
        ),
        (0.0, 0.0, Prose("An automatic confirmation is no answer.", "自动确认不算答复。")),
    )
    reason = Prose(
        f"From the message (or the next opening) to the agent's answer: {counted} {hours_in(key)}.",
        f"从收到消息（或下一次上班）到客服答复：{counted} 个工作小时。",
    )
    return Numeric(key, 0.01, HOURS, reason, nears(key, 0.01, mistakes))


def _solved(calendar: Calendar, ticket: Ticket) -> Numeric:
    key = _hours(solved_minutes(calendar, ticket))
    whole = _hours(calendar.working_minutes(ticket.came, ticket.solved))
    counted = summed(calendar, ticket.came, ticket.solved)
    carrier = _hours(calendar.working_minutes(ticket.carrier_asked, ticket.carrier_answered))
    mistakes = (
        (whole, 0.25, Prose("While we wait for the customer the clock pauses.", "等客户期间计时暂停。")),
        (key - carrier, 0.25, Prose("While we wait for the carrier the clock runs.", "等承运商期间计时照走。")),
        (whole - carrier, 0.0, Prose("The wrong wait was taken off.", "扣错了等待时间。")),
        (
            _whole(ticket.came, ticket.solved),
            0.0,
            Prose("This is clock time; nights and days off don't count.", "这是自然时间，夜间和休息日不计。"),
        ),
    )
    reason = Prose(
        f"In all {counted} working hours, less the wait for the customer: {whole:g} − {whole - key:g} = {key:g}. The "
        "wait for the carrier stays in.",
        f"共 {counted} 个工作小时，扣除等客户的时间：{whole:g} − {whole - key:g} = {key:g}。等承运商的时间不扣。",
    )
    return Numeric(key, 0.01, HOURS, reason, nears(key, 0.01, mistakes))


def _verdict(calendar: Calendar, ticket: Ticket) -> Choice:
    first, solved = _hours(first_minutes(calendar, ticket)), _hours(solved_minutes(calendar, ticket))
    targets = TARGETS[ticket.kind]
    right = (first <= targets[0], solved <= targets[1])
    found = Prose(
        f"First answer after {first:g} {hours_in(first)} (target {targets[0]}), solved after {solved:g} "
        f"(target {targets[1]}).",
        f"首次答复用了 {first:g} 个工作小时（目标 {targets[0]}），解决用了 {solved:g} 个（目标 {targets[1]}）。",
    )
    texts = {
        (True, True): Prose("First answer and solution both in time", "首次答复和解决都及时"),
        (True, False): Prose("First answer in time, solution too late", "首次答复及时，解决超时"),
        (False, True): Prose("First answer too late, solution in time", "首次答复超时，解决及时"),
        (False, False): Prose("First answer and solution both too late", "首次答复和解决都超时"),
    }
    last = {True: Prose("in time", "及时"), False: Prose("too late", "超时")}
    said = {
        verdict: (
            text,
            Prose(
                f"{found.en} This option says: answer {last[verdict[0]].en}, solution {last[verdict[1]].en}.",
                f"{found.zh}此项为：答复{last[verdict[0]].zh}，解决{last[verdict[1]].zh}。",
            ),
        )
        for verdict, text in texts.items()
    }
    return choice(said.pop(right), *said.values())


MODEL = ItemModel("ticket_clock", {"ask": ("first", "solved", "verdict")}, build)
