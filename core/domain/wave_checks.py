"""What a plan of a wave costs, and whether it keeps every limit: counted parcel by parcel, apart from the solver."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from core.domain.waves import MOST_PARTS, Limit, Parcel, WaveProblem, shipping_cents

# ---- what a plan costs ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan costs and leaves behind.

    Units: `total_cents` is shipping, handling, late risk at its price, and unfilled units at theirs.
    """

    shipping_cents: int
    handling_cents: int
    late_cents: int
    expected_late: float
    unfilled_units: int
    unfilled_orders: int
    split_orders: int
    parcels_count: int
    total_cents: int


def evaluate(problem: WaveProblem, plan: Sequence[Parcel]) -> Outcome:
    """Adds up what a plan costs, parcel by parcel."""
    lines = {line.id: line for order in problem.orders for line in order.lines}
    orders = {order.id: order for order in problem.orders}
    warehouses = {warehouse.id: warehouse for warehouse in problem.warehouses}
    shipping = handling = late = served = 0
    expected = 0.0
    for parcel in plan:
        rate = problem.rates[parcel.carrier, parcel.warehouse_id, orders[parcel.order_id].region]
        shipping += shipping_cents(rate, sum(lines[one].unit_weight_g * n for one, n in parcel.units.items()))
        costs = warehouses[parcel.warehouse_id].handling_cents
        handling += sum(costs.get(lines[one].sku_id, 0) * n for one, n in parcel.units.items())
        late += problem.late_cents(*parcel[:3])
        expected += problem.late_risks.get(parcel[:3], 0.0)
        served += sum(parcel.units.values())
    unfilled = sum(order.units for order in problem.orders) - served
    filled = Counter[int]()
    for parcel in plan:
        filled[parcel.order_id] += sum(parcel.units.values())
    return Outcome(
        shipping_cents=shipping,
        handling_cents=handling,
        late_cents=late,
        expected_late=expected,
        unfilled_units=unfilled,
        unfilled_orders=sum(filled[order.id] < order.units for order in problem.orders),
        split_orders=sum(count > 1 for count in Counter(parcel.order_id for parcel in plan).values()),
        parcels_count=len(plan),
        total_cents=shipping + handling + late + unfilled * problem.terms.unfilled_cents,
    )


# ---- what a plan may not do -----------------------------------------------------------------------------------


class Breach(NamedTuple):
    """A limit that a plan doesn't keep: at which order, warehouse, SKU or carrier, and by which figures."""

    limit: Limit
    where: str
    found: int
    allowed: int


def breaches(problem: WaveProblem, plan: Sequence[Parcel]) -> list[Breach]:
    """Holds a plan against every limit, one parcel after the other; an empty list is a plan that can be carried out.

    Why: it shares nothing with the solver's model, so that a mistake there is seen here.
    """
    return [*_parcel_breaches(problem, plan), *_order_breaches(problem, plan), *_shared_breaches(problem, plan)]


def _parcel_breaches(problem: WaveProblem, plan: Sequence[Parcel]) -> Iterator[Breach]:
    orders = {order.id: order for order in problem.orders}
    carriers = {carrier.code: carrier for carrier in problem.carriers}
    for order_id, warehouse_id, code, units in plan:
        order, carrier = orders[order_id], carriers[code]
        lines = {line.id: line for line in order.lines}
        if not units or min(units.values()) < 1 or set(units) - set(lines):
            yield Breach(Limit.QUANTITY, order.number, sum(units.values()), order.units)
            continue
        if not carrier.in_contract(problem.ships_on):
            yield Breach(Limit.CONTRACT, code, 1, 0)
        if (code, warehouse_id, order.region) not in problem.rates:
            yield Breach(Limit.RATE, f"{code} {order.region}", 1, 0)
        weight = sum(lines[one].unit_weight_g * n for one, n in units.items())
        if carrier.max_weight_g is not None and weight > carrier.max_weight_g:
            yield Breach(Limit.WEIGHT, order.number, weight, carrier.max_weight_g)
        if {lines[one].hazard for one in units} - {""} - carrier.carries:
            yield Breach(Limit.HAZARD, order.number, 1, 0)
        if order.pinned_warehouse_id is not None and warehouse_id != order.pinned_warehouse_id:
            yield Breach(Limit.PIN, order.number, warehouse_id, order.pinned_warehouse_id)


def _order_breaches(problem: WaveProblem, plan: Sequence[Parcel]) -> Iterator[Breach]:
    parcels: defaultdict[int, list[Parcel]] = defaultdict(list)
    for parcel in plan:
        parcels[parcel.order_id].append(parcel)
    terms = problem.terms
    for order in problem.orders:
        mine = parcels[order.id]
        most = MOST_PARTS if terms.may_split else 1
        if len(mine) > most or len({parcel.warehouse_id for parcel in mine}) < len(mine):
            yield Breach(Limit.PARTS, order.number, len(mine), most)
        got = {line.id: sum(parcel.units.get(line.id, 0) for parcel in mine) for line in order.lines}
        for line in order.lines:
            if got[line.id] > line.quantity:
                yield Breach(Limit.QUANTITY, order.number, got[line.id], line.quantity)
        served = sum(got.values())
        partly = 0 < served < order.units
        if partly and len(mine) > 1:
            yield Breach(Limit.PARTS, order.number, len(mine), 1)
        if (terms.must_fill and served < order.units) or (partly and not terms.may_part):
            yield Breach(Limit.QUANTITY, order.number, served, order.units)


def _shared_breaches(problem: WaveProblem, plan: Sequence[Parcel]) -> Iterator[Breach]:
    sku_of = {line.id: line.sku_id for order in problem.orders for line in order.lines}
    for warehouse in problem.warehouses:
        taken = Counter[int]()
        for parcel in plan:
            if parcel.warehouse_id == warehouse.id:
                for line_id, units in parcel.units.items():
                    taken[sku_of.get(line_id, 0)] += units
        for sku_id, units in taken.items():
            if units > warehouse.stock.get(sku_id, 0):
                yield Breach(Limit.STOCK, f"{warehouse.code} {sku_id}", units, warehouse.stock.get(sku_id, 0))
        work = sum(warehouse.work_of(sku_id) * units for sku_id, units in taken.items())
        if warehouse.pick_capacity is not None and work > warehouse.pick_capacity:
            yield Breach(Limit.PICK_CAPACITY, warehouse.code, work, warehouse.pick_capacity)
    parcels = Counter(parcel.carrier for parcel in plan)
    for carrier in problem.carriers:
        if carrier.parcels_left is not None and parcels[carrier.code] > carrier.parcels_left:
            yield Breach(Limit.CARRIER_PARCELS, carrier.code, parcels[carrier.code], carrier.parcels_left)
