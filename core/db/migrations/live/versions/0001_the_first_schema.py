"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

branch_labels = None
depends_on = None


def upgrade() -> None:
    """Goes to this revision."""
    op.create_table(
        "blocked_buyer",
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="engine", nullable=False),
        sa.PrimaryKeyConstraint("phone"),
    )
    op.create_table(
        "book_check",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("off_count", sa.Integer(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("book_check", schema=None) as batch_op:
        batch_op.create_index("book_check_at", ["at"], unique=False)

    op.create_table(
        "carrier",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("waybill_prefix", sa.Text(), nullable=False),
        sa.Column("is_active", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("daily_parcels", sa.Integer(), nullable=False),
        sa.Column("max_weight_g", sa.Integer(), nullable=False),
        sa.Column("carries", sa.Text(), server_default="", nullable=False),
        sa.Column("contract_from_on", sa.Text(), nullable=True),
        sa.Column("contract_to_on", sa.Text(), nullable=True),
        sa.Column("pickup_by", sa.Text(), server_default="18:00", nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "cell",
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("a", sa.Text(), nullable=False),
        sa.Column("b", sa.Text(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("metric", "at", "a", "b"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "channel",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "command_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "event",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("event_order", ["order_id"], unique=False)
        batch_op.create_index(
            "event_subject",
            ["subject"],
            unique=False,
            sqlite_where=sa.text("order_id IS NULL"),
            postgresql_where=sa.text("order_id IS NULL"),
        )

    op.create_table(
        "fold_cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("xid", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "import_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("read_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("all_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("refusal", sa.Text(), server_default="", nullable=False),
        sa.Column("imported_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unchanged_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("warning_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "sku",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("list_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.Text(), server_default="", nullable=False),
        sa.Column("issue_rule", sa.Text(), server_default="fifo", nullable=False),
        sa.Column("hazard", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "supplier",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.SmallInteger(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "warehouse",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("verifies", sa.SmallInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "wave",
        sa.Column("id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=True),
        sa.Column("accepted_at", sa.BigInteger(), nullable=True),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("figures", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "bin",
        sa.Column("id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), server_default="", nullable=False),
        sa.Column("walk", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="pick", nullable=False),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("warehouse_id", "code"),
    )
    op.create_table(
        "carrier_rate",
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("first_weight_g", sa.Integer(), nullable=False),
        sa.Column("first_cents", sa.BigInteger(), nullable=False),
        sa.Column("step_weight_g", sa.Integer(), nullable=False),
        sa.Column("step_cents", sa.BigInteger(), nullable=False),
        sa.Column("transit_hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["carrier"],
            ["carrier.code"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("carrier", "warehouse_id", "region"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "demand_day",
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("sku_id", "warehouse_id", "day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_problem",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("column", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("params", sa.Text(), server_default="{}", nullable=False),
        sa.Column("order_number", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_import_problem_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("expires_on", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_sku_id"), ["sku_id"], unique=False)

    op.create_table(
        "manifest",
        sa.Column("id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier"],
            ["carrier.code"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("manifest", schema=None) as batch_op:
        batch_op.create_index(
            "manifest_open",
            ["warehouse_id", "carrier"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "message",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_order_id"), ["order_id"], unique=False)

    op.create_table(
        "money_posting",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount_cents", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("money_posting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_money_posting_order_id"), ["order_id"], unique=False)

    op.create_table(
        "period_close",
        sa.Column("id", ID, nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("period_close", schema=None) as batch_op:
        batch_op.create_index("period_close_until", ["until_at"], unique=False)

    op.create_table(
        "pick_batch",
        sa.Column("id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "purchase_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("expected_on", sa.Text(), nullable=False),
        sa.Column("first_received_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index(
            "purchase_open",
            ["expected_on", "warehouse_id"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open = 1"),
        )

    op.create_table(
        "sales_order",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=False),
        sa.Column("exceptions", sa.Text(), server_default="", nullable=False),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("fulfilled_by", sa.Text(), server_default="us", nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("ship_by_at", sa.BigInteger(), nullable=True),
        sa.Column("promised_at", sa.BigInteger(), nullable=True),
        sa.Column("buyer_name", sa.Text(), nullable=False),
        sa.Column("buyer_phone", sa.Text(), nullable=False),
        sa.Column("buyer_email", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("postcode", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("items_cents", sa.BigInteger(), nullable=False),
        sa.Column("shipping_cents", sa.BigInteger(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("total_cents", sa.BigInteger(), nullable=False),
        sa.Column("paid_cents", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["channel.code"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "number"),
    )
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.create_index("order_delivered", ["delivered_at"], unique=False)
        batch_op.create_index(
            "order_open",
            ["status", "received_at"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open = 1"),
        )
        batch_op.create_index(
            "order_open_promise",
            ["promised_at", "warehouse_id", "region", "channel", "received_at", "handed_over_at"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open = 1"),
        )
        batch_op.create_index("order_received", ["received_at"], unique=False)

    op.create_table(
        "stock_alert",
        sa.Column("id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku_id", "warehouse_id", "kind"),
    )
    with op.batch_alter_table("stock_alert", schema=None) as batch_op:
        batch_op.create_index("stock_alert_state", ["state"], unique=False)

    op.create_table(
        "stock_posting",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("from_warehouse_id", ID, nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_warehouse_id", ID, nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("order_line_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stock_posting", schema=None) as batch_op:
        batch_op.create_index(
            "stock_posting_demand",
            ["at", "sku_id", "from_warehouse_id", "to_account", "quantity"],
            unique=False,
            sqlite_where=sa.text(
                "'available' IN (from_account, to_account) AND 'reserved' IN (from_account, to_account)"
            ),
            postgresql_where=sa.text(
                "'available' IN (from_account, to_account) AND 'reserved' IN (from_account, to_account)"
            ),
        )
        batch_op.create_index("stock_posting_line", ["order_line_id"], unique=False)
        batch_op.create_index("stock_posting_lot", ["lot_id"], unique=False)

    op.create_table(
        "stock_threshold",
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("low_quantity", sa.BigInteger(), nullable=False),
        sa.Column("high_quantity", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), server_default="hand", nullable=False),
        sa.Column("set_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("set_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("sku_id", "warehouse_id"),
    )
    op.create_table(
        "stocktake",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_blind", sa.SmallInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("planned_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("last_posting_id", ID, nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("posted_at", sa.BigInteger(), nullable=True),
        sa.Column("event_id", ID, nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stocktake", schema=None) as batch_op:
        batch_op.create_index("stocktake_warehouse", ["warehouse_id", "status"], unique=False)

    op.create_table(
        "supplier_sku",
        sa.Column("supplier_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("unit_cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("least_quantity", sa.BigInteger(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["supplier.id"],
        ),
        sa.PrimaryKeyConstraint("supplier_id", "sku_id"),
    )
    op.create_table(
        "transfer",
        sa.Column("id", ID, nullable=False),
        sa.Column("from_warehouse_id", ID, nullable=False),
        sa.Column("to_warehouse_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["from_warehouse_id"],
            ["warehouse.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.create_index(
            "transfer_open",
            ["sent_at"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open = 1"),
        )

    op.create_table(
        "adjustment",
        sa.Column("id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("lot_id", ID, nullable=True),
        sa.Column("bin_id", ID, nullable=True),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("value_cents", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decision_note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["bin_id"],
            ["bin.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index(
            "adjustment_waiting",
            ["requested_at"],
            unique=False,
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )
        batch_op.create_index(batch_op.f("ix_adjustment_sku_id"), ["sku_id"], unique=False)

    op.create_table(
        "bin_posting",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("from_bin_id", ID, nullable=True),
        sa.Column("to_bin_id", ID, nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_bin_id"],
            ["bin.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_bin_id"],
            ["bin.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("bin_posting", schema=None) as batch_op:
        batch_op.create_index("bin_posting_lot", ["lot_id"], unique=False)

    op.create_table(
        "bin_stock",
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("bin_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bin_id"],
            ["bin.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("sku_id", "lot_id", "bin_id"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("bin_stock", schema=None) as batch_op:
        batch_op.create_index("bin_stock_bin", ["bin_id"], unique=False)

    op.create_table(
        "count_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("stocktake_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bin_id", ID, nullable=True),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("abc", sa.Text(), nullable=False),
        sa.Column("unit_cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("book_quantity", sa.BigInteger(), nullable=True),
        sa.Column("expected_quantity", sa.BigInteger(), nullable=True),
        sa.Column("counted_quantity", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", sa.BigInteger(), nullable=True),
        sa.Column("counted_by", sa.Text(), nullable=True),
        sa.Column("rounds", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_due", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["bin_id"],
            ["bin.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["stocktake_id"],
            ["stocktake.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stocktake_id", "bin_id", "sku_id", "lot_id"),
        sa.UniqueConstraint("stocktake_id", "position"),
    )
    with op.batch_alter_table("count_line", schema=None) as batch_op:
        batch_op.create_index("count_line_sku", ["sku_id", "counted_at"], unique=False)
        batch_op.create_index(
            "count_line_without_bin",
            ["stocktake_id", "sku_id", "lot_id"],
            unique=True,
            sqlite_where=sa.text("bin_id IS NULL"),
            postgresql_where=sa.text("bin_id IS NULL"),
        )

    op.create_table(
        "order_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku_id", ID, nullable=True),
        sa.Column("sku_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unit_price_cents", sa.BigInteger(), nullable=False),
        sa.Column("freight_cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_line_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_payload",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.PrimaryKeyConstraint("order_id"),
    )
    op.create_table(
        "purchase_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("purchase_order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("received_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("dropped_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("purchase_order_id", "sku_id"),
    )
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_line_purchase_order_id"), ["purchase_order_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", ID, nullable=False),
        sa.Column("purchase_order_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("delivery_note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"],
            ["purchase_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_purchase_order_id"), ["purchase_order_id"], unique=False)

    op.create_table(
        "returned_parcel",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("waybill", sa.Text(), server_default="", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_open", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("returned_parcel", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_parcel_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "returned_open",
            ["at"],
            unique=False,
            sqlite_where=sa.text("is_open = 1"),
            postgresql_where=sa.text("is_open = 1"),
        )

    op.create_table(
        "shipment",
        sa.Column("id", ID, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=True),
        sa.Column("waybill", sa.Text(), server_default="", nullable=False),
        sa.Column("wave_id", ID, nullable=True),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("manifest_id", ID, nullable=True),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("ship_by_at", sa.BigInteger(), nullable=True),
        sa.Column("picked_at", sa.BigInteger(), nullable=True),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("packed_at", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("cost_cents", sa.BigInteger(), nullable=True),
        sa.Column("warehouse_answer", sa.Text(), server_default="", nullable=False),
        sa.Column("carrier_answer", sa.Text(), server_default="", nullable=False),
        sa.Column("refusal", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["pick_batch.id"],
        ),
        sa.ForeignKeyConstraint(
            ["carrier"],
            ["carrier.code"],
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"],
            ["manifest.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.create_index(
            "shipment_batch", ["batch_id"], unique=False, sqlite_where=sa.text("batch_id IS NOT NULL")
        )
        batch_op.create_index(
            "shipment_manifest", ["manifest_id"], unique=False, sqlite_where=sa.text("manifest_id IS NOT NULL")
        )
        batch_op.create_index("shipment_number", ["number"], unique=False)
        batch_op.create_index(
            "shipment_open",
            ["warehouse_id", "status", "ship_by_at"],
            unique=False,
            sqlite_where=sa.text("status NOT IN ('handed_over', 'delivered', 'cancelled')"),
            postgresql_where=sa.text("status NOT IN ('handed_over', 'delivered', 'cancelled')"),
        )
        batch_op.create_index("shipment_waybill", ["waybill"], unique=False)

    op.create_table(
        "stock_balance",
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.PrimaryKeyConstraint("sku_id", "warehouse_id", "lot_id", "account"),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.create_index(
            "stock_available",
            ["sku_id", "warehouse_id", "quantity"],
            unique=False,
            sqlite_where=sa.text("account = 'available' AND quantity > 0"),
            postgresql_where=sa.text("account = 'available' AND quantity > 0"),
        )

    op.create_table(
        "transfer_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("transfer_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("lost_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.ForeignKeyConstraint(
            ["transfer_id"],
            ["transfer.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("transfer_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transfer_line_transfer_id"), ["transfer_id"], unique=False)

    op.create_table(
        "wave_order",
        sa.Column("wave_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("order_version", sa.Integer(), nullable=True),
        sa.Column("pinned_warehouse_id", ID, nullable=True),
        sa.Column("waits_for", sa.Text(), server_default="", nullable=False),
        sa.Column("refusal", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["pinned_warehouse_id"],
            ["warehouse.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("wave_id", "order_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "count_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("expected_quantity", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["event.id"],
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["count_line.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("count_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_count_entry_line_id"), ["line_id"], unique=False)

    op.create_table(
        "receipt_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("purchase_line_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("accepted_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("quarantined_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("put_away_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["purchase_line_id"],
            ["purchase_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"],
            ["receipt.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_line_purchase_line_id"), ["purchase_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_receipt_line_receipt_id"), ["receipt_id"], unique=False)

    op.create_table(
        "returned_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("sku_id", ID, nullable=False),
        sa.Column("lot_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("restocked_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("damaged_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["lot_id"],
            ["lot.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["returned_parcel.id"],
        ),
        sa.ForeignKeyConstraint(
            ["sku_id"],
            ["sku.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("returned_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_returned_line_order_line_id"), ["order_line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_returned_line_parcel_id"), ["parcel_id"], unique=False)

    op.create_table(
        "shipment_line",
        sa.Column("id", ID, nullable=False),
        sa.Column("shipment_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("picked_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("verified_quantity", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.create_index("shipment_line_order", ["order_id"], unique=False)
        batch_op.create_index("shipment_line_shipment", ["shipment_id"], unique=False)

    op.create_table(
        "wave_parcel",
        sa.Column("id", ID, nullable=False),
        sa.Column("wave_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("warehouse_id", ID, nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("cost_cents", sa.BigInteger(), nullable=False),
        sa.Column("late_permille", sa.Integer(), nullable=False),
        sa.Column("shipment_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["carrier"],
            ["carrier.code"],
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["sales_order.id"],
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipment.id"],
        ),
        sa.ForeignKeyConstraint(
            ["warehouse_id"],
            ["warehouse.id"],
        ),
        sa.ForeignKeyConstraint(
            ["wave_id"],
            ["wave.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("wave_parcel", schema=None) as batch_op:
        batch_op.create_index("wave_parcel_wave", ["wave_id"], unique=False)

    op.create_table(
        "wave_parcel_line",
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_line_id"],
            ["order_line.id"],
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"],
            ["wave_parcel.id"],
        ),
        sa.PrimaryKeyConstraint("parcel_id", "order_line_id"),
        sqlite_with_rowid=False,
    )

    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id()")


def downgrade() -> None:
    """Goes back to the revision before."""
    op.drop_table("wave_parcel_line")
    with op.batch_alter_table("wave_parcel", schema=None) as batch_op:
        batch_op.drop_index("wave_parcel_wave")

    op.drop_table("wave_parcel")
    with op.batch_alter_table("shipment_line", schema=None) as batch_op:
        batch_op.drop_index("shipment_line_shipment")
        batch_op.drop_index("shipment_line_order")

    op.drop_table("shipment_line")
    with op.batch_alter_table("returned_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_returned_line_parcel_id"))
        batch_op.drop_index(batch_op.f("ix_returned_line_order_line_id"))

    op.drop_table("returned_line")
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_line_receipt_id"))
        batch_op.drop_index(batch_op.f("ix_receipt_line_purchase_line_id"))

    op.drop_table("receipt_line")
    with op.batch_alter_table("count_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_count_entry_line_id"))

    op.drop_table("count_entry")
    op.drop_table("wave_order")
    with op.batch_alter_table("transfer_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_transfer_line_transfer_id"))

    op.drop_table("transfer_line")
    with op.batch_alter_table("stock_balance", schema=None) as batch_op:
        batch_op.drop_index(
            "stock_available",
            sqlite_where=sa.text("account = 'available' AND quantity > 0"),
            postgresql_where=sa.text("account = 'available' AND quantity > 0"),
        )

    op.drop_table("stock_balance")
    with op.batch_alter_table("shipment", schema=None) as batch_op:
        batch_op.drop_index("shipment_waybill")
        batch_op.drop_index(
            "shipment_open",
            sqlite_where=sa.text("status NOT IN ('handed_over', 'delivered', 'cancelled')"),
            postgresql_where=sa.text("status NOT IN ('handed_over', 'delivered', 'cancelled')"),
        )
        batch_op.drop_index("shipment_number")
        batch_op.drop_index("shipment_manifest", sqlite_where=sa.text("manifest_id IS NOT NULL"))
        batch_op.drop_index("shipment_batch", sqlite_where=sa.text("batch_id IS NOT NULL"))

    op.drop_table("shipment")
    with op.batch_alter_table("returned_parcel", schema=None) as batch_op:
        batch_op.drop_index(
            "returned_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1")
        )
        batch_op.drop_index(batch_op.f("ix_returned_parcel_order_id"))

    op.drop_table("returned_parcel")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_purchase_order_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("purchase_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchase_line_purchase_order_id"))

    op.drop_table("purchase_line")
    op.drop_table("order_payload")
    with op.batch_alter_table("order_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_line_order_id"))

    op.drop_table("order_line")
    with op.batch_alter_table("count_line", schema=None) as batch_op:
        batch_op.drop_index(
            "count_line_without_bin", sqlite_where=sa.text("bin_id IS NULL"), postgresql_where=sa.text("bin_id IS NULL")
        )
        batch_op.drop_index("count_line_sku")

    op.drop_table("count_line")
    with op.batch_alter_table("bin_stock", schema=None) as batch_op:
        batch_op.drop_index("bin_stock_bin")

    op.drop_table("bin_stock")
    with op.batch_alter_table("bin_posting", schema=None) as batch_op:
        batch_op.drop_index("bin_posting_lot")

    op.drop_table("bin_posting")
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjustment_sku_id"))
        batch_op.drop_index(
            "adjustment_waiting",
            sqlite_where=sa.text("status = 'waiting'"),
            postgresql_where=sa.text("status = 'waiting'"),
        )

    op.drop_table("adjustment")
    with op.batch_alter_table("transfer", schema=None) as batch_op:
        batch_op.drop_index(
            "transfer_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1")
        )

    op.drop_table("transfer")
    op.drop_table("supplier_sku")
    with op.batch_alter_table("stocktake", schema=None) as batch_op:
        batch_op.drop_index("stocktake_warehouse")

    op.drop_table("stocktake")
    op.drop_table("stock_threshold")
    with op.batch_alter_table("stock_posting", schema=None) as batch_op:
        batch_op.drop_index("stock_posting_lot")
        batch_op.drop_index("stock_posting_line")
        batch_op.drop_index(
            "stock_posting_demand",
            sqlite_where=sa.text(
                "'available' IN (from_account, to_account) AND 'reserved' IN (from_account, to_account)"
            ),
            postgresql_where=sa.text(
                "'available' IN (from_account, to_account) AND 'reserved' IN (from_account, to_account)"
            ),
        )

    op.drop_table("stock_posting")
    with op.batch_alter_table("stock_alert", schema=None) as batch_op:
        batch_op.drop_index("stock_alert_state")

    op.drop_table("stock_alert")
    with op.batch_alter_table("sales_order", schema=None) as batch_op:
        batch_op.drop_index("order_received")
        batch_op.drop_index(
            "order_open_promise", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1")
        )
        batch_op.drop_index("order_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1"))
        batch_op.drop_index("order_delivered")

    op.drop_table("sales_order")
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.drop_index(
            "purchase_open", sqlite_where=sa.text("is_open = 1"), postgresql_where=sa.text("is_open = 1")
        )

    op.drop_table("purchase_order")
    op.drop_table("pick_batch")
    with op.batch_alter_table("period_close", schema=None) as batch_op:
        batch_op.drop_index("period_close_until")

    op.drop_table("period_close")
    with op.batch_alter_table("money_posting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_money_posting_order_id"))

    op.drop_table("money_posting")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_order_id"))

    op.drop_table("message")
    with op.batch_alter_table("manifest", schema=None) as batch_op:
        batch_op.drop_index(
            "manifest_open", sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'")
        )

    op.drop_table("manifest")
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lot_sku_id"))

    op.drop_table("lot")
    with op.batch_alter_table("import_problem", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_import_problem_batch_id"))

    op.drop_table("import_problem")
    op.drop_table("demand_day")
    op.drop_table("carrier_rate")
    op.drop_table("bin")
    op.drop_table("wave")
    op.drop_table("warehouse")
    op.drop_table("supplier")
    op.drop_table("sku")
    op.drop_table("meta")
    op.drop_table("import_batch")
    op.drop_table("fold_cursor")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(
            "event_subject", sqlite_where=sa.text("order_id IS NULL"), postgresql_where=sa.text("order_id IS NULL")
        )
        batch_op.drop_index("event_order")

    op.drop_table("event")
    op.drop_table("command_key")
    op.drop_table("channel")
    op.drop_table("cell")
    op.drop_table("carrier")
    with op.batch_alter_table("book_check", schema=None) as batch_op:
        batch_op.drop_index("book_check_at")

    op.drop_table("book_check")
    op.drop_table("blocked_buyer")
