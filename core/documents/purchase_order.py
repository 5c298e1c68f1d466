"""The purchase order on paper: what is ordered from whom, with a bar code that the door scans when the lorry comes."""

from __future__ import annotations

from core.documents.sheet import A4, Heading, Sheet, draw_table
from core.documents.voice import Voice
from core.domain.purchase_paper import PaperLine, PurchasePaper

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 198.0, 12.0, 278.0


def purchase_order(paper: PurchasePaper, voice: Voice) -> bytes:
    """One purchase order, on as many pages as it needs."""
    sheet = Sheet(f"{voice.t('Purchase order')} {paper.number}")
    pages = 0

    def overleaf() -> float:
        nonlocal pages
        pages += 1
        return _page(sheet, paper, voice, pages)

    headings = [
        Heading("#", 9, right=True),
        Heading(voice.t("Article"), 82),
        Heading(voice.t("Barcode"), 31),
        Heading(voice.t("Units"), 18, right=True),
        Heading(voice.t("Unit cost"), 22, right=True),
        Heading(voice.t("Amount"), 24, right=True),
    ]
    rows = [_row(number, line, voice) for number, line in enumerate(paper.lines, 1)]
    y = draw_table(sheet, overleaf(), headings, rows, x=_LEFT, bottom=_BOTTOM, overleaf=overleaf)
    if y + 22 > _BOTTOM:
        y = overleaf()
    units = sum(line.quantity for line in paper.lines)
    total = voice.t("{units} units, {amount} in all", units=voice.integer(units), amount=_money(paper.total_cents))
    sheet.right(_RIGHT - 1, y + 4, total, 10, bold=True)
    if paper.note:
        sheet.lines(_LEFT, y + 10, voice.t("Note: {note}", note=paper.note), 9, width=_RIGHT - _LEFT)
    return sheet.finished()


def _page(sheet: Sheet, paper: PurchasePaper, voice: Voice, number: int) -> float:
    """A page's head: who sells what to which house, until when, and the number to scan."""
    sheet.page(A4)
    sheet.text(_LEFT, _TOP, voice.t("Purchase order"), 18, bold=True)
    sheet.text(_LEFT, _TOP + 9, voice.either(paper.supplier_en, paper.supplier_zh), 12, width=108)
    house = voice.either(paper.warehouse_en, paper.warehouse_zh)
    to = voice.t("To warehouse {code} · {name}", code=paper.warehouse_code, name=house)
    sheet.text(_LEFT, _TOP + 15, to, 9, width=108)
    ordered = voice.t("Ordered {at}", at=voice.instant(paper.ordered_at, paper.timezone))
    sheet.text(_LEFT, _TOP + 20, ordered, 9, width=108)
    due = voice.t("Expected on {day}", day=voice.day(paper.expected_on))
    sheet.text(_LEFT, _TOP + 25, due, 9, width=108, bold=True)
    sheet.barcode(125, _TOP, paper.number, width=73, height=12)
    sheet.centred(125, _TOP + 13, paper.number, 11, width=73)
    sheet.right(_RIGHT, 287, voice.t("Page {n}", n=number), 8)
    printed = voice.t("Printed {at}", at=voice.instant(paper.made_at, paper.timezone))
    sheet.text(_LEFT, 287, printed, 8)
    return _TOP + 33


def _row(number: int, line: PaperLine, voice: Voice) -> tuple[str, ...]:
    name = voice.either(line.name_en, line.name_zh)
    return (
        str(number),
        f"{line.sku_code} {name}",
        line.barcode,
        voice.integer(line.quantity),
        _money(line.unit_cost_cents),
        _money(line.quantity * line.unit_cost_cents),
    )


def _money(cents: int) -> str:
    return f"{cents / 100:,.2f}"
