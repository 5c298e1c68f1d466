"""Group differences: whether equally good people of two groups do differently on one item."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.sizes import GROUP_LEAST

MODERATE, LARGE = 0.05, 0.10
"""Differences from which an item is to be looked at. Source: Dorans & Kulick 1986."""

PEOPLE_PER_CLASS, FEWEST_CLASSES, MOST_CLASSES = 20, 5, 20
"""People are compared within classes of equally good ones: as fine as their number allows, since in wide classes the
weaker group looks wronged where it is only weaker."""

_CRITICAL = 3.841458820694124  # chi-square, 1 degree of freedom, 95 %


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """How the people of one group do on an item against equally good people outside it.

    Units: `difference` in shares of the item's marks, negative where the group does worse; `chi_square` with 1 degree.
    """

    group: str
    n: int
    others_count: int
    difference: float
    chi_square: float

    @property
    def size(self) -> str:
        """`none`, `moderate` or `large`; a difference that chance explains is none."""
        if self.chi_square < _CRITICAL or abs(self.difference) < MODERATE:
            return "none"
        return "large" if abs(self.difference) >= LARGE else "moderate"


def group_differences(
    group: str, fractions: NDArray[np.float64], inside: NDArray[np.bool_], totals: NDArray[np.float64]
) -> tuple[GroupDifference, ...]:
    """Compares a group with everybody else, item by item; nothing where either are fewer than twenty.

    Shape: `fractions` people × items, `inside` and `totals` one entry per person.
    Source: standardised difference, weighted by the group's people (Dorans & Kulick 1986); chi-square for marks in
    steps (Mantel 1963), people compared within classes of equal totals.
    """
    n, others_n = int(inside.sum()), int((~inside).sum())
    if min(n, others_n) < GROUP_LEAST:
        return ()
    classes = _classes(totals)
    focal, others = (classes & inside), (classes & ~inside)
    usable = (focal.sum(axis=1) > 0) & (others.sum(axis=1) > 0)
    if not usable.any():
        return ()
    focal, others = focal[usable].astype(float), others[usable].astype(float)
    people, rest = focal.sum(axis=1)[:, None], others.sum(axis=1)[:, None]
    reached, elsewhere = focal @ fractions, others @ fractions
    both = people + rest
    apart = (reached - people * elsewhere / rest).sum(axis=0) / people.sum()
    mean = (reached + elsewhere) / both
    spread = (focal + others) @ fractions**2 / both - mean**2
    variance = (people * rest * spread / (both - 1)).sum(axis=0)
    surplus = (reached - people * mean).sum(axis=0)
    found = np.divide(surplus**2, variance, out=np.zeros_like(variance), where=variance > 1e-12)
    return tuple(
        GroupDifference(group, n, others_n, float(difference), float(chi_square))
        for difference, chi_square in zip(apart, found, strict=True)
    )


def _classes(totals: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Who belongs to which class of equally good people. Shape: classes × people."""
    count = min(MOST_CLASSES, max(FEWEST_CLASSES, len(totals) // PEOPLE_PER_CLASS))
    edges = np.quantile(totals, np.linspace(0, 1, count + 1)[1:-1])
    belongs: NDArray[np.bool_] = np.searchsorted(edges, totals, side="right") == np.arange(count)[:, None]
    return belongs
