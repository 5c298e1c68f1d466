"""The parcels of an order on its sheet: where each stands, from where and with whom it leaves."""

from __future__ import annotations

from core.domain.labels import label_of
from core.domain.shipments import ShipmentStatus
from core.services.order_file import OrderFile, Parcel
from core.ui.cards import Tone
from core.ui.i18n import format_instant, format_int, language, t
from core.ui.order_sheet import card, chip, said, table

_DONE = frozenset({ShipmentStatus.HANDED_OVER, ShipmentStatus.DELIVERED})


def parcels(file: OrderFile, timezone: str) -> str:
    """The card; nothing where the order has no parcel yet."""
    if not file.parcels:
        return ""
    rows = [(_about(parcel), _carrier(parcel), _standing(parcel, timezone)) for parcel in file.parcels]
    lead = ""
    if len(file.parcels) > 1:
        lead = t("This order goes in {n} parcels.", n=format_int(len(file.parcels)))
    return card(t("Parcels"), table((t("Parcel"), t("Carrier"), t("Status") + ">"), rows), lead)


def _about(parcel: Parcel) -> str:
    units = t("1 unit") if parcel.units == 1 else t("{n} units", n=format_int(parcel.units))
    parts = [parcel.warehouse, units]
    if parcel.orders > 1:
        parts.append(t("together with {n} more orders", n=format_int(parcel.orders - 1)))
    return f"{said(parcel.number)}<small>{said(' · '.join(parts))}</small>"


def _carrier(parcel: Parcel) -> str:
    name = parcel.carrier_zh if language() == "zh" else parcel.carrier_en
    return f"{said(name or '–')}<small>{said(parcel.waybill)}</small>"


def _standing(parcel: Parcel, timezone: str) -> str:
    tone: Tone = "good" if parcel.status in _DONE else "info"
    at = parcel.delivered_at or parcel.handed_over_at
    since = f"<small>{said(format_instant(at, timezone))}</small>" if at else ""
    return chip(t(label_of(parcel.status)), tone) + since
