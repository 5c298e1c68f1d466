"""What the review has to know around orders: their lines, the shelf, the blacklist and their neighbours; many at once.

Why many: five queries serve one order as well as five hundred, so a batch is judged by the very code that judges one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, text

from core.context import Context
from core.db.world_tables import blocked_buyer, order_line, sales_order, sku, stock_balance
from core.domain.orders import Status
from core.domain.review import ReviewedLine, ReviewedOrder
from core.domain.stock import SET_ASIDE, Account
from core.services import parameters

_HOUR = 3_600
_NAMES = ", ".join(f"'{account.value}'" for account in SET_ASIDE)
_SET_ASIDE = text(
    "SELECT l.order_id, SUM(CASE WHEN p.to_account = 'reserved' THEN p.quantity ELSE 0 END"
    " - CASE WHEN p.from_account = 'reserved' THEN p.quantity ELSE 0 END) AS reserved,"
    f" SUM(CASE WHEN p.to_account IN ({_NAMES}) THEN p.quantity ELSE 0 END"
    f" - CASE WHEN p.from_account IN ({_NAMES}) THEN p.quantity ELSE 0 END) AS set_aside"
    " FROM order_line l JOIN stock_posting p ON p.order_line_id = l.id"
    " WHERE l.order_id IN :ids GROUP BY l.order_id"
).bindparams(bindparam("ids", expanding=True))
_s = sales_order.c


class Surroundings:
    """Orders with what the review looks at, read once; what is reserved in between is taken off by `taken`.

    Shape: `lines` and `set_aside` (units) by order; `available` by SKU and warehouse.
    """

    def __init__(self, ctx: Context, rows: Sequence[Row[Any]]) -> None:
        ids = [row.id for row in rows]
        self.lines = _lines(ctx, ids)
        self.available = _available(ctx, rows, self.lines)
        found = {row.order_id: row for row in ctx.db.execute(_SET_ASIDE, {"ids": ids})} if ids else {}
        self._reserved = {order_id: int(row.reserved) for order_id, row in found.items()}
        self.set_aside = {order_id: int(row.set_aside) for order_id, row in found.items()}
        self._blocked = _blocked(ctx, {row.buyer_phone for row in rows})
        self._duplicates = _duplicates(ctx, rows)

    def look_at(self, row: Row[Any]) -> ReviewedOrder:
        """One of the orders as the review sees it now."""
        lines = self.lines.get(row.id, [])
        wanted = Counter[int]()
        for line in lines:
            if line.sku_id is not None:
                wanted[line.sku_id] += line.quantity
        return ReviewedOrder(
            country=row.country,
            region=row.region,
            city=row.city,
            street=row.street,
            postcode=row.postcode,
            buyer_name=row.buyer_name,
            buyer_phone=row.buyer_phone,
            total_cents=row.total_cents,
            paid_cents=row.paid_cents,
            lines=tuple(
                ReviewedLine(
                    quantity=wanted.get(line.sku_id, line.quantity),
                    unit_price_cents=line.unit_price_cents,
                    list_price_cents=line.list_price_cents,
                    available=self.available.get((line.sku_id, row.warehouse_id), 0),
                )
                for line in lines
            ),
            duplicates_count=self._duplicates.get(row.id, 0),
            buyer_is_blocked=row.buyer_phone in self._blocked,
            # A back-ordered order waits for stock already, and a reserved one has it.
            needs_stock=row.status in (Status.RECEIVED, Status.EXCEPTION) and not self._reserved.get(row.id),
        )

    def taken(self, row: Row[Any]) -> None:
        """Notes that what one of the orders wants is reserved now."""
        for line in self.lines.get(row.id, []):
            self.available[line.sku_id, row.warehouse_id] -= line.quantity


def _lines(ctx: Context, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    rows = ctx.db.execute(
        select(order_line, sku.c.list_price_cents)
        .select_from(order_line.outerjoin(sku, sku.c.id == order_line.c.sku_id))
        .where(order_line.c.order_id.in_(ids))
        .order_by(order_line.c.order_id, order_line.c.position)
    )
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(row)
    return found


def _available(
    ctx: Context, rows: Sequence[Row[Any]], lines: dict[int, list[Row[Any]]]
) -> dict[tuple[int | None, int], int]:
    """What the shelf has of the SKUs that are wanted. Shape: (SKU, warehouse) → units; what isn't known is none."""
    skus = {line.sku_id for some in lines.values() for line in some if line.sku_id is not None}
    b = stock_balance.c
    found = ctx.db.execute(
        select(b.sku_id, b.warehouse_id, func.sum(b.quantity).label("units"))
        .where(
            b.account == Account.AVAILABLE.value,
            b.quantity > 0,
            b.sku_id.in_(sorted(skus)),
            b.warehouse_id.in_(sorted({row.warehouse_id for row in rows})),
        )
        .group_by(b.sku_id, b.warehouse_id)
    )
    return {(row.sku_id, row.warehouse_id): int(row.units) for row in found}


def _blocked(ctx: Context, phones: Iterable[str]) -> set[str]:
    wanted = select(blocked_buyer.c.phone).where(blocked_buyer.c.phone.in_(sorted(phones)))
    return set(ctx.db.execute(wanted).scalars())


def _duplicates(ctx: Context, rows: Sequence[Row[Any]]) -> dict[int, int]:
    """How many open orders of the same buyer with the same goods came shortly before each order."""
    asked = [row for row in rows if row.buyer_phone]
    if not asked:
        return {}
    within = parameters.review_policy().duplicate_hours * _HOUR
    neighbours = ctx.db.execute(
        select(_s.id, _s.buyer_phone, _s.received_at).where(
            _s.is_open == 1,
            _s.buyer_phone.in_(sorted({row.buyer_phone for row in asked})),
            _s.received_at.between(
                min(row.received_at for row in asked) - within, max(row.received_at for row in asked)
            ),
        )
    ).all()
    by_phone: dict[str, list[Any]] = {}
    for one in neighbours:
        by_phone.setdefault(one.buyer_phone, []).append(one)
    near = {
        row.id: [
            one.id
            for one in by_phone.get(row.buyer_phone, [])
            if one.id < row.id and row.received_at - within <= one.received_at <= row.received_at
        ]
        for row in asked
    }
    goods = _goods(ctx, {order_id for order_id, ids in near.items() if ids} | {i for ids in near.values() for i in ids})
    return {order_id: sum(goods[other] == goods[order_id] for other in ids) for order_id, ids in near.items() if ids}


def _goods(ctx: Context, ids: set[int]) -> dict[int, dict[str, int]]:
    """What orders want. Shape: order → SKU code → units."""
    units = func.sum(order_line.c.quantity)
    found: dict[int, dict[str, int]] = {order_id: {} for order_id in ids}
    if not ids:
        return found
    statement = (
        select(order_line.c.order_id, order_line.c.sku_code, units)
        .where(order_line.c.order_id.in_(sorted(ids)), order_line.c.quantity > 0)
        .group_by(order_line.c.order_id, order_line.c.sku_code)
    )
    for order_id, code, quantity in ctx.db.execute(statement):
        found[order_id][code] = int(quantity)
    return found
