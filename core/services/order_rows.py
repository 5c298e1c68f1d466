"""An order's row as commands work on it: loaded and locked, judged by the machine, moved along with its fact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from core.context import Context
from core.db.history import record
from core.db.world_tables import order_line, sales_order
from core.domain.errors import NotFound, RuleViolation
from core.domain.facts import OrderDims, status_fact
from core.domain.orders import OrderState, Reason, Status, Transition, is_open
from core.services.parameters import base_cents
from core.services.stock import reserved_units


def load_order(ctx: Context, order_id: int) -> Row[Any]:
    """An order's row, locked against others until the transaction ends.

    Raises: NotFound.
    """
    statement = select(sales_order).where(sales_order.c.id == order_id).with_for_update()
    row = ctx.db.execute(statement).one_or_none()
    if row is None:
        raise NotFound("Order {order_id} isn't here.", order_id=order_id)
    return row


def state_of(ctx: Context, row: Row[Any], exceptions: tuple[Reason, ...] | None = None) -> OrderState:
    """What the machine's guards look at; `exceptions` stands in for the stored reasons where given."""
    m = row._mapping
    stored = tuple(Reason(reason) for reason in m["exceptions"].split(",") if reason)
    lines = ctx.db.execute(select(order_line.c.quantity).where(order_line.c.order_id == m["id"])).scalars().all()
    return OrderState(
        number=m["number"],
        status=Status(m["status"]),
        exceptions=stored if exceptions is None else exceptions,
        hold_reason=m["hold_reason"],
        fulfilled_by=m["fulfilled_by"],
        paid_cents=m["paid_cents"],
        total_cents=m["total_cents"],
        reserved_quantity=reserved_units(ctx, m["id"]),
        wanted_quantity=sum(lines),
    )


def dims_of(row: Row[Any]) -> OrderDims:
    """Where an order is counted, for its facts."""
    m = row._mapping
    return OrderDims(
        channel=m["channel"],
        region=m["region"],
        warehouse_id=m["warehouse_id"],
        received_at=m["received_at"],
        value_cents=base_cents(m["total_cents"], m["currency"]),
        outside=m["fulfilled_by"] == "outside",
    )


def move_order(
    ctx: Context,
    row: Row[Any],
    row_of_machine: Transition,
    extra: Mapping[str, object] | None = None,
    **columns: object,
) -> int:
    """Writes a decided transition: the fact, the status and whatever columns go with it; gives the event's id."""
    m = row._mapping
    target = row_of_machine.target
    event_id = record(
        ctx,
        row_of_machine.fact,
        f"order:{m['id']}",
        status_fact(dims_of(row), m["status"], target, extra),
        order_id=m["id"],
    )
    ctx.db.execute(
        update(sales_order)
        .where(sales_order.c.id == m["id"])
        .values(status=target.value, is_open=int(is_open(target)), version=sales_order.c.version + 1, **columns)
    )
    return event_id


def check_version(row: Row[Any], version: int | None) -> None:
    """Refuses when somebody changed the order since the page was drawn.

    Raises: RuleViolation.
    """
    if version is not None and row._mapping["version"] != version:
        raise RuleViolation(
            "Order {number} was changed by somebody else in the meantime. Look at it again; nothing was written.",
            number=row._mapping["number"],
        )
