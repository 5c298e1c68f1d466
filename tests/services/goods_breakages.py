"""A world with goods on every paper, and what can be broken in it behind the services' back."""

from __future__ import annotations

from core.context import Context
from core.db.inbound_tables import returned_parcel
from core.services import purchasing, receiving, transfers
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.services.transfers import Sending
from tests.services.desk import GUANGZHOU, LAMP, SHANGHAI, SUPPLIER

# What is broken, and which checks notice.
GOODS_BREAKAGES = {
    "goods at the door that no receipt knows": (
        "UPDATE receipt_line SET rejected_quantity = 1 WHERE id = 1",
        {"receiving"},
    ),
    "a receipt of more than the purchase knows": (
        "UPDATE purchase_line SET received_quantity = received_quantity - 1",
        {"purchases"},
    ),
    "a transfer that arrived without its units": (
        "UPDATE transfer_line SET received_quantity = 1",
        {"transfers", "unowned"},
    ),
    "a return that never came": (
        "INSERT INTO returned_line (parcel_id, order_line_id, sku_id, lot_id, quantity) VALUES (1, 1, 3, 9, 1)",
        {"returns"},
    ),
    "a purchase that says too much": ("UPDATE purchase_order SET status = 'put_away', is_open = 0", {"purchases"}),
    "a purchase that is done and open": ("UPDATE purchase_order SET is_open = 0", {"purchases"}),
}


def put_goods_on_papers(ctx: Context, order_id: int) -> None:
    """A purchase of which a part stands at the door, a transfer on the way, and an empty parcel of an order."""
    purchase_id = purchasing.place_purchase(ctx, SUPPLIER, SHANGHAI, "2099-01-01", [Wanted(LAMP, 5, 900)])
    receiving.receive_goods(ctx, purchase_id, [Delivered(1, 3)])
    transfers.send_transfer(ctx, GUANGZHOU, SHANGHAI, [Sending(LAMP, 2)])
    parcel = {"order_id": order_id, "warehouse_id": SHANGHAI, "status": "arrived_back", "is_open": 1, "at": ctx.now}
    ctx.db.execute(returned_parcel.insert().values(parcel | {"actor": "engine"}))
