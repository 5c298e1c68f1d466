"""The process map over stories that really go through the house, on both databases."""

from __future__ import annotations

from itertools import pairwise

import pytest

from core.context import Actor
from core.domain.errors import NotAllowed
from core.domain.facts import local_day
from core.domain.orders import Fact
from core.domain.rights import rights_of
from core.metrics import process_map as subject
from core.metrics.filters import Filter
from core.metrics.process_map import Question, departing, going, having, process_map, taking_step, trails_in
from tests.metrics.conftest import Look
from tests.metrics.story import DAY, HOUR, Story

CLERK = Actor(4, "Wen", "employee", "O", rights_of("employee", "O"))


@pytest.fixture
def told(story: Story) -> Story:
    """Three orders on the first day: one goes all the way, one is cancelled, one is stopped; one more a day later."""
    first = story.receive(0)
    second = story.receive(HOUR, region="CN-GD")
    story.receive(2 * HOUR, channel="jd", price=9_000)
    story.ship(first, 3 * HOUR)
    story.cancel(second, 4 * HOUR)
    story.receive(DAY)
    story.deliver(first, 2 * DAY)
    return story


def _day(story: Story, **narrowed: object) -> Filter:
    today = local_day(story.start, "Asia/Shanghai")
    return Filter(today, today, **narrowed)  # type: ignore[arg-type]


def test_a_map_tells_steps_times_and_ways(told: Story, look: Look) -> None:
    ctx = look(3 * DAY)
    found = process_map(ctx, Question(_day(told)))
    assert (found.orders_count, found.all_count, found.is_sample) == (3, 3, False)
    steps = {(step.source, step.target): step for step in found.steps}
    shipped = steps[Fact.SHIPPED, Fact.DELIVERED]
    assert (shipped.orders_count, shipped.p50_seconds) == (1, 2 * DAY - 3 * HOUR)
    assert steps[Fact.ALLOCATED, Fact.RELEASED].p90_seconds == 3 * HOUR
    assert steps[Fact.CONFIRMED, Fact.ALLOCATED].orders_count == 2
    assert found.variants_count == 3
    assert found.deviations == ()
    assert found.facts_count == sum(one.times_count for one in found.activities)


def test_the_orders_behind_it(told: Story, look: Look) -> None:
    ctx = look(3 * DAY)
    question = Question(_day(told))
    found = process_map(ctx, question)
    assert taking_step(ctx, question, Fact.SHIPPED, Fact.DELIVERED) == [(1, 2 * DAY - 3 * HOUR)]
    assert having(ctx, question, Fact.CONFIRMED) == [2, 1]
    assert [going(ctx, question, way.path) for way in found.variants] == [[w.example_order_id] for w in found.variants]
    assert taking_step(ctx, question, "OrderPaid'; DROP TABLE event;--", Fact.DELIVERED) == []


def test_filters_narrow_the_map_down(told: Story, look: Look) -> None:
    ctx = look(3 * DAY)
    both_days = Filter(_day(told).from_day, _day(told).to_day + 1)
    counts = {
        "everything": process_map(ctx, Question(both_days)).orders_count,
        "channel": process_map(ctx, Question(_day(told, channel="jd"))).orders_count,
        "region": process_map(ctx, Question(_day(told, region="CN-GD"))).orders_count,
        "warehouse": process_map(ctx, Question(_day(told, warehouse=1))).orders_count,
        "ended": process_map(ctx, Question(_day(told), ended_only=True)).orders_count,
        "nothing": process_map(ctx, Question(Filter(10, 20))).orders_count,
    }
    assert counts == {"everything": 4, "channel": 1, "region": 1, "warehouse": 2, "ended": 2, "nothing": 0}
    moves = process_map(ctx, Question(both_days, moves_only=True))
    assert Fact.PAID not in {one.kind for one in moves.activities}


def test_a_fact_that_the_machine_does_not_allow_is_found(told: Story, look: Look) -> None:
    """Somebody wrote into the log behind the commands' back."""
    from core.db.history import record

    told.desk.now = told.start + 2 * DAY
    with told.desk.work() as ctx:
        record(ctx, Fact.PACKED, "order:2", {}, order_id=2)
    ctx = look(3 * DAY)
    (found,) = process_map(ctx, Question(_day(told))).deviations
    assert (found.kind, found.source, found.target) == ("after_end", "OrderCancelled", "OrderPacked")
    assert departing(ctx, Question(_day(told)), found) == [2]


def test_of_many_orders_an_even_sample_is_looked_at(story: Story, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        story.receive(number * 60, paid=False)
    monkeypatch.setattr(subject, "MOST_ORDERS", 20)
    ctx = look(HOUR)
    found = process_map(ctx, Question(_day(story)))
    assert found.is_sample
    assert found.all_count == 60
    assert 15 <= found.orders_count <= 25
    ids = sorted(set(trails_in(ctx, _day(story))[0].order.tolist()))
    assert max(b - a for a, b in pairwise(ids)) <= 6


def test_nobody_without_the_right_sees_it(told: Story, look: Look) -> None:
    with pytest.raises(NotAllowed):
        process_map(look(DAY, CLERK), Question(_day(told)))
    with pytest.raises(NotAllowed):
        taking_step(look(DAY, CLERK), Question(_day(told)), Fact.SHIPPED, Fact.DELIVERED)
