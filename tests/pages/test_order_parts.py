"""On an order's page: a part is cancelled, papers are printed, and the channel's original lies beside the order."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from sqlalchemy import select

from core.channels.incoming import IncomingLine
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.world_tables import message, order_line, sales_order
from core.services import intake
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
    assert "打包时才会分配运单号" in buttons["快递面单"].help
