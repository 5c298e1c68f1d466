"""The greedy rule for a wave: the most urgent order first, each the cheapest way that is still open to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from core.domain.waves import (
    Parcel,
    Plan,
    Rate,
    WaveCarrier,
    WaveOrder,
    WaveProblem,
    WaveWarehouse,
    barrier,
    open_ways,
    shipping_cents,
)


class _Offer(NamedTuple):
    """A parcel that could leave now, how many units it holds and what it would cost."""

    units_count: int
    cost_cents: int
    parcel: Parcel


class _Left:
    """What the orders before have left: stock, work and parcels."""

    def __init__(self, problem: WaveProblem) -> None:
        self._warehouses = {warehouse.id: warehouse for warehouse in problem.warehouses}
        self.stock = {(w.id, sku): units for w in problem.warehouses for sku, units in w.stock.items()}
        self.work = {w.id: w.pick_capacity for w in problem.warehouses}
        self.parcels = {carrier.code: carrier.parcels_left for carrier in problem.carriers}

    def take(self, order: WaveOrder, parcel: Parcel) -> None:
        """Books a parcel."""
        warehouse = self._warehouses[parcel.warehouse_id]
        for line in order.lines:
            units = parcel.units.get(line.id, 0)
            if units:
                self.stock[warehouse.id, line.sku_id] -= units
            left = self.work[warehouse.id]
            if left is not None:
                self.work[warehouse.id] = left - units * warehouse.work_of(line.sku_id)
        parcels = self.parcels[parcel.carrier]
        if parcels is not None:
            self.parcels[parcel.carrier] = parcels - 1


def plan_greedily(problem: WaveProblem) -> Plan:
    """Serves order after order: whole at the lowest cost, else from two warehouses, else what there is, if it may.

    Why: it is what a person does by hand, the baseline of the optimum, and what stands where the solver runs out of
    time.
    """
    left, plan = _Left(problem), list[Parcel]()
    for order in problem.orders:
        for parcel in _serve(problem, order, left):
            left.take(order, parcel)
            plan.append(parcel)
    return tuple(plan)


def _serve(problem: WaveProblem, order: WaveOrder, left: _Left) -> list[Parcel]:
    """The parcels of one order; none where it has to wait."""
    wanted = {line.id: line.quantity for line in order.lines}
    offers = list(_offers(problem, order, wanted, left))
    whole = [offer for offer in offers if offer.units_count == order.units]
    waiting = order.units * problem.terms.unfilled_cents
    if whole:
        best = min(whole, key=lambda offer: (offer.cost_cents, offer.parcel.warehouse_id, offer.parcel.carrier))
        return [best.parcel] if problem.terms.must_fill or best.cost_cents <= waiting else []
    parts = _share(problem, order, left, offers) if problem.terms.may_split else []
    if not parts and offers and problem.terms.may_part and not problem.terms.must_fill:
        parts = [min(offers, key=lambda offer: (-offer.units_count, offer.cost_cents))]
    served = sum(part.units_count for part in parts)
    cost = sum(part.cost_cents for part in parts) + (order.units - served) * problem.terms.unfilled_cents
    return [part.parcel for part in parts] if problem.terms.must_fill or cost <= waiting else []


def _share(problem: WaveProblem, order: WaveOrder, left: _Left, offers: list[_Offer]) -> list[_Offer]:
    """Two parcels that serve an order whole: as much as one warehouse has, the rest from another; none where the rest
    isn't to be had."""
    if not offers:
        return []
    first = min(offers, key=lambda offer: (-offer.units_count, offer.cost_cents))
    rest = {line.id: line.quantity - first.parcel.units.get(line.id, 0) for line in order.lines}
    others = [
        offer
        for offer in _offers(problem, order, rest, left, first.parcel)
        if offer.units_count + first.units_count == order.units
    ]
    return [first, min(others, key=lambda offer: offer.cost_cents)] if others else []


def _offers(
    problem: WaveProblem,
    order: WaveOrder,
    wanted: Mapping[int, int],
    left: _Left,
    beside: Parcel | None = None,
) -> Iterator[_Offer]:
    """What each way could take of the wanted units, filled line by line. `beside` is the order's other parcel, which
    isn't booked yet and comes from another warehouse."""
    for warehouse, carrier, rate in open_ways(problem, order):
        parcels = left.parcels[carrier.code]
        if beside is not None and beside.warehouse_id == warehouse.id:
            continue
        if parcels is not None and parcels - (beside is not None and beside.carrier == carrier.code) < 1:
            continue
        units, weight = _fill(order, wanted, left, warehouse, carrier)
        lines = [line for line in order.lines if line.id in units]
        if not units or barrier(problem, order, lines, weight, warehouse, carrier) is not None:
            continue
        cost = _cost(problem, order, warehouse, carrier, rate, units, weight)
        yield _Offer(sum(units.values()), cost, Parcel(order.id, warehouse.id, carrier.code, units))


def _fill(
    order: WaveOrder, wanted: Mapping[int, int], left: _Left, warehouse: WaveWarehouse, carrier: WaveCarrier
) -> tuple[dict[int, int], int]:
    """As many of the wanted units as stock, work and the carrier's weight allow, and what they weigh."""
    used, work, weight = Counter[int](), left.work[warehouse.id], 0
    units: dict[int, int] = {}
    for line in order.lines:
        if line.hazard and line.hazard not in carrier.carries:
            continue
        most = min(wanted[line.id], left.stock.get((warehouse.id, line.sku_id), 0) - used[line.sku_id])
        effort = warehouse.work_of(line.sku_id)
        if work is not None and effort:
            most = min(most, work // effort)
        if carrier.max_weight_g is not None and line.unit_weight_g:
            most = min(most, (carrier.max_weight_g - weight) // line.unit_weight_g)
        if most > 0:
            units[line.id] = most
            used[line.sku_id] += most
            weight += most * line.unit_weight_g
            work = None if work is None else work - most * effort
    return units, weight


def _cost(
    problem: WaveProblem,
    order: WaveOrder,
    warehouse: WaveWarehouse,
    carrier: WaveCarrier,
    rate: Rate,
    units: Mapping[int, int],
    weight_g: int,
) -> int:
    handling = sum(
        warehouse.handling_cents.get(line.sku_id, 0) * units[line.id] for line in order.lines if line.id in units
    )
    return shipping_cents(rate, weight_g) + handling + problem.late_cents(order.id, warehouse.id, carrier.code)
