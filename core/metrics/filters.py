"""Which orders a figure is about: a period and at most two of channel, warehouse and region."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.domain.errors import RuleViolation

_EPOCH = 719_163  # the ordinal of 1970-01-01


@dataclass(frozen=True, slots=True)
class Filter:
    """A period and what it is narrowed down to; None means all.

    Units: days since 1970-01-01 in the world's calendar, both included. `warehouse` is an id.
    """

    from_day: int
    to_day: int
    channel: str | None = None
    warehouse: int | None = None
    region: str | None = None

    @property
    def days_count(self) -> int:
        """How long the period is."""
        return self.to_day - self.from_day + 1

    def before(self) -> Filter:
        """The equal period right before this one."""
        return replace(self, from_day=self.from_day - self.days_count, to_day=self.from_day - 1)

    def everything(self) -> Filter:
        """The same period, of everything."""
        return Filter(self.from_day, self.to_day)


@dataclass(frozen=True, slots=True)
class Cut:
    """How cells are cut by a filter: the metric's suffix and the values of its dimensions (see increments)."""

    suffix: str
    a: str = ""
    b: str = ""

    @property
    def is_single(self) -> bool:
        """Whether at most one dimension is fixed; lead times are only kept for those."""
        return len(self.suffix) < 3


def cut_of(wanted: Filter) -> Cut:
    """How cells are cut by a filter.

    Raises: RuleViolation when channel, warehouse and region are all chosen.
    """
    warehouse = None if wanted.warehouse is None else str(wanted.warehouse)
    match (wanted.channel, warehouse, wanted.region):
        case (None, None, None):
            return Cut("")
        case (str(c), None, None):
            return Cut(".c", c)
        case (None, str(w), None):
            return Cut(".w", w)
        case (None, None, str(r)):
            return Cut(".r", r)
        case (str(c), str(w), None):
            return Cut(".cw", c, w)
        case (str(c), None, str(r)):
            return Cut(".cr", c, r)
        case (None, str(w), str(r)):
            return Cut(".wr", w, r)
    raise RuleViolation("Choose at most two of channel, warehouse and region.")


def day_start(day: int, timezone: str) -> int:
    """The instant at which a day of a calendar begins. Units: epoch seconds."""
    midnight = datetime.fromordinal(day + _EPOCH).replace(tzinfo=ZoneInfo(timezone))
    return int(midnight.timestamp())


def day_text(day: int) -> str:
    """A day as people and addresses write it: `2026-03-18`."""
    return (datetime(1970, 1, 1) + timedelta(days=day)).date().isoformat()  # noqa: DTZ001


def day_number(text: str) -> int:
    """A written day as days since 1970-01-01. Raises: ValueError when it isn't one."""
    return datetime.fromisoformat(text).toordinal() - _EPOCH


def minute(now: int) -> int:
    """The moment that figures about now are asked for: the minute, so that a read can be remembered."""
    return now - now % 60
