"""Sampling: between which values a coefficient lies that was told from so many people."""

from __future__ import annotations

from math import atanh, sqrt, tanh
from statistics import NormalDist

from assessments.statistics.paired import CONFIDENCE, Interval

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
_FARTHEST = 0.999999


def correlation_interval(correlation: float | None, n: int) -> Interval | None:
    """Where a correlation lies with 95% confidence; None for fewer than four people. Source: Fisher 1921."""
    if correlation is None or n < 4:
        return None
    middle, half = atanh(max(-_FARTHEST, min(_FARTHEST, correlation))), _Z / sqrt(n - 3)
    return Interval(tanh(middle - half), tanh(middle + half))


def alpha_interval(alpha: float | None, n: int, items_count: int) -> Interval | None:
    """Where Cronbach's alpha lies with 95% confidence; None where there is no alpha. Source: Feldt 1965."""
    if alpha is None or n < 2 or items_count < 2:
        return None
    from scipy.special import fdtri

    people, rest = n - 1, (n - 1) * (items_count - 1)
    high, low = (1 - (1 - alpha) * float(fdtri(people, rest, (1 + side * CONFIDENCE) / 2)) for side in (-1, 1))
    return Interval(low, high)
