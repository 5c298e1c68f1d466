"""The desk's queue: which orders wait for what, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select

from core.context import Context
from core.db.world_tables import channel as channel_table
from core.db.world_tables import sales_order
from core.domain.masking import mask_phone
from core.domain.orders import Reason, Status
from core.domain.texts import typed

PER_PAGE = 50

# The desk's segments: which orders stand in each, and whether the oldest come first.
SEGMENTS: dict[str, tuple[tuple[Status, ...], bool]] = {
    "decision": ((Status.EXCEPTION,), True),
    "progress": (
        (
            Status.CONFIRMED,
            Status.BACKORDERED,
            Status.PARTLY_ALLOCATED,
            Status.ALLOCATED,
            Status.RELEASED,
            Status.PICKING,
            Status.PACKED,
            Status.PARTLY_SHIPPED,
            Status.PARTLY_DELIVERED,
        ),
        True,
    ),
    "unpaid": ((Status.RECEIVED,), True),
    "all": ((), False),
}

_s = sales_order.c


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One order as the queue lists it; the phone is masked for those who may not amend orders."""

    id: int
    number: str
    channel: str
    status: Status
    reasons: tuple[Reason, ...]
    held: bool
    buyer_name: str
    buyer_phone: str
    region: str
    city: str
    total_cents: int
    currency: str
    received_at: int
    ship_by_at: int | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `more` says whether another page follows."""

    rows: tuple[QueueRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as it stands: how much waits where, the channels by code, and a page of the queue.

    Shape: `counts` segment → orders, `reasons` reason → stopped orders, `channels` code → (English, Chinese) name.
    """

    counts: dict[str, int]
    reasons: dict[Reason, int]
    channels: dict[str, tuple[str, str]]
    page: QueuePage
    now: int
    timezone: str


def get_desk(
    ctx: Context, segment: str, *, search: str = "", reason: str = "", channel: str = "", page: int = 1
) -> Desk:
    """Everything the desk's first page shows, in one view. Raises: NotAllowed."""
    return Desk(
        queue_counts(ctx),
        reason_counts(ctx),
        channels_in(ctx),
        orders_in(ctx, segment, search=search, reason=reason, channel=channel, page=page),
        ctx.now,
        ctx.world.timezone,
    )


def channels_in(ctx: Context) -> dict[str, tuple[str, str]]:
    """The names of the channels. Shape: code → (English, Chinese)."""
    ctx.actor.need("orders.read")
    c = channel_table.c
    found = ctx.db.execute(select(c.code, c.name_en, c.name_zh).order_by(c.name_en))
    return {row.code: (row.name_en, row.name_zh) for row in found}


def queue_counts(ctx: Context) -> dict[str, int]:
    """How many orders stand in each segment with open work. Shape: segment → orders (`all` is left out)."""
    ctx.actor.need("orders.read")
    found = select(_s.status, func.count()).where(_s.is_open == 1).group_by(_s.status)
    by_status = {Status(status): int(n) for status, n in ctx.db.execute(found)}
    return {
        segment: sum(by_status.get(status, 0) for status in statuses)
        for segment, (statuses, _) in SEGMENTS.items()
        if statuses
    }


def reason_counts(ctx: Context) -> dict[Reason, int]:
    """How many stopped orders wait for each reason; an order may wait for several."""
    ctx.actor.need("orders.read")
    found = (
        select(_s.exceptions, func.count())
        .where(_s.is_open == 1, _s.status == Status.EXCEPTION.value)
        .group_by(_s.exceptions)
    )
    counts: dict[Reason, int] = {}
    for reasons, n in ctx.db.execute(found):
        for reason in _reasons(reasons):
            counts[reason] = counts.get(reason, 0) + int(n)
    return counts


def orders_in(
    ctx: Context,
    segment: str,
    *,
    search: str = "",
    reason: str = "",
    channel: str = "",
    page: int = 1,
    per_page: int = PER_PAGE,
) -> QueuePage:
    """A page of the desk's queue; an unknown segment or reason lists nothing.

    `search` finds order numbers and phones by how they end or begin, and buyers by any part of the name.
    """
    ctx.actor.need("orders.read")
    if segment not in SEGMENTS or (reason and reason not in set(Reason)):
        return QueuePage((), False)
    statuses, oldest_first = SEGMENTS[segment]
    conditions: list[ColumnElement[bool]] = []
    if statuses:
        conditions += [_s.is_open == 1, _s.status.in_([status.value for status in statuses])]
    if reason:
        conditions.append(_s.exceptions.contains(reason))
    if channel:
        conditions.append(_s.channel == channel)
    if words := typed(search):
        conditions.append(_matches(words))
    order = (_s.received_at, _s.id) if oldest_first else (_s.received_at.desc(), _s.id.desc())
    found = (
        select(sales_order)
        .where(*conditions)
        .order_by(*order)
        .offset((max(1, page) - 1) * per_page)
        .limit(per_page + 1)
    )
    rows = ctx.db.execute(found).all()
    sees = ctx.actor.may("orders.amend")
    return QueuePage(tuple(_queue_row(row, sees) for row in rows[:per_page]), len(rows) > per_page)


def _matches(words: str) -> ColumnElement[bool]:
    digits = words.replace(" ", "").replace("-", "")
    if digits.isdigit() and len(digits) >= 4:
        return or_(
            _s.number.startswith(digits, autoescape=True),
            _s.number.endswith(digits, autoescape=True),
            _s.buyer_phone.startswith(digits, autoescape=True),
            _s.buyer_phone.endswith(digits, autoescape=True),
        )
    return or_(_s.buyer_name.icontains(words, autoescape=True), _s.number == words)


def _queue_row(row: Row[Any], sees: bool) -> QueueRow:
    return QueueRow(
        id=row.id,
        number=row.number,
        channel=row.channel,
        status=Status(row.status),
        reasons=_reasons(row.exceptions),
        held=row.hold_reason is not None,
        buyer_name=row.buyer_name,
        buyer_phone=row.buyer_phone if sees else mask_phone(row.buyer_phone),
        region=row.region,
        city=row.city,
        total_cents=row.total_cents,
        currency=row.currency,
        received_at=row.received_at,
        ship_by_at=row.ship_by_at,
    )


def _reasons(stored: str) -> tuple[Reason, ...]:
    return tuple(Reason(reason) for reason in stored.split(",") if reason)
