"""Posting a stocktake on the current book: beside orders, from the right bin, and never twice."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from core.db.bins import relocate
from core.db.history import record
from core.db.warehouse_tables import period_close
from core.db.world_tables import event
from core.domain.errors import NotFound, RuleViolation
from core.services import adjustments, count_entries, counting, orders, stock
from core.services.stock import available_units
from tests.services.count_story import KEEPER, MINUTE, Count, balanced, lying, order, ship
from tests.services.desk import BIN_A, CUP, FLOOR, KETTLE, LAMP, SHANGHAI, Desk


def test_what_moves_between_count_and_posting_does_not_disturb(desk: Desk) -> None:
    """Ten kettles in the book, nine are counted; then two are sold and three come in: ten are left."""
    count = Count(desk)
    first = count.lines(KETTLE)[0]
    desk.now += MINUTE
    count.enter({first.id: -1})
    desk.now += MINUTE
    sold = order(desk, "T-1", 2)
    ship(desk, sold)
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 3, 9_000)
    desk.now += MINUTE
    count.settle({})
    assert count.post() == 1
    with desk.look() as ctx:
        assert available_units(ctx, KETTLE, SHANGHAI) == 10 - 2 + 3 - 1
    assert desk.units("loss") == 1
    balanced(desk)


def test_a_loss_takes_what_is_free_first(desk: Desk) -> None:
    kept = order(desk, "T-1", 3)
    count = Count(desk)
    count.settle({count.lines(KETTLE)[0].id: -2})
    count.post()
    assert (desk.units("reserved"), desk.order(kept).status) == (3, "allocated")
    balanced(desk)


def test_a_loss_of_promised_units_gives_their_orders_other_lots(desk: Desk) -> None:
    """All five of the first lot are promised and three are gone: the order gets three of the second lot."""
    kept = order(desk, "T-1", 5)
    count = Count(desk)
    count.settle({count.lines(KETTLE)[0].id: -3})
    count.post()
    with desk.look() as ctx:
        held = {move.lot_id: move.quantity for move in stock.units_in(ctx, kept, stock.Account.RESERVED)}
        assert available_units(ctx, KETTLE, SHANGHAI) == 2
    first, second = count.lines(KETTLE)
    assert held == {first.lot_id: 2, second.lot_id: 3}
    ship(desk, kept)
    balanced(desk)


def test_lots_that_were_mixed_up_need_no_other_stock(desk: Desk) -> None:
    """Everything is promised; three of the one lot turn out to be of the other."""
    kept = order(desk, "T-1", 10)
    count = Count(desk)
    first, second = count.lines(KETTLE)
    count.settle({first.id: -3, second.id: 3})
    count.post()
    assert desk.units("reserved") == 10
    assert desk.order(kept).status == "allocated"
    balanced(desk)


def test_a_loss_that_leaves_somebody_without_is_refused_and_names_the_orders(desk: Desk) -> None:
    order(desk, "T-1", 6)
    desk.now += MINUTE
    late = order(desk, "T-2", 4)
    count = Count(desk)
    count.settle({count.lines(KETTLE)[1].id: -2})
    before = desk.everything()
    with pytest.raises(RuleViolation) as refused:
        count.post()
    assert str(refused.value) == (
        "2 units of KETTLE that are missing are promised to orders: T-2. Re-allocate or cancel them first."
    )
    assert desk.everything() == before
    with desk.work() as ctx:
        orders.cancel_order(ctx, late, "we can't deliver")
    count.post()
    assert (desk.units("reserved"), desk.units("available")) == (6, 10 + 2)
    balanced(desk)


def test_a_surplus_comes_out_of_the_loss_account(desk: Desk) -> None:
    count = Count(desk)
    count.settle({count.lines(CUP)[0].id: 4})
    assert count.post() == 1
    assert desk.units("loss", CUP) == -4
    with desk.look() as ctx:
        assert available_units(ctx, CUP, SHANGHAI) == 14
        kind, data = ctx.db.execute(select(event.c.kind, event.c.data).order_by(event.c.id.desc()).limit(1)).one()
    found = json.loads(data)
    assert kind == "StocktakePosted"
    assert {key: found[key] for key in ("lines", "units_up", "units_down", "value_cents")} == {
        "lines": 1, "units_up": 4, "units_down": 0, "value_cents": 4 * 1_750,
    }  # fmt: skip
    balanced(desk)


def test_goods_nobody_expected(desk: Desk) -> None:
    """Lamps turn up in another bin, during a stocktake of cups; the newest lot is taken for them."""
    count = Count(desk, kind="partial", skus=(CUP,))
    before = desk.everything()
    for article, place, error in (
        ("TOASTER", "A-01", "no article TOASTER"),
        ("LAMP", "Z-99", "no bin Z-99"),
        ("LAMP", "", "no bin"),
        ("CUP", "FLOOR", "CUP is on the list already, as line 2"),
    ):
        with pytest.raises((NotFound, RuleViolation), match=error), desk.work(KEEPER) as ctx:
            count_entries.add_found(ctx, count.id, article, 6, bin_code=place)
    assert desk.everything() == before
    with desk.work(KEEPER) as ctx:
        count_entries.add_found(ctx, count.id, " LAMP ", 6, bin_code="A-01")
    (found,) = count.lines(LAMP)
    assert (found.bin_id, found.expected_quantity, found.counted_quantity, found.is_due) == (BIN_A, 0, 6, 0)
    count.settle({found.id: 6})
    count.post()
    assert lying(desk, LAMP) == {"A-01": 6, "FLOOR": 10}
    balanced(desk)


def test_a_shortage_is_taken_from_its_own_bin(desk: Desk) -> None:
    """Five cups of a lot lie in A, five of another on the floor; one of those in A is missing."""
    first = Count(desk, kind="partial", skus=(CUP,))
    lot_id = first.lines()[0].lot_id
    with desk.work(KEEPER) as ctx:
        counting.cancel_stocktake(ctx, first.id, "put away first")
        relocate(ctx, record(ctx, "StockMoved", f"sku:{CUP}"), CUP, lot_id, FLOOR, BIN_A, 5)
    count = Count(desk, kind="partial", skus=(CUP,))
    in_a = next(line for line in count.lines() if line.bin_id == BIN_A)
    count.settle({in_a.id: -1})
    count.post()
    assert lying(desk, CUP) == {"A-01": 4, "FLOOR": 5}
    balanced(desk)


def test_what_was_corrected_after_the_count_is_not_posted_twice(desk: Desk) -> None:
    count = Count(desk)
    desk.now += MINUTE
    count.settle({count.lines(KETTLE)[0].id: -2})
    desk.now += MINUTE
    with desk.work() as ctx:
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -2, "broken")
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Stock of line 3 was corrected after it was counted"):
        count.post()
    assert desk.everything() == before


def test_a_loss_larger_than_what_is_left_is_counted_again(desk: Desk) -> None:
    """Counted two of five; then the book lets five be picked."""
    count = Count(desk)
    count.settle({count.lines(KETTLE)[0].id: -3})
    ship(desk, order(desk, "T-1", 5))
    with pytest.raises(RuleViolation, match="book of line 3 holds less by now"):
        count.post()


def test_nothing_is_posted_into_a_closed_period(desk: Desk) -> None:
    count = Count(desk)
    count.settle({count.lines(CUP)[0].id: -1})
    with desk.work() as ctx:
        event_id = record(ctx, "PeriodClosed", "period")
        values = {"until_at": desk.now + MINUTE, "at": desk.now, "event_id": event_id, "actor": "engine"}
        ctx.db.execute(period_close.insert().values(values))
    before = desk.everything()
    with pytest.raises(RuleViolation, match="books are closed"):
        count.post()
    assert desk.everything() == before
    desk.now += 2 * MINUTE
    assert count.post() == 1
