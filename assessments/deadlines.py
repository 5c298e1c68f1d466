"""Deadlines: until when a test may be begun and answered, by the server's clock alone."""

from __future__ import annotations

import math

from assessments.test_settings import Settings

NOT_YET, OPEN, CLOSED = "not_yet", "open", "closed"


def window_at(settings: Settings, now: int) -> str:
    """Whether a test can be begun at a moment."""
    if settings.closes_at is not None and now >= settings.closes_at:
        return CLOSED
    return NOT_YET if settings.opens_at is not None and now < settings.opens_at else OPEN


def limit_seconds(settings: Settings, extra_time_rate: float = 0.0) -> int | None:
    """How long somebody has who is granted a share more of the time; None without a limit."""
    if settings.time_limit_minutes is None:
        return None
    return math.ceil(settings.time_limit_minutes * 60 * (1 + extra_time_rate))


def deadline_of(settings: Settings, started_at: int, extra_time_rate: float = 0.0) -> int | None:
    """The moment from which answers are refused: the end of one's time or of the window, whichever is first."""
    limit = limit_seconds(settings, extra_time_rate)
    ends = [end for end in (None if limit is None else started_at + limit, settings.closes_at) if end is not None]
    return min(ends, default=None)


def is_over(deadline_at: int | None, now: int) -> bool:
    """Whether the time is over; the deadline itself is too late."""
    return deadline_at is not None and now >= deadline_at


def seconds_left(deadline_at: int | None, now: int) -> int | None:
    """The time left, never less than none."""
    return None if deadline_at is None else max(0, deadline_at - now)
