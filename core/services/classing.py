"""The classes of articles: ABC by what they sold for, XYZ by how evenly, and when each was counted last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text

from core.context import Context
from core.domain.classes import Abc, Xyz, abc_of, days_overdue, xyz_of
from core.services.demand import demand_book, weekly_units
from core.services.stock_policies import counting_policy

_PRICES = text("SELECT id, list_price_cents FROM sku")
_COUNTED = text(
    "SELECT l.sku_id, MAX(l.counted_at) FROM stocktake s JOIN count_line l ON l.stocktake_id = s.id"
    " WHERE s.warehouse_id = :warehouse_id AND s.status = 'posted' GROUP BY l.sku_id"
)
_ON_SHELF = text(
    "SELECT DISTINCT sku_id FROM stock_balance WHERE warehouse_id = :warehouse_id"
    " AND account IN ('available', 'reserved') AND quantity > 0"
)


@dataclass(frozen=True, slots=True)
class ArticleClass:
    """An article's classes; `value_cents` is what its units of the last weeks come to at list price."""

    abc: Abc
    xyz: Xyz | None
    value_cents: int


def article_classes(ctx: Context) -> Mapping[int, ArticleClass]:
    """Every article's classes, by its demand in all warehouses together. Shape: SKU → classes. Raises: NotAllowed."""
    policy = counting_policy()
    book = demand_book(ctx, policy.demand_days)
    weekly = weekly_units(ctx, book)
    prices = {row.id: row.list_price_cents for row in ctx.db.execute(_PRICES)}
    values = dict.fromkeys(prices, 0)
    for (sku_id, _), (units, _) in book.sums.items():
        values[sku_id] += units * prices[sku_id]
    abc = abc_of(values, policy.classes)
    return {
        sku_id: ArticleClass(abc[sku_id], xyz_of(weekly.get(sku_id, []), policy.classes), values[sku_id])
        for sku_id in prices
    }


def last_counted(ctx: Context, warehouse_id: int) -> dict[int, int]:
    """When each article of a warehouse was last counted in a stocktake that was posted. Shape: SKU → instant."""
    ctx.actor.need("stock.read")
    return {sku_id: int(at) for sku_id, at in ctx.db.execute(_COUNTED, {"warehouse_id": warehouse_id})}


def due_for_cycle(ctx: Context, warehouse_id: int, classes: frozenset[Abc]) -> list[int]:
    """Articles on a warehouse's shelf that are due for a cycle count, the longest overdue first, what fits a shift.

    Of those overdue alike, the dearest come first.
    """
    due = sorted((-days, -cents, sku_id) for sku_id, abc, days, cents in _due(ctx, warehouse_id) if abc in classes)
    return [sku_id for _, _, sku_id in due[: counting_policy().most_articles]]


def due_by_class(ctx: Context, warehouse_id: int) -> dict[Abc, int]:
    """How many articles on a warehouse's shelf are due for a cycle count. Raises: NotAllowed."""
    due = Counter(abc for _, abc, _, _ in _due(ctx, warehouse_id))
    return {abc: due[abc] for abc in Abc}


def _due(ctx: Context, warehouse_id: int) -> Iterator[tuple[int, Abc, float, int]]:
    """Articles that are due. Shape: (SKU, class, days overdue, value of what it sold)."""
    every = counting_policy().cycle_days
    counted, known = last_counted(ctx, warehouse_id), article_classes(ctx)
    for (sku_id,) in ctx.db.execute(_ON_SHELF, {"warehouse_id": warehouse_id}):
        found = known[sku_id]
        overdue = days_overdue(counted.get(sku_id), ctx.now, every[found.abc])
        if overdue >= 0:
            yield sku_id, found.abc, overdue, found.value_cents
