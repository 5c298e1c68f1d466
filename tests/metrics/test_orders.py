"""Orders and revenue: little stories whose figures can be counted on one's fingers."""

from __future__ import annotations

import pytest

from core.context import Actor
from core.db.engines import transaction
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.rights import rights_of
from core.metrics.cells import Sum
from core.metrics.filters import Filter
from core.metrics.kpi import Figure
from core.metrics.orders import (
    KPIS,
    ages,
    cancelled_rate,
    currencies,
    daily,
    order_value,
    orders_received,
    pipeline,
    revenue,
    stops,
)
from tests.metrics.conftest import Look
from tests.metrics.story import DAY, HOUR, Story

TODAY = 20_530  # 2026-03-18, the day the stories begin
WEEK = Filter(TODAY, TODAY + 6)


@pytest.fixture
def told(story: Story) -> Story:
    """Wednesday: three orders of 100, 200 and 50 yuan, the second cancelled. Thursday: one of 300 from Guangdong."""
    first = story.receive(0, cents=10_000)
    second = story.receive(60, channel="jd", cents=20_000)
    story.receive(120, channel="jd", cents=5_000)
    story.cancel(second, 2 * HOUR)
    story.ship(first, 3 * HOUR)
    story.receive(DAY, channel="tmall", region="CN-GD", cents=30_000)
    return story


def test_orders_and_revenue_of_a_week(told: Story, look: Look) -> None:
    ctx = look(2 * DAY)
    assert orders_received(ctx, WEEK) == Figure(4, 4, 0, 0)
    assert revenue(ctx, WEEK) == Figure(45_000, 3, 0, 0)
    assert order_value(ctx, WEEK) == Figure(15_000, 3, None, 0)
    assert cancelled_rate(ctx, WEEK) == Figure(0.25, 4, None, 0)


def test_the_day_after_is_compared_with_the_day_before(told: Story, look: Look) -> None:
    thursday = Filter(TODAY + 1, TODAY + 1)
    ctx = look(2 * DAY)
    assert orders_received(ctx, thursday) == Figure(1, 1, 3, 3)
    assert revenue(ctx, thursday) == Figure(30_000, 1, 15_000, 2)
    assert cancelled_rate(ctx, thursday) == Figure(0.0, 1, 1 / 3, 3)


@pytest.mark.parametrize(
    ("wanted", "orders", "cents"),
    [
        (Filter(TODAY, TODAY + 6, channel="jd"), 2, 5_000),
        (Filter(TODAY, TODAY + 6, channel="tmall"), 2, 40_000),
        (Filter(TODAY, TODAY + 6, warehouse=1), 3, 15_000),
        (Filter(TODAY, TODAY + 6, region="CN-GD"), 1, 30_000),
        (Filter(TODAY, TODAY + 6, channel="tmall", region="CN-SH"), 1, 10_000),
        (Filter(TODAY, TODAY + 6, channel="jd", warehouse=1), 2, 5_000),
        (Filter(TODAY, TODAY + 6, warehouse=2, region="CN-GD"), 1, 30_000),
        (Filter(TODAY, TODAY + 6, channel="pdd"), 0, 0),
    ],
)
def test_filters_narrow_the_figures_down(told: Story, look: Look, wanted: Filter, orders: int, cents: int) -> None:
    ctx = look(2 * DAY)
    assert (orders_received(ctx, wanted).value, revenue(ctx, wanted).value) == (orders, cents)
    by_channel = daily(ctx, wanted).channels
    assert sum(n for days in by_channel.values() for n, _ in days.values()) == orders
    assert sum(kept for days in by_channel.values() for _, kept in days.values()) == cents
    assert sum(stage.n for stage in pipeline(ctx, wanted)) == orders


def test_three_filters_at_once_are_refused(told: Story, look: Look) -> None:
    with pytest.raises(RuleViolation):
        orders_received(look(0), Filter(TODAY, TODAY, "jd", 1, "CN-SH"))


def test_day_by_day_and_by_channel(told: Story, look: Look) -> None:
    assert daily(look(2 * DAY), WEEK).channels == {
        "tmall": {TODAY: (1, 10_000), TODAY + 1: (1, 30_000)},
        "jd": {TODAY: (2, 5_000)},
    }
    two = Filter(TODAY, TODAY + 6, warehouse=1, region="CN-SH")
    assert daily(look(2 * DAY), two).channels == {"": {TODAY: (3, 15_000)}}


def test_the_pipeline_shows_where_orders_stand_and_what_is_left_from_before(told: Story, look: Look) -> None:
    thursday = Filter(TODAY + 1, TODAY + 1)
    found = {stage.status: (stage.n, stage.older_n) for stage in pipeline(look(2 * DAY), thursday)}
    assert {status: counts for status, counts in found.items() if counts != (0, 0)} == {
        "allocated": (1, 1),
        "shipped": (0, 1),
    }
    week = {stage.status: (stage.n, stage.older_n) for stage in pipeline(look(2 * DAY), WEEK)}
    assert (week["allocated"], week["shipped"], week["cancelled"]) == ((2, 0), (1, 0), (1, 0))


def test_open_orders_by_age(told: Story, look: Look) -> None:
    found = ages(look(3 * DAY), WEEK, TODAY + 3)
    assert {(age.from_days, age.to_days): age.by_status for age in found if age.n} == {
        (2, 2): {"allocated": 1},
        (3, 4): {"allocated": 1, "shipped": 1},
    }
    assert sum(age.n for age in found) == 3


def test_stops_by_reason(story: Story, look: Look) -> None:
    dear = story.receive(0, cents=4_000)
    for number in range(2):
        story.receive(HOUR + number, region="CN-SH", cents=4_000, paid=True, price=2_000)
    assert story.desk.order(dear).status == "allocated"
    found = {stop.reason: (stop.waiting_n, stop.stopped_n) for stop in stops(look(DAY), WEEK)}
    assert {reason: counts for reason, counts in found.items() if counts != (0, 0)} == {"price": (2, 2)}
    gone = {stop.reason: stop.waiting_n for stop in stops(look(DAY), Filter(TODAY, TODAY, "jd"))}
    assert set(gone.values()) == {0}


def test_payments_and_order_value_by_currency(told: Story, look: Look) -> None:
    found = currencies(look(2 * DAY), WEEK)
    assert found.paid == {"CNY": Sum(4, 65_000)}
    assert found.gross == {"CNY": Sum(4, 65_000)}
    assert currencies(look(2 * DAY), Filter(TODAY, TODAY, "jd")).paid == {"CNY": Sum(2, 25_000)}


def test_the_board_is_only_for_those_who_may_see_it(told: Story, look: Look) -> None:
    clerk = Actor(9, "Lin", "employee", "O", rights_of("employee", "O"))
    orders_received(look(0), WEEK)  # remembered for the manager, not for the clerk
    for kpi in KPIS:
        with pytest.raises(NotAllowed):
            kpi.read(look(0, clerk), WEEK)


def test_what_is_remembered_ends_with_the_next_event(told: Story, look: Look) -> None:
    assert orders_received(look(2 * DAY), WEEK).value == 4
    told.receive(2 * DAY)
    assert orders_received(look(2 * DAY), WEEK).value == 5
    with transaction(told.desk.databases.live) as db:
        db.exec_driver_sql("UPDATE cell SET n = n + 1 WHERE metric = 'orders'")
    assert orders_received(look(2 * DAY), WEEK).value == 5, "no event, no new reading"
