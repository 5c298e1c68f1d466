"""A wave: the orders that wait, what may ship them where, at which cost, and what forbids a way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

MOST_ORDERS = 250
MOST_PARTS = 2  # warehouses that may share an order


class Limit(StrEnum):
    """What can stand between a wave and the plan it would like."""

    STOCK = "stock"
    PICK_CAPACITY = "pick_capacity"
    CARRIER_PARCELS = "carrier_parcels"
    CONTRACT = "contract"
    RATE = "rate"
    WEIGHT = "weight"
    HAZARD = "hazard"
    PIN = "pin"
    PARTS = "parts"
    QUANTITY = "quantity"
    COST = "cost"


LIMIT_LABELS = MappingProxyType(
    {
        Limit.STOCK: "Stock less safety stock",
        Limit.PICK_CAPACITY: "Pick capacity of the warehouse",
        Limit.CARRIER_PARCELS: "Parcels the carrier still takes",
        Limit.CONTRACT: "Contract with the carrier not in force",
        Limit.RATE: "No rate for this region",
        Limit.WEIGHT: "Too heavy for one parcel of the carrier",
        Limit.HAZARD: "Goods the carrier doesn't carry",
        Limit.PIN: "Pinned to a warehouse",
        Limit.PARTS: "Number of parcels",
        Limit.QUANTITY: "Quantity ordered",
        Limit.COST: "Dearer than leaving the units unfilled",
    }
)


@dataclass(frozen=True, slots=True)
class WaveLine:
    """Units of one SKU that an order waits for; `hazard` is '' where anybody may carry them."""

    id: int
    sku_id: int
    quantity: int
    unit_weight_g: int
    hazard: str = ""


@dataclass(frozen=True, slots=True)
class WaveOrder:
    """One order of the wave. Orders come in the order of their urgency, the most urgent first.

    `allowed_hours` is the time from hand-over to the promise, None where nothing was promised.
    """

    id: int
    number: str
    region: str
    lines: tuple[WaveLine, ...]
    allowed_hours: float | None = None
    pinned_warehouse_id: int | None = None

    @property
    def units(self) -> int:
        """Units wanted altogether."""
        return sum(line.quantity for line in self.lines)

    @property
    def weight_g(self) -> int:
        """Weight of the whole order."""
        return sum(line.quantity * line.unit_weight_g for line in self.lines)

    def wanted_by_sku(self) -> Counter[int]:
        """Units wanted of each SKU; two lines may want the same one."""
        wanted: Counter[int] = Counter()
        for line in self.lines:
            wanted[line.sku_id] += line.quantity
        return wanted


@dataclass(frozen=True, slots=True)
class WaveWarehouse:
    """A warehouse: what it may give away, and how much it can pick.

    `stock` is less what is held back, which `held_back` keeps for explanations. `pick_capacity` is in units of work,
    None without limit; a unit of a SKU takes `work[sku]`, 1 where that isn't said, and costs `handling_cents[sku]`.
    """

    id: int
    code: str
    stock: Mapping[int, int]
    pick_capacity: int | None = None
    held_back: Mapping[int, int] = field(default_factory=dict)
    work: Mapping[int, int] = field(default_factory=dict)
    handling_cents: Mapping[int, int] = field(default_factory=dict)

    def work_of(self, sku_id: int) -> int:
        """Work that picking one unit takes here."""
        return self.work.get(sku_id, 1)


@dataclass(frozen=True, slots=True)
class WaveCarrier:
    """A carrier: how many parcels it still takes today, how heavy, which hazards, and how long its contract runs.

    None is "without limit"; the contract's days are both included.
    """

    code: str
    parcels_left: int | None = None
    max_weight_g: int | None = None
    carries: frozenset[str] = frozenset()
    contract_from_on: str | None = None
    contract_to_on: str | None = None

    def in_contract(self, day: str) -> bool:
        """Whether the contract is in force on a day."""
        return (self.contract_from_on or "") <= day and (self.contract_to_on is None or day <= self.contract_to_on)


@dataclass(frozen=True, slots=True)
class Rate:
    """What a carrier takes for a parcel from a warehouse to a region: a first weight, then begun steps."""

    first_weight_g: int
    first_cents: int
    step_weight_g: int
    step_cents: int
    transit_hours: float


@dataclass(frozen=True, slots=True)
class Terms:
    """What the planner sets: what a late parcel and a unit left behind are worth, and how orders may be cut.

    `may_split`: an order may leave from two warehouses. `may_part`: what there is may leave before the
    rest, in one parcel.
    `must_fill`: every unit has to leave, or there is no plan.
    """

    late_cents: int
    unfilled_cents: int
    may_split: bool = True
    may_part: bool = False
    must_fill: bool = False


@dataclass(frozen=True)
class WaveProblem:
    """Everything a wave is planned from.

    Shape: `rates` by (carrier, warehouse, region); `late_risks` by (order, warehouse, carrier), 0 where it isn't said.
    """

    orders: tuple[WaveOrder, ...]
    warehouses: tuple[WaveWarehouse, ...]
    carriers: tuple[WaveCarrier, ...]
    rates: Mapping[tuple[str, int, str], Rate]
    terms: Terms
    ships_on: str
    late_risks: Mapping[tuple[int, int, str], float] = field(default_factory=dict)

    def late_cents(self, order_id: int, warehouse_id: int, carrier: str) -> int:
        """What the risk of coming late is worth on this way."""
        return round(self.late_risks.get((order_id, warehouse_id, carrier), 0.0) * self.terms.late_cents)


class Parcel(NamedTuple):
    """Units of one order that leave one warehouse with one carrier. Shape: `units` maps a line to its quantity."""

    order_id: int
    warehouse_id: int
    carrier: str
    units: Mapping[int, int]


Plan = tuple[Parcel, ...]


def steps_of(rate: Rate, weight_g: int) -> int:
    """How many begun steps a parcel weighs above the first weight."""
    return max(0, math.ceil((weight_g - rate.first_weight_g) / rate.step_weight_g))


def shipping_cents(rate: Rate, weight_g: int) -> int:
    """What a parcel costs: the first weight, then every begun step.

    Source: 首重 + 续重, the tariff of every Chinese parcel carrier.
    """
    return rate.first_cents + steps_of(rate, weight_g) * rate.step_cents


def late_risk(allowed_hours: float | None, transit_hours: float, spread: float) -> float:
    """The risk that a parcel on the road `transit_hours` in the middle takes longer than it may.

    Units: `spread` is the standard deviation of the logarithm of the time. Source: lognormal transit times.
    """
    if allowed_hours is None:
        return 0.0
    if allowed_hours <= 0:
        return 1.0
    return 0.5 * math.erfc(math.log(allowed_hours / transit_hours) / (spread * math.sqrt(2)))


# ---- ways -----------------------------------------------------------------------------------------------------


def barrier(
    problem: WaveProblem,
    order: WaveOrder,
    lines: Iterable[WaveLine],
    weight_g: int,
    warehouse: WaveWarehouse,
    carrier: WaveCarrier,
    *,
    pins: bool = True,
) -> Limit | None:
    """What forbids these lines of an order this way whatever else is in the wave, or None."""
    if pins and order.pinned_warehouse_id not in (None, warehouse.id):
        return Limit.PIN
    if not carrier.in_contract(problem.ships_on):
        return Limit.CONTRACT
    if (carrier.code, warehouse.id, order.region) not in problem.rates:
        return Limit.RATE
    if any(line.hazard and line.hazard not in carrier.carries for line in lines):
        return Limit.HAZARD
    if carrier.max_weight_g is not None and weight_g > carrier.max_weight_g:
        return Limit.WEIGHT
    return None


def open_ways(
    problem: WaveProblem, order: WaveOrder, *, pins: bool = True
) -> Iterator[tuple[WaveWarehouse, WaveCarrier, Rate]]:
    """Every warehouse and carrier that may take at least some of an order, and the rate between them."""
    lightest = min((line.unit_weight_g for line in order.lines), default=0)
    for warehouse in problem.warehouses:
        for carrier in problem.carriers:
            if barrier(problem, order, (), lightest, warehouse, carrier, pins=pins) is None:
                yield warehouse, carrier, problem.rates[carrier.code, warehouse.id, order.region]
