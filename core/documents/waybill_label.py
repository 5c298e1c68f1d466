"""The waybill label, 100 × 150 mm: where a parcel goes, its number as bar code and QR code, and what it is."""

from __future__ import annotations

from collections.abc import Sequence

from core.documents.addresses import place_of
from core.documents.sheet import LABEL, Sheet
from core.documents.voice import Voice
from core.domain.papers import WaybillLabel

_LEFT, _RIGHT = 4.0, 96.0


def waybill_labels(labels: Sequence[WaybillLabel], voice: Voice) -> bytes:
    """The labels, one a page."""
    sheet = Sheet(f"{voice.t('Waybill label')} {', '.join(label.waybill for label in labels[:3])}")
    for label in labels:
        draw_waybill_label(sheet, label, voice)
    return sheet.finished()


def draw_waybill_label(sheet: Sheet, label: WaybillLabel, voice: Voice) -> None:
    """One label onto a sheet in the making."""
    sheet.page(LABEL)
    sheet.box(2, 2, 96, 146, 0.4)
    sheet.text(_LEFT, 4, voice.either(label.carrier_en, label.carrier_zh), 16, width=60, bold=True)
    parcel = voice.t("Parcel {n} of {all}", n=label.parcel, all=label.parcels)
    sheet.right(_RIGHT, 5, parcel, 9)
    sheet.rule(12.5, 2, 98, 0.4)
    _number(sheet, label)
    sheet.rule(43, 2, 98, 0.4)
    _route(sheet, label, voice)
    sheet.rule(59, 2, 98, 0.4)
    _recipient(sheet, label, voice)
    sheet.rule(95, 2, 98, 0.2)
    sheet.text(_LEFT, 97, voice.t("From"), 8)
    house = voice.either(label.warehouse_en, label.warehouse_zh)
    sheet.text(_LEFT + 12, 96.5, f"{label.warehouse_code} · {house}", 10, width=_RIGHT - _LEFT - 12)
    sheet.rule(103, 2, 98, 0.4)
    _contents(sheet, label, voice)


def _number(sheet: Sheet, label: WaybillLabel) -> None:
    """The waybill for the scanner and for the eye. A number no bar code can hold stands in the QR code alone."""
    if not sheet.barcode(_LEFT, 15, label.waybill, width=_RIGHT - _LEFT, height=18):
        sheet.qr(38, 13, label.waybill, size=22)
    sheet.centred(_LEFT, 35, label.waybill, 14, width=_RIGHT - _LEFT, bold=True)


def _route(sheet: Sheet, label: WaybillLabel, voice: Voice) -> None:
    """Province and city, large enough for whoever sorts."""
    to = label.recipient
    region = to.region_zh if to.country == "CN" else voice.either(to.region_en, to.region_zh)
    place = region if to.city in ("", region) else f"{region} {to.city}"
    sheet.centred(_LEFT, 46, place, 26, width=_RIGHT - _LEFT, bold=True)


def _recipient(sheet: Sheet, label: WaybillLabel, voice: Voice) -> None:
    to = label.recipient
    sheet.text(_LEFT, 61.5, voice.t("To"), 8)
    sheet.text(_LEFT + 12, 60.5, f"{to.name}   {to.phone}", 14, width=_RIGHT - _LEFT - 12, bold=True)
    sheet.lines(_LEFT + 12, 67.5, place_of(to, voice), 11.5, width=_RIGHT - _LEFT - 12, most=5)


def _contents(sheet: Sheet, label: WaybillLabel, voice: Voice) -> None:
    """What it is, beside the QR code."""
    width = 52.0
    y = sheet.lines(
        _LEFT, 105.5, voice.t("{units} units, {kg} kg", units=label.units, kg=f"{label.weight_g / 1000:.2f}"),
        11, width=width, most=1, bold=True,
    )  # fmt: skip
    y = sheet.lines(
        _LEFT, y + 2, voice.t("Order numbers") + ": " + " ".join(label.order_numbers), 8.5, width=width, most=6
    )
    printed = voice.t("Printed {at}", at=voice.instant(label.made_at, label.timezone))
    sheet.lines(_LEFT, 140, printed, 7.5, width=width, most=2)
    sheet.qr(58, 105, label.waybill, size=38)
