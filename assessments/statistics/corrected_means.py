"""Errors of corrected means: how exact a mean gain is once the forms' difficulty, itself told from people, is out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.equating import Line

Pulls = Mapping[int, tuple[float, ...]]
"""By person: how far they, being who they are, pull each figure of the correction from where it would be without."""


@dataclass(frozen=True, slots=True)
class MeanError:
    """The standard error of a mean, and the degrees of freedom that it rests on."""

    value: float
    freedom: float


def pulls_on_ease(first: Mapping[int, float], second: Mapping[int, float]) -> Pulls:
    """Who pulls the form's effect how far. Shape: gains by person, of those who took A first and B first."""
    pulls = {}
    for gains, sign in ((first, 1.0), (second, -1.0)):
        values = np.array(list(gains.values()))
        each = sign * _pull_on_mean(values) / 2
        pulls.update({person: (float(pull),) for person, pull in zip(gains, each, strict=True)})
    return pulls


def pulls_on_line(line: Line, from_scores: Mapping[int, float], to_scores: Mapping[int, float]) -> Pulls:
    """Who pulls slope and intercept of an equating line how far. Shape: scores by person.

    Source: influence functions of mean and standard deviation (Hampel 1974) through slope and intercept, which is the
    delta method of Kolen & Brennan 2004 without their assumption of normal scores.
    """
    pulls = {}
    own, other = (np.array(list(scores.values())) for scores in (from_scores, to_scores))
    mean = float(own.mean())
    for scores, values, sign in ((from_scores, own, -1.0), (to_scores, other, 1.0)):
        variance = float(values.var(ddof=1))
        of_mean = _pull_on_mean(values)
        of_slope = sign * line.slope * (of_mean * (values - values.mean()) / variance - 1 / len(values)) / 2
        of_shift = (of_mean if sign > 0 else -line.slope * of_mean) - mean * of_slope
        pulls.update({who: (float(a), float(b)) for who, a, b in zip(scores, of_slope, of_shift, strict=True)})
    return pulls


def mean_error(
    gains: Mapping[int, float], rates: Sequence[float], pulls: Pulls, first_forms: Mapping[int, str]
) -> MeanError | None:
    """The standard error of the mean of corrected gains; None for fewer than two.

    Shape: `gains` by person; `rates`: by how much the mean moves when each figure of the correction moves by one;
    `first_forms` of everybody: those who began with the same form differ by chance only.
    Why not the gains' own: a correction told from five people is as sure as five people make it, however many it is
    taken from. Source: sum of squared influences; degrees of freedom by Satterthwaite 1946.
    """
    if len(gains) < 2:
        return None
    own = dict(zip(gains, _pull_on_mean(np.array(list(gains.values()))), strict=True))
    squares: dict[tuple[bool, str], list[float]] = defaultdict(list)
    for person in {**own, **(pulls if any(rates) else {})}:
        pull = own.get(person, 0.0) + sum(rate * one for rate, one in zip(rates, pulls.get(person, ()), strict=False))
        squares[person in own, first_forms.get(person, "")].append(float(pull) ** 2)
    _join_single(squares)
    total = sum(sum(some) for some in squares.values())
    if total < 1e-24:
        return MeanError(0.0, float(len(gains) - 1))
    parts = sum(sum(some) ** 2 / max(1, len(some) - 1) for some in squares.values())
    # By itself Satterthwaite's rule lets three people who happen to be alike rest on everybody else.
    return MeanError(sqrt(total), min(total**2 / parts, float(len(gains) - 1)))


def _join_single(squares: dict[tuple[bool, str], list[float]]) -> None:
    """Puts a group's people together where one of them alone began with a form, since one has no spread."""
    mine = [key for key in squares if key[0]]
    if any(len(squares[key]) == 1 for key in mine):
        squares[True, "together"] = [one for key in mine for one in squares.pop(key)]


def _pull_on_mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
    n = len(values)
    pulls: NDArray[np.float64] = (values - values.mean()) / n * sqrt(n / (n - 1))
    return pulls
