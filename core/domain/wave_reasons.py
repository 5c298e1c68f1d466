"""Why an order of a wave can't leave: the limit of its way that comes closest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from core.domain.waves import Limit, Parcel, WaveCarrier, WaveOrder, WaveProblem, WaveWarehouse, barrier


class Residue:
    """What a plan leaves of stock, work and parcels."""

    def __init__(self, problem: WaveProblem, plan: Sequence[Parcel]) -> None:
        sku_of = {line.id: line.sku_id for order in problem.orders for line in order.lines}
        self.stock, self.work = Counter[tuple[int, int]](), Counter[int]()
        self.parcels = Counter(parcel.carrier for parcel in plan)
        warehouses = {warehouse.id: warehouse for warehouse in problem.warehouses}
        for parcel in plan:
            for line_id, units in parcel.units.items():
                self.stock[parcel.warehouse_id, sku_of[line_id]] += units
                self.work[parcel.warehouse_id] += units * warehouses[parcel.warehouse_id].work_of(sku_of[line_id])

    def lacks(self, order: WaveOrder, warehouse: WaveWarehouse, carrier: WaveCarrier) -> tuple[Limit, ...]:
        """Which shared limits keep the whole order from a way that is open to it."""
        wanted = order.wanted_by_sku()
        found = []
        if any(warehouse.stock.get(sku, 0) - self.stock[warehouse.id, sku] < units for sku, units in wanted.items()):
            found.append(Limit.STOCK)
        work = sum(warehouse.work_of(sku_id) * units for sku_id, units in wanted.items())
        if warehouse.pick_capacity is not None and self.work[warehouse.id] + work > warehouse.pick_capacity:
            found.append(Limit.PICK_CAPACITY)
        if carrier.parcels_left is not None and self.parcels[carrier.code] >= carrier.parcels_left:
            found.append(Limit.CARRIER_PARCELS)
        return tuple(found)


def why_waiting(problem: WaveProblem, plan: Sequence[Parcel]) -> dict[int, tuple[Limit, ...]]:
    """What keeps every order that a plan doesn't serve whole, by order: the limits of the way with the fewest.

    An order that no limit keeps waits because leaving is dearer.
    """
    served = Counter[int]()
    for parcel in plan:
        served[parcel.order_id] += sum(parcel.units.values())
    residue = Residue(problem, plan)
    return {order.id: _why(problem, order, residue) for order in problem.orders if served[order.id] < order.units}


def _why(problem: WaveProblem, order: WaveOrder, residue: Residue) -> tuple[Limit, ...]:
    closed: list[Limit] = []
    fewest: tuple[Limit, ...] | None = None
    for warehouse in problem.warehouses:
        for carrier in problem.carriers:
            limit = barrier(problem, order, order.lines, order.weight_g, warehouse, carrier)
            if limit is not None:
                closed.append(limit)
                continue
            lacks = residue.lacks(order, warehouse, carrier)
            if fewest is None or len(lacks) < len(fewest):
                fewest = lacks
    if fewest is None:
        return closed_by(closed)
    return fewest or (Limit.COST,)


def closed_by(limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """The limits that close all ways of an order, each once: those of its goods, then of its place, then a pin."""
    telling = (Limit.HAZARD, Limit.WEIGHT, Limit.RATE, Limit.CONTRACT, Limit.PIN)
    return tuple(limit for limit in telling if limit in limits)
