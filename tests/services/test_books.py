"""The books' checks: silent on a good world, and each of them speaks when something is off."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.services import orders
from core.services.books import CHECK_LABELS, Imbalance, imbalances
from tests.services.desk import Desk, incoming
from tests.services.goods_breakages import GOODS_BREAKAGES
from tests.services.parcels import bring_on

# What is broken behind the services' back, and which checks notice.
BREAKAGES = {
    "a unit too many on the shelf": (
        "UPDATE stock_balance SET quantity = quantity + 1"
        " WHERE account = 'available' AND sku_id = 3 AND warehouse_id = 1",
        {"units", "balance", "layers", "bins"},
    ),
    "a unit that lies in no bin": ("UPDATE bin_stock SET quantity = quantity - 1 WHERE sku_id = 3", {"bins"}),
    "a bin's move that never was": ("DELETE FROM bin_posting WHERE from_bin_id IS NOT NULL", {"bins"}),
    "a balance below zero": (
        "UPDATE stock_balance SET quantity = -1 WHERE account = 'picked'",
        {"units", "balance", "layers", "overdrawn", "unowned"},
    ),
    "a posting that the balances don't know": (
        "UPDATE stock_posting SET quantity = quantity + 1 WHERE to_account = 'picked'",
        {"balance", "parcels", "unowned"},
    ),
    "reserved for nobody": (
        "UPDATE stock_posting SET order_line_id = NULL WHERE to_account = 'reserved'",
        {"reserved", "parcels", "derived", "unowned"},
    ),
    "a line that wants more": (
        "UPDATE order_line SET quantity = quantity + 1 WHERE order_id = 1",
        {"reserved", "derived"},
    ),
    "a parcel with more in it than was picked": (
        "UPDATE shipment_line SET quantity = quantity + 1, picked_quantity = picked_quantity + 1",
        {"parcels"},
    ),
    "a parcel that was verified before it was picked": (
        "UPDATE shipment_line SET verified_quantity = quantity + 1",
        {"parcel"},
    ),
    "a parcel packed without a waybill": (
        "UPDATE shipment SET status = 'packed', packed_at = 1, carrier = 'swift'",
        {"parcel", "derived"},
    ),
    "a parcel of an order that is said to wait": (
        "UPDATE shipment SET status = 'released', picked_at = NULL",
        {"parcel", "derived"},
    ),
    "money that goes nowhere": (
        "UPDATE money_posting SET to_account = from_account WHERE order_id = 1",
        {"sides", "deposit"},
    ),
    "money from nowhere": (
        "UPDATE money_posting SET from_account = '' WHERE order_id = 2",
        {"sides", "paid", "deposit"},
    ),
    "a payment that was forgotten": ("UPDATE sales_order SET paid_cents = 0 WHERE id = 1", {"paid"}),
    "deposits that stay after the end": (
        "DELETE FROM money_posting WHERE from_account = 'deposits' AND order_id = 3",
        {"deposit"},
    ),
    "a status without a fact": ("UPDATE sales_order SET status = 'packed' WHERE id = 2", {"status", "derived"}),
    "an order without any fact": ("UPDATE event SET order_id = NULL WHERE order_id = 4", {"status"}),
    "an ended order that stays open": ("UPDATE sales_order SET is_open = 1 WHERE id = 3", {"open"}),
    "an end at another time": ("UPDATE sales_order SET cancelled_at = cancelled_at + 1 WHERE id = 3", {"instants"}),
    "a receipt at another time": ("UPDATE sales_order SET received_at = received_at - 1 WHERE id = 4", {"instants"}),
}


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """Four orders: in picking, reserved, cancelled, and unpaid."""
    for number in range(1, 4):
        desk.receive(incoming(f"T-{number}", buyer_phone=f"1390000000{number}"))
    desk.receive(incoming("T-4", payments=(), buyer_phone="13900000004"))
    with desk.work() as ctx:
        bring_on(ctx, 1, 2)
        orders.cancel_order(ctx, 3, "changed their mind")
    return desk


def test_a_good_world_balances(worked: Desk) -> None:
    with worked.look() as ctx:
        assert imbalances(ctx) == []


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_every_breakage_is_noticed(worked: Desk, breakage: str) -> None:
    statement, checks = BREAKAGES[breakage]
    with worked.work() as ctx:
        assert ctx.db.execute(text(statement)).rowcount > 0
    with worked.look() as ctx:
        assert {found.check for found in imbalances(ctx)} == checks


def test_every_check_is_seen_to_speak() -> None:
    breakages = BREAKAGES | GOODS_BREAKAGES
    assert set().union(*(checks for _, checks in breakages.values())) == set(CHECK_LABELS)


def test_an_imbalance_says_what_was_expected() -> None:
    found = Imbalance("units", "SKU 4", "2", "0")
    assert str(found) == "Units over all accounts sum to zero: SKU 4: expected 0, found 2"
