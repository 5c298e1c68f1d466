"""Purchasing: orders at suppliers, moved to another day, not waited for any longer, or cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.context import Context
from core.db.history import actor_name, record
from core.db.inbound_tables import purchase_line, purchase_order, supplier
from core.domain.errors import NotFound, RuleViolation
from core.domain.purchasing import PurchaseFact, PurchaseStatus, check_units, decide_purchase
from core.domain.texts import typed
from core.services.purchase_rows import add_to_line, load_purchase, move_purchase, progress_of, purchase_state
from core.services.stock import need_sku, need_warehouse, today_of

_MOST_LINES = 200
_MOST_CENTS = 100_000_000  # a million for one unit; more is a slip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of a purchase to be placed."""

    sku_id: int
    quantity: int
    unit_cost_cents: int


def place_purchase(
    ctx: Context, supplier_id: int, warehouse_id: int, expected_on: str, lines: Sequence[Wanted], note: str = ""
) -> int:
    """Orders goods from a supplier for a warehouse; gives the purchase's id.

    Raises: NotAllowed, NotFound, RuleViolation for no or doubled lines, impossible quantities and costs, or a past day.
    """
    ctx.actor.need("purchasing.work")
    _check_purchase(ctx, supplier_id, warehouse_id, expected_on, lines)
    key = ctx.db.execute(
        purchase_order.insert().values(
            supplier_id=supplier_id,
            warehouse_id=warehouse_id,
            status=PurchaseStatus.ORDERED.value,
            is_open=1,
            ordered_at=ctx.now,
            expected_on=expected_on,
            note=typed(note)[:500],
            actor=actor_name(ctx),
        )
    ).inserted_primary_key
    assert key is not None
    purchase_id = int(key[0])
    ctx.db.execute(
        purchase_line.insert(),
        [
            {
                "purchase_order_id": purchase_id,
                "position": position,
                "sku_id": line.sku_id,
                "quantity": line.quantity,
                "unit_cost_cents": line.unit_cost_cents,
            }
            for position, line in enumerate(lines, start=1)
        ],
    )
    data = {
        "now": PurchaseStatus.ORDERED.value,
        "warehouse": warehouse_id,
        "supplier": supplier_id,
        "expected_on": expected_on,
        "units": sum(line.quantity for line in lines),
        "value_cents": sum(line.quantity * line.unit_cost_cents for line in lines),
    }
    record(ctx, PurchaseFact.PLACED, f"purchase:{purchase_id}", data)
    return purchase_id


def _check_purchase(
    ctx: Context, supplier_id: int, warehouse_id: int, expected_on: str, lines: Sequence[Wanted]
) -> None:
    row = ctx.db.execute(select(supplier).where(supplier.c.id == supplier_id)).one_or_none()
    if row is None or not row.is_active:
        raise NotFound("There is no such supplier to order from.")
    need_warehouse(ctx, warehouse_id)
    _check_day(ctx, expected_on)
    if not 1 <= len(lines) <= _MOST_LINES:
        raise RuleViolation("A purchase order needs 1 to {most} lines.", most=_MOST_LINES)
    seen: set[int] = set()
    for line in lines:
        code = need_sku(ctx, line.sku_id).code
        if line.sku_id in seen:
            raise RuleViolation("{sku} stands on two lines; put it on one.", sku=code)
        seen.add(line.sku_id)
        check_units(line.quantity)
        if not 0 <= line.unit_cost_cents <= _MOST_CENTS:
            raise RuleViolation("The unit cost of {sku} can't be {found}.", sku=code, found=line.unit_cost_cents / 100)


def reschedule_purchase(ctx: Context, purchase_id: int, expected_on: str, *, version: int | None = None) -> None:
    """Expects a purchase on another day, as the supplier has said.

    Raises: NotAllowed, NotFound, RuleViolation for a past day or the same one.
    """
    ctx.actor.need("purchasing.work")
    row = load_purchase(ctx, purchase_id, version)
    decided = decide_purchase("reschedule", purchase_state(ctx, row))
    _check_day(ctx, expected_on)
    if expected_on == row.expected_on:
        raise RuleViolation("It is expected on that day already.")
    ctx.db.execute(purchase_order.update().where(purchase_order.c.id == purchase_id).values(expected_on=expected_on))
    move_purchase(ctx, row, decided, {"days": [row.expected_on, expected_on]})


def drop_rest(ctx: Context, purchase_id: int, note: str, *, version: int | None = None) -> int:
    """Doesn't wait any longer for what the supplier still owes of a purchase; gives the units.

    Raises: NotAllowed, NotFound, RuleViolation without a note.
    """
    ctx.actor.need("purchasing.work")
    row = load_purchase(ctx, purchase_id, version)
    decided = decide_purchase("drop_rest", purchase_state(ctx, row))
    note = _need_note(note)
    dropped = {line_id: line.rest for line_id, line in progress_of(ctx, purchase_id).items() if line.rest}
    for line_id, units in dropped.items():
        add_to_line(ctx, line_id, dropped_quantity=units)
    move_purchase(ctx, row, decided, {"dropped": dropped, "note": note})
    return sum(dropped.values())


def cancel_purchase(ctx: Context, purchase_id: int, note: str, *, version: int | None = None) -> None:
    """Cancels a purchase of which nothing has come.

    Raises: NotAllowed, NotFound, RuleViolation without a note, or once goods were received.
    """
    ctx.actor.need("purchasing.work")
    row = load_purchase(ctx, purchase_id, version)
    decided = decide_purchase("cancel", purchase_state(ctx, row))
    move_purchase(ctx, row, decided, {"note": _need_note(note)})


def _need_note(note: str) -> str:
    said = typed(note)[:500]
    if not said:
        raise RuleViolation("Say why, so that whoever waits for the goods can read it.")
    return said


def _check_day(ctx: Context, day: str) -> None:
    try:
        expected = date.fromisoformat(day)
    except ValueError:
        raise RuleViolation("“{found}” is no date; write it as 2027-06-30.", found=day) from None
    if expected < today_of(ctx):
        raise RuleViolation("Goods can't be expected in the past ({day}).", day=day)
