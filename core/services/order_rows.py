"""An order's row as commands work on it: loaded and locked, judged by the machine, moved along with its fact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, select

from core.context import Context
from core.db.history import hold_stock, record
from core.db.statements import RowShape, Statement
from core.db.world_tables import event, sales_order
from core.domain.errors import Colleague, NotFound, RuleViolation
from core.domain.facts import OrderDims, status_fact
from core.domain.labels import fact_of
from core.domain.orders import Fact, OrderState, Reason, Status, Transition, is_open
from core.domain.stock import SET_ASIDE
from core.services.parameters import base_cents

_NAMES = ", ".join(f"'{account.value}'" for account in SET_ASIDE)
_UNITS = Statement(
    "SELECT (SELECT COALESCE(SUM(quantity), 0) FROM order_line WHERE order_id = :order_id),"
    f" (SELECT COALESCE(SUM(CASE WHEN p.to_account IN ({_NAMES}) THEN p.quantity ELSE 0 END"
    f" - CASE WHEN p.from_account IN ({_NAMES}) THEN p.quantity ELSE 0 END), 0)"
    " FROM stock_posting p JOIN order_line l ON l.id = p.order_line_id WHERE l.order_id = :order_id)"
)
_COLUMNS = RowShape(sales_order.c.keys())
_BY_ID = f"SELECT {', '.join(sales_order.c.keys())} FROM sales_order WHERE id = :order_id"
# What a command leaves behind besides its own fact.
_FOLLOW_UPS = frozenset({Fact.ALLOCATED, Fact.BACKORDERED, Fact.STOPPED, Fact.BUYER_NOTIFIED})
_FOLLOWING = 3
# No key is ever changed, so that rows which point at an order can be written meanwhile.
_LOCKED = Statement(_BY_ID, postgresql=f"{_BY_ID} FOR NO KEY UPDATE")
_LOCK_ALL = Statement(
    "SELECT 1", postgresql="SELECT 1 FROM sales_order WHERE id = ANY(:orders) ORDER BY id FOR NO KEY UPDATE"
)
_SKUS = Statement(
    "SELECT 1",
    postgresql="SELECT DISTINCT sku_id FROM order_line WHERE order_id = ANY(:orders) AND sku_id IS NOT NULL",
)


def lock_orders(ctx: Context, order_ids: Collection[int]) -> None:
    """Before work on several orders, one after the other: locks all of them and holds the units of their SKUs.

    Why: on PostgreSQL whoever holds an order's SKUs and then wants the next order may meet somebody who does it the
    other way round. SQLite has one writer at a time anyway.
    """
    if ctx.db.dialect.name == "postgresql":
        values = {"orders": sorted(order_ids)}
        _LOCK_ALL.rows(ctx.db, values)
        hold_stock(ctx, (sku_id for (sku_id,) in _SKUS.rows(ctx.db, values)))


def load_order(ctx: Context, order_id: int) -> Row[Any]:
    """An order's row, locked against others until the transaction ends.

    Raises: NotFound.
    """
    found = _LOCKED.row(ctx.db, {"order_id": order_id})
    if found is None:
        raise NotFound("Order {order_id} isn't here.", order_id=order_id)
    return _COLUMNS.row(found)


def state_of(ctx: Context, row: Row[Any], exceptions: tuple[Reason, ...] | None = None) -> OrderState:
    """What the machine's guards look at; `exceptions` stands in for the stored reasons where given."""
    units = _UNITS.row(ctx.db, {"order_id": row.id})
    assert units is not None
    wanted, set_aside = units
    return state_with(row, exceptions, int(set_aside), int(wanted))


def state_with(row: Row[Any], exceptions: tuple[Reason, ...] | None, set_aside: int, wanted: int) -> OrderState:
    """The same from units that are known already. Units: units of the SKUs."""
    m = row._mapping
    stored = tuple(Reason(reason) for reason in m["exceptions"].split(",") if reason)
    return OrderState(
        number=m["number"],
        status=Status(m["status"]),
        exceptions=stored if exceptions is None else exceptions,
        hold_reason=m["hold_reason"],
        fulfilled_by=m["fulfilled_by"],
        paid_cents=m["paid_cents"],
        total_cents=m["total_cents"],
        reserved_quantity=set_aside,
        wanted_quantity=wanted,
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
    values = {"status": target.value, "is_open": int(is_open(target)), **columns}
    _update_of(tuple(values)).change(ctx.db, values | {"order_id": m["id"]})
    return event_id


@cache
def _update_of(columns: tuple[str, ...]) -> Statement:
    """The statement that sets these columns of an order and counts the change; the same few come again and again."""
    assert set(columns) <= set(sales_order.c.keys()), columns
    said = ", ".join(f"{name} = :{name}" for name in columns)
    return Statement(f"UPDATE sales_order SET {said}, version = version + 1 WHERE id = :order_id")


def check_version(ctx: Context, row: Row[Any], version: int | None) -> None:
    """Refuses when somebody changed the order since the page was drawn.

    Raises: RuleViolation that says who did what, and when.
    """
    m = row._mapping
    if version is None or m["version"] == version:
        return
    last = _last_done(ctx, m["id"])
    raise RuleViolation(
        "Order {number} was changed by somebody else in the meantime ({who}: “{what}”, {when})."
        " Look at it again; nothing was written.",
        number=m["number"],
        who=Colleague(last.actor),
        what=fact_of(last.kind),
        when=f"{datetime.fromtimestamp(last.at, ZoneInfo(ctx.world.timezone)):%Y-%m-%d %H:%M}",
    )


def _last_done(ctx: Context, order_id: int) -> Any:
    """The fact of the last command on an order, not what followed from it by itself."""
    e = event.c
    last = select(e.at, e.kind, e.actor).where(e.order_id == order_id).order_by(e.id.desc()).limit(_FOLLOWING + 1)
    facts = ctx.db.execute(last).all()
    for fact, before in pairwise(facts):
        if fact.kind not in _FOLLOW_UPS or (before.at, before.actor) != (fact.at, fact.actor):
            return fact
    return facts[-1]
