"""The count sheet on paper, read back from the PDF as a person and as a scanner would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.documents.count_sheet import count_sheet
from core.documents.voice import Voice
from core.domain.count_papers import CountSheet, SheetLine
from tests.documents.printed import embedded_fonts, pages, scanned

LINE = SheetLine(1, "A-01-02", "BT-02B", "Face mask, 10 pieces", "面膜 10 片 标准装", 981, "2027-03-31", 12)
PAPER = CountSheet(
    number="ST-000007",
    warehouse_code="SH",
    warehouse_en="Shanghai warehouse",
    warehouse_zh="上海仓",
    is_recount=False,
    shows_book=True,
    made_at=1_763_800_000,
    timezone="Asia/Shanghai",
    lines=(LINE, replace(LINE, position=2, bin_code="", expires_on=None)),
)


def test_a_sheet_says_what_to_count_where(speech: Voice) -> None:
    pdf = count_sheet(PAPER, speech)
    (text,) = pages(pdf)
    house = "SH · 上海仓" if speech.language == "zh" else "SH · Shanghai warehouse"
    for words in ("ST-000007", house, speech.t("{n} lines to count", n=2), "A-01-02", "BT-02B", "981", "12"):
        assert words in text
    assert scanned(pdf) == [{("Code128", "ST-000007")}]
    assert all(inside for _, inside in embedded_fonts(pdf))


def test_a_blind_sheet_has_no_book(speech: Voice) -> None:
    blind = replace(PAPER, shows_book=False, lines=tuple(replace(line, book=None) for line in PAPER.lines))
    (text,) = pages(count_sheet(blind, speech))
    assert speech.t("Book") not in text
    assert speech.t("Book") in pages(count_sheet(PAPER, speech))[0]


@pytest.mark.parametrize("count", [40, 200])
def test_a_long_sheet_goes_on_overleaf_and_misses_no_line(speech: Voice, count: int) -> None:
    lines = tuple(replace(LINE, position=number, lot_id=5_000 + number) for number in range(1, count + 1))
    found = pages(count_sheet(replace(PAPER, lines=lines, is_recount=True), speech))
    assert len(found) > 1
    assert all("ST-000007" in text and speech.t("Recount sheet") in text for text in found)
    assert [number for number in range(1, count + 1) if sum(str(5_000 + number) in text for text in found) != 1] == []
