"""Stock that runs low, summed over lots and held against each warehouse's threshold."""

from __future__ import annotations

from core.db.alert_tables import stock_threshold
from core.metrics.filters import Filter
from core.metrics.stock import LowStock, low_stock
from core.services import adjustments
from tests.metrics.conftest import Look
from tests.metrics.story import Story
from tests.services.desk import APPROVER, CUP, GUANGZHOU, KETTLE, SHANGHAI

ANY = Filter(20_530, 20_530)


def test_what_is_below_its_threshold_the_emptiest_first(story: Story, look: Look) -> None:
    """There are 400 of everything, in two lots of each warehouse; thresholds of 400 and less are fine."""
    with story.desk.work() as ctx:
        for sku_id, place, low in ((KETTLE, SHANGHAI, 400), (CUP, SHANGHAI, 401), (CUP, GUANGZHOU, 800)):
            ctx.db.execute(stock_threshold.insert().values(sku_id=sku_id, warehouse_id=place, low_quantity=low))
    in_gz = LowStock("CUP", "Cup", "Cup", "GZ", GUANGZHOU, 400, 800)
    in_sh = LowStock("CUP", "Cup", "Cup", "SH", SHANGHAI, 400, 401)
    assert low_stock(look(0), ANY) == (in_gz, in_sh)
    assert low_stock(look(0), Filter(0, 0, warehouse=SHANGHAI)) == (in_sh,)


def test_reserved_units_are_not_available(story: Story, look: Look) -> None:
    with story.desk.work() as ctx:
        ctx.db.execute(stock_threshold.insert().values(sku_id=CUP, warehouse_id=SHANGHAI, low_quantity=400))
    assert low_stock(look(0), ANY) == ()
    story.receive(60)
    assert [found.available for found in low_stock(look(60), ANY)] == [399]


def test_a_sku_that_was_never_received_is_empty(story: Story, look: Look) -> None:
    with story.desk.work() as ctx:
        for place in (SHANGHAI, GUANGZHOU):
            asked = adjustments.adjust_stock(ctx, KETTLE, place, -400, "scrapped", "fire")
            adjustments.approve_adjustment(ctx.by(APPROVER), asked)
        ctx.db.execute(stock_threshold.insert().values(sku_id=KETTLE, warehouse_id=SHANGHAI, low_quantity=5))
    assert [(found.sku, found.available) for found in low_stock(look(0), ANY)] == [("KETTLE", 0)]
