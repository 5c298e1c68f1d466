"""What stands on the papers of the warehouse: pick list, packing slip and waybill label, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """How many units of a stop go into which numbered slot of the cart."""

    slot: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PickStop:
    """One stop on the pick path: take so many units of a lot there. `bin_code` is empty where a house has no bins."""

    bin_code: str
    sku_code: str
    name_en: str
    name_zh: str
    lot_id: int
    expires_on: str | None
    quantity: int
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class PickedFor:
    """An order that is picked for, and the slot of the cart that its units go into."""

    slot: int
    number: str
    units: int
    ship_by_at: int | None


@dataclass(frozen=True, slots=True)
class PickList:
    """What one walk through a warehouse gathers: its stops in walk order, and the orders it is for."""

    number: str
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    made_at: int
    timezone: str
    stops: tuple[PickStop, ...]
    orders: tuple[PickedFor, ...]


@dataclass(frozen=True, slots=True)
class SlipLine:
    """Goods in a parcel; `ordered` is what the order has in all, where the parcel holds only a part of it."""

    sku_code: str
    name_en: str
    name_zh: str
    quantity: int
    ordered: int


@dataclass(frozen=True, slots=True)
class SlipOrder:
    """An order, or the part of it, that is in a parcel."""

    number: str
    channel_en: str
    channel_zh: str
    received_at: int
    note: str
    lines: tuple[SlipLine, ...]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a parcel goes to; the phone as it may be printed. `region` is a province's name in either language."""

    name: str
    phone: str
    region_en: str
    region_zh: str
    city: str
    district: str
    street: str
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """What lies in a parcel, for whoever opens it. `parcel` counts from 1."""

    warehouse_en: str
    warehouse_zh: str
    made_at: int
    timezone: str
    recipient: Recipient
    orders: tuple[SlipOrder, ...]
    parcel: int = 1
    parcels: int = 1


@dataclass(frozen=True, slots=True)
class WaybillLabel:
    """What is glued onto a parcel. `waybill` stands in the bar code and the QR code. Units: `weight_g` grams."""

    waybill: str
    carrier_en: str
    carrier_zh: str
    recipient: Recipient
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    order_numbers: tuple[str, ...]
    units: int
    weight_g: int
    made_at: int
    timezone: str
    parcel: int = 1
    parcels: int = 1
