"""What the papers of the goods must have in common with the stock ledger: receipts, transfers, returns, purchases."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import text

from core.context import Context
from core.domain.numbering import PURCHASE, number_of
from core.domain.purchasing import PURCHASE_CLOSED, LineProgress, PurchaseStatus, status_of

# Check, subject, what was found, and what was wanted.
Finding = tuple[str, str, str, str]


def _paper(rows: str, account: str, owned: str = "") -> str:
    """Compares a paper's open units with an account, per warehouse and lot; `owned` units belong to orders."""
    return (
        "SELECT warehouse_id, lot_id, SUM(lying) AS lying, SUM(written) AS written FROM ("
        f" SELECT warehouse_id, lot_id, quantity AS lying, 0 AS written FROM stock_balance WHERE account = '{account}'"
        f" {owned} UNION ALL {rows}"
        ") AS both_sides GROUP BY warehouse_id, lot_id HAVING SUM(lying) <> SUM(written)"
    )


_RECEIVING = text(
    _paper(
        "SELECT r.warehouse_id, l.lot_id, 0,"
        " l.quantity - l.quarantined_quantity - l.rejected_quantity - l.put_away_quantity"
        " FROM receipt_line l JOIN receipt r ON r.id = l.receipt_id",
        "receiving",
    )
)
_OWNED_ON_THE_ROAD = (
    "UNION ALL SELECT to_warehouse_id, lot_id, -quantity, 0 FROM stock_posting"
    " WHERE order_line_id IS NOT NULL AND to_account = 'in_transit'"
    " UNION ALL SELECT from_warehouse_id, lot_id, quantity, 0 FROM stock_posting"
    " WHERE order_line_id IS NOT NULL AND from_account = 'in_transit'"
)
_TRANSFERS = text(
    _paper(
        "SELECT t.to_warehouse_id, l.lot_id, 0, l.quantity - l.received_quantity - l.lost_quantity"
        " FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id WHERE t.is_open = 1",
        "in_transit",
        _OWNED_ON_THE_ROAD,
    )
)
_RETURNS = text(
    _paper(
        "SELECT p.warehouse_id, l.lot_id, 0, l.quantity - l.restocked_quantity - l.damaged_quantity"
        " FROM returned_line l JOIN returned_parcel p ON p.id = l.parcel_id",
        "return_inspection",
    )
)
_PURCHASES = text(
    "SELECT o.id, o.status, o.is_open, l.id AS line, l.quantity, l.dropped_quantity, l.received_quantity,"
    " COALESCE(SUM(r.quantity), 0) AS arrived,"
    " COALESCE(SUM(r.quantity - r.accepted_quantity - r.quarantined_quantity - r.rejected_quantity), 0) AS uninspected,"
    " COALESCE(SUM(r.accepted_quantity - r.put_away_quantity), 0) AS to_put_away"
    " FROM purchase_order o JOIN purchase_line l ON l.purchase_order_id = o.id"
    " LEFT JOIN receipt_line r ON r.purchase_line_id = l.id"
    " GROUP BY o.id, o.status, o.is_open, l.id, l.quantity, l.dropped_quantity, l.received_quantity ORDER BY o.id, l.id"
)


def goods_findings(ctx: Context) -> Iterator[Finding]:
    """Where a paper and the ledger disagree."""
    for check, statement in (("receiving", _RECEIVING), ("transfers", _TRANSFERS), ("returns", _RETURNS)):
        for row in ctx.db.execute(statement):
            yield check, f"lot {row.lot_id} in warehouse {row.warehouse_id}", f"{row.lying}", f"{row.written}"
    yield from _purchases(ctx)


def _purchases(ctx: Context) -> Iterator[Finding]:
    lines: dict[int, list[LineProgress]] = {}
    said: dict[int, tuple[str, int]] = {}
    for row in ctx.db.execute(_PURCHASES):
        number = number_of(PURCHASE, row.id)
        if row.received_quantity != row.arrived:
            yield "purchases", f"{number}, line {row.line}", f"{row.received_quantity}", f"{int(row.arrived)} received"
        progress = LineProgress(
            row.quantity, row.dropped_quantity, row.received_quantity, int(row.uninspected), int(row.to_put_away)
        )
        lines.setdefault(row.id, []).append(progress)
        said[row.id] = row.status, row.is_open
    for purchase_id, (status, is_open) in said.items():
        number = number_of(PURCHASE, purchase_id)
        nothing = not any(line.received for line in lines[purchase_id])
        wanted = status_of(tuple(lines[purchase_id]))
        if status != wanted and not (status == PurchaseStatus.CANCELLED and nothing):
            yield "purchases", number, status, wanted.value
        if is_open == (PurchaseStatus(status) in PURCHASE_CLOSED):
            yield "purchases", f"{number} ({status})", f"open {is_open}", f"open {1 - is_open}"
