"""Trails of orders through the event log: which fact directly followed which, how often, and how long after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.orders import CLOSED, FACT_LABELS, TRANSITIONS, Fact
from core.domain.shipments import SHIPMENT_FACT_LABELS, ShipmentFact

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# Every kind of fact that a trail can hold, with its English name; its place here is its code in a trail. What is picked
# article by article is one step of an order, and how many articles it has makes no other way.
KIND_NAMES: dict[str, str] = {
    str(kind): name
    for names in (FACT_LABELS, SHIPMENT_FACT_LABELS)
    for kind, name in names.items()
    if kind != ShipmentFact.LINE_PICKED
}
KINDS: tuple[str, ...] = tuple(KIND_NAMES)
_CODES = {kind: code for code, kind in enumerate(KINDS)}
_MOVING = {str(Fact.RECEIVED)} | {str(row.fact) for row in TRANSITIONS}
_ENDING = {str(row.fact) for row in TRANSITIONS if row.target in CLOSED}
_MOVES = np.array([kind in _MOVING for kind in KINDS])
_ENDS = np.array([kind in _ENDING for kind in KINDS])


@dataclass(frozen=True, slots=True, eq=False)
class Trails:
    """Facts of orders, order by order, each order's in the sequence in which they were recorded.

    Shape: all of one length; `kind` holds places in KINDS. Units: `at` in epoch seconds.
    """

    order: Ints
    at: Ints
    kind: Ints
    outside: Flags

    @property
    def starts(self) -> Ints:
        """Where each order's facts begin."""
        if not len(self.order):
            return np.zeros(0, dtype=np.int64)
        return np.flatnonzero(np.concatenate(([True], self.order[1:] != self.order[:-1])))

    @property
    def orders_count(self) -> int:
        """How many orders left a trail."""
        return len(self.starts)

    def only(self, wanted: Flags) -> Trails:
        """The same trails without the facts that aren't wanted. Shape: one flag per fact."""
        return Trails(self.order[wanted], self.at[wanted], self.kind[wanted], self.outside[wanted])


@dataclass(frozen=True, slots=True)
class Step:
    """One fact that was directly followed by another.

    `orders_count` counts orders, `times_count` how often it happened. Units: seconds from the one to the other.
    """

    source: str
    target: str
    orders_count: int
    times_count: int
    p50_seconds: float
    p90_seconds: float


@dataclass(frozen=True, slots=True)
class Activity:
    """A kind of fact: in how many orders, how often, and for how many orders it is the first or the last so far."""

    kind: str
    orders_count: int
    times_count: int
    first_count: int
    last_count: int


def trails_of(text: str) -> Trails:
    """Trails from the log as the query writes it: numbers set apart by commas.

    Shape: order id (negative where another house fulfils it), epoch seconds, and one more than the kind's code, fact
    after fact. Facts of a kind that isn't known (0) are left out.
    """
    numbers = np.fromstring(text, dtype=np.int64, sep=",").reshape(-1, 3)
    numbers = numbers[numbers[:, 2] > 0]
    return Trails(np.abs(numbers[:, 0]), numbers[:, 1], numbers[:, 2] - 1, numbers[:, 0] < 0)


def moving(trails: Trails) -> Trails:
    """Only the facts that moved an order from one status to another."""
    return trails.only(_MOVES[trails.kind])


def ended(trails: Trails) -> Trails:
    """Only the orders for which nobody has anything to do any more: delivered or ended."""
    moves = moving(trails)
    if not len(moves.order):
        return moves
    lasts = np.append(moves.starts[1:], len(moves.order)) - 1
    closed = moves.order[lasts[_ENDS[moves.kind[lasts]]]]
    return trails.only(np.isin(trails.order, closed))


def _spread(ordered: Ints, share: float) -> float:
    """The duration that a share stays below, of durations in their order; see buckets.exact_percentile."""
    rank = (len(ordered) - 1) * share
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return float(ordered[low] + (rank - low) * (ordered[high] - ordered[low]))


def _pairs(trails: Trails) -> tuple[Ints, Ints]:
    """Where one fact of an order directly follows another: the place of the first of the two, and the pair's code."""
    places = np.flatnonzero(trails.order[1:] == trails.order[:-1])
    return places, trails.kind[places] * len(KINDS) + trails.kind[places + 1]


def steps_in(trails: Trails) -> tuple[Step, ...]:
    """Every step that was taken, those of most orders first."""
    places, pair = _pairs(trails)
    if not len(places):
        return ()
    waited = trails.at[places + 1] - trails.at[places]
    by_time, by_place = np.lexsort((waited, pair)), np.argsort(pair, kind="stable")
    codes, begins = np.unique(pair[by_place], return_index=True)
    found = []
    for code, begin, end in zip(codes, begins, np.append(begins[1:], len(pair)), strict=True):
        orders = trails.order[places[by_place[begin:end]]]
        seconds = waited[by_time[begin:end]]
        source, target = divmod(int(code), len(KINDS))
        found.append(
            Step(
                KINDS[source],
                KINDS[target],
                1 + int(np.count_nonzero(orders[1:] != orders[:-1])),
                int(end - begin),
                _spread(seconds, 0.50),
                _spread(seconds, 0.90),
            )
        )
    return tuple(sorted(found, key=lambda step: (-step.orders_count, step.source, step.target)))


def activities_in(trails: Trails) -> tuple[Activity, ...]:
    """Every kind of fact that there is, in the machine's order."""
    if not len(trails.order):
        return ()
    size = len(KINDS)
    starts = trails.starts
    lasts = np.append(starts[1:], len(trails.order)) - 1
    times = np.bincount(trails.kind, minlength=size)
    first = np.bincount(trails.kind[starts], minlength=size)
    last = np.bincount(trails.kind[lasts], minlength=size)
    number = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(trails.order))))
    orders = np.bincount(np.unique(number * size + trails.kind) % size, minlength=size)
    return tuple(
        Activity(kind, int(orders[code]), int(times[code]), int(first[code]), int(last[code]))
        for code, kind in enumerate(KINDS)
        if times[code]
    )


def orders_on_step(trails: Trails, source: str, target: str) -> list[tuple[int, int]]:
    """The orders that took a step, the longest wait first. Shape: (order id, seconds), one for each time."""
    if source not in _CODES or target not in _CODES:
        return []
    places, pair = _pairs(trails)
    here = places[pair == _CODES[source] * len(KINDS) + _CODES[target]]
    waited = trails.at[here + 1] - trails.at[here]
    by_time = np.lexsort((trails.order[here], -waited))
    return list(zip(trails.order[here][by_time].tolist(), waited[by_time].tolist(), strict=True))


def orders_with(trails: Trails, kind: str) -> list[int]:
    """The orders that a kind of fact happened to, the newest first."""
    if kind not in _CODES:
        return []
    found: list[int] = np.unique(trails.order[trails.kind == _CODES[kind]]).tolist()
    return found[::-1]


def is_move(kind: str) -> bool:
    """Whether a kind of fact moves an order from one status to another."""
    return kind in _MOVING


def is_end(kind: str) -> bool:
    """Whether nobody has anything to do for an order after such a fact."""
    return kind in _ENDING


def path_of(codes: Sequence[int] | Ints) -> tuple[str, ...]:
    """The kinds that codes stand for."""
    return tuple(KINDS[code] for code in codes)
