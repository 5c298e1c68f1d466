"""Which lots serve which lines, first in first out, and when suppliers refill shelves so that nothing is oversold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from seed.base import SAFETY_UNITS
from seed.ground import Ground, Shelves
from seed.plan import Plan
from seed.receipts import Receipts
from seed.rhythm import DAY, HOUR, MINUTE, second_of_day
from seed.road import NEVER, Road, Step
from seed.streams import stream

_LOT_DAYS = (10, 26)
# A supplier delivers this long before the shelf would be down to its safety units.
_LEAD_DAYS = (1.5, 4.0)
_ORDERED_AHEAD_DAYS = (0.3, 3.6)
_LATE_LORRY_DAYS = 6
_MOST_PER_LINE = 3  # units; see seed/goods.py
_WIDE = 1 << 40  # more units than any pair sells; keeps pairs apart in one sorted key


@dataclass(frozen=True, slots=True)
class WriteOff:
    """What is left of a sold-out article and was written off: lot ids and units, in the order of issue."""

    at: int
    sku_id: int
    warehouse_id: int
    units: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Ledger:
    """The units behind a history: arrivals, which lot serves which line, and what was written off.

    Shape: `line`, `lot_id` and `quantity` are the pieces of reservations; a line has more than one where it takes
    from two lots. Receipts are in order of time; the n-th one is lot `first_lot_id + n`.
    """

    receipts: Receipts
    line: np.ndarray
    lot_id: np.ndarray
    quantity: np.ndarray
    write_offs: list[WriteOff]


@dataclass(frozen=True, slots=True)
class _Demand:
    """Lines that are reserved, by pair (a warehouse's article, counted from 0) and in order of time.

    `begin` and `end` count the units of the pair before and after each line.
    """

    line: np.ndarray
    pair: np.ndarray
    at: np.ndarray
    quantity: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    total: np.ndarray


@dataclass(frozen=True, slots=True)
class _Refill:
    """How the shelves of each pair are refilled: units per lot, and the pair and time of each arrival."""

    size: np.ndarray
    pair: np.ndarray
    at: np.ndarray


class _Pairs:
    """Counts every warehouse's articles through."""

    def __init__(self, ground: Ground) -> None:
        self.warehouses = np.array(sorted(ground.depot_code))
        self.articles_count = ground.articles_count
        self.count = len(self.warehouses) * ground.articles_count

    def number(self, warehouse_id: np.ndarray, article: np.ndarray) -> np.ndarray:
        return np.asarray(np.searchsorted(self.warehouses, warehouse_id) * self.articles_count + article)

    def warehouse_id(self, pair: np.ndarray) -> np.ndarray:
        return np.asarray(self.warehouses[pair // self.articles_count])

    def article(self, pair: np.ndarray) -> np.ndarray:
        return np.asarray(pair % self.articles_count)


def serve(
    ground: Ground, shelves: Shelves, plan: Plan, road: Road, seed: int, first_lot_id: int, unit_cost: np.ndarray
) -> Ledger:
    """Reserves lots for every order that came to be reserved, and receives what is needed for it in time."""
    pairs = _Pairs(ground)
    demand = _demand(pairs, plan, road)
    shelf_pair = pairs.number(shelves.warehouse_id, shelves.article)
    opening = np.bincount(shelf_pair, shelves.quantity, pairs.count).astype(np.int64)
    places = np.array(list(plan.sold_out_at), dtype=np.int64).reshape(-1, 2)
    sold_out = dict(zip(pairs.number(places[:, 0], places[:, 1]).tolist(), plan.sold_out_at.values(), strict=True))
    refill = _refill(stream(seed, "receipts"), plan, demand, opening, list(sold_out))
    article = pairs.article(refill.pair)
    receipts = Receipts(
        at=refill.at,
        sku_id=ground.sku_id[article],
        warehouse_id=pairs.warehouse_id(refill.pair),
        quantity=refill.size[refill.pair],
        unit_cost_cents=unit_cost[article],
        shelf_life_days=ground.shelf_life_days[article],
    )
    lot_pair = np.append(shelf_pair, refill.pair)
    by_pair = np.argsort(lot_pair, kind="stable")
    lot_pair = lot_pair[by_pair]
    lot_id = np.append(shelves.lot_id, first_lot_id + np.arange(len(receipts)))[by_pair]
    capacity = np.append(shelves.quantity, receipts.quantity)[by_pair]
    line, lot, units = _take_first_in(lot_pair, capacity, demand)
    kept = ~road.happened(Step.CANCELLED)[plan.goods.order[line]]
    left = capacity - np.bincount(lot[kept], units[kept], len(capacity)).astype(np.int64)
    write_offs = []
    for pair, at in sorted(sold_out.items()):
        mine = np.nonzero((lot_pair == pair) & (left > 0))[0]
        rest = tuple(zip(lot_id[mine].tolist(), left[mine].tolist(), strict=True))
        if rest:
            place, what = pairs.warehouse_id(np.array(pair)), pairs.article(np.array(pair))
            write_offs.append(WriteOff(at, int(ground.sku_id[what]), int(place), rest))
    return Ledger(receipts, line, lot_id[lot], units, write_offs)


def _demand(pairs: _Pairs, plan: Plan, road: Road) -> _Demand:
    goods = plan.goods
    every_pair = pairs.number(plan.warehouse_id[goods.order], goods.article)
    at = road.at[Step.ALLOCATED][goods.order]
    line = np.nonzero(at < NEVER)[0]
    line = line[np.lexsort((line, at[line], every_pair[line]))]
    pair, quantity = every_pair[line], goods.quantity[line]
    total = np.bincount(pair, quantity, pairs.count).astype(np.int64)
    end = np.cumsum(quantity) - (np.cumsum(total) - total)[pair]
    return _Demand(line, pair, at[line], quantity, end - quantity, end, total)


def _refill(rng: np.random.Generator, plan: Plan, demand: _Demand, opening: np.ndarray, sold_out: list[int]) -> _Refill:
    """Decides how often suppliers come: always before a shelf is down to its safety units, not after it sold out."""
    count = len(opening)
    rate = demand.total / max(1.0, (plan.now - plan.start) / DAY)
    size = np.ceil(rate * rng.integers(*_LOT_DAYS, count)).astype(np.int64) + SAFETY_UNITS
    lots_count = np.maximum(0, -(-(demand.total - opening + SAFETY_UNITS) // size))
    spare = opening + lots_count * size - demand.total - SAFETY_UNITS
    ahead = (spare / np.maximum(rate, 1e-9) < rng.uniform(*_ORDERED_AHEAD_DAYS, count)) & (demand.total > 0)
    ahead[sold_out] = False
    pair = np.repeat(np.arange(count), lots_count)
    number = np.arange(len(pair)) - np.repeat(np.cumsum(lots_count) - lots_count, lots_count)
    # The first reservation that takes the shelf below its safety units calls for the next lot.
    wanted = np.maximum(opening[pair] + number * size[pair] - SAFETY_UNITS, 0)
    first = np.searchsorted(demand.pair * _WIDE + demand.end, pair * _WIDE + wanted, side="right")
    at = _delivery_times(rng, demand.at[first], plan)
    # Some lorries of the last days are late: their shelves are low, but still hold more than any line asks for.
    is_last = number == lots_count[pair] - 1
    enough = opening[pair] + number * size[pair] - demand.total[pair] >= _MOST_PER_LINE
    late = is_last & enough & ~ahead[pair] & (at > plan.now - _LATE_LORRY_DAYS * DAY) & (rng.random(len(pair)) < 0.6)
    pair, at = pair[~late], at[~late]
    at = np.append(at, _last_deliveries(rng, int(ahead.sum()), plan))
    pair = np.append(pair, np.nonzero(ahead)[0])
    by_time = np.lexsort((pair, at))
    return _Refill(size, pair[by_time], at[by_time])


def _take_first_in(
    lot_pair: np.ndarray, capacity: np.ndarray, demand: _Demand
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lays the lines of each pair along its lots. Shape: line, index of the lot, units of each piece."""
    boundary = np.cumsum(capacity)
    position = (boundary - capacity)[np.searchsorted(lot_pair, demand.pair)] + demand.begin
    left = demand.quantity.copy()
    index = np.arange(len(demand.line))
    pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    while len(index):
        lot = np.searchsorted(boundary, position[index], side="right")
        units = np.minimum(left[index], boundary[lot] - position[index])
        pieces.append((demand.line[index], lot, units))
        position[index] += units
        left[index] -= units
        index = index[left[index] > 0]
    if not pieces:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    joined = [np.concatenate(column) for column in zip(*pieces, strict=True)]
    return joined[0], joined[1], joined[2]


def _delivery_times(rng: np.random.Generator, trigger: np.ndarray, plan: Plan) -> np.ndarray:
    """A few days before goods are needed, in the receiving hours, and never before the history begins."""
    day = trigger - (rng.uniform(*_LEAD_DAYS, len(trigger)) * DAY).astype(np.int64)
    at = day - second_of_day(day) + 9 * HOUR + rng.integers(0, 8 * HOUR, len(trigger))
    return np.asarray(np.clip(at, plan.start, plan.now - MINUTE))


def _last_deliveries(rng: np.random.Generator, count: int, plan: Plan) -> np.ndarray:
    """Lots that were ordered ahead and came in the last days."""
    day = plan.now - rng.integers(1, 3, count) * DAY
    at = day - second_of_day(day) + 9 * HOUR + rng.integers(0, 8 * HOUR, count)
    return np.asarray(np.clip(at, plan.start, plan.now - MINUTE))
