"""When to order again and how much: safety stock, reorder point, order-up-to level, and how long stock will last."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, erf, exp, lgamma, log, sqrt
from statistics import NormalDist

FARTHEST_DAYS = 365  # nobody plans by demand that is farther away


@dataclass(frozen=True, slots=True)
class Demand:
    """What a SKU sells from a warehouse per day. Units: units per day, over `days` whole days."""

    mean: float
    deviation: float
    days: int

    def enough(self, least_days: int) -> bool:
        """Whether there are enough days to say anything."""
        return self.days >= least_days


@dataclass(frozen=True, slots=True)
class LeadTime:
    """How long a purchase takes. Units: days; `orders` are the purchases it was measured on, 0 for an assumption."""

    mean: float
    deviation: float
    orders: int = 0


@dataclass(frozen=True, slots=True)
class Levels:
    """What the formula gives for a SKU and warehouse. Units: units."""

    safety: int
    reorder_point: int
    order_up_to: int


def demand_from_sums(units: int, squares: int, days: int) -> Demand:
    """Mean and sample standard deviation of daily units, from their sum and the sum of their squares."""
    if days <= 0:
        return Demand(0.0, 0.0, 0)
    mean = units / days
    spread = sqrt(max(0.0, squares - units * mean) / (days - 1)) if days > 1 else 0.0
    return Demand(mean, spread, days)


def z_of(service_level: float) -> float:
    """How many standard deviations cover demand with this probability. Units: 0..1, above one half."""
    return NormalDist().inv_cdf(service_level)


def safety_stock(z: float, demand: Demand, lead: LeadTime) -> float:
    """Units that cover what demand and delivery vary by: z·√(L·σd² + d²·σL²).

    Source: independent demand and lead time, see Stevenson, Operations Management, 14th ed., ch. 12 (formula 12-15).
    """
    return z * sqrt(lead.mean * demand.deviation**2 + demand.mean**2 * lead.deviation**2)


def reorder_point(z: float, demand: Demand, lead: LeadTime) -> float:
    """The stock at which to order again: demand while one waits, d·L, and the safety stock."""
    return demand.mean * lead.mean + safety_stock(z, demand, lead)


def levels(service_level: float, demand: Demand, lead: LeadTime, review_days: int) -> Levels:
    """Safety stock, reorder point and order-up-to level, each rounded up to whole units.

    The order-up-to level is the reorder point and what sells until the next order: demand of `review_days`.
    """
    z = z_of(service_level)
    point = reorder_point(z, demand, lead)
    return Levels(
        safety=_up(safety_stock(z, demand, lead)),
        reorder_point=_up(point),
        order_up_to=_up(point + demand.mean * review_days),
    )


def _up(units: float) -> int:
    return ceil(units - 1e-9)


def suggested_quantity(available: int, on_order: int, low: int, up_to: int) -> int:
    """How much to order now: up to the level once what is there and on its way is at or below the reorder point."""
    position = available + on_order
    return max(0, up_to - position) if position <= low else 0


# ---- how long stock lasts ---------------------------------------------------------------------------------------


def days_of_cover(available: int, demand: Demand) -> float | None:
    """Days that what is available lasts at the mean demand; None where nothing sells."""
    return available / demand.mean if demand.mean > 0 else None


def stock_out_probability(available: int, demand: Demand, days: float) -> float:
    """The chance that demand over `days` is more than what is available. Units: 0..1.

    Poisson where demand varies no more than its mean and is small; else normal with continuity correction, which also
    knows of demand that comes in heaps.
    Source: sums of independent days; Silver, Pyke, Thomas, Inventory and Production Management, 4th ed., ch. 6.
    """
    mean = demand.mean * days
    if mean <= 0:
        return 0.0
    if available < 0:
        return 1.0
    if mean < 30 and demand.deviation**2 <= 1.25 * demand.mean:
        return _poisson_above(available, mean)
    deviation = max(demand.deviation * sqrt(days), 1e-9)
    return 0.5 * (1 - erf((available + 0.5 - mean) / (deviation * sqrt(2))))


def _poisson_above(k: int, mean: float) -> float:
    """P(X > k) of a Poisson variable."""
    below = sum(exp(i * log(mean) - mean - lgamma(i + 1)) for i in range(k + 1)) if k < 40 * (1 + mean) else 1.0
    return min(1.0, max(0.0, 1.0 - below))


def days_until(available: int, demand: Demand, probability: float) -> int | None:
    """After how many days it is at least this likely that stock ran out; None where that is beyond a year.

    The chance grows with time, so that the day is found by halving.
    """
    if demand.mean <= 0 or stock_out_probability(available, demand, FARTHEST_DAYS) < probability:
        return None
    low, high = 0, FARTHEST_DAYS
    while high - low > 1:
        middle = (low + high) // 2
        if stock_out_probability(available, demand, middle) >= probability:
            high = middle
        else:
            low = middle
    return high
