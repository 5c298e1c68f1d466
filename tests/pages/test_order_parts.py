"""On an order's page: a part is cancelled, papers are printed, and the channel's original lies beside the order."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine, Payment
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.shipping_tables import shipment, shipment_line
from core.db.world_tables import message, order_line, sales_order, warehouse
from core.services import intake, orders, stock
from seed.incoming import Draft, incoming_order
from tests.assessments.small_world import fill
from tests.pages.test_work_pages import errors, field, open_order, press, sheet
from tests.visits import said


@pytest.fixture
def order_id(house: Databases) -> int:
    """An unpaid order of two articles on the live desk."""
    now = int(time.time())
    fill(house.live, now)
    with transaction(house.live) as db:
        codes = db.execute(select(order_line.c.sku_code, order_line.c.name).where(order_line.c.sku_code != "")).all()
        first, second = sorted(set(codes))[:2]
        lines = (IncomingLine(*first, 2, 5_000), IncomingLine(*second, 1, 3_000))
        draft = Draft(
            "tmall", "PART-1", now, "陈思远", "13812345678", "", "CN-SH", "上海市", "黄浦区", "南京东路 100 号",
            "200001", 0, 0, "轻放", lines,
        )  # fmt: skip
        ctx = Context(db, ENGINE, now, World("live", "live"))
        return intake.receive_order(ctx, replace(incoming_order(draft), street="南京西路 1 号"))


def lines_of(house: Databases, order_id: int) -> list[tuple[int, int]]:
    """Shape: units wanted, units cancelled."""
    with reader(house.live) as db:
        found = select(order_line).where(order_line.c.order_id == order_id).order_by(order_line.c.position)
        return [(row.quantity, row.cancelled_quantity) for row in db.execute(found)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_differences_to_the_original_are_counted_and_marked(house: Databases, order_id: int, language: str) -> None:
    shown = sheet(open_order(house, order_id, language=language))
    assert ("1 difference is marked." if language == "en" else "有 1 处不同，已标出。") in shown
    assert '<span class="differs">南京西路 1 号</span>' in shown
    assert '<span class="differs">南京东路 100 号</span><small>详细地址</small>' in shown
    assert ("Goods and amounts" if language == "en" else "商品与金额") in shown
    assert "<span>× 2</span>" in shown


def test_a_part_is_cancelled_after_it_was_said_what_it_does(house: Databases, order_id: int) -> None:
    tab = press(open_order(house, order_id), "do-part")
    assert "The order then comes to CN¥80.00." in said(tab)
    field(tab, "number_input", "Units to cancel").set_value(2).run()
    assert "The order then comes to CN¥30.00." in said(tab)
    press(tab, f"part-{order_id}", "yes")
    assert "A cancellation needs a reason" in errors(tab)
    assert lines_of(house, order_id) == [(2, 0), (1, 0)]
    field(tab, "text_input", "Reason (the buyer reads it)").input("out of season").run()
    press(tab, f"part-{order_id}", "yes")
    assert lines_of(house, order_id) == [(0, 2), (1, 0)]
    assert "The part was cancelled and the buyer was told." in said(tab)
    assert "2 cancelled" in sheet(tab)
    with reader(house.live) as db:
        body = db.execute(select(message.c.body).where(message.c.order_id == order_id)).scalar_one()
        assert db.execute(select(sales_order.c.total_cents).where(sales_order.c.id == order_id)).scalar_one() == 3_000
    assert body.endswith("out of season")


def test_the_last_units_are_announced_as_the_end_of_the_order(house: Databases, order_id: int) -> None:
    tab = press(open_order(house, order_id), "do-part")
    field(tab, "number_input", "Units to cancel").set_value(2).run()
    field(tab, "text_input", "Reason (the buyer reads it)").input("asked").run()
    press(tab, f"part-{order_id}", "yes")
    tab = press(tab, "do-part")
    assert "the whole order is cancelled" in said(tab)


def test_papers_are_printed_in_the_readers_language(house: Databases, order_id: int) -> None:
    tab = open_order(house, order_id, language="zh")
    buttons = {one.proto.label: one.proto for one in tab.get("download_button")}
    assert [label for label, one in buttons.items() if not one.disabled] == ["装箱单"]
    assert "确定承运商后" in buttons["快递面单"].help


def test_one_order_leaves_in_two_parcels_and_two_in_one(house: Databases, order_id: int) -> None:
    now = int(time.time())
    with transaction(house.live) as db:
        ctx = Context(db, ENGINE, now, World("live", "live"))
        lines = db.execute(select(order_line).where(order_line.c.order_id == order_id)).all()
        for place in db.execute(select(warehouse.c.id).where(warehouse.c.id != 0)).scalars().all():
            for line in lines:
                stock.receive_stock(ctx, line.sku_id, place, 50, 100)
        notes = {"price": "agreed", "duplicate": "asked"}
        ids = []
        for number, units in (("PAIR-1", 2), ("PAIR-2", 1)):
            goods = (IncomingLine(lines[0].sku_code, lines[0].name, units, 5_000),)
            draft = Draft(
                "tmall", number, now, "林小雨", "13912345678", "", "CN-SH", "上海市", "黄浦区", "南京东路 100 号",
                "200001", 0, 0, "", goods,
            )  # fmt: skip
            ids.append(intake.receive_order(ctx, incoming_order(draft, (Payment("alipay", 5_000 * units),))))
            orders.confirm_order(ctx, ids[-1], approved=notes)
    tab = press(open_order(house, ids[0]), "do-split")
    assert [one.value for one in tab.number_input] == [0]
    press(tab, f"split-{ids[0]}", "yes")
    assert "A split has to leave something in both parcels." in errors(tab)
    tab.number_input[0].set_value(1).run()
    press(tab, f"split-{ids[0]}", "yes")
    assert "The order leaves in two parcels." in said(tab)
    assert parcels_of(house) == [{ids[0]}, {ids[0]}]
    (button,) = [one for one in tab.button if one.key == "do-split"]
    assert (button.disabled, button.help) == (True, "The order goes in several parcels already\\.")
    press(tab, "do-merge")
    press(tab, f"merge-{ids[0]}", "yes")
    assert "The orders leave in one parcel." in said(tab)
    assert parcels_of(house) == [set(ids)]


def parcels_of(house: Databases) -> list[set[int]]:
    """The orders in each planned parcel of this buyer's."""
    with reader(house.live) as db:
        found: dict[int, set[int]] = {}
        rows = db.execute(
            select(shipment_line.c.shipment_id, shipment_line.c.order_id)
            .select_from(shipment_line.join(shipment, shipment.c.id == shipment_line.c.shipment_id))
            .join(sales_order, sales_order.c.id == shipment_line.c.order_id)
            .where(shipment.c.status == "planned", sales_order.c.number.startswith("PAIR-"))
            .order_by(shipment_line.c.shipment_id)
        )
        for shipment_id, order_id in rows:
            found.setdefault(shipment_id, set()).add(order_id)
        return list(found.values())
