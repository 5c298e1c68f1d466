"""The pick list: one walk through the warehouse, stop by stop, with the slot of the cart for each order's units."""

from __future__ import annotations

from collections.abc import Sequence

from core.documents.sheet import A4, Heading, Sheet, draw_table
from core.documents.voice import Voice
from core.domain.papers import PickList, PickStop

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 198.0, 12.0, 282.0


def pick_lists(lists: Sequence[PickList], voice: Voice) -> bytes:
    """The lists one after the other, each on pages of its own."""
    sheet = Sheet(voice.t("Pick list") + " " + ", ".join(one.number for one in lists))
    for one in lists:
        draw_pick_list(sheet, one, voice)
    return sheet.finished()


def draw_pick_list(sheet: Sheet, one: PickList, voice: Voice) -> None:
    """One list onto a sheet in the making."""
    pages = 0

    def overleaf() -> float:
        nonlocal pages
        pages += 1
        return _page(sheet, one, voice, pages)

    y = draw_table(
        sheet,
        overleaf(),
        _columns(voice),
        [_row(number, stop, voice) for number, stop in enumerate(one.stops, 1)],
        x=_LEFT,
        bottom=_BOTTOM,
        overleaf=overleaf,
    )
    y = _total(sheet, y, one, voice) + 6
    headings = [
        Heading(voice.t("Slot"), 16),
        Heading(voice.t("Order"), 70),
        Heading(voice.t("Units"), 20, right=True),
        Heading(voice.t("Ship by"), 50),
        Heading(voice.t("Done"), 30),
    ]
    rows = [
        (
            str(order.slot),
            order.number,
            voice.integer(order.units),
            voice.instant(order.ship_by_at, one.timezone) if order.ship_by_at is not None else "–",
            "",
        )
        for order in one.orders
    ]
    if y + 20 > _BOTTOM:
        y = overleaf()
    y = draw_table(sheet, y, headings, rows, x=_LEFT, bottom=_BOTTOM, overleaf=overleaf)
    if y + 16 > _BOTTOM:
        y = overleaf()
    sheet.text(_LEFT, y + 8, voice.t("Picked by") + " ____________________", 9)
    sheet.right(_RIGHT, y + 8, voice.t("Checked by") + " ____________________", 9)


def _page(sheet: Sheet, one: PickList, voice: Voice, number: int) -> float:
    """A page's head: which list, where, how much, and its bar code."""
    sheet.page(A4)
    sheet.text(_LEFT, _TOP, voice.t("Pick list"), 18, bold=True)
    house = voice.either(one.warehouse_en, one.warehouse_zh)
    sheet.text(_LEFT, _TOP + 9, f"{one.warehouse_code} · {house}", 11, width=105)
    units = sum(stop.quantity for stop in one.stops)
    counts = voice.t(
        "Stops: {stops} · units: {units} · orders: {orders}",
        stops=voice.integer(len(one.stops)),
        units=voice.integer(units),
        orders=voice.integer(len(one.orders)),
    )
    sheet.text(_LEFT, _TOP + 15, counts, 9, width=105)
    printed = voice.t("Printed {at}", at=voice.instant(one.made_at, one.timezone))
    sheet.barcode(125, _TOP, one.number, width=73, height=11)
    sheet.centred(125, _TOP + 12, one.number, 10, width=73)
    sheet.right(_RIGHT, 287, voice.t("Page {n}", n=number), 8)
    sheet.text(_LEFT, 287, printed, 8)
    return _TOP + 23


def _columns(voice: Voice) -> list[Heading]:
    return [
        Heading("#", 10, right=True),
        Heading(voice.t("Bin"), 24),
        Heading(voice.t("Article"), 68),
        Heading(voice.t("Lot"), 26),
        Heading(voice.t("Units"), 16, right=True),
        Heading(voice.t("Slot × units"), 32),
        Heading("✓", 10),
    ]


def _row(number: int, stop: PickStop, voice: Voice) -> Sequence[str]:
    shares = ", ".join(f"{share.slot}×{share.quantity}" for share in stop.shares)
    lot = f"{stop.lot_id}" + (f" · {voice.day(stop.expires_on)}" if stop.expires_on else "")
    name = voice.either(stop.name_en, stop.name_zh)
    return str(number), stop.bin_code or "–", f"{stop.sku_code} {name}", lot, voice.integer(stop.quantity), shares, "□"


def _total(sheet: Sheet, y: float, one: PickList, voice: Voice) -> float:
    """How much it is in all: who reads it knows that no page is missing."""
    units = sum(stop.quantity for stop in one.stops)
    text = voice.t("End of the list: {units} units in all", units=voice.integer(units))
    sheet.text(_LEFT + 1, y + 2, text, 9, bold=True)
    return y + 7
