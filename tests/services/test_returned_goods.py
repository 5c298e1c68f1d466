"""Parcels that come back: never more than was delivered, back on the shelf or damaged, the ledger in line."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from core.context import Actor
from core.db.inbound_tables import returned_line, returned_parcel
from core.db.warehouse_tables import bin_stock
from core.db.world_tables import lot
from core.domain.errors import NotFound, OrderlyError, RuleViolation
from core.domain.rights import rights_of
from core.services import returned_goods
from core.services.books import imbalances
from tests.services.desk import BIN_A, KETTLE, SHANGHAI, Desk, incoming
from tests.services.parcels import bring_on, deliver

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))


@pytest.fixture
def delivered(desk: Desk) -> int:
    """An order of two kettles and a cup that its buyer has."""
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        bring_on(ctx, order_id, 4)
    desk.now += 80 * 3_600
    with desk.work() as ctx:
        deliver(ctx, order_id)
    return order_id


def back(desk: Desk, order_id: int, units: dict[int, int]) -> int:
    with desk.work(KEEPER) as ctx:
        return returned_goods.take_in_return(ctx, order_id, SHANGHAI, units, "SF-9", "too small")


def books(desk: Desk) -> list[str]:
    with desk.look() as ctx:
        return [str(one) for one in imbalances(ctx)]


def test_a_parcel_is_taken_in_inspected_and_put_back(desk: Desk, delivered: int) -> None:
    parcel = back(desk, delivered, {1: 2})
    assert (desk.units("return_inspection"), desk.units("customer"), books(desk)) == (2, 0, [])
    with desk.work(KEEPER) as ctx:
        with pytest.raises(RuleViolation, match="Say what is damaged"):
            returned_goods.inspect_return(ctx, 1, 0, 1)
        returned_goods.inspect_return(ctx, 1, 1, 0, bin_id=BIN_A)
    assert (desk.units("return_inspection"), books(desk)) == (1, [])
    with desk.work(KEEPER) as ctx:
        returned_goods.inspect_return(ctx, 1, 0, 1, "scratched")
    with desk.look() as ctx:
        assert (
            ctx.db.execute(select(returned_parcel.c.status).where(returned_parcel.c.id == parcel)).scalar() == "settled"
        )
        in_bin = select(bin_stock.c.quantity).where(bin_stock.c.bin_id == BIN_A, bin_stock.c.sku_id == KETTLE)
        assert list(ctx.db.execute(in_bin).scalars()) == [1]
    assert (desk.units("damaged"), desk.units("return_inspection"), books(desk)) == (1, 0, [])
    assert desk.facts(delivered)[-3:] == ["ReturnArrived", "ReturnInspected", "ReturnInspected"]


def test_never_more_than_was_delivered_even_in_two_parcels(desk: Desk, delivered: int) -> None:
    back(desk, delivered, {1: 1})
    before = desk.everything()
    for units, message in (
        ({1: 2}, "2 units of KETTLE can't have come back: the buyer has 1"),
        ({1: 0}, "at least one unit of KETTLE"),
        ({1: -1}, "at least one unit of KETTLE"),
        ({2: 10**9}, "1000000000 units of CUP"),
        ({99: 1}, "Line 99 isn't on this order"),
        ({}, "Say what is in the parcel"),
    ):
        with pytest.raises(OrderlyError, match=message):
            back(desk, delivered, units)
    assert desk.everything() == before
    back(desk, delivered, {1: 1, 2: 1})
    with pytest.raises(RuleViolation, match="Nothing of order T-1001 is with the buyer"):
        back(desk, delivered, {1: 1})


def test_nothing_comes_back_that_was_not_delivered(desk: Desk) -> None:
    order_id = desk.receive(incoming())
    with pytest.raises(RuleViolation, match="is with the buyer"):
        back(desk, order_id, {1: 1})
    with pytest.raises(NotFound):
        back(desk, 4_711, {1: 1})


@pytest.mark.parametrize(("restocked", "damaged"), [(0, 0), (-1, 0), (2, 1), (3, 0), (1, -1)])
def test_outcomes_that_cannot_be(desk: Desk, delivered: int, restocked: int, damaged: int) -> None:
    back(desk, delivered, {1: 2})
    before = desk.everything()
    with pytest.raises(RuleViolation), desk.work(KEEPER) as ctx:
        returned_goods.inspect_return(ctx, 1, restocked, damaged, "x")
    assert desk.everything() == before


def test_what_is_past_its_date_does_not_go_back_on_the_shelf(desk: Desk, delivered: int) -> None:
    back(desk, delivered, {1: 2})
    with desk.work() as ctx:
        line = ctx.db.execute(select(returned_line)).one()
        ctx.db.execute(update(lot).where(lot.c.id == line.lot_id).values(expires_on="2020-01-01"))
    with pytest.raises(RuleViolation, match="KETTLE expired on 2020-01-01"), desk.work(KEEPER) as ctx:
        returned_goods.inspect_return(ctx, 1, 1, 0)
    with desk.work(KEEPER) as ctx:
        returned_goods.inspect_return(ctx, 1, 0, 2, "expired")
    assert (desk.units("damaged"), books(desk)) == (2, [])
