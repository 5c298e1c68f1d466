"""On time, late and overdue, and lead times: two judgements, two denominators, and percentiles within 2.5%."""

from __future__ import annotations

import random

import numpy as np
import pytest

from core.context import ENGINE, Context
from core.db.engines import Databases, transaction
from core.db.fold import fold
from core.db.history import record
from core.domain.facts import OrderDims, lateness, status_fact
from core.domain.orders import Fact
from core.metrics.delivery import (
    OnTime,
    OnTimeDay,
    late_or_overdue,
    lead,
    lead_p50,
    on_time,
    on_time_by_date,
    on_time_by_time,
    on_time_daily,
    overdue,
)
from core.metrics.filters import Filter
from core.metrics.kpi import Figure
from core.metrics.rows import exact_lead
from tests.metrics.conftest import Look
from tests.metrics.story import DAY, HOUR, Story
from tests.services.desk import LIVE

TODAY = 20_530  # the stories begin on 2026-03-18 at 10:30; promises are 96 hours, so 2026-03-22 at 10:30
FORTNIGHT = Filter(TODAY, TODAY + 13)


@pytest.fixture
def told(story: Story) -> Story:
    """Four orders of one moment: in time, late by an hour on the promised day, a day late, and never delivered."""
    ids = [story.receive(0, channel="jd" if number == 2 else "tmall") for number in range(4)]
    for order_id in ids:
        story.ship(order_id, 6 * HOUR)
    story.deliver(ids[0], 90 * HOUR)
    story.deliver(ids[1], 97 * HOUR)
    story.deliver(ids[2], 120 * HOUR)
    return story


def test_late_by_the_minute_and_by_the_day_are_two_figures(told: Story, look: Look) -> None:
    ctx = look(10 * DAY)
    assert on_time(ctx, FORTNIGHT)[0] == OnTime(3, 2, 1)
    assert on_time_by_time(ctx, FORTNIGHT) == Figure(1 / 3, 3, None, 0)
    assert on_time_by_date(ctx, FORTNIGHT) == Figure(2 / 3, 3, None, 0)
    assert on_time_by_time(ctx, Filter(TODAY, TODAY + 13, channel="jd")) == Figure(0.0, 1, None, 0)


def test_deliveries_count_on_the_day_they_came(told: Story, look: Look) -> None:
    assert on_time_daily(look(10 * DAY), FORTNIGHT) == (
        OnTimeDay(TODAY + 4, 2, 1, 0),
        OnTimeDay(TODAY + 5, 1, 1, 1),
    )
    assert on_time_by_time(look(10 * DAY), Filter(TODAY + 5, TODAY + 5)) == Figure(0.0, 1, 0.5, 2)


def test_an_undelivered_order_is_never_on_time(told: Story, look: Look) -> None:
    """Its promise has passed, so that it is late or overdue, among all that were promised: 2 late + 1 open of 4."""
    day_ten = told.start + 10 * DAY
    ctx = look(10 * DAY)
    assert late_or_overdue(ctx, FORTNIGHT, day_ten) == Figure(3 / 4, 4, None, 0)
    assert overdue(ctx, FORTNIGHT, day_ten) == 1
    # Before the promise it is neither; of the four promises none has come due.
    assert late_or_overdue(ctx, Filter(TODAY, TODAY + 3), day_ten) == Figure(None, 0, None, 0)
    assert overdue(ctx, FORTNIGHT, told.start + DAY) == 0
    assert overdue(ctx, Filter(TODAY, TODAY, channel="jd"), day_ten) == 0


def test_late_or_overdue_of_the_days_promised_for(told: Story, look: Look) -> None:
    promised_day = Filter(TODAY + 4, TODAY + 4)
    assert late_or_overdue(look(10 * DAY), promised_day, told.start + 10 * DAY) == Figure(3 / 4, 4, None, 0)
    later = Filter(TODAY + 5, TODAY + 5)
    assert late_or_overdue(look(10 * DAY), later, told.start + 10 * DAY) == Figure(None, 0, 3 / 4, 4)


def test_lead_times_of_the_stages(told: Story, look: Look) -> None:
    ctx = look(10 * DAY)
    total = lead(ctx, "total", FORTNIGHT)
    assert (total.n, total.mean) == (3, pytest.approx((90 + 97 + 120) / 3 / 24))
    assert total.p50 == pytest.approx(97 / 24, rel=0.025)
    transit = lead(ctx, "transit", FORTNIGHT)
    assert (transit.n, transit.mean) == (3, pytest.approx((84 + 91 + 114) / 3 / 24))
    handover = lead(ctx, "handover", FORTNIGHT)
    assert (handover.n, handover.mean) == (4, pytest.approx(6 / 24))
    confirm = lead(ctx, "confirm", FORTNIGHT)
    assert (confirm.n, confirm.mean, confirm.p95) == (4, 0.0, 0.0)
    assert lead_p50(ctx, FORTNIGHT).n == 3


def test_with_two_filters_the_mean_is_exact_and_percentiles_are_not_told(told: Story, look: Look) -> None:
    two = Filter(TODAY, TODAY + 13, channel="tmall", region="CN-SH")
    found = lead(look(10 * DAY), "total", two)
    assert (found.n, found.mean, found.p50) == (2, pytest.approx((90 + 97) / 2 / 24), None)
    assert lead(look(10 * DAY), "transit", two).mean is None
    one = lead(look(10 * DAY), "transit", Filter(TODAY, TODAY + 13, channel="jd"))
    assert (one.n, one.mean) == (1, pytest.approx(114 / 24))


def test_the_rows_give_the_same_exactly(told: Story, look: Look) -> None:
    found = exact_lead(look(10 * DAY), "total", FORTNIGHT)
    hours = [90, 97, 120]
    assert (found.n, found.mean) == (3, pytest.approx(np.mean(hours) / 24))
    assert [found.p50, found.p90, found.p95] == pytest.approx([np.percentile(hours, p) / 24 for p in (50, 90, 95)])
    assert exact_lead(look(10 * DAY), "total", Filter(TODAY, TODAY)).n == 0


@pytest.mark.parametrize("days", [1, 15, 16, 17, 33, 48, 200, 400])
@pytest.mark.parametrize("region", [None, "CN-SH"])
def test_percentiles_from_cells_of_any_period_are_within_two_and_a_half_per_cent(
    databases: Databases, days: int, region: str | None
) -> None:
    """Whatever mixture of days and blocks a period is read from, nothing is missed or counted twice."""
    rng = random.Random(days)
    durations = []
    with transaction(databases.live) as db:
        for _ in range(600):
            day = 20_530 - rng.randrange(420)
            took, where = int(rng.lognormvariate(12, 0.7)), rng.choice(["CN-SH", "CN-GD"])
            at = day * DAY + 43_200
            _delivered(db, at, took, where)
            if day > 20_530 - days and region in (None, where):
                durations.append(took / DAY)
    fold(databases.live)
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, 20_531 * DAY, LIVE)
        found = lead(ctx, "total", Filter(20_530 - days + 1, 20_530, region=region))
    assert found.n == len(durations)
    if durations:
        assert found.mean == pytest.approx(np.mean(durations))
        wanted = [float(np.percentile(durations, part)) for part in (50, 90, 95)]
        assert [found.p50, found.p90, found.p95] == pytest.approx(wanted, rel=0.025)


def _delivered(db: object, at: int, took: int, region: str) -> None:
    dims = OrderDims("tmall", region, 1, at - took, 100, False)
    data = status_fact(dims, "shipped", "delivered", lateness(at, at, "Asia/Shanghai") | {"promised_at": at})
    record(Context(db, ENGINE, at, LIVE), Fact.DELIVERED, "order:1", data, order_id=1)  # type: ignore[arg-type]
