"""The count sheet on paper: place by place in the order one walks past them, with room to write."""

from __future__ import annotations

from core.documents.sheet import A4, Heading, Sheet, draw_table
from core.documents.voice import Voice
from core.domain.count_papers import CountSheet, SheetLine

_LEFT, _RIGHT, _TOP, _BOTTOM = 12.0, 198.0, 12.0, 278.0


def count_sheet(paper: CountSheet, voice: Voice) -> bytes:
    """The sheet as a PDF."""
    sheet = Sheet(f"{voice.t('Count sheet')} {paper.number}")
    pages = 0

    def overleaf() -> float:
        nonlocal pages
        pages += 1
        return _page(sheet, paper, voice, pages)

    columns = _columns(paper, voice)
    rows = [_row(line, paper, voice) for line in paper.lines]
    y = draw_table(sheet, overleaf(), columns, rows, x=_LEFT, bottom=_BOTTOM, overleaf=overleaf, size=10)
    if y + 22 > _BOTTOM:
        y = overleaf()
    y = sheet.lines(_LEFT + 1, y + 3, voice.t("Found, and not on the list (bin, article, lot, units):"), 9, width=180)
    for _ in range(2):
        y += 7
        sheet.rule(y, _LEFT + 1, _RIGHT, 0.1)
    return sheet.finished()


def _page(sheet: Sheet, paper: CountSheet, voice: Voice, number: int) -> float:
    """A page's head: which stocktake, where, whose hand, and its bar code."""
    sheet.page(A4)
    title = voice.t("Recount sheet") if paper.is_recount else voice.t("Count sheet")
    sheet.text(_LEFT, _TOP, title, 18, bold=True)
    house = voice.either(paper.warehouse_en, paper.warehouse_zh)
    sheet.text(_LEFT, _TOP + 9, f"{paper.warehouse_code} · {house}", 11, width=105)
    sheet.text(_LEFT, _TOP + 15, voice.t("{n} lines to count", n=voice.integer(len(paper.lines))), 9, width=105)
    sheet.barcode(125, _TOP, paper.number, width=73, height=11)
    sheet.centred(125, _TOP + 12, paper.number, 10, width=73)
    sheet.text(_LEFT, _TOP + 22, voice.t("Counted by") + " ______________________", 9)
    sheet.text(90, _TOP + 22, voice.t("Counted at") + " ______________________", 9)
    sheet.right(_RIGHT, 287, voice.t("Page {n}", n=number), 8)
    sheet.text(_LEFT, 287, voice.t("Printed {at}", at=voice.instant(paper.made_at, paper.timezone)), 8)
    return _TOP + 30


def _columns(paper: CountSheet, voice: Voice) -> list[Heading]:
    book = [Heading(voice.t("Book"), 18, right=True)] if paper.shows_book else []
    return [
        Heading("#", 12, right=True),
        Heading(voice.t("Bin"), 24),
        Heading(voice.t("Article"), 78 - 18 * len(book)),
        Heading(voice.t("Lot"), 40),
        *book,
        Heading(voice.t("Counted"), 32, right=True),
    ]


def _row(line: SheetLine, paper: CountSheet, voice: Voice) -> tuple[str, ...]:
    lot = f"{line.lot_id}" + (f" · {voice.day(line.expires_on)}" if line.expires_on else "")
    name = f"{line.sku_code} {voice.either(line.name_en, line.name_zh)}"
    book = (voice.integer(line.book or 0),) if paper.shows_book else ()
    return (str(line.position), line.bin_code or "–", name, lot, *book, "__________")
