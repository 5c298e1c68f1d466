"""Equating: what a score on one form is worth on another that may be harder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.paired import CONFIDENCE, Interval


@dataclass(frozen=True, slots=True)
class Line:
    """A score x of one form is worth `slope`·x + `intercept` on the other."""

    slope: float
    intercept: float

    def on(self, score: float) -> float:
        """What a score is worth."""
        return self.slope * score + self.intercept


def linear(from_scores: NDArray[np.float64], to_scores: NDArray[np.float64]) -> Line | None:
    """The line that gives equal standard scores to equal people; None where nobody differs.

    Why groups: either form was taken by people who were given it by turns, so that they are equally good.
    Source: Kolen & Brennan 2004, linear equating of random groups.
    """
    if min(len(from_scores), len(to_scores)) < 2:
        return None
    spread, other = float(from_scores.std(ddof=1)), float(to_scores.std(ddof=1))
    if spread < 1e-12 or other < 1e-12:
        return None
    slope = other / spread
    return Line(slope, float(to_scores.mean()) - slope * float(from_scores.mean()))


def mean_shift(from_scores: NDArray[np.float64], to_scores: NDArray[np.float64]) -> Line:
    """The line that moves one mean onto the other. Source: Kolen & Brennan 2004, mean equating."""
    return Line(1.0, float(to_scores.mean()) - float(from_scores.mean()))


def equipercentile(from_counts: Sequence[int], to_counts: Sequence[int]) -> NDArray[np.float64]:
    """For each whole score of one form the score of the other that the same share of people stays below.

    Shape: how many people had score 0, 1, 2, …. Source: Kolen & Brennan 2004, unsmoothed, each score spread evenly.
    """
    own, other = (np.asarray(counts, dtype=float) for counts in (from_counts, to_counts))
    ranks = (np.cumsum(own) - own / 2) / own.sum()
    below = np.concatenate([[0.0], np.cumsum(other) / other.sum()])
    found = np.empty(len(own))
    for score, rank in enumerate(ranks):
        above = min(int(np.searchsorted(below[1:], rank, side="right")), len(other) - 1)
        share = below[above + 1] - below[above]
        found[score] = (rank - below[above]) / share + above - 0.5 if rank > 0 and share > 0 else above - 0.5
    found[ranks <= 0] = -0.5
    return found


@dataclass(frozen=True, slots=True)
class FormEffect:
    """How much easier the second form is than the first, with training taken out.

    Units: shares of the marks. Shape: `first_n` people took A then B, `second_n` B then A.
    """

    ease: float
    interval: Interval
    first_n: int
    second_n: int


def swapped_effect(first_gains: NDArray[np.float64], second_gains: NDArray[np.float64]) -> FormEffect | None:
    """The effect of the form, told from both orders: half the difference of their mean gains.

    Shape: gains of those who took A then B, and of those who took B then A. None for fewer than two in either.
    Source: two-period cross-over (Hills & Armitage 1979); interval by Welch 1947.
    """
    from scipy.special import stdtrit

    counts = len(first_gains), len(second_gains)
    if min(counts) < 2:
        return None
    ease = float(first_gains.mean() - second_gains.mean()) / 2
    a, b = (float(gains.var(ddof=1)) / len(gains) for gains in (first_gains, second_gains))
    half = 0.0
    if a + b > 1e-18:
        freedom = (a + b) ** 2 / (a**2 / (counts[0] - 1) + b**2 / (counts[1] - 1))
        half = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) * sqrt(a + b) / 2
    return FormEffect(ease, Interval(ease - half, ease + half), *counts)


def reliable_change(pre: float, post: float, pre_error: float, post_error: float) -> float | None:
    """A person's change in units of the error that a difference of two scores has; None where there is no error.

    Source: Jacobson & Truax 1991, with each form's own standard error of measurement.
    """
    error = sqrt(pre_error**2 + post_error**2)
    return None if error < 1e-12 else (post - pre) / error


RELIABLE = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""Chance alone carries one person of twenty beyond this, up or down (1.96)."""
