"""Classical statistics: how hard items are, how well they tell people apart, and how far scores can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Marks = NDArray[np.float64]
"""Marks of people on items. Shape: people × items."""

UPPER_SHARE = 0.27
"""Share of people in the upper and in the lower group. Source: Kelley 1939."""

_NOTHING = 1e-12  # variance below this is rounding


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """How one item did among the people who had it.

    Units: `facility`, `sd`, `upper_lower` in shares of the item's marks; `discrimination`, `efficiency`,
    `effective_weight`, `intended_weight` in percent; covariance and variances in marks². None where nobody differs.
    """

    n: int
    maximum: float
    facility: float
    sd: float | None
    covariance: float | None
    mark_variance: float | None
    rest_variance: float | None
    discrimination: float | None
    covariance_max: float | None
    efficiency: float | None
    upper_lower: float | None
    effective_weight: float | None
    intended_weight: float
    alpha_without: float | None


@dataclass(frozen=True, slots=True)
class TestFigures:
    """How a form did among the people who took it.

    Units: mean, median, sd and standard error in marks; `cic` and `error_ratio` in percent. `cic` may be negative.
    """

    __test__ = False  # not a case for the test runner

    n: int
    items_count: int
    maximum: float
    mean: float
    median: float
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    cic: float | None
    error_ratio: float | None
    standard_error: float | None


def test_figures(marks: Marks, maxima: Marks) -> TestFigures:
    """Figures of a whole form.

    Shape: `maxima` has the marks that each item is worth.
    Source: cic is Cronbach's alpha × 100 (Cronbach 1951); error ratio 100·√(1 − alpha); standard error sd·√(1 − alpha);
    skewness and kurtosis by k-statistics, as quiz reports of learning platforms print them.
    """
    n, count = marks.shape
    totals = marks.sum(axis=1)
    sd = float(totals.std(ddof=1)) if n > 1 else None
    alpha = alpha_of(marks)
    skewness, kurtosis = _shape_of(totals)
    error = None if alpha is None else float(np.sqrt(max(0.0, 1 - alpha)))
    return TestFigures(
        n=n,
        items_count=count,
        maximum=float(maxima.sum()),
        mean=float(totals.mean()),
        median=float(np.median(totals)),
        sd=sd,
        skewness=skewness,
        kurtosis=kurtosis,
        cic=None if alpha is None else 100 * alpha,
        error_ratio=None if error is None else 100 * error,
        standard_error=None if error is None or sd is None else error * sd,
    )


test_figures.__test__ = False  # type: ignore[attr-defined]


def alpha_of(marks: Marks) -> float | None:
    """Cronbach's alpha, not clamped; None for a single item or person, or where all totals are equal."""
    n, count = marks.shape
    if n < 2 or count < 2:
        return None
    whole = float(marks.sum(axis=1).var(ddof=1))
    if whole < _NOTHING:
        return None
    return float(count / (count - 1) * (1 - marks.var(axis=0, ddof=1).sum() / whole))


def item_figures(marks: Marks, maxima: Marks) -> tuple[ItemFigures, ...]:
    """Figures of every item against the rest of the form.

    Source: discrimination is 100 × correlation of mark and rest of the marks; efficiency 100 × covariance of mark and
    rest, divided by the largest these marks could have (both sorted); effective weight 100 × √covariance of mark and
    total, divided by the sum of those of all items, none where negative; `upper_lower` Kelley 1939.
    """
    totals = marks.sum(axis=1)
    parts = _against(marks, totals[:, None] - marks, maxima)
    roots = _roots_of_shares(marks, totals)
    weights = roots / np.nansum(roots) if np.nansum(roots) > 0 else np.full(len(roots), np.nan)
    without = _alphas_without(marks)
    return tuple(
        ItemFigures(
            **{name: _plain(values[at]) for name, values in parts.items() if name != "facility"},
            n=len(marks),
            maximum=float(maxima[at]),
            facility=float(parts["facility"][at]),
            effective_weight=_plain(100 * weights[at]),
            intended_weight=float(100 * maxima[at] / maxima.sum()),
            alpha_without=_plain(without[at]),
        )
        for at in range(marks.shape[1])
    )


def pooled_item_figures(marks: Marks, others: Marks, maximum: float) -> ItemFigures:
    """Figures of an item among the people who happened to get it.

    Shape: `others` is what each of them is compared by: the rest of their marks, or all of them for a question drawn
    from a pool, of which nothing is subtracted.
    """
    maxima = np.array([maximum])
    parts = {name: values[0] for name, values in _against(marks[:, None], others[:, None], maxima).items()}
    return ItemFigures(
        **{name: _plain(value) for name, value in parts.items() if name != "facility"},
        n=len(marks),
        maximum=maximum,
        facility=float(parts["facility"]),
        effective_weight=None,
        intended_weight=0.0,
        alpha_without=None,
    )


def _against(marks: Marks, others: Marks, maxima: Marks) -> dict[str, Marks]:
    """What items say against what people are compared by, one column each; NaN where there is nothing to say."""
    n = len(marks)
    empty = np.full(marks.shape[1], np.nan)
    parts = {"facility": marks.mean(axis=0) / maxima}
    if n < 2:
        names = ("sd", "covariance", "mark_variance", "rest_variance", "discrimination", "covariance_max", "efficiency")
        return parts | dict.fromkeys((*names, "upper_lower"), empty)
    near, rest = marks - marks.mean(axis=0), others - others.mean(axis=0)
    covariance = (near * rest).sum(axis=0) / (n - 1)
    own, other = near.var(axis=0, ddof=1), rest.var(axis=0, ddof=1)
    most = (np.sort(near, axis=0) * np.sort(rest, axis=0)).sum(axis=0) / (n - 1)
    return parts | {
        "sd": np.sqrt(own) / maxima,
        "covariance": covariance,
        "mark_variance": own,
        "rest_variance": other,
        "discrimination": 100 * _ratio(covariance, np.sqrt(own * other)),
        "covariance_max": most,
        "efficiency": 100 * _ratio(covariance, most),
        "upper_lower": _upper_less_lower(marks, others) / maxima,
    }


def _upper_less_lower(marks: Marks, others: Marks) -> Marks:
    """Mean mark of the upper group less that of the lower one.

    Why equally good people share their mean mark: a line drawn through the middle of them would otherwise leave it to
    the order in which they sat the test who is called best, and those of the post-test sat last.
    """
    n, count = marks.shape
    size = round(UPPER_SHARE * n)
    if size < 1:
        return np.full(count, np.nan)
    found = np.empty(count)
    for at in range(count):
        _, place, tied = np.unique(others[:, at], return_inverse=True, return_counts=True)
        ranked = np.repeat(np.bincount(place.ravel(), weights=marks[:, at]) / tied, tied)
        found[at] = ranked[-size:].mean() - ranked[:size].mean()
    return found


def _roots_of_shares(marks: Marks, totals: Marks) -> Marks:
    """Root of each item's covariance with the total, none where it is negative."""
    if len(marks) < 2:
        return np.full(marks.shape[1], np.nan)
    shares = ((marks - marks.mean(axis=0)) * (totals - totals.mean())[:, None]).sum(axis=0) / (len(marks) - 1)
    roots: Marks = np.sqrt(np.where(shares >= 0, shares, np.nan))
    return roots


def _alphas_without(marks: Marks) -> Marks:
    """Alpha of the form without each item in turn."""
    n, count = marks.shape
    if n < 2 or count < 3:
        return np.full(count, np.nan)
    variances = marks.var(axis=0, ddof=1)
    rest = (marks.sum(axis=1)[:, None] - marks).var(axis=0, ddof=1)
    left = count - 1
    alphas: Marks = left / (left - 1) * (1 - _ratio(variances.sum() - variances, rest))
    return alphas


def _shape_of(totals: Marks) -> tuple[float | None, float | None]:
    """Skewness and kurtosis by k-statistics; none for fewer than four people or where all are equal."""
    n = len(totals)
    if n < 4:
        return None, None
    off = totals - totals.mean()
    m2, m3, m4 = (float((off**power).mean()) for power in (2, 3, 4))
    k2 = n * m2 / (n - 1)
    if k2 < _NOTHING:
        return None, None
    k3 = n**2 * m3 / ((n - 1) * (n - 2))
    k4 = n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))
    return k3 / k2**1.5, k4 / k2**2


def _ratio(above: Marks, below: Marks) -> Marks:
    """One by the other; none where there is nothing to divide by."""
    found = np.full(np.shape(above), np.nan)
    return np.divide(above, below, out=found, where=below > _NOTHING)


def _plain(value: Any) -> float | None:
    return None if np.isnan(value) else float(value)
