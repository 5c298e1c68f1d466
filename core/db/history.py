"""The only writers of history: `record` for what happened, `post` for units, `post_money` for cents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from core.context import Context
from core.db.bins import follow
from core.db.statements import Statement
from core.db.world_tables import money_posting
from core.domain.errors import RuleViolation
from core.domain.stock import BOUNDLESS, Account, Move, Place

_INSERT_EVENT = Statement(
    "INSERT INTO event (at, kind, subject, order_id, actor, data)"
    " VALUES (:at, :kind, :subject, :order_id, :actor, :data) RETURNING id"
)
_INSERT_POSTING = Statement(
    "INSERT INTO stock_posting (at, event_id, sku_id, lot_id, from_warehouse_id, from_account,"
    " to_warehouse_id, to_account, quantity, order_line_id) VALUES (:at, :event_id, :sku_id, :lot_id,"
    " :from_warehouse_id, :from_account, :to_warehouse_id, :to_account, :quantity, :order_line_id)"
)
_HOLD = Statement("SELECT 1", postgresql="SELECT 1 FROM sku WHERE id = ANY(:skus) ORDER BY id FOR NO KEY UPDATE")
_TAKE = Statement(
    "UPDATE stock_balance SET quantity = quantity - :quantity"
    " WHERE sku_id = :sku_id AND warehouse_id = :warehouse_id AND lot_id = :lot_id"
    " AND account = :account AND quantity >= :quantity"
)
_ADD = Statement(
    "INSERT INTO stock_balance (sku_id, warehouse_id, lot_id, account, quantity)"
    " VALUES (:sku_id, :warehouse_id, :lot_id, :account, :quantity)"
    " ON CONFLICT (sku_id, warehouse_id, lot_id, account)"
    " DO UPDATE SET quantity = stock_balance.quantity + excluded.quantity"
)
_CLOSED_UNTIL = Statement("SELECT MAX(until_at) FROM period_close")


def closed_until(ctx: Context) -> int | None:
    """The last instant of the closed periods, or None where none was closed."""
    row = _CLOSED_UNTIL.row(ctx.db, {})
    return None if row is None or row[0] is None else int(row[0])


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
    values = {
        "at": ctx.now,
        "kind": str(kind),
        "subject": subject,
        "order_id": order_id,
        "actor": actor_name(ctx),
        "data": dump(data or {}),
    }
    row = _INSERT_EVENT.row(ctx.db, values)
    assert row is not None
    return int(row[0])


def actor_name(ctx: Context) -> str:
    """How the log names who did it: `person:12`, or the engine."""
    return f"person:{ctx.actor.person_id}" if ctx.actor.person_id is not None else ctx.actor.name


def hold_stock(ctx: Context, sku_ids: Iterable[int]) -> None:
    """On PostgreSQL, lets whoever else wants to move units of these SKUs wait until this transaction ends.

    SQLite has one writer at a time anyway. Why not the balances: those who reserve and those who give back go through
    a SKU's rows in different order, and twenty people at once spent their day in rings of waiting (measured). A command
    that moves stock in several steps holds all its SKUs at the first, since they are held in the order of their ids.
    """
    if ctx.db.dialect.name == "postgresql":
        _HOLD.rows(ctx.db, {"skus": sorted(set(sku_ids))})


def post(ctx: Context, event_id: int, moves: Sequence[Move]) -> None:
    """Moves units between accounts: checks and writes each balance in one statement, and keeps the posting.

    Bins follow by themselves. Raises: RuleViolation when an account of ours would go below zero, a quantity isn't
    positive, or the period is closed.
    """
    if not moves:
        return
    need_open_period(ctx)
    ordered = sorted(moves, key=lambda m: (m.sku_id, m.source.warehouse_id, m.lot_id, m.source.account))
    hold_stock(ctx, (move.sku_id for move in ordered))
    for move in ordered:
        if move.quantity <= 0:
            raise RuleViolation("A stock move needs a positive quantity, found {quantity}.", quantity=move.quantity)
    for part in _independent(ordered):
        _shift(ctx, part)
    _INSERT_POSTING.change_each(
        ctx.db,
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


def _independent(ordered: Sequence[Move]) -> Iterator[list[Move]]:
    """Moves in parts, so that within one none takes from where another of the same part puts."""
    part: list[Move] = []
    filled: set[tuple[int, Place]] = set()
    for move in ordered:
        if (move.lot_id, move.source) in filled:
            yield part
            part, filled = [], set()
        part.append(move)
        filled.add((move.lot_id, move.target))
    yield part


def _shift(ctx: Context, moves: Sequence[Move]) -> None:
    """Takes what moves take, each balance checked in the statement that changes it, and then adds what they add."""
    takes = [_change(move, move.source, move.quantity) for move in moves if move.source.account not in BOUNDLESS]
    adds = [_change(move, move.source, -move.quantity) for move in moves if move.source.account in BOUNDLESS]
    adds += [_change(move, move.target, move.quantity) for move in moves]
    if (place := _TAKE.first_idle(ctx.db, takes)) is not None:
        short = takes[place]
        raise RuleViolation(
            "Not enough stock: {quantity} units of SKU {sku_id} wanted from “{account}”, warehouse {warehouse_id}.",
            quantity=short["quantity"],
            sku_id=short["sku_id"],
            account=Account(str(short["account"])),
            warehouse_id=short["warehouse_id"],
        )
    _ADD.change_each(ctx.db, adds)


def _change(move: Move, place: Place, units: int) -> dict[str, object]:
    return {
        "sku_id": move.sku_id,
        "warehouse_id": place.warehouse_id,
        "lot_id": move.lot_id,
        "account": place.account.value,
        "quantity": units,
    }


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
