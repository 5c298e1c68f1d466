"""Holds the books: whatever state, ledgers and event log of a world must have in common, and what is off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import text

from core.context import Context
from core.domain.orders import TRANSITIONS, Fact, Status, is_open
from core.domain.stock import BOUNDLESS, SET_ASIDE, Account
from core.services.goods_books import goods_findings
from core.services.shipment_books import shipment_findings

CHECK_LABELS = MappingProxyType(
    {
        "units": "Units over all accounts sum to zero",
        "balance": "Balance equals the sum of its postings",
        "overdrawn": "No account of ours is below zero",
        "layers": "A lot's value in the house is what came in less what went out, at its cost",
        "bins": "What lies in bins equals what is on the shelf, and the sum of its moves",
        "reserved": "An order has the units that its status says",
        "parcels": "An order's units are where its shipments say",
        "parcel": "A shipment is what its status says",
        "derived": "An order stands where its units and shipments put it",
        "unowned": "Units set aside belong to an order line",
        "receiving": "What lies in receiving equals what receipts say",
        "transfers": "What is on the way between warehouses equals what transfers say",
        "returns": "What waits in return inspection equals what returned parcels say",
        "purchases": "A purchase stands where its receipts say",
        "sides": "A money posting has two sides and an amount",
        "deposit": "An order's deposits are neither overdrawn nor left over",
        "paid": "What an order was paid equals its payments",
        "status": "The last fact explains the status",
        "open": "Open means that somebody still has something to do",
        "instants": "Instants on the order equal those of its facts",
    }
)


@dataclass(frozen=True, slots=True)
class Imbalance:
    """One thing that doesn't add up: which check, about what, and what was found instead of what."""

    check: str
    subject: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{CHECK_LABELS[self.check]}: {self.subject}: expected {self.wanted}, found {self.found}"


_OURS = ", ".join(f"'{account.value}'" for account in Account if account not in BOUNDLESS)
_TARGETS = MappingProxyType(
    {Fact.RECEIVED.value: Status.RECEIVED.value} | {t.fact.value: t.target.value for t in TRANSITIONS}
)
_MOVING = ", ".join(f"'{fact}'" for fact in _TARGETS)
_CLOSED = ", ".join(f"'{status.value}'" for status in Status if not is_open(status))

_UNITS = text("SELECT sku_id, SUM(quantity) AS units FROM stock_balance GROUP BY sku_id HAVING SUM(quantity) <> 0")
_BALANCES = text(
    "SELECT sku_id, warehouse_id, lot_id, account, SUM(posted) AS posted, SUM(kept) AS kept FROM ("
    " SELECT sku_id, to_warehouse_id AS warehouse_id, lot_id, to_account AS account, quantity AS posted, 0 AS kept"
    " FROM stock_posting UNION ALL"
    " SELECT sku_id, from_warehouse_id, lot_id, from_account, -quantity, 0 FROM stock_posting UNION ALL"
    " SELECT sku_id, warehouse_id, lot_id, account, 0, quantity FROM stock_balance"
    ") AS both_sides GROUP BY sku_id, warehouse_id, lot_id, account HAVING SUM(posted) <> SUM(kept)"
)
_OVERDRAWN = text(
    "SELECT sku_id, warehouse_id, lot_id, account, quantity FROM stock_balance"
    f" WHERE quantity < 0 AND account IN ({_OURS})"
)
_INSIDE = f"({_OURS})"
_LAYERS = text(
    "SELECT lot_id, SUM(kept) AS kept, SUM(moved) AS moved FROM ("
    " SELECT b.lot_id, b.quantity * l.unit_cost_cents AS kept, 0 AS moved FROM stock_balance b"
    f" JOIN lot l ON l.id = b.lot_id WHERE b.account IN {_INSIDE} UNION ALL"
    f" SELECT p.lot_id, 0, CASE WHEN p.to_account IN {_INSIDE} THEN p.quantity ELSE -p.quantity END * l.unit_cost_cents"
    " FROM stock_posting p JOIN lot l ON l.id = p.lot_id"
    f" WHERE (p.to_account IN {_INSIDE}) <> (p.from_account IN {_INSIDE})"
    ") AS layers GROUP BY lot_id HAVING SUM(kept) <> SUM(moved)"
)
_BINS = text(
    "SELECT b.warehouse_id, sku_id, lot_id, SUM(lying) AS lying, SUM(moved) AS moved, SUM(shelf) AS shelf FROM ("
    " SELECT p.warehouse_id, s.sku_id, s.lot_id, s.quantity AS lying, 0 AS moved, 0 AS shelf"
    " FROM bin_stock s JOIN bin p ON p.id = s.bin_id UNION ALL"
    " SELECT p.warehouse_id, m.sku_id, m.lot_id, 0, m.quantity, 0 FROM bin_posting m JOIN bin p ON p.id = m.to_bin_id"
    " UNION ALL SELECT p.warehouse_id, m.sku_id, m.lot_id, 0, -m.quantity, 0"
    " FROM bin_posting m JOIN bin p ON p.id = m.from_bin_id UNION ALL"
    " SELECT a.warehouse_id, a.sku_id, a.lot_id, 0, 0, a.quantity FROM stock_balance a"
    " WHERE a.account IN ('available', 'reserved')"
    " AND EXISTS (SELECT 1 FROM bin p WHERE p.warehouse_id = a.warehouse_id)"
    ") AS b GROUP BY b.warehouse_id, sku_id, lot_id HAVING SUM(lying) <> SUM(shelf) OR SUM(lying) <> SUM(moved)"
)
_UNOWNED = text(
    "SELECT account, SUM(units) AS units, SUM(owned) AS owned FROM ("
    " SELECT account, quantity AS units, 0 AS owned FROM stock_balance UNION ALL"
    " SELECT to_account, 0, quantity FROM stock_posting WHERE order_line_id IS NOT NULL UNION ALL"
    " SELECT from_account, 0, -quantity FROM stock_posting WHERE order_line_id IS NOT NULL UNION ALL"
    " SELECT 'in_transit', 0, l.quantity - l.received_quantity - l.lost_quantity"
    " FROM transfer_line l JOIN transfer t ON t.id = l.transfer_id WHERE t.is_open = 1"
    f") AS sums WHERE account IN ({', '.join(repr(account.value) for account in SET_ASIDE)})"
    " GROUP BY account HAVING SUM(units) <> SUM(owned)"
)
_SIDES = text(
    "SELECT id, from_account, to_account, amount_cents FROM money_posting"
    " WHERE from_account = to_account OR from_account = '' OR to_account = '' OR amount_cents <= 0"
)
# What was paid back because a part was cancelled is no longer paid; when all is cancelled, it stays told.
_PAID_BACK = (
    "m.to_account = 'buyer'"
    " AND EXISTS (SELECT 1 FROM event c WHERE c.id = m.event_id AND c.kind = 'OrderLineCancelled')"
)
_PAID = (
    "COALESCE(SUM(CASE WHEN m.from_account = 'buyer' THEN m.amount_cents"
    f" WHEN {_PAID_BACK} THEN -m.amount_cents END), 0)"
)
_DEPOSITS = (
    "COALESCE(SUM(CASE WHEN m.to_account = 'deposits' THEN m.amount_cents"
    " WHEN m.from_account = 'deposits' THEN -m.amount_cents END), 0)"
)
# Hand-over earns what is there, an end gives it back; what a buyer pays after hand-over waits to be given back.
_LEFT = (
    "CASE WHEN o.status IN ('cancelled', 'expired') THEN 0 ELSE COALESCE(SUM("
    "CASE WHEN s.id IS NOT NULL AND m.event_id <= s.id THEN 0 WHEN m.from_account = 'buyer' THEN m.amount_cents"
    f" WHEN {_PAID_BACK} THEN -m.amount_cents END), 0) END"
)
_MONEY = text(
    f"SELECT o.number, o.status, o.paid_cents, {_PAID} AS paid, {_DEPOSITS} AS deposits, {_LEFT} AS expected"
    " FROM sales_order o LEFT JOIN money_posting m ON m.order_id = o.id LEFT JOIN (SELECT order_id, MAX(id) AS id"
    " FROM (SELECT order_id, id FROM event WHERE kind = 'OrderShipped' UNION ALL SELECT e.order_id, e.id FROM event e"
    # The last part of an order may leave after its first one was delivered, or what is left of it be cancelled.
    " JOIN sales_order h ON h.id = e.order_id AND h.handed_over_at = e.at"
    " WHERE e.kind IN ('ShipmentHandedOver', 'OrderLineCancelled')) AS gone"
    " GROUP BY order_id) AS s ON s.order_id = o.id"
    " GROUP BY o.id, o.number, o.status, o.paid_cents"
    f" HAVING o.paid_cents <> {_PAID} OR {_DEPOSITS} <> {_LEFT}"
)
_STATUS = text(
    "SELECT o.number, o.status, e.kind FROM sales_order o LEFT JOIN event e ON e.id = ("
    f" SELECT MAX(id) FROM event WHERE order_id = o.id AND kind IN ({_MOVING}))"
    " WHERE e.kind IS NULL OR o.status <> CASE e.kind "
    + " ".join(f"WHEN '{fact}' THEN '{status}'" for fact, status in _TARGETS.items())
    + " END"
)
_OPEN = text(
    "SELECT number, status, is_open FROM sales_order"
    f" WHERE is_open <> CASE WHEN status IN ({_CLOSED}) THEN 0 ELSE 1 END"
)
_INSTANTS = text(
    "SELECT o.number, e.kind, e.at, CASE e.kind WHEN 'OrderReceived' THEN o.received_at"
    " WHEN 'OrderShipped' THEN o.handed_over_at WHEN 'OrderDelivered' THEN o.delivered_at"
    " WHEN 'OrderCancelled' THEN o.cancelled_at END AS kept FROM event e JOIN sales_order o ON o.id = e.order_id"
    " WHERE o.fulfilled_by = 'us' AND e.kind IN ('OrderReceived', 'OrderShipped', 'OrderDelivered', 'OrderCancelled')"
    " AND e.at <> COALESCE(CASE e.kind WHEN 'OrderReceived' THEN o.received_at"
    " WHEN 'OrderShipped' THEN o.handed_over_at WHEN 'OrderDelivered' THEN o.delivered_at"
    " WHEN 'OrderCancelled' THEN o.cancelled_at END, -1)"
)


def imbalances(ctx: Context) -> list[Imbalance]:
    """Everything in a world that doesn't add up; an empty list means that the books balance."""
    return [imbalance for part in parts() for imbalance in part(ctx)]


def parts() -> tuple[Callable[[Context], Iterator[Imbalance]], ...]:
    """What the books are looked through by, part for part: for whoever says how far it has come."""
    return _stock, _lines, _goods, _money, _orders


def _stock(ctx: Context) -> Iterator[Imbalance]:
    for row in ctx.db.execute(_UNITS):
        yield Imbalance("units", f"SKU {row.sku_id}", f"{row.units}", "0")
    for row in ctx.db.execute(_BALANCES):
        place = f"SKU {row.sku_id}, lot {row.lot_id}, {row.account} in warehouse {row.warehouse_id}"
        yield Imbalance("balance", place, f"{row.kept}", f"{row.posted}")
    for row in ctx.db.execute(_OVERDRAWN):
        place = f"SKU {row.sku_id}, lot {row.lot_id}, {row.account} in warehouse {row.warehouse_id}"
        yield Imbalance("overdrawn", place, f"{row.quantity}", "0 or more")
    for row in ctx.db.execute(_LAYERS):
        yield Imbalance("layers", f"lot {row.lot_id}", f"{int(row.kept)}", f"{int(row.moved)}")
    for row in ctx.db.execute(_BINS):
        place = f"SKU {row.sku_id}, lot {row.lot_id}, bins of warehouse {row.warehouse_id}"
        yield Imbalance("bins", place, f"{row.lying} lying, {row.moved} moved", f"{row.shelf}")


def _lines(ctx: Context) -> Iterator[Imbalance]:
    for finding in shipment_findings(ctx):
        yield Imbalance(*finding)
    for row in ctx.db.execute(_UNOWNED):
        yield Imbalance("unowned", row.account, f"{row.units}", f"{row.owned}")


def _goods(ctx: Context) -> Iterator[Imbalance]:
    for finding in goods_findings(ctx):
        yield Imbalance(*finding)


def _money(ctx: Context) -> Iterator[Imbalance]:
    for row in ctx.db.execute(_SIDES):
        found = f"{row.from_account!r} → {row.to_account!r}, {row.amount_cents}"
        yield Imbalance("sides", f"posting {row.id}", found, "two accounts and an amount above 0")
    for row in ctx.db.execute(_MONEY):
        order = f"order {row.number} ({row.status})"
        if row.paid != row.paid_cents:
            yield Imbalance("paid", order, f"{row.paid_cents}", f"{row.paid}")
        if row.deposits != row.expected:
            yield Imbalance("deposit", order, f"{row.deposits}", f"{row.expected}")


def _orders(ctx: Context) -> Iterator[Imbalance]:
    for row in ctx.db.execute(_STATUS):
        wanted = _TARGETS[row.kind] if row.kind else "an order with a fact"
        yield Imbalance("status", f"order {row.number}", row.status, wanted)
    for row in ctx.db.execute(_OPEN):
        yield Imbalance("open", f"order {row.number} ({row.status})", f"{row.is_open}", f"{1 - row.is_open}")
    for row in ctx.db.execute(_INSTANTS):
        yield Imbalance("instants", f"order {row.number}, {row.kind}", f"{row.kept}", f"{row.at}")
