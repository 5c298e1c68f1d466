"""Rows of what lies inside a warehouse: bins, what lies in them, and the periods that are closed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from core.db.columns import Id, Instant, Quantity
from core.db.world_metadata import world

# A warehouse that uses bins has exactly one of the kind `floor`, for goods that nobody has put away yet.
bin_place = Table(
    "bin",
    world,
    Column("id", Id, primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("zone", Text, nullable=False, server_default=""),
    Column("walk", Integer, nullable=False),  # its place on the pick path
    Column("kind", Text, nullable=False, server_default="pick"),  # pick | floor
    UniqueConstraint("warehouse_id", "code"),
)

bin_stock = Table(
    "bin_stock",
    world,
    Column("sku_id", Id, ForeignKey("sku.id"), primary_key=True),
    Column("lot_id", Id, ForeignKey("lot.id"), primary_key=True),
    Column("bin_id", Id, ForeignKey("bin.id"), primary_key=True),
    Column("quantity", Quantity, nullable=False),
    Index("bin_stock_bin", "bin_id"),
    sqlite_with_rowid=False,
)

# Units on the shelf (available or reserved) by bin; NULL is off the shelf.
bin_posting = Table(
    "bin_posting",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("sku_id", Id, nullable=False),
    Column("lot_id", Id, nullable=False),
    Column("from_bin_id", Id, ForeignKey("bin.id")),
    Column("to_bin_id", Id, ForeignKey("bin.id")),
    Column("quantity", Quantity, nullable=False),
    Index("bin_posting_lot", "lot_id"),
)

# Nothing is posted at or before the last `until_at`.
period_close = Table(
    "period_close",
    world,
    Column("id", Id, primary_key=True),
    Column("until_at", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Index("period_close_until", "until_at"),
)
