"""What checks look at: the order as it stands, what was done since the case was handed out, and to what else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select

from assessments.exercise import Case, Limit
from assessments.prose import Prose
from core.context import Context
from core.db.world_tables import event, message, money_posting, order_line, sales_order, sku, stock_posting
from core.domain.errors import NotFound
from core.domain.orders import Fact, Status
from core.domain.stock import Account
from core.services import adjustments, orders, stock

# An order that has been let pass and not been ended: it is on its way to the buyer, however far.
UNDER_WAY = frozenset(
    {
        Status.CONFIRMED,
        Status.BACKORDERED,
        Status.PARTLY_ALLOCATED,
        Status.ALLOCATED,
        Status.RELEASED,
        Status.PICKING,
        Status.PACKED,
        Status.PARTLY_SHIPPED,
        Status.SHIPPED,
        Status.PARTLY_DELIVERED,
        Status.DELIVERED,
        Status.COMPLETED,
    }
)

STATUS_PROSE: Mapping[Status, Prose] = MappingProxyType(
    {
        Status.RECEIVED: Prose("received", "已接收"),
        Status.EXCEPTION: Prose("stopped as an exception", "停在异常"),
        Status.CONFIRMED: Prose("confirmed", "已确认"),
        Status.BACKORDERED: Prose("back-ordered", "缺货待补"),
        Status.PARTLY_ALLOCATED: Prose("allocated in part", "已分配部分库存"),
        Status.ALLOCATED: Prose("allocated", "已分配库存"),
        Status.RELEASED: Prose("released to the warehouse", "已下发仓库"),
        Status.PICKING: Prose("being picked", "拣货中"),
        Status.PACKED: Prose("packed", "已打包"),
        Status.PARTLY_SHIPPED: Prose("shipped in part", "部分已发货"),
        Status.SHIPPED: Prose("shipped", "已发货"),
        Status.PARTLY_DELIVERED: Prose("delivered in part", "部分已签收"),
        Status.DELIVERED: Prose("delivered", "已签收"),
        Status.COMPLETED: Prose("completed", "已完成"),
        Status.CANCELLED: Prose("cancelled", "已取消"),
        Status.EXPIRED: Prose("expired", "已过期"),
    }
)

# Postings of these accounts count as the order's own units, however far the parcel got.
_HELD = tuple(account.value for account in (Account.RESERVED, Account.PICKED, Account.IN_TRANSIT, Account.CUSTOMER))


def order_row(ctx: Context, order_id: int) -> Row[Any]:
    """An order as it stands. Raises: NotFound."""
    row = ctx.db.execute(select(sales_order).where(sales_order.c.id == order_id)).one_or_none()
    if row is None:
        raise NotFound("Order {order_id} isn't here.", order_id=order_id)
    return row


def status_of(case: Case, order_id: int) -> Status:
    """Where an order stands."""
    return Status(order_row(case.ctx, order_id).status)


def facts_since(case: Case, order_id: int, kind: Fact) -> list[dict[str, Any]]:
    """What the log says of one kind of fact about an order since the case was handed out, oldest first."""
    e = event.c
    rows = case.ctx.db.execute(
        select(e.data).where(e.order_id == order_id, e.id > case.mark, e.kind == kind.value).order_by(e.id)
    )
    return [json.loads(row.data) for row in rows]


def messages_since(case: Case, order_id: int) -> list[str]:
    """What an order's buyer was written since the case was handed out, oldest first."""
    m = message.c
    found = select(m.body).where(m.order_id == order_id, m.event_id > case.mark).order_by(m.id)
    return list(case.ctx.db.execute(found).scalars())


def units_wanted(ctx: Context, order_id: int) -> int:
    """Units that an order's lines ask for."""
    lines = select(order_line.c.quantity).where(order_line.c.order_id == order_id)
    return sum(ctx.db.execute(lines).scalars())


def units_kept(ctx: Context, order_id: int) -> int:
    """Units that are the order's own now: reserved, picked or already on their way."""
    return sum(move.quantity for account in _HELD for move in stock.units_in(ctx, order_id, Account(account)))


def paid_back(case: Case, order_id: int) -> dict[str, tuple[int, int]]:
    """Means of payment → (paid by it, paid back to it) in cents."""
    sums: dict[str, tuple[int, int]] = {}
    for posting in case.ctx.db.execute(select(money_posting).where(money_posting.c.order_id == order_id)):
        paid, back = sums.get(posting.means, (0, 0))
        if (posting.from_account, posting.to_account) == ("buyer", "deposits"):
            paid += posting.amount_cents
        elif (posting.from_account, posting.to_account) == ("deposits", "buyer"):
            back += posting.amount_cents
        sums[posting.means] = (paid, back)
    return {means: pair for means, pair in sums.items() if pair[0] > 0}


def orders_touched(case: Case, allowed: Sequence[int]) -> list[str]:
    """Numbers of the orders that something was done to since the case was handed out, beside the allowed ones."""
    s, e = sales_order.c, event.c
    found = (
        select(s.number)
        .select_from(event.join(sales_order, s.id == e.order_id))
        .where(e.id > case.mark, e.order_id.not_in(list(allowed)))
        .distinct()
        .order_by(s.number)
    )
    return list(case.ctx.db.execute(found).scalars())


def goods_touched(case: Case, allowed: Sequence[int]) -> list[str]:
    """Codes of the SKUs whose units were moved for anything but the allowed orders."""
    p = stock_posting.c
    own = select(order_line.c.id).where(order_line.c.order_id.in_(list(allowed)))
    found = (
        select(sku.c.code)
        .select_from(stock_posting.join(sku, sku.c.id == p.sku_id))
        .where(p.event_id > case.mark, p.order_line_id.is_(None) | p.order_line_id.not_in(own))
        .distinct()
        .order_by(sku.c.code)
    )
    return list(case.ctx.db.execute(found).scalars())


def others_untouched(*names: str, points: int = 15) -> Limit:
    """The limit that no order was worked on but those the situation calls by these names."""

    def breaches(case: Case) -> list[Prose]:
        numbers = orders_touched(case, [case.ids[name] for name in names])
        return [Prose(f"Order {number} was changed, too.", f"订单 {number} 也被改动了。") for number in numbers]

    def violate(case: Case) -> None:
        s = sales_order.c
        own = [case.ids[name] for name in names]
        other = case.ctx.db.execute(
            select(s.id).where(s.is_open == 1, s.hold_reason.is_(None), s.id.not_in(own)).order_by(s.id).limit(1)
        ).scalar_one()
        orders.hold_order(case.ctx, other, "?")

    return Limit(
        "others_untouched",
        Prose("No other order is touched", "其他订单不受影响"),
        points,
        breaches,
        violate,
    )


def stock_untouched(*names: str, points: int = 15) -> Limit:
    """The limit that units moved for nothing but the orders that the situation calls by these names."""

    def breaches(case: Case) -> list[Prose]:
        codes = goods_touched(case, [case.ids[name] for name in names])
        return [
            Prose(f"Stock of {code} was moved for something else.", f"{code} 的库存因其他原因被变动。")
            for code in codes
        ]

    def violate(case: Case) -> None:
        own = [case.ids[name] for name in names]
        held = case.ctx.db.execute(
            select(stock_posting.c.sku_id, stock_posting.c.from_warehouse_id)
            .select_from(stock_posting.join(order_line, order_line.c.id == stock_posting.c.order_line_id))
            .where(order_line.c.order_id.not_in(own), stock_posting.c.from_account == Account.AVAILABLE.value)
            .order_by(stock_posting.c.id)
            .limit(1)
        ).one()
        adjustments.adjust_stock(case.ctx, held.sku_id, held.from_warehouse_id, 1, "found")

    return Limit(
        "stock_untouched",
        Prose("No other stock is moved", "其他库存不变动"),
        points,
        breaches,
        violate,
    )


def money(cents: int) -> str:
    """An amount as findings write it."""
    return f"¥{cents / 100:,.2f}"
