"""Stock alerts under people's hands: what is shown, acknowledged, set by hand or by formula, and ordered."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select, text
from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Context, World
from core.db.alert_tables import stock_alert, stock_threshold
from core.db.engines import Databases, reader, transaction
from core.services import stock_alerts, thresholds
from core.ui.server_background import watch_stock
from tests.assessments.small_world import fill
from tests.visits import said, visit

LIVE = World("live", "live")


@pytest.fixture
def stocked(house: Databases) -> Databases:
    """The house with goods on its shelves; the first article is low since an hour."""
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        db.execute(text("DELETE FROM stock_threshold"))
        ctx = Context(db, ENGINE, now - 3_600, LIVE)
        thresholds.set_threshold(ctx, 1, 1, 100_000)
        stock_alerts.evaluate_alerts(ctx)
        stock_alerts.evaluate_alerts(ctx.at(now))
    return house


def rows(tab: AppTest) -> list[dict[str, Any]]:
    return tab.dataframe[0].value.to_dict("records") if tab.dataframe else []


def press(tab: AppTest, key: str) -> AppTest:
    tab.button(key=key).click().run()
    assert not tab.exception
    return tab


def test_what_alerts_stands_first(stocked: Databases) -> None:
    tab = visit(stocked, "operations", "monitor/stock_alerts")
    assert not tab.exception
    first = rows(tab)[0]
    assert (first["state"], first["kind"]) == ("Alerting", "Low stock")
    assert "< 100,000" in first["value"]
    assert tab.button_group[0].options[0] == "Alerts · 1"


@pytest.mark.parametrize("view", ["alerts", "low", "forecast", "order", "all"])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("login", ["manager", "warehouse"])
def test_every_view_for_who_may_see_it(stocked: Databases, view: str, language: str, login: str) -> None:
    tab = visit(stocked, login, "monitor/stock_alerts", language=language, show=view, warehouse="SH")
    assert not tab.exception
    assert "z·√" in said(tab)


def test_few_days_are_said_to_be_few(stocked: Databases) -> None:
    found = rows(visit(stocked, "manager", "monitor/stock_alerts", show="forecast"))
    assert {row["likely"] for row in found} == {"too few days to say"}


@pytest.mark.parametrize("login", ["clerk", "service"])
def test_others_have_no_such_page(stocked: Databases, login: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(stocked, login, "monitor/stock_alerts")


def test_nonsense_in_the_address_shows_the_alerts(stocked: Databases) -> None:
    tab = visit(stocked, "manager", "monitor/stock_alerts", show="<b>", warehouse="../x")
    assert not tab.exception
    assert rows(tab)[0]["state"] == "Alerting"


def test_looking_now_raises_what_has_lasted(house: Databases) -> None:
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        db.execute(text("DELETE FROM stock_threshold"))
        ctx = Context(db, ENGINE, now - 3_600, LIVE)
        thresholds.set_threshold(ctx, 1, 1, 100_000)
        stock_alerts.evaluate_alerts(ctx)
    press(visit(house, "operations", "monitor/stock_alerts"), "evaluate")
    assert low_state(house) == "alerting"


def low_state(house: Databases) -> str:
    with reader(house.live) as db:
        return str(db.execute(select(stock_alert.c.state).where(stock_alert.c.kind == "low")).scalar_one())


def test_the_background_looks_by_itself_and_writes_when_something_changed(stocked: Databases) -> None:
    with transaction(stocked.live) as db:
        db.execute(stock_threshold.update().values(low_quantity=0))
    watch_stock(stocked)
    assert low_state(stocked) == "recovering"
    with reader(stocked.live) as db:
        at = db.execute(text("SELECT value FROM meta WHERE key = 'alerts_at'")).scalar_one()
        assert db.execute(text("SELECT value FROM meta WHERE key = 'demand_until'")).scalar_one()
    watch_stock(stocked)
    with reader(stocked.live) as db:
        assert db.execute(text("SELECT value FROM meta WHERE key = 'alerts_at'")).scalar_one() == at


def test_an_empty_world_says_what_to_do(house: Databases) -> None:
    tab = visit(house, "manager", "monitor/stock_alerts")
    assert "Nothing alerts" in said(tab)
    tab = visit(house, "manager", "monitor/stock_alerts", show="forecast")
    assert "Receive goods first" in said(tab)
