"""The printed purchase order: its words in both languages, its sums, and a number that the door can scan."""

from __future__ import annotations

from core.documents.purchase_order import purchase_order
from core.documents.voice import Voice
from core.domain.purchase_paper import PaperLine, PurchasePaper
from tests.documents.printed import pages, scanned


def paper(count: int = 2) -> PurchasePaper:
    return PurchasePaper(
        number="PO-000017",
        supplier_en="Wanwei Foods",
        supplier_zh="万味食品",
        warehouse_code="SH",
        warehouse_en="Shanghai warehouse",
        warehouse_zh="上海仓",
        ordered_at=1_772_600_000,
        expected_on="2026-03-09",
        note="Tail lift needed / 需要尾板车",
        made_at=1_772_600_060,
        timezone="Asia/Shanghai",
        lines=tuple(
            PaperLine(f"SN-{n:02d}A", f"690{n:010d}", f"Egg rolls {n}", f"蛋卷 {n}", 60, 1_250)
            for n in range(1, count + 1)
        ),
    )


def test_it_says_what_is_ordered_and_what_it_costs(speech: Voice) -> None:
    (page,) = pages(purchase_order(paper(), speech))
    chinese = speech.language == "zh"
    assert ("万味食品" if chinese else "Wanwei Foods") in page
    assert ("SN-02A 蛋卷 2" if chinese else "SN-02A Egg rolls 2") in page
    assert "12.50" in page and "750.00" in page
    assert ("共 120 件，合计 1,500.00" if chinese else "120 units, 1,500.00 in all") in page
    assert "需要尾板车" in page


def test_the_door_scans_its_number(speech: Voice) -> None:
    assert scanned(purchase_order(paper(), speech)) == [{("Code128", "PO-000017")}]


def test_a_long_one_goes_on_overleaf_with_its_head(speech: Voice) -> None:
    shown = pages(purchase_order(paper(90), speech))
    assert len(shown) > 1
    assert all("PO-000017" in page for page in shown)
    assert sum(page.count("690000000") for page in shown) == 90
