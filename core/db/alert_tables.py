"""Rows of stock alerts: thresholds, daily demand, and the state of every alert that ever was raised."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from core.db.columns import Id, Instant, Quantity
from core.db.world_metadata import world

stock_threshold = Table(
    "stock_threshold",
    world,
    Column("sku_id", Id, ForeignKey("sku.id"), primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), primary_key=True),
    Column("low_quantity", Quantity, nullable=False),
    Column("high_quantity", Quantity),  # NULL: nobody minds how much there is
    Column("source", Text, nullable=False, server_default="hand"),  # hand | formula
    Column("set_at", Instant, nullable=False, server_default="0"),
    Column("set_by", Text, nullable=False, server_default=""),
)

# Units that orders reserved, less those that they gave back, per calendar day that is over.
demand_day = Table(
    "demand_day",
    world,
    Column("sku_id", Id, ForeignKey("sku.id"), primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), primary_key=True),
    Column("day", Integer, primary_key=True),  # days since 1970-01-01 in the world's calendar
    Column("units", Quantity, nullable=False),
    sqlite_with_rowid=False,
)

stock_alert = Table(
    "stock_alert",
    world,
    Column("id", Id, primary_key=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("kind", Text, nullable=False),  # low | high | expiring | stock_out
    Column("state", Text, nullable=False),
    Column("since_at", Instant, nullable=False),  # in this state
    Column("raised_at", Instant),  # the alert that is on now; NULL where none is
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", Text),
    UniqueConstraint("sku_id", "warehouse_id", "kind"),
    Index("stock_alert_state", "state"),
)
