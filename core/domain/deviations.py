"""Deviations of trails from the declared machine: steps it doesn't allow, steps that were left out, work done again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

import numpy as np

from core.domain.orders import TRANSITIONS, Fact, Status, Transition
from core.domain.trails import KINDS, Ints, Trails, moving


class Kind(StrEnum):
    """How a trail departs from the machine."""

    BEGINNING = "beginning"
    SKIPPED = "skipped"
    AFTER_END = "after_end"
    NOT_FORESEEN = "not_foreseen"
    AGAIN = "again"


DEVIATION_LABELS = MappingProxyType(
    {
        Kind.BEGINNING: "Doesn't begin with its receipt",
        Kind.SKIPPED: "Steps left out",
        Kind.AFTER_END: "Went on after its end",
        Kind.NOT_FORESEEN: "Not foreseen by the machine",
        Kind.AGAIN: "Done again",
    }
)
# What an order passes when nothing comes between; a way around is only named where there is no other.
_STRAIGHT = frozenset(Status) - {Status.EXCEPTION, Status.BACKORDERED, *(s for s in Status if s.startswith("partly_"))}
# Facts that cost somebody work and are expected once; letters and part payments are no rework.
_ONCE = tuple(dict.fromkeys([*(str(row.fact) for row in TRANSITIONS), Fact.AMENDED.value, Fact.HELD.value]))


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way of departing from the machine: between which facts, what was left out, how many orders, and one of them.

    Where it is about one fact only, `source` is empty.
    """

    kind: Kind
    source: str
    target: str
    left_out: tuple[str, ...]
    orders_count: int
    example_order_id: int


def _rows(outside: bool) -> tuple[Transition, ...]:
    """The machine as it stands for our own orders, or for those that another house fulfils."""
    other = "ours" if outside else "outside"
    return tuple(row for row in TRANSITIONS if other not in row.guards)


def _targets(fact: str, outside: bool) -> frozenset[Status]:
    found = {row.target for row in _rows(outside) if row.fact == fact}
    return frozenset(found | ({Status.RECEIVED} if fact == Fact.RECEIVED else set()))


def _way(
    rows: tuple[Transition, ...], begins: frozenset[Status], wanted: set[Status], allowed: frozenset[Status]
) -> tuple[str, ...] | None:
    """The facts of the shortest way from any of some statuses to any of others, through allowed ones only."""
    seen = set(begins)
    queue: deque[tuple[Status, tuple[str, ...]]] = deque((status, ()) for status in sorted(begins))
    while queue:
        status, way = queue.popleft()
        if status in wanted:
            return way
        for row in rows:
            if status in row.sources and row.target not in seen and row.target in allowed:
                seen.add(row.target)
                queue.append((row.target, (*way, str(row.fact))))
    return None


@cache
def judged(source: str, target: str, outside: bool) -> tuple[Kind, tuple[str, ...]] | None:
    """What the machine says of one fact that directly follows another, both moving the order; None where it agrees.

    Shape: how it departs, and the facts of the shortest way that were left out.
    """
    rows = _rows(outside)
    begins = _targets(source, outside)
    wanted = {status for row in rows if row.fact == target for status in row.sources}
    if begins & wanted:
        return None
    for allowed in (_STRAIGHT, frozenset(Status)):
        if (way := _way(rows, begins, wanted, allowed)) is not None:
            return Kind.SKIPPED, way
    leaves = {status for row in rows for status in row.sources}
    return (Kind.NOT_FORESEEN if begins & leaves else Kind.AFTER_END), ()


def deviations_in(trails: Trails) -> tuple[Deviation, ...]:
    """Everything in which trails depart from the machine, with the most orders first.

    Only facts that move an order are held against the machine; corrections and holds count when they come again.
    """
    moves = moving(trails)
    found = [*_steps(moves), *_beginnings(moves), *_again(trails)]
    return tuple(sorted(found, key=lambda one: (-one.orders_count, one.kind, one.source, one.target)))


def _steps(moves: Trails) -> Iterable[Deviation]:
    found: dict[tuple[Kind, str, str, tuple[str, ...]], list[int]] = {}
    for (source, target, outside), orders in _by_step(moves).items():
        if (judgement := judged(source, target, outside)) is not None:
            kind, left_out = judgement
            found.setdefault((kind, source, target, left_out), []).extend(orders.tolist())
    for departure, orders_found in found.items():
        alike = sorted(set(orders_found))
        yield Deviation(*departure, len(alike), alike[-1])


def _by_step(moves: Trails) -> dict[tuple[str, str, bool], Ints]:
    """The orders on every step between two facts that move them."""
    places = np.flatnonzero(moves.order[1:] == moves.order[:-1])
    if not len(places):
        return {}
    size = len(KINDS)
    codes = (moves.kind[places] * size + moves.kind[places + 1]) * 2 + moves.outside[places]
    order = np.argsort(codes, kind="stable")
    known, begins = np.unique(codes[order], return_index=True)
    found = {}
    for code, begin, end in zip(known, begins, np.append(begins[1:], len(codes)), strict=True):
        pair, outside = divmod(int(code), 2)
        source, target = divmod(pair, size)
        found[KINDS[source], KINDS[target], bool(outside)] = np.unique(moves.order[places[order[begin:end]]])
    return found


def _beginnings(moves: Trails) -> Iterable[Deviation]:
    """Orders whose first move isn't their receipt; one that never moved isn't judged."""
    starts = moves.starts
    firsts = moves.kind[starts]
    for code in np.unique(firsts):
        if KINDS[code] != Fact.RECEIVED:
            orders = moves.order[starts[firsts == code]]
            yield Deviation(Kind.BEGINNING, "", KINDS[code], (), len(orders), int(orders.max()))


def _again(trails: Trails) -> Iterable[Deviation]:
    for fact in _ONCE:
        orders, times = np.unique(trails.order[trails.kind == KINDS.index(fact)], return_counts=True)
        repeated = orders[times > 1]
        if len(repeated):
            yield Deviation(Kind.AGAIN, "", fact, (), len(repeated), int(repeated[-1]))


def orders_deviating(trails: Trails, wanted: Deviation) -> list[int]:
    """The orders that a deviation is about, the newest first."""
    found: list[int]
    if wanted.kind is Kind.AGAIN:
        orders, times = np.unique(trails.order[trails.kind == KINDS.index(wanted.target)], return_counts=True)
        found = orders[times > 1].tolist()
    elif wanted.kind is Kind.BEGINNING:
        moves = moving(trails)
        starts = moves.starts
        found = sorted(moves.order[starts[moves.kind[starts] == KINDS.index(wanted.target)]].tolist())
    else:
        steps = _by_step(moving(trails))
        found = sorted(
            {
                order
                for outside in (False, True)
                if judged(wanted.source, wanted.target, outside) == (wanted.kind, wanted.left_out)
                for order in steps.get((wanted.source, wanted.target, outside), np.zeros(0, dtype=np.int64)).tolist()
            }
        )
    return found[::-1]
