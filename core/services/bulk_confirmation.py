"""Confirming many orders in one go: each judged and reserved as if it came alone, with a result of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.context import Context
from core.db.history import need_open_period
from core.db.world_tables import sales_order
from core.domain.errors import NotFound, OrderlyError, RuleViolation
from core.domain.orders import Reason, Status
from core.domain.review import review
from core.services import allocation, parameters
from core.services.lots import shelf_of
from core.services.order_rows import load_order, state_with
from core.services.orders import checked_notes, confirm
from core.services.surroundings import Surroundings

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order: the status it has now, or why it was refused and stays as it was."""

    order_id: int
    number: str
    status: Status | None
    refusal: OrderlyError | None = None


def confirm_orders(
    ctx: Context, order_ids: Sequence[int], *, approved: Mapping[str, str] | None = None
) -> tuple[Outcome, ...]:
    """Confirms and reserves orders in the order that is given; those that may not pass stay as they were.

    `approved` names the reasons that the clerk lets pass for all of them, each with one note. An order that comes later
    finds what those before it left on the shelf.
    Raises: NotAllowed; RuleViolation for too many orders, a reason that can't be let pass, or a closed period.
    """
    ctx.actor.need("orders.review")
    wanted = list(dict.fromkeys(order_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise RuleViolation("At most {most} orders are confirmed at once, found {n}.", most=MOST_AT_ONCE, n=len(wanted))
    notes = checked_notes(approved)
    need_open_period(ctx)
    rows = _load(ctx, wanted)
    around = Surroundings(ctx, list(rows.values()))
    shelf = _shelf(ctx, rows.values(), around)
    return tuple(_outcome(ctx, order_id, rows.get(order_id), notes, around, shelf) for order_id in wanted)


def open_batch(ctx: Context, order_ids: Sequence[int], approved: Mapping[str, str] | None = None) -> list[int]:
    """What is to be confirmed in one go, checked before the first order is: gives the orders, each of them once.

    Raises: NotAllowed, RuleViolation as `confirm_orders` does, and where nothing was chosen.
    """
    ctx.actor.need("orders.review")
    checked_notes(approved)
    wanted = list(dict.fromkeys(order_ids))
    if not wanted:
        raise RuleViolation("Choose at least one order.")
    if len(wanted) > MOST_AT_ONCE:
        raise RuleViolation("At most {most} orders are confirmed at once, found {n}.", most=MOST_AT_ONCE, n=len(wanted))
    return wanted


def _load(ctx: Context, order_ids: Sequence[int]) -> dict[int, Row[Any]]:
    """The orders, locked in one order for everybody until the transaction ends."""
    s = sales_order.c
    statement = select(sales_order).where(s.id.in_(order_ids)).order_by(s.id).with_for_update(key_share=True)
    return {row.id: row for row in ctx.db.execute(statement)}


def _shelf(ctx: Context, rows: Any, around: Surroundings) -> allocation.Shelf:
    """The lots of everything that is wanted, read (and on PostgreSQL locked) in one order for everybody."""
    pairs = {
        (line.sku_id, row.warehouse_id)
        for row in rows
        for line in around.lines.get(row.id, [])
        if line.sku_id is not None
    }
    return shelf_of(ctx, pairs)


def _outcome(
    ctx: Context,
    order_id: int,
    row: Row[Any] | None,
    notes: Mapping[Reason, str],
    around: Surroundings,
    shelf: allocation.Shelf,
) -> Outcome:
    """Confirms one order, inside a savepoint of its own."""
    if row is None:
        return Outcome(order_id, "", None, NotFound("Order {order_id} isn't here.", order_id=order_id))
    try:
        with ctx.db.begin_nested():
            status = _confirm_one(ctx, row, notes, around, shelf)
    except RuleViolation as refusal:
        return Outcome(order_id, row.number, None, refusal)
    return Outcome(order_id, row.number, status)


def _confirm_one(
    ctx: Context, row: Row[Any], notes: Mapping[Reason, str], around: Surroundings, shelf: allocation.Shelf
) -> Status:
    found = review(around.look_at(row), parameters.review_policy())
    lines = around.lines.get(row.id, [])
    set_aside, wanted = around.set_aside.get(row.id, 0), sum(line.quantity for line in lines)
    remaining = tuple(reason for reason in found if reason not in notes)
    confirm(ctx, row, state_with(row, remaining, set_aside, wanted), notes)
    if set_aside:  # it was stopped on its way
        return allocation.allocate_confirmed(ctx, row.id)
    confirmed = load_order(ctx, row.id)
    missing = [(line.id, line.sku_id, line.quantity) for line in lines if line.quantity]
    moves = allocation.plan_of(row.warehouse_id, missing, shelf)
    status = allocation.reserve(ctx, confirmed, state_with(confirmed, (), 0, wanted), moves)
    if moves:
        around.taken(row)
    return status
