"""What stands on a count sheet, printed or as a workbook that comes back filled in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One place on a count sheet; `book` is None where it isn't to be seen."""

    position: int
    bin_code: str
    sku_code: str
    name_en: str
    name_zh: str
    lot_id: int
    expires_on: str | None
    book: int | None


@dataclass(frozen=True, slots=True)
class CountSheet:
    """The lines of a stocktake that are to be counted now, in the order one walks past them."""

    number: str
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    is_recount: bool
    shows_book: bool
    made_at: int
    timezone: str
    lines: tuple[SheetLine, ...]
