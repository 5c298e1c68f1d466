"""Provinces and cities: complete, unambiguous, and found under their usual spellings."""

from __future__ import annotations

from collections import Counter

import pytest

from core.domain.places import PROVINCES, province_code, province_of_city


def test_the_mainland_provinces_are_all_there() -> None:
    assert len(PROVINCES) == 31
    assert len({p.code for p in PROVINCES}) == len({p.name_zh for p in PROVINCES}) == 31


def test_a_postcode_prefix_belongs_to_one_province() -> None:
    assert max(Counter(prefix for p in PROVINCES for prefix in p.postcode_prefixes).values()) == 1


def test_a_city_lies_in_one_province() -> None:
    assert max(Counter(city for p in PROVINCES for city, _ in p.cities).values()) == 1


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("广东省", "CN-GD"),
        ("广东", "CN-GD"),
        ("Guangdong", "CN-GD"),
        ("CN-GD", "CN-GD"),
        (" 上海 ", "CN-SH"),
        ("上海市", "CN-SH"),
        ("内蒙古自治区", "CN-NM"),
        ("内蒙古", "CN-NM"),
        ("广西", "CN-GX"),
        ("宁夏", "CN-NX"),
        ("新疆", "CN-XJ"),
        ("西藏", "CN-XZ"),
        ("São Paulo", None),
        ("", None),
    ],
)
def test_spellings(spelling: str, code: str | None) -> None:
    assert province_code(spelling) == code


def test_cities_with_and_without_their_suffix() -> None:
    assert province_of_city("深圳市") == province_of_city("深圳") == "CN-GD"
    assert province_of_city("吉林市") == "CN-JL"
    assert province_of_city("无此地") is None
