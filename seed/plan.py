"""Which orders a history holds: who orders what, where, when, and what is the matter with some of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from core.domain.orders import Reason
from core.domain.places import PROVINCES
from seed.goods import Goods, copy_baskets, draw_goods, price_goods
from seed.ground import Ground
from seed.pools import Buyers, draw_buyers
from seed.rhythm import DAY, HOUR, OFFSET, order_instants
from seed.scenario import Scenario
from seed.streams import stream


class Kind(IntEnum):
    """How an order goes."""

    NORMAL = 0
    UNPAID = 1
    CHANGED_MIND = 2
    HELD = 3
    STOPPED = 4


BITS = {reason: 1 << i for i, reason in enumerate(Reason)}
# Shares of the orders that don't go the normal way, besides those that stop.
_UNPAID, _CHANGED_MIND = 0.03, 0.018
_REASON_SHARES = {
    Reason.ADDRESS: 0.34,
    Reason.PHONE: 0.16,
    Reason.PRICE: 0.20,
    Reason.DUPLICATE: 0.13,
    Reason.PAYMENT: 0.10,
    Reason.FRAUD: 0.07,
}
_ADDRESS_AND_PHONE = 0.12
_PREPAID = 0.62
# A twin comes while the order it repeats is surely still on its way.
_TWIN_SECONDS = 6 * HOUR
_LONGEST_POOL = 150_000
# A buyer doesn't come again within this time, or the review would rightly see a duplicate.
_RETURN_SECONDS = 27 * HOUR
# Whatever goes its own way with an order is over after this time.
SETTLED_SECONDS = int(4.5 * DAY)


@dataclass(slots=True)
class Plan:
    """All orders of a history, column by column, in order of arrival; instants of later facts come elsewhere.

    `reasons` holds a bit per reason; `sold_out_at` maps (warehouse, article) to the instant its stock ran out.
    """

    start: int
    now: int
    backlog_from: int
    received: np.ndarray
    channel: np.ndarray
    buyer: np.ndarray
    buyers: Buyers
    province: np.ndarray
    region: np.ndarray
    warehouse_id: np.ndarray
    goods: Goods
    kind: np.ndarray
    reasons: np.ndarray
    prepaid: np.ndarray
    sold_out_at: dict[tuple[int, int], int]

    def __len__(self) -> int:
        return len(self.received)

    def has(self, reason: Reason) -> np.ndarray:
        """Which orders stop for a reason."""
        return (self.reasons & BITS[reason]) > 0


def draw_plan(ground: Ground, scenario: Scenario, seed: int, now: int) -> Plan:
    """Draws the orders of a scenario that ends now."""
    rng = stream(seed, "plan")
    count, start = scenario.orders, now - scenario.days * DAY
    received = order_instants(stream(seed, "instants"), count, start, now, campaign_days(scenario, seed, now))
    goods = draw_goods(ground, seed, count)
    kind, reasons = _draw_kinds(rng, count, scenario)
    shares = np.array([channel.share for channel in ground.channels])
    channel = rng.choice(len(shares), count, p=shares / shares.sum())
    buyer = _draw_buyers(rng, received)
    backlog_from = now - int(scenario.backlog_hours * HOUR)
    _make_twins(received, kind, reasons)
    _leave_one_of_each(rng, received, backlog_from, kind, reasons)
    twins = _make_twins(received, kind, reasons)
    goods = copy_baskets(goods, twins - 1, twins)
    for column in (channel, buyer):
        column[twins] = column[twins - 1]
    blocked = np.nonzero(reasons & BITS[Reason.FRAUD])[0]
    buyer[blocked] = buyer.max(initial=-1) + 1 + np.arange(len(blocked))
    _spoil_prices(rng, goods, np.nonzero(reasons & BITS[Reason.PRICE])[0])
    buyers = draw_buyers(seed, int(buyer.max(initial=-1)) + 1)
    province = buyers.province[buyer]
    warehouses = np.array([ground.warehouse_of_region[p.code] for p in PROVINCES])
    plan = Plan(
        start=start,
        now=now,
        backlog_from=backlog_from,
        received=received,
        channel=channel,
        buyer=buyer,
        buyers=buyers,
        province=province,
        region=np.array([p.code for p in PROVINCES], dtype=object)[province],
        warehouse_id=warehouses[province],
        goods=goods,
        kind=kind,
        reasons=reasons,
        prepaid=rng.random(count) < _PREPAID,
        sold_out_at={},
    )
    _sell_out(stream(seed, "sold out"), plan, scenario.scarce)
    return plan


def campaign_days(scenario: Scenario, seed: int, now: int) -> np.ndarray:
    """The local days (since 1970) of a scenario's campaigns; none of them in its last three days."""
    last = (now + OFFSET) // DAY
    choices = np.arange(last - scenario.days + 2, last - 2)
    wanted = min(scenario.campaigns, len(choices))
    return np.sort(stream(seed, "campaigns").choice(choices, wanted, replace=False)) if wanted else choices[:0]


def _draw_kinds(rng: np.random.Generator, count: int, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    special = (_UNPAID, _CHANGED_MIND, scenario.held_share, scenario.fault_share)
    shares = (1 - sum(special), *special)
    kind = rng.choice(np.arange(len(shares), dtype=np.int8), count, p=shares)
    bits = np.array([BITS[reason] for reason in _REASON_SHARES], dtype=np.int16)
    reasons = rng.choice(bits, count, p=list(_REASON_SHARES.values()))
    both = (reasons == BITS[Reason.ADDRESS]) & (rng.random(count) < _ADDRESS_AND_PHONE)
    reasons = np.where(both, reasons | BITS[Reason.PHONE], reasons)
    return kind, np.where(kind == Kind.STOPPED, reasons, 0).astype(np.int16)


def _leave_one_of_each(
    rng: np.random.Generator, received: np.ndarray, backlog_from: int, kind: np.ndarray, reasons: np.ndarray
) -> None:
    """Makes sure that the desk has an order on hold and one for every reason, as far as enough have come lately."""
    for reason in (None, *(r for r in _REASON_SHARES if r is not Reason.DUPLICATE), Reason.DUPLICATE):
        recent = received >= backlog_from
        has = recent & (kind == Kind.HELD if reason is None else (reasons & BITS[reason]) > 0)
        calm = kind == Kind.NORMAL
        free = recent & calm
        free[:-1] &= (reasons[1:] & BITS[Reason.DUPLICATE]) == 0
        if reason is Reason.DUPLICATE:
            # What repeats the order before it needs a calm one before it, shortly before.
            free[1:] &= calm[:-1] & (np.diff(received) < _TWIN_SECONDS)
            free[:1] = False
        choices = np.nonzero(free)[0]
        if has.any() or not len(choices):
            continue
        chosen = rng.choice(choices)
        kind[chosen] = Kind.HELD if reason is None else Kind.STOPPED
        reasons[chosen] = 0 if reason is None else BITS[reason]


def _draw_buyers(rng: np.random.Generator, received: np.ndarray) -> np.ndarray:
    """Who orders: mostly buyers that come back, but none of them twice within a day."""
    count = len(received)
    pool = min(max(40, int(count * 0.55)), _LONGEST_POOL)
    buyer = rng.integers(0, pool, count)
    by_buyer = np.lexsort((received, buyer))
    soon = np.diff(received[by_buyer], prepend=-DAY * 365) < _RETURN_SECONDS
    soon &= np.diff(buyer[by_buyer], prepend=-1) == 0
    again = by_buyer[soon]
    buyer[again] = pool + np.arange(len(again))
    return buyer


def _make_twins(received: np.ndarray, kind: np.ndarray, reasons: np.ndarray) -> np.ndarray:
    """Which orders repeat the one before them; those that were to, but can't, get another fault."""
    wanted = np.nonzero(reasons & BITS[Reason.DUPLICATE])[0]
    before = np.maximum(wanted - 1, 0)
    fits = (wanted > 0) & (kind[before] == Kind.NORMAL)
    fits &= received[wanted] - received[before] < _TWIN_SECONDS
    reasons[wanted[~fits]] = BITS[Reason.ADDRESS]
    return wanted[fits]


def _spoil_prices(rng: np.random.Generator, goods: Goods, orders: np.ndarray) -> None:
    """Gives the first line of some orders a price far from the list."""
    lines = goods.first[orders]
    lower, higher = rng.uniform(0.45, 0.9, len(orders)), rng.uniform(1.1, 1.5, len(orders))
    factor = np.where(rng.random(len(orders)) < 0.7, lower, higher)
    goods.price_cents = goods.price_cents.copy()
    goods.price_cents[lines] = np.maximum(1, (goods.price_cents[lines] * factor / 100).astype(np.int64)) * 100
    shipping, discount = goods.shipping_cents, goods.discount_cents
    price_goods(goods, rng)
    goods.shipping_cents, goods.discount_cents = shipping, np.minimum(discount, goods.items_cents)


def _sell_out(rng: np.random.Generator, plan: Plan, wanted: int) -> None:
    """Lets popular articles run out at one warehouse each: what comes for them afterwards stops for stock."""
    goods = plan.goods
    pair = plan.warehouse_id[goods.order] * 1_000_000 + goods.article
    at = plan.received[goods.order]
    pairs, counts = np.unique(pair[at >= plan.backlog_from], return_counts=True)
    pairs, counts = pairs[counts >= 2], counts[counts >= 2]
    backlog = plan.now - plan.backlog_from
    # The busiest first; equal ones by their number, so that the choice is the same everywhere.
    for key in pairs[np.lexsort((pairs, -counts))].tolist():
        if len(plan.sold_out_at) == wanted:
            return
        out_at = int(plan.now - backlog * rng.uniform(0.45, 0.95))
        orders = goods.order[(pair == key) & (at >= plan.now - SETTLED_SECONDS)]
        before, after = orders[plan.received[orders] < out_at], orders[plan.received[orders] >= out_at]
        spoken_for = (
            np.isin(plan.kind[before], (Kind.STOPPED, Kind.HELD)).any() or plan.has(Reason.PAYMENT)[after].any()
        )
        if not len(after) or spoken_for:
            continue
        plan.sold_out_at[divmod(key, 1_000_000)] = out_at
        plan.kind[after] = Kind.STOPPED
        plan.reasons[after] |= BITS[Reason.STOCK]
        plan.kind[before] = Kind.NORMAL
        plan.prepaid[before] = True
