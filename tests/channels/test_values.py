"""Amounts, quantities, times and ids, strictly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels.incoming import SourceRow, Terms
from core.channels.values import Judge, cents, parse_instant, ungrouped, unwrapped

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def judge(terms: Terms) -> Judge:
    """A judge before a row of one cell."""
    judge = Judge(terms)
    judge.begin((SourceRow("x.csv", 7, ("a",), ["raw, text"]),), "SO-1")
    return judge


def kinds(judge: Judge) -> list[str]:
    """What was noted."""
    return [problem.kind for problem in judge.problems]


@given(st.integers(-(10**12), 10**12))
def test_cents_read_what_decimal_writes(value: int) -> None:
    assert cents(str(Decimal(value) / 100)) == value or abs(value) < 1
    assert cents(f"{Decimal(value) / 100:.2f}") == value


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("0", 0), ("35.9", 3590), ("541.0", 54100), ("12.500", 1250), ("0.01", 1), ("-3.5", -350), ("007.10", 710)],
)
def test_cents(text: str, wanted: int) -> None:
    assert cents(text) == wanted


@pytest.mark.parametrize(
    "text", ["", "1.005", "1,5", "1 000", "1_000", "1e3", "NaN", "inf", "+5", "５", "٣", ".5", "5.", "--1", "0x10"]
)
def test_what_is_no_amount(text: str) -> None:
    assert cents(text) is None


@pytest.mark.parametrize(
    ("text", "decimal", "wanted"),
    [
        ("1,234.50", ".", "1234.50"),
        ("1,234,567", ".", "1234567"),
        ("12,50", ".", "12,50"),
        ("1.234,50", ",", "1234.50"),
        ("12,5", ",", "12.5"),
        ("1 234,5", ",", "1234.5"),
        ("12.50", ",", ""),
    ],
)
def test_thousands_marks(text: str, decimal: str, wanted: str) -> None:
    assert ungrouped(text, decimal) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [('="00123"', "00123"), ("'00123", "00123"), ("00123", "00123"), (' ="1" ', "1"), ('="\'7"', "7"), ("a'b", "a'b")],
)
def test_unwrapped(text: str, wanted: str) -> None:
    assert unwrapped(text) == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("00123456789012345678901", None),
        ("1.23457E+17", "damaged_number"),
        ("1,23E+17", "damaged_number"),
        ("123456789012345000", "rounded_number"),
        ("123456789012345678", None),
        ("", "empty"),
        ("x" * 101, "number"),
        ("a\nb", "number"),
        ("SO-1E5", None),
    ],
)
def test_order_numbers_stay_text(judge: Judge, text: str, kind: str | None) -> None:
    assert judge.number(text, "no") == text
    assert kinds(judge) == ([kind] if kind else [])
    assert judge.refused is (kind not in (None, "rounded_number"))


@pytest.mark.parametrize(
    ("text", "wanted", "kind"),
    [("1", 1, None), (" 12 ", 12, None), ("3.0", 3, None), ("1000000", 1_000_000, None), ("0", 1, "quantity")]
    + [(text, 1, "quantity") for text in ("-2", "1.5", "1e2", "二", "1000001", "２")]
    + [("", 1, "empty")],
)
def test_quantities(judge: Judge, text: str, wanted: int, kind: str | None) -> None:
    assert judge.quantity(text, "qty") == wanted
    assert kinds(judge) == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("text", "kind"), [("-0.01", "negative_money"), ("a", "money"), ("", "empty"), ("9" * 14, "money")]
)
def test_bad_amounts_name_the_place(judge: Judge, text: str, kind: str) -> None:
    assert judge.money(text, "price") == 0
    (problem,) = judge.problems
    assert (problem.kind, problem.file, problem.line, problem.column) == (kind, "x.csv", 7, "price")
    assert (problem.found, problem.order_number, problem.raw) == (text, "SO-1", '"raw, text"')
    assert judge.refused


def test_every_fault_of_an_order_is_noted_and_the_next_order_starts_clean(judge: Judge) -> None:
    judge.money("x", "price")
    judge.quantity("-1", "qty")
    judge.currency("XXX", "currency")
    assert kinds(judge) == ["money", "quantity", "currency"]
    assert judge.problems[2].wanted == "a currency with a rate: BRL, CNY, EUR, GBP, USD"
    judge.begin((SourceRow("x.csv", 8, ("a",), ["b"]),))
    assert (judge.problems, judge.refused) == ([], False)


@given(st.integers(946_900_000, 1_780_000_000), st.integers(-12, 14))
def test_times_at_a_fixed_offset(at: int, hours: int) -> None:
    wall = datetime.fromtimestamp(at, timezone(timedelta(hours=hours)))
    judge = Judge(Terms(1_800_000_000, frozenset()))
    judge.begin((SourceRow("x.csv", 1, (), []),))
    assert judge.moment(wall.strftime("%Y-%m-%d %H:%M:%S"), "at", hours * 3600) == at


@pytest.mark.parametrize(
    ("text", "form", "wanted"),
    [
        ("2026-03-08 02:30:00", "auto", datetime(2026, 3, 8, 2, 30, tzinfo=SHANGHAI)),
        ("2026/3/8", "auto", datetime(2026, 3, 8, tzinfo=SHANGHAI)),
        ("2026.03.08 2:05", "auto", datetime(2026, 3, 8, 2, 5, tzinfo=SHANGHAI)),
        ("2026年3月8日", "auto", datetime(2026, 3, 8, tzinfo=SHANGHAI)),
        ("2026年3月8日 14时05分09秒", "auto", datetime(2026, 3, 8, 14, 5, 9, tzinfo=SHANGHAI)),
        ("2026-03-08T02:30:00Z", "auto", datetime(2026, 3, 8, 2, 30, tzinfo=UTC)),
        ("2026-03-08 02:30:00 +0100", "auto", datetime(2026, 3, 8, 1, 30, tzinfo=UTC)),
        ("2026-03-08T02:30:00.999-05:30", "auto", datetime(2026, 3, 8, 8, 0, tzinfo=UTC)),
        ("2024-02-29", "auto", datetime(2024, 2, 29, tzinfo=SHANGHAI)),
        ("8/3/2026 14:30", "dmy", datetime(2026, 3, 8, 14, 30, tzinfo=SHANGHAI)),
        ("8/3/2026", "mdy", datetime(2026, 8, 3, tzinfo=SHANGHAI)),
        ("1751328000", "epoch_s", datetime(2025, 7, 1, tzinfo=UTC)),
        ("1751328000999", "epoch_ms", datetime(2025, 7, 1, tzinfo=UTC)),
    ],
)
def test_times_in_every_form(text: str, form: str, wanted: datetime) -> None:
    assert parse_instant(text, form, SHANGHAI) == (int(wanted.timestamp()), "")


@pytest.mark.parametrize(
    ("text", "form", "problem"),
    [
        ("8/3/2026", "auto", "day_order"),
        ("13/3/2026", "auto", "day_order"),
        ("13/3/2026", "mdy", "instant"),
        ("2026-02-29", "auto", "instant"),
        ("2026-03-08 24:00", "auto", "instant"),
        ("2026-03-08 23:59:60", "auto", "instant"),
        ("2026-3/8", "auto", "instant"),
        ("2026-03-08T02:30:00+99:00", "auto", "instant"),
        ("2026-W10-7", "auto", "instant"),
        ("20260308", "auto", "instant"),
        ("03-08-26", "auto", "instant"),
        ("２０２６-０３-０８", "auto", "instant"),
        ("44927.5", "auto", "instant"),
        ("1751328000", "auto", "instant"),
        ("17513x8000", "epoch_s", "instant"),
        ("tomorrow", "auto", "instant"),
        ("", "auto", "instant"),
    ],
)
def test_what_is_no_time(text: str, form: str, problem: str) -> None:
    assert parse_instant(text, form, SHANGHAI) == (None, problem)


def test_clocks_put_forward_and_back() -> None:
    assert parse_instant("2026-03-08 02:30:00", "auto", NEW_YORK) == (None, "no_such_time")
    first = int(datetime(2026, 11, 1, 1, 30, tzinfo=NEW_YORK).timestamp())
    assert parse_instant("2026-11-01 01:30:00", "auto", NEW_YORK) == (first, "ambiguous_time")
    assert parse_instant("2026-11-01 01:30:00 -0500", "auto", NEW_YORK) == (first + 3600, "")


def test_times_must_be_plausible(judge: Judge) -> None:
    def text(at: int) -> str:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")

    now = judge.terms.now
    assert judge.moment(text(now + 60), "at", 0) == now + 60
    assert judge.moment("", "at", 0) is None
    assert kinds(judge) == []
    assert judge.moment(text(now + 86_400), "at", 0) is None
    assert judge.moment("1999-12-31 23:59:59", "at", 0) is None
    assert judge.moment("2026-02-30 10:00:00", "at", 0) is None
    assert kinds(judge) == ["future", "too_old", "instant"]
    assert judge.moment(text(now + 30 * 86_400), "promise", 0, ahead=True) == now + 30 * 86_400
    assert judge.moment(text(now + 20 * 366 * 86_400), "promise", 0, ahead=True) is None
    assert kinds(judge)[3:] == ["future"]
