"""A world's rows, live and in practice: orders, stock, the two ledgers, the event log and the metric cells."""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import (
    event as sa_event,
)

from core.db import (  # noqa: F401  their tables belong to a world, too
    alert_tables,
    book_tables,
    count_tables,
    inbound_tables,
    shipping_tables,
    warehouse_tables,
    wave_tables,
)
from core.db.columns import Cents, Id, Instant, Quantity
from core.db.world_metadata import world

meta = Table("meta", world, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

channel = Table(
    "channel",
    world,
    Column("code", Text, primary_key=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("timezone", Text, nullable=False),
)

# Warehouse 0 is the outside: suppliers, customers, and whoever ships orders that we only import.
warehouse = Table(
    "warehouse",
    world,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("verifies", SmallInteger, nullable=False, server_default="0"),  # 1: parcels are scanned before packing
)

sku = Table(
    "sku",
    world,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("name_en", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("list_price_cents", Cents, nullable=False),
    Column("currency", Text, nullable=False),
    Column("weight_g", Integer, nullable=False),
    Column("barcode", Text, nullable=False, server_default=""),  # what a scanner reads, where it isn't the code
    Column("issue_rule", Text, nullable=False, server_default="fifo"),  # fifo | fefo: which lot goes out first
    Column("hazard", Text, nullable=False, server_default=""),  # '' | battery | liquid | aerosol
)

lot = Table(
    "lot",
    world,
    Column("id", Id, primary_key=True),
    Column("sku_id", Id, ForeignKey("sku.id"), nullable=False, index=True),
    Column("received_at", Instant, nullable=False),
    Column("unit_cost_cents", Cents, nullable=False),
    Column("expires_on", Text),
)

blocked_buyer = Table(
    "blocked_buyer",
    world,
    Column("phone", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("blocked_at", Instant, nullable=False),
    Column("actor", Text, nullable=False, server_default="engine"),
)

sales_order = Table(
    "sales_order",
    world,
    Column("id", Id, primary_key=True),
    Column("number", Text, nullable=False),
    Column("channel", Text, ForeignKey("channel.code"), nullable=False),
    Column("status", Text, nullable=False),
    Column("is_open", SmallInteger, nullable=False),
    Column("exceptions", Text, nullable=False, server_default=""),  # reasons, comma separated, in machine order
    Column("hold_reason", Text),
    Column("fulfilled_by", Text, nullable=False, server_default="us"),  # us | outside
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("paid_at", Instant),
    Column("confirmed_at", Instant),
    Column("handed_over_at", Instant),
    Column("delivered_at", Instant),
    Column("cancelled_at", Instant),
    Column("ship_by_at", Instant),
    Column("promised_at", Instant),
    Column("buyer_name", Text, nullable=False),
    Column("buyer_phone", Text, nullable=False),
    Column("buyer_email", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("region", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("street", Text, nullable=False),
    Column("postcode", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("items_cents", Cents, nullable=False),
    Column("shipping_cents", Cents, nullable=False),
    Column("discount_cents", Cents, nullable=False),
    Column("total_cents", Cents, nullable=False),
    Column("paid_cents", Cents, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    UniqueConstraint("channel", "number"),
    Index(
        "order_open",
        "status",
        "received_at",
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open = 1"),
    ),
    Index(
        "order_open_promise",
        "promised_at",
        "warehouse_id",
        "region",
        "channel",
        "received_at",
        "handed_over_at",
        sqlite_where=text("is_open = 1"),
        postgresql_where=text("is_open = 1"),
    ),
    Index("order_received", "received_at"),
    Index("order_delivered", "delivered_at"),
)

# What the channel sent, for the clerk to compare with and for telling a repeated import from a changed order.
order_payload = Table(
    "order_payload",
    world,
    Column("order_id", Id, ForeignKey("sales_order.id"), primary_key=True),
    Column("content_hash", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("batch_id", Id),
)

order_line = Table(
    "order_line",
    world,
    Column("id", Id, primary_key=True),
    Column("order_id", Id, ForeignKey("sales_order.id"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("sku_id", Id, ForeignKey("sku.id")),
    Column("sku_code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", Quantity, nullable=False),  # what is wanted now
    Column("cancelled_quantity", Quantity, nullable=False, server_default="0"),  # what was wanted besides
    Column("unit_price_cents", Cents, nullable=False),
    Column("freight_cents", Cents, nullable=False, server_default="0"),
)

event = Table(
    "event",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("order_id", Id),
    Column("actor", Text, nullable=False),
    Column("data", Text, nullable=False),
    Index("event_order", "order_id"),
    # Facts of purchases, transfers and the like; an order's are found by its id.
    Index(
        "event_subject",
        "subject",
        sqlite_where=text("order_id IS NULL"),
        postgresql_where=text("order_id IS NULL"),
    ),
)
# On PostgreSQL ids appear out of commit order; the fold reads in the order of transactions, up to the oldest open one.
sa_event.listen(
    event,
    "after_create",
    DDL("ALTER TABLE event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()").execute_if(dialect="postgresql"),
)
sa_event.listen(
    event,
    "after_create",
    DDL("CREATE INDEX event_xid ON event (xid, id)").execute_if(dialect="postgresql"),
)

stock_balance = Table(
    "stock_balance",
    world,
    Column("sku_id", Id, ForeignKey("sku.id"), primary_key=True),
    Column("warehouse_id", Id, ForeignKey("warehouse.id"), primary_key=True),
    Column("lot_id", Id, ForeignKey("lot.id"), primary_key=True),
    Column("account", Text, primary_key=True),
    Column("quantity", Quantity, nullable=False),
    # Most lots were used up long ago; what can be promised is a small part of the table.
    Index(
        "stock_available",
        "sku_id",
        "warehouse_id",
        "quantity",
        sqlite_where=text("account = 'available' AND quantity > 0"),
        postgresql_where=text("account = 'available' AND quantity > 0"),
    ),
    sqlite_with_rowid=False,
)

# The moves that are demand, as the index on them and whoever reads them have to say alike.
DEMAND_WHERE = "'available' IN (from_account, to_account) AND 'reserved' IN (from_account, to_account)"

stock_posting = Table(
    "stock_posting",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("sku_id", Id, nullable=False),
    Column("lot_id", Id, nullable=False),
    Column("from_warehouse_id", Id, nullable=False),
    Column("from_account", Text, nullable=False),
    Column("to_warehouse_id", Id, nullable=False),
    Column("to_account", Text, nullable=False),
    Column("quantity", Quantity, nullable=False),
    Column("order_line_id", Id),
    Index("stock_posting_line", "order_line_id"),
    Index("stock_posting_lot", "lot_id"),
    # What orders took and gave back, day by day.
    Index(
        "stock_posting_demand",
        "at",
        "sku_id",
        "from_warehouse_id",
        "to_account",
        "quantity",
        sqlite_where=text(DEMAND_WHERE),
        postgresql_where=text(DEMAND_WHERE),
    ),
)

money_posting = Table(
    "money_posting",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("order_id", Id, nullable=False, index=True),
    Column("from_account", Text, nullable=False),
    Column("to_account", Text, nullable=False),
    Column("amount_cents", Cents, nullable=False),
    Column("currency", Text, nullable=False),
    Column("means", Text, nullable=False, server_default=""),
)

message = Table(
    "message",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("order_id", Id, nullable=False, index=True),
    Column("event_id", Id, ForeignKey("event.id"), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
)

command_key = Table(
    "command_key",
    world,
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("result", Text, nullable=False, server_default=""),
)

import_batch = Table(
    "import_batch",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("actor", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("files", Text, nullable=False),
    Column("read_bytes", Quantity, nullable=False, server_default="0"),  # how far it has come, of all_bytes
    Column("all_bytes", Quantity, nullable=False, server_default="0"),
    Column("seen_at", Instant, nullable=False),  # when it last gave a sign of life
    Column("refusal", Text, nullable=False, server_default=""),  # JSON of the error that ended it
    Column("imported_count", Integer, nullable=False, server_default="0"),
    Column("unchanged_count", Integer, nullable=False, server_default="0"),
    Column("problem_count", Integer, nullable=False, server_default="0"),
    Column("warning_count", Integer, nullable=False, server_default="0"),
)

import_problem = Table(
    "import_problem",
    world,
    Column("id", Id, primary_key=True),
    Column("batch_id", Id, ForeignKey("import_batch.id"), nullable=False, index=True),
    Column("severity", Text, nullable=False),  # kept_aside | warning | stopped
    Column("file", Text, nullable=False),
    Column("line", Integer),
    Column("column", Text, nullable=False),
    Column("found", Text, nullable=False),
    Column("wanted", Text, nullable=False),  # a template, with its values in params as JSON
    Column("params", Text, nullable=False, server_default="{}"),
    Column("order_number", Text, nullable=False),
    Column("raw", Text, nullable=False),
)

cell = Table(
    "cell",
    world,
    Column("metric", Text, primary_key=True),
    Column("at", Instant, primary_key=True),  # see core/db/fold.py for the grain
    Column("a", Text, primary_key=True),
    Column("b", Text, primary_key=True),
    Column("n", Quantity, nullable=False),
    Column("value", Cents, nullable=False),
    sqlite_with_rowid=False,
)

fold_cursor = Table(
    "fold_cursor",
    world,
    Column("id", Integer, primary_key=True),
    Column("event_id", Id, nullable=False),
    Column("xid", BigInteger, nullable=False, server_default="0"),  # PostgreSQL only
)
