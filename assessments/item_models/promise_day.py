"""By which day a parcel is due that was promised in working days."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from assessments.item_models import material as m
from assessments.item_models.answers import choice
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.working_time import WEEKDAYS, Calendar, drawn_calendar
from assessments.prose import Prose
from assessments.questions import Choice
from core.context import Context
from core.db.shipping_tables import carrier


@dataclass(frozen=True, slots=True)
class _Promised:
    """A parcel given to the carrier on a day, before or after its last pick-up, promised in working days."""

    calendar: Calendar
    day: date
    after_pickup: bool
    promised: int

    @property
    def handed_over(self) -> date:
        return self.day + timedelta(days=int(self.after_pickup))

    @property
    def due(self) -> date:
        return self.calendar.nth_working_day(self.handed_over, self.promised)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A calendar with a holiday and its make-up day; asked is the last day of the promise."""
    late = params["ask"] == "late_pickup"
    row = rng.choice(world.db.execute(select(carrier).order_by(carrier.c.code)).all())
    hour, minute = (int(part) for part in row.pickup_by.split(":"))
    minutes = hour * 60 + minute + rng.randrange(10, 90, 5) * (1 if late else -1)
    at = f"{minutes // 60:02d}:{minutes % 60:02d}"
    case = _drawn(rng, date.fromisoformat(m.moment(world, world.now)[:10]), late)
    weekday = WEEKDAYS[case.day.weekday()]
    stem = Prose(
        f"A channel promises delivery in {case.promised} working days. A parcel is put on the dock on {weekday.en}, "
        f"{case.day}, at {at}. {row.name_en} picks up every day, days off included, with the last "
        f"pick-up at {row.pickup_by}. By the end of which day must the parcel be delivered?",
        f"某渠道承诺 {case.promised} 个工作日送达。包裹于 {case.day}（{weekday.zh}）{at} 放到月台。"
        f"{row.name_zh}每天都来揽收，休息日也不例外，最后一次为 {row.pickup_by}。包裹最晚应在哪天送达？",
    )
    return Built("single", stem, _content(case), case.calendar.exhibit())


def _drawn(rng: random.Random, near: date, late: bool) -> _Promised:
    """A parcel whose way crosses the make-up day and the holiday, so that forgetting either shows."""
    while True:
        calendar = drawn_calendar(rng, near)
        case = _Promised(calendar, rng.choice(calendar.days[:4]), late, rng.randint(2, 4))
        crossed = {case.handed_over + timedelta(days=n) for n in range(1, (case.due - case.handed_over).days + 1)}
        if case.due <= calendar.days[-1] and crossed & calendar.made_up and len(_mistakes(case)) >= 3:
            return case


def _mistakes(case: _Promised) -> dict[date, Prose]:
    """Days at which typical slips end, each with what was overlooked; the one most in question comes first."""
    calendar = case.calendar
    plain = Calendar(calendar.first, calendar.days_count, calendar.off, frozenset())
    whole = Calendar(calendar.first, calendar.days_count, frozenset(), calendar.made_up)
    late = Prose(
        f"After the last pick-up the parcel only leaves with the next one: it is handed over on {case.handed_over}.",
        f"错过最后一次揽收，包裹要随下一次走：{case.handed_over} 才算交运。",
    )
    own_day = Prose("The day of the hand-over isn't counted.", "交运当天不计。")
    slips = (
        (
            calendar.nth_working_day(case.handed_over - timedelta(days=1), case.promised),
            late if case.after_pickup else own_day,
        ),
        (
            plain.nth_working_day(case.handed_over, case.promised),
            Prose("The make-up day is a working day and counts.", "调休上班日是工作日，要计。"),
        ),
        (
            whole.nth_working_day(case.handed_over, case.promised),
            Prose("The public holiday isn't a working day.", "法定节假日不是工作日。"),
        ),
        (
            case.handed_over + timedelta(days=case.promised),
            Prose("These are calendar days; working days were promised.", "这是自然日，承诺的是工作日。"),
        ),
        (
            calendar.nth_working_day(case.handed_over, case.promised + 1),
            Prose("One working day too many was counted.", "多数了一个工作日。"),
        ),
    )
    found: dict[date, Prose] = {}
    for day, why in slips:
        if day != case.due:
            found.setdefault(day, why)
    return found


def _content(case: _Promised) -> Choice:
    calendar = case.calendar
    counted = [calendar.nth_working_day(case.handed_over, n) for n in range(1, case.promised + 1)]
    listed = [day.strftime("%m-%d") for day in counted]
    right = (
        _said(case.due),
        Prose(
            f"Handed over on {case.handed_over}, which isn't counted; the working days after it: {', '.join(listed)}.",
            f"{case.handed_over} 交运，当天不计；其后的工作日：{'、'.join(listed)}。",
        ),
    )
    wrong = list(_mistakes(case).items())[:3]
    return choice(right, *((_said(day), why) for day, why in wrong))


def _said(day: date) -> Prose:
    weekday = WEEKDAYS[day.weekday()]
    return Prose(f"{day} ({weekday.en})", f"{day}（{weekday.zh}）")


MODEL = ItemModel("promise_day", {"ask": ("due", "late_pickup")}, build)
