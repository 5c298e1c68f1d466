"""Corrections of stock: posted at once up to a value, above it approved by somebody else on the book as it then is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, text, update

from core.context import Context
from core.db.bins import floor_bin
from core.db.history import actor_name, need_open_period, post, record
from core.db.inbound_tables import adjustment
from core.db.world_tables import lot
from core.domain.adjusting import (
    ADJUSTABLE,
    AdjustmentFact,
    AdjustmentStatus,
    AdjustmentTransition,
    Request,
    check_condition,
    decide_adjustment,
    value_of,
)
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import ADJUSTMENT, number_of
from core.domain.purchasing import MOST_UNITS, check_units
from core.domain.stock import LOSS, SUPPLIER, Account, LotStock, Move, Place, take_first_in
from core.domain.texts import typed
from core.services.bins import need_bin, units_in_bin
from core.services.goods_policies import adjusting_policy
from core.services.lots import lots_of
from core.services.stock import need_sku, need_warehouse

_LOTS_IN = text(
    "SELECT b.lot_id, b.quantity FROM stock_balance b JOIN lot l ON l.id = b.lot_id WHERE b.sku_id = :sku_id"
    " AND b.warehouse_id = :warehouse_id AND b.account = :account AND b.quantity > 0 ORDER BY l.received_at, l.id"
)
_LOT = text("SELECT sku_id FROM lot WHERE id = :lot_id")


def adjust_stock(
    ctx: Context,
    sku_id: int,
    warehouse_id: int,
    change: int,
    reason: str,
    note: str = "",
    *,
    account: Account = Account.AVAILABLE,
    lot_id: int | None = None,
    bin_id: int | None = None,
) -> int:
    """Corrects stock by a signed number of units; what is worth more than the limit waits for approval. Gives its id.

    Without a lot the next ones to be issued lose and the newest gains. `reason` is a code of the policy.
    Raises: NotAllowed, NotFound, RuleViolation without a fitting reason, for no change, or below zero.
    """
    ctx.actor.need("stock.adjust")
    need_sku(ctx, sku_id)
    need_warehouse(ctx, warehouse_id)
    policy = adjusting_policy()
    if change == 0 or abs(change) > MOST_UNITS:
        raise RuleViolation("An adjustment needs a change of 1 to {most} units up or down.", most=MOST_UNITS)
    policy.reason(reason, change)
    if account not in ADJUSTABLE:
        raise RuleViolation("Stock in “{account}” isn't corrected by hand.", account=account)
    _check_place(ctx, sku_id, warehouse_id, account, lot_id, bin_id)
    moves = _plan(ctx, sku_id, warehouse_id, change, account, lot_id, bin_id)
    value = _value(ctx, moves)
    need_open_period(ctx)
    waits = policy.needs_approval(value)
    values: dict[str, Any] = {
        "sku_id": sku_id,
        "warehouse_id": warehouse_id,
        "account": account.value,
        "lot_id": lot_id,
        "bin_id": bin_id,
        "change": change,
        "reason": reason,
        "note": typed(note)[:500],
        "value_cents": value,
        "status": (AdjustmentStatus.WAITING if waits else AdjustmentStatus.POSTED).value,
        "requested_at": ctx.now,
        "requested_by": actor_name(ctx),
    }
    key = ctx.db.execute(adjustment.insert().values(values)).inserted_primary_key
    assert key is not None
    adjustment_id = int(key[0])
    fact = AdjustmentFact.REQUESTED if waits else AdjustmentFact.POSTED
    event_id = record(ctx, fact, f"sku:{sku_id}", _fact(adjustment_id, values, value))
    if not waits:
        post(ctx, event_id, moves)
    return adjustment_id


def is_waiting(ctx: Context, adjustment_id: int) -> bool:
    """Whether a correction waits for somebody's approval."""
    ctx.actor.need("stock.read")
    status = ctx.db.execute(select(adjustment.c.status).where(adjustment.c.id == adjustment_id)).scalar_one_or_none()
    return status == AdjustmentStatus.WAITING


def approve_adjustment(ctx: Context, adjustment_id: int, note: str = "") -> None:
    """Posts a correction that waited, on the book as it is now.

    Raises: NotAllowed, NotFound, RuleViolation for one's own, or when the units aren't there any more.
    """
    row, decided = _decide(ctx, adjustment_id, "approve", note)
    moves = _plan(ctx, row.sku_id, row.warehouse_id, row.change, Account(row.account), row.lot_id, row.bin_id)
    need_open_period(ctx)
    post(ctx, _close(ctx, row, decided, note, _value(ctx, moves)), moves)


def reject_adjustment(ctx: Context, adjustment_id: int, note: str) -> None:
    """Turns a correction down and keeps why; the stock stays as it is.

    Raises: NotAllowed, NotFound, RuleViolation without a note.
    """
    row, decided = _decide(ctx, adjustment_id, "reject", note)
    _close(ctx, row, decided, note, row.value_cents)


def withdraw_adjustment(ctx: Context, adjustment_id: int, note: str = "") -> None:
    """Takes one's own waiting correction back.

    Raises: NotAllowed, NotFound, RuleViolation for somebody else's.
    """
    row, decided = _decide(ctx, adjustment_id, "withdraw", note)
    _close(ctx, row, decided, note, row.value_cents)


def change_condition(
    ctx: Context,
    sku_id: int,
    warehouse_id: int,
    lot_id: int,
    source: Account,
    target: Account,
    units: int,
    note: str,
    bin_id: int | None = None,
) -> None:
    """Moves units of a lot between available, quarantine and damaged, or back to the supplier, with a word why.

    Raises: NotAllowed, NotFound, RuleViolation for a way there isn't, or too few units.
    """
    ctx.actor.need("stock.move")
    need_sku(ctx, sku_id)
    need_warehouse(ctx, warehouse_id)
    check_units(units)
    note = typed(note)[:500]
    check_condition(source, target, note)
    _check_place(ctx, sku_id, warehouse_id, Account.AVAILABLE, lot_id, bin_id)
    if source is Account.AVAILABLE:
        _plan(ctx, sku_id, warehouse_id, -units, source, lot_id, bin_id)
    elif (found := sum(s.available for s in _lots_in(ctx, sku_id, warehouse_id, source, lot_id))) < units:
        raise RuleViolation("Only {found} units are in “{account}”.", found=found, account=source)
    need_open_period(ctx)
    data = {"warehouse": warehouse_id, "lot": lot_id, "was": source.value, "now": target.value, "units": units}
    event_id = record(ctx, "ConditionChanged", f"sku:{sku_id}", data | {"note": note})
    end = SUPPLIER if target is Account.SUPPLIER else Place(warehouse_id, target)
    post(ctx, event_id, [Move(sku_id, lot_id, Place(warehouse_id, source), end, units, bin_id=bin_id)])


def _check_place(
    ctx: Context, sku_id: int, warehouse_id: int, account: Account, lot_id: int | None, bin_id: int | None
) -> None:
    """Refuses a lot of another article, and a bin that isn't on this warehouse's shelf."""
    if lot_id is not None and ctx.db.execute(_LOT, {"lot_id": lot_id}).scalar_one_or_none() != sku_id:
        raise NotFound("Lot {lot_id} of this article isn't here.", lot_id=lot_id)
    if bin_id is not None:
        need_bin(ctx, bin_id, warehouse_id)
        if account is not Account.AVAILABLE:
            raise RuleViolation("Goods in “{account}” lie in no bin.", account=account)


def _lots_in(ctx: Context, sku_id: int, warehouse_id: int, account: Account, lot_id: int | None) -> list[LotStock]:
    if account is Account.AVAILABLE:
        found = lots_of(ctx, sku_id, warehouse_id)
    else:
        values = {"sku_id": sku_id, "warehouse_id": warehouse_id, "account": account.value}
        found = [LotStock(row.lot_id, row.quantity) for row in ctx.db.execute(_LOTS_IN, values)]
    return [stock for stock in found if lot_id is None or stock.lot_id == lot_id]


def _plan(
    ctx: Context,
    sku_id: int,
    warehouse_id: int,
    change: int,
    account: Account,
    lot_id: int | None,
    bin_id: int | None,
) -> list[Move]:
    """The moves of a correction on the book as it is. Raises: RuleViolation for fewer units than are taken away."""
    here = Place(warehouse_id, account)
    if change > 0:
        target = lot_id if lot_id is not None else _newest_lot(ctx, sku_id)
        bin_id = bin_id if floor_bin(ctx, warehouse_id) is not None else None
        return [Move(sku_id, target, LOSS, here, change, bin_id=bin_id)]
    lots = _lots_in(ctx, sku_id, warehouse_id, account, lot_id)
    if bin_id is not None:
        lots = [LotStock(s.lot_id, min(s.available, units_in_bin(ctx, sku_id, s.lot_id, bin_id))) for s in lots]
    taken = take_first_in(lots, -change)
    if (found := sum(units for _, units in taken)) < -change:
        raise RuleViolation("Only {found} units are available to take away.", found=found)
    return [Move(sku_id, lot, here, LOSS, units, bin_id=bin_id) for lot, units in taken]


def _newest_lot(ctx: Context, sku_id: int) -> int:
    newest = ctx.db.execute(
        select(lot.c.id).where(lot.c.sku_id == sku_id).order_by(lot.c.received_at.desc(), lot.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    if newest is None:
        raise RuleViolation("This SKU was never received; receive it as a lot first.")
    return int(newest)


def _value(ctx: Context, moves: list[Move]) -> int:
    ids = {move.lot_id for move in moves}
    costs = {row.id: row.unit_cost_cents for row in ctx.db.execute(select(lot).where(lot.c.id.in_(ids)))}
    return value_of([(move.quantity, costs[move.lot_id]) for move in moves])


def _decide(ctx: Context, adjustment_id: int, command: str, note: str) -> tuple[Row[Any], AdjustmentTransition]:
    """A waiting correction, locked, with the machine's consent."""
    ctx.actor.need("stock.adjust" if command == "withdraw" else "stock.approve")
    statement = select(adjustment).where(adjustment.c.id == adjustment_id).with_for_update()
    row = ctx.db.execute(statement).one_or_none()
    number = number_of(ADJUSTMENT, adjustment_id)
    if row is None:
        raise NotFound("Adjustment {number} isn't here.", number=number)
    request = Request(number, AdjustmentStatus(row.status), row.requested_by)
    return row, decide_adjustment(command, request, actor_name(ctx), typed(note))


def _close(ctx: Context, row: Row[Any], decided: AdjustmentTransition, note: str, value_cents: int) -> int:
    m = row._mapping
    values = {
        "status": decided.target.value,
        "decided_at": ctx.now,
        "decided_by": actor_name(ctx),
        "decision_note": typed(note)[:500],
    }
    ctx.db.execute(update(adjustment).where(adjustment.c.id == m["id"]).values(values))
    return record(ctx, decided.fact, f"sku:{m['sku_id']}", _fact(m["id"], m, value_cents) | {"decision": typed(note)})


def _fact(adjustment_id: int, row: Any, value_cents: int) -> dict[str, object]:
    data: dict[str, object] = {name: row[name] for name in ("change", "reason", "note", "account")}
    return {"warehouse": row["warehouse_id"], "adjustment": adjustment_id, "value_cents": value_cents} | data
