"""Orders at risk: learned from the lane's past, judged for what is open, and tried on parcels it hadn't seen."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from core.context import ENGINE, Context
from core.db.engines import transaction
from core.db.history import record
from core.domain.facts import OrderDims, lateness, status_fact
from core.domain.orders import Fact
from core.metrics.filters import Filter
from core.metrics.risk import AtRisk, Risk, at_risk, risk_back_test
from tests.metrics.conftest import Look
from tests.metrics.story import DAY, HOUR, Story
from tests.services.desk import LIVE

TODAY = 20_530
ANY = Filter(TODAY, TODAY)


def _past(story: Story, hours: list[int], *, days_ago: int = 1, region: str = "CN-SH", warehouse: int = 1) -> None:
    """Parcels that took so many hours from receipt, all but the last ten of them spent on the road."""
    with transaction(story.desk.databases.live) as db:
        for took in hours:
            _delivered(db, story.start - days_ago * DAY, took * HOUR, region, warehouse)


def _delivered(db: Connection, at: int, took: int, region: str, warehouse: int) -> None:
    dims = OrderDims("tmall", region, warehouse, at - took, 100, False)
    promised_at = at - took + 96 * HOUR
    data = status_fact(dims, "shipped", "delivered", lateness(at, promised_at, "Asia/Shanghai"))
    data |= {"promised_at": promised_at, "handed_over_at": at - took + 10 * HOUR}
    record(Context(db, ENGINE, at, LIVE), Fact.DELIVERED, "order:0", data, order_id=None)


def test_orders_are_judged_by_their_lane(story: Story, look: Look) -> None:
    """Shanghai's parcels take two days, Guangdong's ten; four days are promised."""
    _past(story, [48] * 60)
    _past(story, [240] * 60, region="CN-GD", warehouse=2)
    story.receive(0, region="CN-SH")
    slow = story.receive(60, region="CN-GD")
    promised_at = story.desk.order(slow).promised_at
    found = at_risk(look(HOUR), ANY, story.start + HOUR)
    assert found == AtRisk(2, 0, 1, 1.0, (Risk(slow, 1.0, False, promised_at),), {slow: "S-2"})
    assert at_risk(look(HOUR), Filter(0, 0, region="CN-SH"), story.start + HOUR).at_risk_n == 0


def test_what_is_on_the_road_is_judged_by_its_time_on_the_road(story: Story, look: Look) -> None:
    """Half of the parcels take 2 days, half 5. After 3 days without arriving, only the slow ones are left."""
    _past(story, [48] * 50 + [120] * 50)
    order_id = story.receive(0)
    story.ship(order_id, 10 * HOUR)
    early = at_risk(look(11 * HOUR), ANY, story.start + 11 * HOUR)
    assert (early.judged_n, early.expected_late) == (1, pytest.approx(0.5))
    late = at_risk(look(82 * HOUR), ANY, story.start + 82 * HOUR)
    assert [(risk.order_id, risk.risk, risk.on_the_road) for risk in late.orders] == [(order_id, 1.0, True)]


def test_without_a_past_nothing_is_said(story: Story, look: Look) -> None:
    story.receive(0)
    assert at_risk(look(HOUR), ANY, story.start + HOUR) == AtRisk(1, 1, 0, 0, (), {})


def test_what_is_overdue_or_closed_is_not_at_risk_any_more(story: Story, look: Look) -> None:
    _past(story, [240] * 60)
    first, second = story.receive(0), story.receive(60)
    story.cancel(second, HOUR)
    assert at_risk(look(HOUR), ANY, story.start + HOUR).at_risk_n == 1
    assert at_risk(look(97 * HOUR), ANY, story.start + 97 * HOUR).judged_n == 0
    assert first != second


def test_the_back_test_learns_only_from_the_spans_before(story: Story, look: Look) -> None:
    """Two months ago half of the parcels were late; last month one in four was. The forecast said a half each time."""
    _past(story, [48] * 50 + [240] * 50, days_ago=60)
    _past(story, [48] * 75 + [240] * 25, days_ago=30)
    found = risk_back_test(look(0), "total", TODAY)
    assert found is not None
    # TODAY // 30 = 684; the older parcels arrived in span 682, the younger ones set out and arrived in span 683, but
    # for the slow ones of both, which had set out in the span before.
    assert (found.n, found.late_rate) == (100, pytest.approx(25 / 100))
    assert [tenth.n for tenth in found.deciles] == [100]
    assert found.deciles[0].predicted == pytest.approx(0.5, abs=0.02)
    assert found.brier == pytest.approx(0.25, abs=0.01)


def test_without_a_past_there_is_no_back_test(story: Story, look: Look) -> None:
    assert risk_back_test(look(0), "total", TODAY) is None
