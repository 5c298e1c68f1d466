"""When each fact of each order happens: the whole road from payment to the door, cut off at now."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from core.domain.orders import Fact, Reason
from core.domain.places import PROVINCES
from core.services.parameters import promises
from seed.ground import Ground
from seed.plan import Kind, Plan
from seed.rhythm import DAY, HOUR, MINUTE, OFFSET, door_time, office_time, pick_up_time, wave_time
from seed.streams import stream
from seed.trade import lane_hours, lane_km, trade

NEVER = np.int64(1) << 60
COMPLETE_DAYS = 7
_EXPIRY_RUN = 10 * MINUTE  # how often unpaid orders are looked for


class Step(IntEnum):
    """The facts of an order in the order in which they are written where they share a second."""

    RECEIVED = 0
    PAID = 1
    STOPPED = 2
    PAID_REST = 3
    AMENDED = 4
    NOTIFIED = 5
    CONFIRMED = 6
    ALLOCATED = 7
    HELD = 8
    HOLD_RELEASED = 9
    RELEASED = 10
    PICKING = 11
    PACKED = 12
    SHIPPED = 13
    DELIVERED = 14
    COMPLETED = 15
    CANCELLED = 16
    CANCEL_NOTIFIED = 17
    EXPIRED = 18


FACT_OF_STEP: dict[Step, Fact] = {
    Step.RECEIVED: Fact.RECEIVED,
    Step.PAID: Fact.PAID,
    Step.STOPPED: Fact.STOPPED,
    Step.PAID_REST: Fact.PAID,
    Step.AMENDED: Fact.AMENDED,
    Step.NOTIFIED: Fact.BUYER_NOTIFIED,
    Step.CONFIRMED: Fact.CONFIRMED,
    Step.ALLOCATED: Fact.ALLOCATED,
    Step.HELD: Fact.HELD,
    Step.HOLD_RELEASED: Fact.HOLD_RELEASED,
    Step.RELEASED: Fact.RELEASED,
    Step.PICKING: Fact.PICKING_STARTED,
    Step.PACKED: Fact.PACKED,
    Step.SHIPPED: Fact.SHIPPED,
    Step.DELIVERED: Fact.DELIVERED,
    Step.COMPLETED: Fact.COMPLETED,
    Step.CANCELLED: Fact.CANCELLED,
    Step.CANCEL_NOTIFIED: Fact.BUYER_NOTIFIED,
    Step.EXPIRED: Fact.EXPIRED,
}

# What clerks do with a stopped order once they get to it.
_CANCELLED_SHARE = {Reason.DUPLICATE: 0.8, Reason.FRAUD: 0.6, Reason.PRICE: 0.25}


class Road:
    """Instants of all steps, and which carrier brings each order.

    Shape: `at[step, order]`, NEVER where a step doesn't happen (yet).
    """

    def __init__(self, at: np.ndarray, carrier: np.ndarray) -> None:
        self.at = at
        self.carrier = carrier

    def happened(self, step: Step) -> np.ndarray:
        """Which orders have come past a step."""
        return np.asarray(self.at[step] < NEVER)

    def instants(self, step: Step) -> list[int | None]:
        """When each order took a step, None where it didn't."""
        return [None if at >= NEVER else at for at in self.at[step].tolist()]


def draw_road(ground: Ground, plan: Plan, seed: int) -> Road:
    """Draws the road of every order of a plan as far as it has come by now."""
    rng = stream(seed, "road")
    at = np.full((len(Step), len(plan)), NEVER)
    at[Step.RECEIVED] = plan.received
    _pay_and_stop(rng, plan, at)
    _settle_stops(rng, plan, at)
    _hold(rng, plan, at)
    carrier = _work_and_ride(rng, ground, plan, at)
    _change_minds(rng, plan, at)
    at[at > plan.now] = NEVER
    return Road(at, carrier)


def _lognormal(rng: np.random.Generator, median: float, sigma: float, count: int) -> np.ndarray:
    return (median * np.exp(sigma * rng.standard_normal(count))).astype(np.int64)


def _pay_and_stop(rng: np.random.Generator, plan: Plan, at: np.ndarray) -> None:
    count = len(plan)
    wait = np.minimum(_lognormal(rng, 4 * MINUTE, 1.0, count) + 15, 10 * HOUR)
    at[Step.PAID] = np.where(plan.prepaid, plan.received, plan.received + wait)
    unpaid = plan.kind == Kind.UNPAID
    at[Step.PAID, unpaid] = NEVER
    due = plan.received + promises().unpaid_expires_hours * HOUR
    at[Step.EXPIRED, unpaid] = ((due // _EXPIRY_RUN + 1) * _EXPIRY_RUN)[unpaid]
    stopped = plan.kind == Kind.STOPPED
    # The review sees an order when it arrives, paid or not; a short payment is seen when it comes in.
    short = plan.has(Reason.PAYMENT) & ~plan.has(Reason.STOCK)
    plan.reasons[stopped & ~short] &= ~np.int16(_bit(Reason.PAYMENT))
    at[Step.STOPPED, stopped] = np.where(short, at[Step.PAID], plan.received)[stopped]


def _bit(reason: Reason) -> int:
    return 1 << list(Reason).index(reason)


def _settle_stops(rng: np.random.Generator, plan: Plan, at: np.ndarray) -> None:
    """What clerks did with the orders that stopped; the backlog still waits for them."""
    count = len(plan)
    stopped = plan.kind == Kind.STOPPED
    seen = np.maximum(at[Step.STOPPED], at[Step.PAID])
    seen = np.where(stopped, seen, plan.received)
    settled = office_time(rng, seen + _lognormal(rng, 70 * MINUTE, 0.8, count) + 5 * MINUTE)
    rest = office_time(rng, seen + _lognormal(rng, 50 * MINUTE, 0.7, count) + 2 * MINUTE)
    luck = rng.random(count)
    cancelled = np.zeros(count, dtype=bool)
    for reason, share in _CANCELLED_SHARE.items():
        cancelled |= plan.has(reason) & (luck < share)
    done = stopped & (at[Step.STOPPED] < plan.backlog_from) & ~plan.has(Reason.STOCK)
    late = done & (settled >= plan.now)
    done &= ~late
    at[Step.CANCELLED, done & cancelled] = settled[done & cancelled]
    at[Step.CANCEL_NOTIFIED, done & cancelled] = settled[done & cancelled]
    passed = done & ~cancelled
    short = passed & plan.has(Reason.PAYMENT)
    at[Step.PAID_REST, short] = rest[short]
    settled = np.where(short, np.maximum(settled, rest + 3 * MINUTE), settled)
    corrected = passed & (plan.has(Reason.ADDRESS) | plan.has(Reason.PHONE))
    at[Step.AMENDED, corrected] = at[Step.NOTIFIED, corrected] = settled[corrected]
    settled = settled + np.where(corrected, rng.integers(20, 150, count), 0)
    at[Step.CONFIRMED] = np.where(passed, settled, np.where(plan.kind == Kind.STOPPED, NEVER, at[Step.PAID]))
    at[Step.ALLOCATED] = at[Step.CONFIRMED]


def _hold(rng: np.random.Generator, plan: Plan, at: np.ndarray) -> None:
    held = np.nonzero(plan.kind == Kind.HELD)[0]
    begin = at[Step.ALLOCATED, held] + rng.integers(20, 4 * MINUTE, len(held))
    at[Step.HELD, held] = begin
    released = office_time(rng, begin + _lognormal(rng, 9 * HOUR, 0.9, len(held)))
    at[Step.HOLD_RELEASED, held] = np.where(begin >= plan.backlog_from, NEVER, released)


def _work_and_ride(rng: np.random.Generator, ground: Ground, plan: Plan, at: np.ndarray) -> np.ndarray:
    """The warehouse's and the carrier's part; gives the carrier of each order."""
    count = len(plan)
    ready = np.where(plan.kind == Kind.HELD, at[Step.HOLD_RELEASED], at[Step.ALLOCATED])
    goes = ready < NEVER
    ready = np.where(goes, ready, plan.received)
    # On its busiest days a warehouse doesn't get through, and a part waits for the next shift.
    days = (ready + OFFSET) // DAY
    _, index, per_day = np.unique(days, return_inverse=True, return_counts=True)
    crowded = per_day[index] > 1.6 * np.median(per_day) if count else np.zeros(0, dtype=bool)
    waits = np.where(crowded & (rng.random(count) < 0.4), rng.integers(9 * HOUR, 20 * HOUR, count), 0)
    released = wave_time(ready + 5 * MINUTE + waits)
    picking = released + _lognormal(rng, 22 * MINUTE, 0.6, count) + MINUTE
    packed = picking + _lognormal(rng, 17 * MINUTE, 0.5, count) + MINUTE
    shipped = pick_up_time(rng, packed + 5 * MINUTE)
    carrier = rng.choice(len(trade().carriers), count, p=_carrier_shares())
    hours = _median_hours(ground)[plan.warehouse_id, plan.province, carrier]
    transit = trade().transit
    ride = hours * np.exp(transit.sigma * rng.standard_normal(count))
    trouble = rng.random(count) < transit.trouble
    ride = np.where(trouble, ride + transit.trouble_hours * rng.uniform(0.6, 2.2, count), ride)
    delivered = door_time(rng, shipped + (ride * HOUR).astype(np.int64))
    completed = delivered + COMPLETE_DAYS * DAY + rng.integers(0, HOUR, count)
    for step, instant in (
        (Step.RELEASED, released),
        (Step.PICKING, picking),
        (Step.PACKED, packed),
        (Step.SHIPPED, shipped),
        (Step.DELIVERED, delivered),
        (Step.COMPLETED, completed),
    ):
        at[step] = np.where(goes, instant, NEVER)
    return np.asarray(carrier)


def _carrier_shares() -> np.ndarray:
    shares = np.array([carrier.share for carrier in trade().carriers])
    return np.asarray(shares / shares.sum())


def _median_hours(ground: Ground) -> np.ndarray:
    """What each lane usually takes. Shape: warehouse id × province × carrier."""
    table = np.zeros((max(ground.depot_code) + 1, len(PROVINCES), len(trade().carriers)))
    for warehouse_id, code in ground.depot_code.items():
        for index, province in enumerate(PROVINCES):
            km = lane_km(code, province.code)
            table[warehouse_id, index] = [lane_hours(km, carrier) for carrier in trade().carriers]
    return table


def _change_minds(rng: np.random.Generator, plan: Plan, at: np.ndarray) -> None:
    """Buyers who cancel between reservation and packing; nothing happens to their orders afterwards."""
    orders = np.nonzero(plan.kind == Kind.CHANGED_MIND)[0]
    stages = np.array([Step.ALLOCATED, Step.RELEASED, Step.PICKING])
    stage = stages[rng.choice(3, len(orders), p=[0.6, 0.25, 0.15])]
    begin, end = at[stage, orders], at[stage + 1, orders]
    end = np.where(stage == Step.ALLOCATED, at[Step.RELEASED, orders], end)
    moment = begin + ((end - begin) * rng.uniform(0.1, 0.9, len(orders))).astype(np.int64)
    at[Step.CANCELLED, orders] = at[Step.CANCEL_NOTIFIED, orders] = moment
    for step in (Step.RELEASED, Step.PICKING, Step.PACKED, Step.SHIPPED, Step.DELIVERED, Step.COMPLETED):
        gone = at[step, orders] >= moment
        at[step, orders[gone]] = NEVER
