"""Numbers are read as people type them, and only where nothing has to be guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.prose import Prose
from assessments.typed_numbers import MAX_LENGTH, read_number

DAYS = Prose("days", "天")
YUAN = Prose("CNY", "元")
PERCENT = Prose("%", "%")

calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("12.5", None, "12.5"),
        ("  12.5\n", None, "12.5"),
        ("１２．５", None, "12.5"),
        ("1,234.50", None, "1234.50"),
        ("1，234，567", None, "1234567"),
        ("-3", None, "-3"),
        ("−3", None, "-3"),
        ("+3", None, "3"),
        (".5", None, "0.5"),
        ("12.5 days", DAYS, "12.5"),
        ("1 Day", DAYS, "1"),
        ("3天", DAYS, "3"),
        ("3 天", DAYS, "3"),
        ("¥99.90", YUAN, "99.90"),
        ("￥99.90", YUAN, "99.90"),
        ("99.90元", YUAN, "99.90"),
        ("CNY 99.90", YUAN, "99.90"),
        ("-¥5", YUAN, "-5"),
        ("12.5%", PERCENT, "12.5"),
        ("12.5％", PERCENT, "12.5"),
        ("12.5", PERCENT, "12.5"),
        ("12.5%", None, "0.125"),
        ("12.5 %", DAYS, "0.125"),
    ],
)
def test_a_number_is_read(typed: str, unit: Prose | None, value: str) -> None:
    assert read_number(typed, unit) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("", None),
        ("   ", None),
        ("abc", None),
        ("12,5", None),
        ("1,23,456", None),
        ("1.2.3", None),
        ("--1", None),
        ("+-1", None),
        ("- -1", None),
        ("1e5", None),
        ("NaN", None),
        ("Infinity", None),
        ("1/2", None),
        ("3 hours", DAYS),
        ("about 3", DAYS),
        ("3 or 4", DAYS),
        ("٣", None),
        ("9" * (MAX_LENGTH + 1), None),
        ("1\x00", None),
    ],
)
def test_what_would_have_to_be_guessed_is_not_read(typed: str, unit: Prose | None) -> None:
    assert read_number(typed, unit) is None


@calm
@given(st.decimals(min_value=-(10**12), max_value=10**12, places=3))
def test_every_written_number_comes_back(value: Decimal) -> None:
    assert read_number(f"{value:,}") == value
    assert read_number(f"{value:f}") == value
    assert read_number(f"{value:,} 天", DAYS) == value


@calm
@given(st.text(max_size=MAX_LENGTH + 5))
def test_any_text_is_read_or_refused_without_failing(typed: str) -> None:
    value = read_number(typed, DAYS)
    assert value is None or value.is_finite()
