"""Lots go out in the order that their SKU asks for."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from core.db.engines import Databases
from core.db.world_tables import lot, sku
from core.services.lots import lots_of
from tests.services.desk import GUANGZHOU, KETTLE, lay_desk


@pytest.mark.parametrize(("rule", "order"), [("fifo", [0, 1]), ("fefo", [1, 0])])
def test_first_in_or_first_expired(each_databases: Databases, clock: int, rule: str, order: list[int]) -> None:
    desk = lay_desk(each_databases, clock)
    with desk.work() as ctx:
        lots = [stock.lot_id for stock in lots_of(ctx, KETTLE, GUANGZHOU)]
        ctx.db.execute(update(lot).where(lot.c.id == lots[0]).values(expires_on="2027-06-01"))
        ctx.db.execute(update(lot).where(lot.c.id == lots[1]).values(expires_on="2027-05-31"))
        ctx.db.execute(update(sku).where(sku.c.id == KETTLE).values(issue_rule=rule))
        assert [stock.lot_id for stock in lots_of(ctx, KETTLE, GUANGZHOU)] == [lots[i] for i in order]
