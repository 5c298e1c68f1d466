"""One stocktake of a test: planned and begun, with its lines and the steps it goes through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.db.count_tables import count_line, stocktake
from core.domain.counting import CountStatus
from core.domain.rights import rights_of
from core.services import count_entries, count_posting, counting
from core.services.books import imbalances
from tests.services.desk import SHANGHAI, Desk, incoming
from tests.services.parcels import bring_on

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))
APPROVER = Actor(10, "Qian", "employee", "P", rights_of("employee", "P"))
SECOND = Actor(9, "Hu", "employee", "W", rights_of("employee", "W"))
MINUTE = 60


class Count:
    """One stocktake of a test, with its lines by article."""

    def __init__(self, desk: Desk, *, kind: str = "full", blind: bool = False, **scope: Any) -> None:
        self.desk = desk
        with desk.work(KEEPER) as ctx:
            self.id = counting.plan_stocktake(ctx, SHANGHAI, kind, blind=blind, **scope)
            counting.start_count(ctx, self.id)

    def lines(self, sku_id: int | None = None) -> list[Any]:
        with self.desk.look() as ctx:
            found = select(count_line).where(count_line.c.stocktake_id == self.id).order_by(count_line.c.position)
            return [line for line in ctx.db.execute(found) if sku_id in (None, line.sku_id)]

    def status(self) -> str:
        with self.desk.look() as ctx:
            return str(ctx.db.execute(select(stocktake.c.status).where(stocktake.c.id == self.id)).scalar_one())

    def enter(self, changes: dict[int, int] | None = None, by: Actor = KEEPER, at: int | None = None) -> None:
        """Counts everything that is due as the book was when counting began, but for changes by line."""
        counts = {line.id: line.book_quantity + (changes or {}).get(line.id, 0) for line in self.lines() if line.is_due}
        if counts:
            with self.desk.work(by) as ctx:
                count_entries.enter_counts(ctx, self.id, counts, counted_at=at)

    def finish(self) -> CountStatus:
        with self.desk.work(KEEPER) as ctx:
            return counting.finish_count(ctx, self.id)

    def settle(self, changes: dict[int, int]) -> None:
        """Counts with these differences, twice where it has to be, gives reasons, and has it approved."""
        self.enter(changes)
        if self.finish() is CountStatus.RECOUNT:
            self.enter(changes)
            assert self.finish() is CountStatus.COUNTED
        off = [line.id for line in self.lines() if line.counted_quantity != line.expected_quantity]
        with self.desk.work(KEEPER) as ctx:
            if off:
                counting.explain_differences(ctx, self.id, off, "breakage")
        with self.desk.work(APPROVER) as ctx:
            counting.approve_stocktake(ctx, self.id)

    def post(self) -> int:
        with self.desk.work(APPROVER) as ctx:
            return count_posting.post_stocktake(ctx, self.id)


def order(desk: Desk, number: str, units: int, code: str = "KETTLE", price: int = 19_900) -> int:
    return desk.receive(
        incoming(number, lines=(IncomingLine(code, code, units, price),), buyer_phone=f"139{int(number[2:]):08d}")
    )


def ship(desk: Desk, order_id: int) -> None:
    with desk.work(KEEPER) as ctx:
        bring_on(ctx, order_id, 3)


def lying(desk: Desk, sku_id: int) -> dict[str, int]:
    """What of an article lies in which bin of Shanghai."""
    units = text(
        "SELECT b.code, SUM(s.quantity) AS units FROM bin_stock s JOIN bin b ON b.id = s.bin_id"
        " WHERE s.sku_id = :sku_id AND s.quantity > 0 GROUP BY b.code"
    )
    with desk.look() as ctx:
        return {row.code: int(row.units) for row in ctx.db.execute(units, {"sku_id": sku_id})}


def balanced(desk: Desk) -> None:
    with desk.look() as ctx:
        assert imbalances(ctx) == []
