"""Goods at the door: received against a purchase order, inspected, and put away into their bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.context import Context
from core.db.history import actor_name, need_open_period, post
from core.db.inbound_tables import purchase_line, receipt, receipt_line
from core.db.world_tables import sku
from core.domain.errors import NotFound, RuleViolation
from core.domain.purchasing import (
    PurchaseTransition,
    Verdict,
    check_expiry,
    check_over,
    check_units,
    check_verdict,
    decide_purchase,
    over_units,
)
from core.domain.stock import SUPPLIER, Account, Move, Place
from core.domain.texts import typed
from core.services.bins import need_bin
from core.services.goods_policies import receiving_policy
from core.services.purchase_rows import (
    ReceivedLine,
    add_to_line,
    add_to_received,
    load_purchase,
    load_received,
    move_purchase,
    progress_of,
    purchase_of,
    purchase_state,
)
from core.services.stock import add_lot, find_sku, today_of


@dataclass(frozen=True, slots=True)
class Delivered:
    """Units of one line of a purchase that stand at the door, with the date on the goods where there is one."""

    purchase_line_id: int
    quantity: int
    expires_on: str | None = None


def receive_goods(
    ctx: Context,
    purchase_id: int,
    delivered: Sequence[Delivered],
    delivery_note: str = "",
    *,
    keeps_over: bool = False,
    version: int | None = None,
) -> int:
    """Takes a delivery in as lots that wait for inspection; gives the receipt's id.

    What is missing stays waited for. More than ordered is taken up to the tolerance; `keeps_over` keeps all of it, for
    who has the right to.
    Raises: NotAllowed, NotFound, RuleViolation naming the line.
    """
    ctx.actor.need("stock.receive")
    if keeps_over:
        ctx.actor.need("stock.receive_over")
    row = load_purchase(ctx, purchase_id, version)
    decided = decide_purchase("receive", purchase_state(ctx, row))
    lines = _lines(ctx, purchase_id)
    _check_delivery(ctx, purchase_id, delivered, lines, keeps_over)
    need_open_period(ctx)
    key = ctx.db.execute(
        receipt.insert().values(
            purchase_order_id=purchase_id,
            warehouse_id=row.warehouse_id,
            at=ctx.now,
            delivery_note=typed(delivery_note)[:120],
            actor=actor_name(ctx),
        )
    ).inserted_primary_key
    assert key is not None
    receipt_id = int(key[0])
    progress = progress_of(ctx, purchase_id)
    moves, over = [], 0
    for one in delivered:
        line = lines[one.purchase_line_id]
        over += over_units(progress[one.purchase_line_id], one.quantity)
        lot_id = add_lot(ctx, line.sku_id, line.unit_cost_cents, one.expires_on or None)
        ctx.db.execute(
            receipt_line.insert().values(
                receipt_id=receipt_id,
                purchase_line_id=line.id,
                sku_id=line.sku_id,
                lot_id=lot_id,
                quantity=one.quantity,
            )
        )
        add_to_line(ctx, line.id, received_quantity=one.quantity)
        moves.append(Move(line.sku_id, lot_id, SUPPLIER, _receiving(row.warehouse_id), one.quantity))
    units = sum(one.quantity for one in delivered)
    data = {"receipt": receipt_id, "units": units} | ({"over": over} if over else {})
    post(ctx, move_purchase(ctx, row, decided, data), moves)
    return receipt_id


def _lines(ctx: Context, purchase_id: int) -> dict[int, Any]:
    p = purchase_line.c
    rows = ctx.db.execute(
        select(p.id, p.sku_id, p.unit_cost_cents, sku.c.code, sku.c.issue_rule)
        .select_from(purchase_line.join(sku, sku.c.id == p.sku_id))
        .where(p.purchase_order_id == purchase_id)
    )
    return {row.id: row for row in rows}


def _check_delivery(
    ctx: Context, purchase_id: int, delivered: Sequence[Delivered], lines: dict[int, Any], keeps_over: bool
) -> None:
    if not delivered:
        raise RuleViolation("A receipt needs at least one article.")
    if len({one.purchase_line_id for one in delivered}) < len(delivered):
        raise RuleViolation("An article stands twice on this receipt; put it on one line.")
    progress, policy, today = progress_of(ctx, purchase_id), receiving_policy(), today_of(ctx)
    for one in delivered:
        line = lines.get(one.purchase_line_id)
        if line is None:
            raise NotFound("Line {id} isn't on this purchase order.", id=one.purchase_line_id)
        check_units(one.quantity)
        check_over(line.code, progress[line.id], one.quantity, keeps_over, policy)
        check_expiry(line.code, line.issue_rule == "fefo", one.expires_on, today, policy)


def scanned_line(ctx: Context, purchase_id: int, scanned: str) -> int:
    """The line of a purchase that a scanned or typed article belongs to.

    Raises: NotFound for something that is no article; RuleViolation for one that wasn't ordered here.
    """
    ctx.actor.need("stock.read")
    found = find_sku(ctx, scanned)
    lines = _lines(ctx, purchase_id)
    for line in lines.values():
        if line.sku_id == found.id:
            return int(line.id)
    raise RuleViolation(
        "{sku} isn't on this purchase order; on it are {others}. Put it aside and ask purchasing.",
        sku=found.code,
        others=tuple(sorted(line.code for line in lines.values())[:8]),
    )


def correct_receipt(ctx: Context, receipt_line_id: int, units: int, note: str) -> None:
    """Takes back units that were written down but never came, as long as they wait for inspection.

    Raises: NotAllowed, NotFound, RuleViolation without a note or for more than wait.
    """
    purchase, decided, line = _begin(ctx, receipt_line_id, "correct_receipt")
    if not 1 <= units <= line.uninspected:
        raise RuleViolation(
            "1 to {most} units can be taken back; {found} were asked for.", most=line.uninspected, found=units
        )
    note = typed(note)[:500]
    if not note:
        raise RuleViolation("Say what was wrong with the receipt.")
    add_to_received(ctx, line.id, quantity=-units)
    add_to_line(ctx, line.purchase_line_id, received_quantity=-units)
    event_id = move_purchase(ctx, purchase, decided, {"line": line.id, "units": units, "note": note})
    post(ctx, event_id, [_move(line, _receiving(line.warehouse_id), SUPPLIER, units)])


def inspect_goods(ctx: Context, receipt_line_id: int, verdict: Verdict, note: str = "") -> None:
    """Judges received units: accepted ones wait to be put away, others go into quarantine or back to the supplier.

    Why accepted units stay in receiving: what nobody has put away can't be found by a picker, so it isn't promised.
    Raises: NotAllowed, NotFound, RuleViolation for more than wait, or goods turned away without a note.
    """
    purchase, decided, line = _begin(ctx, receipt_line_id, "inspect")
    note = typed(note)[:500]
    check_verdict(verdict, line.uninspected, note)
    add_to_received(
        ctx,
        line.id,
        accepted_quantity=verdict.accepted,
        quarantined_quantity=verdict.quarantined,
        rejected_quantity=verdict.rejected,
    )
    said = {"accepted": verdict.accepted, "quarantined": verdict.quarantined, "rejected": verdict.rejected}
    event_id = move_purchase(ctx, purchase, decided, {"line": line.id, **said, "note": note})
    here = _receiving(line.warehouse_id)
    ways = (
        (Place(line.warehouse_id, Account.QUARANTINE), verdict.quarantined),
        (SUPPLIER, verdict.rejected),
    )
    post(ctx, event_id, [_move(line, here, target, units) for target, units in ways if units])


def take_back_acceptance(ctx: Context, receipt_line_id: int, units: int) -> None:
    """Has accepted units inspected again, as long as they weren't put away.

    Raises: NotAllowed, NotFound, RuleViolation for more than wait to be put away.
    """
    purchase, decided, line = _begin(ctx, receipt_line_id, "take_back")
    if not 1 <= units <= line.to_put_away:
        raise RuleViolation(
            "1 to {most} units can be inspected again; {found} were asked for.", most=line.to_put_away, found=units
        )
    add_to_received(ctx, line.id, accepted_quantity=-units)
    move_purchase(ctx, purchase, decided, {"line": line.id, "units": units})


def put_away(ctx: Context, receipt_line_id: int, units: int, bin_id: int | None = None) -> None:
    """Lays accepted units into a bin, from when on they can be promised; without a bin they lie on the floor.

    Raises: NotAllowed, NotFound, RuleViolation for more than wait, or a bin of another warehouse.
    """
    purchase, decided, line = _begin(ctx, receipt_line_id, "put_away")
    if not 1 <= units <= line.to_put_away:
        raise RuleViolation(
            "1 to {most} units can be put away; {found} were asked for.", most=line.to_put_away, found=units
        )
    if bin_id is not None:
        need_bin(ctx, bin_id, line.warehouse_id)
    add_to_received(ctx, line.id, put_away_quantity=units)
    event_id = move_purchase(ctx, purchase, decided, {"line": line.id, "units": units, "bin": bin_id})
    shelf = Place(line.warehouse_id, Account.AVAILABLE)
    post(ctx, event_id, [_move(line, _receiving(line.warehouse_id), shelf, units, bin_id)])


def _begin(ctx: Context, receipt_line_id: int, command: str) -> tuple[Row[Any], PurchaseTransition, ReceivedLine]:
    """The purchase of received goods, locked, with the machine's consent, and the goods."""
    ctx.actor.need("stock.receive")
    row = load_purchase(ctx, purchase_of(ctx, receipt_line_id))
    decided = decide_purchase(command, purchase_state(ctx, row))
    need_open_period(ctx)
    return row, decided, load_received(ctx, receipt_line_id)


def _receiving(warehouse_id: int) -> Place:
    return Place(warehouse_id, Account.RECEIVING)


def _move(line: ReceivedLine, source: Place, target: Place, units: int, bin_id: int | None = None) -> Move:
    return Move(line.sku_id, line.lot_id, source, target, units, bin_id=bin_id)
