"""Suggested purchase orders: what is at or below its reorder point, from whom, how much, and the orders themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, text

from core.context import Context
from core.domain.errors import RuleViolation
from core.services.demand import Place
from core.services.purchasing import Wanted, place_purchase
from core.services.stock import today_of
from core.services.stock_outlook import Outlook, outlooks

# The cheapest of those who supply it now; of two at the same price the faster one.
_SUPPLIERS = text(
    "SELECT s.sku_id, s.supplier_id, s.unit_cost_cents, s.least_quantity, p.lead_days, p.name_en, p.name_zh, p.code"
    " FROM supplier_sku s JOIN supplier p ON p.id = s.supplier_id WHERE p.is_active = 1"
    " ORDER BY s.sku_id, s.unit_cost_cents, p.lead_days, p.id"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to order of a SKU for a warehouse; `supplier_id` is None where nobody sells it to us."""

    outlook: Outlook
    supplier_id: int | None
    supplier_en: str
    supplier_zh: str
    quantity: int
    unit_cost_cents: int

    @property
    def value_cents(self) -> int:
        """What it would cost."""
        return self.quantity * self.unit_cost_cents


def suggested_orders(ctx: Context) -> dict[Place, Suggestion]:
    """What is at or below its reorder point, counting what is on its way. Raises: NotAllowed."""
    ctx.actor.need("stock.read")
    sellers: dict[int, Row[Any]] = {}
    for row in ctx.db.execute(_SUPPLIERS):
        sellers.setdefault(row.sku_id, row)
    return {
        place: _suggestion(outlook, sellers.get(place[0]))
        for place, outlook in outlooks(ctx).items()
        if outlook.suggested > 0
    }


def _suggestion(outlook: Outlook, seller: Row[Any] | None) -> Suggestion:
    if seller is None:
        return Suggestion(outlook, None, "", "", outlook.suggested, 0)
    quantity = max(outlook.suggested, seller.least_quantity)
    return Suggestion(outlook, seller.supplier_id, seller.name_en, seller.name_zh, quantity, seller.unit_cost_cents)


def order_suggested(ctx: Context, places: Sequence[Place]) -> list[int]:
    """Places the suggested purchases, one for each supplier and warehouse; gives their ids.

    Quantities are reckoned anew: what somebody else has ordered in the meantime isn't ordered again.
    Raises: NotAllowed, RuleViolation where nothing of this needs ordering any more, or nobody sells it.
    """
    ctx.actor.need("purchasing.work")
    wanted = set(places)
    found = [one for place, one in suggested_orders(ctx).items() if place in wanted]
    if not found:
        raise RuleViolation("Nothing of this needs ordering any more.")
    groups: dict[tuple[int, int], list[Suggestion]] = {}
    for one in found:
        if one.supplier_id is None:
            raise RuleViolation("Nobody sells us some of these articles; take them out or name a supplier first.")
        groups.setdefault((one.supplier_id, one.outlook.place[1]), []).append(one)
    placed = []
    for (supplier_id, warehouse_id), parts in sorted(groups.items()):
        days = max(1, round(max(part.outlook.lead.mean for part in parts)))
        expected = (today_of(ctx) + timedelta(days=days)).isoformat()
        lines = [Wanted(part.outlook.place[0], part.quantity, part.unit_cost_cents) for part in parts]
        placed.append(place_purchase(ctx, supplier_id, warehouse_id, expected, lines))
    return placed
