"""Delivery: on time or late, by two judgements, and how long each stage takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text

from core.context import Context
from core.domain.buckets import percentile
from core.metrics.cache import cached
from core.metrics.cells import histogram, pair_series, totals
from core.metrics.filters import Filter, cut_of, day_start, minute
from core.metrics.kpi import Figure, Kpi, share

DAY = 86_400


@dataclass(frozen=True, slots=True)
class OnTime:
    """Deliveries of a period with a promise, and how many of them were late by each judgement."""

    promised_n: int
    late_by_time_n: int
    late_by_date_n: int


@cached
def on_time(ctx: Context, wanted: Filter) -> tuple[OnTime, OnTime]:
    """What was delivered in the period, and in the one before it, held against its promise."""
    promised, by_date = totals(ctx, "promised", wanted), totals(ctx, "late.date", wanted)
    now, before = (OnTime(promised[at].n, promised[at].value, by_date[at].n) for at in (0, 1))
    return now, before


@cached
def on_time_by_time(ctx: Context, wanted: Filter) -> Figure:
    """Share of the period's deliveries with a promise that came no later than the promised moment."""
    now, before = on_time(ctx, wanted)
    return Figure(
        share(now.promised_n - now.late_by_time_n, now.promised_n),
        now.promised_n,
        share(before.promised_n - before.late_by_time_n, before.promised_n),
        before.promised_n,
    )


@cached
def on_time_by_date(ctx: Context, wanted: Filter) -> Figure:
    """Share of the period's deliveries with a promise that came no later than the promised day."""
    now, before = on_time(ctx, wanted)
    return Figure(
        share(now.promised_n - now.late_by_date_n, now.promised_n),
        now.promised_n,
        share(before.promised_n - before.late_by_date_n, before.promised_n),
        before.promised_n,
    )


class OnTimeDay(NamedTuple):
    """One day's deliveries with a promise."""

    day: int
    promised_n: int
    late_by_time_n: int
    late_by_date_n: int


@cached
def on_time_daily(ctx: Context, wanted: Filter) -> tuple[OnTimeDay, ...]:
    """Deliveries with a promise day by day, and how many of them were late."""
    return tuple(OnTimeDay._make(row) for row in pair_series(ctx, "promised", "late.date", wanted))


# Everything it asks for is in the index of open promises.
OVERDUE = (
    "FROM sales_order WHERE is_open = 1 AND promised_at >= :since AND promised_at < :until"
    " AND (CAST(:channel AS text) = '' OR channel = :channel)"
    " AND (CAST(:warehouse AS bigint) < 0 OR warehouse_id = :warehouse)"
    " AND (CAST(:region AS text) = '' OR region = :region)"
)
_OVERDUE_COUNT = text(f"SELECT COUNT(*) {OVERDUE}")


def overdue_values(wanted: Filter, since: int, until: int) -> dict[str, object]:
    """The values that OVERDUE takes."""
    return {
        "since": since,
        "until": until,
        "channel": wanted.channel or "",
        "warehouse": -1 if wanted.warehouse is None else wanted.warehouse,
        "region": wanted.region or "",
    }


@cached
def overdue(ctx: Context, wanted: Filter, now: int) -> int:
    """Open orders whose promise has passed, whenever that was."""
    return int(ctx.db.execute(_OVERDUE_COUNT, overdue_values(wanted, 0, now)).scalar_one())


@cached
def late_or_overdue(ctx: Context, wanted: Filter, now: int) -> Figure:
    """Of the orders promised for the period and due by now: the share delivered late or still open."""
    due, due_before = totals(ctx, "due", wanted)
    shares = []
    for period, delivered in ((wanted, due), (wanted.before(), due_before)):
        since = day_start(period.from_day, ctx.world.timezone)
        until = min(now, day_start(period.to_day + 1, ctx.world.timezone))
        still_open = 0
        if until > since:
            still_open = int(ctx.db.execute(_OVERDUE_COUNT, overdue_values(period, since, until)).scalar_one())
        whole = delivered.n + still_open
        shares.append((share(delivered.value + still_open, whole), whole))
    (value, n), (value_before, n_before) = shares
    return Figure(value, n, value_before, n_before)


def late_or_overdue_now(ctx: Context, wanted: Filter) -> Figure:
    """`late_or_overdue` at this minute."""
    return late_or_overdue(ctx, wanted, minute(ctx.now))


@dataclass(frozen=True, slots=True)
class Lead:
    """How long a stage took for the orders that finished it in the period.

    Units: days. Percentiles are None with two filters (cells keep them for one), the mean is exact where it is known.
    """

    stage: str
    n: int
    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None


@cached
def lead(ctx: Context, stage: str, wanted: Filter) -> Lead:
    """Mean and percentiles of a stage's durations; percentiles are at most 2.5% off."""
    if not cut_of(wanted).is_single:
        found = totals(ctx, "delivered", wanted)[0]
        if stage != "total" or not found.n:
            return Lead(stage, found.n if stage == "total" else 0, None, None, None, None)
        return Lead(stage, found.n, found.value / found.n / DAY, None, None, None)
    buckets = histogram(ctx, stage, wanted)
    n = sum(found.n for found in buckets.values())
    if not n:
        return Lead(stage, 0, None, None, None, None)
    mean = sum(found.value for found in buckets.values()) / n / DAY
    counts = {bucket: found.n for bucket, found in buckets.items()}
    p50, p90, p95 = (percentile(counts, part) / DAY for part in (0.50, 0.90, 0.95))
    return Lead(stage, n, mean, p50, p90, p95)


@cached
def leads(ctx: Context, wanted: Filter) -> tuple[Lead, ...]:
    """Every stage's lead times, in the order of the stages."""
    return tuple(lead(ctx, stage, wanted) for stage in STAGE_LABELS)


@cached
def lead_p50(ctx: Context, wanted: Filter) -> Figure:
    """The median from receipt to delivery. Units: days."""
    now, before = (lead(ctx, "total", period) for period in (wanted, wanted.before()))
    return Figure(now.p50, now.n, before.p50, before.n)


STAGE_LABELS = {
    "total": "Received to delivered",
    "confirm": "Paid to confirmed",
    "handover": "Confirmed to handed over",
    "transit": "Handed over to delivered",
}
STAGE_DEFINITION_LABELS = {
    "total": "From the buyer's order to the door, by the day of delivery.",
    "confirm": "From full payment to our confirmation, by the day confirmed.",
    "handover": "From our confirmation to the carrier, by the day handed over.",
    "transit": "From the carrier's hand to the door, by the day of delivery.",
}

KPIS: tuple[Kpi, ...] = (
    Kpi(
        "on_time_by_time",
        "On time, to the minute",
        "Deliveries of the period that came no later than the promised moment, of all deliveries that had a promise."
        " Undelivered orders don't count here.",
        "rate",
        on_time_by_time,
        "late_by_time",
        "up",
    ),
    Kpi(
        "on_time_by_date",
        "On time, to the day",
        "The same by calendar day: whatever comes on the promised day is on time.",
        "rate",
        on_time_by_date,
        "late_by_date",
        "up",
    ),
    Kpi(
        "late_or_overdue",
        "Late or overdue",
        "Of the orders promised for a moment of the period that has passed: delivered late, or still not delivered.",
        "rate",
        late_or_overdue_now,
        "late_or_overdue",
        "down",
    ),
    Kpi(
        "lead_p50",
        "Median lead time",
        "Half of the period's deliveries took no longer, from the buyer's order to the door.",
        "days",
        lead_p50,
        "delivered",
        "down",
    ),
)
