"""Rows of planned waves: their orders with pins, and the parcels that a plan gives them."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from core.db.columns import Cents, Id, Instant, Quantity
from core.db.world_metadata import world

wave = Table(
    "wave",
    world,
    Column("id", Id, primary_key=True),
    Column("status", Text, nullable=False),  # open | planned | accepted | discarded
    Column("actor", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("planned_at", Instant),
    Column("accepted_at", Instant),
    Column("settings", Text, nullable=False),  # JSON of what the planner set
    Column("figures", Text, nullable=False, server_default=""),  # JSON of what the last plan came to
    Column("version", Integer, nullable=False, server_default="1"),
)

wave_order = Table(
    "wave_order",
    world,
    Column("wave_id", Id, ForeignKey("wave.id"), primary_key=True),
    Column("order_id", Id, ForeignKey("sales_order.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("order_version", Integer),  # of the order that the plan was made for
    Column("pinned_warehouse_id", Id, ForeignKey("warehouse.id")),
    Column("waits_for", Text, nullable=False, server_default=""),  # limits, comma separated, that keep it from leaving
    Column("refusal", Text, nullable=False, server_default=""),  # JSON of why the plan wasn't accepted for it
    sqlite_with_rowid=False,
)

wave_parcel = Table(
    "wave_parcel",
    world,
    Column("id", Id, primary_key=True),
    Column("wave_id", Id, ForeignKey("wave.id"), nullable=False),
    Column("order_id", Id, ForeignKey("sales_order.id"), nullable=False),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("carrier", Text, ForeignKey("carrier.code"), nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("cost_cents", Cents, nullable=False),
    Column("late_permille", Integer, nullable=False),  # risk of coming late
    Column("shipment_id", Id, ForeignKey("shipment.id")),  # what it became when the plan was accepted
    Index("wave_parcel_wave", "wave_id"),
)

wave_parcel_line = Table(
    "wave_parcel_line",
    world,
    Column("parcel_id", Id, ForeignKey("wave_parcel.id"), primary_key=True),
    Column("order_line_id", Id, ForeignKey("order_line.id"), primary_key=True),
    Column("quantity", Quantity, nullable=False),
    sqlite_with_rowid=False,
)
