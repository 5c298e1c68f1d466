"""The channel's columns beside our fields: which is which, and what counts as a difference."""

from __future__ import annotations

from core.domain.payloads import FIELD_COLUMNS, Compared, compare, rest_of

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
    return next(found for found in compare(FIELDS, payload) if found.field == field)


def test_every_field_is_compared_once_in_its_order() -> None:
    assert [found.field for found in compare(FIELDS, {})] == list(FIELD_COLUMNS)
    assert not any(found.differs for found in compare(FIELDS, {}))


def test_a_province_is_the_same_by_any_of_its_names() -> None:
    for spelling in ("浙江省", "浙江", "Zhejiang", "CN-ZJ"):
        assert not one("region", {"省份": spelling}).differs
    assert one("region", {"省份": "江苏省"}).differs


def test_a_different_city_is_a_difference_and_names_its_column() -> None:
    assert one("city", {"城市": "苏州市"}) == Compared("city", "杭州市", "苏州市", "城市", True)
    assert not one("city", {"Shipping City": " 杭州市 "}).differs


def test_blanks_make_no_difference_in_a_street() -> None:
    assert not one("street", {"详细地址": "文三路  398 号 "}).differs


def test_what_is_left_is_everything_else() -> None:
    payload = {"城市": "杭州市", "城市 #2": "杭州市", "优惠信息": "HD-1103", "订单编号": "1"}
    assert rest_of(payload) == {"优惠信息": "HD-1103", "订单编号": "1"}
