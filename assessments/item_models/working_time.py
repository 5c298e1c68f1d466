"""Working time: which days are worked, make-up days included, and how much of a span falls into working hours."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from assessments.exhibits import Exhibit
from assessments.prose import Prose, same

OPENS, CLOSES = 9, 18  # o'clock

WEEKDAYS: tuple[Prose, ...] = tuple(
    Prose(en, zh)
    for en, zh in (
        ("Monday", "周一"),
        ("Tuesday", "周二"),
        ("Wednesday", "周三"),
        ("Thursday", "周四"),
        ("Friday", "周五"),
        ("Saturday", "周六"),
        ("Sunday", "周日"),
    )
)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days in turn, with those that are off though in the week and those worked though at the week's end."""

    first: date
    days_count: int
    off: frozenset[date]
    made_up: frozenset[date]

    @property
    def days(self) -> tuple[date, ...]:
        """All days of the calendar."""
        return tuple(self.first + timedelta(days=place) for place in range(self.days_count))

    def worked(self, day: date) -> bool:
        """Whether a day is a working day."""
        return day in self.made_up or (day.weekday() < 5 and day not in self.off)

    def nth_working_day(self, after: date, count: int) -> date:
        """The working day that comes so many working days after a day; that day itself isn't counted."""
        day = after
        while count:
            day += timedelta(days=1)
            count -= self.worked(day)
        return day

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """How much of a span falls into working hours.

        Why: moments are wall time of one place; they carry UTC only so that they are never mixed with others.
        """
        total, day = 0, start.date()
        while day <= end.date():
            if self.worked(day):
                opens = datetime(day.year, day.month, day.day, OPENS, tzinfo=UTC)
                closes = opens.replace(hour=CLOSES)
                total += max(0, int((min(end, closes) - max(start, opens)).total_seconds()) // 60)
            day += timedelta(days=1)
        return total

    def exhibit(self) -> Exhibit:
        """The calendar as a table."""
        return Exhibit(
            Prose("Calendar of this question", "工作日历（本题设定）"),
            (Prose("Day", "日期"), Prose("Weekday", "星期"), Prose("Kind", "类型")),
            tuple((same(day.isoformat()), WEEKDAYS[day.weekday()], self._kind(day)) for day in self.days),
        )

    def _kind(self, day: date) -> Prose:
        if day in self.made_up:
            return Prose("make-up working day", "调休上班")
        if day in self.off:
            return Prose("public holiday", "法定节假日")
        return Prose("working day", "工作日") if day.weekday() < 5 else Prose("day off", "休息日")


def drawn_calendar(rng: random.Random, near: date) -> Calendar:
    """Twelve days around a public holiday on a Monday, for which a Saturday or Sunday before it is worked."""
    monday = near - timedelta(days=near.weekday()) + timedelta(weeks=rng.randint(2, 40))
    first = monday - timedelta(days=rng.choice((4, 5)))
    off = {monday, *([monday + timedelta(days=1)] if rng.random() < 0.6 else [])}
    made_up = {monday - timedelta(days=rng.choice((1, 2)))}
    return Calendar(first, 12, frozenset(off), frozenset(made_up))
