"""Rows of stocktakes: what is to be counted, what was counted in every round, and why it differs."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from core.db.columns import Cents, Id, Instant, Quantity
from core.db.world_metadata import world

stocktake = Table(
    "stocktake",
    world,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),  # full | partial | cycle
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("is_blind", SmallInteger, nullable=False),
    Column("scope", Text, nullable=False),  # what was asked for, as JSON
    Column("note", Text, nullable=False, server_default=""),
    Column("planned_at", Instant, nullable=False),
    Column("planned_by", Text, nullable=False),
    Column("started_at", Instant),
    Column("last_posting_id", Id),  # the last unit move that the book quantities of its lines know of
    Column("counted_at", Instant),
    Column("approved_at", Instant),
    Column("approved_by", Text),
    Column("posted_at", Instant),
    Column("event_id", Id, ForeignKey("event.id")),  # the event under which its differences were posted
    Column("version", Integer, nullable=False, server_default="1"),
    Index("stocktake_warehouse", "warehouse_id", "status"),
)

# A line is a lot in a bin; in a warehouse without bins, a lot. Without a lot there is nothing to count.
count_line = Table(
    "count_line",
    world,
    Column("id", Id, primary_key=True),
    Column("stocktake_id", Id, ForeignKey("stocktake.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("bin_id", Id, ForeignKey("bin.id")),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("lot_id", Id, ForeignKey("lot.id"), nullable=False),
    Column("abc", Text, nullable=False),
    Column("unit_cost_cents", Cents, nullable=False),
    Column("book_quantity", Quantity),  # when counting began; NULL before
    Column("expected_quantity", Quantity),  # when it was counted
    Column("counted_quantity", Quantity),
    Column("counted_at", Instant),
    Column("counted_by", Text),
    Column("rounds", SmallInteger, nullable=False, server_default="0"),
    Column("is_due", SmallInteger, nullable=False, server_default="1"),  # whether somebody has to count it (again)
    Column("reason", Text, nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("stocktake_id", "position"),
    # A place is counted once in a stocktake.
    UniqueConstraint("stocktake_id", "bin_id", "sku_id", "lot_id"),
    Index(
        "count_line_without_bin",
        "stocktake_id",
        "sku_id",
        "lot_id",
        unique=True,
        sqlite_where=text("bin_id IS NULL"),
        postgresql_where=text("bin_id IS NULL"),
    ),
    Index("count_line_sku", "sku_id", "counted_at"),
)

# Every count that was ever entered; the line repeats the last one.
count_entry = Table(
    "count_entry",
    world,
    Column("id", Id, primary_key=True),
    Column("line_id", Id, ForeignKey("count_line.id"), nullable=False, index=True),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("expected_quantity", Quantity, nullable=False),
    Column("actor", Text, nullable=False),
)
