"""Group differences: whether equally good people of two groups do differently on one item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.sizes import GROUP_LEAST

MODERATE, LARGE = 0.05, 0.10
"""Differences from which an item is to be looked at. Source: Dorans & Kulick 1986."""

PEOPLE_PER_CLASS, FEWEST_CLASSES, MOST_CLASSES = 20, 5, 20
"""People are compared within classes of equally good ones: as fine as their number allows, since in wide classes the
weaker group looks wronged where it is only weaker."""

FALSE_ALARMS = 0.05
"""Share of the differences called sure that may be play of chance. Source: Benjamini & Hochberg 1995."""


@dataclass(frozen=True, slots=True)
class GroupDifference:
    """How the people of one group do on an item against equally good people outside it.

    Units: `difference` in shares of the item's marks, negative where the group does worse; `chi_square` with 1 degree.
    `sure`: told apart from chance among all comparisons of the test.
    """

    group: str
    n: int
    others_count: int
    difference: float
    chi_square: float

    sure: bool = False

    @property
    def size(self) -> str:
        """`none`, `moderate` or `large`; a difference that chance explains is none."""
        if not self.sure or abs(self.difference) < MODERATE:
            return "none"
        return "large" if abs(self.difference) >= LARGE else "moderate"


Compared = tuple[GroupDifference, ...]
"""One group on every item."""


def told_apart(groups: Sequence[Compared]) -> tuple[Compared, ...]:
    """The comparisons of all groups on all items, with those marked as sure that are more than chance.

    Why all at once: of a hundred comparisons five look like a difference when there is none.
    """
    from scipy.special import chdtrc

    chances = np.array([float(chdtrc(1, one.chi_square)) for group in groups for one in group])
    if not len(chances):
        return ()
    ordered = np.sort(chances)
    kept = ordered <= FALSE_ALARMS * np.arange(1, len(ordered) + 1) / len(ordered)
    limit = float(ordered[kept].max()) if kept.any() else -1.0
    places = iter(chances)
    return tuple(tuple(replace(one, sure=bool(next(places) <= limit)) for one in group) for group in groups)


def group_differences(
    group: str, fractions: NDArray[np.float64], inside: NDArray[np.bool_], totals: NDArray[np.float64]
) -> Compared:
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
