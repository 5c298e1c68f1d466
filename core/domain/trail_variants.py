"""Variants: the different ways in which orders went from fact to fact, and which orders went each way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.domain.trails import KINDS, Ints, Trails, path_of

# Odd numbers to mix codes with; two ways that differ in any place get different signs but for a chance of 2 in 10**19.
_STEP, _SPICE = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way through the house: the facts in their sequence, how many orders took it, and one of them to look at.

    `number` counts from 1, the most frequent first. Units: `p50_seconds` from the first fact to the last.
    """

    number: int
    path: tuple[str, ...]
    orders_count: int
    share: float
    example_order_id: int
    p50_seconds: float


def _signs(trails: Trails) -> NDArray[np.uint64]:
    """A number for each order that says its facts and their sequence."""
    starts = trails.starts
    place = np.arange(len(trails.kind)) - np.repeat(starts, np.diff(np.append(starts, len(trails.kind))))
    with np.errstate(over="ignore"):
        mixed = (trails.kind.astype(np.uint64) + np.uint64(1)) * _STEP + (
            place.astype(np.uint64) + np.uint64(1)
        ) * _SPICE
        mixed ^= mixed >> np.uint64(29)
        mixed *= _SPICE
        mixed ^= mixed >> np.uint64(32)
        mixed *= _STEP
        return np.add.reduceat(mixed, starts)


def _groups(trails: Trails) -> tuple[Ints, Ints, Ints]:
    """Orders by the way they went: the group of each order, and each group's first order and size, biggest first."""
    _, first, group, sizes = np.unique(_signs(trails), return_index=True, return_inverse=True, return_counts=True)
    ranked = np.lexsort((first, -sizes))
    rank = np.empty(len(ranked), dtype=np.int64)
    rank[ranked] = np.arange(len(ranked))
    return rank[group.reshape(-1)], first[ranked].astype(np.int64), sizes[ranked].astype(np.int64)


def variants_in(trails: Trails, most: int) -> tuple[tuple[Variant, ...], int]:
    """The ways that most orders took, and how many different ways there are."""
    if not trails.orders_count:
        return (), 0
    starts = trails.starts
    ends = np.append(starts[1:], len(trails.order))
    group, _, sizes = _groups(trails)
    took = trails.at[ends - 1] - trails.at[starts]
    found = []
    for number in range(min(most, len(sizes))):
        members = np.flatnonzero(group == number)
        newest = members[np.argmax(trails.order[starts[members]])]
        found.append(
            Variant(
                number + 1,
                path_of(trails.kind[starts[newest] : ends[newest]]),
                int(sizes[number]),
                float(sizes[number]) / len(starts),
                int(trails.order[starts[newest]]),
                float(np.median(took[members])),
            )
        )
    return tuple(found), len(sizes)


def orders_of_variant(trails: Trails, path: tuple[str, ...]) -> list[int]:
    """The orders that went exactly this way, the newest first."""
    if not trails.orders_count or not set(path) <= set(KINDS):
        return []
    starts = trails.starts
    lengths = np.diff(np.append(starts, len(trails.order)))
    begins = starts[lengths == len(path)]
    codes = np.array([KINDS.index(kind) for kind in path], dtype=np.int64)
    same = (trails.kind[begins[:, None] + np.arange(len(path))] == codes).all(axis=1)
    found: list[int] = np.sort(trails.order[begins[same]]).tolist()
    return found[::-1]
