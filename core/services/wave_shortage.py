"""What a wave lacks to serve every unit: the fewest limits to lift, found by letting them stretch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from core.domain.wave_reasons import closed_by
from core.domain.waves import Limit, WaveOrder, WaveProblem, barrier
from core.services.wave_master import Clock, Deadline, Master
from core.services.wave_patterns import OrderPatterns, Pattern, Row, Rows

SECONDS = 5.0
_MOST_PATTERNS = 10_000
# What lifting a limit by one is worth: what is easiest to lift comes first. Nobody lifts stock that isn't there.
_STRETCH = {"pick": 1.0, "parcels": 3.0, "stock": 10.0}
_UNPIN = 5.0
_LIMITS = {"pick": Limit.PICK_CAPACITY, "parcels": Limit.CARRIER_PARCELS, "stock": Limit.STOCK}


@dataclass(frozen=True, slots=True)
class Shortage:
    """One limit that has to give way: `there` is what it allows, `missing` how much more is needed.

    Of stock, `held_back` is what the warehouse has on top as safety stock. A pin, or what closes every way of an
    order, names the order instead.
    """

    limit: Limit
    missing: int
    there: int = 0
    held_back: int = 0
    warehouse_id: int = 0
    sku_id: int = 0
    carrier: str = ""
    order_id: int = 0


def shortages(problem: WaveProblem, clock: Clock, seconds: float = SECONDS) -> tuple[Shortage, ...]:
    """The limits to lift, and by how much, so that every unit of the wave could leave; empty when none has to be.

    First come the orders that no lifting helps. Source: an elastic program: each shared limit may be exceeded at a
    price, and the cheapest way of doing so is looked for.
    """
    deadline = Deadline(clock, clock() + seconds)
    rows = Rows(problem, every=True)
    whole = replace(problem, terms=replace(problem.terms, must_fill=True, may_part=False))
    patterns = [OrderPatterns(whole, order, rows, 0.0, lifted=_UNPIN) for order in whole.orders]
    free = np.zeros(len(rows.rows) + 1)
    able = [one for one in patterns if one.best(free, np.inf, 1)[1]]
    helpless = [one.order for one in patterns if one not in able]
    stretch = np.array([_STRETCH[row.kind] for row in rows.rows])
    forbidden = 1.0 + sum(2 * one.order.units * (stretch.sum() + _UNPIN) for one in able)
    for one in able:
        one.waiting_cents = forbidden
    found = [Shortage(limit, 1, order_id=order.id) for order in helpless for limit in _closing(problem, order)]
    if not able:
        return tuple(found)
    master = Master(able, rows, stretch)
    relaxed = master.relax(deadline)
    loose = np.append(np.zeros(len(rows.rows), dtype=bool), True)  # no limit is left out
    kept, _ = master.bring_near(relaxed, np.inf, loose, _MOST_PATTERNS)
    chosen = master.choose(kept, max(deadline.left(), 1.0), 0.01)
    if chosen.patterns is not None:
        found += _unpinned(able, chosen.patterns)
        for row, missing in zip(rows.rows, chosen.slack.tolist(), strict=True):
            if missing > 0:
                found.append(_stretched(problem, row, round(missing)))
    return tuple(found)


def _closing(problem: WaveProblem, order: WaveOrder) -> tuple[Limit, ...]:
    limits = [
        limit
        for warehouse in problem.warehouses
        for carrier in problem.carriers
        if (limit := barrier(problem, order, order.lines, order.weight_g, warehouse, carrier, pins=False)) is not None
    ]
    return closed_by(limits)


def _unpinned(orders: Sequence[OrderPatterns], patterns: Sequence[Pattern]) -> Iterator[Shortage]:
    for one, pattern in zip(orders, patterns, strict=True):
        pin = one.order.pinned_warehouse_id
        if pin is not None and any(parcel.warehouse_id != pin for parcel in one.parcels(pattern)):
            yield Shortage(Limit.PIN, 1, warehouse_id=pin, order_id=one.order.id)


def _stretched(problem: WaveProblem, row: Row, missing: int) -> Shortage:
    held = {warehouse.id: warehouse.held_back for warehouse in problem.warehouses}.get(row.warehouse_id, {})
    return Shortage(
        _LIMITS[row.kind], missing, int(row.limit), held.get(row.sku_id, 0), row.warehouse_id, row.sku_id, row.carrier
    )
