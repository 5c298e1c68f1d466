"""Pick list, packing slip and waybill label, read back from the PDF as a person and as a scanner would."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.documents.packing_slip import packing_slips
from core.documents.pick_list import pick_lists
from core.documents.voice import Voice
from core.documents.waybill_label import waybill_labels
from core.domain.papers import (
    PackingSlip,
    PickedFor,
    PickList,
    PickStop,
    Recipient,
    Share,
    SlipLine,
    SlipOrder,
    WaybillLabel,
)
from tests.documents.printed import embedded_fonts, pages, scanned

AT = 1_763_800_000
TO = Recipient(
    "陈思远",
    "138****5678",
    "Zhejiang",
    "浙江省",
    "杭州市",
    "西湖区",
    "文三路 398 号东信大厦 12 楼",
    "310000",
    "CN",
)
LABEL = WaybillLabel(
    waybill="SF1234567890123",
    carrier_en="SF Express",
    carrier_zh="顺丰速运",
    recipient=TO,
    warehouse_code="SH",
    warehouse_en="Shanghai warehouse",
    warehouse_zh="上海仓",
    order_numbers=("230718123456789012", "T-2"),
    units=3,
    weight_g=1_450,
    made_at=AT,
    timezone="Asia/Shanghai",
)


def stop(number: int) -> PickStop:
    """A stop of three units for two slots."""
    return PickStop(
        f"A-{number:02d}", f"SKU-{number}", "Kettle", "电热水壶", 40 + number, None, 3, (Share(1, 2), Share(12, 1))
    )


def pick_list(stops: int = 2, orders: int = 2) -> PickList:
    """A list of Shanghai."""
    found = tuple(PickedFor(i, f"T-{1000 + i}", 3, AT + 3_600) for i in range(1, orders + 1))
    path = tuple(stop(i) for i in range(1, stops + 1))
    return PickList("PL-0007", "SH", "Shanghai warehouse", "上海仓", AT, "Asia/Shanghai", path, found)


def test_a_label_says_where_it_goes_and_scans(speech: Voice) -> None:
    pdf = waybill_labels([LABEL], speech)
    (text,) = pages(pdf)
    zh = speech.language == "zh"
    for part in (
        "SF1234567890123",
        "顺丰速运" if zh else "SF Express",
        "陈思远 138****5678",
        "浙江省 杭州市",  # large, for whoever sorts: in Chinese whatever the language
        "浙江省杭州市西湖区 文三路 398 号东信大厦 12 楼 310000",
        "SH · 上海仓" if zh else "SH · Shanghai warehouse",
        "230718123456789012 T-2",
        "3 件，1.45 千克" if zh else "3 units, 1.45 kg",
        "2025年11月22日 16:26" if zh else "22 Nov 2025, 16:26",
    ):
        assert part in text
    assert scanned(pdf) == [{("Code128", "SF1234567890123"), ("QRCode", "SF1234567890123")}]


def test_the_font_is_in_the_file(speech: Voice) -> None:
    assert embedded_fonts(waybill_labels([LABEL], speech)) == {("NotoSansSC-Regular", True)}


def test_the_same_paper_is_the_same_file(speech: Voice) -> None:
    assert waybill_labels([LABEL], speech) == waybill_labels([LABEL], speech)


def test_a_label_for_abroad_reads_from_the_street_up(speech: Voice) -> None:
    abroad = Recipient(
        "Jürgen Müller", "+49 *** 321", "Bavaria", "巴伐利亚", "München", "", "Hauptstr. 1", "80331", "DE"
    )
    (text,) = pages(waybill_labels([replace(LABEL, recipient=abroad)], speech))
    region = "巴伐利亚" if speech.language == "zh" else "Bavaria"
    assert f"Hauptstr. 1, München 80331, {region}, DE" in text


def test_a_number_no_bar_code_can_hold_stands_in_the_qr_codes(speech: Voice) -> None:
    pdf = waybill_labels([replace(LABEL, waybill="运单-1")], speech)
    assert scanned(pdf) == [{("QRCode", "运单-1")}]
    assert "运单-1" in pages(pdf)[0]


def test_a_wild_address_stays_inside_its_label(speech: Voice) -> None:
    wild = replace(TO, name="长" * 80, street="门牌" * 300, city="乌鲁木齐市" * 9)
    (text,) = pages(waybill_labels([replace(LABEL, recipient=wild, order_numbers=("9" * 18,) * 40)], speech))
    assert "门牌" in text
    assert "…" in text


def test_labels_come_one_a_page(speech: Voice) -> None:
    labels = [replace(LABEL, waybill=f"YT{number:012d}") for number in range(30)]
    codes = scanned(waybill_labels(labels, speech))
    assert codes == [{("Code128", label.waybill), ("QRCode", label.waybill)} for label in labels]


def test_a_pick_list_follows_the_path_and_adds_up(speech: Voice) -> None:
    pdf = pick_lists([pick_list()], speech)
    (text,) = pages(pdf)
    zh = speech.language == "zh"
    first, second = (text.index(f"A-{number:02d} SKU-{number}") for number in (1, 2))
    assert first < second
    assert "1×2, 12×1" in text
    assert ("电热水壶" if zh else "Kettle") in text
    assert ("清单结束：共 6 件" if zh else "End of the list: 6 units in all") in text
    assert "T-1001" in text
    assert scanned(pdf) == [{("Code128", "PL-0007")}]


def test_a_long_pick_list_goes_on_overleaf_with_its_headings(speech: Voice) -> None:
    pdf = pick_lists([pick_list(stops=120, orders=60)], speech)
    found = pages(pdf)
    assert len(found) > 3
    assert all(speech.t("Page {n}", n=number) in text for number, text in enumerate(found, 1))
    whole = " ".join(found)
    assert [number for number in range(1, 121) if f"A-{number:02d} SKU-{number} " not in whole] == []
    assert [number for number in range(1, 61) if f"T-{1000 + number}" not in whole] == []
    assert scanned(pdf) == [{("Code128", "PL-0007")}] * len(found)


def test_a_slip_names_what_is_in_the_parcel(speech: Voice) -> None:
    lines = (SlipLine("KETTLE", "Kettle", "电热水壶", 2, 2), SlipLine("CUP", "Cup", "马克杯", 1, 3))
    orders = (
        SlipOrder("T-1", "Tmall", "天猫", AT, "请用礼品包装，谢谢", lines),
        SlipOrder("T-2", "Tmall", "天猫", AT, "", lines[:1]),
    )
    slip = PackingSlip("Shanghai warehouse", "上海仓", AT, "Asia/Shanghai", TO, orders, 1, 2)
    pdf = packing_slips([slip], speech)
    (text,) = pages(pdf)
    zh = speech.language == "zh"
    for part in (
        "KETTLE 电热水壶 2 2" if zh else "KETTLE Kettle 2 2",
        "CUP 马克杯 1 3" if zh else "CUP Cup 1 3",
        "其余商品随另一包裹寄出。" if zh else "The rest comes in another parcel.",
        "买家留言：请用礼品包装，谢谢" if zh else "Buyer's note: 请用礼品包装，谢谢",
        "本包裹共 5 件" if zh else "5 units in this parcel",
        "第 1 件，共 2 件" if zh else "Parcel 1 of 2",
        "陈思远",
    ):
        assert part in text
    assert scanned(pdf) == [{("Code128", "T-1"), ("Code128", "T-2")}]


@pytest.mark.parametrize("count", [1, 90])
def test_a_slip_of_any_length_names_every_line(speech: Voice, count: int) -> None:
    lines = tuple(SlipLine(f"SKU-{i}", f"Article {i}", f"商品 {i}", 1, 1) for i in range(count))
    slip = PackingSlip("S", "沪", AT, "Asia/Shanghai", TO, (SlipOrder("T-1", "Tmall", "天猫", AT, "", lines),))
    whole = " ".join(pages(packing_slips([slip], speech))) + " "
    name = "商品" if speech.language == "zh" else "Article"
    assert [i for i in range(count) if f"SKU-{i} {name} {i} 1 " not in whole] == []
