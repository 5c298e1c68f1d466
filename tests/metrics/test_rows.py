"""The rows behind the figures: as many as the figure says, and the right ones."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.context import Actor
from core.domain.errors import NotAllowed
from core.domain.rights import rights_of
from core.metrics.cells import OPEN_STATUSES
from core.metrics.delivery import late_or_overdue, on_time, overdue
from core.metrics.filters import Filter
from core.metrics.orders import orders_received, pipeline
from core.metrics.rows import JUDGED, ROW_SETS, Wanted, count_rows, order_page, row_set
from tests.metrics.conftest import Look
from tests.metrics.story import DAY, HOUR, Story

TODAY = 20_530
FORTNIGHT = Filter(TODAY, TODAY + 13)


@pytest.fixture
def told(story: Story) -> dict[str, int]:
    """One order of every fate; gives their ids by name."""
    ids = {
        name: story.receive(number, region="CN-SH") for number, name in enumerate(("in_time", "hour_late", "day_late"))
    }
    ids["lost"] = story.receive(60, channel="jd")
    ids["stopped"] = story.receive(120, price=2_000)
    ids["new"] = story.receive(2 * DAY, region="CN-GD")
    for name in ("in_time", "hour_late", "day_late"):
        story.ship(ids[name], 6 * HOUR)
    story.cancel(ids["lost"], 7 * HOUR)
    story.deliver(ids["in_time"], 90 * HOUR)
    story.deliver(ids["hour_late"], 97 * HOUR)
    story.deliver(ids["day_late"], 120 * HOUR)
    return ids


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("received", ["new", "stopped", "lost", "day_late", "hour_late", "in_time"]),
        ("kept", ["new", "stopped", "day_late", "hour_late", "in_time"]),
        ("lost", ["lost"]),
        ("open", ["stopped", "new"]),
        ("open_in", ["stopped", "new"]),
        ("older", []),
        ("delivered", ["day_late", "hour_late", "in_time"]),
        ("late_by_time", ["day_late", "hour_late"]),
        ("late_by_date", ["day_late"]),
        ("late_or_overdue", ["hour_late", "day_late", "stopped", "new"]),
        ("overdue", ["stopped", "new"]),
        ("handed_over", ["day_late", "hour_late", "in_time"]),
        ("confirmed", ["new", "lost", "day_late", "hour_late", "in_time"]),
        ("without_items", []),
        ("unreconciled", []),
        ("reconciled", ["new", "stopped", "lost", "day_late", "hour_late", "in_time"]),
        ("at_risk", []),
    ],
)
def test_every_set_holds_the_right_orders(told: dict[str, int], look: Look, key: str, names: list[str]) -> None:
    found = order_page(look(10 * DAY), Wanted(key, FORTNIGHT), 0, 50)
    by_id = {order_id: name for name, order_id in told.items()}
    assert [by_id[row.id] for row in found.rows] == names
    assert found.total_count == len(names)


def test_every_set_is_tried_above() -> None:
    marks = test_every_set_holds_the_right_orders.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(ROW_SETS) | set(JUDGED)
    assert row_set("nonsense") is None


def test_figures_and_their_rows_agree(told: dict[str, int], look: Look, story: Story) -> None:
    ctx = look(10 * DAY)
    now = story.start + 10 * DAY
    for wanted in (
        FORTNIGHT,
        Filter(TODAY, TODAY),
        Filter(TODAY, TODAY + 13, region="CN-GD"),
        Filter(TODAY + 5, TODAY + 5),
    ):
        late = on_time(ctx, wanted)[0]
        promised = late_or_overdue(ctx, wanted, now)
        assert count_rows(ctx, Wanted("received", wanted)) == orders_received(ctx, wanted).value
        assert count_rows(ctx, Wanted("late_by_time", wanted)) == late.late_by_time_n
        assert count_rows(ctx, Wanted("late_by_date", wanted)) == late.late_by_date_n
        assert count_rows(ctx, Wanted("late_or_overdue", wanted)) == round((promised.value or 0) * promised.n)
        assert count_rows(ctx, Wanted("overdue", wanted)) == overdue(ctx, wanted, now)
        for stage in pipeline(ctx, wanted):
            assert count_rows(ctx, Wanted("received", wanted, stage.status)) == stage.n
            if stage.status in OPEN_STATUSES:
                assert count_rows(ctx, Wanted("older", wanted, stage.status)) == stage.older_n


def test_rows_are_narrowed_down_and_turned_page_by_page(told: dict[str, int], look: Look) -> None:
    ctx = look(10 * DAY)
    stopped = order_page(ctx, Wanted("open", FORTNIGHT, reason="price"), 0, 50)
    assert [row.id for row in stopped.rows] == [told["stopped"]]
    jd = order_page(
        ctx, Wanted("received", Filter(TODAY, TODAY + 13, channel="jd", warehouse=1, region="CN-SH")), 0, 50
    )
    assert [row.id for row in jd.rows] == [told["lost"]]
    pages = [order_page(ctx, Wanted("late_by_date", FORTNIGHT), offset, 1) for offset in (0, 1)]
    assert [[row.id for row in page.rows] for page in pages] == [[told["day_late"]], []]
    second = order_page(ctx, Wanted("received", FORTNIGHT), 2, 2)
    assert [row.id for row in second.rows] == [told["lost"], told["day_late"]]
    assert second.total_count == 6


def test_orders_without_items_and_payments_that_do_not_reconcile(
    told: dict[str, int], look: Look, story: Story
) -> None:
    with story.desk.work() as ctx:
        ctx.db.execute(text("DELETE FROM order_payload"))
        ctx.db.execute(text("DELETE FROM stock_posting"))
        ctx.db.execute(text("DELETE FROM order_line WHERE order_id = :id"), {"id": told["lost"]})
        ctx.db.execute(text("UPDATE sales_order SET paid_cents = 9999 WHERE id = :id"), {"id": told["new"]})
    ctx = look(10 * DAY)
    assert [row.id for row in order_page(ctx, Wanted("without_items", FORTNIGHT), 0, 9).rows] == [told["lost"]]
    assert [row.id for row in order_page(ctx, Wanted("unreconciled", FORTNIGHT), 0, 9).rows] == [told["new"]]
    assert count_rows(ctx, Wanted("reconciled", FORTNIGHT)) == 4


def test_rows_are_only_for_those_who_may_see_orders(told: dict[str, int], look: Look) -> None:
    nobody = Actor(9, "Lin", "employee", None, rights_of("employee", None))
    for key in (*ROW_SETS, *JUDGED):
        with pytest.raises(NotAllowed):
            order_page(look(0, nobody), Wanted(key, FORTNIGHT), 0, 10)
