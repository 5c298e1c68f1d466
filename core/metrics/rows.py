"""The orders behind a figure: the same filter, judged on the rows themselves, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select

from core.context import Context
from core.db.world_tables import channel, order_line, sales_order
from core.domain.buckets import exact_percentile
from core.domain.facts import local_day
from core.domain.orders import Status
from core.metrics.delivery import DAY, Lead
from core.metrics.filters import Filter, day_start, minute
from core.metrics.risk import at_risk

s = sales_order.c
Condition = ColumnElement[bool]
_COLUMNS = (
    s.id,
    s.number,
    s.channel,
    s.status,
    s.exceptions,
    s.hold_reason,
    s.region,
    s.city,
    s.warehouse_id,
    s.received_at,
    s.promised_at,
    s.handed_over_at,
    s.delivered_at,
    s.currency,
    s.total_cents,
    s.paid_cents,
)
_SLICE = 500
_LOST = (Status.CANCELLED.value, Status.EXPIRED.value)


@dataclass(frozen=True, slots=True)
class Span:
    """A filter's period as instants: from `since` up to, not including, `until`; `now` is the moment of asking."""

    since: int
    until: int
    now: int

    def holds(self, column: ColumnElement[Any]) -> Condition:
        """Whether an instant lies in the period."""
        return and_(column >= self.since, column < self.until)


@dataclass(frozen=True, slots=True)
class RowSet:
    """One way to choose orders. `label` and `definition` are English and translated where they are shown.

    `where` gets the period; `order` says what stands first. `is_period` is False where the period doesn't matter.
    """

    key: str
    label: str
    definition: str
    where: Callable[[Span], Condition]
    order: tuple[ColumnElement[Any], ...] = (s.received_at.desc(), s.id.desc())
    is_period: bool = True


def _received(span: Span) -> Condition:
    return span.holds(s.received_at)


def _delivered(span: Span) -> Condition:
    return span.holds(s.delivered_at)


def _due_late(span: Span) -> Condition:
    """Promised for the period, due by now, and late or not there."""
    due = and_(s.promised_at >= span.since, s.promised_at < min(span.until, span.now))
    missing = and_(s.is_open == 1, due)
    return or_(and_(s.delivered_at.is_not(None), span.holds(s.promised_at), s.delivered_at > s.promised_at), missing)


def _has_lines() -> Condition:
    return exists().where(order_line.c.order_id == s.id)


_NEWEST_DELIVERY = (s.delivered_at.desc(), s.id.desc())
_OLDEST = (s.received_at, s.id)
_PROMISE = (s.promised_at, s.id)

ROW_SETS: MappingProxyType[str, RowSet] = MappingProxyType(
    {
        row_set.key: row_set
        for row_set in (
            RowSet("received", "Orders received", "Received in the period.", _received),
            RowSet(
                "kept",
                "Orders that count as revenue",
                "Received in the period, neither cancelled nor expired.",
                lambda span: and_(_received(span), s.status.not_in(_LOST)),
            ),
            RowSet(
                "lost",
                "Cancelled or expired",
                "Received in the period, cancelled or expired since.",
                lambda span: and_(_received(span), s.status.in_(_LOST)),
            ),
            RowSet(
                "open",
                "Open orders",
                "Neither delivered nor ended, received by the period's last day, the oldest first.",
                lambda span: and_(s.is_open == 1, s.received_at < span.until),
                _OLDEST,
            ),
            RowSet(
                "open_in",
                "Open orders of these days",
                "Received in the period, neither delivered nor ended, the oldest first.",
                lambda span: and_(s.is_open == 1, _received(span)),
                _OLDEST,
            ),
            RowSet(
                "older",
                "Open orders from before",
                "Neither delivered nor ended, received before the period's first day, the oldest first.",
                lambda span: and_(s.is_open == 1, s.received_at < span.since),
                _OLDEST,
            ),
            RowSet("delivered", "Deliveries", "Delivered in the period.", _delivered, _NEWEST_DELIVERY),
            RowSet(
                "late_by_time",
                "Late to the minute",
                "Delivered in the period, after the promised moment.",
                lambda span: and_(_delivered(span), s.delivered_at > s.promised_at),
                _NEWEST_DELIVERY,
            ),
            RowSet(
                "late_or_overdue",
                "Late or overdue",
                "Promised for a moment of the period that has passed: delivered late, or still not delivered.",
                _due_late,
                _PROMISE,
            ),
            RowSet(
                "overdue",
                "Overdue",
                "Open, and the promised moment has passed, whenever that was.",
                lambda span: and_(s.is_open == 1, s.promised_at < span.now),
                _PROMISE,
                is_period=False,
            ),
            RowSet(
                "handed_over",
                "Handed over",
                "Handed over to the carrier in the period.",
                lambda span: span.holds(s.handed_over_at),
            ),
            RowSet("confirmed", "Confirmed", "Confirmed in the period.", lambda span: span.holds(s.confirmed_at)),
            RowSet(
                "without_items",
                "Orders without items",
                "Received in the period, and the channel sent no line for them.",
                lambda span: and_(_received(span), ~_has_lines()),
            ),
            RowSet(
                "unreconciled",
                "Payments that don't reconcile",
                "Received in the period, with items and payments, and the payments don't come to the total.",
                lambda span: and_(_received(span), s.paid_cents > 0, s.paid_cents != s.total_cents, _has_lines()),
            ),
            RowSet(
                "reconciled",
                "Payments that reconcile",
                "Received in the period, with items and payments, and the payments come to the total to the cent.",
                lambda span: and_(_received(span), s.paid_cents > 0, s.paid_cents == s.total_cents, _has_lines()),
            ),
        )
    }
)
# Judged in the calendar of each order's channel, or by the past of its lane: `where` narrows them down beforehand.
JUDGED: MappingProxyType[str, RowSet] = MappingProxyType(
    {
        row_set.key: row_set
        for row_set in (
            RowSet(
                "late_by_date",
                "Late to the day",
                "Delivered in the period, on a later day than promised, by the channel's calendar.",
                ROW_SETS["late_by_time"].where,
                _NEWEST_DELIVERY,
            ),
            RowSet(
                "at_risk",
                "At risk",
                "Open, the promise still ahead, and more likely late than not; the highest risk first.",
                lambda span: and_(s.is_open == 1, s.promised_at >= span.now),
                is_period=False,
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows: the set and the filter, narrowed down to a status or a reason the order waits for."""

    row_set: str
    filter: Filter
    status: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the rows behind a figure, and how many there are. `risks` maps order ids to risks, where asked."""

    rows: tuple[Row[Any], ...]
    total_count: int
    risks: dict[int, float]


def row_set(key: str) -> RowSet | None:
    """The row set of that name."""
    return ROW_SETS.get(key) or JUDGED.get(key)


def order_page(ctx: Context, wanted: Wanted, offset: int, most: int) -> Page:
    """The orders behind a figure, a page at a time.

    Raises: NotAllowed.
    """
    ctx.actor.need("orders.read")
    if wanted.row_set in JUDGED:
        judged = _judged(ctx, wanted)
        shown = judged[offset : offset + most]
        return Page(_by_ids(ctx, [key for key, _ in shown]), len(judged), dict(shown))
    chosen = ROW_SETS[wanted.row_set]
    conditions = _conditions(ctx, wanted, chosen)
    total = ctx.db.execute(select(func.count()).select_from(sales_order).where(*conditions)).scalar_one()
    found = select(*_COLUMNS).where(*conditions).order_by(*chosen.order).limit(most).offset(offset)
    return Page(tuple(ctx.db.execute(found)), int(total), {})


def count_rows(ctx: Context, wanted: Wanted) -> int:
    """How many orders are behind a figure. Raises: NotAllowed."""
    return order_page(ctx, wanted, 0, 0).total_count


def _span(ctx: Context, wanted: Filter) -> Span:
    zone = ctx.world.timezone
    return Span(day_start(wanted.from_day, zone), day_start(wanted.to_day + 1, zone), ctx.now)


def _conditions(ctx: Context, wanted: Wanted, chosen: RowSet) -> list[Condition]:
    found = [chosen.where(_span(ctx, wanted.filter))]
    if wanted.filter.channel is not None:
        found.append(s.channel == wanted.filter.channel)
    if wanted.filter.warehouse is not None:
        found.append(s.warehouse_id == wanted.filter.warehouse)
    if wanted.filter.region is not None:
        found.append(s.region == wanted.filter.region)
    if wanted.status is not None:
        found.append(s.status == wanted.status)
    if wanted.reason is not None:
        found.append(and_(s.is_open == 1, s.exceptions.contains(wanted.reason, autoescape=True)))
    return found


def _judged(ctx: Context, wanted: Wanted) -> list[tuple[int, float]]:
    """The ids of a judged set in their order, each with its risk (0 where risk isn't asked)."""
    if wanted.row_set == "at_risk":
        found = at_risk(ctx, wanted.filter, minute(ctx.now))
        return [(risk.order_id, risk.risk) for risk in found.orders]
    chosen = JUDGED[wanted.row_set]
    zones = {row.code: row.timezone for row in ctx.db.execute(select(channel.c.code, channel.c.timezone))}
    rows = ctx.db.execute(
        select(s.id, s.channel, s.delivered_at, s.promised_at)
        .where(*_conditions(ctx, wanted, chosen))
        .order_by(*chosen.order)
    )
    return [
        (order_id, 0.0)
        for order_id, code, delivered_at, promised_at in rows
        if local_day(delivered_at, zones[code]) > local_day(promised_at, zones[code])
    ]


def orders_by_ids(ctx: Context, ids: list[int]) -> tuple[Row[Any], ...]:
    """The orders with these ids, in their sequence; what isn't there is left out.

    Raises: NotAllowed.
    """
    ctx.actor.need("orders.read")
    return _by_ids(ctx, ids)


def _by_ids(ctx: Context, ids: list[int]) -> tuple[Row[Any], ...]:
    found: dict[int, Row[Any]] = {}
    for start in range(0, len(ids), _SLICE):
        some = select(*_COLUMNS).where(s.id.in_(ids[start : start + _SLICE]))
        found |= {row.id: row for row in ctx.db.execute(some)}
    return tuple(found[key] for key in ids if key in found)


_STAGES: MappingProxyType[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = MappingProxyType(
    {
        "total": (s.received_at, s.delivered_at),
        "confirm": (s.paid_at, s.confirmed_at),
        "handover": (s.confirmed_at, s.handed_over_at),
        "transit": (s.handed_over_at, s.delivered_at),
    }
)


def exact_lead(ctx: Context, stage: str, wanted: Filter) -> Lead:
    """How long a stage took, to the second, from the rows of the orders that finished it in the period.

    Raises: NotAllowed.
    """
    ctx.actor.need("orders.read")
    start, end = _STAGES[stage]
    chosen = RowSet(stage, "", "", lambda span: and_(span.holds(end), start.is_not(None)))
    durations = sorted(
        ctx.db.execute(select(end - start).where(*_conditions(ctx, Wanted(stage, wanted), chosen))).scalars()
    )
    if not durations:
        return Lead(stage, 0, None, None, None, None)
    mean = sum(durations) / len(durations) / DAY
    p50, p90, p95 = (exact_percentile(durations, part) / DAY for part in (0.50, 0.90, 0.95))
    return Lead(stage, len(durations), mean, p50, p90, p95)
