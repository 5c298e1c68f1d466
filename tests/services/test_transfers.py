"""Goods between warehouses: sent in the order of issue, arrived in parts, lost on the way, called back."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.inbound_tables import transfer, transfer_line
from core.db.warehouse_tables import bin_stock
from core.domain.errors import NotAllowed, OrderlyError, RuleViolation
from core.domain.rights import rights_of
from core.services import stock, transfers
from core.services.books import imbalances
from core.services.transfers import Sending
from tests.services.desk import APPROVER, BIN_A, CUP, GUANGZHOU, KETTLE, SHANGHAI, Desk

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))


def send(desk: Desk, units: int = 7) -> int:
    with desk.work(KEEPER) as ctx:
        return transfers.send_transfer(ctx, GUANGZHOU, SHANGHAI, [Sending(KETTLE, units), Sending(CUP, 1)], "refill")


def status(desk: Desk) -> tuple[str, int]:
    with desk.look() as ctx:
        row = ctx.db.execute(select(transfer)).one()
        return row.status, row.is_open


def books(desk: Desk) -> list[str]:
    with desk.look() as ctx:
        return [str(one) for one in imbalances(ctx)]


def test_lots_travel_as_they_are_issued_and_arrive_in_parts(desk: Desk) -> None:
    """Lots of five: seven kettles are the older lot and two of the newer."""
    sent = send(desk)
    with desk.look() as ctx:
        assert list(ctx.db.execute(select(transfer_line.c.quantity).order_by(transfer_line.c.id)).scalars()) == [
            5,
            2,
            1,
        ]
        assert stock.available_units(ctx, KETTLE, GUANGZHOU) == 3
    assert (desk.units("in_transit"), status(desk), books(desk)) == (7, ("on_the_way", 1), [])
    with desk.work(KEEPER) as ctx:
        transfers.receive_transfer(ctx, sent, {1: 4, 3: 1}, BIN_A)
    assert (status(desk), books(desk)) == (("partly_arrived", 1), [])
    with desk.work(KEEPER) as ctx:
        transfers.receive_transfer(ctx, sent, {1: 1, 2: 2})
        assert stock.available_units(ctx, KETTLE, SHANGHAI) == 17
    with desk.look() as ctx:
        here = select(bin_stock.c.quantity).where(bin_stock.c.bin_id == BIN_A, bin_stock.c.sku_id == KETTLE)
        assert list(ctx.db.execute(here).scalars()) == [4]
    assert (status(desk), desk.units("in_transit"), books(desk)) == (("arrived", 0), 0, [])


def test_what_is_lost_on_the_way_is_written_off(desk: Desk) -> None:
    sent = send(desk)
    with desk.work(KEEPER) as ctx:
        with pytest.raises(RuleViolation, match="how the goods got lost"):
            transfers.report_lost(ctx, sent, {1: 1}, "")
        transfers.report_lost(ctx, sent, {1: 5, 2: 2, 3: 1}, "the lorry burnt")
    assert (status(desk), desk.units("loss"), books(desk)) == (("arrived", 0), 7, [])


def test_much_is_written_off_by_somebody_else(desk: Desk) -> None:
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, GUANGZHOU, 50, 90_000)
    sent = send(desk, 20)
    before = desk.everything()
    with (
        pytest.raises(RuleViolation, match=r"Goods worth 9000\.00 are written off by somebody"),
        desk.work(KEEPER) as ctx,
    ):
        transfers.report_lost(ctx, sent, {3: 10}, "stolen")
    assert desk.everything() == before
    chief = Actor(5, "Mo", "employee", "P", rights_of("employee", "P") | {"stock.adjust"})
    with desk.work(chief) as ctx:
        transfers.report_lost(ctx, sent, {3: 10}, "stolen")
    assert desk.units("loss") == 10


def test_a_transfer_is_called_back_while_nothing_arrived(desk: Desk) -> None:
    sent = send(desk)
    with desk.work(KEEPER) as ctx:
        transfers.call_transfer_back(ctx, sent)
        assert stock.available_units(ctx, KETTLE, GUANGZHOU) == 10
    assert (status(desk), books(desk)) == (("called_back", 0), [])
    with pytest.raises(RuleViolation, match="TR-000001 is “called_back”"), desk.work(KEEPER) as ctx:
        transfers.receive_transfer(ctx, sent, {1: 1})


@pytest.mark.parametrize(
    ("source", "target", "sendings", "message"),
    [
        (1, 1, [Sending(KETTLE, 1)], "goes to another warehouse"),
        (1, 0, [Sending(KETTLE, 1)], "Warehouse 0"),
        (1, 2, [], "at least one article"),
        (1, 2, [Sending(KETTLE, 11)], "11 units of KETTLE can't be sent: 10 are available"),
        (1, 2, [Sending(KETTLE, -1)], "A quantity of 1"),
        (1, 2, [Sending(KETTLE, 10**9)], "A quantity of 1"),
        (1, 2, [Sending(KETTLE, 1), Sending(KETTLE, 1)], "stands twice"),
        (1, 2, [Sending(99, 1)], "SKU 99"),
    ],
)
def test_transfers_that_cannot_be(desk: Desk, source: int, target: int, sendings: list[Sending], message: str) -> None:
    before = desk.everything()
    with pytest.raises(OrderlyError, match=message), desk.work(KEEPER) as ctx:
        transfers.send_transfer(ctx, source, target, sendings)
    assert desk.everything() == before


@pytest.mark.parametrize("arrived", [{}, {1: 6}, {1: -1}, {9: 1}])
def test_arrivals_that_cannot_be(desk: Desk, arrived: dict[int, int]) -> None:
    sent = send(desk)
    before = desk.everything()
    with pytest.raises(OrderlyError), desk.work(KEEPER) as ctx:
        transfers.receive_transfer(ctx, sent, arrived)
    with pytest.raises(NotAllowed), desk.work(APPROVER) as ctx:
        transfers.receive_transfer(ctx, sent, {1: 1})
    assert desk.everything() == before
