"""Rows of the way out: carriers and their rates, shipments and what is in them, pick batches and manifests."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, SmallInteger, Table, Text, text

from core.db.columns import Cents, Id, Instant, Quantity
from core.db.world_metadata import world

carrier = Table(
    "carrier",
    world,
    Column("code", Text, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("waybill_prefix", Text, nullable=False),
    Column("is_active", SmallInteger, nullable=False, server_default="1"),
    Column("daily_parcels", Integer, nullable=False),  # how many it takes from us a day, all warehouses together
    Column("max_weight_g", Integer, nullable=False),
    Column("carries", Text, nullable=False, server_default=""),  # hazards, comma separated: battery,liquid,aerosol
    Column("contract_from_on", Text),
    Column("contract_to_on", Text),
    Column("pickup_by", Text, nullable=False, server_default="18:00"),  # the warehouse's own time
)

# What a parcel costs from a warehouse to a region, and how long it usually takes; no row means "doesn't go there".
carrier_rate = Table(
    "carrier_rate",
    world,
    Column("carrier", Text, ForeignKey("carrier.code"), primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), primary_key=True),
    Column("region", Text, primary_key=True),
    Column("first_weight_g", Integer, nullable=False),
    Column("first_cents", Cents, nullable=False),
    Column("step_weight_g", Integer, nullable=False),
    Column("step_cents", Cents, nullable=False),
    Column("transit_hours", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# Shipments that one person picks on one walk; it is over when none of them is being picked any more.
pick_batch = Table(
    "pick_batch",
    world,
    Column("id", Id, primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("actor", Text, nullable=False),
    Column("opened_at", Instant, nullable=False),
)

# What a carrier signs for: the parcels of a warehouse that leave with it on one lorry.
manifest = Table(
    "manifest",
    world,
    Column("id", Id, primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("carrier", Text, ForeignKey("carrier.code"), nullable=False),
    Column("status", Text, nullable=False),  # open | closed | handed_over
    Column("opened_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("handed_over_at", Instant),
    # One lorry of a carrier is loaded at a time.
    Index(
        "manifest_open",
        "warehouse_id",
        "carrier",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

_OPEN = "status NOT IN ('handed_over', 'delivered', 'cancelled')"
shipment = Table(
    "shipment",
    world,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("status", Text, nullable=False),
    Column("carrier", Text, ForeignKey("carrier.code")),
    Column("waybill", Text, nullable=False, server_default=""),
    Column("wave_id", Id),
    Column("batch_id", Id, ForeignKey("pick_batch.id")),
    Column("manifest_id", Id, ForeignKey("manifest.id")),
    Column("planned_at", Instant, nullable=False),
    Column("ship_by_at", Instant),
    Column("picked_at", Instant),
    Column("verified_at", Instant),
    Column("packed_at", Instant),
    Column("handed_over_at", Instant),
    Column("delivered_at", Instant),
    Column("weight_g", Integer),
    Column("cost_cents", Cents),
    # '' where nobody was asked, else offered | accepted | refused
    Column("warehouse_answer", Text, nullable=False, server_default=""),
    Column("carrier_answer", Text, nullable=False, server_default=""),
    Column("refusal", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("shipment_number", "number"),
    Index("shipment_waybill", "waybill"),
    Index(
        "shipment_open",
        "warehouse_id",
        "status",
        "ship_by_at",
        sqlite_where=text(_OPEN),
        postgresql_where=text(_OPEN),
    ),
    Index("shipment_batch", "batch_id", sqlite_where=text("batch_id IS NOT NULL")),
    Index("shipment_manifest", "manifest_id", sqlite_where=text("manifest_id IS NOT NULL")),
)

shipment_line = Table(
    "shipment_line",
    world,
    Column("id", Id, primary_key=True),
    Column("shipment_id", Id, ForeignKey("shipment.id"), nullable=False),
    Column("order_id", Id, ForeignKey("sales_order.id"), nullable=False),
    Column("order_line_id", Id, ForeignKey("order_line.id"), nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("picked_quantity", Quantity, nullable=False, server_default="0"),
    Column("verified_quantity", Quantity, nullable=False, server_default="0"),
    Index("shipment_line_shipment", "shipment_id"),
    Index("shipment_line_order", "order_id"),
)
