"""Filters: periods, the equal period before, and how cells are cut."""

from __future__ import annotations

import pytest

from core.domain.errors import RuleViolation
from core.domain.facts import local_day
from core.metrics.filters import Cut, Filter, cut_of, day_number, day_start, day_text, minute


def test_the_period_before_is_as_long_and_ends_where_this_one_begins() -> None:
    week = Filter(100, 106, channel="jd")
    assert week.days_count == 7
    assert week.before() == Filter(93, 99, channel="jd")
    assert week.everything() == Filter(100, 106)


@pytest.mark.parametrize(
    ("wanted", "cut"),
    [
        (Filter(1, 2), Cut("")),
        (Filter(1, 2, channel="jd"), Cut(".c", "jd")),
        (Filter(1, 2, warehouse=0), Cut(".w", "0")),
        (Filter(1, 2, region="CN-SH"), Cut(".r", "CN-SH")),
        (Filter(1, 2, channel="jd", warehouse=3), Cut(".cw", "jd", "3")),
        (Filter(1, 2, channel="jd", region="CN-SH"), Cut(".cr", "jd", "CN-SH")),
        (Filter(1, 2, warehouse=3, region="CN-SH"), Cut(".wr", "3", "CN-SH")),
    ],
)
def test_cells_are_cut_by_up_to_two_dimensions(wanted: Filter, cut: Cut) -> None:
    assert cut_of(wanted) == cut
    assert cut.is_single is (len(cut.suffix) <= 2)


def test_three_dimensions_at_once_are_refused() -> None:
    with pytest.raises(RuleViolation, match="at most two"):
        cut_of(Filter(1, 2, channel="jd", warehouse=1, region="CN-SH"))


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Sao_Paulo", "Asia/Kolkata"])
def test_a_day_begins_where_the_calendar_says(zone: str) -> None:
    start = day_start(20_530, zone)
    assert (local_day(start, zone), local_day(start - 1, zone)) == (20_530, 20_529)


def test_days_are_written_and_read() -> None:
    assert (day_text(20_530), day_number("2026-03-18")) == ("2026-03-18", 20_530)
    with pytest.raises(ValueError):
        day_number("2026-02-30")


def test_figures_about_now_are_asked_by_the_minute() -> None:
    assert [minute(119), minute(120)] == [60, 120]
