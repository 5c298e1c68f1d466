"""Goods that arrive from suppliers: lots with their facts and postings, written by the thousand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, repeat

import numpy as np

from core.context import Context
from core.db.bulk import add_balances, insert_rows, reserve_ids
from core.db.history import actor_name
from core.db.world_tables import event, lot, stock_posting
from core.domain.stock import OUTSIDE, Account

LOT_COLUMNS = ("id", "sku_id", "received_at", "unit_cost_cents", "expires_on")
EVENT_COLUMNS = ("id", "at", "kind", "subject", "order_id", "actor", "data")
POSTING_COLUMNS = (
    "id", "at", "event_id", "sku_id", "lot_id", "from_warehouse_id", "from_account",
    "to_warehouse_id", "to_account", "quantity", "order_line_id",
)  # fmt: skip
RECEIVED_KIND = "StockReceived"


@dataclass(frozen=True, slots=True)
class Receipts:
    """Arrivals, column by column; each makes a lot. `shelf_life_days` is 0 for goods that keep."""

    at: np.ndarray
    sku_id: np.ndarray
    warehouse_id: np.ndarray
    quantity: np.ndarray
    unit_cost_cents: np.ndarray
    shelf_life_days: np.ndarray

    def __len__(self) -> int:
        return len(self.at)


def lot_rows(receipts: Receipts, first_id: int) -> list[tuple[object, ...]]:
    """The lots' rows, in the order of the receipts."""
    return [
        (first_id + i, sku_id, at, cost, _expiry(at, life))
        for i, (sku_id, at, cost, life) in enumerate(
            zip(
                receipts.sku_id.tolist(),
                receipts.at.tolist(),
                receipts.unit_cost_cents.tolist(),
                receipts.shelf_life_days.tolist(),
                strict=True,
            )
        )
    ]


def _expiry(at: int, shelf_life_days: int) -> str | None:
    if not shelf_life_days:
        return None
    return (datetime.fromtimestamp(at, UTC) + timedelta(days=shelf_life_days)).date().isoformat()


def receipt_facts(receipts: Receipts, first_lot_id: int) -> list[str]:
    """The data of each arrival's fact, as core.services.stock.receive_stock writes it."""
    return [
        f'{{"warehouse":{warehouse_id},"lot":{first_lot_id + i},"quantity":{quantity}}}'
        for i, (warehouse_id, quantity) in enumerate(
            zip(receipts.warehouse_id.tolist(), receipts.quantity.tolist(), strict=True)
        )
    ]


def write_receipts(ctx: Context, receipts: Receipts) -> None:
    """Receives goods: lots, facts, postings from the supplier, and balances."""
    lot_id, event_id, posting_id = (reserve_ids(ctx.db, table) for table in (lot, event, stock_posting))
    insert_rows(ctx.db, lot, LOT_COLUMNS, lot_rows(receipts, lot_id))
    data = receipt_facts(receipts, lot_id)
    at, skus = receipts.at.tolist(), receipts.sku_id.tolist()
    places, units = receipts.warehouse_id.tolist(), receipts.quantity.tolist()
    actor = actor_name(ctx)
    insert_rows(
        ctx.db,
        event,
        EVENT_COLUMNS,
        [(event_id + i, at[i], RECEIVED_KIND, f"sku:{skus[i]}", None, actor, data[i]) for i in range(len(receipts))],
    )
    supplier, available = Account.SUPPLIER.value, Account.AVAILABLE.value
    insert_rows(
        ctx.db,
        stock_posting,
        POSTING_COLUMNS,
        zip(
            range(posting_id, posting_id + len(receipts)), at, count(event_id), skus, count(lot_id), repeat(OUTSIDE),
            repeat(supplier), places, repeat(available), units, repeat(None),
            strict=False,
        ),
    )  # fmt: skip
    add_balances(
        ctx.db,
        [
            row
            for i in range(len(receipts))
            for row in (
                (skus[i], OUTSIDE, lot_id + i, supplier, -units[i]),
                (skus[i], places[i], lot_id + i, available, units[i]),
            )
        ],
    )
