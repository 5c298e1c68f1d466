"""The channel's columns beside our fields: which is which, and what counts as a difference."""

from __future__ import annotations

import pytest

from core.domain.payloads import (
    FIELD_COLUMNS,
    Compared,
    Ordered,
    amount_of,
    amount_text,
    columns_in,
    compare,
    compare_lines,
    rest_of,
)

FIELDS = {
    "buyer_name": "沈嘉宁",
    "buyer_phone": "13757162038",
    "region": "CN-ZJ",
    "city": "杭州市",
    "district": "西湖区",
    "street": "文三路 398 号",
    "postcode": "310012",
    "note": "",
}


def one(field: str, payload: dict[str, str]) -> Compared:
    return next(found for found in compare(FIELDS, payload, columns_in(payload)) if found.field == field)


def test_every_field_is_compared_once_in_its_order() -> None:
    assert [found.field for found in compare(FIELDS, {}, {})] == list(FIELD_COLUMNS)
    assert not any(found.differs for found in compare(FIELDS, {}, {}))


@pytest.mark.parametrize(
    ("field", "column", "same", "other"),
    [
        ("region", "省份", ("浙江省", "浙江", "Zhejiang", "CN-ZJ"), "江苏省"),
        ("city", "Shipping City", (" 杭州市 ", "杭州市"), "苏州市"),
        ("street", "详细地址", ("文三路  398 号 ",), "文三路 389 号"),
        ("street", "收货地址", ("浙江省杭州市西湖区文三路398号(310012)",), "浙江省杭州市西湖区文二路1号"),
        ("street", "Shipping Address1", ("文三路 398",), "文二路"),
        ("postcode", "邮编", ("310012", "'310012"), "310013"),
        ("buyer_phone", "联系手机", ("13757162038", "'13757162038"), "1375716203"),
    ],
)
def test_spellings_are_the_same_and_differences_are_not(
    field: str, column: str, same: tuple[str, ...], other: str
) -> None:
    columns = {field: column}
    for text, differs in [*((text, False) for text in same), (other, True)]:
        found = next(x for x in compare(FIELDS, {column: text}, columns) if x.field == field)
        assert (found.theirs, found.column, found.differs) == (text, column, differs)


def test_a_different_city_names_its_column() -> None:
    assert one("city", {"城市": "苏州市"}) == Compared("city", "杭州市", "苏州市", "城市", True)


def test_what_is_left_is_everything_else() -> None:
    payload = {
        "城市": "杭州市",
        "城市 #2": "杭州市",
        "优惠信息": "HD-1103",
        "订单编号": "1",
        "数量": "1",
        "数量 #2": "4",
    }
    assert rest_of(payload, columns_in(payload)) == {"优惠信息": "HD-1103", "订单编号": "1"}


def test_a_column_nobody_knows_is_found_by_its_mapping() -> None:
    payload = {"Stadt": "杭州市", "Menge #2": "4"}
    assert columns_in(payload, {"city": "Stadt", "quantity": "Menge", "sku": "Artikel"}) == {
        "city": "Stadt",
        "quantity": "Menge",
    }


def test_lines_stand_beside_their_rows_and_one_sided_ones_beside_nothing() -> None:
    payload = {"商家编码": "CUP", "数量": "2", "商家编码 #2": "KETTLE", "数量 #2": "1"}
    lines = [Ordered("CUP", "", 1, 0)]
    first, second = compare_lines(lines, payload, columns_in(payload))
    assert [(part.ours, part.theirs, part.differs) for part in first.fields] == [
        ("CUP", "CUP", False),
        ("1", "2", True),
    ]
    assert [(part.ours, part.theirs) for part in second.fields] == [("", "KETTLE"), ("", "1")]
    assert (first.differs, second.differs) == (True, True)
    assert compare_lines(lines, {"城市": "杭州市"}, {"city": "城市"}) == ()


def test_one_row_may_have_become_two_lines() -> None:
    payload = {"宝贝标题": "杯", "宝贝总数量": "3"}
    lines = [Ordered("", "杯", 2, 3_333), Ordered("", "杯", 1, 3_334)]
    assert not any(line.differs for line in compare_lines(lines, payload, columns_in(payload)))


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("199", 19_900),
        ("199.9", 19_990),
        ("¥1,234.50", 123_450),
        ("1.234,50 €", 123_450),
        ("-5.00", -500),
        (".5", 50),
        ("", None),
        ("free", None),
        ("1.234.5", None),
    ],
)
def test_amounts(text: str, cents: int | None) -> None:
    assert amount_of(text) == cents
    if cents is not None:
        assert amount_of(amount_text(cents)) == cents
