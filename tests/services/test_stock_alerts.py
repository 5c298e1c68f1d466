"""Stock alerts: raised once they last, ended once they are clearly over, seen before anybody looks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from core.context import Actor
from core.db.alert_tables import stock_alert
from core.db.world_tables import event, lot
from core.domain.alerts import AlertKind, AlertState
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.services import demand, orders, replenishment, stock, stock_alerts, thresholds
from tests.services.desk import CUP, GUANGZHOU, LAMP, SHANGHAI, Desk
from tests.services.stock_story import MINUTE, PLANNER, look, lose, sell, twenty_days


def evaluate(desk: Desk) -> int:
    with desk.work(PLANNER) as ctx:
        return stock_alerts.evaluate_alerts(ctx)


def states(desk: Desk, kind: AlertKind = AlertKind.LOW) -> dict[tuple[int, int], str]:
    with desk.look() as ctx:
        rows = ctx.db.execute(select(stock_alert).where(stock_alert.c.kind == kind.value))
        return {(row.sku_id, row.warehouse_id): row.state for row in rows}


def told(desk: Desk) -> list[tuple[str, str]]:
    with desk.look() as ctx:
        rows = ctx.db.execute(select(event.c.kind, event.c.data).where(event.c.kind.like("StockAlert%")))
        return [(row.kind, json.loads(row.data)["kind"]) for row in rows]


# ---- alerts -------------------------------------------------------------------------------------------------------


def test_low_stock_alerts_once_it_lasts_and_ends_once_it_is_clearly_over(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, 10)
    assert evaluate(desk) == 0
    assert states(desk) == {}
    order_id = sell(desk, 2)
    assert evaluate(desk) == 0
    assert states(desk) == {(CUP, SHANGHAI): "pending"}
    desk.now += 11 * MINUTE
    assert evaluate(desk) == 1
    assert evaluate(desk) == 0
    assert states(desk) == {(CUP, SHANGHAI): "alerting"}
    with desk.work() as ctx:
        orders.cancel_order(ctx, order_id, "x")  # ten again: not low, but not clearly above
    evaluate(desk)
    assert states(desk) == {(CUP, SHANGHAI): "alerting"}
    with desk.work() as ctx:
        stock.receive_stock(ctx, CUP, SHANGHAI, 5, 100)
    evaluate(desk)
    assert states(desk) == {(CUP, SHANGHAI): "recovering"}
    desk.now += 31 * MINUTE
    evaluate(desk)
    assert states(desk) == {(CUP, SHANGHAI): "normal"}
    assert told(desk) == [("StockAlertRaised", "low"), ("StockAlertResolved", "low")]


def test_nothing_is_written_while_nothing_changes(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, 100)
    evaluate(desk)
    desk.now += 11 * MINUTE
    with desk.look() as ctx:
        assert stock_alerts.alerts_behind(ctx)
    evaluate(desk)
    desk.now += MINUTE
    with desk.look() as ctx:
        assert not stock_alerts.alerts_behind(ctx)


def test_too_much_and_about_to_expire(desk: Desk) -> None:
    with desk.work() as ctx:
        lot_id = stock.receive_stock(ctx, LAMP, GUANGZHOU, 40, 100)
        ctx.db.execute(lot.update().where(lot.c.id == lot_id).values(expires_on="2026-04-01"))
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, LAMP, GUANGZHOU, 2, 30)
    evaluate(desk)
    desk.now += 11 * MINUTE
    evaluate(desk)
    assert states(desk, AlertKind.HIGH) == {(LAMP, GUANGZHOU): "alerting"}
    assert states(desk, AlertKind.EXPIRING) == {(LAMP, GUANGZHOU): "alerting"}
    assert look(desk, (LAMP, GUANGZHOU)).first_expiry == "2026-04-01"


def test_without_days_there_is_no_forecast_and_with_them_there_is(desk: Desk) -> None:
    evaluate(desk)
    assert set(states(desk, AlertKind.STOCK_OUT).values()) == {"no_data"}
    twenty_days(desk)
    with desk.work() as ctx:
        left = stock.available_units(ctx, CUP, SHANGHAI)
    lose(desk, left - 6)  # two days' demand is left, and goods take a week
    evaluate(desk)
    desk.now += 11 * MINUTE
    evaluate(desk)
    assert states(desk, AlertKind.STOCK_OUT)[(CUP, SHANGHAI)] == "alerting"
    found = look(desk)
    assert found.cover_days == 2
    assert found.stock_out_chance is not None
    assert found.stock_out_chance > 0.99
    early, likely = found.out_in_days
    assert early is not None
    assert likely is not None
    assert early <= likely <= 4


def test_an_alert_is_acknowledged_once_and_anew_when_it_comes_back(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, 100)
    evaluate(desk)
    with desk.look() as ctx:
        alert_id = ctx.db.execute(select(stock_alert.c.id).where(stock_alert.c.kind == "low")).scalar_one()
    with pytest.raises(RuleViolation, match="nothing to acknowledge"), desk.work(PLANNER) as ctx:
        stock_alerts.acknowledge_alert(ctx, alert_id)
    desk.now += 11 * MINUTE
    evaluate(desk)
    with desk.work(PLANNER) as ctx:
        stock_alerts.acknowledge_alert(ctx, alert_id)
    with pytest.raises(RuleViolation, match="acknowledged this alert already"), desk.work(PLANNER) as ctx:
        stock_alerts.acknowledge_alert(ctx, alert_id)
    with pytest.raises(NotFound), desk.work(PLANNER) as ctx:
        stock_alerts.acknowledge_alert(ctx, 4711)
    assert seen(desk).acknowledged_by == "person:10"
    with desk.work() as ctx:
        stock.receive_stock(ctx, CUP, SHANGHAI, 500, 100)
    evaluate(desk)
    desk.now += 31 * MINUTE
    evaluate(desk)
    lose(desk, 450)
    evaluate(desk)
    desk.now += 11 * MINUTE
    evaluate(desk)
    assert (seen(desk).state, seen(desk).acknowledged_by) == (AlertState.ALERTING, None)


def seen(desk: Desk) -> Any:
    """The alert on cups in Shanghai as the page shows it."""
    with desk.look() as ctx:
        board = stock_alerts.stock_board(ctx, warehouse="SH")
    return next(line for line in board.lines if line.sku == "CUP").alert(AlertKind.LOW)


def test_the_page_knows_what_nobody_has_looked_at_yet(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, 100)
    assert seen(desk).state is AlertState.PENDING
    evaluate(desk)
    desk.now += 11 * MINUTE
    assert seen(desk).state is AlertState.ALERTING
    assert states(desk) == {(CUP, SHANGHAI): "pending"}


def test_an_alert_ends_with_its_threshold(desk: Desk) -> None:
    with desk.work(PLANNER) as ctx:
        thresholds.set_threshold(ctx, CUP, SHANGHAI, 100)
    evaluate(desk)
    desk.now += 11 * MINUTE
    evaluate(desk)
    with desk.work(PLANNER) as ctx:
        thresholds.forget_threshold(ctx, CUP, SHANGHAI)
    evaluate(desk)
    assert states(desk) == {(CUP, SHANGHAI): "normal"}
    assert told(desk)[-1] == ("StockAlertResolved", "low")


def test_who_may_only_look_does_nothing(desk: Desk, clerk: Actor) -> None:
    works = (
        lambda ctx: thresholds.set_threshold(ctx, CUP, SHANGHAI, 5),
        lambda ctx: thresholds.forget_threshold(ctx, CUP, SHANGHAI),
        lambda ctx: thresholds.use_formula(ctx, [(CUP, SHANGHAI)]),
        lambda ctx: thresholds.renew_thresholds(ctx),
        lambda ctx: stock_alerts.evaluate_alerts(ctx),
        lambda ctx: stock_alerts.acknowledge_alert(ctx, 1),
        lambda ctx: replenishment.order_suggested(ctx, [(CUP, SHANGHAI)]),
        lambda ctx: demand.bring_demand(ctx),
    )
    before = desk.everything()
    for work in works:
        with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
            work(ctx)
    assert desk.everything() == before
    nobody = Actor(99, "X", "employee", None, frozenset())
    for read in (stock_alerts.stock_board, replenishment.suggested_orders, stock_alerts.alerts_behind):
        with pytest.raises(NotAllowed), desk.look(nobody) as ctx:
            read(ctx)


def test_the_index_serves_a_day_of_demand(desk: Desk) -> None:
    with desk.look() as ctx:
        if ctx.db.dialect.name != "sqlite":
            pytest.skip("SQLite's plan; PostgreSQL decides by size")
        plan = ctx.db.execute(text(f"EXPLAIN QUERY PLAN {demand._OF_A_DAY.text}"), {"begins_at": 0, "ends_at": 1}).all()
    assert any("USING INDEX stock_posting_demand" in str(row) or "COVERING" in str(row) for row in plan)
