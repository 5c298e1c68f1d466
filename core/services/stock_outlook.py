"""How stock stands and where it goes: available, on order, demand, thresholds by formula, and when it runs out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import text

from core.context import Context
from core.domain.facts import local_day
from core.domain.thresholds import (
    Demand,
    LeadTime,
    Levels,
    days_of_cover,
    days_until,
    demand_from_sums,
    levels,
    stock_out_probability,
    suggested_quantity,
)
from core.services.demand import Place, demand_book
from core.services.stock_policies import stock_policy

_EPOCH = date(1970, 1, 1)
_AVAILABLE = text(
    "SELECT sku_id, warehouse_id, SUM(quantity) AS units FROM stock_balance"
    " WHERE account = 'available' AND quantity > 0 GROUP BY sku_id, warehouse_id"
)
_THRESHOLDS = text(
    "SELECT sku_id, warehouse_id, low_quantity, high_quantity, source, set_at, set_by FROM stock_threshold"
)
_EXPIRING = text(
    "SELECT b.sku_id, b.warehouse_id, SUM(CASE WHEN l.expires_on <= :day THEN b.quantity ELSE 0 END) AS units,"
    " MIN(l.expires_on) AS first FROM stock_balance b JOIN lot l ON l.id = b.lot_id"
    " WHERE b.account IN ('available', 'reserved') AND b.quantity > 0 AND l.expires_on IS NOT NULL"
    " GROUP BY b.sku_id, b.warehouse_id"
)
# What is on its way, and what stands at the door and isn't on the shelf yet.
_COMING = text(
    "SELECT sku_id, warehouse_id, SUM(units) AS units FROM ("
    "SELECT l.sku_id, o.warehouse_id, CASE WHEN l.quantity > l.received_quantity + l.dropped_quantity"
    " THEN l.quantity - l.received_quantity - l.dropped_quantity ELSE 0 END AS units"
    " FROM purchase_order o JOIN purchase_line l ON l.purchase_order_id = o.id WHERE o.is_open = 1 UNION ALL"
    " SELECT sku_id, warehouse_id, quantity FROM stock_balance WHERE account = 'receiving' AND quantity > 0"
    ") AS coming GROUP BY sku_id, warehouse_id"
)
_TOOK = text(
    "SELECT l.sku_id, COUNT(*) AS n, SUM((o.first_received_at - o.ordered_at) / 3600) AS hours,"
    " SUM(((o.first_received_at - o.ordered_at) / 3600) * ((o.first_received_at - o.ordered_at) / 3600)) AS squares"
    " FROM purchase_order o JOIN purchase_line l ON l.purchase_order_id = o.id"
    " WHERE o.first_received_at IS NOT NULL GROUP BY l.sku_id"
)
_AGREED = text(
    "SELECT s.sku_id, MIN(p.lead_days) AS days FROM supplier_sku s JOIN supplier p ON p.id = s.supplier_id"
    " WHERE p.is_active = 1 GROUP BY s.sku_id"
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a SKU's stock in a warehouse is low or high, and who said so: a person by hand, or the formula."""

    low: int
    high: int | None
    source: str
    set_at: int
    set_by: str


@dataclass(frozen=True)
class Outlook:
    """A SKU in a warehouse: what there is, what comes, what sells, and what follows from that.

    Units: units of the SKU. `expiring` are units of lots that expire within the policy's days, None where no lot
    expires; `first_expiry` is the earliest such day.
    """

    place: Place
    available: int
    coming: int
    demand: Demand
    lead: LeadTime
    threshold: Threshold | None
    expiring: int | None
    first_expiry: str | None

    @property
    def enough_days(self) -> bool:
        """Whether there are enough days of demand to say anything of the future."""
        return self.demand.enough(stock_policy().least_days)

    @cached_property
    def levels(self) -> Levels | None:
        """Safety stock, reorder point and order-up-to level by formula; None with too few days."""
        policy = stock_policy()
        if not self.enough_days:
            return None
        return levels(policy.service_level, self.demand, self.lead, policy.review_days)

    @property
    def high_by_formula(self) -> int | None:
        """More than sells within the policy's days of cover, and more than is ordered up to."""
        found = self.levels
        return (
            None if found is None else max(found.order_up_to, round(self.demand.mean * stock_policy().most_cover_days))
        )

    @property
    def cover_days(self) -> float | None:
        """Days that what is available lasts at mean demand; None where nothing sells or too little is known."""
        return days_of_cover(self.available, self.demand) if self.enough_days else None

    @property
    def stock_out_chance(self) -> float | None:
        """The chance of selling out before goods ordered today could come."""
        return stock_out_probability(self.available, self.demand, self.lead.mean) if self.enough_days else None

    @property
    def out_in_days(self) -> tuple[int | None, int | None]:
        """In how many days stock is out with a chance of one in ten, and of one half; None is beyond a year."""
        if not self.enough_days:
            return None, None
        return days_until(self.available, self.demand, 0.1), days_until(self.available, self.demand, 0.5)

    @property
    def suggested(self) -> int:
        """How much to order now; 0 where there is enough or too little is known."""
        found = self.levels
        if found is None:
            return 0
        low = self.threshold.low if self.threshold is not None else found.reorder_point
        # A threshold by hand above the formula's level lifts that level, else nothing would ever be ordered.
        up_to = max(found.order_up_to, low + round(self.demand.mean * stock_policy().review_days))
        return suggested_quantity(self.available, self.coming, low, up_to)


def outlooks(ctx: Context, *, warehouse_id: int | None = None) -> dict[Place, Outlook]:
    """Every SKU in every warehouse where it has a threshold, stock or demand. Raises: NotAllowed."""
    ctx.actor.need("stock.read")
    policy = stock_policy()
    book = demand_book(ctx, policy.demand_days)
    available = {(row.sku_id, row.warehouse_id): int(row.units) for row in ctx.db.execute(_AVAILABLE)}
    coming = {(row.sku_id, row.warehouse_id): int(row.units) for row in ctx.db.execute(_COMING)}
    limits = thresholds_in(ctx)
    soon = _EPOCH + timedelta(days=local_day(ctx.now, ctx.world.timezone) + policy.expiring_days)
    expiring = {
        (row.sku_id, row.warehouse_id): (int(row.units), str(row.first))
        for row in ctx.db.execute(_EXPIRING, {"day": soon.isoformat()})
    }
    leads = lead_times(ctx)
    places = sorted({*available, *limits, *expiring, *(place for place in book.sums if place[1])})
    return {
        place: Outlook(
            place=place,
            available=available.get(place, 0),
            coming=coming.get(place, 0),
            demand=book.demand(place),
            lead=leads.get(place[0], policy.lead),
            threshold=limits.get(place),
            expiring=expiring[place][0] if place in expiring else None,
            first_expiry=expiring[place][1] if place in expiring else None,
        )
        for place in places
        if warehouse_id in (None, place[1])
    }


def thresholds_in(ctx: Context) -> dict[Place, Threshold]:
    """Every threshold in force."""
    return {
        (row.sku_id, row.warehouse_id): Threshold(
            row.low_quantity, row.high_quantity, row.source, row.set_at, row.set_by
        )
        for row in ctx.db.execute(_THRESHOLDS)
    }


def lead_times(ctx: Context) -> Mapping[int, LeadTime]:
    """How long purchases of a SKU take: as measured, else as the supplier says, with the policy's deviation.

    Shape: SKU → lead time; SKUs that nobody supplies are left out.
    """
    policy = stock_policy()
    found = {row.sku_id: LeadTime(float(row.days), policy.lead.deviation) for row in ctx.db.execute(_AGREED)}
    for row in ctx.db.execute(_TOOK):
        if row.n >= policy.least_purchases:
            hours = demand_from_sums(int(row.hours), int(row.squares), int(row.n))
            found[row.sku_id] = LeadTime(hours.mean / 24, hours.deviation / 24, int(row.n))
    return found
