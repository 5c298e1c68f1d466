"""Decisions: how consistently a test would pass and fail the same people if they took a parallel form."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Consistency:
    """How far a decision can be trusted.

    Units: `pass_rate`, `agreement` and `by_chance` shares 0..1 of people; `kappa` -1..1, None where all pass or fail.
    `livingston` is reliability about the pass mark instead of about the mean.
    """

    pass_rate: float
    agreement: float
    by_chance: float
    kappa: float | None
    livingston: float


def consistency(mean: float, sd: float, reliability: float, pass_mark: float) -> Consistency | None:
    """How often two parallel forms would decide alike, told from one administration.

    Units: mean, sd and pass mark in marks. None where reliability is not above 0 or nobody differs.
    Source: Peng & Subkoviak 1980 (both scores bivariate normal, correlated by the reliability); Owen 1956 for the
    normal orthant; Livingston 1972.
    """
    from scipy.special import ndtr, owens_t

    if sd <= 0 or not 0 < reliability < 1:
        return None
    z = (pass_mark - mean) / sd
    failing = float(ndtr(z))
    both_fail = failing - 2 * float(owens_t(z, sqrt((1 - reliability) / (1 + reliability))))
    agreement = 1 - 2 * (failing - both_fail)
    by_chance = failing**2 + (1 - failing) ** 2
    kappa = (agreement - by_chance) / (1 - by_chance) if by_chance < 1 - 1e-9 else None
    apart = (mean - pass_mark) ** 2
    return Consistency(
        pass_rate=1 - failing,
        agreement=agreement,
        by_chance=by_chance,
        kappa=kappa,
        livingston=(reliability * sd**2 + apart) / (sd**2 + apart),
    )
