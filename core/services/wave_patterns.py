"""The patterns of an order in a wave: every way of serving it, whole or cut, and what each costs at given prices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.domain.waves import (
    Parcel,
    WaveLine,
    WaveOrder,
    WaveProblem,
    WaveWarehouse,
    barrier,
    open_ways,
    shipping_cents,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_CUTS = 512  # ways of cutting an order that are looked at one by one; more are cut where stock runs out
_LITTLE = 1e-6
_COMPARED = 40  # cheaper patterns that a pattern is compared with


class Row(NamedTuple):
    """A limit that orders share. `kind`: stock | pick | parcels; `limit` is what there is of it."""

    kind: str
    warehouse_id: int
    sku_id: int
    carrier: str
    limit: float


class Rows:
    """The shared limits, numbered; one that all orders together can't reach is left out."""

    def __init__(self, problem: WaveProblem, *, every: bool = False) -> None:
        self.rows: list[Row] = []
        self.stock: dict[tuple[int, int], int] = {}
        self.pick: dict[int, int] = {}
        self.parcels: dict[str, int] = {}
        wanted: dict[int, int] = {}
        for order in problem.orders:
            for sku_id, units in order.wanted_by_sku().items():
                wanted[sku_id] = wanted.get(sku_id, 0) + units
        for warehouse in problem.warehouses:
            for sku_id, units in wanted.items():
                stock = warehouse.stock.get(sku_id, 0)
                if stock < units and (stock or every):
                    self.stock[warehouse.id, sku_id] = self._add(Row("stock", warehouse.id, sku_id, "", stock))
            if warehouse.pick_capacity is not None:
                self.pick[warehouse.id] = self._add(Row("pick", warehouse.id, 0, "", warehouse.pick_capacity))
        for carrier in problem.carriers:
            if carrier.parcels_left is not None:
                self.parcels[carrier.code] = self._add(Row("parcels", 0, 0, carrier.code, carrier.parcels_left))

    def _add(self, row: Row) -> int:
        self.rows.append(row)
        return len(self.rows) - 1


class Pattern(NamedTuple):
    """One way of serving an order: nothing, one parcel, or two. Shape: each part is (content, way); -1 is no part."""

    content: int = -1
    way: int = -1
    other_content: int = -1
    other_way: int = -1


WAITS = Pattern()


class OrderPatterns:
    """All patterns of one order.

    Shape: K contents (units of each line in a parcel) by V ways (warehouse and carrier); `cost` is K by V, infinite
    where a parcel can't go. Ways stand warehouse by warehouse. `lifted`: shared limits don't forbid anything by
    themselves, and what counts is leaving a pin, which costs so much.
    """

    def __init__(self, problem: WaveProblem, order: WaveOrder, rows: Rows, waiting_cents: float, lifted: float = 0.0):
        self.problem, self.order, self.waiting_cents, self.lifted = problem, order, waiting_cents, lifted
        self.ways = list(open_ways(problem, order, pins=not lifted))
        self.warehouses = list({way[0].id: way[0] for way in self.ways}.values())
        place = {warehouse.id: number for number, warehouse in enumerate(self.warehouses)}
        self.way_place = np.array([place[way[0].id] for way in self.ways], dtype=np.int64)
        self.starts = np.unique(self.way_place, return_index=True)[1]
        self.contents = _contents(order, self.warehouses)
        index = {content: number for number, content in enumerate(map(tuple, self.contents.tolist()))}
        quantities = np.array([line.quantity for line in order.lines], dtype=np.int64)
        self.mirror = np.array([index[tuple(rest)] for rest in (quantities - self.contents).tolist()], dtype=np.int64)
        self.index = index
        self.full = index[tuple(quantities.tolist())]
        self.missing = quantities.sum() - self.contents.sum(axis=1)
        self.cost = self._costs()
        self.stock_rows = np.array(
            [[rows.stock.get((w.id, line.sku_id), -1) for w in self.warehouses] for line in order.lines], dtype=np.int64
        ).reshape(len(order.lines), len(self.warehouses))  # also where all lines were cancelled since
        work = [[w.work_of(line.sku_id) for w in self.warehouses] for line in order.lines]
        self.work = np.array(work, dtype=float).reshape(self.stock_rows.shape)
        self.pick_rows = np.array([rows.pick.get(w.id, -1) for w in self.warehouses], dtype=np.int64)
        self.parcel_rows = np.array([rows.parcels.get(way[1].code, -1) for way in self.ways], dtype=np.int64)

    # ---- what it costs ----------------------------------------------------------------------------------------

    def _costs(self) -> Floats:
        """What each content costs on each way."""
        order, problem = self.order, self.problem
        cost = np.full((len(self.contents), len(self.ways)), np.inf)
        weights = self.contents @ np.array([line.unit_weight_g for line in order.lines], dtype=np.int64)
        fits = [self._fits(warehouse) for warehouse in self.warehouses]
        for number, (warehouse, carrier, rate) in enumerate(self.ways):
            able = np.ones(len(weights), dtype=bool) if self.lifted else fits[self.way_place[number]].copy()
            able &= self.contents.sum(axis=1) > 0
            for at, line in enumerate(order.lines):
                if line.hazard and line.hazard not in carrier.carries:
                    able &= self.contents[:, at] == 0
            if carrier.max_weight_g is not None:
                able &= weights <= carrier.max_weight_g
            handling = self.contents @ np.array([warehouse.handling_cents.get(line.sku_id, 0) for line in order.lines])
            late = problem.late_cents(order.id, warehouse.id, carrier.code)
            tariff = [
                shipping_cents(rate, weight) if may else 0 for weight, may in zip(weights.tolist(), able, strict=True)
            ]
            cost[able, number] = (np.array(tariff) + handling + late)[able]
            if self.lifted:  # money only decides between ways that are as good otherwise
                unpinned = barrier(problem, order, (), 0, warehouse, carrier) is not None
                cost[able, number] = cost[able, number] * _LITTLE + (self.lifted if unpinned else 0.0)
        return cost

    def _fits(self, warehouse: WaveWarehouse) -> Bools:
        """Which contents a warehouse could send, were the order alone in the wave."""
        lines = self.order.lines
        able = np.ones(len(self.contents), dtype=bool)
        for sku_id in {line.sku_id for line in lines}:
            of_sku = np.array([line.sku_id == sku_id for line in lines])
            able &= self.contents[:, of_sku].sum(axis=1) <= warehouse.stock.get(sku_id, 0)
        if warehouse.pick_capacity is not None:
            work = np.array([warehouse.work_of(line.sku_id) for line in lines], dtype=np.int64)
            able &= self.contents @ work <= warehouse.pick_capacity
        return able

    def reduced(self, prices: Floats) -> Floats:
        """What each content costs on each way when what it uses of shared limits is paid for.

        Shape: `prices` has one entry per row, none above 0, and a 0 at the end. Gives K by V.
        """
        per_unit = prices[self.stock_rows] + self.work * prices[self.pick_rows]
        used = self.contents @ per_unit
        reduced: Floats = self.cost - used[:, self.way_place] - prices[self.parcel_rows]
        return reduced

    def price_of(self, pattern: Pattern) -> float:
        """What a pattern costs, with what it leaves behind."""
        if pattern is WAITS or pattern.content < 0:
            return self.waiting_cents
        first = float(self.cost[pattern.content, pattern.way])
        if pattern.other_content >= 0:
            return first + float(self.cost[pattern.other_content, pattern.other_way])
        return first + float(self.missing[pattern.content]) * self.problem.terms.unfilled_cents

    @property
    def highest_cents(self) -> float:
        """More than any way of serving the whole order costs."""
        possible = self.cost[np.isfinite(self.cost)]
        return 2 * float(possible.max()) if len(possible) else 0.0

    # ---- which are good ---------------------------------------------------------------------------------------

    def _singles(self, reduced: Floats) -> Floats:
        """One parcel: all of the order, or less where it may be parted."""
        terms = self.problem.terms
        if terms.may_part and not terms.must_fill:
            singles: Floats = reduced + (self.missing * terms.unfilled_cents)[:, None]
            return singles
        only = np.full_like(reduced, np.inf)
        only[self.full] = reduced[self.full]
        return only

    def _pairs(self, reduced: Floats) -> Floats | None:
        """Two parcels from two warehouses, each with its best carrier. Shape: K by warehouses by warehouses."""
        if not self.problem.terms.may_split or len(self.warehouses) < 2 or len(self.contents) < 3:
            return None
        best = np.minimum.reduceat(reduced, self.starts, axis=1)
        pairs: Floats = best[:, :, None] + best[self.mirror][:, None, :]
        first, second = np.tril_indices(len(self.warehouses))
        pairs[:, first, second] = np.inf  # a warehouse once, and each pair of parcels once
        return pairs

    def best(self, prices: Floats, below: float, most: int) -> tuple[float, list[Pattern]]:
        """The lowest reduced cost of all patterns, and the best ones whose reduced cost lies below a limit."""
        if not self.ways:
            return self.waiting_cents, []
        reduced = self.reduced(prices)
        singles, pairs = self._singles(reduced), self._pairs(reduced)
        lowest = min(self.waiting_cents, float(singles.min()))
        found = [Pattern(k, v) for k, v in _lowest(singles, below, most)]
        if pairs is not None:
            lowest = min(lowest, float(pairs.min()))
            found += [self._cheapest(reduced, *at) for at in _lowest(pairs, below, most)]
        return lowest, found

    def _cheapest(self, reduced: Floats, content: int, first: int, second: int) -> Pattern:
        """A pair of warehouses with the best carrier of each."""
        rest = int(self.mirror[content])
        ways = []
        for part, place in ((content, first), (rest, second)):
            mine = np.nonzero(self.way_place == place)[0]
            ways.append(int(mine[np.argmin(reduced[part, mine])]))
        return Pattern(content, ways[0], rest, ways[1])

    def nearness(self, prices: Floats, lowest: float, loose: Bools) -> Floats:
        """How far above the lowest reduced cost the patterns lie that `within` could give, with the best carriers."""
        if not self.ways:
            return np.zeros(0)
        needed, enough = self._needed(loose)
        reduced, cost = np.where(needed, self.reduced(prices), np.inf), np.where(needed, self.cost, np.inf)
        values = [self._singles(reduced)[self._singles(cost) <= enough]]
        near, cheap = self._pairs(reduced), self._pairs(cost)
        if near is not None and cheap is not None:
            values.append(near[cheap <= enough])
        return np.concatenate(values) - lowest

    def within(self, prices: Floats, limit: float, loose: Bools, most: int) -> list[Pattern] | None:
        """Every pattern whose reduced cost is at most a limit, but for those that others make needless; None where
        more than `most` have to be looked at.

        `loose` says of each row, and at the end of no row, whether it is left out. A pattern is needless where another
        one is no dearer and uses no more of any row that isn't.
        """
        if not self.ways:
            return []
        found: dict[tuple[tuple[int, float], ...], tuple[float, Pattern]] = {}
        for number, pattern in enumerate(self._near(prices, limit, loose)):
            if number == most:
                return None
            cost = self.price_of(pattern)
            used = tuple(sorted((row, amount) for row, amount in self.uses(pattern).items() if not loose[row]))
            if used not in found or cost < found[used][0]:
                found[used] = (cost, pattern)
        kept: list[tuple[dict[int, float], Pattern]] = []
        for used, (_, pattern) in sorted(found.items(), key=lambda entry: entry[1][0]):
            mine = dict(used)
            if not any(
                all(mine.get(row, 0.0) >= amount for row, amount in other.items()) for other, _ in kept[:_COMPARED]
            ):
                kept.append((mine, pattern))
        return [pattern for _, pattern in kept]

    def _near(self, prices: Floats, limit: float, loose: Bools) -> Iterator[Pattern]:
        """The patterns whose reduced cost is at most a limit, and that aren't dearer than one that uses nothing."""
        needed, enough = self._needed(loose)
        reduced, cost = np.where(needed, self.reduced(prices), np.inf), np.where(needed, self.cost, np.inf)
        for content, way in np.argwhere((self._singles(reduced) <= limit) & (self._singles(cost) <= enough)).tolist():
            yield Pattern(content, way)
        near, cheap = self._pairs(reduced), self._pairs(cost)
        if near is None or cheap is None:
            return
        places = [np.nonzero(self.way_place == place)[0] for place in range(len(self.warehouses))]
        for content, first, second in np.argwhere((near <= limit) & (cheap <= enough)).tolist():
            rest, mine, theirs = int(self.mirror[content]), places[first], places[second]
            good = reduced[content, mine][:, None] + reduced[rest, theirs][None, :] <= limit
            good &= cost[content, mine][:, None] + cost[rest, theirs][None, :] <= enough
            for one, other in np.argwhere(good).tolist():
                yield Pattern(content, int(mine[one]), rest, int(theirs[other]))

    def _needed(self, loose: Bools) -> tuple[Bools, float]:
        """Which contents are needed on which ways, and what the cheapest pattern that uses no row costs.

        Why: beside any part of a pair, one of the two cheapest free ways of the same content, from two warehouses, can
        stand instead of a dearer way.
        Shape: K by V.
        """
        held = self.contents > 0
        tight = (held @ ~loose[self.stock_rows] > 0) | (held @ (~loose[self.pick_rows] & (self.work > 0)) > 0)
        free = ~tight[:, self.way_place] & loose[self.parcel_rows]
        lowest = np.minimum.reduceat(np.where(free, self.cost, np.inf), self.starts, axis=1)
        second = np.partition(lowest, 1, axis=1)[:, 1] if lowest.shape[1] > 1 else np.full(len(lowest), np.inf)
        needed: Bools = self.cost <= second[:, None]
        by_carrier = np.minimum.reduceat(np.where(loose[self.parcel_rows], self.cost, np.inf), self.starts, axis=1)
        needed &= self.cost <= by_carrier[:, self.way_place]
        unused = np.where(free, self.cost, np.inf)
        enough = min(self.waiting_cents, float(self._singles(unused).min()))
        pairs = self._pairs(unused)
        return needed, enough if pairs is None else min(enough, float(pairs.min()))

    # ---- what it means ----------------------------------------------------------------------------------------

    def uses(self, pattern: Pattern) -> dict[int, float]:
        """What a pattern uses of the shared limits. Shape: row → amount."""
        used: dict[int, float] = {}
        for content, way in ((pattern.content, pattern.way), (pattern.other_content, pattern.other_way)):
            if content < 0:
                continue
            place = self.way_place[way]
            for at, units in enumerate(self.contents[content].tolist()):
                for row, amount in (
                    (int(self.stock_rows[at, place]), float(units)),
                    (int(self.pick_rows[place]), units * float(self.work[at, place])),
                ):
                    if row >= 0 and amount:
                        used[row] = used.get(row, 0.0) + amount
            if (row := int(self.parcel_rows[way])) >= 0:
                used[row] = used.get(row, 0.0) + 1.0
        return used

    def parcels(self, pattern: Pattern) -> Iterator[Parcel]:
        """The parcels that a pattern means."""
        for content, way in ((pattern.content, pattern.way), (pattern.other_content, pattern.other_way)):
            if content >= 0:
                units = self.contents[content].tolist()
                held = {line.id: n for line, n in zip(self.order.lines, units, strict=True) if n}
                yield Parcel(self.order.id, self.ways[way][0].id, self.ways[way][1].code, held)

    def pattern_of(self, parcels: Sequence[Parcel]) -> Pattern | None:
        """The pattern that parcels of this order follow, if it is one that is looked at."""
        ways = {(way[0].id, way[1].code): number for number, way in enumerate(self.ways)}
        parts: list[int] = []
        for parcel in parcels:
            content = self.index.get(tuple(parcel.units.get(line.id, 0) for line in self.order.lines))
            if content is None:
                return None
            parts += [content, ways[parcel.warehouse_id, parcel.carrier]]
        return Pattern(*parts)


def _lowest(values: Floats, below: float, most: int) -> list[list[int]]:
    """Where the lowest values under a limit stand, at most so many."""
    flat = values.ravel()
    few = np.argpartition(flat, most)[:most] if len(flat) > most else np.arange(len(flat))
    few = few[flat[few] < below]
    return np.column_stack(np.unravel_index(few, values.shape)).tolist()


def _contents(order: WaveOrder, warehouses: Sequence[WaveWarehouse]) -> Ints:
    """What a parcel of the order may hold: any units of each line; where that is too much, as stock has it.

    Shape: one row per content, one column per line; with each content, what it leaves of the order is one as well.
    """

    def cuts(line: WaveLine) -> list[int]:
        stocks = {min(line.quantity, warehouse.stock.get(line.sku_id, 0)) for warehouse in warehouses}
        return sorted({0, line.quantity} | stocks | {line.quantity - units for units in stocks})

    by_unit = [list(range(line.quantity + 1)) for line in order.lines]
    by_stock = [cuts(line) for line in order.lines]
    for levels in (by_unit, by_stock, [[0, line.quantity] for line in order.lines]):
        if math.prod(len(of_line) for of_line in levels) <= MOST_CUTS:
            return np.array(list(product(*levels)), dtype=np.int64)
    full = tuple(line.quantity for line in order.lines)
    found = {full, (0,) * len(full)}
    for warehouse in warehouses:
        held = tuple(min(line.quantity, warehouse.stock.get(line.sku_id, 0)) for line in order.lines)
        found |= {held, tuple(all_of - part for all_of, part in zip(full, held, strict=True))}
    return np.array(sorted(found), dtype=np.int64)
