"""The books looked through, kept, and closed: values worked out by hand, and every refusal."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.context import ENGINE, Actor
from core.db.engines import Databases
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.rights import rights_of
from core.services import book_reads, returned_goods, stock
from core.services.book_closing import PAUSE_SECONDS, close_period
from core.services.book_reads import Cost, Value
from core.services.books import CHECK_LABELS, imbalances
from tests.services.desk import CUP, KETTLE, SHANGHAI, Desk, incoming, lay_desk
from tests.services.parcels import bring_on

DAY = 86_400
FINANCE = Actor(5, "Bai", "employee", "F", rights_of("employee", "F"))
MANAGER = Actor(3, "Mei", "manager", None, rights_of("manager", None))
CLERK = Actor(4, "Wen", "employee", "O", rights_of("employee", "O"))
YESTERDAY, TODAY = "2026-03-17", "2026-03-18"  # the tests' clock says Wednesday the 18th, 10:30


@pytest.fixture
def desk(each_databases: Databases, clock: int) -> Desk:
    """Two warehouses with ten of each article in two lots; kettles cost 99.50, cups 17.50, lamps 44.00."""
    return lay_desk(each_databases, clock)


def look(desk: Desk, actor: Actor = FINANCE) -> book_reads.Look:
    """Looks the books through and keeps it."""
    ticks = iter((10.0, 10.25))
    told: list[tuple[int, int]] = []
    with desk.look(actor) as ctx:
        found = book_reads.look_through(ctx, lambda: next(ticks), lambda done, of: told.append((done, of)))
    assert told == [(n, len(told)) for n in range(len(told))]
    with desk.work(actor) as ctx:
        book_reads.keep_look(ctx, found)
    return found


def test_what_stock_is_worth_and_what_goods_cost(desk: Desk) -> None:
    order_id = desk.receive(incoming())  # two kettles and a cup
    with desk.work() as ctx:
        bring_on(ctx, order_id, 5)
    desk.now += 20 * DAY  # in April
    with desk.work() as ctx:
        returned_goods.take_in_return(ctx, order_id, SHANGHAI, {1: 1}, "SF-1")
    found = look(desk)
    assert (found.off_count, found.findings, found.took_ms) == (0, (), 250)
    shanghai = {one.account: one for one in found.values if one.warehouse_id == SHANGHAI}
    assert shanghai["available"] == Value(SHANGHAI, "available", 27, 8 * 9_950 + 9 * 1_750 + 10 * 4_400)
    assert shanghai["return_inspection"] == Value(SHANGHAI, "return_inspection", 1, 9_950)
    assert found.costs == (Cost("2026-04", 0, 9_950), Cost("2026-03", 2 * 9_950 + 1_750, 0))
    with desk.look(FINANCE) as ctx:
        layers = list(book_reads.layers(ctx))
    assert sum(row.value_cents for row in layers) == sum(one.value_cents for one in found.values)


def test_goods_cost_what_their_own_lot_cost(desk: Desk) -> None:
    """First in, first out: the dearer lot comes last."""
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 5, 20_000)
    for number in range(6):  # twelve kettles
        order = incoming(f"T-{number}", buyer_phone=f"1380000{number:04d}")
        order_id = desk.receive(order)
        with desk.work() as ctx:
            bring_on(ctx, order_id, 4)
    (march,) = look(desk).costs
    assert march.sold_cents == 10 * 9_950 + 2 * 20_000 + 6 * 1_750


def test_a_look_is_kept_with_the_event_it_was_made_at(desk: Desk) -> None:
    with desk.look(FINANCE) as ctx:
        assert book_reads.last_look(ctx) is None
    found = look(desk)
    with desk.look(MANAGER) as ctx:
        kept = book_reads.last_look(ctx)
        assert kept == found
        assert book_reads.events_since(ctx, found) == 0
    desk.receive(incoming())
    with desk.look(FINANCE) as ctx:
        assert book_reads.events_since(ctx, found) > 0
        assert [row.event_id for row in book_reads.recent_looks(ctx)] == [found.event_id]


def test_what_is_off_is_kept_as_it_was_found(desk: Desk) -> None:
    order_id = desk.receive(incoming())
    with desk.work() as ctx:
        ctx.db.execute(text("UPDATE stock_balance SET quantity = quantity + 1 WHERE sku_id = 1 AND lot_id = 1"))
        ctx.db.execute(text("UPDATE sales_order SET paid_cents = 1 WHERE id = :id"), {"id": order_id})
    found = look(desk)
    with desk.look(FINANCE) as ctx:
        assert found.findings == tuple(imbalances(ctx))
        assert book_reads.last_look(ctx) == found
        assert book_reads.order_ids(ctx, ["T-1001", "nothing"]) == {"T-1001": order_id}
    assert {one.check for one in found.findings} >= {"units", "balance", "layers", "paid"}
    assert not found.is_straight


def test_a_period_is_closed_and_nothing_is_posted_into_it(desk: Desk) -> None:
    look(desk)
    with desk.work(FINANCE) as ctx:
        until = close_period(ctx, YESTERDAY)
    assert desk.now - until == 10 * 3_600 + 30 * 60 + 1  # the last second of the day before
    before = desk.everything()
    with pytest.raises(RuleViolation, match="closed up to 2026-03-17"), desk.work() as ctx:
        stock.receive_stock(ctx.at(until), CUP, SHANGHAI, 1, 100)
    assert desk.everything() == before
    with desk.work() as ctx:
        stock.receive_stock(ctx.at(until + 1), CUP, SHANGHAI, 1, 100)
    with desk.look(FINANCE) as ctx:
        (closing,) = book_reads.closings(ctx)
        assert (closing.until_at, closing.actor) == (until, "person:5")
        assert imbalances(ctx) == []


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (TODAY, "isn't yet"),
        ("2999-01-01", "isn't yet"),
        ("2026-02-30", "is no day"),
        ("", "is no day"),
        ("9999-12-31", "is no day"),
        ("yesterday'; DROP TABLE event;--", "is no day"),
    ],
)
def test_a_day_that_cannot_be_closed(desk: Desk, day: str, said: str) -> None:
    look(desk)
    before = desk.everything()
    with pytest.raises(RuleViolation, match=said), desk.work(FINANCE) as ctx:
        close_period(ctx, day)
    assert desk.everything() == before


def test_books_that_nobody_looked_through_are_not_closed(desk: Desk) -> None:
    with pytest.raises(RuleViolation, match="Look the books through first"), desk.work(FINANCE) as ctx:
        close_period(ctx, YESTERDAY)
    desk.now -= 11 * 3_600  # before midnight
    look(desk)
    desk.now += 11 * 3_600
    with pytest.raises(RuleViolation, match="Look the books through first"), desk.work(FINANCE) as ctx:
        close_period(ctx, YESTERDAY)


def test_crooked_books_are_not_closed(desk: Desk) -> None:
    with desk.work() as ctx:
        ctx.db.execute(text("UPDATE stock_balance SET quantity = quantity + 1 WHERE sku_id = 1 AND lot_id = 1"))
    look(desk)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="things were off"), desk.work(FINANCE) as ctx:
        close_period(ctx, YESTERDAY)
    assert desk.everything() == before


def test_a_day_is_closed_once_and_only_when_it_is_well_over(desk: Desk) -> None:
    look(desk)
    with desk.work(FINANCE) as ctx:
        until = close_period(ctx, YESTERDAY)
    for day in (YESTERDAY, "2026-03-01"):
        with pytest.raises(RuleViolation, match="already"), desk.work(FINANCE) as ctx:
            close_period(ctx, day)
    desk.now = until + DAY + PAUSE_SECONDS - 1
    with pytest.raises(RuleViolation, match="isn't yet"), desk.work(FINANCE) as ctx:
        close_period(ctx, TODAY)
    desk.now += 1
    look(desk)
    with desk.work(FINANCE) as ctx:
        assert close_period(ctx, TODAY) == until + DAY


def test_rights(desk: Desk) -> None:
    look(desk)
    for actor, may_read in ((MANAGER, True), (CLERK, False), (ENGINE, True)):
        with desk.look(actor) as ctx:
            if may_read:
                assert book_reads.last_look(ctx) is not None
            else:
                with pytest.raises(NotAllowed):
                    book_reads.last_look(ctx)
                with pytest.raises(NotAllowed):
                    next(book_reads.layers(ctx))
                with pytest.raises(NotAllowed):
                    book_reads.look_through(ctx, lambda: 0.0, lambda done, of: None)
    with pytest.raises(NotAllowed), desk.work(MANAGER) as ctx:
        close_period(ctx, YESTERDAY)


def test_every_finding_has_a_name() -> None:
    assert all(label.strip() for label in CHECK_LABELS.values())
