"""Orders and their value: how many come in, where they stand, how old the open ones are, why they were stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import text

from core.context import Context
from core.domain.orders import Reason, Status
from core.metrics.cache import cached
from core.metrics.cells import Sum, by_currency, daily_by_channel, standing, totals
from core.metrics.filters import Filter
from core.metrics.kpi import Figure, Kpi, share

# Classes of age in calendar days since the order was received: (from, to), the last one open.
AGES: tuple[tuple[int, int | None], ...] = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 7), (8, 14), (15, None))


@cached
def orders_received(ctx: Context, wanted: Filter) -> Figure:
    """Orders received in the period."""
    now, before = totals(ctx, "orders", wanted)
    return Figure(now.n, now.n, before.n, before.n)


@cached
def revenue(ctx: Context, wanted: Filter) -> Figure:
    """Value of the orders received in the period, without those that were cancelled or expired. Units: cents."""
    now, before = totals(ctx, "kept", wanted)
    return Figure(now.value, now.n, before.value, before.n)


@cached
def order_value(ctx: Context, wanted: Filter) -> Figure:
    """What an order that was kept is worth on average. Units: cents."""
    now, before = totals(ctx, "kept", wanted)
    return Figure(share(now.value, now.n), now.n, share(before.value, before.n), before.n)


@cached
def cancelled_rate(ctx: Context, wanted: Filter) -> Figure:
    """Share of the period's orders that were cancelled or expired since."""
    received, kept = totals(ctx, "orders", wanted), totals(ctx, "kept", wanted)
    now, before = (share(every.n - left.n, every.n) for every, left in zip(received, kept, strict=True))
    return Figure(now, received[0].n, before, received[1].n)


@dataclass(frozen=True, slots=True)
class Daily:
    """Orders and revenue by channel and day. Shape: channel → day → (orders, cents kept)."""

    channels: dict[str, dict[int, tuple[int, int]]]


@cached
def daily(ctx: Context, wanted: Filter) -> Daily:
    """Orders received and the revenue they are worth, day by day and by channel."""
    return Daily(daily_by_channel(ctx, wanted))


def _open_orders(ctx: Context, wanted: Filter, last: int) -> dict[str, dict[int, Sum]]:
    """What is open of the orders received by a day: the same read for the pipeline and for the ages."""
    return standing(ctx, replace(wanted, from_day=last, to_day=last))


@dataclass(frozen=True, slots=True)
class Stage:
    """How many orders stand in a status: received in the period, and before it (open ones only)."""

    status: str
    n: int
    older_n: int
    value_cents: int


@cached
def pipeline(ctx: Context, wanted: Filter) -> tuple[Stage, ...]:
    """Every status with the orders that stand in it now; closed ones only of the period."""
    stages = []
    for status, days in _open_orders(ctx, wanted, wanted.to_day).items():
        inside = [found for day, found in days.items() if day >= wanted.from_day]
        older = sum(found.n for day, found in days.items() if day < wanted.from_day)
        stages.append(Stage(status, sum(found.n for found in inside), older, sum(found.value for found in inside)))
    for status in (Status.DELIVERED, Status.COMPLETED, Status.CANCELLED, Status.EXPIRED):
        now, _ = totals(ctx, f"status.{status.value}", wanted)
        stages.append(Stage(status.value, now.n, 0, now.value))
    return tuple(stages)


@dataclass(frozen=True, slots=True)
class Age:
    """Open orders of one class of age. Shape: `by_status` maps the status to how many."""

    from_days: int
    to_days: int | None
    n: int
    by_status: dict[str, int]


@cached
def ages(ctx: Context, wanted: Filter, today: int) -> tuple[Age, ...]:
    """Open orders by calendar days since they were received, whenever that was."""
    found = _open_orders(ctx, wanted, today)
    classes = []
    for low, high in AGES:
        by_status = {
            status: sum(
                sums.n for day, sums in days.items() if low <= today - day and (high is None or today - day <= high)
            )
            for status, days in found.items()
        }
        classes.append(Age(low, high, sum(by_status.values()), {k: n for k, n in by_status.items() if n}))
    return tuple(classes)


@dataclass(frozen=True, slots=True)
class Stops:
    """Why the automatic review stopped orders: waiting for somebody now, and stops in the period."""

    reason: str
    waiting_n: int
    stopped_n: int


_WAITING = text(
    "SELECT exceptions, COUNT(*) FROM sales_order WHERE is_open = 1 AND status = 'exception'"
    " AND (CAST(:channel AS text) = '' OR channel = :channel)"
    " AND (CAST(:warehouse AS bigint) < 0 OR warehouse_id = :warehouse)"
    " AND (CAST(:region AS text) = '' OR region = :region) GROUP BY exceptions"
)


@cached
def stops(ctx: Context, wanted: Filter) -> tuple[Stops, ...]:
    """Stops of the automatic review by reason; an order stopped for two reasons counts for both."""
    values = {
        "channel": wanted.channel or "",
        "warehouse": -1 if wanted.warehouse is None else wanted.warehouse,
        "region": wanted.region or "",
    }
    waiting: dict[str, int] = {}
    for reasons, n in ctx.db.execute(_WAITING, values):
        for reason in reasons.split(","):
            waiting[reason] = waiting.get(reason, 0) + n
    return tuple(
        Stops(reason.value, waiting.get(reason.value, 0), totals(ctx, f"stopped.{reason.value}", wanted)[0].n)
        for reason in Reason
    )


@dataclass(frozen=True, slots=True)
class Currencies:
    """Payments and order value by currency. Shape: currency → Sum (cents of that currency)."""

    paid: dict[str, Sum]
    gross: dict[str, Sum]


@cached
def currencies(ctx: Context, wanted: Filter) -> Currencies:
    """Payments by the day they came, and order value before cancellations, in the currencies they were made in.

    Why: payments know their channel only, so that warehouse and region don't narrow them down.
    """
    return Currencies(by_currency(ctx, "paid", wanted), by_currency(ctx, "gross", wanted))


KPIS: tuple[Kpi, ...] = (
    Kpi(
        "orders",
        "Orders",
        "Orders received in the period, whatever became of them.",
        "count",
        orders_received,
        "received",
        "up",
    ),
    Kpi(
        "revenue",
        "Revenue",
        "Value of the orders received in the period, in the base currency, without cancelled and expired ones.",
        "money",
        revenue,
        "kept",
        "up",
    ),
    Kpi(
        "order_value",
        "Order value",
        "Revenue divided by the orders it comes from.",
        "money",
        order_value,
        "kept",
        "up",
    ),
    Kpi(
        "cancelled_rate",
        "Cancelled or expired",
        "Share of the orders received in the period that were cancelled or expired since.",
        "rate",
        cancelled_rate,
        "lost",
        "down",
    ),
)
