"""Many at once on PostgreSQL: nothing is oversold, nobody's order is lost, and the books balance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from sqlalchemy import text

from core.channels.incoming import IncomingLine, IncomingOrder, Payment
from core.context import ENGINE, Context
from core.db.engines import Databases, reader, run
from core.db.fold import fold, rebuild
from core.domain.errors import RuleViolation
from core.services import adjustments, allocation, intake, orders, stock
from core.services.books import imbalances
from tests.services.desk import KETTLE, LIVE, SHANGHAI, Desk, incoming, lay_desk

pytestmark = pytest.mark.postgres
THREADS = 8
T = TypeVar("T")


@pytest.fixture
def desk(postgres: Databases, clock: int) -> Desk:
    """A small house with twenty of each article in each warehouse."""
    return lay_desk(postgres, clock, units=20)


def at_once(work: Callable[[int], T]) -> list[T]:
    """What `work` gives in each of several threads that start together; raises what any of them raised."""
    start = threading.Barrier(THREADS)
    results: list[T] = []
    raised: list[BaseException] = []

    def body(number: int) -> None:
        start.wait()
        try:
            results.append(work(number))
        except BaseException as error:
            raised.append(error)
            raise

    threads = [threading.Thread(target=body, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    return results


def in_transaction(desk: Desk, command: Callable[[Context], T]) -> T:
    return run(desk.databases.live, lambda db: command(Context(db, ENGINE, desk.now, LIVE)))


def one_kettle(number: str, phone: str) -> IncomingOrder:
    line = (IncomingLine("KETTLE", "Kettle", 1, 19_900),)
    return incoming(number, lines=line, payments=(Payment("alipay", 19_900),), buyer_phone=phone)


def statuses(desk: Desk) -> Counter[str]:
    with reader(desk.databases.live) as db:
        return Counter(db.execute(text("SELECT status FROM sales_order")).scalars())


def assert_books_balance(desk: Desk) -> None:
    with desk.look() as ctx:
        assert imbalances(ctx) == []


def test_eight_at_once_reserve_the_same_article(desk: Desk) -> None:
    def take_in(thread: int) -> None:
        for number in range(5):
            order = one_kettle(f"T-{thread}-{number}", f"139{thread:04d}{number:04d}")
            in_transaction(desk, partial(intake.receive_order, incoming=order))

    at_once(take_in)
    found = statuses(desk)
    assert found["allocated"] == 20
    assert found["allocated"] + found["exception"] + found["backordered"] == THREADS * 5
    assert desk.units("available") == 20  # Guangzhou's, which nobody asked for
    assert desk.units("reserved") == 20
    assert_books_balance(desk)


def test_eight_at_once_plan_with_the_last_units(desk: Desk) -> None:
    """All of them pass the review while there is stock; one after the other they find it gone."""
    ids = [desk.receive(incoming(f"T-{n}", payments=(), buyer_phone=f"1390000{n:04d}")) for n in range(THREADS)]
    with desk.work() as ctx:
        adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -17, "broken")
    at_once(lambda thread: in_transaction(desk, lambda ctx: intake.pay_order(ctx, ids[thread], "alipay", 43_300)))
    found = statuses(desk)
    assert found["allocated"] == 1
    assert found["exception"] + found["backordered"] == THREADS - 1
    assert desk.units("reserved") == 2
    assert_books_balance(desk)


def test_a_back_ordered_order_gets_its_units_when_they_come(desk: Desk) -> None:
    """The review saw enough; until the reservation somebody else had taken it."""
    order_id = desk.receive(incoming(payments=()))
    with desk.databases.live.connect() as slow, slow.begin():
        ctx = Context(slow, ENGINE, desk.now, LIVE)
        slow.execute(text("SET TRANSACTION ISOLATION LEVEL READ COMMITTED"))
        reasons = intake.reasons_now(ctx, order_id)
        with desk.work() as other:
            adjustments.adjust_stock(other, KETTLE, SHANGHAI, -19, "broken")
        assert reasons == ()
        slow.execute(text("UPDATE sales_order SET status = 'confirmed', paid_cents = total_cents WHERE id = 1"))
        assert allocation.allocate_confirmed(ctx, order_id) == "backordered"
        slow.execute(text("UPDATE sales_order SET paid_cents = 0 WHERE id = 1"))
    with desk.work() as ctx:
        stock.receive_stock(ctx, KETTLE, SHANGHAI, 5, 9_000)
        assert allocation.allocate_order(ctx, order_id) == "allocated"
    assert desk.units("reserved") == 2
    assert_books_balance(desk)


def test_one_order_is_cancelled_once(desk: Desk) -> None:
    order_id = desk.receive(incoming())

    def cancel(_thread: int) -> int:
        try:
            return in_transaction(desk, lambda ctx: orders.cancel_order(ctx, order_id, "changed their mind"))
        except RuleViolation:
            return -1

    assert sorted(at_once(cancel)) == [-1] * (THREADS - 1) + [3]
    assert desk.facts(order_id).count("OrderCancelled") == 1
    assert desk.money(order_id) == {}
    assert_books_balance(desk)


def test_taking_and_giving_back_at_once(desk: Desk) -> None:
    """Half of the threads take orders in, the others cancel what they took: moves in both directions over one shelf."""
    first = [desk.receive(one_kettle(f"A-{n}", f"1380000{n:04d}")) for n in range(THREADS)]

    def work(thread: int) -> None:
        if thread % 2:
            for order_id in (first[thread], first[thread - 1]):
                in_transaction(desk, partial(orders.cancel_order, order_id=order_id, reason="changed their mind"))
            return
        for number in range(4):
            order = one_kettle(f"B-{thread}-{number}", f"137{thread:04d}{number:04d}")
            in_transaction(desk, partial(intake.receive_order, incoming=order))

    at_once(work)
    found = statuses(desk)
    assert found["cancelled"] == THREADS
    assert found["allocated"] + found["exception"] + found["backordered"] == THREADS * 2
    assert desk.units("reserved") + desk.units("available") == 40
    assert_books_balance(desk)


def test_folding_while_orders_come_in_counts_each_once(desk: Desk) -> None:
    def work(thread: int) -> None:
        for number in range(6):
            if thread == 0:
                fold(desk.databases.live)
                continue
            order = one_kettle(f"T-{thread}-{number}", f"136{thread:04d}{number:04d}")
            in_transaction(desk, partial(intake.receive_order, incoming=order))

    at_once(work)
    cells = text("SELECT metric, at, a, b, n, value FROM cell ORDER BY 1, 2, 3, 4")
    fold(desk.databases.live)
    with desk.look() as ctx:
        folded = ctx.db.execute(cells).all()
    rebuild(desk.databases.live)
    with desk.look() as ctx:
        assert ctx.db.execute(cells).all() == folded
    assert len(folded) > 5
    assert sum(statuses(desk).values()) == (THREADS - 1) * 6
