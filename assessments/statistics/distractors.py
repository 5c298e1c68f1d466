"""Distractors: who chose which option, and whether an option draws better people than the key does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.sizes import TOO_FEW

SELDOM = 0.05
"""An option that fewer choose distracts nobody. Source: Haladyna & Downing 1993."""

FAIR, DOUBT = 0.10, 0.05
"""Seldom chosen says something once an option that one in ten chooses would be so seldom in fewer than one class of
twenty: from 29 people on where nobody chose it."""

_Z = 1.96


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """One option among all who had the item.

    Shape: `by_third` gives the share in the lowest, middle and highest third by the rest of their marks.
    Units: fraction -1..1 of the item's mark; shares 0..1; `point_biserial` of having chosen it with the rest.
    """

    name: str
    fraction: float
    chosen: int
    share: float
    point_biserial: float | None
    by_third: tuple[float, float, float]

    @property
    def is_key(self) -> bool:
        """Whether choosing it is worth something."""
        return self.fraction > 0


@dataclass(frozen=True, slots=True)
class Suspicion:
    """An option that better people chose rather than the key: the key may be wrong."""

    key: str
    option: str


def option_figures(
    fractions: Mapping[str, float],
    chosen: Sequence[frozenset[str]],
    rest: NDArray[np.float64],
    thirds: NDArray[np.int_] | None = None,
) -> tuple[OptionFigures, ...]:
    """Figures of every option, in the order of the bank.

    Shape: `fractions` option → what it is worth; `chosen`, `rest` and `thirds` (told from the rest where they aren't
    given) one entry per person; nobody's choice is a blank.
    """
    thirds = thirds_of(rest) if thirds is None else thirds
    found = []
    for name, fraction in fractions.items():
        took = np.array([name in one for one in chosen], dtype=float)
        lowest, middle, highest = (
            float(took[thirds == third].mean()) if (thirds == third).any() else 0.0 for third in range(3)
        )
        found.append(
            OptionFigures(
                name, fraction, int(took.sum()), float(took.mean()), _correlation(took, rest), (lowest, middle, highest)
            )
        )
    return tuple(found)


def thirds_of(rest: NDArray[np.float64]) -> NDArray[np.int_]:
    """For each person 0, 1 or 2: the lowest, middle or highest third; people with equal marks stay together."""
    ordered = np.sort(rest)
    ranks = np.searchsorted(ordered, rest, side="left") + np.searchsorted(ordered, rest, side="right")
    return np.minimum(3 * ranks // (2 * len(rest)), 2) if len(rest) else np.zeros(0, dtype=int)


def suspicion_in(options: Sequence[OptionFigures], people: NDArray[np.int_]) -> Suspicion | None:
    """The option that casts doubt on the key of a single choice, if there is one.

    Shape: `people` counts those in the lowest, middle and highest third.
    Source: of the highest third more chose it than chose the key, by more than chance (sign test, 95%), and having
    chosen it goes along with good marks, more so than having chosen the key.
    """
    keys = [option for option in options if option.is_key]
    if people.sum() < TOO_FEW or len(keys) != 1:
        return None
    key, best = keys[0], int(people[2])
    rivals = [
        option
        for option in options
        if not option.is_key
        and (option.point_biserial or 0.0) > max(0.0, key.point_biserial or 0.0)
        and _prefer(best * option.by_third[2], best * key.by_third[2])
    ]
    if not rivals:
        return None
    return Suspicion(key.name, max(rivals, key=lambda option: option.by_third[2]).name)


def _prefer(many: float, few: float) -> bool:
    """Whether so many against so few is more than chance."""
    return many > few and (many - few) / float(np.sqrt(many + few)) > _Z


def weak_among(options: Sequence[OptionFigures], n: int) -> tuple[str, ...]:
    """Wrong options that hardly anybody chose, or that better people chose rather than weaker ones.

    Why not of easy items: where so few are wrong that even shared out evenly no option would draw more, it is the item
    that is easy. Source: Haladyna & Downing 1993 leave such items out, too.
    """
    wrong = [option for option in options if not option.is_key]
    if n < TOO_FEW or not wrong:
        return ()
    margin = _Z / float(np.sqrt(n))
    could_draw = sum(option.share for option in wrong) / len(wrong) >= SELDOM
    return tuple(
        option.name
        for option in wrong
        if (could_draw and _is_seldom(option, n))
        or (option.point_biserial is not None and option.point_biserial > margin)
    )


def _is_seldom(option: OptionFigures, n: int) -> bool:
    """Whether hardly anybody chose it, and that isn't because few were asked."""
    from scipy.special import bdtr

    return option.share < SELDOM and float(bdtr(float(option.chosen), n, FAIR)) < DOUBT


def _correlation(took: NDArray[np.float64], rest: NDArray[np.float64]) -> float | None:
    if len(took) < 2 or took.std() < 1e-12 or rest.std() < 1e-12:
        return None
    # Rounding may carry a perfect correlation past 1, where Fisher's z ends.
    return float(np.clip(np.corrcoef(took, rest)[0, 1], -0.999999, 0.999999))
