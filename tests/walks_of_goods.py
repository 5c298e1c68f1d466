"""Every command of the goods' side as a step of a walk: purchases, receipts, bins, transfers, corrections, returns."""

from __future__ import annotations

from collections.abc import Callable

from core.context import Context
from core.db.history import record
from core.db.warehouse_tables import period_close
from core.domain.purchasing import Verdict
from core.domain.stock import Account
from core.services import adjustments, bins, purchasing, receiving, returned_goods, stock, transfers
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.services.transfers import Sending
from tests.services.desk import APPROVER, BIN_A, BIN_B, CUP, FLOOR, GUANGZHOU, KETTLE, SHANGHAI, SUPPLIER

Command = Callable[[Context], object]
_FAR = "2099-12-31"
# Kettles so dear that correcting them waits for approval.
_DEAR = 250_000


def of_purchases() -> dict[str, Command]:
    """What is ordered, received, inspected and put away; the first purchase is of three kettles and two cups."""
    return {
        "order goods": lambda ctx: purchasing.place_purchase(
            ctx, SUPPLIER, SHANGHAI, _FAR, [Wanted(KETTLE, 3, _DEAR), Wanted(CUP, 2, 900)]
        ),
        "expect later": lambda ctx: purchasing.reschedule_purchase(ctx, 1, "2099-12-30"),
        "receive part": lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(1, 2, _FAR)], "LS-1"),
        "receive all": lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(1, 3), Delivered(2, 2)]),
        "receive too much": lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(2, 9)]),
        "keep too much": lambda ctx: receiving.receive_goods(ctx, 1, [Delivered(2, 9)], keeps_over=True),
        "accept": lambda ctx: receiving.inspect_goods(ctx, 1, Verdict(accepted=2)),
        "accept another": lambda ctx: receiving.inspect_goods(ctx, 2, Verdict(accepted=2)),
        "judge": lambda ctx: receiving.inspect_goods(ctx, 1, Verdict(0, 1, 1), "dented"),
        "inspect again": lambda ctx: receiving.take_back_acceptance(ctx, 1, 1),
        "correct receipt": lambda ctx: receiving.correct_receipt(ctx, 1, 1, "slip"),
        "put away": lambda ctx: receiving.put_away(ctx, 1, 2, BIN_A),
        "put another on the floor": lambda ctx: receiving.put_away(ctx, 2, 2),
        "drop the rest": lambda ctx: purchasing.drop_rest(ctx, 1, "gone"),
        "cancel purchase": lambda ctx: purchasing.cancel_purchase(ctx, 1, "gone"),
    }


def of_the_shelf() -> dict[str, Command]:
    """What moves inside the house and between houses; the first lot is the older one of the kettles in Shanghai."""
    a, q, d, s = Account.AVAILABLE, Account.QUARANTINE, Account.DAMAGED, Account.SUPPLIER

    def turn(source: Account, target: Account) -> Command:
        return lambda ctx: adjustments.change_condition(ctx, KETTLE, SHANGHAI, 1, source, target, 1, "seen")

    return {
        "move to a bin": lambda ctx: bins.move_between_bins(ctx, KETTLE, 1, FLOOR, BIN_B, 1),
        "move back": lambda ctx: bins.move_between_bins(ctx, KETTLE, 1, BIN_B, FLOOR, 1),
        "lay bins": lambda ctx: bins.lay_bins(ctx, GUANGZHOU, "A", 1, 2),
        "set aside": turn(a, q),
        "clear": turn(q, a),
        "condemn": turn(q, d),
        "send back": turn(d, s),
        "adjust in a bin": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -1, "broken", bin_id=BIN_B),
        "adjust damaged": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -1, "scrapped", account=d),
        "get dear stock": lambda ctx: stock.receive_stock(ctx, KETTLE, GUANGZHOU, 1, _DEAR),
        "ask for much": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, GUANGZHOU, -5, "missing"),
        "approve it": lambda ctx: adjustments.approve_adjustment(ctx.by(APPROVER), 1, "seen"),
        "reject it": lambda ctx: adjustments.reject_adjustment(ctx.by(APPROVER), 1, "count again"),
        "withdraw it": lambda ctx: adjustments.withdraw_adjustment(ctx, 1),
        "send on": lambda ctx: transfers.send_transfer(ctx, GUANGZHOU, SHANGHAI, [Sending(CUP, 2)]),
        "arrive in part": lambda ctx: transfers.receive_transfer(ctx, 1, {1: 1}, BIN_A),
        "lose one": lambda ctx: transfers.report_lost(ctx, 1, {1: 1}, "fell off"),
        "call back": lambda ctx: transfers.call_transfer_back(ctx, 1),
        "close the books": close_books,
    }


def of_returns(order_line_id: int = 1) -> dict[str, Command]:
    """What comes back from the buyer of the first order."""
    return {
        "take a return in": lambda ctx: returned_goods.take_in_return(ctx, 1, SHANGHAI, {order_line_id: 1}, "SF-1"),
        "restock it": lambda ctx: returned_goods.inspect_return(ctx, 1, 1, 0, bin_id=BIN_A),
        "call it damaged": lambda ctx: returned_goods.inspect_return(ctx, 1, 0, 1, "scratched"),
    }


def of_the_goods() -> dict[str, Command]:
    """Every command of the goods' side."""
    return of_purchases() | of_the_shelf() | of_returns()


def close_books(ctx: Context) -> None:
    """Closes the books up to now, as finance does: nothing more is posted at this instant."""
    event_id = record(ctx, "PeriodClosed", "period:1")
    ctx.db.execute(period_close.insert().values(until_at=ctx.now, at=ctx.now, event_id=event_id, actor="engine"))
