"""What facts carry, and both judgements of a delivery against its promise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from core.domain.facts import OrderDims, lateness, local_day, status_fact

DIMS = OrderDims("tmall", "CN-GD", 2, 1_700_000_000, 19_900, outside=False)


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_a_fact_says_where_the_order_belongs() -> None:
    assert status_fact(DIMS, "received", "confirmed", {"paid_at": None, "units": 3}) == {
        "from": "received",
        "to": "confirmed",
        "channel": "tmall",
        "region": "CN-GD",
        "warehouse": 2,
        "received_at": 1_700_000_000,
        "value_cents": 19_900,
        "units": 3,
    }
    assert "from" not in status_fact(DIMS, None, "received")


@pytest.mark.parametrize(
    ("delivered", "promised", "by_time", "by_date"),
    [
        ("2026-03-18T10:00:00", "2026-03-18T10:00:00", False, False),
        ("2026-03-18T10:00:01", "2026-03-18T10:00:00", True, False),
        # 23:59 UTC is the next day in Shanghai already
        ("2026-03-18T23:59:00", "2026-03-18T10:00:00", True, True),
        ("2026-03-18T16:00:00", "2026-03-18T15:59:59", True, True),
        ("2026-03-17T10:00:00", "2026-03-18T10:00:00", False, False),
    ],
)
def test_lateness_in_shanghai(delivered: str, promised: str, by_time: bool, by_date: bool) -> None:
    found = lateness(_at(delivered), _at(promised), "Asia/Shanghai")
    assert found == {"late_by_time": by_time, "late_by_date": by_date}


def test_nothing_promised_is_neither_late_nor_on_time() -> None:
    assert lateness(_at("2026-03-18T10:00:00"), None, "Asia/Shanghai") == {}


def test_days_are_cut_by_the_calendar_of_the_place() -> None:
    assert local_day(0, "UTC") == 0
    assert local_day(16 * 3600 - 1, "Asia/Shanghai") == 0
    assert local_day(16 * 3600, "Asia/Shanghai") == 1
    assert local_day(0, "Etc/GMT+3") == -1
