"""Waves under a planner's hands: chosen, planned behind the page, pinned, accepted, refused and planned again."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.shipping_tables import shipment
from core.db.wave_tables import wave, wave_order, wave_parcel
from core.db.world_tables import sales_order, stock_balance
from core.services import shipping, stock
from core.services.books import imbalances
from core.ui import wave_job
from core.ui.i18n import in_language
from tests.assessments.small_world import fill
from tests.visits import said, visit

LIVE = World("live", "live")


@pytest.fixture
def desk(house: Databases) -> Databases:
    """The house with four orders that wait in Shanghai, and some stock in Guangzhou."""
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        ctx = Context(db, ENGINE, now, LIVE)
        for sku_id in range(1, 5):
            stock.receive_stock(ctx, sku_id, 2, 5, 3_000)
    return house


def press(tab: AppTest, key: str) -> AppTest:
    button = tab.button(key=key)
    assert not button.disabled, button.help
    button.click().run()
    assert not tab.exception
    return tab


def solved(tab: AppTest, language: str = "en") -> AppTest:
    """Waits until the work behind the page is done, and looks again."""
    until = time.monotonic() + 30
    while any(not job.ended for job in list(wave_job._jobs.values())):
        assert time.monotonic() < until
        time.sleep(0.05)
    with in_language(language):
        tab.run()
    assert not tab.exception
    return tab


def number_of(desk: Databases) -> int:
    """The last wave."""
    with reader(desk.live) as db:
        return int(db.execute(select(func.max(wave.c.id))).scalar_one() or 0)


def status_of(desk: Databases) -> str:
    with reader(desk.live) as db:
        return str(db.execute(select(wave.c.status).order_by(wave.c.id.desc()).limit(1)).scalar_one())


def wave_page(desk: Databases, language: str = "en") -> AppTest:
    """A tab on the last wave, once it is solved."""
    tab = visit(desk, "operations", "work/wave", language=language, id=str(number_of(desk)))
    assert not tab.exception
    return solved(tab, language)


def opened(desk: Databases, language: str = "en") -> AppTest:
    """A tab on a new wave of everything that waits, solved."""
    tab = visit(desk, "operations", "work/waves", language=language)
    assert not tab.exception
    press(tab, "open-wave")
    return wave_page(desk, language)


def test_a_wave_goes_from_waiting_orders_to_tasks(desk: Databases) -> None:
    tab = visit(desk, "operations", "work/waves")
    assert tab.button(key="open-wave").label == "Plan a wave of 4 orders"
    press(tab, "open-wave")
    tab = wave_page(desk)
    words = said(tab)
    assert "Planned, not accepted" in words
    assert "The plan and the greedy rule" in words
    assert [metric.label for metric in tab.metric] == [
        "Cost of the plan",
        "Gap to the bound",
        "Units left behind",
        "Parcels expected late",
    ]
    assert tab.metric[2].value == "0"
    press(tab, "accept-wave")
    assert status_of(desk) == "accepted"
    assert "4 parcels are offered to warehouses and carriers." in said(tab)
    with reader(desk.live) as db:
        rows = db.execute(select(shipment.c.status, shipment.c.warehouse_answer, shipment.c.carrier_answer)).all()
        assert [tuple(row) for row in rows] == [("planned", "offered", "offered")] * 4
        assert imbalances(Context(db, ENGINE, int(time.time()), LIVE)) == []


def test_a_pin_is_kept_and_the_next_plan_follows_it(desk: Databases) -> None:
    tab = opened(desk)
    tab.selectbox(key="pin-place").set_value(2).run()
    order_id = tab.selectbox(key="pin-order").value
    press(tab, "pin-it")
    assert status_of(desk) == "open"
    assert tab.button(key="accept-wave").disabled
    assert "Plan it again before accepting" in said(tab)
    press(tab, "plan-again")
    solved(tab)
    with reader(desk.live) as db:
        pinned = select(wave_order.c.pinned_warehouse_id).where(wave_order.c.order_id == order_id)
        assert db.execute(pinned).scalar_one() == 2
        place = select(wave_parcel.c.warehouse_id).where(wave_parcel.c.order_id == order_id)
        assert list(db.execute(place).scalars()) == [2]


def test_settings_are_kept_and_planned_with(desk: Databases) -> None:
    tab = opened(desk)
    tab.number_input(key="wave-settings-unfilled").set_value(0.0).run()
    press(tab, "change-wave")
    solved(tab)
    # Nothing is worth sending when what stays behind costs nothing.
    assert tab.metric[2].value == "4"
    assert tab.button(key="accept-wave").disabled
    assert "4 of them wait on." in said(tab)


def test_a_wave_that_can_not_be_served_says_what_is_missing(desk: Databases) -> None:
    tab = opened(desk)
    for place in (1, 2, 3, 4):
        tab.number_input(key=f"wave-settings-pick-{place}").set_value(0)
    tab.checkbox(key="wave-settings-fill").check()
    tab.run()
    press(tab, "change-wave")
    solved(tab)
    words = said(tab)
    assert "no plan can do that" in words
    assert "units it can pick 0, needed on top " in words
    assert status_of(desk) == "open"


def test_what_a_carrier_refuses_is_planned_again(desk: Databases) -> None:
    tab = opened(desk)
    press(tab, "accept-wave")
    with transaction(desk.live) as db:
        ctx = Context(db, ENGINE, int(time.time()), LIVE)
        ids = list(db.execute(select(shipment.c.id).order_by(shipment.c.id)).scalars())
        shipping.refuse_as_carrier(ctx, ids[0], "the lorry is full")
        shipping.refuse_task(ctx, ids[1], "the belt stands still")
    tab.run()
    assert "2 orders came back" in said(tab)
    press(tab, "plan-refused")
    assert number_of(desk) == 2
    tab = wave_page(desk)
    with reader(desk.live) as db:
        assert db.execute(select(func.count()).where(wave_order.c.wave_id == 2)).scalar_one() == 2
    press(tab, "accept-wave")
    assert "2 parcels are offered" in said(tab)


def test_an_order_that_changed_meanwhile_is_named(desk: Databases) -> None:
    tab = opened(desk)
    with transaction(desk.live) as db:
        db.execute(sales_order.update().where(sales_order.c.id == 1).values(version=99))
    press(tab, "accept-wave")
    with reader(desk.live) as db:
        number = db.execute(select(sales_order.c.number).where(sales_order.c.id == 1)).scalar_one()
    assert f"they changed meanwhile: {number}" in said(tab)
    assert "1 order came back" in said(tab)


def test_a_discarded_wave_leaves_everything_as_it_was(desk: Databases) -> None:
    tab = opened(desk)
    with reader(desk.live) as db:
        before = db.execute(select(stock_balance)).all()
    press(tab, "discard-wave")
    assert status_of(desk) == "discarded"
    with reader(desk.live) as db:
        assert db.execute(select(stock_balance)).all() == before


def test_filters_that_fit_nothing_say_so(desk: Databases) -> None:
    tab = visit(desk, "operations", "work/waves")
    tab.selectbox(key="refused").set_value("yes").run()
    assert "No waiting order fits these filters." in said(tab)


@pytest.mark.parametrize("asked", ["999", "x", "-1", "1" * 40])
def test_a_wave_that_is_not_there_shows_the_way_back(desk: Databases, asked: str) -> None:
    tab = visit(desk, "operations", "work/wave", id=asked)
    assert not tab.exception
    assert "No wave chosen" in said(tab)


def test_all_of_it_speaks_chinese(desk: Databases) -> None:
    tab = opened(desk, "zh")
    words = said(tab)
    assert "已求解，待采纳" in words
    assert "方案与贪心规则对比" in words
    with in_language("zh"):
        press(tab, "accept-wave")
    assert "已向仓库与承运商下达 4 个包裹任务。" in said(tab)
