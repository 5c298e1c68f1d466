"""The only writers of history: `record` for what happened, `post` for units, `post_money` for cents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text

from core.context import Context
from core.db.bins import follow
from core.db.world_tables import event, money_posting
from core.domain.errors import RuleViolation
from core.domain.stock import BOUNDLESS, Move, Place

_INSERT_POSTING = text(
    "INSERT INTO stock_posting (at, event_id, sku_id, lot_id, from_warehouse_id, from_account,"
    " to_warehouse_id, to_account, quantity, order_line_id) VALUES (:at, :event_id, :sku_id, :lot_id,"
    " :from_warehouse_id, :from_account, :to_warehouse_id, :to_account, :quantity, :order_line_id)"
)
_LOCK = text(
    "SELECT 1 FROM stock_balance WHERE lot_id = ANY(:lots)"
    " ORDER BY account <> 'available', sku_id, warehouse_id, lot_id, account FOR UPDATE"
)
_TAKE = text(
    "UPDATE stock_balance SET quantity = quantity - :quantity"
    " WHERE sku_id = :sku_id AND warehouse_id = :warehouse_id AND lot_id = :lot_id"
    " AND account = :account AND quantity >= :quantity"
)
_ADD = text(
    "INSERT INTO stock_balance (sku_id, warehouse_id, lot_id, account, quantity)"
    " VALUES (:sku_id, :warehouse_id, :lot_id, :account, :quantity)"
    " ON CONFLICT (sku_id, warehouse_id, lot_id, account)"
    " DO UPDATE SET quantity = stock_balance.quantity + :quantity"
)

_CLOSED_UNTIL = text("SELECT MAX(until_at) FROM period_close")


def closed_until(ctx: Context) -> int | None:
    """The last instant of the closed periods, or None where none was closed."""
    found = ctx.db.execute(_CLOSED_UNTIL).scalar_one()
    return None if found is None else int(found)


def need_open_period(ctx: Context) -> None:
    """Refuses where the books are closed already; for a command that writes something else before it posts.

    Raises: RuleViolation naming the day.
    """
    until = closed_until(ctx)
    if until is not None and ctx.now <= until:
        day = datetime.fromtimestamp(until, ZoneInfo(ctx.world.timezone))
        raise RuleViolation("The books are closed up to {day}; nothing is posted before that.", day=f"{day:%Y-%m-%d}")


def dump(data: Mapping[str, object]) -> str:
    """An event's data as the log keeps it: compact JSON, text as it is."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def record(
    ctx: Context,
    kind: str,
    subject: str,
    data: Mapping[str, object] | None = None,
    *,
    order_id: int | None = None,
) -> int:
    """Appends one fact to the event log and gives its id.

    `subject` is `order:17`, `sku:4` and the like; `data` is what the fold and readers of the log need.
    """
    statement = event.insert().values(
        at=ctx.now,
        kind=kind,
        subject=subject,
        order_id=order_id,
        actor=actor_name(ctx),
        data=dump(data or {}),
    )
    key = ctx.db.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def actor_name(ctx: Context) -> str:
    """How the log names who did it: `person:12`, or the engine."""
    return f"person:{ctx.actor.person_id}" if ctx.actor.person_id is not None else ctx.actor.name


def post(ctx: Context, event_id: int, moves: Sequence[Move]) -> None:
    """Moves units between accounts: checks and writes each balance in one statement, and keeps the posting.

    Moves go in one fixed order of accounts, so that two transactions can't wait for each other in a ring. On PostgreSQL
    every account of the lots is locked before, the available ones first as a reservation's plan does: one who reserves
    and one who gives back would else take the same two from opposite ends.
    Bins follow by themselves. Raises: RuleViolation when an account of ours would go below zero, a quantity isn't
    positive, or the period is closed.
    """
    if moves:
        need_open_period(ctx)
    ordered = sorted(moves, key=lambda m: (m.sku_id, m.source.warehouse_id, m.lot_id, m.source.account))
    if ordered and ctx.db.dialect.name == "postgresql":
        ctx.db.execute(_LOCK, {"lots": [m.lot_id for m in ordered]})
    for move in ordered:
        if move.quantity <= 0:
            raise RuleViolation("A stock move needs a positive quantity, found {quantity}.", quantity=move.quantity)
        _take(ctx, move, move.source)
        ctx.db.execute(_ADD, _balance_key(move, move.target) | {"quantity": move.quantity})
    if ordered:
        ctx.db.execute(
            _INSERT_POSTING,
            [
                {
                    "at": ctx.now,
                    "event_id": event_id,
                    "sku_id": m.sku_id,
                    "lot_id": m.lot_id,
                    "from_warehouse_id": m.source.warehouse_id,
                    "from_account": m.source.account.value,
                    "to_warehouse_id": m.target.warehouse_id,
                    "to_account": m.target.account.value,
                    "quantity": m.quantity,
                    "order_line_id": m.order_line_id,
                }
                for m in ordered
            ],
        )
        follow(ctx, event_id, ordered)


def _balance_key(move: Move, place: Place) -> dict[str, object]:
    return {
        "sku_id": move.sku_id,
        "warehouse_id": place.warehouse_id,
        "lot_id": move.lot_id,
        "account": place.account.value,
    }


def _take(ctx: Context, move: Move, place: Place) -> None:
    key = _balance_key(move, place)
    if place.account in BOUNDLESS:
        ctx.db.execute(_ADD, key | {"quantity": -move.quantity})
        return
    if ctx.db.execute(_TAKE, key | {"quantity": move.quantity}).rowcount != 1:
        raise RuleViolation(
            "Not enough stock: {quantity} units of SKU {sku_id} wanted from “{account}”, warehouse {warehouse_id}.",
            quantity=move.quantity,
            sku_id=move.sku_id,
            account=place.account,
            warehouse_id=place.warehouse_id,
        )


def post_money(
    ctx: Context,
    event_id: int,
    order_id: int,
    source: str,
    target: str,
    amount_cents: int,
    currency: str,
    means: str = "",
) -> None:
    """Moves cents from one money account to another for an order.

    Raises: RuleViolation when the amount isn't positive, or the period is closed.
    """
    need_open_period(ctx)
    if amount_cents <= 0:
        raise RuleViolation("A payment needs a positive amount, found {amount}.", amount=amount_cents)
    ctx.db.execute(
        money_posting.insert().values(
            at=ctx.now,
            event_id=event_id,
            order_id=order_id,
            from_account=source,
            to_account=target,
            amount_cents=amount_cents,
            currency=currency,
            means=means,
        )
    )
