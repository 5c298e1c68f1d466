"""Two at once: one picks orders, the other counts and posts the same article; nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from sqlalchemy import select, text

from core.channels.incoming import IncomingLine
from core.context import Actor, Context
from core.db.count_tables import count_line, stocktake
from core.db.engines import Databases, run
from core.domain.counting import CountStatus
from core.domain.errors import RuleViolation
from core.services import count_entries, count_posting, counting
from core.services.books import imbalances
from tests.services.count_story import APPROVER, KEEPER, SECOND
from tests.services.desk import KETTLE, LIVE, SHANGHAI, Desk, incoming, lay_desk
from tests.services.parcels import bring_on

T = TypeVar("T")
ORDERS, ROUNDS = 12, 6


@pytest.fixture
def busy(each_databases: Databases, clock: int) -> tuple[Desk, list[int]]:
    """A house with sixty kettles in Shanghai and twelve orders of two."""
    desk = lay_desk(each_databases, clock, units=60)
    line = (IncomingLine("KETTLE", "Kettle", 2, 19_900),)
    orders = [
        desk.receive(incoming(f"B-{number}", lines=line, buyer_phone=f"135{number:08d}")) for number in range(ORDERS)
    ]
    return desk, orders


def do(desk: Desk, who: Actor, work: Callable[[Context], T]) -> T:
    return run(desk.databases.live, lambda db: work(Context(db, who, desk.now, LIVE)))


def count_once(desk: Desk) -> bool:
    """A stocktake of kettles in which one is missing from each lot; gives whether it could be posted."""

    def enter(ctx: Context) -> None:
        lines = ctx.db.execute(select(count_line).where(count_line.c.stocktake_id == number, count_line.c.is_due == 1))
        for line in lines.all():
            count_entries.enter_count(ctx, number, line.id, max(0, line.book_quantity - 1))

    def explain(ctx: Context) -> None:
        l = count_line.c  # noqa: E741
        off = select(l.id).where(l.stocktake_id == number, l.counted_quantity != l.expected_quantity)
        if ids := list(ctx.db.execute(off).scalars()):
            counting.explain_differences(ctx, number, ids, "unknown")

    number = do(desk, KEEPER, lambda ctx: counting.plan_stocktake(ctx, SHANGHAI, "partial", blind=True, skus=(KETTLE,)))
    do(desk, KEEPER, lambda ctx: counting.start_count(ctx, number))
    do(desk, KEEPER, enter)
    if do(desk, KEEPER, lambda ctx: counting.finish_count(ctx, number)) is CountStatus.RECOUNT:
        do(desk, SECOND, enter)
        do(desk, SECOND, lambda ctx: counting.finish_count(ctx, number))
    do(desk, KEEPER, explain)
    do(desk, APPROVER, lambda ctx: counting.approve_stocktake(ctx, number))
    try:
        do(desk, APPROVER, lambda ctx: count_posting.post_stocktake(ctx, number))
    except RuleViolation:  # picked below what was to be taken off: it would be counted again
        do(desk, KEEPER, lambda ctx: counting.cancel_stocktake(ctx, number, "moved too much"))
        return False
    return True


def test_counting_and_posting_while_orders_are_picked(busy: tuple[Desk, list[int]]) -> None:
    desk, orders = busy
    begin = threading.Barrier(2)
    raised: list[BaseException] = []
    posted: list[bool] = []

    def guarded(work: Callable[[], None]) -> Callable[[], None]:
        def body() -> None:
            begin.wait()
            try:
                work()
            except BaseException as error:
                raised.append(error)
                raise

        return body

    def pick() -> None:
        for order_id in orders:
            do(desk, KEEPER, lambda ctx, one=order_id: bring_on(ctx, one, 2))  # type: ignore[misc]

    def count() -> None:
        posted.extend(count_once(desk) for _ in range(ROUNDS))

    threads = [threading.Thread(target=guarded(work)) for work in (pick, count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert raised == []
    assert any(posted)
    with desk.look() as ctx:
        assert imbalances(ctx) == []
        changes = ctx.db.execute(
            text(
                "SELECT COALESCE(SUM(l.counted_quantity - l.expected_quantity), 0) FROM count_line l"
                " JOIN stocktake s ON s.id = l.stocktake_id WHERE s.status = 'posted'"
            )
        ).scalar_one()
        statuses = set(ctx.db.execute(select(stocktake.c.status)).scalars())
    assert desk.units("picked") == 2 * ORDERS
    assert desk.units("reserved") == 0
    assert desk.units("loss") == -changes
    assert desk.units("available") == 2 * 60 - 2 * ORDERS + changes
    assert statuses <= {"posted", "cancelled"}
