"""A purchase as commands work on it: loaded and locked, judged by the machine, moved along with its fact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text, update

from core.context import Context
from core.db.history import record
from core.db.inbound_tables import purchase_line, purchase_order, receipt, receipt_line
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import PURCHASE, number_of
from core.domain.purchasing import (
    PURCHASE_CLOSED,
    LineProgress,
    PurchaseFact,
    PurchaseState,
    PurchaseStatus,
    PurchaseTransition,
    status_of,
)

_PROGRESS = text(
    "SELECT l.id, l.quantity, l.dropped_quantity, l.received_quantity,"
    " COALESCE(SUM(r.quantity - r.accepted_quantity - r.quarantined_quantity - r.rejected_quantity), 0) AS uninspected,"
    " COALESCE(SUM(r.accepted_quantity - r.put_away_quantity), 0) AS to_put_away"
    " FROM purchase_line l LEFT JOIN receipt_line r ON r.purchase_line_id = l.id"
    " WHERE l.purchase_order_id = :id GROUP BY l.id, l.position, l.quantity, l.dropped_quantity, l.received_quantity"
    " ORDER BY l.position"
)


def load_purchase(ctx: Context, purchase_id: int, version: int | None = None) -> Row[Any]:
    """A purchase's row, locked against others until the transaction ends.

    Raises: NotFound; RuleViolation when somebody changed it since the page was drawn.
    """
    statement = select(purchase_order).where(purchase_order.c.id == purchase_id).with_for_update()
    row = ctx.db.execute(statement).one_or_none()
    number = number_of(PURCHASE, purchase_id)
    if row is None:
        raise NotFound("Purchase order {number} isn't here.", number=number)
    if version is not None and row.version != version:
        raise RuleViolation(
            "Purchase order {number} was changed by somebody else in the meantime. Look at it again;"
            " nothing was written.",
            number=number,
        )
    return row


def progress_of(ctx: Context, purchase_id: int) -> dict[int, LineProgress]:
    """How far each line has come. Shape: line → progress, in the order of the lines."""
    return {
        row.id: LineProgress(
            row.quantity, row.dropped_quantity, row.received_quantity, int(row.uninspected), int(row.to_put_away)
        )
        for row in ctx.db.execute(_PROGRESS, {"id": purchase_id})
    }


def purchase_state(ctx: Context, row: Row[Any]) -> PurchaseState:
    """What the machine's guards look at."""
    m = row._mapping
    lines = tuple(progress_of(ctx, m["id"]).values())
    return PurchaseState(number_of(PURCHASE, m["id"]), PurchaseStatus(m["status"]), lines)


def move_purchase(ctx: Context, row: Row[Any], decided: PurchaseTransition, data: Mapping[str, object]) -> int:
    """Writes a decided transition, after its rows were written: the status its lines say, and the fact.

    Gives the event's id.
    """
    m = row._mapping
    if decided.targets == (PurchaseStatus.CANCELLED,):
        target = PurchaseStatus.CANCELLED
    else:
        target = status_of(tuple(progress_of(ctx, m["id"]).values()))
    assert target in decided.targets, (decided.command, m["status"], target)
    closed = target in PURCHASE_CLOSED
    values: dict[str, Any] = {"status": target.value, "is_open": int(not closed), "version": m["version"] + 1}
    values["closed_at"] = ctx.now if closed else None
    if decided.fact is PurchaseFact.RECEIVED and m["first_received_at"] is None:
        values["first_received_at"] = ctx.now
    ctx.db.execute(update(purchase_order).where(purchase_order.c.id == m["id"]).values(values))
    head = {"was": m["status"], "now": target.value, "warehouse": m["warehouse_id"], "supplier": m["supplier_id"]}
    return record(ctx, decided.fact, f"purchase:{m['id']}", head | dict(data))


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One line of a receipt, and where it belongs. Units: of its article."""

    id: int
    purchase_id: int
    purchase_line_id: int
    warehouse_id: int
    sku_id: int
    lot_id: int
    quantity: int
    accepted: int
    quarantined: int
    rejected: int
    put_away: int

    @property
    def uninspected(self) -> int:
        return self.quantity - self.accepted - self.quarantined - self.rejected

    @property
    def to_put_away(self) -> int:
        return self.accepted - self.put_away


def purchase_of(ctx: Context, receipt_line_id: int) -> int:
    """The purchase that a line of a receipt belongs to. Raises: NotFound."""
    found = ctx.db.execute(
        select(receipt.c.purchase_order_id)
        .select_from(receipt_line.join(receipt, receipt.c.id == receipt_line.c.receipt_id))
        .where(receipt_line.c.id == receipt_line_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("Received goods {id} aren't here.", id=receipt_line_id)
    return int(found)


def load_received(ctx: Context, receipt_line_id: int) -> ReceivedLine:
    """A line of a receipt, read after its purchase was locked. Raises: NotFound."""
    r = receipt_line.c
    row = ctx.db.execute(
        select(receipt_line, receipt.c.purchase_order_id, receipt.c.warehouse_id)
        .select_from(receipt_line.join(receipt, receipt.c.id == r.receipt_id))
        .where(r.id == receipt_line_id)
    ).one_or_none()
    if row is None:
        raise NotFound("Received goods {id} aren't here.", id=receipt_line_id)
    return ReceivedLine(
        row.id,
        row.purchase_order_id,
        row.purchase_line_id,
        row.warehouse_id,
        row.sku_id,
        row.lot_id,
        row.quantity,
        row.accepted_quantity,
        row.quarantined_quantity,
        row.rejected_quantity,
        row.put_away_quantity,
    )


def add_to_received(ctx: Context, receipt_line_id: int, **units: int) -> None:
    """Adds units to columns of a receipt's line; negative ones are taken away. Shape: column → units."""
    columns = {name: receipt_line.c[name] + change for name, change in units.items()}
    ctx.db.execute(update(receipt_line).where(receipt_line.c.id == receipt_line_id).values(columns))


def add_to_line(ctx: Context, purchase_line_id: int, **units: int) -> None:
    """Adds units to columns of a purchase's line; negative ones are taken away. Shape: column → units."""
    columns = {name: purchase_line.c[name] + change for name, change in units.items()}
    ctx.db.execute(update(purchase_line).where(purchase_line.c.id == purchase_line_id).values(columns))
