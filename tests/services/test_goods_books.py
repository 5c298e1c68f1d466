"""The books' checks of the goods' papers: silent on a good world, and each of them speaks when something is off."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.services.books import imbalances
from tests.services.desk import Desk, incoming
from tests.services.goods_breakages import GOODS_BREAKAGES, put_goods_on_papers


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A house with goods on papers of every kind."""
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        put_goods_on_papers(ctx, order_id)
    return desk


def test_a_good_world_balances(stocked: Desk) -> None:
    with stocked.look() as ctx:
        assert imbalances(ctx) == []


@pytest.mark.parametrize("breakage", GOODS_BREAKAGES)
def test_every_breakage_is_noticed(stocked: Desk, breakage: str) -> None:
    statement, checks = GOODS_BREAKAGES[breakage]
    with stocked.work() as ctx:
        assert ctx.db.execute(text(statement)).rowcount > 0
    with stocked.look() as ctx:
        assert {found.check for found in imbalances(ctx)} == checks
