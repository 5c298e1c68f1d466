"""The two-parameter model: how likely a person of an ability is to get an item right, fitted to a whole class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

NODES = np.linspace(-6.0, 6.0, 61)
"""Abilities at which the class's distribution (standard normal) is sampled."""

STEEPEST, FARTHEST = 6.0, 12.0  # an item that all good ones and no others solve would run away


@dataclass(frozen=True, slots=True)
class TwoParameters:
    """The model P(right) = 1 / (1 + exp(−(a·ability + d))), one entry per item; difficulty is b = −d / a.

    Units: ability in standard deviations of this class. Shape: NaN for an item that all or none got right.
    `a_error` and `b_error` are standard errors.
    """

    n: int
    a: Values
    d: Values
    a_error: Values
    b_error: Values
    log_likelihood: float
    converged: bool

    @property
    def b(self) -> Values:
        """The ability at which half get the item right."""
        return -self.d / self.a


def fit_two_parameters(right: NDArray[np.bool_]) -> TwoParameters:
    """Fits slope and difficulty of every item by marginal maximum likelihood.

    Shape: `right` people × items. Source: Bock & Aitkin 1981; standard errors from the products of the people's scores.
    Why not a library: the one there is (girth) wants nothing but numpy and scipy either, hasn't moved in years, and
    gives no standard errors.
    """
    from scipy.optimize import minimize

    n, count = right.shape
    fitted = right.any(axis=0) & ~right.all(axis=0)
    patterns, counts = np.unique(right[:, fitted], axis=0, return_counts=True)
    data, weights = patterns.astype(float), counts.astype(float)
    kept = int(fitted.sum())
    whole = np.full((4, count), np.nan)
    if kept < 3:
        return TwoParameters(n, *_four(whole), log_likelihood=float("nan"), converged=False)
    share = (weights @ data) / n
    start = np.concatenate([np.ones(kept), 1.2 * np.log(share / (1 - share))])
    bounds = [(-STEEPEST, STEEPEST)] * kept + [(-FARTHEST, FARTHEST)] * kept
    options = {"maxiter": 500, "ftol": 1e-10, "gtol": 1e-5 * n, "maxcor": 10}
    found = minimize(_lack, start, (data, weights), "L-BFGS-B", jac=True, bounds=bounds, options=options)
    a, d = found.x[:kept], found.x[kept:]
    errors = _errors(a, d, data, weights)
    whole[:, fitted] = a, d, *errors
    return TwoParameters(n, *_four(whole), log_likelihood=-float(found.fun), converged=bool(found.success))


def chance(model: TwoParameters, abilities: Values) -> Values:
    """How likely people of these abilities are to get each item right. Shape: items × abilities."""
    return _logistic(model.a[:, None] * abilities + model.d[:, None])


def information(model: TwoParameters, abilities: Values) -> Values:
    """What the whole test tells of people of these abilities; the standard error there is 1 / √information.

    Source: Birnbaum 1968, Σ a²·P·(1 − P).
    """
    likely = chance(model, abilities)
    told: Values = np.nansum(model.a[:, None] ** 2 * likely * (1 - likely), axis=0)
    return told


def information_curve(model: TwoParameters) -> tuple[list[float], list[float]]:
    """What the test tells of people from three standard deviations below the mean to three above. Shape: x and y."""
    abilities = np.linspace(-3, 3, 61)
    return abilities.tolist(), information(model, abilities).tolist()


def _four(whole: Values) -> tuple[Values, Values, Values, Values]:
    return whole[0], whole[1], whole[2], whole[3]


def _logistic(value: Values) -> Values:
    from scipy.special import expit

    shown: Values = expit(value)
    return shown


def _posterior(a: Values, d: Values, data: Values) -> tuple[Values, Values, Values]:
    """For each pattern its log-likelihood and where its people stand; and each item's chance of being right."""
    logits = a[:, None] * NODES + d[:, None]
    prior = -(NODES**2) / 2
    prior -= np.log(np.exp(prior).sum())
    joint = data @ logits - np.logaddexp(0.0, logits).sum(axis=0) + prior
    top = joint.max(axis=1, keepdims=True)
    spread = np.exp(joint - top)
    mass = spread.sum(axis=1, keepdims=True)
    return (top + np.log(mass))[:, 0], spread / mass, _logistic(logits)


def _lack(values: Values, data: Values, weights: Values) -> tuple[float, Values]:
    """The negative log-likelihood and its slope."""
    kept = len(values) // 2
    told, where, likely = _posterior(values[:kept], values[kept:], data)
    where *= weights[:, None]
    off = data.T @ where - where.sum(axis=0) * likely
    return -float(weights @ told), -np.concatenate([off @ NODES, off.sum(axis=1)])


def _errors(a: Values, d: Values, data: Values, weights: Values) -> tuple[Values, Values]:
    """Standard errors of slope and difficulty."""
    _, where, likely = _posterior(a, d, data)
    slopes = data * (where @ NODES)[:, None] - where @ (likely * NODES).T
    scores = np.hstack([slopes, data - where @ likely.T])
    kept = len(a)
    told = (scores * weights[:, None]).T @ scores
    # The hair on the diagonal keeps it invertible where an item's values ran into their bounds.
    spread = np.linalg.inv(told + np.eye(2 * kept) * 1e-9 * told.trace() / kept)
    va, vd, both = np.diag(spread)[:kept], np.diag(spread)[kept:], np.diag(spread[:kept, kept:])
    vb = (vd + (d / a) ** 2 * va - 2 * (d / a) * both) / a**2
    return np.sqrt(np.maximum(va, 0)), np.sqrt(np.maximum(vb, 0))
