"""The blacklist: buyers whose orders the review stops, with who put them there and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select

from core.context import Context
from core.db.history import actor_name, record
from core.db.statements import Statement
from core.db.world_tables import blocked_buyer, sales_order
from core.domain.errors import NotFound, RuleViolation
from core.domain.masking import mask_phone
from core.domain.texts import typed
from core.services.orders import MOST_TEXT

MOST_LISTED = 500
_BLOCK = Statement(
    "INSERT INTO blocked_buyer (phone, reason, blocked_at, actor) VALUES (:phone, :reason, :blocked_at, :actor)"
    " ON CONFLICT (phone) DO NOTHING"
)
_b, _s = blocked_buyer.c, sales_order.c


@dataclass(frozen=True, slots=True)
class BlockedBuyer:
    """A phone on the blacklist; masked for those who may not amend orders, who can't take it off by `phone` either."""

    phone: str
    reason: str
    blocked_at: int
    actor: str
    open_orders: int


def blocked_buyers_in(ctx: Context, search: str = "") -> tuple[BlockedBuyer, ...]:
    """The blacklist, the newest first; `search` finds any part of a phone or of a reason. Raises: NotAllowed."""
    ctx.actor.need("orders.read")
    words = typed(search)
    found = select(blocked_buyer).order_by(_b.blocked_at.desc(), _b.phone).limit(MOST_LISTED)
    if words:
        found = found.where(_b.phone.contains(words, autoescape=True) | _b.reason.icontains(words, autoescape=True))
    rows = ctx.db.execute(found).all()
    waiting = _open_orders(ctx, [row.phone for row in rows])
    sees = ctx.actor.may("orders.amend")
    return tuple(
        BlockedBuyer(
            row.phone if sees else mask_phone(row.phone),
            row.reason,
            row.blocked_at,
            row.actor,
            waiting.get(row.phone, 0),
        )
        for row in rows
    )


def _open_orders(ctx: Context, phones: list[str]) -> dict[str, int]:
    statement = (
        select(_s.buyer_phone, func.count())
        .where(_s.is_open == 1, _s.fulfilled_by == "us", _s.buyer_phone.in_(phones))
        .group_by(_s.buyer_phone)
    )
    return {phone: int(count) for phone, count in ctx.db.execute(statement)}


def block_buyer(ctx: Context, phone: str, reason: str) -> int:
    """Puts a buyer's phone onto the blacklist; gives how many open orders it has.

    The review stops what comes from now on. Orders that passed it before go their way until somebody holds them.
    Raises: NotAllowed, RuleViolation without a phone or a reason, or for one that is blocked already.
    """
    ctx.actor.need("buyers.block")
    phone, reason = _checked(phone, reason)
    values = {"phone": phone, "reason": reason, "blocked_at": ctx.now, "actor": actor_name(ctx)}
    if not _BLOCK.change(ctx.db, values):  # also where somebody else does it this very moment
        raise RuleViolation("{phone} is blocked already.", phone=phone)
    record(ctx, "BuyerBlocked", f"buyer:{phone}", {"reason": reason})
    return _open_orders(ctx, [phone]).get(phone, 0)


def unblock_buyer(ctx: Context, phone: str, reason: str) -> None:
    """Takes a buyer's phone off the blacklist; orders it stopped pass when they are checked again.

    Raises: NotAllowed, NotFound where it isn't blocked, RuleViolation without a reason.
    """
    ctx.actor.need("buyers.block")
    phone, reason = _checked(phone, reason)
    row = _row(ctx, phone)
    if row is None:
        raise NotFound("{phone} isn't blocked.", phone=phone)
    data = {"reason": reason, "blocked_for": row.reason, "blocked_at": row.blocked_at, "blocked_by": row.actor}
    record(ctx, "BuyerUnblocked", f"buyer:{phone}", data)
    ctx.db.execute(delete(blocked_buyer).where(_b.phone == phone))


def _row(ctx: Context, phone: str) -> Any:
    return ctx.db.execute(select(blocked_buyer).where(_b.phone == phone)).one_or_none()


def _checked(phone: str, reason: str) -> tuple[str, str]:
    """Phone and reason as they are kept. Raises: RuleViolation."""
    phone, reason = typed(phone), typed(reason)
    digits = sum(char.isdigit() for char in phone)
    if not 7 <= digits <= 20 or len(phone) > 30 or "*" in phone:
        raise RuleViolation("A whole phone number is needed to block a buyer, found “{phone}”.", phone=phone)
    if not reason or len(reason) > MOST_TEXT:
        raise RuleViolation("This needs a reason of 1 to {most} characters.", most=MOST_TEXT)
    return phone, reason
