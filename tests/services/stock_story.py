"""A house whose demand the test knows: cups that sell day by day, suppliers, and stock that is gone at once."""

from __future__ import annotations

from core.channels.incoming import IncomingLine
from core.context import Actor
from core.db.history import post, record
from core.db.inbound_tables import supplier, supplier_sku
from core.domain.rights import rights_of
from core.domain.stock import LOSS, Account, Move, Place, take_first_in
from core.services import stock
from core.services.lots import lots_of
from core.services.stock_outlook import Outlook, outlooks
from tests.services.desk import CUP, SHANGHAI, Desk, incoming

PLANNER = Actor(10, "Qian", "employee", "P", rights_of("employee", "P"))
DAY, MINUTE = 86_400, 60


def sell(desk: Desk, units: int, code: str = "CUP", price: int = 3_500) -> int:
    """An order of so many cups from Shanghai, reserved at once."""
    sell.number += 1  # type: ignore[attr-defined]
    number = sell.number  # type: ignore[attr-defined]
    return desk.receive(
        incoming(f"A-{number}", lines=(IncomingLine(code, code, units, price),), buyer_phone=f"137{number:08d}")
    )


sell.number = 0  # type: ignore[attr-defined]


def twenty_days(desk: Desk, pattern: tuple[int, ...] = (2, 4)) -> None:
    """Cups sell by this pattern for twenty days; there is plenty of them."""
    with desk.work() as ctx:
        stock.receive_stock(ctx, CUP, SHANGHAI, 200, 1_000)
    for day in range(20):
        sell(desk, pattern[day % len(pattern)])
        desk.now += DAY


def lose(desk: Desk, units: int) -> None:
    """So many cups are gone from Shanghai at once."""
    here = Place(SHANGHAI, Account.AVAILABLE)
    with desk.work() as ctx:
        taken = take_first_in(lots_of(ctx, CUP, SHANGHAI), units)
        moves = [Move(CUP, lot_id, here, LOSS, quantity) for lot_id, quantity in taken]
        post(ctx, record(ctx, "StockAdjusted", f"sku:{CUP}"), moves)


def look(desk: Desk, place: tuple[int, int] = (CUP, SHANGHAI)) -> Outlook:
    with desk.look() as ctx:
        return outlooks(ctx)[place]


def supply(desk: Desk, code: str, sku_id: int, cents: int, *, days: int = 7, least: int = 1) -> None:
    values = {"id": cents, "code": code, "name_en": code, "name_zh": code, "lead_days": days}
    terms = {"supplier_id": cents, "sku_id": sku_id, "unit_cost_cents": cents, "least_quantity": least}
    with desk.work() as ctx:
        ctx.db.execute(supplier.insert().values(values))
        ctx.db.execute(supplier_sku.insert().values(terms))
