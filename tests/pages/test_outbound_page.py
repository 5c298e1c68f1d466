"""The warehouse's way out under AppTest: from the task to the driver's hands, refusals, rights and both languages."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import select, text
from streamlit.testing.v1 import AppTest

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.shipping_tables import manifest, shipment
from core.services import planning, shipping
from tests.assessments.small_world import fill
from tests.visits import said, visit

LIVE = World("live", "live")


@pytest.fixture
def desk(house: Databases) -> Databases:
    """The house with four reserved orders on its live desk."""
    fill(house.live, int(time.time()))
    return house


def release(desk: Databases, *order_ids: int) -> list[int]:
    with transaction(desk.live) as db:
        ctx = Context(db, ENGINE, int(time.time()), LIVE)
        return [parcel for order_id in order_ids for parcel in shipping.release_order(ctx, order_id)]


def parcels(desk: Databases) -> list[Any]:
    with reader(desk.live) as db:
        return list(db.execute(select(shipment).order_by(shipment.c.id)))


def outbound(desk: Databases, login: str = "warehouse", at: str = "tasks", language: str = "en") -> AppTest:
    tab = visit(desk, login, "work/outbound", language=language, at=at)
    assert not tab.exception
    return tab


def go(tab: AppTest, view: str) -> AppTest:
    tab.session_state["outbound-view"] = view
    tab.run()
    assert not tab.exception
    return tab


def press(tab: AppTest, label: str) -> AppTest:
    (found,) = [one for one in tab.button if one.label == label]
    assert not found.disabled, label
    found.click().run()
    assert not tab.exception
    return tab


def field(tab: AppTest, kind: str, key: str) -> Any:
    (found,) = [one for one in getattr(tab, kind) if (one.key or "").endswith(key)]
    return found


def scan(tab: AppTest, code: str) -> str:
    """One scan; gives what is said beside the field."""
    field(tab, "text_input", "scan-code").input(code)
    press(tab, "Count in")
    last = [*tab.success, *tab.error][:1]
    return last[0].value.replace("\\", "") if last else ""


def test_from_the_task_to_the_drivers_hands(desk: Databases) -> None:
    first, second = release(desk, 1, 2)
    tab = outbound(desk)
    press(tab, "Start with the most urgent")
    assert [row.status for row in parcels(desk)] == ["picking", "released"]
    assert "Stops left: 1 · units left: 1" in said(tab)
    press(tab, "Picked, next stop")
    assert parcels(desk)[0].status == "picked"
    go(tab, "table")
    with reader(desk.live) as db:
        code = db.execute(
            text(
                "SELECT l.sku_code FROM order_line l JOIN shipment_line s ON s.order_line_id = l.id"
                " WHERE s.shipment_id = :id"
            ),
            {"id": first},
        ).scalar_one()
    assert "doesn't belong in shipment SP-000001" in scan(tab, "T-99")
    assert "0 of this article left, 0 in all" in scan(tab, code.lower())
    assert parcels(desk)[0].status == "verified"
    field(tab, "number_input", "-weight").set_value(90_000)
    press(tab, "Pack")
    assert "takes parcels of 1 g to" in said(tab)
    field(tab, "number_input", "-weight").set_value(800)
    press(tab, "Pack")
    row = parcels(desk)[0]
    assert (row.status, row.weight_g, row.carrier) == ("packed", 800, "yuetong")
    assert row.cost_cents > 0
    go(tab, "dock")
    press(tab, "Begin a manifest with all of them")
    press(tab, "Close the manifest")
    press(tab, "Hand everything over")
    assert [row.status for row in parcels(desk)] == ["handed_over", "released"]
    with reader(desk.live) as db:
        assert db.execute(select(manifest.c.status)).scalar_one() == "handed_over"
    assert "Nothing stands at the dock" in said(tab)
    assert second == 2


def test_ticked_parcels_go_on_one_walk_and_a_missing_unit_is_looked_for_elsewhere(desk: Databases) -> None:
    release(desk, 1, 2, 3)
    tab = outbound(desk)
    for number in (1, 3):
        field(tab, "checkbox", f"tick-{number}").check()
    press(tab, "Pick what is ticked")
    assert [row.status for row in parcels(desk)] == ["picking", "released", "picking"]
    field(tab, "number_input", "-found").set_value(0)
    press(tab, "Picked, next stop")
    assert "there; " in said(tab) and "looked for elsewhere" in said(tab)
    with reader(desk.live) as db:
        data = db.execute(text("SELECT data FROM event WHERE kind = 'StockAdjusted'")).scalar_one()
    assert '"reason":"The place is empty"' in data
    press(tab, "Everything was found: report the whole walk")
    assert parcels(desk)[0].status in ("picked", "cancelled")


def test_two_of_the_same_article_in_a_row_are_two_scans(desk: Databases) -> None:
    release(desk, 1)
    with transaction(desk.live) as db:
        db.execute(text("UPDATE shipment_line SET quantity = 2, picked_quantity = 2"))
        db.execute(text("UPDATE shipment SET status = 'picked', picked_at = 1"))
    tab = outbound(desk, at="table")
    with reader(desk.live) as db:
        code = db.execute(text("SELECT sku_code FROM order_line WHERE order_id = 1")).scalar_one()
    assert "1 of this article left" in scan(tab, code)
    assert "0 of this article left" in scan(tab, code)


def test_a_parcels_number_puts_it_on_the_table(desk: Databases) -> None:
    release(desk, 1, 2)
    with transaction(desk.live) as db:
        db.execute(text("UPDATE shipment_line SET picked_quantity = quantity"))
        db.execute(text("UPDATE shipment SET status = 'picked', picked_at = 1"))
    tab = outbound(desk, at="table")
    assert tab.session_state["outbound-parcel"] == 1
    scan(tab, "sp-000002")
    assert tab.session_state["outbound-parcel"] == 2


def test_who_comes_second_is_told_who_was_faster(desk: Databases) -> None:
    release(desk, 1)
    slow = outbound(desk)
    press(outbound(desk), "Start with the most urgent")
    with transaction(desk.live) as db:
        db.execute(text("UPDATE event SET actor = 'person:999' WHERE kind = 'PickingStarted'"))
    press(slow, "Start with the most urgent")
    assert "is Being picked already" in said(slow) and "Picking started" in said(slow)
    assert "Nothing was written" in said(slow)


def test_an_offered_task_is_taken_or_refused(desk: Databases) -> None:
    with transaction(desk.live) as db:
        ctx = Context(db, ENGINE, int(time.time()), LIVE)
        lines = list(db.execute(text("SELECT id, order_id, quantity FROM order_line ORDER BY id")))
        for line in lines[:2]:
            planning.plan_shipments(ctx, line.order_id, [(1, None, {line.id: line.quantity})])
    tab = outbound(desk)
    tab.button(key="take-1").click().run()
    field(tab, "text_input", "why-2").input("no hands")
    tab.button(key="refuse-2").click().run()
    assert [(row.status, row.refusal) for row in parcels(desk)] == [("released", ""), ("cancelled", "no hands")]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("view", ["tasks", "walk", "table", "dock"])
def test_every_station_says_what_to_do_when_there_is_nothing(desk: Databases, view: str, language: str) -> None:
    words = {
        "tasks": ("No parcel waits to be picked", "没有待拣的包裹"),
        "walk": ("Nobody is picking here", "此处无人拣货"),
        "table": ("Nothing waits to be packed", "没有待打包的包裹"),
        "dock": ("Nothing stands at the dock", "月台没有包裹"),
    }
    assert words[view][language == "zh"] in said(outbound(desk, at=view, language=language))


def test_who_lays_the_work_out_decides_on_scanning_and_does_nothing_else(desk: Databases) -> None:
    release(desk, 1, 2)
    tab = outbound(desk, "operations")
    assert [metric.value for metric in tab.metric] == ["2", "0", "0", "0"]
    press(tab, "Require scanning before packing")
    with reader(desk.live) as db:
        assert db.execute(text("SELECT verifies FROM warehouse WHERE code = 'SH'")).scalar_one() == 1
    press(tab, "Allow packing without scanning")
    assert [one.key for one in tab.button] == ["verify-switch"]


@pytest.mark.parametrize("login", ["clerk", "service", "finance", "manager"])
def test_only_the_warehouse_works_there(desk: Databases, login: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(desk, login, "work/outbound")


def test_scanning_is_made_a_must_by_those_who_lay_the_work_out(desk: Databases) -> None:
    release(desk, 1)
    with transaction(desk.live) as db:
        db.execute(text("UPDATE shipment_line SET picked_quantity = quantity"))
        db.execute(text("UPDATE shipment SET status = 'picked', picked_at = 1"))
        db.execute(text("UPDATE warehouse SET verifies = 1"))
    tab = outbound(desk, at="table")
    assert "verify-switch" not in [one.key for one in tab.button]
    (pack,) = [one for one in tab.button if one.label == "Pack"]
    assert pack.disabled
    assert "packs only what was scanned completely" in said(tab)
