"""Posting a stocktake: its differences go onto the book as it is now, while business goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam, select, text

from core.context import Context
from core.db.count_tables import count_line
from core.db.history import hold_stock, need_open_period, post
from core.db.world_tables import sku
from core.domain.counting import decide_count
from core.domain.errors import RuleViolation
from core.domain.settlement import Promise, Settlement, settle_loss
from core.domain.stock import LOSS, Account, LotStock, Move, Place
from core.services.count_places import book_of
from core.services.counting import load_stocktake, move_stocktake, state_of_stocktake
from core.services.lots import lots_of

# Corrections of the same lots after they were counted, by whomever.
_CORRECTED = text(
    "SELECT DISTINCT l.position FROM count_line l JOIN stock_posting p ON p.lot_id = l.lot_id AND p.sku_id = l.sku_id"
    " WHERE l.id IN :lines AND p.id > :last_posting_id AND p.at >= l.counted_at"
    " AND ((p.from_account = 'loss' AND p.to_warehouse_id = :warehouse_id)"
    " OR (p.to_account = 'loss' AND p.from_warehouse_id = :warehouse_id)) ORDER BY l.position"
).bindparams(bindparam("lines", expanding=True))
# Whoever ships last gives way first: there is most time left to find other goods for them.
_PROMISES = text(
    "SELECT p.order_line_id, o.number, SUM(CASE WHEN p.to_account = 'reserved' AND p.to_warehouse_id = :warehouse_id"
    " THEN p.quantity ELSE 0 END) - SUM(CASE WHEN p.from_account = 'reserved' AND p.from_warehouse_id = :warehouse_id"
    " THEN p.quantity ELSE 0 END) AS units FROM sales_order o JOIN order_line l ON l.order_id = o.id"
    " JOIN stock_posting p ON p.order_line_id = l.id WHERE o.is_open = 1 AND l.sku_id = :sku_id AND p.lot_id = :lot_id"
    " GROUP BY p.order_line_id, o.number, o.ship_by_at, o.id"
    " HAVING SUM(CASE WHEN p.to_account = 'reserved' AND p.to_warehouse_id = :warehouse_id THEN p.quantity ELSE 0 END)"
    " > SUM(CASE WHEN p.from_account = 'reserved' AND p.from_warehouse_id = :warehouse_id THEN p.quantity ELSE 0 END)"
    " ORDER BY COALESCE(o.ship_by_at, 0) DESC, o.id DESC"
)
_NAMED = 5  # lines or orders in a refusal; more are counted


@dataclass(slots=True)
class _Plan:
    """What posting does: surpluses first, then trades of lots, then losses; each free of the others' order."""

    gains: list[Move] = field(default_factory=list)
    trades: list[Move] = field(default_factory=list)
    losses: list[Move] = field(default_factory=list)


def post_stocktake(ctx: Context, stocktake_id: int, *, version: int | None = None) -> int:
    """Posts an approved stocktake's differences on the current book; gives how many lines differed.

    What was moved since the count doesn't matter: it is the difference that is posted, not the count. A loss takes
    what is free of the lot first, then orders get the same units from other lots. Where there are none, it is
    refused and the orders are named: who goes without is for the order desk to decide.
    Raises: NotFound, NotAllowed, RuleViolation naming the lines to count again, or the orders to re-allocate.
    """
    ctx.actor.need("stock.approve")
    row = load_stocktake(ctx, stocktake_id, version)
    decided = decide_count("post", state_of_stocktake(ctx, row))
    c = count_line.c
    lines = ctx.db.execute(
        select(count_line, sku.c.code)
        .join(sku, sku.c.id == c.sku_id)
        .where(c.stocktake_id == stocktake_id, c.counted_quantity != c.expected_quantity)
        .order_by(c.position)
    ).all()
    if lines:
        need_open_period(ctx)
        hold_stock(ctx, {line.sku_id for line in lines})
    _need_untouched(ctx, row, lines)
    plan = _Plan()
    for sku_id in dict.fromkeys(line.sku_id for line in lines):
        _plan_article(ctx, row.warehouse_id, [line for line in lines if line.sku_id == sku_id], plan)
    changes = {line.id: line.counted_quantity - line.expected_quantity for line in lines}
    data: dict[str, object] = {
        "lines": len(lines),
        "units_up": sum(max(0, change) for change in changes.values()),
        "units_down": sum(max(0, -change) for change in changes.values()),
        "value_cents": sum(changes[line.id] * line.unit_cost_cents for line in lines),
    }
    event_id = move_stocktake(ctx, row, decided, data, posted_at=ctx.now)
    for moves in (plan.gains, plan.trades, plan.losses):
        post(ctx, event_id, moves)
    return len(lines)


def _need_untouched(ctx: Context, row: Row[Any], lines: Sequence[Row[Any]]) -> None:
    """Refuses where somebody corrected the same goods after the count, or the place can't lose so many any more."""
    if not lines:
        return
    values = {
        "lines": [line.id for line in lines],
        "last_posting_id": row.last_posting_id,
        "warehouse_id": row.warehouse_id,
    }
    corrected = list(ctx.db.execute(_CORRECTED, values).scalars())
    if corrected:
        raise RuleViolation(
            "Stock of line {lines} was corrected after it was counted; both would be posted. Have it recounted.",
            lines=_some(corrected),
        )
    short = [
        line.position
        for line in lines
        if line.counted_quantity < line.expected_quantity
        and book_of(ctx, row.warehouse_id, (line.bin_id, line.sku_id, line.lot_id))
        < line.expected_quantity - line.counted_quantity
    ]
    if short:
        raise RuleViolation(
            "The book of line {lines} holds less by now than is to be taken off. Have it recounted.",
            lines=_some(short),
        )


def _plan_article(ctx: Context, warehouse_id: int, lines: list[Row[Any]], plan: _Plan) -> None:
    """Plans the moves of one article's differences. Raises: RuleViolation naming the orders in the way."""
    free, reserved = Place(warehouse_id, Account.AVAILABLE), Place(warehouse_id, Account.RESERVED)
    sku_id = lines[0].sku_id
    stock = {lot.lot_id: lot.available for lot in lots_of(ctx, sku_id, warehouse_id)}
    losses: dict[int, int] = {}
    for line in lines:
        change = line.counted_quantity - line.expected_quantity
        if change > 0:
            plan.gains.append(Move(sku_id, line.lot_id, LOSS, free, change, bin_id=line.bin_id))
            stock[line.lot_id] = stock.get(line.lot_id, 0) + change
        else:
            plan.losses.append(Move(sku_id, line.lot_id, free, LOSS, -change, bin_id=line.bin_id))
            losses[line.lot_id] = losses.get(line.lot_id, 0) - change
    # What a lot loses itself is no help to another.
    spare = {lot_id: max(0, units - losses.get(lot_id, 0)) for lot_id, units in stock.items()}
    for lot_id, loss in losses.items():
        available = stock.get(lot_id, 0)
        if loss <= available:
            continue
        promises = [
            Promise(found.order_line_id, found.number, int(found.units))
            for found in ctx.db.execute(_PROMISES, {"warehouse_id": warehouse_id, "sku_id": sku_id, "lot_id": lot_id})
        ]
        others = [LotStock(other, units) for other, units in spare.items() if other != lot_id]
        settled = settle_loss(loss, available, promises, others)
        _need_settled(settled, lines[0].code)
        for trade in settled.trades:
            spare[trade.lot_id] -= trade.quantity
            plan.trades.append(Move(sku_id, lot_id, reserved, free, trade.quantity, trade.order_line_id))
            plan.trades.append(Move(sku_id, trade.lot_id, free, reserved, trade.quantity, trade.order_line_id))


def _need_settled(settled: Settlement, code: str) -> None:
    if settled.short:
        raise RuleViolation(
            "{n} units of {sku} that are missing are promised to orders: {orders}. Re-allocate or cancel them first.",
            n=settled.short,
            sku=code,
            orders=_some(settled.orders) or "–",
        )


def _some(names: Sequence[object]) -> str:
    shown = ", ".join(str(name) for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else f"{shown} … (+{len(names) - _NAMED})"
