"""Corrections of stock and of its condition: reasons, the limit, a second pair of eyes, and the current book."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.inbound_tables import adjustment
from core.db.warehouse_tables import bin_stock
from core.domain.errors import NotAllowed, NotFound, OrderlyError, RuleViolation
from core.domain.rights import rights_of
from core.domain.stock import Account
from core.services import adjustments, stock
from core.services.books import imbalances
from tests.services.desk import APPROVER, BIN_A, BIN_B, FLOOR, GUANGZHOU, KETTLE, LAMP, SHANGHAI, Desk

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))
BOTH = Actor(8, "Wu", "employee", "P", rights_of("employee", "P") | {"stock.adjust"})


def state(desk: Desk, adjustment_id: int) -> tuple[str, str]:
    with desk.look() as ctx:
        row = ctx.db.execute(select(adjustment).where(adjustment.c.id == adjustment_id)).one()
        return row.status, row.decision_note


def books(desk: Desk) -> list[str]:
    with desk.look() as ctx:
        return [str(one) for one in imbalances(ctx)]


def big(desk: Desk, change: int = -20) -> int:
    """Kettles worth more than the limit, in Guangzhou; 1,000 of them are there."""
    with desk.work(KEEPER) as ctx:
        stock.receive_stock(ctx, KETTLE, GUANGZHOU, 990, 50_000)
    with desk.work(KEEPER) as ctx:
        return adjustments.adjust_stock(ctx, KETTLE, GUANGZHOU, change, "missing", "not in the rack")


def test_it_needs_a_reason_and_never_goes_below_zero(desk: Desk) -> None:
    before = desk.everything()
    for change, reason, message in (
        (-1, " ", "one of the reasons on the list"),
        (-1, "found", "doesn't explain a change of -1"),
        (1, "broken", "doesn't explain a change of 1"),
        (0, "broken", "needs a change"),
        (10**9, "found", "needs a change"),
        (-11, "broken", "Only 10 units are available"),
    ):
        with pytest.raises(RuleViolation, match=message), desk.work(KEEPER) as ctx:
            adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, change, reason)
    with pytest.raises(NotAllowed), desk.work(APPROVER) as ctx:
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -1, "broken")
    assert desk.everything() == before


def test_up_and_down_goes_through_the_loss_account(desk: Desk) -> None:
    with desk.work(KEEPER) as ctx:
        first = adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -6, "water")
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, 1, "found")
        assert stock.available_units(ctx, KETTLE, SHANGHAI) == 5
    assert (desk.units("loss"), state(desk, first), books(desk)) == (5, ("posted", ""), [])


def test_above_the_limit_it_waits_for_somebody_else(desk: Desk) -> None:
    asked = big(desk)
    assert (state(desk, asked)[0], desk.units("loss")) == ("waiting", 0)
    with pytest.raises(RuleViolation, match="somebody else has to approve"), desk.work(BOTH) as ctx:
        adjustments.approve_adjustment(ctx, asked)
    with pytest.raises(NotAllowed), desk.work(KEEPER) as ctx:
        adjustments.approve_adjustment(ctx, asked)
    with desk.work(APPROVER) as ctx:
        adjustments.approve_adjustment(ctx, asked, "seen it")
    assert (state(desk, asked), desk.units("loss"), books(desk)) == (("posted", "seen it"), 20, [])
    with pytest.raises(RuleViolation, match="nothing waits to be decided"), desk.work(APPROVER) as ctx:
        adjustments.approve_adjustment(ctx, asked)


def test_it_is_posted_on_the_book_of_the_day(desk: Desk) -> None:
    """What was there when it was asked for may be sold by the time it is approved."""
    asked = big(desk, -995)
    with desk.work(KEEPER) as ctx:
        adjustments.adjust_stock(ctx, KETTLE, GUANGZHOU, -8, "broken")
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Only 992 units are available"), desk.work(APPROVER) as ctx:
        adjustments.approve_adjustment(ctx, asked)
    assert desk.everything() == before


def test_a_rejected_one_keeps_the_reason_and_moves_nothing(desk: Desk) -> None:
    asked = big(desk)
    with pytest.raises(RuleViolation, match="Say why"), desk.work(APPROVER) as ctx:
        adjustments.reject_adjustment(ctx, asked, " ")
    with desk.work(APPROVER) as ctx:
        adjustments.reject_adjustment(ctx, asked, "count again")
    assert (state(desk, asked), desk.units("loss")) == (("rejected", "count again"), 0)


def test_only_who_asked_withdraws(desk: Desk) -> None:
    asked = big(desk)
    other = Actor(77, "He", "employee", "W", rights_of("employee", "W"))
    with pytest.raises(RuleViolation, match="Only who asked"), desk.work(other) as ctx:
        adjustments.withdraw_adjustment(ctx, asked)
    with desk.work(KEEPER) as ctx:
        adjustments.withdraw_adjustment(ctx, asked)
    assert state(desk, asked)[0] == "withdrawn"
    with pytest.raises(NotFound), desk.work(KEEPER) as ctx:
        adjustments.withdraw_adjustment(ctx, 4_711)


def test_a_bin_and_a_lot_can_be_named(desk: Desk) -> None:
    with desk.work(KEEPER) as ctx:
        adjustments.adjust_stock(ctx, LAMP, SHANGHAI, 2, "found", lot_id=None, bin_id=BIN_A)
        adjustments.adjust_stock(ctx, LAMP, SHANGHAI, -1, "broken", bin_id=BIN_A)
    with desk.look() as ctx:
        b = bin_stock.c
        rows = ctx.db.execute(select(b.bin_id, b.quantity).where(b.sku_id == LAMP).order_by(b.bin_id, b.lot_id)).all()
    assert [tuple(row) for row in rows] == [(FLOOR, 5), (FLOOR, 5), (BIN_A, 1)]
    for bin_id, lot_id, message in (
        (BIN_B, None, "Only 0 units"),
        (BIN_A, 1, "Lot 1 of this article"),
        (99, None, "Bin 99"),
    ):
        before = desk.everything()
        with pytest.raises(OrderlyError, match=message), desk.work(KEEPER) as ctx:
            adjustments.adjust_stock(ctx, LAMP, SHANGHAI, -1, "broken", bin_id=bin_id, lot_id=lot_id)
        assert desk.everything() == before
    assert books(desk) == []


def test_an_article_that_never_came_cannot_be_found(desk: Desk) -> None:
    from core.db.world_tables import sku

    with desk.work() as ctx:
        row = ctx.db.execute(select(sku).where(sku.c.id == LAMP)).mappings().one()
        ctx.db.execute(sku.insert().values(dict(row) | {"id": 9, "code": "NEW"}))
    with pytest.raises(RuleViolation, match="never received"), desk.work(KEEPER) as ctx:
        adjustments.adjust_stock(ctx, 9, SHANGHAI, 1, "found")


def lot_of(desk: Desk, sku_id: int, warehouse_id: int) -> int:
    from core.services.lots import lots_of

    with desk.work() as ctx:
        return lots_of(ctx, sku_id, warehouse_id)[0].lot_id


def test_goods_change_their_condition_and_back(desk: Desk) -> None:
    lot_id = lot_of(desk, KETTLE, SHANGHAI)
    a, q, d = Account.AVAILABLE, Account.QUARANTINE, Account.DAMAGED
    steps = ((a, q, 4), (q, d, 1), (q, Account.SUPPLIER, 1), (d, q, 1), (q, a, 2))
    for source, target, units in steps:
        with desk.work(KEEPER) as ctx:
            adjustments.change_condition(ctx, KETTLE, SHANGHAI, lot_id, source, target, units, "looked at")
        assert books(desk) == []
    assert (desk.units("quarantine"), desk.units("damaged"), desk.units("available")) == (1, 0, 18)


@pytest.mark.parametrize(
    ("source", "target", "units", "note", "message"),
    [
        (Account.DAMAGED, Account.AVAILABLE, 1, "x", "can't become"),
        (Account.RESERVED, Account.DAMAGED, 1, "x", "can't become"),
        (Account.AVAILABLE, Account.DAMAGED, 1, " ", "Say why"),
        (Account.AVAILABLE, Account.DAMAGED, 6, "x", "Only 5 units"),
        (Account.QUARANTINE, Account.DAMAGED, 1, "x", "Only 0 units"),
        (Account.AVAILABLE, Account.DAMAGED, 10**9, "x", "A quantity of 1"),
        (Account.AVAILABLE, Account.DAMAGED, -1, "x", "A quantity of 1"),
    ],
)
def test_conditions_that_cannot_be(
    desk: Desk, source: Account, target: Account, units: int, note: str, message: str
) -> None:
    lot_id = lot_of(desk, KETTLE, SHANGHAI)
    before = desk.everything()
    with pytest.raises(RuleViolation, match=message), desk.work(KEEPER) as ctx:
        adjustments.change_condition(ctx, KETTLE, SHANGHAI, lot_id, source, target, units, note)
    assert desk.everything() == before
