"""Stock accuracy of a story whose answer the test knows."""

from __future__ import annotations

import pytest

from core.context import Actor
from core.db.engines import Databases
from core.domain.counting import Accuracy
from core.domain.errors import NotAllowed
from core.domain.facts import local_day
from core.metrics.filters import Filter
from core.metrics.stock_accuracy import STOCK_ACCURACY, accuracy_in
from tests.services.count_story import Count
from tests.services.desk import CUP, GUANGZHOU, SHANGHAI, Desk, lay_desk


def test_places_that_were_right_and_units_that_were_off(each_databases: Databases, clock: int) -> None:
    """Six places of five: in one a unit is missing, in one there are two too many. Two days later all is right."""
    desk: Desk = lay_desk(each_databases, clock)
    today = local_day(desk.now, "Asia/Shanghai")
    first = Count(desk)
    one, two = first.lines(CUP)
    first.settle({one.id: -1, two.id: 2})
    first.post()
    desk.now += 2 * 86_400
    open_one = Count(desk)  # isn't posted, so it doesn't count yet
    with desk.look() as ctx:
        assert accuracy_in(ctx, Filter(today, today + 1)) == Accuracy(6, 4, 30, 3)
        assert accuracy_in(ctx, Filter(today, today, warehouse=SHANGHAI)).lines == 6
        assert accuracy_in(ctx, Filter(today, today, warehouse=GUANGZHOU)).record_rate is None
    open_one.settle({})
    open_one.post()
    with desk.look() as ctx:
        figure = STOCK_ACCURACY.read(ctx, Filter(today + 1, today + 2))
    assert (figure.value, figure.n, figure.before, figure.before_n) == (1, 6, 4 / 6, 6)


def test_who_may_not_see_stock(each_databases: Databases, clock: int) -> None:
    desk = lay_desk(each_databases, clock)
    with pytest.raises(NotAllowed), desk.look(Actor(99, "X", "employee", None, frozenset())) as ctx:
        accuracy_in(ctx, Filter(0, 1))
