"""A history before it is written: plan, road, ledger and oddities together, with the ids that everything will have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.services.parameters import promises
from seed.ground import Ground
from seed.ledger import Ledger
from seed.oddities import Oddities
from seed.plan import Plan
from seed.rhythm import HOUR
from seed.road import NEVER, Road, Step


@dataclass(frozen=True, slots=True)
class FirstIds:
    """The ids from which each table is continued."""

    order: int
    line: int
    lot: int
    event: int
    posting: int
    money: int
    shipment: int
    shipment_line: int
    message: int


class Story:
    """Everything that will be written, and the one order of all its facts.

    `event_id[step, order]` is 0 where a step didn't happen; `arrival_event[n]` and `write_off_event[n]` likewise
    belong to receipts and write-offs. `log_step` and `log_order` list the order's facts by id, −1 for other facts,
    whose index `log_other` counts through receipts and then write-offs.
    """

    def __init__(self, ground: Ground, plan: Plan, road: Road, ledger: Ledger, odd: Oddities, ids: FirstIds) -> None:
        self.ground, self.plan, self.road, self.ledger, self.odd, self.ids = ground, plan, road, ledger, odd, ids
        policy = promises()
        self.ship_by_at = plan.received + policy.ship_by_hours * HOUR
        self.promised_at = plan.received + policy.deliver_by_hours * HOUR
        self._sort_facts()
        self.paid_cents = self._paid_cents()
        self.status_step = self._last_moving_step()
        # Orders that were given to their warehouse, in the order in which that happened.
        released = np.nonzero(road.happened(Step.RELEASED))[0]
        self.released = released[np.argsort(self.event_id[Step.RELEASED, released])]

    def _sort_facts(self) -> None:
        step, order = np.nonzero(self.road.at < NEVER)
        start = self.plan.start
        others = np.append(self.ledger.receipts.at, [w.at for w in self.ledger.write_offs]).astype(np.int64)
        # One key, each once: the second, then arrivals, then orders by arrival with the steps of each.
        key = ((self.road.at[step, order] - start) << 35) | (1 << 34) | (order << 5) | step
        rank = np.argsort(np.append(((others - start) << 35) | np.arange(len(others)), key))
        ids = np.empty(len(rank), dtype=np.int64)
        ids[rank] = self.ids.event + np.arange(len(rank))
        count = len(others)
        receipts = len(self.ledger.receipts)
        self.arrival_event, self.write_off_event = ids[:receipts], ids[receipts:count]
        self.event_id = np.zeros(self.road.at.shape, dtype=np.int64)
        self.event_id[step, order] = ids[count:]
        none = np.full(count, -1)
        self.log_step = np.append(none, step)[rank].astype(np.int8)
        self.log_order = np.append(none, order)[rank].astype(np.int32)
        self.log_other = np.where(rank < count, rank, -1).astype(np.int32)
        self.log_at = np.append(others, self.road.at[step, order])[rank]

    def _paid_cents(self) -> np.ndarray:
        """What each buyer has paid by now."""
        total = self.plan.goods.total_cents
        paid = np.where(self.road.happened(Step.PAID), total, 0)
        short = np.fromiter(self.odd.short_cents, dtype=np.int64, count=len(self.odd.short_cents))
        waiting = short[self.road.happened(Step.PAID)[short] & ~self.road.happened(Step.PAID_REST)[short]]
        paid[waiting] = [self.odd.short_cents[order] for order in waiting.tolist()]
        return np.asarray(paid)

    def _last_moving_step(self) -> np.ndarray:
        """The step that explains each order's status."""
        last = np.zeros(len(self.plan), dtype=np.int8)
        for step in (
            Step.STOPPED, Step.ALLOCATED, Step.RELEASED, Step.PICKING, Step.PACKED, Step.SHIPPED,
            Step.DELIVERED, Step.COMPLETED, Step.CANCELLED, Step.EXPIRED,
        ):  # fmt: skip
            last[self.road.happened(step)] = step
        return last
