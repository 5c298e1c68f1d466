"""Rows of what comes in and moves inside the house: purchases, receipts, transfers, adjustments, returned parcels."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, UniqueConstraint, text

from core.db.columns import Cents, Id, Instant, Quantity
from core.db.world_metadata import world

_OPEN = text("is_open = 1")

supplier = Table(
    "supplier",
    world,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("lead_days", Integer, nullable=False),  # from the order to the lorry at the door, as agreed
    Column("is_active", SmallInteger, nullable=False, server_default="1"),
)

# What a supplier sells us; several may sell the same article.
supplier_sku = Table(
    "supplier_sku",
    world,
    Column("supplier_id", Id, ForeignKey("supplier.id"), primary_key=True),
    Column("sku_id", Id, ForeignKey("sku.id"), primary_key=True),
    Column("unit_cost_cents", Cents, nullable=False),
    Column("least_quantity", Quantity, nullable=False, server_default="1"),
)

purchase_order = Table(
    "purchase_order",
    world,
    Column("id", Id, primary_key=True),
    Column("supplier_id", Id, ForeignKey("supplier.id"), nullable=False),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("ordered_at", Instant, nullable=False),
    Column("expected_on", Text, nullable=False),
    Column("first_received_at", Instant),
    Column("closed_at", Instant),
    Column("note", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("purchase_open", "expected_on", "warehouse_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

purchase_line = Table(
    "purchase_line",
    world,
    Column("id", Id, primary_key=True),
    Column("purchase_order_id", Id, ForeignKey("purchase_order.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("unit_cost_cents", Cents, nullable=False),
    Column("received_quantity", Quantity, nullable=False, server_default="0"),
    Column("dropped_quantity", Quantity, nullable=False, server_default="0"),  # of the rest, not waited for any more
    UniqueConstraint("purchase_order_id", "sku_id"),
)

# One delivery at the door; its lines make a lot each.
receipt = Table(
    "receipt",
    world,
    Column("id", Id, primary_key=True),
    Column("purchase_order_id", Id, ForeignKey("purchase_order.id"), nullable=False, index=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("delivery_note", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
)

# In receiving lie quantity − quarantined − rejected − put_away; of these, accepted − put_away wait for a place.
receipt_line = Table(
    "receipt_line",
    world,
    Column("id", Id, primary_key=True),
    Column("receipt_id", Id, ForeignKey("receipt.id"), nullable=False, index=True),
    Column("purchase_line_id", Id, ForeignKey("purchase_line.id"), nullable=False, index=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("lot_id", Id, ForeignKey("lot.id"), nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("accepted_quantity", Quantity, nullable=False, server_default="0"),
    Column("quarantined_quantity", Quantity, nullable=False, server_default="0"),
    Column("rejected_quantity", Quantity, nullable=False, server_default="0"),
    Column("put_away_quantity", Quantity, nullable=False, server_default="0"),
)

transfer = Table(
    "transfer",
    world,
    Column("id", Id, primary_key=True),
    Column("from_warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("to_warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("note", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("transfer_open", "sent_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

transfer_line = Table(
    "transfer_line",
    world,
    Column("id", Id, primary_key=True),
    Column("transfer_id", Id, ForeignKey("transfer.id"), nullable=False, index=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("lot_id", Id, ForeignKey("lot.id"), nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("received_quantity", Quantity, nullable=False, server_default="0"),
    Column("lost_quantity", Quantity, nullable=False, server_default="0"),
)

adjustment = Table(
    "adjustment",
    world,
    Column("id", Id, primary_key=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False, index=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("account", Text, nullable=False),
    Column("lot_id", Id, ForeignKey("lot.id")),
    Column("bin_id", Id, ForeignKey("bin.id")),
    Column("change", Quantity, nullable=False),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("value_cents", Cents, nullable=False),  # what the change was worth when it was asked for, without a sign
    Column("status", Text, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("decided_at", Instant),
    Column("decided_by", Text),
    Column("decision_note", Text, nullable=False, server_default=""),
    Index(
        "adjustment_waiting",
        "requested_at",
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
)

returned_parcel = Table(
    "returned_parcel",
    world,
    Column("id", Id, primary_key=True),
    Column("order_id", Id, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("waybill", Text, nullable=False, server_default=""),  # of the way back
    Column("status", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("note", Text, nullable=False, server_default=""),
    Column("actor", Text, nullable=False),
    Index("returned_open", "at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

# In return inspection lie quantity − restocked − damaged.
returned_line = Table(
    "returned_line",
    world,
    Column("id", Id, primary_key=True),
    Column("parcel_id", Id, ForeignKey("returned_parcel.id"), nullable=False, index=True),
    Column("order_line_id", Id, ForeignKey("order_line.id"), nullable=False, index=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False),
    Column("lot_id", Id, ForeignKey("lot.id"), nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("restocked_quantity", Quantity, nullable=False, server_default="0"),
    Column("damaged_quantity", Quantity, nullable=False, server_default="0"),
)
