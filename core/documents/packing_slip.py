"""The packing slip: what lies in a parcel, order by order, for whoever packs it and whoever opens it."""

from __future__ import annotations

from collections.abc import Sequence

from core.documents.addresses import place_of
from core.documents.sheet import A4, Heading, Sheet, draw_table
from core.documents.voice import Voice
from core.domain.papers import PackingSlip, SlipOrder

_LEFT, _RIGHT, _TOP, _BOTTOM = 15.0, 195.0, 14.0, 280.0


def packing_slips(slips: Sequence[PackingSlip], voice: Voice) -> bytes:
    """The slips one after the other, each on pages of its own."""
    numbers = ", ".join(order.number for slip in slips[:3] for order in slip.orders)
    sheet = Sheet(f"{voice.t('Packing slip')} {numbers}")
    for slip in slips:
        draw_packing_slip(sheet, slip, voice)
    return sheet.finished()


def draw_packing_slip(sheet: Sheet, slip: PackingSlip, voice: Voice) -> None:
    """One slip onto a sheet in the making."""
    pages = 0

    def overleaf() -> float:
        nonlocal pages
        pages += 1
        return _page(sheet, slip, voice, pages)

    y = _address(sheet, overleaf(), slip, voice)
    for order in slip.orders:
        if y + 40 > _BOTTOM:
            y = overleaf()
        y = _order(sheet, y, order, slip, voice)
        parted = any(line.quantity != line.ordered for line in order.lines)
        columns = [
            Heading(voice.t("Code"), 40),
            Heading(voice.t("Article"), 92),
            Heading(voice.t("In this parcel"), 26, right=True),
            Heading(voice.t("Ordered") if parted else "", 22, right=True),
        ]
        rows = [
            (
                line.sku_code,
                voice.either(line.name_en, line.name_zh),
                voice.integer(line.quantity),
                voice.integer(line.ordered) if parted else "",
            )
            for line in order.lines
        ]
        y = draw_table(sheet, y, columns, rows, x=_LEFT, bottom=_BOTTOM, overleaf=overleaf, size=10)
        if parted:
            y = sheet.lines(_LEFT + 1, y + 2, voice.t("The rest comes in another parcel."), 9, width=170)
        y += 6
    units = sum(line.quantity for order in slip.orders for line in order.lines)
    if y + 12 > _BOTTOM:
        y = overleaf()
    sheet.right(_RIGHT - 1, y, voice.t("{units} units in this parcel", units=voice.integer(units)), 10, bold=True)
    thanks = voice.t("Thank you for your order. Is something missing or broken? Write to the shop and name the number.")
    sheet.lines(_LEFT, y + 8, thanks, 9, width=_RIGHT - _LEFT)


def _page(sheet: Sheet, slip: PackingSlip, voice: Voice, number: int) -> float:
    sheet.page(A4)
    sheet.text(_LEFT, _TOP, voice.t("Packing slip"), 18, bold=True)
    sheet.text(_LEFT, _TOP + 9, voice.either(slip.warehouse_en, slip.warehouse_zh), 10, width=90)
    sheet.text(_LEFT, 287, voice.t("Printed {at}", at=voice.instant(slip.made_at, slip.timezone)), 8)
    sheet.right(_RIGHT, 287, voice.t("Page {n}", n=number), 8)
    if slip.parcels > 1:
        sheet.right(_RIGHT, _TOP + 1, voice.t("Parcel {n} of {all}", n=slip.parcel, all=slip.parcels), 12, bold=True)
    return _TOP + 19


def _address(sheet: Sheet, y: float, slip: PackingSlip, voice: Voice) -> float:
    to = slip.recipient
    sheet.box(_LEFT, y, _RIGHT - _LEFT, 25)
    sheet.text(_LEFT + 3, y + 2.5, voice.t("Delivered to"), 8)
    sheet.text(_LEFT + 3, y + 6.5, f"{to.name}   {to.phone}", 12, width=_RIGHT - _LEFT - 6, bold=True)
    end = sheet.lines(_LEFT + 3, y + 12.5, place_of(to, voice), 10, width=_RIGHT - _LEFT - 6, most=2)
    return max(end, y + 25) + 6


def _order(sheet: Sheet, y: float, order: SlipOrder, slip: PackingSlip, voice: Voice) -> float:
    """The order's own lines above its goods: number with bar code, channel, day, the buyer's note."""
    drawn = sheet.barcode(_RIGHT - 72, y, order.number, width=72, height=9)
    sheet.text(_LEFT, y, voice.t("Order {number}", number=order.number), 12, width=105, bold=True)
    channel = voice.either(order.channel_en, order.channel_zh)
    received = voice.instant(order.received_at, slip.timezone)
    sheet.text(_LEFT, y + 6, f"{channel} · {received}", 9, width=105)
    y += 12 if drawn else 11
    if order.note:
        note = voice.t("Buyer's note: {note}", note=order.note)
        y = sheet.lines(_LEFT, y, note, 9, width=_RIGHT - _LEFT, most=4) + 1
    return y
