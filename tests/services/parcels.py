"""The way out for tests of orders that go in one parcel: each step by the order's id."""

from __future__ import annotations

from collections.abc import Callable

from core.context import Context
from core.services import packing, picking, shipping
from core.services.shipment_rows import parcel_of


def pick(ctx: Context, order_id: int) -> None:
    """Everything off the shelf."""
    picking.pick_shipment(ctx, parcel_of(ctx, order_id))


def pack(ctx: Context, order_id: int) -> None:
    """Closed, with SwiftHorse's next waybill on it."""
    packing.pack_shipment(ctx, parcel_of(ctx, order_id), carrier_code="swift")


def hand_over(ctx: Context, order_id: int) -> None:
    """Into the driver's hands."""
    shipping.hand_over(ctx, parcel_of(ctx, order_id))


def deliver(ctx: Context, order_id: int) -> None:
    """The carrier's word."""
    shipping.deliver_shipment(ctx, parcel_of(ctx, order_id))


WAY: tuple[Callable[[Context, int], object], ...] = (shipping.release_order, pick, pack, hand_over, deliver)


def bring_on(ctx: Context, order_id: int, steps: int) -> None:
    """The first so many steps of the way out: release, pick, pack, hand over, deliver."""
    for step in WAY[:steps]:
        step(ctx, order_id)
