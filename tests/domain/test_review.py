"""The automatic review: what stops an order, reason by reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.orders import Reason
from core.domain.review import (
    APPROVABLE,
    ReviewedLine,
    ReviewedOrder,
    ReviewPolicy,
    address_faults,
    phone_is_plausible,
    review,
)

POLICY = ReviewPolicy(price_tolerance=0.05, duplicate_hours=24, most_units=50)
LINE = ReviewedLine(quantity=2, unit_price_cents=10_000, list_price_cents=10_000, available=2)
GOOD = ReviewedOrder(
    country="CN",
    region="CN-GD",
    city="深圳市",
    street="科技园南路 18 号 3 栋 502 室",
    postcode="518057",
    buyer_name="陈思远",
    buyer_phone="13812345678",
    total_cents=20_000,
    paid_cents=20_000,
    lines=(LINE,),
    duplicates_count=0,
    buyer_is_blocked=False,
    needs_stock=True,
)


def test_a_good_order_passes() -> None:
    assert review(GOOD, POLICY) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"street": ""}, Reason.ADDRESS),
        ({"city": "杭州市"}, Reason.ADDRESS),
        ({"buyer_phone": "12345"}, Reason.PHONE),
        ({"lines": (replace(LINE, unit_price_cents=10_501),)}, Reason.PRICE),
        ({"lines": (replace(LINE, unit_price_cents=9_499),)}, Reason.PRICE),
        ({"lines": (replace(LINE, list_price_cents=None),)}, Reason.PRICE),
        ({"lines": (replace(LINE, quantity=51, available=90),)}, Reason.QUANTITY),
        ({"duplicates_count": 1}, Reason.DUPLICATE),
        ({"lines": (replace(LINE, available=1),)}, Reason.STOCK),
        ({"lines": ()}, Reason.STOCK),
        ({"paid_cents": 19_999}, Reason.PAYMENT),
        ({"paid_cents": 20_001}, Reason.PAYMENT),
        ({"buyer_is_blocked": True}, Reason.FRAUD),
    ],
)
def test_each_fault_gives_its_reason_alone(change: dict[str, object], reason: Reason) -> None:
    assert review(replace(GOOD, **change), POLICY) == (reason,)  # type: ignore[arg-type]


@pytest.mark.parametrize("cents", [10_500, 9_500])
def test_a_price_at_the_edge_of_the_tolerance_passes(cents: int) -> None:
    assert review(replace(GOOD, lines=(replace(LINE, unit_price_cents=cents),)), POLICY) == ()


def test_a_quantity_at_the_limit_passes() -> None:
    assert review(replace(GOOD, lines=(replace(LINE, quantity=50, available=50),)), POLICY) == ()


def test_several_reasons_come_in_the_machines_order() -> None:
    bad = replace(GOOD, street="", buyer_phone="", paid_cents=1, buyer_is_blocked=True, duplicates_count=2)
    found = review(bad, POLICY)
    assert found == (Reason.ADDRESS, Reason.PHONE, Reason.DUPLICATE, Reason.PAYMENT, Reason.FRAUD)


def test_an_unpaid_order_waits_without_a_reason() -> None:
    assert review(replace(GOOD, paid_cents=0), POLICY) == ()


def test_reserved_units_answer_for_stock() -> None:
    assert review(replace(GOOD, needs_stock=False, lines=(replace(LINE, available=0),)), POLICY) == ()


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({}, ()),
        ({"buyer_name": "  "}, ("buyer_name",)),
        ({"region": "GD"}, ("region",)),
        ({"city": "广州"}, ()),
        ({"city": "杭州市"}, ("city",)),
        ({"city": "一个没见过的市"}, ()),
        ({"city": ""}, ("city",)),
        ({"postcode": ""}, ()),
        ({"postcode": "310000"}, ("postcode",)),
        ({"postcode": "51805"}, ("postcode",)),
        ({"street": "科技园"}, ("street",)),
        ({"street": "科技园南路很长但没有门牌"}, ("street",)),
        ({"street": "幸福村三组"}, ()),
        ({"street": "No. 8 Keji Rd"}, ()),
        ({"city": "杭州市", "postcode": "310000"}, ("city", "postcode")),
        ({"country": "BR", "region": "SP", "city": "sao paulo", "postcode": "04545-003"}, ()),
    ],
)
def test_the_field_at_fault_is_named(change: dict[str, str], faults: tuple[str, ...]) -> None:
    assert address_faults(replace(GOOD, **change)) == faults  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("country", "phone", "plausible"),
    [
        ("CN", "13812345678", True),
        ("CN", "+86 138-1234-5678", True),
        ("CN", "138****5678", True),
        ("CN", "1381234567", False),
        ("CN", "23812345678", False),
        ("CN", "138****567", False),
        ("CN", "", False),
        ("BR", "+55 11 91234-5678", True),
        ("GB", "12345", False),
        ("GB", "call me", False),
    ],
)
def test_phones(country: str, phone: str, plausible: bool) -> None:
    assert phone_is_plausible(country, phone) is plausible


def test_facts_of_the_matter_cannot_be_waved_through() -> None:
    assert {Reason.PRICE, Reason.QUANTITY, Reason.DUPLICATE, Reason.FRAUD} == APPROVABLE
