"""Demand, thresholds by formula and by hand, and suggested purchases of a house whose demand the test knows."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import ENGINE
from core.db.alert_tables import stock_threshold
from core.db.inbound_tables import purchase_line, purchase_order
from core.domain.errors import NotFound, RuleViolation
from core.services import demand, orders, replenishment, stock, thresholds
from core.services.books import imbalances
from core.services.stock_outlook import outlooks
from tests.services.desk import CUP, KETTLE, SHANGHAI, Desk
from tests.services.stock_story import DAY, PLANNER, look, lose, sell, supply, twenty_days

# ---- demand -------------------------------------------------------------------------------------------------------


def test_demand_is_what_orders_took_per_day_that_is_over(desk: Desk) -> None:
    twenty_days(desk)
    found = look(desk).demand
    assert (found.mean, found.days) == (3, 20)
    assert found.deviation == pytest.approx((20 / 19) ** 0.5)
    sell(desk, 50)  # today isn't over
    assert look(desk).demand == found


def test_what_is_added_up_equals_what_the_ledger_says(desk: Desk) -> None:
    twenty_days(desk)
    from_ledger = look(desk).demand
    with desk.work(ENGINE) as ctx:
        assert demand.bring_demand(ctx) == 20
        assert demand.bring_demand(ctx) == 0
    assert look(desk).demand == from_ledger
    sell(desk, 9)
    desk.now += DAY
    assert (look(desk).demand.mean, look(desk).demand.days) == (pytest.approx(69 / 21), 21)
    with desk.work(ENGINE) as ctx:
        assert demand.bring_demand(ctx) == 1
    with desk.look() as ctx:
        book = demand.demand_book(ctx, 90)
        assert book.sums[(CUP, SHANGHAI)][0] == 69
        assert demand.weekly_units(ctx, book)[CUP] == [20, 22, 27]


def test_a_cancelled_order_is_no_demand(desk: Desk) -> None:
    order_id = sell(desk, 3)
    with desk.work() as ctx:
        orders.cancel_order(ctx, order_id, "x")
    sell(desk, 2)
    desk.now += DAY
    with desk.look() as ctx:
        assert demand.demand_book(ctx, 90).sums[(CUP, SHANGHAI)] == (2, 4)


# ---- thresholds ---------------------------------------------------------------------------------------------------


def test_the_formula_sets_reorder_point_and_upper_limit(desk: Desk) -> None:
    """d = 3, σd² = 20/19, L = 7, σL = 2, z = 1.645: safety 1.645·√(7.37 + 36) = 10.83."""
    twenty_days(desk)
    with desk.work(PLANNER) as ctx:
        assert thresholds.use_formula(ctx, [(CUP, SHANGHAI)]) == 1
    found = look(desk)
    assert found.levels is not None
    assert (found.levels.safety, found.levels.reorder_point, found.levels.order_up_to) == (11, 32, 74)
    assert found.threshold is not None
    assert (found.threshold.low, found.threshold.high, found.threshold.source) == (32, 180, "formula")


def test_a_threshold_by_formula_follows_demand_and_one_by_hand_does_not(desk: Desk) -> None:
    twenty_days(desk)
    with desk.work(PLANNER) as ctx:
        thresholds.use_formula(ctx, [(CUP, SHANGHAI)])
        thresholds.set_threshold(ctx, KETTLE, SHANGHAI, 5)
    with desk.work() as ctx:
        assert thresholds.renew_thresholds(ctx) == 0
    for _ in range(10):
        sell(desk, 9)
        desk.now += DAY
    with desk.work() as ctx:
        assert thresholds.renew_thresholds(ctx) == 1
    found = look(desk).threshold
    assert found is not None
    assert found.low > 32
    assert look(desk, (KETTLE, SHANGHAI)).threshold is not None


def test_too_few_days_to_reckon_with(desk: Desk) -> None:
    sell(desk, 1)
    desk.now += 5 * DAY
    found = look(desk)
    assert (found.levels, found.cover_days, found.stock_out_chance, found.out_in_days) == (
        None,
        None,
        None,
        (None, None),
    )
    assert (found.suggested, found.high_by_formula) == (0, None)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="too few days of demand"), desk.work(PLANNER) as ctx:
        thresholds.use_formula(ctx, [(CUP, SHANGHAI)])
    assert desk.everything() == before


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [(-1, None, "0 to 1000000"), (10**9, None, "0 to 1000000"), (5, 5, "above the lower"), (5, 10**7, "0 to 1000000")],
)
def test_thresholds_that_cannot_be(desk: Desk, low: int, high: int | None, message: str) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match=message), desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, low, high)
    for place in ((99, SHANGHAI), (CUP, 0), (CUP, 99)):
        with pytest.raises(NotFound), desk.work(PLANNER) as ctx:
            thresholds.set_threshold(ctx, *place, 5)
    assert desk.everything() == before


@pytest.mark.parametrize(("low", "high"), [("five", ""), ("", ""), ("-1", ""), ("5", "x"), ("٣", ""), ("1.5", "")])
def test_typed_thresholds_that_are_none(desk: Desk, low: str, high: str) -> None:
    with pytest.raises(RuleViolation, match="A threshold is 0 to"), desk.work(PLANNER) as ctx:
        thresholds.set_typed(ctx, CUP, SHANGHAI, low, high)


def test_thresholds_are_set_changed_and_taken_away(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_typed(ctx, CUP, SHANGHAI, " 5 ", "20")
        with pytest.raises(RuleViolation, match="Nothing was changed"):
            thresholds.set_threshold(ctx, CUP, SHANGHAI, 5, 20)
        thresholds.set_typed(ctx, CUP, SHANGHAI, "6", "")
    found = look(desk).threshold
    assert found is not None
    assert (found.low, found.high, found.source, found.set_by) == (6, None, "hand", "person:10")
    with desk.work(PLANNER) as ctx:
        thresholds.forget_threshold(ctx, CUP, SHANGHAI)
        with pytest.raises(RuleViolation, match="no threshold to take away"):
            thresholds.forget_threshold(ctx, CUP, SHANGHAI)
    with desk.look() as ctx:
        assert ctx.db.execute(select(stock_threshold)).all() == []


def test_what_is_at_its_reorder_point_is_ordered_once(desk: Desk) -> None:
    twenty_days(desk)
    supply(desk, "DEAR", CUP, 900)
    supply(desk, "CHEAP", CUP, 800, least=100)
    with desk.look() as ctx:
        assert replenishment.suggested_orders(ctx) == {}
        left = stock.available_units(ctx, CUP, SHANGHAI)
    lose(desk, left - 30)
    with desk.look() as ctx:
        (found,) = replenishment.suggested_orders(ctx).values()
    # 74 − 30 would do; the cheaper supplier sends no fewer than a hundred.
    assert (found.outlook.suggested, found.quantity, found.supplier_en, found.value_cents) == (44, 100, "CHEAP", 80_000)
    with desk.work(PLANNER) as ctx:
        (purchase_id,) = replenishment.order_suggested(ctx, [(CUP, SHANGHAI)])
    with desk.look() as ctx:
        order = ctx.db.execute(select(purchase_order)).one()
        line = ctx.db.execute(select(purchase_line)).one()
        assert imbalances(ctx) == []
    assert (order.id, order.warehouse_id, order.status) == (purchase_id, SHANGHAI, "ordered")
    assert (line.sku_id, line.quantity, line.unit_cost_cents) == (CUP, 100, 800)
    assert look(desk).coming == 100
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Nothing of this needs ordering"), desk.work(PLANNER) as ctx:
        replenishment.order_suggested(ctx, [(CUP, SHANGHAI)])
    assert desk.everything() == before


def test_what_nobody_sells_is_suggested_but_not_ordered(desk: Desk) -> None:
    twenty_days(desk)
    with desk.look() as ctx:
        left = stock.available_units(ctx, CUP, SHANGHAI)
    lose(desk, left - 30)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Nobody sells us"), desk.work(PLANNER) as ctx:
        replenishment.order_suggested(ctx, [(CUP, SHANGHAI)])
    assert desk.everything() == before


def test_a_lead_time_is_measured_where_there_are_enough_purchases(desk: Desk) -> None:
    supply(desk, "S", CUP, 800, days=4)
    with desk.look() as ctx:
        assert outlooks(ctx)[(CUP, SHANGHAI)].lead.mean == 4
    with desk.work() as ctx:
        for took in (3, 5, 5, 5, 7):
            key = ctx.db.execute(
                purchase_order.insert().values(
                    supplier_id=800, warehouse_id=SHANGHAI, status="put_away", is_open=0, ordered_at=ctx.now,
                    expected_on="2026-01-01", first_received_at=ctx.now + took * DAY, actor="engine",
                )
            ).inserted_primary_key  # fmt: skip
            assert key is not None
            ctx.db.execute(
                purchase_line.insert().values(
                    purchase_order_id=key[0], position=1, sku_id=CUP, quantity=1, unit_cost_cents=1
                )
            )
    lead = look(desk).lead
    assert (lead.mean, lead.orders) == (5, 5)
    assert lead.deviation == pytest.approx(2**0.5)
