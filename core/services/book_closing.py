"""Closing a period: nothing is posted into it any more, and its figures stay what they are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from core.context import Context
from core.db.history import actor_name, closed_until, record
from core.db.warehouse_tables import period_close
from core.domain.errors import RuleViolation
from core.services.book_reads import last_look

PAUSE_SECONDS = 300  # after a day's end, for what was still being written then


def close_period(ctx: Context, until_on: str) -> int:
    """Closes the books up to the end of a day, the world's calendar; gives that instant.

    It can't be taken back: a mistake is corrected by what is posted later.
    Raises: NotAllowed; RuleViolation for a day that isn't over or is closed already, and where the books weren't looked
    through after it, or something was off.
    """
    ctx.actor.need("books.close")
    until_at = _end_of(until_on, ctx.world.timezone)
    if until_at + PAUSE_SECONDS > ctx.now:
        raise RuleViolation("The books are closed up to a day that is over; {day} isn't yet.", day=until_on)
    last = closed_until(ctx)
    if last is not None and until_at <= last:
        raise RuleViolation("The books are closed up to {day} already.", day=_day_of(last, ctx.world.timezone))
    look = last_look(ctx)
    if look is None or look.at < until_at + PAUSE_SECONDS:
        raise RuleViolation("Look the books through first: that hasn't been done since {day} was over.", day=until_on)
    if not look.is_straight:
        raise RuleViolation(
            "{count} things were off when the books were last looked through; they are closed when nothing is.",
            count=look.off_count,
        )
    event_id = record(ctx, "PeriodClosed", f"period:{until_on}", {"until_on": until_on, "until_at": until_at})
    values = {"until_at": until_at, "at": ctx.now, "event_id": event_id, "actor": actor_name(ctx)}
    ctx.db.execute(insert(period_close).values(**values))
    return until_at


def _end_of(day: str, timezone: str) -> int:
    """The last second of a day. Raises: RuleViolation for what isn't one."""
    try:
        after = date.fromisoformat(day) + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise RuleViolation("“{found}” is no day.", found=day) from error
    return int(datetime(after.year, after.month, after.day, tzinfo=ZoneInfo(timezone)).timestamp()) - 1


def _day_of(at: int, timezone: str) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(timezone)).strftime("%Y-%m-%d")
